// The always-on check for bugs of ours. Never used on input: input is refused, not asserted.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace daybook {

[[noreturn]] inline void assertion_failed(const char* file, int line, const char* condition) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace daybook

#define DAYBOOK_ASSERT(condition)       \
    ((condition) ? static_cast<void>(0) \
                 : ::daybook::assertion_failed(__FILE__, __LINE__, #condition))
