// Tax on advances: due when the money comes, not when the goods are invoiced (in France article
// 269, 2, a of the CGI). It is posted against an account where it waits with the sign turned, as
// what a document on cash basis defers, and so is taken back in the proportion in which invoices
// take the advance up; the invoices' own tax is due in its place.

#include "engine/domain/accounting/tax_part.hpp"

namespace daybook::accounting {
namespace {

Decision check_code(const Books& state, const Id& code) {
    if (!state.tax_codes.contains(code)) {
        return {
            Refusal::tax_code_unknown,
            {"advance_tax_code", to_string(code), "a code that DefineTaxCode made"}};
    }
    if (state.tax_codes.get(code).treatment != TaxTreatment::reverse_charge) return {};
    return {
        Refusal::tax_side_differs,
        {"advance_tax_code",
         to_string(code) + ", whose tax the buyer owes",
         "a code whose tax is in what is paid"}};
}

// What of the tax counts: all that is owed, and what can be deducted.
std::int64_t counted(const Books& state, const TaxPart& part, std::int64_t tax) {
    if (part.side == TaxSide::output) return tax;
    const Rate lost = state.tax_codes.get(part.tax_code).not_recoverable;
    const Money whole = Money::from_minor(tax, part.gross.currency());
    return (whole - whole.times(lost, Rounding::half_up)).minor();
}

}  // namespace

Decision add_advance_tax(const Books& state, EntryDraft& draft, const TaxPart& advance) {
    if (Decision no = check_code(state, advance.tax_code); no.is_refused()) return no;
    const auto included = included_tax(state, advance, draft.event.date);
    if (included.is_refused()) return included.refusal();
    const bool is_output = advance.side == TaxSide::output;
    const auto waiting = account_for(
        state,
        is_output ? AccountRole::output_tax_on_advances : AccountRole::input_tax_on_advances,
        advance.tax_code
    );
    if (waiting.is_refused()) return waiting.refusal();
    const IncludedTax& tax = included.value();
    const Money amount =
        Money::from_minor(counted(state, advance, tax.tax_minor), advance.gross.currency());
    const std::int64_t tax_minor = counted(state, advance, tax.tax_base_minor);
    if (amount.is_zero() || tax_minor == 0) return {};
    const std::int64_t net_minor = advance.base_minor - tax.tax_base_minor;
    const std::int64_t sign = is_output ? -1 : 1;
    const std::uint16_t line =
        draft.add({tax.account, Id{}, is_output ? -amount : amount, sign * tax_minor});
    draft.add({waiting.value(), Id{}, is_output ? amount : -amount, -sign * tax_minor});
    const auto code = wired(advance.tax_code);
    const auto rate = wired(tax.rate);
    draft.event.taxes.emplace_back(code, rate, net_minor, tax_minor, line, advance.side);
    draft.event.deferred_taxes.emplace_back(
        code, rate, -net_minor, -tax_minor, wired(-amount), wired(waiting.value()), advance.side
    );
    return {};
}

}  // namespace daybook::accounting
