// What inventory answers when goods are delivered, come back, are received, go back to a supplier,
// or turn out to cost something else than was expected. Its refusal refuses the whole batch.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "engine/domain/inventory/costs.hpp"
#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// Null if it is nothing that is kept in stock.
const Item* stocked_item(const Stock& state, const Id& item) {
    const Item* found = state.items.find(item);
    return found != nullptr && found->kind == ItemKind::stockable ? found : nullptr;
}

Judged<Header> header_of(
    const Stock& state, const Id& document, const wire::Date* date, const Context& context
) {
    if (auto is_new = check_new(state, "movement", document); !is_new.ok()) {
        return is_new.refused();
    }
    const auto days = days_of(state, date, context);
    if (!days.ok()) return days.refused();
    Header header;
    header.movement = document;
    header.source = document;
    header.days = days.value();
    return header;
}

Judged<Id> stock_place(const Stock& state, const Id& own, const Id& warehouse, At at) {
    const Id place = own.is_none() ? warehouse : own;
    const auto usable = usable_location(state, place, at.path("location"));
    if (!usable.ok()) return usable.refused();
    if (usable.value()->kind == LocationKind::loss) {
        return no(
            Refusal::location_is_loss,
            at.path("location"),
            to_string(place) + " is a place for what is lost",
            "a place where goods lie"
        );
    }
    return place;
}

struct Candidate {
    bool is_others = true;  // Not held for the order at this very place.
    Date expiry;
    PlaceKey place;
    std::int64_t free = 0;
};

// Where in the warehouse the item lies that may leave: what is held there for the order, then what
// expires first.
std::vector<Candidate> candidates(
    const Stock& state, const Moving& moving, const Change& wanted, Date date
) {
    std::vector<Candidate> all;
    const Id lot = wanted.place.lot;
    for (auto it = state.places.from({wanted.place.item, lot, {}}); it != state.places.end();
         ++it) {
        const PlaceKey& place = it->first;
        if (place.item != wanted.place.item || (!lot.is_none() && place.lot != lot)) break;
        if (!is_inside(state, place.location, wanted.place.location)) continue;
        const Lot known = state.lots.get({place.item, place.lot});
        const bool is_old = !known.expiry.is_none() && known.expiry < date;
        if (lot.is_none() && (known.is_quarantined || is_old)) continue;
        const std::int64_t free =
            state.quantities.find(it->second)->lowest_from({date, rank_of_others}) +
            moving.changed_at(place);
        if (free <= 0) continue;
        const Date expiry = known.expiry.is_none() ? date_max : known.expiry;
        all.push_back({!moving.is_held_for_order(place), expiry, place, free});
    }
    std::ranges::stable_sort(all, [](const Candidate& a, const Candidate& b) {
        return std::tie(a.is_others, a.expiry) < std::tie(b.is_others, b.expiry);
    });
    return all;
}

// Takes the goods from wherever in the warehouse they lie and are not held for others; what is
// missing is missed at the last of these places.
Judged<Nothing> take_from_anywhere(
    const Stock& state, Moving& moving, const Change& wanted, Date date
) {
    std::int64_t left = wanted.quantity;
    Change last = wanted;
    std::optional<PlaceKey> missed_at;
    if (wanted.item->tracking == Tracking::none) missed_at = wanted.place;
    for (const Candidate& candidate : candidates(state, moving, wanted, date)) {
        last.place = candidate.place;
        last.quantity = moving.can_take(last.place, std::min(left, candidate.free));
        if (last.quantity < std::min(left, candidate.free)) missed_at = last.place;
        if (last.quantity <= 0) continue;
        left -= last.quantity;
        if (auto taken = moving.take(last); !taken.ok()) return taken.refused();
        if (left == 0) return Nothing{};
    }
    if (missed_at) last.place = *missed_at;
    last.quantity = left;
    const auto taken = moving.take(last);
    if (!taken.ok()) return taken.refused();
    return Nothing{};
}

Judged<Nothing> deliver(
    const Stock& state, Moving& moving, const sales::GoodsDelivered& event, At at
) {
    const sales::DeliveredLine& line =
        *event.lines()->Get(static_cast<flatbuffers::uoffset_t>(at.index));
    const Id own = read(line.location());
    Change change;
    change.place = {read(line.item()), read(line.lot()), {}};
    change.item = stocked_item(state, change.place.item);
    change.quantity = read(line.quantity()).milli();
    change.reason = MoveReason::delivery;
    change.source_line = static_cast<std::uint16_t>(at.index + 1);
    change.at = at;
    const auto place = stock_place(state, own, read_or_none(event.warehouse()), at);
    if (!place.ok()) return place.refused();
    change.place.location = place.value();
    if (own.is_none()) return take_from_anywhere(state, moving, change, read(event.date()));
    const auto taken = moving.take(change);
    if (!taken.ok()) return taken.refused();
    return Nothing{};
}

}  // namespace

Decision react(const Stock& state, const sales::GoodsDelivered& event, const Context& context) {
    const auto is_stocked = [&](const sales::DeliveredLine* line) {
        return line->is_goods() && stocked_item(state, read(line->item())) != nullptr;
    };
    if (std::ranges::none_of(*event.lines(), is_stocked)) return {};
    auto header = header_of(state, read(event.delivery()), event.date(), context);
    if (!header.ok()) return header.refused();
    header.value().order = read_or_none(event.order());
    header.value().party = read(event.party());
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < event.lines()->size(); ++i) {
        const sales::DeliveredLine* line = event.lines()->Get(i);
        if (!is_stocked(line)) continue;
        const auto delivered = deliver(state, moving, event, {"lines", i});
        if (!delivered.ok()) return delivered.refused();
    }
    return moving.done();
}

namespace {

// Where goods of a place come back: where the line says, else where they were, else the warehouse.
Id returned_to(const Stock& state, const Id& location, const Id& warehouse, const PlaceKey& from) {
    if (!location.is_none()) return location;
    const bool is_elsewhere =
        !warehouse.is_none() && state.locations.find(from.location)->warehouse != warehouse;
    return is_elsewhere ? warehouse : Id{};
}

// The parts of a delivery's line, which may have come from several places, that come back.
std::vector<ReturnedPart> parts_of(
    const Stock& state,
    const Moving& moving,
    const sales::GoodsReturned& event,
    const sales::ReturnedLine& line
) {
    const Document& delivery = *state.movements.find(read(event.delivery()));
    const Id warehouse = read_or_none(event.warehouse());
    std::vector<ReturnedPart> parts;
    std::int64_t left = read(line.quantity()).milli();
    for (std::uint64_t at = delivery.first; at <= delivery.last && left > 0; ++at) {
        const MovedLine* issued = moving.find_line(at);
        if (issued == nullptr || issued->reason != MoveReason::delivery) continue;
        if (issued->source_line != line.delivery_line()) continue;
        const PlaceKey& from = *state.place_keys.find(issued->place);
        if (!read(line.lot()).is_none() && from.lot != read(line.lot())) continue;
        const std::int64_t part = std::min(left, -issued->quantity - issued->taken);
        if (part <= 0) continue;
        parts.push_back({at, part, returned_to(state, read(line.location()), warehouse, from), {}});
        left -= part;
    }
    return parts;
}

// What is not put back into stock is scrapped where it came in.
Judged<Nothing> scrap(const Stock& state, Moving& moving, const ReturnedPart& part, At at) {
    const MovedLine issued = *moving.find_line(part.sequence);
    Change change;
    change.place = *state.place_keys.find(issued.place);
    if (!part.location.is_none()) change.place.location = part.location;
    change.item = state.items.find(change.place.item);
    change.quantity = part.quantity;
    change.reason = MoveReason::scrap;
    change.source_line = static_cast<std::uint16_t>(at.index + 1);
    change.at = at;
    const auto taken = moving.take(change);
    if (!taken.ok()) return taken.refused();
    return Nothing{};
}

}  // namespace

Decision react(const Stock& state, const sales::GoodsReturned& event, const Context& context) {
    const Document* delivery = state.movements.find(read(event.delivery()));
    if (delivery == nullptr) return {};
    auto header = header_of(state, read(event.goods_return()), event.date(), context);
    if (!header.ok()) return header.refused();
    header.value().order = read_or_none(event.order());
    header.value().party = read(event.party());
    if (header.value().days.date < delivery->date) {
        return no(
            Refusal::date_before_original,
            "date",
            to_string(header.value().days.date),
            fmt::format("{} or later", to_string(delivery->date))
        );
    }
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < event.lines()->size(); ++i) {
        const sales::ReturnedLine& line = *event.lines()->Get(i);
        const At at{"lines", i};
        if (!line.is_goods() || stocked_item(state, read(line.item())) == nullptr) continue;
        const Id warehouse = read_or_none(event.warehouse());
        if (!read(line.location()).is_none() || !warehouse.is_none()) {
            const auto place = stock_place(state, read(line.location()), warehouse, at);
            if (!place.ok()) return place.refused();
        }
        const std::vector<ReturnedPart> parts = parts_of(state, moving, event, line);
        for (const ReturnedPart& part : parts) {
            const auto returned = return_part(state, moving, part, at);
            if (!returned.ok()) return returned.refused();
        }
        if (line.is_restocked()) continue;
        for (const ReturnedPart& part : parts) {
            if (auto gone = scrap(state, moving, part, at); !gone.ok()) return gone.refused();
        }
    }
    return moving.is_empty() ? Decision{} : moving.done();
}

Decision react(const Stock& state, const purchasing::GoodsReceived& event, const Context& context) {
    const auto is_stocked = [&](const purchasing::ReceivedLine* line) {
        return line->is_stocked() && read(line->accepted()) > Quantity{} &&
               stocked_item(state, read(line->item())) != nullptr;
    };
    if (std::ranges::none_of(*event.lines(), is_stocked)) return {};
    auto header = header_of(state, read(event.receipt()), event.date(), context);
    if (!header.ok()) return header.refused();
    header.value().order = read(event.order());
    header.value().party = read(event.supplier());
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < event.lines()->size(); ++i) {
        const purchasing::ReceivedLine* line = event.lines()->Get(i);
        if (!is_stocked(line)) continue;
        Change change;
        change.at = {"lines", i};
        const auto place =
            stock_place(state, read(line->location()), read_or_none(event.warehouse()), change.at);
        if (!place.ok()) return place.refused();
        change.place = {read(line->item()), read(line->lot()), place.value()};
        change.item = stocked_item(state, change.place.item);
        change.quantity = read(line->accepted()).milli();
        change.reason = MoveReason::purchase_receipt;
        change.source_line = static_cast<std::uint16_t>(i + 1);
        const auto brought =
            moving.bring(change, read(line->value()).minor(), {read(line->expiry())});
        if (!brought.ok()) return brought.refused();
    }
    return moving.done();
}

namespace {

// The sequence of the receipt's line that brought these goods in; 0: none did.
std::uint64_t received_line(const Stock& state, const Id& receipt, std::uint16_t number) {
    const Document* document = state.movements.find(receipt);
    if (document == nullptr) return 0;
    for (std::uint64_t at = document->first; at <= document->last; ++at) {
        const MovedLine* line = state.lines.find(at);
        if (line == nullptr || line->reason != MoveReason::purchase_receipt) continue;
        if (line->source_line == number && line->quantity > 0) return at;
    }
    return 0;
}

}  // namespace

Decision react(
    const Stock& state, const purchasing::GoodsReturnedToSupplier& event, const Context& context
) {
    const auto sequence_of = [&](const purchasing::ReturnedLine* line) {
        if (!line->is_stocked()) return std::uint64_t{0};
        return received_line(state, read(event.receipt()), line->receipt_line());
    };
    const auto is_stocked = [&](const purchasing::ReturnedLine* line) {
        return sequence_of(line) != 0;
    };
    if (std::ranges::none_of(*event.lines(), is_stocked)) return {};
    auto header = header_of(state, read(event.goods_return()), event.date(), context);
    if (!header.ok()) return header.refused();
    header.value().order = read(event.order());
    header.value().party = read(event.supplier());
    Moving moving{state, context, std::move(header.value())};
    for (flatbuffers::uoffset_t i = 0; i < event.lines()->size(); ++i) {
        const purchasing::ReturnedLine* line = event.lines()->Get(i);
        const std::uint64_t sequence = sequence_of(line);
        if (sequence == 0) continue;
        Change change;
        change.place = *state.place_keys.find(moving.find_line(sequence)->place);
        if (!read(line->location()).is_none()) change.place.location = read(line->location());
        if (!read(line->lot()).is_none()) change.place.lot = read(line->lot());
        change.item = state.items.find(change.place.item);
        change.quantity = read(line->quantity()).milli();
        change.reason = MoveReason::purchase_return;
        change.source_line = static_cast<std::uint16_t>(i + 1);
        change.original = sequence;
        change.at = {"lines", i};
        const auto taken = moving.take_at(change, read(line->value()).minor());
        if (!taken.ok()) return taken.refused();
    }
    return moving.done();
}

// A bill's difference from the receipt's value goes to the goods, or to those that sold them.
Decision react(const Stock& state, const purchasing::BillMatched& event, const Context&) {
    std::vector<ReceiptAmount> amounts;
    Date date = read(event.date());
    for (const purchasing::MatchedLine* line : *event.lines()) {
        const std::int64_t amount = read(line->price_variance()).minor();
        if (!line->is_stocked() || amount == 0 || read(line->receipt()).is_none()) continue;
        const std::uint64_t receipt =
            received_line(state, read(line->receipt()), line->receipt_line());
        if (receipt == 0) continue;
        date = std::max(date, state.lines.find(receipt)->moment().day());
        amounts.push_back({receipt, amount});
    }
    if (amounts.empty()) return {};
    const Id bill = read(event.bill());
    if (auto is_new = check_new(state, "bill", bill); !is_new.ok()) return is_new.refused();
    const Date accounting_date =
        accounting_date_or_none(state, std::max(date, read(event.accounting_date())));
    if (accounting_date.is_none()) {
        return no(
            Refusal::no_open_period,
            "date",
            "no period is open on " + to_string(date) + " or later",
            "accounting.OpenFiscalYear or accounting.ReopenPeriod"
        );
    }
    RevaluationHeader header;
    header.revaluation = bill;
    header.source = bill;
    header.days = {date, accounting_date};
    header.reason = MoveReason::price_variance;
    return revalue_receipts(state, std::move(header), amounts);
}

}  // namespace daybook::inventory
