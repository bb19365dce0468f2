// Time that is used up by one call after the other. Private to this folder.
#pragma once

#include <algorithm>
#include <chrono>

#include "engine/os/clock.hpp"

namespace daybook::kafka {

class Deadline {
 public:
    explicit Deadline(std::chrono::milliseconds patience)
        : end_(SystemClock{}.elapsed() + patience) {}
    // At least 1 ms, so that a call is tried.
    [[nodiscard]] std::chrono::milliseconds left() const {
        const auto nanos = end_ - SystemClock{}.elapsed();
        return std::max(
            std::chrono::duration_cast<std::chrono::milliseconds>(nanos),
            std::chrono::milliseconds{1}
        );
    }
    [[nodiscard]] bool is_over() const { return SystemClock{}.elapsed() >= end_; }

 private:
    std::chrono::nanoseconds end_;
};

}  // namespace daybook::kafka
