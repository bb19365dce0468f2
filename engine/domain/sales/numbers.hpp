// The numbers of invoices and credit notes. A series of our own has no gaps and its dates rise with
// its numbers; an external series takes the numbers that another system chose, each once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/domain/sales/state.hpp"

namespace daybook::sales {

struct NumberWish {
    Id series;  // None: `otherwise`.
    Id otherwise;
    std::string_view number;  // Only for an external series.
    Date date;
    Date today;
};
struct DocumentNumber {
    Id series;
    std::string number;
};

[[nodiscard]] Judged<DocumentNumber> number_for(const Sales&, const NumberWish&);
// Remembers that a document has taken its number.
void take_number(Sales&, const DocumentNumber&, Date date);

// "" or what is wrong with a pattern such as "F{year}-{number:6}".
[[nodiscard]] std::string problem_of_pattern(std::string_view pattern);
// ("F{year}-{number:6}", 2026, 1) is "F2026-000001".
[[nodiscard]] std::string format_number(
    std::string_view pattern, std::int32_t year, std::uint64_t number
);

}  // namespace daybook::sales
