// What comes back: goods that were issued, at what they cost then, and whole movements that are
// taken back on a chosen day.

#include <fmt/format.h>

#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

Judged<const Document*> known_movement(const Stock& state, const Id& id, std::string at) {
    const Document* found = state.movements.find(id);
    if (found == nullptr) {
        return no(Refusal::movement_unknown, std::move(at), to_string(id), "a stock movement");
    }
    if (found->is_reversed) {
        return no(
            Refusal::movement_reversed,
            std::move(at),
            to_string(id) + " was taken back",
            "a movement that stands"
        );
    }
    return found;
}

Judged<Nothing> check_not_before(Date date, const Document& original) {
    if (date >= original.date) return Nothing{};
    return no(
        Refusal::date_before_original,
        "date",
        to_string(date),
        fmt::format("{} or later", to_string(original.date))
    );
}

bool can_come_back(MoveReason reason) {
    return reason == MoveReason::delivery || reason == MoveReason::consumption ||
           reason == MoveReason::production_issue;
}

MoveReason reason_of_return(MoveReason reason) {
    return reason == MoveReason::delivery ? MoveReason::customer_return : reason;
}

Change returned_of(const Stock& state, const MovedLine& line, const ReturnedPart& part, At at) {
    Change change;
    change.place = *state.place_keys.find(line.place);
    change.item = state.items.find(change.place.item);
    change.quantity = part.quantity;
    change.reason = reason_of_return(line.reason);
    change.source_line = static_cast<std::uint16_t>(at.index + 1);
    change.original = part.sequence;
    change.at = at;
    return change;
}

// The sequence of the document's line of that number which was issued, or 0.
std::uint64_t issued_line(const Stock& state, const Document& document, std::uint16_t number) {
    for (std::uint64_t sequence = document.first; sequence <= document.last; ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->source_line != number) continue;
        if (line->quantity < 0 && can_come_back(line->reason)) return sequence;
    }
    return 0;
}

Judged<ReturnedPart> part_of(
    const Stock& state, const Document& original, const ReturnLine& line, At at
) {
    ReturnedPart part;
    part.sequence = issued_line(state, original, line.line());
    if (part.sequence == 0) {
        return no(
            Refusal::line_unknown,
            at.path("line"),
            fmt::format("{}", line.line()),
            "a line of the original movement, counted from 1"
        );
    }
    const Quantity quantity = read(line.quantity());
    if (quantity <= Quantity{}) {
        return no(
            Refusal::quantity_not_positive,
            at.path("quantity"),
            to_string(quantity),
            "more than zero"
        );
    }
    part.quantity = quantity.milli();
    part.location = read_or_none(line.location());
    if (part.location.is_none()) return part;
    const auto usable = usable_location(state, part.location, at.path("location"));
    if (!usable.ok()) return usable.refused();
    if (usable.value()->kind == LocationKind::loss) {
        return no(
            Refusal::location_is_loss,
            at.path("location"),
            to_string(part.location) + " is a place for what is lost",
            "a place where goods lie"
        );
    }
    return part;
}

std::vector<ReturnedPart> all_parts(const Stock& state, const Document& original) {
    std::vector<ReturnedPart> parts;
    for (std::uint64_t sequence = original.first; sequence <= original.last; ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->quantity >= 0 || !can_come_back(line->reason)) continue;
        const std::int64_t left = -line->quantity - line->taken;
        if (left > 0) parts.push_back({sequence, left, {}, {}});
    }
    return parts;
}

}  // namespace

Judged<Nothing> return_part(const Stock& state, Moving& moving, const ReturnedPart& part, At at) {
    const MovedLine* issued = moving.find_line(part.sequence);
    const std::int64_t left = -issued->quantity - issued->taken;
    if (part.quantity > left) {
        return no(
            Refusal::more_than_issued,
            at.path("quantity"),
            to_string(Quantity::from_milli(part.quantity)),
            fmt::format("at most the {} left of it", to_string(Quantity::from_milli(left)))
        );
    }
    Change change = returned_of(state, *issued, part, at);
    if (!part.location.is_none()) change.place.location = part.location;
    if (!part.lot.is_none()) change.place.lot = part.lot;
    const auto brought = moving.bring_back(change);
    if (!brought.ok()) return brought.refused();
    return Nothing{};
}

Decision decide(const Stock& state, const ReturnStock& command, const Context& context) {
    const Id id = read(command.goods_return());
    if (auto is_new = check_new(state, "goods_return", id); !is_new.ok()) return is_new.refused();
    if (auto words = check_text(command.text()); !words.ok()) return words.refused();
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    const auto original = known_movement(state, read(command.original()), "original");
    if (!original.ok()) return original.refused();
    const auto dated = check_not_before(days.value().date, *original.value());
    if (!dated.ok()) return dated.refused();
    std::vector<ReturnedPart> parts;
    const std::size_t count = command.lines() == nullptr ? 0 : command.lines()->size();
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        auto part = part_of(state, *original.value(), *command.lines()->Get(i), {"lines", i});
        if (!part.ok()) return part.refused();
        parts.push_back(part.value());
    }
    if (count == 0) parts = all_parts(state, *original.value());
    if (parts.empty()) {
        return no(
            Refusal::movement_not_returnable,
            "original",
            "nothing is left to come back of " + to_string(read(command.original())),
            "an issue of which something is left"
        );
    }
    Header header;
    header.movement = id;
    header.source = read(command.original());
    header.days = days.value();
    header.text = copy(command.text());
    Moving moving{state, context, std::move(header)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto returned = return_part(state, moving, parts[i], {"lines", i});
        if (!returned.ok()) return returned.refused();
    }
    return moving.done();
}

namespace {

// The movement's lines that moved goods, in their order.
struct Kept {
    std::uint64_t sequence = 0;
    const MovedLine* line = nullptr;
};
std::vector<Kept> kept_lines(const Stock& state, const Document& document) {
    std::vector<Kept> all;
    for (std::uint64_t sequence = document.first; sequence <= document.last; ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->place == no_place) continue;
        all.push_back({sequence, line});
    }
    return all;
}

bool is_arrival_of(const Kept& in, const Kept& out) {
    return in.line->reason == MoveReason::transfer && in.line->original == out.sequence;
}

// Goods that went on, came back or were used in part stand in the way.
Judged<Nothing> check_unused(const std::vector<Kept>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool is_carried = i + 1 < lines.size() && is_arrival_of(lines[i + 1], lines[i]);
        if (is_carried || lines[i].line->taken == 0) continue;
        return no(
            Refusal::movement_used,
            "movement",
            fmt::format(
                "{} of line {} came back or went on",
                to_string(Quantity::from_milli(lines[i].line->taken)),
                lines[i].line->source_line
            ),
            "take that back first"
        );
    }
    return Nothing{};
}

Change opposite_of(const Stock& state, const Kept& kept, std::size_t index) {
    Change change;
    change.place = *state.place_keys.find(kept.line->place);
    change.item = state.items.find(change.place.item);
    change.quantity = kept.line->quantity < 0 ? -kept.line->quantity : kept.line->quantity;
    change.reason = kept.line->reason;
    change.source_line = kept.line->source_line;
    change.original = kept.sequence;
    change.at = {"lines", index};
    return change;
}

// What left comes back. A serial number cannot before it has left where it is.
Judged<Nothing> bring_back(
    const Stock& state, Moving& moving, const std::vector<Kept>& lines, bool are_serials
) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].line->quantity > 0 || !lines[i].line->is_costed) continue;
        const Change change = opposite_of(state, lines[i], i);
        if ((change.item->tracking == Tracking::serial) != are_serials) continue;
        const auto brought = moving.bring_back(change);
        if (!brought.ok()) return brought.refused();
    }
    return Nothing{};
}

// What came in leaves.
Judged<Nothing> send_back(const Stock& state, Moving& moving, const std::vector<Kept>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].line->quantity < 0) continue;
        const Change change = opposite_of(state, lines[i], i);
        if (!lines[i].line->is_costed) {
            DAYBOOK_ASSERT(i > 0);
            const auto carried =
                moving.carry(change, opposite_of(state, lines[i - 1], i).place.location);
            if (!carried.ok()) return carried.refused();
            continue;
        }
        const auto taken = moving.take_at(change, moving.costing().value_of(*lines[i].line));
        if (!taken.ok()) return taken.refused();
    }
    return Nothing{};
}

Judged<Nothing> take_back(const Stock& state, Moving& moving, const std::vector<Kept>& lines) {
    if (auto back = bring_back(state, moving, lines, false); !back.ok()) return back;
    if (auto gone = send_back(state, moving, lines); !gone.ok()) return gone;
    return bring_back(state, moving, lines, true);
}

}  // namespace

Decision decide(const Stock& state, const ReverseMovement& command, const Context& context) {
    const Id id = read(command.movement());
    const Id reversal = read(command.reversal());
    if (auto is_new = check_new(state, "reversal", reversal); !is_new.ok()) {
        return is_new.refused();
    }
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    if (text(command.reason()).empty()) {
        return no(Refusal::text_missing, "reason", "none", "why it is taken back");
    }
    const auto original = known_movement(state, id, "movement");
    if (!original.ok()) return original.refused();
    const Id source = original.value()->source;
    const bool is_foreign =
        !source.is_none() && (source == id || !state.documents.contains(source));
    if (original.value()->is_reversal || is_foreign) {
        return no(
            Refusal::movement_not_reversible,
            "movement",
            is_foreign ? fmt::format("{} moves what {} says", to_string(id), to_string(source))
                       : to_string(id) + " takes another movement back",
            is_foreign ? "take that back" : "enter it anew"
        );
    }
    const auto dated = check_not_before(days.value().date, *original.value());
    if (!dated.ok()) return dated.refused();
    const std::vector<Kept> lines = kept_lines(state, *original.value());
    if (auto unused = check_unused(lines); !unused.ok()) return unused.refused();
    Header header;
    header.movement = reversal;
    header.reverses = id;
    header.bound_for = state.movements.get(source.is_none() ? id : source).transfer_to;
    header.days = days.value();
    header.text = copy(command.reason());
    Moving moving{state, context, std::move(header)};
    const auto taken = take_back(state, moving, lines);
    return taken.ok() ? moving.done() : Decision{taken.refused()};
}

}  // namespace daybook::inventory
