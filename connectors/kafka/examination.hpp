// What can be found out about a cluster and about what we may do there, for who looks after it.
// Nothing is changed, but by probe().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

// A broker does not say its release, but which requests it understands: it is this one or newer.
struct Release {
    int major = 0;
    int minor = 0;
    friend auto operator<=>(const Release&, const Release&) = default;
};

struct BrokerState {
    std::string address;             // "host:port", as it names itself to clients.
    std::optional<Release> release;  // None: it does not answer there.
};

// Every broker of the cluster, each asked itself. `unavailable` when none answers.
[[nodiscard]] Result<std::vector<BrokerState>> look_at_brokers(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);

// Reads one record of the book, if there is one. `denied` without the right.
[[nodiscard]] Result<void> try_to_read(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);
// Asks what the group of owners has stored, which is nothing. `denied` without the right.
[[nodiscard]] Result<void> try_to_see_owners(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);

struct Probe {
    std::chrono::microseconds round_trip{};       // From sending to the word of all replicas.
    std::chrono::milliseconds clock_ahead{};      // How much the broker's clock is before ours,
    std::chrono::milliseconds clock_uncertain{};  // more or less so much.
};

// Appends one record to the topic [environment.]daybook.probe, which is made if it is missing and
// keeps records for an hour: whether that is allowed and works, and what the broker's clock says.
[[nodiscard]] Result<Probe> probe(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);

}  // namespace daybook::kafka
