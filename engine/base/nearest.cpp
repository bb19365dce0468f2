// The distance counts inserted, dropped, changed and swapped letters (Damerau 1964, the restricted
// form); upper and lower case are the same.
#include "engine/base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace daybook {
namespace {

constexpr std::size_t name_bytes_max = 80;    // Longer ones are not compared.
constexpr std::size_t names_listed_max = 24;  // More are not listed.

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

}  // namespace

std::string_view nearest_name(
    std::string_view mistyped, const std::vector<std::string_view>& names
) {
    std::string_view nearest;
    // One letter may be wrong, and one more for every four: what is further is another word.
    std::size_t least = mistyped.size() < 2 ? 1 : std::max<std::size_t>(mistyped.size() / 4, 1) + 1;
    if (mistyped.size() > name_bytes_max) return nearest;
    for (const std::string_view name : names) {
        if (name.size() > name_bytes_max) continue;
        const std::size_t found = distance(mistyped, name);
        if (found >= least) continue;
        least = found;
        nearest = name;
    }
    return nearest;
}

std::string suggestion(std::string_view mistyped, const std::vector<std::string_view>& names) {
    const std::string_view nearest = nearest_name(mistyped, names);
    if (!nearest.empty()) return fmt::format("; did you mean \"{}\"?", nearest);
    if (names.empty() || names.size() > names_listed_max) return {};
    return fmt::format("; it may be {}", fmt::join(names, ", "));
}

}  // namespace daybook
