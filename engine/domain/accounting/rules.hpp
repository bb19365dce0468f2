// Questions that several decisions ask of the books, and the refusals they share.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

// A value, or the refusal that ends the decision.
template <class T>
class [[nodiscard]] Checked {
 public:
    Checked(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Checked(Decision refused) : state_(std::in_place_index<1>, std::move(refused)) {
        DAYBOOK_ASSERT(refusal().is_refused());
    }
    Checked(Refusal refusal, Reason reason) : Checked(Decision{refusal, std::move(reason)}) {}

    [[nodiscard]] bool is_refused() const { return state_.index() == 1; }
    [[nodiscard]] const Decision& refusal() const { return *std::get_if<1>(&state_); }
    [[nodiscard]] const T& value() const {
        DAYBOOK_ASSERT(!is_refused());
        return *std::get_if<0>(&state_);
    }

 private:
    std::variant<T, Decision> state_;
};

// The largest amount of a line, in minor units: sums of any entry's lines then fit 64 bits.
inline constexpr std::int64_t amount_minor_max = 100'000'000'000'000;
inline constexpr std::size_t entry_lines_max = 10'000;

[[nodiscard]] Money in_base(const Books& state, std::int64_t minor);
[[nodiscard]] Date date_or_today(const wire::Date* date, const Context& context);
// The party that is left after merges.
[[nodiscard]] Id surviving_party(const Books& state, Id party);
// A supplier's own number of a bill.
[[nodiscard]] BillNumber bill_number_of(const Id& party, std::string_view number);
[[nodiscard]] std::string at_line(std::string_view list, std::size_t index, std::string_view field);

[[nodiscard]] Decision check_book(const Books& state);
[[nodiscard]] Decision check_party(const Books& state, const Id& party);
// Known and not closed.
[[nodiscard]] Decision check_account(const Books& state, const Id& account, std::string at);
// No entry and no open item has this name yet.
[[nodiscard]] Decision check_new_entry(const Books& state, const Id& entry);
[[nodiscard]] Decision check_dimension(
    const Books& state, const Id& dimension, const Id& value, std::string at
);
// No bill of the supplier, or of one that was merged with it, has this number yet.
[[nodiscard]] Decision check_bill_number(
    const Books& state, const Id& party, std::string_view number
);
// A day of the calendar.
[[nodiscard]] Decision check_day(Date date);
// Not too large in either direction, in a currency that exists.
[[nodiscard]] Decision check_size(Money amount, std::string at);
// The same, and more than zero.
[[nodiscard]] Decision check_positive(Money amount, std::string at);

// The account of the role for the key, or the one for every key.
[[nodiscard]] Checked<Id> account_for(const Books& state, AccountRole role, const Id& key);
[[nodiscard]] Checked<Id> journal_for(const Books& state, JournalKind kind, const Id& chosen);
// The account of a tax code's tax on one side.
[[nodiscard]] Checked<Id> tax_account(const Books& state, const Id& code, TaxSide side);
[[nodiscard]] Checked<Rate> tax_rate_on(const Books& state, const Id& code, Date date);

// The rate given, or else the last one published.
[[nodiscard]] Checked<ExchangeRate> exchange_rate_on(
    const Books& state, Currency currency, Date date, ExchangeRate given
);
// base_minor * part / whole, rounded to even; whole is not zero.
[[nodiscard]] Checked<std::int64_t> scaled(std::int64_t base_minor, Money part, Money whole);
// The amount in base currency at the rate.
[[nodiscard]] Checked<std::int64_t> to_base(const Books& state, Money amount, ExchangeRate rate);

// The day itself if its period is open, else the first open day after it.
[[nodiscard]] Checked<Date> accounting_date(const Books& state, Date date);
// The day itself, or a refusal. Adjustments may enter a soft-closed period.
[[nodiscard]] Checked<Date> fixed_accounting_date(const Books& state, Date date, EntryKind kind);

}  // namespace daybook::accounting
