// How a topic begins: whether its book was written there from the start, or is copied there.
#pragma once

#include <chrono>
#include <cstdint>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

struct Beginning {
    std::uint64_t end = 0;    // Of the topic, as an offset.
    bool is_claimed = false;  // Its first record is a claim that was made there.
};

[[nodiscard]] Result<Beginning> look_at_beginning(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
);

}  // namespace daybook::kafka
