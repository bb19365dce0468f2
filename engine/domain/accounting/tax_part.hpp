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

// The tax in an amount: at the code's rate of a day, with the account that it is due on.
struct IncludedTax {
    Rate rate;
    Id account;
    std::int64_t tax_minor = 0;       // In the amount's currency,
    std::int64_t tax_base_minor = 0;  // and in base.
};
[[nodiscard]] Checked<IncludedTax> included_tax(const Books& state, const TaxPart& part, Date day);

// Lines for the net on the role's account and for the tax on its code's, with the tag that lowers
// what was returned. They are debits where output tax is corrected, credits where input tax is.
[[nodiscard]] Decision add_net_and_tax(
    const Books& state, EntryDraft& draft, const TaxPart& part, AccountRole role
);

// The tax of a payment that is wholly an advance: due at once, taken back as invoices take it up.
[[nodiscard]] Decision add_advance_tax(
    const Books& state, EntryDraft& draft, const TaxPart& advance
);

}  // namespace daybook::accounting
