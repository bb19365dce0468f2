// The seed of a random test: DAYBOOK_SEED if it is set, else a fixed one. A test that uses it names
// it in its messages: CAPTURE(seed).
#pragma once

#include <cstdint>
#include <cstdlib>

namespace daybook {

[[nodiscard]] inline std::uint64_t test_seed() {
    const char* given = std::getenv("DAYBOOK_SEED");
    return given == nullptr ? 20'260'101 : std::strtoull(given, nullptr, 10);
}

}  // namespace daybook
