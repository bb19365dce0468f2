// What the documents that move stock have in common: their days, their lines, their places.
#pragma once

#include <string>
#include <string_view>

#include "engine/domain/inventory/stock.hpp"

namespace daybook::inventory {

// "lines[2].quantity"
[[nodiscard]] std::string path_of(std::string_view list, std::size_t index, std::string_view field);

// No document has this name yet, and the book has a currency.
[[nodiscard]] Judged<Nothing> check_new(const Stock&, std::string_view field, const Id& document);
[[nodiscard]] Judged<Nothing> check_text(const flatbuffers::String* text);
[[nodiscard]] Judged<Nothing> check_count(std::string_view list, std::size_t count);

struct Days {
    Date date;
    Date accounting_date;
};
// A day that has come, and the one on which it is accounted for.
[[nodiscard]] Judged<Days> days_of(const Stock&, const wire::Date* date, const Context&);
// The day on which something of this day is accounted for; the day itself before any fiscal year.
[[nodiscard]] Date accounting_date_or_none(const Stock&, Date date);

// An item that is kept in stock.
[[nodiscard]] Judged<const Item*> stockable_item(const Stock&, const Id& item, std::string at);
// A place that is known and in use.
[[nodiscard]] Judged<const Location*> usable_location(const Stock&, const Id& id, std::string at);
// The line's place: its own, which must lie inside the document's, or the document's.
[[nodiscard]] Judged<Id> location_inside(
    const Stock&, const Id& own, const Id& outer, std::string at
);
[[nodiscard]] bool is_inside(const Stock&, Id inner, const Id& outer);

// The quantity in thousandths of the stock unit; a conversion must come out even.
[[nodiscard]] Judged<std::int64_t> stock_quantity(
    const Item& item, Quantity quantity, const Id& unit, std::string at
);
// The same, and more than zero.
[[nodiscard]] Judged<std::int64_t> positive_quantity(
    const Item& item, Quantity quantity, const Id& unit, std::string at
);
// What so many cost, in minor units of the book's currency.
[[nodiscard]] Judged<std::int64_t> value_at(
    const Stock&, UnitPrice cost, std::int64_t quantity, std::string at
);
[[nodiscard]] Judged<std::int64_t> given_value(const Stock&, Money value, std::string at);

}  // namespace daybook::inventory
