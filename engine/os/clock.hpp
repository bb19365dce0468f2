// The port to time. Only the engine's edge asks it; rules get their time from the command.
#pragma once

#include <chrono>

#include "engine/base/date.hpp"

namespace daybook {

class Clock {
 public:
    virtual ~Clock() = default;
    // The time of day in UTC. May jump when someone sets the clock. Any thread.
    [[nodiscard]] virtual Instant now() const = 0;
    // Time since some moment in the past; never goes back. For durations. Any thread.
    [[nodiscard]] virtual std::chrono::nanoseconds elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] std::chrono::nanoseconds elapsed() const override;
};

}  // namespace daybook
