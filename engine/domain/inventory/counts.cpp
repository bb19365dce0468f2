// Counts: started for a place, written down as people count, and approved. What was counted is
// compared with what was there at the end of the count's day, whatever has moved since.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

Judged<const Count*> open_count(const Stock& state, const Id& id) {
    if (state.documents.get(id) != DocumentKind::count) {
        return no(Refusal::count_unknown, "count", to_string(id), "a count that was started");
    }
    const Count* found = state.counts.find(id);
    if (found == nullptr) {
        return no(Refusal::count_closed, "count", to_string(id), "a count that is still going on");
    }
    return found;
}

std::int64_t on_hand_at(const Stock& state, const PlaceKey& place, Date day) {
    const std::uint32_t* number = state.places.find(place);
    if (number == nullptr) return 0;
    return state.quantities.find(*number)->at_end_of(day);
}

bool is_counted(const Count& count, const Id& item) {
    return count.items.empty() || std::ranges::find(count.items, item) != count.items.end();
}

Judged<CountedPlace> counted_of(
    const Stock& state, const Count& count, const CountedLine& line, At at
) {
    const Id item_id = read(line.item());
    const auto item = stockable_item(state, item_id, at.path("item"));
    if (!item.ok()) return item.refused();
    const auto place =
        location_inside(state, read_or_none(line.location()), count.location, at.path("location"));
    if (!place.ok()) return place.refused();
    if (!is_counted(count, item_id)) {
        return no(
            Refusal::line_not_in_count,
            at.path("item"),
            to_string(item_id),
            "an item that this count is about"
        );
    }
    const Quantity quantity = read(line.quantity());
    if (quantity.is_negative()) {
        return no(
            Refusal::quantity_negative, at.path("quantity"), to_string(quantity), "zero or more"
        );
    }
    const auto milli =
        stock_quantity(*item.value(), quantity, read_or_none(line.unit()), at.path("quantity"));
    if (!milli.ok()) return milli.refused();
    const Id lot = read_or_none(line.lot());
    const bool is_tracked = item.value()->tracking != Tracking::none;
    if (is_tracked && lot.is_none()) {
        return no(Refusal::lot_missing, at.path("lot"), "none", "the lot or serial number");
    }
    if (!is_tracked && !lot.is_none()) {
        return no(
            Refusal::lot_not_tracked, at.path("lot"), to_string(lot), "none: the item has no lots"
        );
    }
    return CountedPlace{{item_id, lot, place.value()}, milli.value()};
}

// Places that were not counted, as if nothing had been there.
std::vector<CountedPlace> missing_places(const Stock& state, const Count& count) {
    std::vector<CountedPlace> missing;
    for (auto it = state.in_locations.begin_key(); it != state.in_locations.end(); ++it) {
        const LocationKey& key = it->first;
        if (!is_inside(state, key.location, count.location)) continue;
        const PlaceKey place{key.item, key.lot, key.location};
        if (!is_counted(count, place.item)) continue;
        if (std::ranges::find(count.lines, place, &CountedPlace::place) != count.lines.end()) {
            continue;
        }
        missing.push_back({place, 0});
    }
    return missing;
}

struct Difference {
    PlaceKey place;
    std::int64_t more = 0;  // Negative: less.
    std::size_t index = 0;
};

Judged<Nothing> move(const Stock& state, Moving& moving, const Difference& difference) {
    Change change;
    change.item = state.items.find(difference.place.item);
    change.place = difference.place;
    change.source_line = static_cast<std::uint16_t>(difference.index + 1);
    change.at = {"lines", difference.index};
    if (difference.more > 0) {
        change.quantity = difference.more;
        change.reason = MoveReason::count_gain;
        const auto found = moving.bring_at_present_cost(change, {});
        if (!found.ok()) return found.refused();
        return Nothing{};
    }
    change.quantity = -difference.more;
    change.reason = MoveReason::count_loss;
    const auto lost = moving.take(change);
    if (!lost.ok()) return lost.refused();
    return Nothing{};
}

std::vector<Difference> differences_of(
    const Stock& state, const Count& count, bool takes_missing_as_zero
) {
    std::vector<CountedPlace> lines = count.lines;
    if (takes_missing_as_zero) {
        const std::vector<CountedPlace> missing = missing_places(state, count);
        lines.insert(lines.end(), missing.begin(), missing.end());
    }
    std::vector<Difference> differences;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::int64_t more = lines[i].quantity - on_hand_at(state, lines[i].place, count.date);
        if (more != 0) differences.push_back({lines[i].place, more, i});
    }
    std::ranges::stable_sort(differences, [](const Difference& a, const Difference& b) {
        return a.more > 0 && b.more < 0;
    });
    return differences;
}

}  // namespace

Decision decide(const Stock& state, const StartCount& command, const Context& context) {
    const Id id = read(command.count());
    const Id location = read(command.location());
    if (auto is_new = check_new(state, "count", id); !is_new.ok()) return is_new.refused();
    const auto usable = usable_location(state, location, "location");
    if (!usable.ok()) return usable.refused();
    if (usable.value()->kind == LocationKind::loss) {
        return no(
            Refusal::location_is_loss,
            "location",
            to_string(location) + " is a place for what is lost",
            "a place where goods lie"
        );
    }
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    CountStartedT event;
    event.count = id;
    event.location = location;
    event.date = days.value().date;
    event.is_blind = command.is_blind();
    const std::size_t count = command.items() == nullptr ? 0 : command.items()->size();
    if (count > lines_max) {
        return no(
            Refusal::too_many_lines,
            "items",
            fmt::format("{}", count),
            fmt::format("at most {}", lines_max)
        );
    }
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        const wire::Id& item = *command.items()->Get(i);
        const auto known = stockable_item(state, read(item), fmt::format("items[{}]", i));
        if (!known.ok()) return known.refused();
        event.items.push_back(read(item));
    }
    return event;
}

Decision decide(const Stock& state, const RecordCount& command) {
    const auto count = open_count(state, read(command.count()));
    if (!count.ok()) return count.refused();
    const std::size_t size = command.lines() == nullptr ? 0 : command.lines()->size();
    if (auto counted = check_count("lines", size); !counted.ok()) return counted.refused();
    StockCountedT event;
    event.count = read(command.count());
    event.date = count.value()->date;
    for (flatbuffers::uoffset_t i = 0; i < size; ++i) {
        const auto line = counted_of(state, *count.value(), *command.lines()->Get(i), {"lines", i});
        if (!line.ok()) return line.refused();
        const PlaceKey& place = line.value().place;
        const std::int64_t expected =
            count.value()->is_blind ? 0 : on_hand_at(state, place, count.value()->date);
        event.lines.emplace_back(
            wired(place.item),
            wired(place.location),
            wired(place.lot),
            wired(Quantity::from_milli(line.value().quantity)),
            wired(Quantity::from_milli(expected))
        );
    }
    return event;
}

Decision decide(const Stock& state, const ApproveCount& command, const Context& context) {
    const Id id = read(command.count());
    const Id movement = read(command.movement());
    const auto count = open_count(state, id);
    if (!count.ok()) return count.refused();
    if (auto is_new = check_new(state, "movement", movement); !is_new.ok()) {
        return is_new.refused();
    }
    if (count.value()->lines.empty() && !command.takes_missing_as_zero()) {
        return no(Refusal::count_empty, "count", "nothing counted", "RecordCount first");
    }
    const wire::Date date = wired(count.value()->date);
    const auto days = days_of(state, &date, context);
    if (!days.ok()) return days.refused();
    const std::vector<Difference> differences =
        differences_of(state, *count.value(), command.takes_missing_as_zero());
    if (!differences.empty()) {
        if (auto few = check_count("lines", differences.size()); !few.ok()) return few.refused();
    }
    Header header;
    header.movement = movement;
    header.source = id;
    header.days = days.value();
    Moving moving{state, context, std::move(header)};
    for (const Difference& difference : differences) {
        if (auto moved = move(state, moving, difference); !moved.ok()) return moved.refused();
    }
    Decision decision;
    if (!differences.empty()) decision = moving.done();
    if (decision.is_refused()) return decision;
    CountApprovedT approved;
    approved.count = id;
    approved.movement = differences.empty() ? Id{} : movement;
    approved.date = count.value()->date;
    decision.add(std::move(approved));
    return decision;
}

Decision decide(const Stock& state, const CancelCount& command) {
    if (auto count = open_count(state, read(command.count())); !count.ok()) {
        return count.refused();
    }
    CountCancelledT event;
    event.count = read(command.count());
    event.reason = copy(command.reason());
    return event;
}

void apply(Stock& state, const CountStarted& event) {
    const Id id = read(event.count());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = DocumentKind::count;
    Count& count = state.counts.at(id);
    count.location = read(event.location());
    count.date = read(event.date());
    count.is_blind = event.is_blind();
    if (event.items() == nullptr) return;
    for (const wire::Id* item : *event.items()) count.items.push_back(read(*item));
}

void apply(Stock& state, const StockCounted& event) {
    Count& count = state.counts.at(read(event.count()));
    DAYBOOK_ASSERT(!count.location.is_none());
    for (const Counted* line : *event.lines()) {
        const CountedPlace counted{
            {read(line->item()), read(line->lot()), read(line->location())},
            read(line->quantity()).milli()};
        const auto known = std::ranges::find(count.lines, counted.place, &CountedPlace::place);
        if (known == count.lines.end()) {
            count.lines.push_back(counted);
        } else {
            known->quantity = counted.quantity;
        }
    }
}

void apply(Stock& state, const CountApproved& event) {
    DAYBOOK_ASSERT(state.counts.contains(read(event.count())));
    state.counts.erase(read(event.count()));
}

void apply(Stock& state, const CountCancelled& event) {
    DAYBOOK_ASSERT(state.counts.contains(read(event.count())));
    state.counts.erase(read(event.count()));
}

}  // namespace daybook::inventory
