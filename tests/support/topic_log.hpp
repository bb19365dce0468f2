// The log of a test: in memory, or in a topic of its own at the broker that DAYBOOK_KAFKA names, so
// that what holds of one can be shown of the other. Topic and copy go with it.
#pragma once

#include <memory>
#include <string>

#include "engine/log/log.hpp"
#include "engine/os/clock.hpp"

namespace daybook {

// DAYBOOK_KAFKA; "" without one.
[[nodiscard]] std::string test_broker();

enum class TopicUse : unsigned char {
    claimed,  // An engine writes here; the claim is the first event.
    copied,   // Events come as they were made elsewhere, from position 0 on.
};
[[nodiscard]] Result<std::unique_ptr<Log>> open_topic_log(const Clock& clock, TopicUse use);

// What a property runs over: in memory, unless DAYBOOK_LOG=kafka. Ends the test when the broker
// does not give a topic.
[[nodiscard]] std::unique_ptr<Log> property_log(const Clock& clock, TopicUse use);

}  // namespace daybook
