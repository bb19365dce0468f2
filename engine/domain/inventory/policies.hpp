// What holds for a group of items on a day.
#pragma once

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

// The group's own policy, else the one of all groups, else FIFO for the whole company.
[[nodiscard]] Policy policy_on(const Stock&, const Id& group, Date day);
// All that ever held for the group, in the order of their days; the first from the beginning.
[[nodiscard]] std::vector<Regime> policies_of(const Stock&, const Id& group);
// Goods of the item moved or cost more on that day: no other policy may come before it any more.
void note_day(Stock& state, const Item& item, Date day);
[[nodiscard]] Rules rules_of(const Stock&, const Id& group);
// What an item costs by its standard on the day, or null.
[[nodiscard]] const StandardCost* standard_on(const Stock&, const Id& item, Date day);
// From when the item has a standard; none: it has none.
[[nodiscard]] Date first_standard_day(const Stock&, const Id& item);
// The first day after `first` and up to `last` on which goods of the item would go over to a
// standard that it does not have by then; none: there is no such day.
[[nodiscard]] Date day_without_standard(const Stock&, const Id& item, Date first, Date last);
// It has none on that day: what there is to do.
[[nodiscard]] Refused no_standard(const Stock&, const Id& item, Date day, std::string at);
// An item valued at standard cost on the day has one by then.
[[nodiscard]] Judged<Nothing> check_standard(
    const Stock&, const Id& item, Date day, std::string at
);
// A date that a command may leave out.
[[nodiscard]] Date date_or_today(const wire::Date* date, const Context& context);

}  // namespace daybook::inventory
