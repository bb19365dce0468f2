#include "engine/domain/cost/meter.hpp"

namespace daybook::cost {

Meter::Meter(const CostPool& pool)
    : pool_(pool),
      method_(pool.method()),
      at_(pool.movements()),
      running_(pool.opening() == nullptr ? Running{} : pool.opening()->running),
      layer_(pool.movements()) {}

const Entry* Meter::next() {
    while (!at_.is_at_end() && at_.entry() == nullptr) at_.enter();
    return at_.entry();
}

void Meter::pass() {
    const Entry* entry = next();
    DAYBOOK_ASSERT(entry != nullptr);
    take(*entry);
    at_.skip();
}

void Meter::pass_before(Moment end) {
    pass_while(
        [&](const Slot& slot) { return slot.summary.last < end; },
        [&](const Entry& entry) { return entry.moment < end; }
    );
}

void Meter::pass_run(Moment end, std::uint64_t reason_bits) {
    pass_while(
        [&](const Slot& slot) {
            const Summary& summary = slot.summary;
            if (summary.last >= end || (summary.step_reasons & ~reason_bits) != 0) return false;
            if ((summary.receipt_reasons & ~reason_bits) == 0) return true;
            const bool is_short = on_hand() < 0 || on_hand() + summary.lowest < 0;
            return method_ != Method::standard && !is_short;
        },
        [&](const Entry& entry) {
            if (entry.moment >= end) return false;
            return (entry.reason_bit() & reason_bits) != 0 || !may_step(entry);
        }
    );
}

void Meter::pass_others(const Wanted& wanted) {
    pass_while(
        [&](const Slot& slot) { return !wanted.has_any(slot.summary); },
        [&](const Entry& entry) { return !wanted.has(entry); }
    );
}

void Meter::pass_while_enough(std::int64_t quantity) {
    pass_while(
        [&](const Slot& slot) { return on_hand() + slot.summary.lowest >= quantity; },
        [&](const Entry& entry) {
            return entry.kind != Kind::issue || on_hand() - entry.quantity >= quantity;
        }
    );
}

void Meter::take(const Slot& slot) {
    const Summary& summary = slot.summary;
    now_ = summary.last;
    received_ += summary.received;
    received_value_ += summary.received_value;
    issued_ += summary.issued;
    revalued_ += summary.revalued;
    lost_ += summary.lost;
    running_ = slot.after;
    // Some of them may be of receipts that the curve has passed.
    if (summary.revaluations > 0) layer_is_known_ = false;
}

void Meter::take(const Entry& entry) {
    if (method_ != Method::fifo) step(method_, running_, on_hand(), entry);
    now_ = entry.moment;
    switch (entry.kind) {
        case Kind::receipt:
            received_ += entry.quantity;
            received_value_ += entry.value;
            break;
        case Kind::issue: issued_ += entry.quantity; break;
        case Kind::revaluation:
            revalued_ += entry.value;
            if (entry.receipt().is_none()) {
                lost_ += entry.value;
            } else if (layer_is_known_ && entry.receipt() < layer_.entry()->moment) {
                value_before_ += entry.value;
            }
            break;
        case Kind::none:
        case Kind::new_standard: break;
    }
}

std::int64_t Meter::expense() {
    switch (method_) {
        case Method::fifo: return fifo_expense();
        case Method::average: return brought_in() - running_.value;
        case Method::standard:
            return brought_in() - scaled(running_.unit_value, on_hand(), running_.unit_quantity);
        case Method::none: break;
    }
    return 0;
}

std::int64_t Meter::fifo_expense() {
    if (issued_ >= received_) return brought_in() + short_expense();
    const bool is_there = layer_is_known_ && quantity_before_ + layer_.entry()->quantity > issued_;
    if (!is_there) find_layer();
    const Entry& receipt = *layer_.entry();
    const std::int64_t noted = layer_.leaf().noted(receipt.moment, now_);
    return lost_ + value_before_ + given({&receipt, issued_ - quantity_before_, noted}) +
           given_behind(receipt.moment);
}

// Moves the curve's place on to what has been issued by now. It passes only receipts that are gone,
// so it never has to go back.
void Meter::find_layer() {
    if (!layer_is_known_) {
        layer_ = Cursor{pool_.movements()};
        quantity_before_ = 0;
        value_before_ = 0;
        layer_is_known_ = true;
    }
    layer_.pass(
        [&](const Slot& slot) {
            const Summary& summary = slot.summary;
            if (quantity_before_ + summary.received > issued_) return false;
            const bool all_noted = summary.notes == 0 || summary.last_note <= now_;
            const bool none_noted = summary.notes == 0 || summary.first_note > now_;
            if (!all_noted && !none_noted) return false;
            quantity_before_ += summary.received;
            value_before_ += summary.received_value + (none_noted ? 0 : summary.noted);
            return true;
        },
        [&](const Entry& entry) {
            if (entry.kind != Kind::receipt) return true;
            if (quantity_before_ + entry.quantity > issued_) return false;
            quantity_before_ += entry.quantity;
            value_before_ += entry.value + layer_.leaf().noted(entry.moment, now_);
            return true;
        }
    );
    DAYBOOK_ASSERT(!layer_.is_at_end());
    DAYBOOK_ASSERT(layer_.entry()->moment <= now_);
}

std::int64_t Meter::given(const CurvePoint& point) const {
    const Opening* opening = pool_.opening();
    const OpenLayer* open = opening == nullptr ? nullptr : opening->find(point.receipt->moment);
    if (open != nullptr) {
        const std::int64_t gone = open->gone + point.gone;
        return share_of(open->value + point.noted, gone, open->quantity) - open->given_before();
    }
    return share_of(point.receipt->value + point.noted, point.gone, point.receipt->quantity);
}

// A late receipt may stand before one of which a part left in the closed time: revaluations of that
// one are an expense for that part although the curve has not come to it.
std::int64_t Meter::given_behind(Moment receipt) const {
    if (pool_.opening() == nullptr) return 0;
    std::int64_t all = 0;
    for (const OpenLayer& open : pool_.opening()->layers) {
        if (open.receipt <= receipt) continue;
        const std::int64_t noted = noted_through(pool_.movements(), open.receipt, now_);
        all += share_of(open.value + noted, open.gone, open.quantity) - open.given_before();
    }
    return all;
}

std::int64_t Meter::short_expense() const {
    const std::int64_t missing = issued_ - received_;
    if (missing == 0) return 0;
    const Entry* receipt = last_receipt(pool_.movements(), now_);
    if (receipt == nullptr) return 0;
    const std::int64_t noted = noted_through(pool_.movements(), receipt->moment, now_);
    const Opening* opening = pool_.opening();
    const OpenLayer* open = opening == nullptr ? nullptr : opening->find(receipt->moment);
    return open == nullptr ? scaled(receipt->value + noted, missing, receipt->quantity)
                           : scaled(open->value + noted, missing, open->quantity);
}

std::vector<CurvePoint> Meter::open_receipts(std::int64_t quantity) {
    std::vector<CurvePoint> points;
    if (on_hand() <= 0) return points;
    find_layer();
    Cursor cursor = layer_;
    std::int64_t gone = issued_ - quantity_before_;
    cursor.pass(
        [](const Slot& slot) { return slot.summary.receipt_reasons == 0; },
        [&](const Entry& entry) {
            if (entry.moment > now_ || quantity <= 0) return false;
            // What has no quantity only tells the last unit cost.
            if (entry.kind != Kind::receipt || entry.quantity == 0) return true;
            points.push_back({&entry, gone, cursor.leaf().noted(entry.moment, now_)});
            quantity -= entry.quantity - gone;
            gone = 0;
            return true;
        }
    );
    return points;
}

std::int64_t Meter::left_value(const CurvePoint& point) const {
    return point.receipt->value + point.noted - given(point);
}

}  // namespace daybook::cost
