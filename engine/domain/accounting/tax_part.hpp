// An amount with its tax in it, taken apart: what a discount or a bad debt corrects.
#pragma once

#include "engine/domain/accounting/posting.hpp"

namespace daybook::accounting {

struct TaxPart {
    Money gross;  // Positive.
    std::int64_t base_minor = 0;
    Id tax_code;  // None: no tax is in it.
    TaxSide side = TaxSide::none;
};

// Lines for the net on the role's account and for the tax on its code's, with the tag that lowers
// what was returned. They are debits where output tax is corrected, credits where input tax is.
[[nodiscard]] Decision add_net_and_tax(
    const Books& state, EntryDraft& draft, const TaxPart& part, AccountRole role
);

}  // namespace daybook::accounting
