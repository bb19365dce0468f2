// The port to a log that several processes share: everyone reads it, and the one whose claim stands
// last in it may append.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/id.hpp"
#include "engine/log/log.hpp"

namespace daybook {

struct LogHolder {
    std::uint64_t term = 0;
    std::uint64_t position = 0;  // Of its claim.
    Id node;
    std::string url;           // Where it takes commands; empty: nowhere.
    bool is_us = false;        // This log made the claim and may append.
    bool is_released = false;  // It said that it stops.
};

class SharedLog : public Log {
 public:
    // Reads to the end, and makes this process the one that may append, until a failure of an
    // append or another's claim. By the thread that appends, or while none does.
    [[nodiscard]] virtual Result<void> claim() = 0;
    // Waits until everything that was appended anywhere before the call can be read here.
    [[nodiscard]] virtual Result<void> catch_up() = 0;
    // Of the newest claim; nothing while nobody ever claimed. Any thread.
    [[nodiscard]] virtual std::optional<LogHolder> holder() const = 0;
    // Whether append() would be accepted now. Any thread.
    [[nodiscard]] virtual bool leads() const = 0;
};

}  // namespace daybook
