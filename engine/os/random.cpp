// getrandom(2), which cannot fail for eight bytes once the machine has started.
#include "engine/os/random.hpp"

#include <sys/random.h>

#include "engine/base/assert.hpp"

namespace daybook {

std::uint64_t SystemRandom::next() {
    std::uint64_t value = 0;
    const auto filled = ::getrandom(&value, sizeof value, 0);
    DAYBOOK_ASSERT(filled == static_cast<ssize_t>(sizeof value));
    return value;
}

}  // namespace daybook
