// What inventory's reports share.
#include "projections/inventory/reports.hpp"

#include <algorithm>

#include "engine/base/wide.hpp"

namespace daybook::inventory {

Places places_at(const Query& query, std::uint64_t known_at) {
    return Places{query, known_at, [](EventBytes event, const auto& post) {
                      for (const StockChange& change : changes_of(event)) each_place(change, post);
                  }};
}

Pools pools_at(const Query& query, std::uint64_t known_at) {
    return Pools{query, known_at, [](EventBytes event, const auto& post) {
                     for (const StockChange& change : changes_of(event)) each_pool(change, post);
                 }};
}

Flows flows_at(const Query& query, std::uint64_t known_at) {
    return Flows{query, known_at, [](EventBytes event, const auto& post) {
                     for (const StockChange& change : changes_of(event)) each_flow(change, post);
                 }};
}

GroupValues group_values_at(const Query& query, std::uint64_t known_at) {
    return GroupValues{query, known_at, [](EventBytes event, const auto& post) {
                           for (const StockChange& change : changes_of(event))
                               each_group(change, post);
                       }};
}

Arrivals arrivals_at(const Query& query, std::uint64_t known_at) {
    return Arrivals{query, known_at, [](EventBytes event, const auto& post) {
                        for (const StockChange& change : changes_of(event))
                            each_arrival(change, post);
                    }};
}

AccountValues account_values_at(const Query& query, std::uint64_t known_at) {
    return AccountValues{
        query, known_at, [&query](EventBytes event, const auto& post) {
            const std::uint64_t position = header_of(event).position();
            query.scan<account_changes>(position, [&](const AccountChangeRow& row) {
                post({row.account}, row.day, {row.amount});
            });
        }};
}

void ItemNames::read_all() {
    known_.clear();
    query_.scan<items>([&](const ItemRow& row) { known_.push_back(row); });
    has_all_ = true;
}

// Reports ask in the order of items, mostly.
const ItemRow& ItemNames::of(const Id& item) {
    if (last_ + 1 < known_.size() && known_[last_ + 1].item == item) return known_[++last_];
    const auto place = std::ranges::lower_bound(known_, item, {}, &ItemRow::item);
    last_ = static_cast<std::size_t>(place - known_.begin());
    if (place != known_.end() && place->item == item) return *place;
    static const ItemRow none;
    if (has_all_) return none;
    ItemRow row = query_.find<items>(item).value_or(ItemRow{});
    row.item = item;
    return *known_.insert(place, std::move(row));
}

std::vector<std::pair<Id, PoolSum>> sums_by_item(
    const Query& query, const ReportRequest& request, Date as_of, const Id& only
) {
    const Pools all = pools_at(query, request.known_at);
    std::vector<std::pair<Id, PoolSum>> sums;
    for (const auto& [key, sum] : only.is_none() ? all.sums(as_of) : all.sums_under(as_of, only)) {
        if (sums.empty() || sums.back().first != key.item) sums.emplace_back(key.item, PoolSum{});
        two_time_detail::add_to(sums.back().second, sum);
    }
    return sums;
}

Date last_day(const Query& query, const ReportRequest& request) {
    if (request.as_of < date_max) return request.as_of;
    Date last = date_min;
    query.scan<group_values>(Grain::day, [&](const auto& row) {
        last = std::max(last, row.period);
    });
    return last;
}

Value unit_cost(Money value, Quantity quantity) {
    if (quantity.is_zero() || value.currency() == Currency::none) return {};
    Wide micro = Wide{value.minor()} * 1'000'000'000;
    for (int i = 0; i < exponent_of(value.currency()); ++i) micro /= 10;
    const bool is_negative = quantity.is_negative();
    const Wide milli = is_negative ? -Wide{quantity.milli()} : Wide{quantity.milli()};
    const Wide price = divide(is_negative ? -micro : micro, milli, Rounding::half_even);
    return UnitPrice::from_micro(static_cast<std::int64_t>(price), value.currency());
}

Money share_of(Money amount, Quantity part, Quantity whole) {
    if (whole.is_zero()) return Money::from_minor(0, amount.currency());
    Wide product = Wide{amount.minor()} * part.milli();
    Wide of = whole.milli();
    if (of < 0) {
        product = -product;
        of = -of;
    }
    const Wide minor = divide(product, of, Rounding::half_even);
    return Money::from_minor(static_cast<std::int64_t>(minor), amount.currency());
}

std::vector<std::string> split_key(std::string_view key) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t at = key.find('|');
        parts.emplace_back(key.substr(0, at));
        if (at == std::string_view::npos) return parts;
        key.remove_prefix(at + 1);
    }
}

void sort_unique(Positions& positions) {
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

Result<Positions> found(Positions positions, std::string_view key) {
    sort_unique(positions);
    if (!positions.empty()) return positions;
    return Error{
        ErrorCode::not_found,
        "nothing moved of " + std::string{key} + " by then; its code stands in the first column"};
}

namespace {

// Which of an item's pools a place belongs to: a lot's or a warehouse's own, if it is worth
// anything. A pool whose goods were handed over to another is worth nothing any more.
const Id& scope_of(const OnHandKey& place, const std::map<Id, PoolSum>& pools_by_scope) {
    static const Id company;
    for (const Id* scope : {&place.lot, &place.warehouse}) {
        const auto pool = pools_by_scope.find(*scope);
        if (scope->is_none() || pool == pools_by_scope.end()) continue;
        if (!pool->second.value.is_zero()) return *scope;
    }
    return company;
}

// Divides a pool's value among its places; what rounds goes on to the next. False if they hold
// nothing together.
bool divide_value(Money value, std::vector<ValuedPlace*>& inside) {
    Quantity whole;
    for (const ValuedPlace* place : inside) whole += place->quantity;
    if (whole.is_zero()) return false;
    Quantity before;
    for (ValuedPlace* place : inside) {
        const Quantity after = before + place->quantity;
        place->value = share_of(value, after, whole) - share_of(value, before, whole);
        before = after;
    }
    return true;
}

}  // namespace

std::vector<ValuedPlace> valued_places(
    const Query& query, const ReportRequest& request, Date as_of, const Id& item
) {
    const Places all = places_at(query, request.known_at);
    std::vector<ValuedPlace> valued;
    for (const auto& [key, sum] : item.is_none() ? all.sums(as_of) : all.sums_under(as_of, item)) {
        valued.push_back({key, sum.quantity, {}});
    }
    std::map<Id, std::map<Id, PoolSum>> pools_by_item;
    const Pools pools_then = pools_at(query, request.known_at);
    for (const auto& [key, sum] :
         item.is_none() ? pools_then.sums(as_of) : pools_then.sums_under(as_of, item)) {
        pools_by_item[key.item].emplace(key.scope, sum);
    }
    std::map<std::pair<Id, Id>, std::vector<ValuedPlace*>> inside;
    for (ValuedPlace& place : valued) {
        const Id scope = scope_of(place.key, pools_by_item[place.key.item]);
        inside[{place.key.item, scope}].push_back(&place);
    }
    // What is worth something and lies nowhere: its quantity and its value count on other days.
    std::vector<ValuedPlace> nowhere;
    for (const auto& [item_id, pools_of_item] : pools_by_item) {
        for (const auto& [scope, pool] : pools_of_item) {
            if (pool.value.is_zero() || divide_value(pool.value, inside[{item_id, scope}]))
                continue;
            nowhere.push_back({{.item = item_id, .warehouse = scope}, {}, pool.value});
        }
    }
    valued.insert(valued.end(), nowhere.begin(), nowhere.end());
    return valued;
}

}  // namespace daybook::inventory
