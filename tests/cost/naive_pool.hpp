// What a pool must answer, worked out the plain way: a list of movements, replayed from the start
// after every change, with a queue of layers, a running average or a standard.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/wide.hpp"
#include "engine/domain/cost/movement.hpp"

namespace daybook::cost {

// value x part / whole, to the nearest, ties to even.
inline std::int64_t fraction(std::int64_t value, std::int64_t part, std::int64_t whole) {
    return narrow(divide(static_cast<Wide>(value) * part, whole, Rounding::half_even));
}

struct NaiveLayer {
    Moment receipt;
    Date origin;
    std::int64_t quantity = 0;
    std::int64_t value = 0;
    std::int64_t gone = 0;

    [[nodiscard]] std::int64_t left() const { return quantity - gone; }
    [[nodiscard]] std::int64_t given() const { return fraction(value, gone, quantity); }
};

struct NaiveTaken {
    Moment receipt;
    std::int64_t quantity = 0;
    std::int64_t value = 0;
};

// What of an issue left before it had come, and what of that was made good by a receipt.
struct NaiveAhead {
    Moment issue;
    std::int64_t quantity = 0;
    std::int64_t assumed = 0;
    std::int64_t covered = 0;
};

struct NaiveMadeGood {
    Moment issue;
    std::int64_t quantity = 0;
    std::int64_t assumed = 0;
    std::int64_t amount = 0;
    friend auto operator<=>(const NaiveMadeGood&, const NaiveMadeGood&) = default;
};

// One movement and what was true behind it.
struct NaiveStep {
    Movement movement;
    std::int64_t cost = 0;
    std::int64_t on_hand = 0;
    std::int64_t value = 0;
    std::vector<NaiveTaken> taken;
    std::vector<NaiveMadeGood> made_good;  // By issue; of an issue that is short: itself.
};

// What is carried from movement to movement.
struct NaiveState {
    Method method = Method::none;
    std::vector<NaiveLayer> layers;  // All receipts, gone or not, in order of their moments.
    std::int64_t missing = 0;        // Issued beyond what was received.
    std::int64_t on_hand = 0;
    std::int64_t value = 0;  // Average and standard.
    std::int64_t unit_value = 0;
    std::int64_t unit_quantity = 0;
    std::int64_t standard = 0;              // Micro units for each unit.
    std::deque<NaiveAhead> ahead;           // The first to be covered first.
    std::deque<NaiveAhead> closed_ahead;    // Those of a closed time, until they leave as one.
    std::map<Moment, Moment> brought_back;  // The issue that a receipt brings a part back of.
    std::int64_t unsettled = 0;             // What shortages cost more, and no issue by now.

    [[nodiscard]] NaiveStep take(const Movement& movement) {
        NaiveStep step{.movement = movement};
        const std::int64_t before = stock_value();
        const std::int64_t on_hand_before = on_hand;
        const std::int64_t brought = take_quantity(movement, step);
        step.on_hand = on_hand;
        step.value = stock_value();
        step.cost = brought - (step.value - before);
        if (method != Method::standard) settle(step, on_hand_before, before);
        return step;
    }
    // What the goods are worth.
    [[nodiscard]] std::int64_t stock_value() const {
        if (method == Method::average) return value;
        if (method == Method::standard) return fraction(standard, on_hand, 10'000'000);
        std::int64_t sum = 0;
        for (const NaiveLayer& layer : layers) sum += layer.value - layer.given();
        if (missing == 0 || layers.empty()) return sum;
        return sum - fraction(layers.back().value, missing, layers.back().quantity);
    }
    [[nodiscard]] NaiveLayer* layer_of(Moment receipt) {
        for (NaiveLayer& layer : layers) {
            if (layer.receipt == receipt) return &layer;
        }
        return nullptr;
    }

 private:
    // Answers what the movement brings into the pool.
    std::int64_t take_quantity(const Movement& movement, NaiveStep& step) {
        const std::int64_t quantity = movement.quantity.milli();
        const std::int64_t amount = movement.value.minor();
        if (movement.kind == Kind::new_standard) standard = movement.standard.micro();
        if (movement.kind == Kind::receipt) receive(movement, quantity, amount);
        if (movement.kind == Kind::issue) issue(quantity, step);
        if (movement.kind == Kind::revaluation) revalue(movement, amount);
        return amount;
    }

    void settle(NaiveStep& step, std::int64_t on_hand_before, std::int64_t value_before) {
        const Movement& movement = step.movement;
        const std::int64_t quantity = movement.quantity.milli();
        const std::int64_t left = on_hand > 0 ? step.value : 0;
        const bool was_short = on_hand_before < 0;
        if (movement.kind == Kind::issue && !closed_ahead.empty()) {
            ahead = std::exchange(closed_ahead, {});
            if (on_hand_before > 0)
                cover(step, std::min(quantity, on_hand_before), value_before - left);
        } else if (movement.kind == Kind::issue && on_hand < 0) {
            ahead.push_back({movement.moment, std::min(quantity, -on_hand), -step.value, 0});
            if (was_short) ahead.back().assumed += value_before;
            const NaiveAhead& one = ahead.back();
            step.made_good.push_back({one.issue, one.quantity, one.assumed, 0});
        }
        if (!was_short) return;
        if (movement.kind == Kind::revaluation) unsettled += step.cost - movement.value.minor();
        if (movement.kind != Kind::receipt) return;
        unsettled += step.cost;
        cover(step, std::min(quantity, -on_hand_before), movement.value.minor() - left);
    }
    void cover(NaiveStep& step, std::int64_t quantity, std::int64_t whole_worth) {
        const Movement& movement = step.movement;
        const auto own = std::ranges::find_if(ahead, [&](const NaiveAhead& each) {
            const auto issue = brought_back.find(movement.moment);
            return issue != brought_back.end() && issue->second == each.issue;
        });
        if (own != ahead.end()) {
            // Its own issue comes first, whatever stands before it.
            const std::int64_t part = std::min(quantity, own->quantity - own->covered);
            const std::int64_t worth =
                part == quantity
                    ? whole_worth
                    : fraction(movement.value.minor(), part, movement.quantity.milli());
            make_good(step, *own, part, worth);
            quantity -= part;
            whole_worth -= worth;
        }
        std::int64_t used = 0;
        for (NaiveAhead& each : ahead) {
            const std::int64_t part = std::min(quantity - used, each.quantity - each.covered);
            if (part == 0) continue;
            const std::int64_t worth = fraction(whole_worth, used + part, quantity) -
                                       fraction(whole_worth, used, quantity);
            make_good(step, each, part, worth);
            used += part;
        }
        std::erase_if(ahead, [](const NaiveAhead& each) { return each.covered == each.quantity; });
        std::ranges::sort(step.made_good);
    }
    void make_good(NaiveStep& step, NaiveAhead& one, std::int64_t part, std::int64_t worth) {
        const std::int64_t end = one.covered + part;
        const std::int64_t assumed = fraction(one.assumed, end, one.quantity) -
                                     fraction(one.assumed, one.covered, one.quantity);
        unsettled -= worth - assumed;
        step.made_good.push_back({one.issue, part, assumed, worth - assumed});
        one.covered = end;
    }

    void receive(const Movement& movement, std::int64_t quantity, std::int64_t amount) {
        NaiveLayer layer{
            .receipt = movement.moment,
            .origin = movement.origin.is_none() ? movement.moment.day() : movement.origin,
            .quantity = quantity,
            .value = amount,
        };
        layer.gone = std::min(missing, quantity);
        missing -= layer.gone;
        const auto place =
            std::ranges::lower_bound(layers, movement.moment, {}, &NaiveLayer::receipt);
        layers.insert(place, layer);
        if (on_hand > 0) {
            value += amount;
        } else {
            const std::int64_t left = on_hand + quantity;
            value = fraction(amount, left, quantity);
            if (left <= 0) {
                unit_value = amount;
                unit_quantity = quantity;
            }
        }
        on_hand += quantity;
    }

    void issue(std::int64_t quantity, NaiveStep& step) {
        issue_value(quantity);
        on_hand -= quantity;
        for (NaiveLayer& layer : layers) {
            const std::int64_t taken = std::min(quantity, layer.left());
            if (taken == 0) continue;
            const std::int64_t before = layer.given();
            layer.gone += taken;
            step.taken.push_back({layer.receipt, taken, layer.given() - before});
            quantity -= taken;
        }
        if (quantity > 0) step.taken.push_back({Moment{}, quantity, 0});
        missing += quantity;
    }
    void issue_value(std::int64_t quantity) {
        if (quantity < on_hand) {
            value -= fraction(value, quantity, on_hand);
            return;
        }
        if (on_hand > 0) {
            unit_value = value;
            unit_quantity = on_hand;
        }
        const std::int64_t rest = on_hand - quantity;
        value = unit_quantity == 0 ? 0 : fraction(unit_value, rest, unit_quantity);
    }

    // The quantity of a revaluation is that of its receipt.
    void revalue(const Movement& movement, std::int64_t amount) {
        NaiveLayer* layer = layer_of(movement.receipt);
        if (layer != nullptr) layer->value += amount;
        const std::int64_t received = movement.quantity.milli();
        if (on_hand <= 0 || received == 0) return;
        value += fraction(amount, std::min(on_hand, received), received);
    }
};

class NaivePool {
 public:
    explicit NaivePool(Method method) { opening_.method = method; }
    void note_return(Moment receipt, Moment issue) { opening_.brought_back[receipt] = issue; }

    void insert(Movement movement) {
        movement.moment = placed(movement);
        if (movement.kind == Kind::revaluation) {
            movement.quantity = received(movement.receipt);
            if (movement.quantity.is_zero()) movement.receipt = Moment{};
        }
        const auto place =
            std::ranges::lower_bound(movements_, movement.moment, {}, &Movement::moment);
        movements_.insert(place, movement);
    }
    // Answers the part that fell on goods that left in the closed time.
    std::int64_t add_value(Moment receipt, std::int64_t difference) {
        for (Movement& movement : movements_) {
            if (movement.moment != receipt) continue;
            movement.value += Money::from_minor(difference, movement.value.currency());
            return 0;
        }
        NaiveLayer* layer = opening_.layer_of(receipt);
        if (layer == nullptr) return difference;
        const std::int64_t given = layer->given();
        std::int64_t to_gone = fraction(difference, layer->gone, layer->quantity);
        layer->value += difference;
        if (opening_.method == Method::fifo) to_gone = layer->given() - given;
        if (opening_.on_hand > 0) opening_.value += difference - to_gone;
        return to_gone;
    }
    void set_linked(Moment moment) {
        for (Movement& movement : movements_) {
            const bool is_it = movement.moment.sequence() == moment.sequence();
            if (is_it) movement.is_linked = true;
        }
    }

    void compact(Date through) {
        const Moment end = Moment::end_of(through);
        NaiveState state = start();
        std::vector<Movement> later;
        closed_ = in_order();
        for (const Movement& movement : closed_) {
            if (movement.moment <= end) {
                (void)state.take(movement);
            } else {
                later.push_back(movement);
            }
        }
        through_ = through;
        opening_ = state;
        opening_.closed_ahead = std::exchange(opening_.ahead, {});
        for (NaiveAhead& one : opening_.closed_ahead) {
            one.assumed -= fraction(one.assumed, one.covered, one.quantity);
            one.quantity -= std::exchange(one.covered, 0);
        }
        movements_ = later;
        const bool is_short = state.on_hand <= 0;
        const auto last = state.layers.empty() ? NaiveLayer{} : state.layers.back();
        std::erase_if(opening_.layers, [&](const NaiveLayer& layer) {
            const bool tells_unit_cost =
                opening_.method == Method::fifo && layer.receipt == last.receipt;
            return layer.left() == 0 && !tells_unit_cost;
        });
        if (state.method == Method::standard && !is_short) reopen(state);
    }

    // The replay.
    [[nodiscard]] std::vector<NaiveStep> steps() const {
        std::vector<NaiveStep> steps;
        NaiveState state = start();
        for (const Movement& movement : in_order()) steps.push_back(state.take(movement));
        return steps;
    }
    // The state behind everything through a moment.
    [[nodiscard]] NaiveState state_at(Moment moment) const {
        NaiveState state = start();
        if (through_) moment = std::max(moment, Moment::end_of(*through_));
        for (const Movement& movement : in_order()) {
            if (movement.moment <= moment) (void)state.take(movement);
        }
        return state;
    }
    [[nodiscard]] const std::vector<Movement>& movements() const { return movements_; }
    [[nodiscard]] std::optional<Date> through() const { return through_; }

 private:
    // What its receipt brought in, if the receipt is still here: it may be gone later.
    [[nodiscard]] Quantity received(Moment receipt) const {
        for (const Movement& movement : movements_) {
            if (movement.moment == receipt) return movement.quantity;
        }
        for (const NaiveLayer& layer : opening_.layers) {
            if (layer.receipt == receipt) return Quantity::from_milli(layer.quantity);
        }
        return {};
    }
    [[nodiscard]] Moment placed(const Movement& movement) const {
        if (!through_ || movement.kind == Kind::receipt) return movement.moment;
        if (movement.moment > Moment::end_of(*through_)) return movement.moment;
        return Moment::of(*through_, rank_max, movement.moment.sequence());
    }
    // The opening without what was missing then: that is an issue at the end of the closed time, so
    // that a late receipt covers it.
    [[nodiscard]] NaiveState start() const {
        NaiveState state = opening_;
        if (state.on_hand > 0) return state;
        state.missing = 0;
        state.on_hand = 0;
        state.value = 0;
        return state;
    }
    [[nodiscard]] std::vector<Movement> in_order() const {
        std::vector<Movement> all = movements_;
        if (opening_.on_hand >= 0) return all;
        Movement missing;
        missing.moment = Moment::of(*through_, rank_max, 0);
        missing.kind = Kind::issue;
        missing.quantity = Quantity::from_milli(-opening_.on_hand);
        const auto place = std::ranges::lower_bound(all, missing.moment, {}, &Movement::moment);
        all.insert(place, missing);
        return all;
    }

    // By standard, the layers left are received anew: a late receipt among them shifts where their
    // sum is rounded.
    void reopen(const NaiveState& state) {
        std::vector<Movement> receipts;
        std::int64_t on_hand = 0;
        for (const NaiveLayer& layer : opening_.layers) {
            Movement receipt = *std::ranges::find(closed_, layer.receipt, &Movement::moment);
            const std::int64_t before = fraction(state.standard, on_hand, 10'000'000);
            on_hand += layer.left();
            const std::int64_t value = fraction(state.standard, on_hand, 10'000'000) - before;
            receipt.quantity = Quantity::from_milli(layer.left());
            receipt.value = Money::from_minor(value, receipt.value.currency());
            receipts.push_back(receipt);
        }
        movements_.insert(movements_.begin(), receipts.begin(), receipts.end());
        opening_.layers.clear();
        opening_.on_hand = 0;
    }

    NaiveState opening_;
    std::optional<Date> through_;
    std::vector<Movement> closed_;  // What the last closing saw.
    std::vector<Movement> movements_;
};

}  // namespace daybook::cost
