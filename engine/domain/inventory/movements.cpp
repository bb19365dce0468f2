// Movements without a purchase or a sale behind them: what was there at the beginning, what is
// used, scrapped, corrected or made into something else.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// The document's own place, where goods may lie.
Judged<const Location*> stock_location(const Stock& state, const Id& id, std::string at) {
    auto usable = usable_location(state, id, at);
    if (!usable.ok() || usable.value()->kind != LocationKind::loss) return usable;
    return no(
        Refusal::location_is_loss,
        std::move(at),
        to_string(id) + " is a place for what is lost",
        "a place where goods lie, or ScrapStock"
    );
}

// A movement's id, and the field that gives it.
struct Named {
    std::string_view field;
    Id id;
};

template <class Command>
Judged<Header> header_of(
    const Stock& state, const Command& command, const Context& context, const Named& named
) {
    if (auto is_new = check_new(state, named.field, named.id); !is_new.ok()) {
        return is_new.refused();
    }
    if (auto words = check_text(command.text()); !words.ok()) return words.refused();
    auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    Header header;
    header.movement = named.id;
    header.days = days.value();
    header.text = copy(command.text());
    return header;
}

// Where a command's lines lie unless they say otherwise, and why they move.
struct Ground {
    Id location;
    MoveReason reason = MoveReason::none;
};

template <class Line>
Judged<Change> change_of(const Stock& state, const Line& line, const Ground& ground, At at) {
    const Id item_id = read(line.item());
    const auto item = stockable_item(state, item_id, at.path("item"));
    if (!item.ok()) return item.refused();
    const auto quantity = positive_quantity(
        *item.value(), read(line.quantity()), read_or_none(line.unit()), at.path("quantity")
    );
    if (!quantity.ok()) return quantity.refused();
    const auto place =
        location_inside(state, read_or_none(line.location()), ground.location, at.path("location"));
    if (!place.ok()) return place.refused();
    Change change;
    change.item = item.value();
    change.place = {item_id, read_or_none(line.lot()), place.value()};
    change.quantity = quantity.value();
    change.reason = ground.reason;
    change.source_line = static_cast<std::uint16_t>(at.index + 1);
    change.at = at;
    return change;
}

// What a received line is worth: so much each, so much in all, or its standard.
Judged<std::int64_t> value_of(
    const Stock& state, const ReceiptLine& line, const Change& change, Date date
) {
    const bool has_cost = read_or_none(line.unit_cost()).currency() != Currency::none;
    const bool has_value = read_or_none(line.value()).currency() != Currency::none;
    if (has_cost && has_value) {
        return no(
            Refusal::cost_given_twice,
            change.at.path("value"),
            "a unit cost and a value",
            "one of them"
        );
    }
    if (has_cost) {
        return value_at(
            state, read(line.unit_cost()), change.quantity, change.at.path("unit_cost")
        );
    }
    if (has_value) return given_value(state, read(line.value()), change.at.path("value"));
    const StandardCost* standard = standard_on(state, change.place.item, date);
    if (standard != nullptr) {
        return value_at(state, standard->cost, change.quantity, change.at.path("quantity"));
    }
    return no(Refusal::cost_missing, change.at.path("unit_cost"), "none", "a unit cost or a value");
}

template <class List>
std::size_t size_of(const List* list) {
    return list == nullptr ? 0 : list->size();
}

// The lines of an issue, one after the other.
Judged<Nothing> take_all(
    const Stock& state,
    Moving& moving,
    const flatbuffers::Vector<flatbuffers::Offset<IssueLine>>& lines,
    const Ground& ground
) {
    for (flatbuffers::uoffset_t i = 0; i < lines.size(); ++i) {
        const auto change = change_of(state, *lines.Get(i), ground, {"lines", i});
        if (!change.ok()) return change.refused();
        if (auto taken = moving.take(change.value()); !taken.ok()) return taken.refused();
    }
    return Nothing{};
}

Refused reason_not_allowed(MoveReason reason, std::string needed) {
    return no(Refusal::reason_not_allowed, "reason", EnumNameMoveReason(reason), std::move(needed));
}

}  // namespace

Decision decide(const Stock& state, const ReceiveStock& command, const Context& context) {
    const Id location = read(command.location());
    auto header = header_of(state, command, context, {"receipt", read(command.receipt())});
    if (!header.ok()) return header.refused();
    if (auto place = stock_location(state, location, "location"); !place.ok()) {
        return place.refused();
    }
    const MoveReason reason = command.reason();
    if (reason != MoveReason::opening && reason != MoveReason::count_gain &&
        reason != MoveReason::production_receipt) {
        return reason_not_allowed(reason, "opening, count_gain or production_receipt");
    }
    if (auto counted = check_count("lines", size_of(command.lines())); !counted.ok()) {
        return counted.refused();
    }
    const Date date = header.value().days.date;
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const ReceiptLine& line = *command.lines()->Get(i);
        const auto change = change_of(state, line, {location, reason}, {"lines", i});
        if (!change.ok()) return change.refused();
        const auto value = value_of(state, line, change.value(), date);
        if (!value.ok()) return value.refused();
        const auto brought =
            moving.bring(change.value(), value.value(), {read_or_none(line.expiry())});
        if (!brought.ok()) return brought.refused();
    }
    return moving.done();
}

Decision decide(const Stock& state, const IssueStock& command, const Context& context) {
    auto header = header_of(state, command, context, {"issue", read(command.issue())});
    if (!header.ok()) return header.refused();
    if (auto place = stock_location(state, read(command.location()), "location"); !place.ok()) {
        return place.refused();
    }
    const MoveReason reason = command.reason();
    if (reason != MoveReason::consumption && reason != MoveReason::production_issue &&
        reason != MoveReason::count_loss) {
        return reason_not_allowed(reason, "consumption, production_issue or count_loss");
    }
    if (auto counted = check_count("lines", size_of(command.lines())); !counted.ok()) {
        return counted.refused();
    }
    header.value().order = read_or_none(command.order());
    Moving moving{state, context, std::move(header.value())};
    const auto taken =
        take_all(state, moving, *command.lines(), {read(command.location()), reason});
    return taken.ok() ? moving.done() : Decision{taken.refused()};
}

Decision decide(const Stock& state, const ScrapStock& command, const Context& context) {
    auto header = header_of(state, command, context, {"scrap", read(command.scrap())});
    if (!header.ok()) return header.refused();
    if (auto place = stock_location(state, read(command.location()), "location"); !place.ok()) {
        return place.refused();
    }
    if (auto counted = check_count("lines", size_of(command.lines())); !counted.ok()) {
        return counted.refused();
    }
    Moving moving{state, context, std::move(header.value())};
    const auto taken =
        take_all(state, moving, *command.lines(), {read(command.location()), MoveReason::scrap});
    return taken.ok() ? moving.done() : Decision{taken.refused()};
}

namespace {

struct Adjusted {
    Change change;
    bool is_more = false;
    const AdjustmentLine* line = nullptr;
};

Judged<Adjusted> adjusted_of(
    const Stock& state, const AdjustmentLine& line, const Id& location, At at
) {
    const Id item_id = read(line.item());
    const auto item = stockable_item(state, item_id, at.path("item"));
    if (!item.ok()) return item.refused();
    const auto quantity = stock_quantity(
        *item.value(), read(line.quantity()), read_or_none(line.unit()), at.path("quantity")
    );
    if (!quantity.ok()) return quantity.refused();
    if (quantity.value() == 0) {
        return no(
            Refusal::quantity_zero, at.path("quantity"), "0.000", "the difference, more or less"
        );
    }
    const auto place =
        location_inside(state, read_or_none(line.location()), location, at.path("location"));
    if (!place.ok()) return place.refused();
    Adjusted adjusted;
    adjusted.line = &line;
    adjusted.is_more = quantity.value() > 0;
    adjusted.change.item = item.value();
    adjusted.change.place = {item_id, read_or_none(line.lot()), place.value()};
    adjusted.change.quantity = adjusted.is_more ? quantity.value() : -quantity.value();
    adjusted.change.reason = adjusted.is_more ? MoveReason::count_gain : MoveReason::count_loss;
    adjusted.change.source_line = static_cast<std::uint16_t>(at.index + 1);
    adjusted.change.at = at;
    return adjusted;
}

Judged<Nothing> adjust(const Stock& state, Moving& moving, const Adjusted& adjusted) {
    const Change& change = adjusted.change;
    if (!adjusted.is_more) {
        const auto taken = moving.take(change);
        if (!taken.ok()) return taken.refused();
        return Nothing{};
    }
    if (read_or_none(adjusted.line->unit_cost()).currency() == Currency::none) {
        const auto found = moving.bring_at_present_cost(change, {});
        if (!found.ok()) return found.refused();
        return Nothing{};
    }
    const auto value = value_at(
        state, read(adjusted.line->unit_cost()), change.quantity, change.at.path("unit_cost")
    );
    if (!value.ok()) return value.refused();
    const auto brought = moving.bring(change, value.value(), {});
    if (!brought.ok()) return brought.refused();
    return Nothing{};
}

}  // namespace

// What is more comes before what is less, so that lines can make up for each other.
Decision decide(const Stock& state, const AdjustStock& command, const Context& context) {
    const Id location = read(command.location());
    auto header = header_of(state, command, context, {"adjustment", read(command.adjustment())});
    if (!header.ok()) return header.refused();
    if (auto place = stock_location(state, location, "location"); !place.ok()) {
        return place.refused();
    }
    if (auto counted = check_count("lines", size_of(command.lines())); !counted.ok()) {
        return counted.refused();
    }
    std::vector<Adjusted> all;
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const auto adjusted = adjusted_of(state, *command.lines()->Get(i), location, {"lines", i});
        if (!adjusted.ok()) return adjusted.refused();
        all.push_back(adjusted.value());
    }
    std::ranges::stable_sort(all, std::ranges::greater{}, &Adjusted::is_more);
    Moving moving{state, context, std::move(header.value())};
    for (const Adjusted& adjusted : all) {
        if (auto done = adjust(state, moving, adjusted); !done.ok()) return done.refused();
    }
    return moving.done();
}

namespace {

Judged<Moving::Output> output_of(
    const Stock& state, const RepackOutput& line, const Id& location, std::size_t index
) {
    const At at{"outputs", index};
    const auto change = change_of(state, line, {location, MoveReason::repack}, at);
    if (!change.ok()) return change.refused();
    const Quantity share = read_or_none(line.share());
    if (share.is_negative()) {
        return no(Refusal::share_negative, at.path("share"), to_string(share), "zero or more");
    }
    if (share.milli() > quantity_milli_max) {
        return no(
            Refusal::quantity_too_large,
            at.path("share"),
            to_string(share),
            "at most " + to_string(Quantity::from_milli(quantity_milli_max))
        );
    }
    Moving::Output output;
    output.change = change.value();
    output.weight = line.share() == nullptr ? change.value().quantity : share.milli();
    output.lot = {read_or_none(line.expiry())};
    return output;
}

}  // namespace

Decision decide(const Stock& state, const RepackStock& command, const Context& context) {
    const Id location = read(command.location());
    auto header = header_of(state, command, context, {"repack", read(command.repack())});
    if (!header.ok()) return header.refused();
    if (auto place = stock_location(state, location, "location"); !place.ok()) {
        return place.refused();
    }
    for (const auto& [list, size] :
         {std::pair{"inputs", size_of(command.inputs())},
          std::pair{"outputs", size_of(command.outputs())}}) {
        if (auto counted = check_count(list, size); !counted.ok()) return counted.refused();
    }
    Moving moving{state, context, std::move(header.value())};
    std::vector<std::uint64_t> inputs;
    for (flatbuffers::uoffset_t i = 0; i < command.inputs()->size(); ++i) {
        const auto change = change_of(
            state, *command.inputs()->Get(i), {location, MoveReason::repack}, {"inputs", i}
        );
        if (!change.ok()) return change.refused();
        const auto taken = moving.take(change.value());
        if (!taken.ok()) return taken.refused();
        inputs.push_back(taken.value());
    }
    std::vector<Moving::Output> outputs;
    for (flatbuffers::uoffset_t i = 0; i < command.outputs()->size(); ++i) {
        auto output = output_of(state, *command.outputs()->Get(i), location, i);
        if (!output.ok()) return output.refused();
        outputs.push_back(std::move(output.value()));
    }
    if (auto made = moving.become(inputs, outputs); !made.ok()) return made.refused();
    return moving.done();
}

}  // namespace daybook::inventory
