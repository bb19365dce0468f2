// The time that the demonstration plays in: what happens on a day is recorded in its evening. So a
// report as known at a day of that year has something to say, and the same seed gives the same log.
#pragma once

#include <atomic>

#include "engine/os/clock.hpp"

namespace daybook::demo {

class DayClock final : public Clock {
 public:
    explicit DayClock(Date day) { set(day); }
    void set(Date day) { nanos_ = (day.days() * 24LL + 18) * nanos_per_hour; }
    [[nodiscard]] Instant now() const override { return Instant::from_nanos(nanos_); }
    [[nodiscard]] std::chrono::nanoseconds elapsed() const override { return system_.elapsed(); }

 private:
    static constexpr std::int64_t nanos_per_hour = 3'600'000'000'000;
    std::atomic<std::int64_t> nanos_ = 0;
    SystemClock system_;
};

}  // namespace daybook::demo
