// Lots: which of them expire soon, where they came from, and where they went.
#include <deque>
#include <set>
#include <tuple>

#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

constexpr std::size_t traced_lots_max = 10'000;

struct LotOf {
    Id item;
    Id lot;
    std::int64_t level = 0;
};

// The other side of a repacking: lots that went into it, or came out of it.
void follow_repack(
    const StockMoved& event, bool goes_up, std::int64_t level, std::deque<LotOf>& wanted
) {
    for (const StockLine* line : *event.lines()) {
        const Id lot = read(line->lot());
        if (lot.is_none() || line->reason() != MoveReason::repack) continue;
        const bool is_input = read(line->quantity()).is_negative();
        if (is_input == goes_up) wanted.push_back({read(line->item()), lot, level});
    }
}

struct Trace {
    const Query& query;
    const ReportRequest& request;
    bool goes_up;
    std::deque<LotOf> wanted;
    std::set<std::pair<Id, Id>> seen;

    template <class Use>
    Result<void> walk(Use&& use) {
        while (!wanted.empty()) {
            const LotOf lot = wanted.front();
            wanted.pop_front();
            if (!seen.insert({lot.item, lot.lot}).second) continue;
            if (seen.size() > traced_lots_max) {
                return Error{ErrorCode::too_large, "the lot leads to more than 10,000 others"};
            }
            Result<void> followed;
            query.scan<lot_card>(lot.item, lot.lot, [&](const LotCardRow& place) {
                if (place.day > request.as_of || place.position >= request.known_at) return;
                const auto row =
                    query.find<card>(place.item, place.day, place.position, place.line);
                if (!row || row->quantity.is_negative() == goes_up) return;
                if (row->reason == MoveReason::transfer) return;
                use(lot, *row);
                if (row->reason == MoveReason::repack && followed.ok()) {
                    followed = follow(row->position, lot.level + 1);
                }
            });
            DAYBOOK_TRY_VOID(followed);
        }
        return {};
    }

    Result<void> follow(std::uint64_t position, std::int64_t level) {
        DAYBOOK_TRY(const EventBytes bytes, query.event(position));
        const auto* record = flatbuffers::GetRoot<EventRecord>(payload_of(bytes).data());
        if (const auto* moved = record->event_as_StockMoved()) {
            follow_repack(*moved, goes_up, level, wanted);
        }
        return {};
    }
};

Trace trace_of(const Query& query, const ReportRequest& request) {
    return {
        .query = query,
        .request = request,
        .goes_up = text_option(request, "direction", "down") == "up",
        .wanted = {{id_option(request, "item"), id_option(request, "lot"), 0}}};
}

}  // namespace

Result<ReportTable> run_lot_trace(const Query& query, const ReportRequest& request) {
    Trace trace = trace_of(query, request);
    ReportTable table{.title = trace.goes_up ? "Where the lot came from" : "Where the lot went"};
    table.columns = {
        {"level", "Level", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"lot", "Lot", ValueType::id},
        {"date", "Date", ValueType::date},
        {"reason", "Reason"},
        {"movement", "Movement", ValueType::id},
        {"source", "Source", ValueType::id},
        {"party", "Party", ValueType::id},
        {"warehouse", "Warehouse", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
    };
    DAYBOOK_TRY_VOID(trace.walk([&](const LotOf& lot, const CardRow& row) {
        table.rows.push_back(
            {.key = std::to_string(row.position),
             .cells =
                 {lot.level,
                  lot.item,
                  lot.lot,
                  row.date,
                  std::string{EnumNameMoveReason(row.reason)},
                  row.movement,
                  value_of(row.source),
                  value_of(row.party),
                  value_of(row.warehouse),
                  row.quantity}}
        );
    }));
    return table;
}

Result<Positions> explain_trace(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    Trace trace = trace_of(query, request);
    Positions positions;
    DAYBOOK_TRY_VOID(trace.walk([&](const LotOf&, const CardRow& row) {
        if (std::to_string(row.position) == key) positions.push_back(row.position);
    }));
    return found(std::move(positions), key);
}

Result<ReportTable> run_expiring(const Query& query, const ReportRequest& request) {
    const Date day = last_day(query, request);
    const std::int64_t days = integer_option(request, "days", 30);
    const Date limit = day.plus_days(static_cast<std::int32_t>(days));
    ReportTable table{.title = "Lots that expire by " + to_string(limit)};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"lot", "Lot", ValueType::id},
        {"warehouse", "Warehouse", ValueType::id},
        {"location", "Location", ValueType::id},
        {"expiry", "Expires", ValueType::date},
        {"days_left", "Days left", ValueType::integer, Align::right},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"value", "Value", ValueType::money, Align::right},
    };
    ItemNames names{query};
    for (const ValuedPlace& place :
         valued_places(query, request, day, id_option(request, "item"))) {
        const OnHandKey& key = place.key;
        if (key.lot.is_none() || place.quantity <= Quantity{}) continue;
        const auto lot = query.find<lots>(key.item, key.lot);
        if (!lot || lot->expiry.is_none() || lot->expiry > limit) continue;
        table.rows.push_back(
            {.key = to_string(key.item) + "|" + to_string(key.warehouse) + "|" +
                    to_string(key.location) + "|" + to_string(key.lot),
             .cells =
                 {key.item,
                  names.of(key.item).name,
                  key.lot,
                  value_of(key.warehouse),
                  value_of(key.location),
                  lot->expiry,
                  std::int64_t{lot->expiry.days() - day.days()},
                  place.quantity,
                  place.value}}
        );
    }
    return table;
}

}  // namespace daybook::inventory
