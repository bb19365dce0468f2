// For test programs that need a real broker: without DAYBOOK_KAFKA they are skipped, and say so.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
    if (std::getenv("DAYBOOK_KAFKA") == nullptr) {
        std::puts("skipped: DAYBOOK_KAFKA names no broker (host:port)");
        constexpr int skipped = 77;
        return skipped;
    }
    return doctest::Context(count, arguments).run();
}
