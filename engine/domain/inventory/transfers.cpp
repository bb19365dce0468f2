// Transfers: from one place to another at once, or through a place where goods are under way and
// from which they arrive in parts.

#include <fmt/format.h>

#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

Judged<Nothing> check_ends(const Stock& state, const Id& from, const Id& to) {
    const auto source = usable_location(state, from, "from");
    if (!source.ok()) return source.refused();
    const auto target = usable_location(state, to, "to");
    if (!target.ok()) return target.refused();
    if (source.value()->kind == LocationKind::loss) {
        return no(
            Refusal::location_is_loss,
            "from",
            to_string(from) + " is a place for what is lost",
            "a place where goods lie"
        );
    }
    return Nothing{};
}

template <class Command>
Judged<Header> header_of(const Stock& state, const Command& command, const Context& context) {
    const Id id = read(command.transfer());
    if (auto is_new = check_new(state, "transfer", id); !is_new.ok()) return is_new.refused();
    if (auto words = check_text(command.text()); !words.ok()) return words.refused();
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    Header header;
    header.movement = id;
    header.days = days.value();
    header.text = copy(command.text());
    const auto ends = check_ends(state, read(command.from()), read(command.to()));
    if (!ends.ok()) return ends.refused();
    const std::size_t count = command.lines() == nullptr ? 0 : command.lines()->size();
    if (auto counted = check_count("lines", count); !counted.ok()) return counted.refused();
    return header;
}

struct Carried {
    Change change;
    Id to;
};
struct Ends {
    Id from;
    Id to;
};
Judged<Carried> carried_of(
    const Stock& state, const TransferLine& line, const Ends& ends, std::size_t index
) {
    const At at{"lines", index};
    const Id item_id = read(line.item());
    const auto item = stockable_item(state, item_id, at.path("item"));
    if (!item.ok()) return item.refused();
    const auto quantity = positive_quantity(
        *item.value(), read(line.quantity()), read_or_none(line.unit()), at.path("quantity")
    );
    if (!quantity.ok()) return quantity.refused();
    const auto source =
        location_inside(state, read_or_none(line.from()), ends.from, at.path("from"));
    if (!source.ok()) return source.refused();
    const auto target = location_inside(state, read_or_none(line.to()), ends.to, at.path("to"));
    if (!target.ok()) return target.refused();
    if (source.value() == target.value()) {
        return no(
            Refusal::same_location, at.path("to"), to_string(target.value()), "another place"
        );
    }
    Carried carried;
    carried.change.item = item.value();
    carried.change.place = {item_id, read_or_none(line.lot()), source.value()};
    carried.change.quantity = quantity.value();
    carried.change.reason = MoveReason::transfer;
    carried.change.source_line = static_cast<std::uint16_t>(index + 1);
    carried.change.at = at;
    carried.to = target.value();
    return carried;
}

// What goes to a place for what is lost leaves the stock.
Judged<Nothing> carry(const Stock& state, Moving& moving, Carried carried) {
    if (state.locations.find(carried.to)->kind == LocationKind::loss) {
        carried.change.reason = MoveReason::scrap;
        const auto taken = moving.take(carried.change);
        if (!taken.ok()) return taken.refused();
        return Nothing{};
    }
    const auto moved = moving.carry(carried.change, carried.to);
    if (!moved.ok()) return moved.refused();
    return Nothing{};
}

Judged<const Document*> sent_transfer(const Stock& state, const Id& id) {
    const Document* found = state.movements.find(id);
    if (found == nullptr || found->transfer_to.is_none()) {
        return no(Refusal::transfer_unknown, "transfer", to_string(id), "a transfer that was sent");
    }
    if (found->is_reversed) {
        return no(
            Refusal::movement_reversed, "transfer", to_string(id), "one that was not taken back"
        );
    }
    return found;
}

// What of the transfer's line, counted from 1, is still under way; null if there is no such line.
const MovedLine* line_under_way(
    const Stock& state, const Document& transfer, std::uint16_t number, std::uint64_t& sequence
) {
    for (sequence = transfer.first; sequence <= transfer.last; ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->reason != MoveReason::transfer) continue;
        if (line->quantity > 0 && line->source_line == number) return line;
    }
    return nullptr;
}

// So much of what a line of the transfer sent.
struct Arriving {
    std::uint64_t sequence = 0;
    std::int64_t quantity = 0;
};
Change arriving_of(const Stock& state, const MovedLine& line, const Arriving& arriving, At at) {
    Change change;
    change.place = *state.place_keys.find(line.place);
    change.item = state.items.find(change.place.item);
    change.quantity = arriving.quantity;
    change.reason = MoveReason::transfer;
    change.source_line = line.source_line;
    change.original = arriving.sequence;
    change.at = at;
    return change;
}

// One line of an arrival, as the command has it.
struct ArrivedLine {
    const ArrivalLine& line;
    At at;
};
Judged<Nothing> arrive(
    const Stock& state, Moving& moving, const Document& transfer, const ArrivedLine& arrived
) {
    const ArrivalLine& line = arrived.line;
    const At at = arrived.at;
    std::uint64_t sequence = 0;
    const MovedLine* sent = line_under_way(state, transfer, line.line(), sequence);
    if (sent == nullptr) {
        return no(
            Refusal::line_unknown,
            at.path("line"),
            fmt::format("{}", line.line()),
            "a line of the transfer, counted from 1"
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
    const std::int64_t left = sent->quantity - moving.find_line(sequence)->taken;
    if (quantity.milli() > left) {
        return no(
            Refusal::more_than_sent,
            at.path("quantity"),
            to_string(quantity),
            fmt::format("at most the {} under way", to_string(Quantity::from_milli(left)))
        );
    }
    const auto moved = moving.carry(
        arriving_of(state, *sent, {sequence, quantity.milli()}, at), transfer.transfer_to
    );
    if (!moved.ok()) return moved.refused();
    return Nothing{};
}

// All that is still under way.
std::vector<Change> rest_of(const Stock& state, const Document& transfer) {
    std::vector<Change> rest;
    for (std::uint64_t sequence = transfer.first; sequence <= transfer.last; ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->reason != MoveReason::transfer) continue;
        const std::int64_t left = line->quantity - line->taken;
        if (left <= 0) continue;
        const std::size_t index = line->source_line - std::size_t{1};
        rest.push_back(arriving_of(state, *line, {sequence, left}, {"lines", index}));
    }
    return rest;
}

Refused nothing_under_way(const Id& transfer) {
    return no(
        Refusal::transfer_complete,
        "transfer",
        to_string(transfer) + " has nothing under way",
        "a transfer of which something is under way"
    );
}

// A movement that ends a transfer, in part or as a whole.
struct Ending {
    const Document* transfer = nullptr;
    Header header;
};
template <class Command>
Judged<Ending> ending_of(const Stock& state, const Command& command, const Context& context) {
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    const auto transfer = sent_transfer(state, read(command.transfer()));
    if (!transfer.ok()) return transfer.refused();
    if (days.value().date < transfer.value()->date) {
        return no(
            Refusal::date_before_original,
            "date",
            to_string(days.value().date),
            fmt::format("{} or later", to_string(transfer.value()->date))
        );
    }
    Ending ending;
    ending.transfer = transfer.value();
    ending.header.source = read(command.transfer());
    ending.header.bound_for = ending.transfer->transfer_to;
    ending.header.days = days.value();
    return ending;
}

}  // namespace

Decision decide(const Stock& state, const TransferStock& command, const Context& context) {
    auto header = header_of(state, command, context);
    if (!header.ok()) return header.refused();
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const Ends ends{read(command.from()), read(command.to())};
        const auto carried = carried_of(state, *command.lines()->Get(i), ends, i);
        if (!carried.ok()) return carried.refused();
        const auto moved = carry(state, moving, carried.value());
        if (!moved.ok()) return moved.refused();
    }
    return moving.done();
}

Decision decide(const Stock& state, const SendTransfer& command, const Context& context) {
    const Id transit = read(command.transit());
    auto header = header_of(state, command, context);
    if (!header.ok()) return header.refused();
    if (state.locations.find(read(command.to()))->kind == LocationKind::loss) {
        return no(
            Refusal::location_is_loss,
            "to",
            to_string(read(command.to())) + " is a place for what is lost",
            "a place where goods lie, or ScrapStock"
        );
    }
    const auto between = usable_location(state, transit, "transit");
    if (!between.ok()) return between.refused();
    if (between.value()->kind != LocationKind::transit) {
        return no(
            Refusal::location_not_transit,
            "transit",
            fmt::format(
                "{} is {}", to_string(transit), EnumNameLocationKind(between.value()->kind)
            ),
            "a place of the kind transit"
        );
    }
    TransferSentT sent;
    sent.transfer = read(command.transfer());
    sent.from = read(command.from());
    sent.to = read(command.to());
    sent.transit = transit;
    sent.date = header.value().days.date;
    header.value().bound_for = sent.to;
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const auto carried = carried_of(state, *command.lines()->Get(i), {sent.from, transit}, i);
        if (!carried.ok()) return carried.refused();
        const auto moved = carry(state, moving, carried.value());
        if (!moved.ok()) return moved.refused();
    }
    Decision decision = moving.done();
    if (!decision.is_refused()) decision.add(std::move(sent));
    return decision;
}

Decision decide(const Stock& state, const ReceiveTransfer& command, const Context& context) {
    const Id id = read(command.arrival());
    if (auto is_new = check_new(state, "arrival", id); !is_new.ok()) return is_new.refused();
    auto ending = ending_of(state, command, context);
    if (!ending.ok()) return ending.refused();
    const Document& transfer = *ending.value().transfer;
    ending.value().header.movement = id;
    Moving moving{state, context, std::move(ending.value().header)};
    const std::size_t count = command.lines() == nullptr ? 0 : command.lines()->size();
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        const auto arrived =
            arrive(state, moving, transfer, {*command.lines()->Get(i), {"lines", i}});
        if (!arrived.ok()) return arrived.refused();
    }
    if (count == 0) {
        for (const Change& change : rest_of(state, transfer)) {
            const auto moved = moving.carry(change, transfer.transfer_to);
            if (!moved.ok()) return moved.refused();
        }
    }
    if (moving.is_empty()) return nothing_under_way(read(command.transfer()));
    return moving.done();
}

Decision decide(const Stock& state, const CloseTransfer& command, const Context& context) {
    const Id id = read(command.loss());
    if (auto is_new = check_new(state, "loss", id); !is_new.ok()) return is_new.refused();
    if (auto words = check_text(command.reason()); !words.ok()) return words.refused();
    if (text(command.reason()).empty()) {
        return no(Refusal::text_missing, "reason", "none", "why it will not arrive");
    }
    auto ending = ending_of(state, command, context);
    if (!ending.ok()) return ending.refused();
    const Document& transfer = *ending.value().transfer;
    ending.value().header.movement = id;
    ending.value().header.text = copy(command.reason());
    Moving moving{state, context, std::move(ending.value().header)};
    for (Change& change : rest_of(state, transfer)) {
        change.reason = MoveReason::count_loss;
        const auto taken = moving.take(change);
        if (!taken.ok()) return taken.refused();
    }
    if (moving.is_empty()) return nothing_under_way(read(command.transfer()));
    return moving.done();
}

void apply(Stock& state, const TransferSent& event) {
    Document& transfer = state.movements.at(read(event.transfer()));
    DAYBOOK_ASSERT(transfer.transfer_to.is_none());
    transfer.transfer_to = read(event.to());
}

}  // namespace daybook::inventory
