// How old the goods on hand are, from the day on which they came in from outside or were made.
//
// What leaves is the oldest, so what is left is the newest: the goods on hand are those of the last
// receipts that add up to them. Moving goods from one place to another is no receipt, and what a
// customer sends back makes older receipts reach further, so neither makes goods young again.
#include <algorithm>
#include <array>

#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

constexpr std::size_t bucket_count = 6;
constexpr std::array<std::int32_t, bucket_count - 1> bucket_days = {30, 60, 90, 180, 365};
constexpr std::array<std::string_view, bucket_count> bucket_names = {
    "days_0_30", "days_31_60", "days_61_90", "days_91_180", "days_181_365", "days_over_365"};
constexpr std::array<std::string_view, bucket_count> bucket_titles = {
    "0-30 days", "31-60 days", "61-90 days", "91-180 days", "181-365 days", "Over 365 days"};

using Buckets = std::array<Quantity, bucket_count>;
struct LotOf {
    Id item;
    Id lot;
    friend auto operator<=>(const LotOf& a, const LotOf& b) {
        return std::tie(a.item, a.lot) <=> std::tie(b.item, b.lot);
    }
};

// What came in up to each of the days at which a bucket ends, the newest first.
std::map<LotOf, std::array<Quantity, bucket_count>> arrived_until(
    const Query& query, const ReportRequest& request, Date day
) {
    const Id only = id_option(request, "item");
    const Arrivals all = arrivals_at(query, request.known_at);
    std::map<LotOf, std::array<Quantity, bucket_count>> sums;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        const Date until = i == 0 ? day : day.plus_days(-bucket_days[i - 1] - 1);
        for (const auto& [key, sum] :
             only.is_none() ? all.sums(until) : all.sums_under(until, only)) {
            sums[{key.item, key.lot}][i] = sum.quantity;
        }
    }
    return sums;
}

// Fills the buckets from the newest. What no receipt explains is older than all of them.
Buckets aged(Quantity on_hand, const std::array<Quantity, bucket_count>& until) {
    Buckets buckets;
    Quantity left = on_hand;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        const bool is_last = i + 1 == bucket_count;
        const Quantity came = is_last ? left : until[i] - until[i + 1];
        buckets[i] = std::min(left, came);
        left -= buckets[i];
    }
    return buckets;
}

std::map<LotOf, std::pair<Quantity, Money>> on_hand_by_lot(
    const Query& query, const ReportRequest& request, Date day
) {
    std::map<LotOf, std::pair<Quantity, Money>> sums;
    for (const ValuedPlace& place :
         valued_places(query, request, day, id_option(request, "item"))) {
        auto& [quantity, value] = sums[{place.key.item, place.key.lot}];
        quantity += place.quantity;
        value += place.value;
    }
    return sums;
}

}  // namespace

Result<ReportTable> run_ageing(const Query& query, const ReportRequest& request) {
    const Date day = last_day(query, request);
    const bool in_value = text_option(request, "in", "quantity") == "value";
    const ValueType type = in_value ? ValueType::money : ValueType::quantity;
    ReportTable table{.title = "Age of stock on " + to_string(day)};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"lot", "Lot", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"value", "Value", ValueType::money, Align::right},
    };
    for (std::size_t i = 0; i < bucket_count; ++i) {
        table.columns.push_back(
            {std::string{bucket_names[i]}, std::string{bucket_titles[i]}, type, Align::right}
        );
    }
    auto arrived = arrived_until(query, request, day);
    ItemNames names{query};
    for (const auto& [key, stock] : on_hand_by_lot(query, request, day)) {
        const auto& [quantity, value] = stock;
        if (quantity <= Quantity{}) continue;
        ReportRow row{.key = to_string(key.item)};
        row.cells = {key.item, names.of(key.item).name, value_of(key.lot), quantity, value};
        Quantity before;
        for (const Quantity part : aged(quantity, arrived[key])) {
            const Money worth =
                share_of(value, before + part, quantity) - share_of(value, before, quantity);
            before += part;
            if (part.is_zero()) {
                row.cells.emplace_back();
            } else {
                row.cells.push_back(in_value ? Value{worth} : Value{part});
            }
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace daybook::inventory
