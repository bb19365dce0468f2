// Which node should own which book: a hint from a Kafka consumer group, never safety. Each node is
// a static member (its name is kept over a restart), every book's topic has one partition, and who
// is assigned the partition should claim the book. Nothing is read by the group: the partitions
// are paused.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

struct PlacementOptions {
    std::string brokers;
    std::string environment;
    std::vector<std::string> books;  // Those that this node serves; none: every one, also later.
    std::string node;                // Unlike every other node's.
    Settings settings;
    // A node that was not heard of for so long has lost its books. At least what the broker allows,
    // 6 s by default.
    std::chrono::milliseconds session_timeout{6'000};
};

// Called on the placement's thread with the books that this node should own now.
using PlacementCallback = std::function<void(const std::vector<std::string>& books)>;

class Placement {
 public:
    // Joins the group, and polls on a thread that does nothing else.
    [[nodiscard]] static Result<std::unique_ptr<Placement>> open(
        const PlacementOptions& options, PlacementCallback callback
    );
    // Leaves. As a static member it is missed only after the session timeout, so a node that stops
    // releases its books in their logs.
    ~Placement();
    Placement(const Placement&) = delete;
    Placement& operator=(const Placement&) = delete;

    [[nodiscard]] std::uint64_t assignments() const;  // How many were heard of.

    struct Parts;
    explicit Placement(std::unique_ptr<Parts> parts);  // Use open().

 private:
    std::unique_ptr<Parts> parts_;
};

// The name of the consumer group in an environment.
[[nodiscard]] std::string group_of_owners(const std::string& environment);

// The books whose topics a cluster has in an environment, in the order of their names.
[[nodiscard]] Result<std::vector<std::string>> books_at(
    const std::string& brokers,
    const std::string& environment,
    const Settings& settings,
    std::chrono::milliseconds patience
);

}  // namespace daybook::kafka
