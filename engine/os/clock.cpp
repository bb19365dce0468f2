// The computer's own clocks.
#include "engine/os/clock.hpp"

namespace daybook {

Instant SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant::from_nanos(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

std::chrono::nanoseconds SystemClock::elapsed() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace daybook
