// More or less cost on goods that came in before.
#pragma once

#include <vector>

#include "engine/domain/inventory/moving.hpp"

namespace daybook::inventory {

struct ReceiptAmount {
    std::uint64_t receipt = 0;  // The sequence of the line that brought the goods in.
    std::int64_t amount = 0;
};
struct RevaluationHeader {
    Id revaluation;
    Id source;
    Days days;
    MoveReason reason = MoveReason::none;
    std::string text;
};
// The revaluation of receipts and what it restates. No event if all amounts are zero.
[[nodiscard]] Decision revalue_receipts(
    const Stock&, RevaluationHeader header, const std::vector<ReceiptAmount>& amounts
);

}  // namespace daybook::inventory
