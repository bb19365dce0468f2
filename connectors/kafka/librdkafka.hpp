// The handles of librdkafka as owners, and what every use of it has in common. Private to this
// folder: no header that others include shows a type of librdkafka.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

// Runs `work` on a thread of its own and waits for it, but not longer than `deadline`: then it is
// left to itself. For calls of librdkafka 2.0 that may ignore their own timeout. What it uses must
// be owned by it.
[[nodiscard]] bool finished_within(std::chrono::milliseconds deadline, std::function<void()> work);

// Closing calls back as opening and use do, and may take longer than whoever closes waits.
struct CloseHandle {
    void operator()(rd_kafka_t* handle) const;
    std::shared_ptr<void> heard;  // What the handle's callbacks use; lives as long as the handle.
};
struct DropTopic {
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct DropConfiguration {
    void operator()(rd_kafka_conf_t* configuration) const { rd_kafka_conf_destroy(configuration); }
};
using Handle = std::unique_ptr<rd_kafka_t, CloseHandle>;
using Topic = std::unique_ptr<rd_kafka_topic_t, DropTopic>;
using Configuration = std::unique_ptr<rd_kafka_conf_t, DropConfiguration>;

// What all handles share: the brokers, and the traps of the library that a setting avoids; then
// `ours`, and the user's own settings last.
[[nodiscard]] Result<Configuration> make_configuration(
    const Place& place, std::span<const Property> ours, const Settings& settings
);
[[nodiscard]] Result<void> set(
    rd_kafka_conf_t* configuration, const char* name, const std::string& value
);
// Takes the configuration over. `heard` is what its callbacks use, if anything: the handle keeps it
// until nothing can call back any more.
[[nodiscard]] Result<Handle> make_handle(
    rd_kafka_type_t type, Configuration configuration, std::shared_ptr<void> heard = nullptr
);

// What broke a handle's newest connection, in librdkafka's words: a wrong password or an unknown
// certificate is told to its log alone, the call that suffers says only that nobody answered.
class Complaint {
 public:
    // The configuration's opaque pointer must be this complaint from now on, and its handle keeps
    // it: librdkafka's threads write to the log until the handle is closed.
    void listen(rd_kafka_conf_t* configuration);
    [[nodiscard]] std::string text() const;  // "" without one.

 private:
    static void hear(const rd_kafka_t* handle, int level, const char* kind, const char* line);
    mutable std::mutex mutex_;
    std::string text_;  // Guarded by mutex_.
};

// The topic's handle, once a broker has told who leads it: the first produce to a topic that was
// never asked for waits up to a second for that. `unavailable` if no broker answers in time,
// not_found if there is no such topic.
[[nodiscard]] Result<Topic> open_topic(
    rd_kafka_t* handle, const Place& place, std::chrono::milliseconds patience
);

// The first offset that the topic's leader holds, and the one that the next record takes.
struct OffsetsHeld {
    std::int64_t low = 0;
    std::int64_t high = 0;
};
[[nodiscard]] Result<OffsetsHeld> offsets_held(
    const std::shared_ptr<rd_kafka_t>& handle,
    const std::string& topic,
    std::chrono::milliseconds patience
);

}  // namespace daybook::kafka
