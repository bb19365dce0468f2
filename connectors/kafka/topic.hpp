// A book's topic: made with the settings that the promises need, and checked for them ever after.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

// A setting that breaks a promise, for the one who has to mend it.
struct TopicFinding {
    std::string setting;  // "retention.ms"
    std::string found;    // "604800000"
    std::string needed;   // "-1: an event is never deleted"
};

struct TopicState {
    bool exists = false;
    std::string cluster;  // The id of the Kafka cluster.
    int brokers = 0;      // Of the cluster, at this moment.
    int partitions = 0;
    int replicas = 0;                    // Of partition 0,
    int in_sync_replicas = 0;            // and those of them that keep up.
    std::vector<TopicFinding> findings;  // None: the topic keeps the promises.
};

// `unavailable` when no broker answers.
[[nodiscard]] Result<TopicState> look_at_topic(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);
// Three replicas where there are three brokers. `conflict` if it is there already. `others` are
// settings of the topic that come after ours, such as segment.bytes; nothing checks them here.
[[nodiscard]] Result<void> create_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const Settings& others = {}
);
// One that is not a book's, with so many replicas as a book's; otherwise the same.
[[nodiscard]] Result<void> create_shared_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const Settings& configs
);
// The value of one setting; none when there is no such topic.
[[nodiscard]] Result<std::optional<std::string>> topic_setting(
    const Place& place,
    const Settings& settings,
    const std::string& name,
    std::chrono::milliseconds patience
);
// Removes the topic and all that is in it.
[[nodiscard]] Result<void> delete_topic(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);
// `conflict`, naming each setting, if there are findings.
[[nodiscard]] Result<void> refuse_findings(const Place& place, const TopicState& state);

}  // namespace daybook::kafka
