// Questions that several decisions ask, and the refusals they share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/domain/purchasing/state.hpp"

namespace daybook::purchasing {

[[nodiscard]] Refused refuse(
    Refusal refusal, std::string at, std::string found, std::string needed
);
// "lines[2].price"
[[nodiscard]] std::string line_path(std::size_t index, std::string_view field);

[[nodiscard]] Check check_book(const Purchasing&);
[[nodiscard]] Check check_new(const Purchasing&, std::string_view field, Id id);
// A day of the calendar.
[[nodiscard]] Check check_date(Date date);
[[nodiscard]] Check check_not_before(Date date, Date earliest);
[[nodiscard]] Check check_text(std::string_view field, std::string_view text);
// There, and not too long.
[[nodiscard]] Check check_reason(std::string_view reason);
[[nodiscard]] Check check_line_count(std::size_t count);
// The day on which it counts in the accounts.
[[nodiscard]] Judged<Date> accounting_day(const Purchasing&, Date date);

// The party that stands for this one today: itself, unless it was merged.
[[nodiscard]] Id standing_for(const Purchasing&, Id party);
// The supplier of a new document, after merges, or why it may have none.
[[nodiscard]] Judged<Id> supplier_for(const Purchasing&, std::string_view field, Id supplier);

[[nodiscard]] ItemKind kind_of(const Item&);
[[nodiscard]] bool is_stocked(const Item&);
[[nodiscard]] bool is_active(const Item&);
[[nodiscard]] Id posting_group_of(const Item&);
// An item that may be bought.
[[nodiscard]] Judged<Item> item_for(const Purchasing&, std::string field, Id item);

// Base units for one of the currency: the rate given, or else the last one published.
[[nodiscard]] Judged<ExchangeRate> rate_on(
    const Purchasing&, Currency currency, Date date, ExchangeRate given
);
[[nodiscard]] Judged<Money> to_base(const Purchasing&, Money amount, ExchangeRate rate);

struct TaxOn {
    Rate rate;
    bool is_reverse_charge = false;
};
[[nodiscard]] Judged<TaxOn> tax_on(const Purchasing&, std::string field, Id tax_code, Date day);

// The supplier's price for a quantity on a day, or null. Without a currency: of any.
[[nodiscard]] const Price* price_of(
    const Purchasing&, const PriceKey& wanted  // valid_from: the day; from_quantity: the quantity.
);
// The active source of the lowest rank, the one with the smaller id first; or none.
[[nodiscard]] Id preferred_supplier(const Purchasing&, Id item);

// The person may approve as much, and has not asked for it.
[[nodiscard]] Check check_approver(
    const Purchasing&, Id actor, std::span<const Id> askers, Money amount
);

// The person joins those who asked, once.
void add_asker(std::vector<Id>& askers, Id actor);

}  // namespace daybook::purchasing
