// More or less cost on goods that came in before.
#pragma once

#include <vector>

#include "engine/domain/inventory/moving.hpp"

namespace daybook::inventory {

struct RevaluationHeader {
    Id revaluation;
    Id source;
    Days days;
    MoveReason reason = MoveReason::none;
    std::string text;
};
// What a pool was revalued by, and where that went.
struct RevaluedPart {
    std::uint32_t pool = 0;
    Revaluing revaluing;
    std::uint64_t receipt = 0;
    Revalued split;
};
[[nodiscard]] RevaluedLine revalued_line(const Stock&, const Costing&, const RevaluedPart&);

// The revaluation of receipts, and of what their goods became since, and what it restates. No event
// if all amounts are zero.
[[nodiscard]] Decision revalue_receipts(
    const Stock&, RevaluationHeader header, const std::vector<ReceiptAmount>& amounts
);

}  // namespace daybook::inventory
