// A clock that stands still until a test sets it. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "engine/os/clock.hpp"

namespace daybook {

class FakeClock final : public Clock {
 public:
    explicit FakeClock(Date day = Date::of(2026, 1, 1)) { set_day(day); }

    [[nodiscard]] Instant now() const override { return Instant::from_nanos(nanos_); }
    [[nodiscard]] std::chrono::nanoseconds elapsed() const override {
        return std::chrono::nanoseconds{nanos_};
    }
    // Noon of that day, in UTC.
    void set_day(Date day) {
        constexpr std::int64_t hour_nanos = 3'600'000'000'000;
        nanos_ = (std::int64_t{day.days()} * 24 + 12) * hour_nanos;
    }
    void set(Instant instant) { nanos_ = instant.nanos(); }
    void advance(std::chrono::nanoseconds by) { nanos_ += by.count(); }

 private:
    std::atomic<std::int64_t> nanos_ = 0;
};

}  // namespace daybook
