// What the documents that move stock have in common: their days, their lines, their places.

#include "engine/domain/inventory/lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/policies.hpp"

namespace daybook::inventory {
namespace {

const Conversion* find_unit(const Item& item, const Id& unit) {
    const auto found = std::ranges::find(item.units, unit, &Conversion::unit);
    return found == item.units.end() ? nullptr : &*found;
}

std::string known_units(const Item& item) {
    std::string all = to_string(item.unit);
    for (const Conversion& unit : item.units) all += ", " + to_string(unit.unit);
    return all;
}

Refused too_large(std::string at, Quantity found) {
    return no(
        Refusal::quantity_too_large,
        std::move(at),
        to_string(found),
        "at most " + to_string(Quantity::from_milli(quantity_milli_max))
    );
}

}  // namespace

std::string path_of(std::string_view list, std::size_t index, std::string_view field) {
    return fmt::format("{}[{}].{}", list, index, field);
}

Judged<Nothing> check_new(const Stock& state, std::string_view field, const Id& document) {
    if (state.settings.get().base == Currency::none) {
        return no(
            Refusal::book_not_configured,
            std::string{field},
            "a book without a currency",
            "accounting.ConfigureBook first"
        );
    }
    if (state.documents.contains(document)) {
        return no(
            Refusal::document_exists,
            std::string{field},
            to_string(document),
            "the name of a new document"
        );
    }
    return Nothing{};
}

Judged<Nothing> check_text(const flatbuffers::String* words) {
    if (text(words).size() <= text_bytes_max) return Nothing{};
    return no(
        Refusal::text_too_long,
        "text",
        fmt::format("{} bytes", text(words).size()),
        fmt::format("at most {}", text_bytes_max)
    );
}

Judged<Nothing> check_count(std::string_view list, std::size_t count) {
    if (count == 0) return no(Refusal::lines_missing, std::string{list}, "none", "at least one");
    if (count <= lines_max) return Nothing{};
    return no(
        Refusal::too_many_lines,
        std::string{list},
        fmt::format("{}", count),
        fmt::format("at most {}", lines_max)
    );
}

Date accounting_date_or_none(const Stock& state, Date date) {
    return state.days.has_years() ? state.days.accounting_date(date) : date;
}

Judged<Days> days_of(const Stock& state, const wire::Date* given, const Context& context) {
    const Date date = date_or_today(given, context);
    if (date < date_min || date > date_max) {
        return no(
            Refusal::date_out_of_range, "date", to_string(date), "a day of the years 1 to 9999"
        );
    }
    if (date > context.today) {
        return no(
            Refusal::date_in_future,
            "date",
            to_string(date),
            fmt::format("{} or earlier", to_string(context.today))
        );
    }
    const Date accounting_date = accounting_date_or_none(state, date);
    if (accounting_date.is_none()) {
        return no(
            Refusal::no_open_period,
            "date",
            "no period is open on " + to_string(date) + " or later",
            "accounting.OpenFiscalYear or accounting.ReopenPeriod"
        );
    }
    return Days{date, accounting_date};
}

Judged<const Item*> stockable_item(const Stock& state, const Id& item, std::string at) {
    auto found = known_item(state, item, at);
    if (!found.ok()) return found;
    if (found.value()->kind != ItemKind::stockable) {
        return no(
            Refusal::item_not_stockable,
            std::move(at),
            fmt::format("{} is a {}", to_string(item), EnumNameItemKind(found.value()->kind)),
            "an item that is kept in stock"
        );
    }
    if (!found.value()->is_active) {
        return no(Refusal::item_inactive, std::move(at), to_string(item), "an active item");
    }
    return found;
}

Judged<const Location*> usable_location(const Stock& state, const Id& id, std::string at) {
    const Location* found = state.locations.find(id);
    if (found == nullptr) {
        return no(
            Refusal::location_unknown, std::move(at), to_string(id), "a place that was defined"
        );
    }
    if (!found->is_active) {
        return no(Refusal::location_inactive, std::move(at), to_string(id), "a place in use");
    }
    return found;
}

bool is_inside(const Stock& state, Id inner, const Id& outer) {
    for (; !inner.is_none(); inner = state.locations.get(inner).parent) {
        if (inner == outer) return true;
    }
    return false;
}

Judged<Id> location_inside(const Stock& state, const Id& own, const Id& outer, std::string at) {
    if (own.is_none()) return outer;
    if (auto usable = usable_location(state, own, at); !usable.ok()) return usable.refused();
    if (!is_inside(state, own, outer)) {
        return no(
            Refusal::location_outside,
            std::move(at),
            to_string(own),
            "a place inside " + to_string(outer)
        );
    }
    return own;
}

Judged<std::int64_t> stock_quantity(
    const Item& item, Quantity quantity, const Id& unit, std::string at
) {
    if (quantity.milli() > quantity_milli_max || quantity.milli() < -quantity_milli_max) {
        return too_large(std::move(at), quantity);
    }
    if (unit.is_none() || unit == item.unit) return quantity.milli();
    const Conversion* conversion = find_unit(item, unit);
    if (conversion == nullptr) {
        return no(
            Refusal::unit_unknown, std::move(at), to_string(unit), "one of " + known_units(item)
        );
    }
    const Wide scaled = static_cast<Wide>(quantity.milli()) * conversion->numerator;
    const auto denominator = static_cast<Wide>(conversion->denominator);
    if (scaled % denominator != 0) {
        return no(
            Refusal::quantity_not_exact,
            std::move(at),
            fmt::format(
                "{} {} of {}/{}",
                to_string(quantity),
                to_string(unit),
                conversion->numerator,
                conversion->denominator
            ),
            fmt::format("whole thousandths of a {}", to_string(item.unit))
        );
    }
    const Wide milli = scaled / denominator;
    if (milli > quantity_milli_max || milli < -quantity_milli_max) {
        return too_large(std::move(at), quantity);
    }
    return narrow(milli);
}

Judged<std::int64_t> positive_quantity(
    const Item& item, Quantity quantity, const Id& unit, std::string at
) {
    if (quantity <= Quantity{}) {
        return no(
            Refusal::quantity_not_positive, std::move(at), to_string(quantity), "more than zero"
        );
    }
    return stock_quantity(item, quantity, unit, std::move(at));
}

Judged<std::int64_t> value_at(
    const Stock& state, UnitPrice cost, std::int64_t quantity, std::string at
) {
    const Currency base = state.settings.get().base;
    if (cost.currency() != base) {
        return no(
            Refusal::cost_currency_differs,
            std::move(at),
            to_string(cost),
            fmt::format("a cost in {}", code_of(base))
        );
    }
    if (cost.is_negative()) {
        return no(Refusal::cost_negative, std::move(at), to_string(cost), "zero or more");
    }
    const auto value = extend(cost, Quantity::from_milli(quantity), Rate{}, Rounding::half_even);
    if (!value.ok() || value.value().minor() > value_minor_max) {
        return no(
            Refusal::value_too_large,
            std::move(at),
            fmt::format(
                "{} each for {}", to_string(cost), to_string(Quantity::from_milli(quantity))
            ),
            "at most " + to_string(Money::from_minor(value_minor_max, base))
        );
    }
    return value.value().minor();
}

Judged<std::int64_t> given_value(const Stock& state, Money value, std::string at) {
    const Currency base = state.settings.get().base;
    if (value.currency() != base) {
        return no(
            Refusal::cost_currency_differs,
            std::move(at),
            to_string(value),
            fmt::format("a value in {}", code_of(base))
        );
    }
    if (value.is_negative()) {
        return no(Refusal::value_negative, std::move(at), to_string(value), "zero or more");
    }
    if (value.minor() > value_minor_max) {
        return no(
            Refusal::value_too_large,
            std::move(at),
            to_string(value),
            "at most " + to_string(Money::from_minor(value_minor_max, base))
        );
    }
    return value.minor();
}

}  // namespace daybook::inventory
