#include "engine/domain/cost/cost_pool.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/domain/cost/meter.hpp"
#include "engine/domain/cost/running.hpp"

namespace daybook::cost {
namespace {

std::int64_t magnitude(std::int64_t value) {
    return value < 0 ? -value : value;
}

bool moves_quantity(const Entry& entry) {
    return entry.kind == Kind::receipt || entry.kind == Kind::issue;
}

std::uint64_t origin_detail(Date origin, Date day) {
    if (origin.is_none() || origin == day) return 0;
    return static_cast<std::uint64_t>(origin.days() - date_min.days()) + 1;
}

Date origin_of(const Entry& receipt) {
    if (receipt.detail() == 0) return receipt.moment.day();
    return date_min.plus_days(static_cast<std::int32_t>(receipt.detail()) - 1);
}

// So many thousandths cost `price.micro()` minor units: 10^3 thousandths and 10^6 micro units, less
// the decimals of the minor unit.
std::uint64_t thousandths_for_micro(Currency currency) {
    return static_cast<std::uint64_t>(power_of_ten(9 - exponent_of(currency)));
}

bool fits_kind(const Movement& movement, Method method) {
    const bool moves = movement.kind == Kind::receipt || movement.kind == Kind::issue;
    if (moves != (movement.quantity > Quantity{})) return false;
    if (movement.quantity > movement_quantity_max || movement.quantity.is_negative()) return false;
    switch (movement.kind) {
        case Kind::receipt:
            return movement.origin.is_none() ||
                   (movement.origin >= date_min && movement.origin <= date_max);
        case Kind::issue: return movement.value.is_zero();
        case Kind::revaluation: return true;
        case Kind::new_standard:
            return method == Method::standard && !movement.standard.is_negative();
        case Kind::none: break;
    }
    return false;
}

// Gives each layer its part of a value by its quantity; the parts add up.
void share_out(std::vector<Layer>& layers, Money value) {
    std::int64_t whole = 0;
    for (const Layer& layer : layers) whole += layer.quantity.milli();
    std::int64_t part = 0;
    std::int64_t given = 0;
    for (Layer& layer : layers) {
        part += layer.quantity.milli();
        const std::int64_t through = share_of(value.minor(), part, whole);
        layer.value = Money::from_minor(through - given, value.currency());
        given = through;
    }
}

}  // namespace

CostPool::CostPool(Method method, Currency currency) : method_(method), currency_(currency) {}

Date CostPool::closed_through() const {
    return opening_ ? opening_->through : Date{};
}

Money CostPool::money(std::int64_t minor) const {
    return Money::from_minor(minor, currency_);
}

// What is dated in the closed time counts at the end of it, in the order in which it became known.
Moment CostPool::counted_at(Moment moment) const {
    if (!opening_ || moment > opening_->end()) return moment;
    return Moment::of(opening_->through, rank_max, moment.sequence());
}

Moment CostPool::place_of(const Movement& movement) const {
    return movement.kind == Kind::receipt ? movement.moment : counted_at(movement.moment);
}

const Entry* CostPool::entry_at(Moment moment) const {
    const Entry* entry = cost::find(root_, moment);
    return entry != nullptr ? entry : cost::find(root_, counted_at(moment));
}

bool CostPool::can_take(const Movement& movement) const {
    if (method_ == Method::none || movement.moment.sequence() == 0) return false;
    if (movement.reason > reason_max || !fits_kind(movement, method_)) return false;
    if (!movement.value.same_currency(money(0))) return false;
    if (movement.value.minor() < -pool_value_max || movement.value.minor() > pool_value_max) {
        return false;
    }
    if (weight_ + magnitude(movement.value.minor()) > pool_value_max) return false;
    const Summary& all = root_.summary;
    const std::int64_t moved = std::max(all.received, all.issued) + movement.quantity.milli();
    if (moved > pool_quantity_max.milli()) return false;
    if (movement.kind == Kind::revaluation) {
        const Entry* receipt = cost::find(root_, movement.receipt);
        const bool is_one = receipt == nullptr || receipt->kind == Kind::receipt;
        if (!is_one || movement.moment <= movement.receipt) return false;
    }
    return entry_at(movement.moment) == nullptr;
}

Entry CostPool::entry_of(const Movement& movement) const {
    Entry entry{
        .moment = place_of(movement),
        .quantity = movement.quantity.milli(),
        .value = movement.value.minor(),
        .reason = movement.reason,
        .kind = movement.kind,
        .is_linked = movement.is_linked,
    };
    if (movement.kind == Kind::receipt) {
        entry.set_detail(origin_detail(movement.origin, movement.moment.day()));
    }
    if (movement.kind == Kind::new_standard) {
        entry.value = movement.standard.micro();
        entry.set_detail(thousandths_for_micro(currency_));
    }
    if (movement.kind == Kind::revaluation) {
        const Entry* receipt = cost::find(root_, movement.receipt);
        if (receipt == nullptr) return entry;
        const OpenLayer* open = opening_ ? opening_->find(receipt->moment) : nullptr;
        const std::int64_t received = open == nullptr ? receipt->quantity : open->quantity;
        entry.quantity = static_cast<std::int64_t>(receipt->moment.bits());
        entry.set_detail(static_cast<std::uint64_t>(received));
    }
    return entry;
}

Movement CostPool::movement_of(const Entry& entry) const {
    Movement movement{
        .moment = entry.moment,
        .kind = entry.kind,
        .reason = entry.reason,
        .is_linked = entry.is_linked,
    };
    if (moves_quantity(entry)) movement.quantity = Quantity::from_milli(entry.quantity);
    if (entry.kind == Kind::new_standard) {
        movement.standard = UnitPrice::from_micro(entry.value, currency_);
    } else {
        movement.value = money(entry.value);
    }
    if (entry.kind == Kind::receipt) movement.origin = origin_of(entry);
    if (entry.kind == Kind::revaluation) movement.receipt = entry.receipt();
    return movement;
}

void CostPool::insert(const Movement& movement) {
    DAYBOOK_ASSERT(can_take(movement));
    const Entry entry = entry_of(movement);
    const bool is_last = root_.summary.count == 0 || entry.moment > root_.summary.last;
    Running after = root_.summary.count > 0 ? root_.after : Running{};
    if (root_.summary.count == 0 && opening_) after = opening_->running;
    step(method_, after, root_.summary.on_hand(), entry);
    cost::insert(root_, entry, after);
    if (entry.kind == Kind::revaluation && !entry.receipt().is_none()) {
        add_note(root_, {entry.receipt(), entry.moment, entry.value});
    }
    weight_ += magnitude(movement.value.minor());
    if (moves_quantity(entry)) covered_.forget_behind(entry.moment);
    if (!is_last) settle_from(entry.moment, moves_quantity(entry));
}

namespace {

// Revaluations of a receipt that is not here any more are all expense.
void lose_revaluations(Moment receipt, std::vector<Entry>& entries) {
    for (Entry& entry : entries) {
        if (entry.kind != Kind::revaluation || entry.receipt() != receipt) continue;
        entry.quantity = 0;
        entry.set_detail(0);
    }
}

}  // namespace

void CostPool::set_quantity(Moment moment, Quantity quantity) {
    DAYBOOK_ASSERT(!opening_ || moment.day() > opening_->through);
    std::vector<Entry> entries;
    bool is_here = false;
    Cursor cursor{root_};
    cursor.pass(
        [](const Slot&) { return false; },
        [&](const Entry& entry) {
            entries.push_back(entry);
            if (entry.moment != moment) return true;
            is_here = true;
            entries.back().quantity = quantity.milli();
            if (quantity.is_zero()) entries.pop_back();
            return true;
        }
    );
    DAYBOOK_ASSERT(is_here);
    if (quantity.is_zero()) lose_revaluations(moment, entries);
    rebuild(entries);
}

void CostPool::settle_from(Moment moment, bool changes_quantity) {
    if (method_ == Method::fifo) return;
    settle(
        root_,
        {.method = method_,
         .from = moment,
         .changes_quantity = changes_quantity,
         .opening = opening_ ? opening_->running : Running{}}
    );
}

Money CostPool::add_value(Moment receipt, Money difference) {
    DAYBOOK_ASSERT(difference.same_currency(money(0)));
    const Entry* found = cost::find(root_, receipt);
    if (found == nullptr) return difference;
    DAYBOOK_ASSERT(found->kind == Kind::receipt);
    Entry entry = *found;
    const std::int64_t to_gone = add_to_opening(receipt, difference.minor());
    entry.value += difference.minor() - to_gone;
    replace(root_, entry);
    weight_ += magnitude(difference.minor());
    DAYBOOK_ASSERT(weight_ <= 2 * pool_value_max);
    settle_from(receipt, false);
    return money(to_gone);
}

// Answers what of the difference stays with the closed time.
std::int64_t CostPool::add_to_opening(Moment receipt, std::int64_t difference) {
    if (!opening_ || receipt > opening_->end()) return 0;
    // By standard all of it is variance of the receipt.
    if (method_ == Method::standard) return 0;
    if (opening_->find(receipt) == nullptr) return 0;
    auto changed = std::make_unique<Opening>(*opening_);
    changed->holders = 0;
    OpenLayer& open = *std::ranges::lower_bound(changed->layers, receipt, {}, &OpenLayer::receipt);
    const std::int64_t given = open.given_before();
    open.value += difference;
    opening_ = boost::intrusive_ptr<Opening>{changed.release()};
    if (method_ == Method::average) return share_of(difference, open.gone, open.quantity);
    return open.given_before() - given;
}

void CostPool::set_linked(Moment moment) {
    const Entry* found = entry_at(moment);
    DAYBOOK_ASSERT(found != nullptr);
    if (found->is_linked) return;
    Entry entry = *found;
    entry.is_linked = true;
    replace(root_, entry);
}

std::optional<Movement> CostPool::find(Moment moment) const {
    const Entry* entry = entry_at(moment);
    if (entry == nullptr) return std::nullopt;
    return movement_of(*entry);
}

Money CostPool::cost_of(Moment movement) const {
    const Entry* entry = entry_at(movement);
    DAYBOOK_ASSERT(entry != nullptr);
    Meter meter{*this};
    meter.pass_before(entry->moment);
    const std::int64_t before = meter.expense();
    meter.pass();
    return money(meter.expense() - before);
}

Split CostPool::split_of(Moment revaluation) const {
    const Entry* entry = entry_at(revaluation);
    DAYBOOK_ASSERT(entry != nullptr);
    DAYBOOK_ASSERT(entry->kind == Kind::revaluation);
    const Money to_sold = cost_of(revaluation);
    return {.to_stock = money(entry->value) - to_sold, .to_sold = to_sold};
}

// A meter that has passed what counts through the moment.
Meter CostPool::meter_at(Moment moment) const {
    Meter meter{*this};
    meter.pass_before((opening_ ? std::max(moment, opening_->end()) : moment).next());
    return meter;
}

Quantity CostPool::on_hand_at(Moment moment) const {
    return Quantity::from_milli(meter_at(moment).on_hand());
}
Money CostPool::value_at(Moment moment) const {
    return money(meter_at(moment).value());
}
Money CostPool::expense_at(Moment moment) const {
    return money(meter_at(moment).expense());
}
Quantity CostPool::on_hand() const {
    return Quantity::from_milli(root_.summary.on_hand());
}
Money CostPool::value() const {
    return value_at(last_moment());
}

std::optional<Shortage> CostPool::first_shortage(Moment moment, Quantity quantity) const {
    Meter meter = meter_at(moment);
    if (meter.on_hand() < quantity.milli()) {
        return Shortage{moment, quantity - Quantity::from_milli(meter.on_hand())};
    }
    meter.pass_while_enough(quantity.milli());
    const Entry* issue = meter.next();
    if (issue == nullptr) return std::nullopt;
    const std::int64_t left = meter.on_hand() - issue->quantity;
    return Shortage{issue->moment, quantity - Quantity::from_milli(left)};
}

std::vector<Layer> CostPool::layers_at(Moment moment) const {
    Meter meter = meter_at(moment);
    std::vector<Layer> layers;
    for (const CurvePoint& point : meter.open_receipts(meter.on_hand())) {
        layers.push_back({
            .moment = point.receipt->moment,
            .origin = origin_of(*point.receipt),
            .quantity = Quantity::from_milli(point.receipt->quantity - point.gone),
            .value = money(meter.left_value(point)),
        });
    }
    if (method_ != Method::fifo) share_out(layers, money(meter.value()));
    return layers;
}

std::vector<Layer> CostPool::layers_taken_by(Moment issue) const {
    const Entry* entry = entry_at(issue);
    DAYBOOK_ASSERT(entry != nullptr);
    DAYBOOK_ASSERT(entry->kind == Kind::issue);
    Meter meter{*this};
    meter.pass_before(entry->moment);
    std::int64_t left = entry->quantity;
    Money left_cost = cost_of(issue);
    std::vector<Layer> layers;
    for (const CurvePoint& point : meter.open_receipts(left)) {
        const std::int64_t taken = std::min(left, point.receipt->quantity - point.gone);
        const CurvePoint end{point.receipt, point.gone + taken, point.noted};
        layers.push_back({
            .moment = point.receipt->moment,
            .origin = origin_of(*point.receipt),
            .quantity = Quantity::from_milli(taken),
            .value = money(meter.given(end) - meter.given(point)),
        });
        left -= taken;
        left_cost -= layers.back().value;
    }
    if (left > 0) layers.push_back({.quantity = Quantity::from_milli(left), .value = left_cost});
    if (method_ != Method::fifo) share_out(layers, cost_of(issue));
    return layers;
}

void CostPool::rebuild(const std::vector<Entry>& entries) {
    root_ = build(entries);
    covered_ = {};
    weight_ = 0;
    for (const Entry& entry : entries) {
        if (entry.kind != Kind::new_standard) weight_ += magnitude(entry.value);
    }
    settle_from(Moment{}, true);
}

}  // namespace daybook::cost
