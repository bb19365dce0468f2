// Which of a seed's histories to run: DAYBOOK_HISTORIES=FIRST:COUNT, else the first ones.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace daybook {

struct HistoryPart {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};

[[nodiscard]] inline HistoryPart history_part(std::uint64_t by_default) {
    const char* given = std::getenv("DAYBOOK_HISTORIES");
    if (given == nullptr) return {0, by_default};
    char* colon = nullptr;
    HistoryPart part{std::strtoull(given, &colon, 10), by_default};
    if (*colon == ':') part.count = std::strtoull(colon + 1, nullptr, 10);
    return part;
}

}  // namespace daybook
