// A random history of one pool, told to the pool and to its naive twin; whatever they answer is
// compared after every change.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "engine/base/prng.hpp"
#include "engine/domain/cost/cost_pool.hpp"
#include "tests/cost/naive_pool.hpp"

namespace daybook::cost {

// What kind of business it is.
struct Customs {
    Method method = Method::fifo;
    bool receipts_first = false;  // Of the same day.
    bool may_be_short = false;    // Stock may go below zero.
    bool has_large_values = false;
    bool has_closings = false;
    std::int32_t days = 12;
    std::uint8_t reasons = 4;
};

[[nodiscard]] inline Customs random_customs(Prng& prng) {
    return {
        .method = static_cast<Method>(1 + prng.below(3)),
        .receipts_first = prng.chance(50),
        .may_be_short = prng.chance(40),
        .has_large_values = prng.chance(10),
        .has_closings = prng.chance(50),
        .days = static_cast<std::int32_t>(1 + prng.below(20)),
        .reasons = static_cast<std::uint8_t>(1 + prng.below(6)),
    };
}

class History {
 public:
    History(Prng& prng, const Customs& customs)
        : prng_(prng),
          customs_(customs),
          pool_(customs.method, Currency::eur),
          naive_(customs.method) {
        if (customs.method != Method::standard) return;
        insert(
            {.moment = Moment::of(day(0), 0, ++sequence_),
             .kind = Kind::new_standard,
             .standard = UnitPrice::from_micro(12'345'678, Currency::eur)}
        );
    }

    // One change of any sort. Then what the two say of it is compared.
    void change() {
        const CostPool before = pool_;
        const auto steps_before = naive_.steps();
        const bool is_closing = customs_.has_closings && prng_.chance(6);
        if (is_closing) {
            close();
        } else if (prng_.chance(12) && !receipts_.empty()) {
            add_value();
        } else if (prng_.chance(5) && !issues_.empty()) {
            link();
        } else {
            add_movement();
        }
        compare(before, steps_before, is_closing);
    }
    // Empty as long as nothing differs, else what did.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] const CostPool& pool() const { return pool_; }
    // From now on the pool is one that was saved and loaded.
    void reload() {
        Bytes bytes;
        Packer{bytes}.put(pool_);
        Unpacker unpacker{bytes};
        unpacker.get(pool_);
        Bytes again;
        Packer{again}.put(pool_);
        expect(unpacker.is_whole() && unpacker.at_end() && bytes == again, "save and load");
    }

 private:
    [[nodiscard]] Date day(std::int64_t number) const {
        return Date::of(2026, 1, 1).plus_days(static_cast<std::int32_t>(number));
    }
    [[nodiscard]] Date random_day() { return day(prng_.between(0, customs_.days)); }
    [[nodiscard]] Moment random_moment(bool is_receipt) {
        const bool is_late = customs_.receipts_first && !is_receipt;
        return Moment::of(random_day(), is_late ? 1 : 0, ++sequence_);
    }
    [[nodiscard]] Money random_value() {
        const std::int64_t most = customs_.has_large_values ? 2'000'000'000'000 : 3'000;
        const std::int64_t least = prng_.chance(5) ? -most : 0;
        return Money::from_minor(prng_.chance(5) ? 0 : prng_.between(least, most), Currency::eur);
    }
    [[nodiscard]] Quantity random_quantity() {
        // Large ones of one size, so that no unit cost multiplies a value beyond the limits.
        if (customs_.has_large_values) {
            return Quantity::from_milli(prng_.between(10'000'000, 40'000'000));
        }
        return Quantity::from_milli(prng_.between(1, 12));
    }

    void insert(Movement movement) {
        expect(pool_.can_take(movement), "can take");
        pool_.insert(movement);
        naive_.insert(movement);
    }
    void add_movement() {
        const std::uint64_t choice = prng_.below(100);
        Movement movement{
            .reason = static_cast<std::uint8_t>(prng_.below(customs_.reasons)),
            .is_linked = prng_.chance(30),
        };
        if (choice < 40) {
            movement.kind = Kind::receipt;
            movement.value = random_value();
            movement.quantity = random_quantity();
            if (prng_.chance(20)) movement.origin = day(-prng_.between(0, 400));
            movement.moment = random_moment(true);
            receipts_.push_back(movement.moment);
            if (prng_.chance(20) && !issues_.empty()) {
                const Moment issue = issues_[prng_.below(issues_.size())];
                returns_[movement.moment] = issue;
                naive_.note_return(movement.moment, issue);
            }
        } else if (choice < 82 || receipts_.empty()) {
            movement.kind = Kind::issue;
            movement.quantity = random_quantity();
            movement.moment = random_moment(false);
            if (!customs_.may_be_short && is_short_with(movement)) return;
            issues_.push_back(movement.moment);
        } else if (choice < 92 || customs_.method != Method::standard) {
            movement.kind = Kind::revaluation;
            movement.receipt = receipts_[prng_.below(receipts_.size())];
            movement.value = random_value();
            movement.moment = Moment::of(
                day(prng_.between(movement.receipt.day().days() - day(0).days(), customs_.days)),
                rank_max,
                ++sequence_
            );
        } else {
            movement.kind = Kind::new_standard;
            movement.standard =
                UnitPrice::from_micro(prng_.between(0, 40'000'000'000), Currency::eur);
            movement.moment = random_moment(true);
        }
        insert(movement);
    }
    // A reference is made to a movement that has been here for a while.
    void link() {
        const Moment issue = issues_[prng_.below(issues_.size())];
        if (!pool_.find(issue)) return;
        pool_.set_linked(issue);
        naive_.set_linked(issue);
    }
    void add_value() {
        const Moment receipt = receipts_[prng_.below(receipts_.size())];
        const Money difference = random_value();
        const std::int64_t gone = pool_.add_value(receipt, difference).minor();
        expect(gone == naive_.add_value(receipt, difference.minor()), "what fell on goods gone");
    }
    void close() {
        Date through = random_day();
        if (naive_.through()) through = std::max(through, *naive_.through());
        const Money value = pool_.value();
        const Moment end = Moment::end_of(through).next();
        pool_.compact(through, pool_.ahead_before(end, brought_back_));
        naive_.compact(through);
        expect(pool_.value() == value, "the value behind a closing");
    }

    // What a shortage is, by looking at every moment.
    [[nodiscard]] std::optional<Shortage> naive_shortage(Moment moment, Quantity quantity) const {
        const Quantity at = Quantity::from_milli(naive_.state_at(moment).on_hand);
        if (at < quantity) return Shortage{moment, quantity - at};
        if (naive_.through()) moment = std::max(moment, Moment::end_of(*naive_.through()));
        for (const NaiveStep& step : naive_.steps()) {
            const Quantity on_hand = Quantity::from_milli(step.on_hand);
            if (step.movement.moment <= moment || on_hand >= quantity) continue;
            return Shortage{step.movement.moment, quantity - on_hand};
        }
        return std::nullopt;
    }
    [[nodiscard]] bool is_short_with(const Movement& issue) {
        const auto found = pool_.first_shortage(issue.moment, issue.quantity);
        const auto naive = naive_shortage(issue.moment, issue.quantity);
        expect(found.has_value() == naive.has_value(), "whether there is a shortage");
        if (found && naive) {
            expect(found->moment == naive->moment, "the moment of the shortage");
            expect(found->missing == naive->missing, "what is missing");
        }
        return found.has_value();
    }

    void compare(
        const CostPool& before, const std::vector<NaiveStep>& steps_before, bool is_closing
    ) {
        const auto steps = naive_.steps();
        for (const NaiveStep& step : steps) compare_step(step);
        const Moment moment = Moment::of(random_day(), 1, prng_.below(sequence_ + 1));
        compare_moment(moment);
        const Quantity wanted = random_quantity();
        (void)is_short_with({.moment = moment, .quantity = wanted});
        if (!issues_.empty()) compare_taken(steps, issues_[prng_.below(issues_.size())]);
        if (!issues_.empty()) compare_made_good(steps, issues_[prng_.below(issues_.size())]);
        if (is_closing) return;
        compare_true_ups(before, steps_before, steps);
        compare_differences(before, steps_before, steps);
        compare_links(steps_before, steps, linked_changes(before, pool_));
        const auto reason = static_cast<std::uint8_t>(prng_.below(customs_.reasons));
        compare_links(steps_before, steps, changes_of_reason(before, pool_, reason), reason);
    }
    void compare_step(const NaiveStep& step) {
        const Moment moment = step.movement.moment;
        expect(pool_.cost_of(moment).minor() == step.cost, "the cost of a movement");
        if (step.movement.kind == Kind::revaluation) {
            const Split split = pool_.split_of(moment);
            expect(split.to_sold.minor() == step.cost, "what fell on goods sold");
            expect(split.to_stock + split.to_sold == step.movement.value, "the two parts");
        }
        const bool is_closed = naive_.through() && moment <= Moment::end_of(*naive_.through());
        if (step.movement.kind == Kind::receipt) {
            compare_made(step, pool_.true_ups_by(moment, brought_back_));
        }
        if (is_closed) return;
        expect(pool_.on_hand_at(moment).milli() == step.on_hand, "what is on hand");
        expect(pool_.value_at(moment).minor() == step.value, "the value");
    }
    void compare_moment(Moment moment) {
        const NaiveState state = naive_.state_at(moment);
        expect(pool_.on_hand_at(moment).milli() == state.on_hand, "on hand at a moment");
        expect(pool_.value_at(moment).minor() == state.stock_value(), "the value at a moment");
        const auto layers = pool_.layers_at(moment);
        std::int64_t value = 0;
        auto layer = layers.begin();
        for (const NaiveLayer& naive : state.layers) {
            if (naive.left() == 0) continue;
            if (layer == layers.end()) {
                expect(false, "the number of layers");
                return;
            }
            expect(layer->moment == naive.receipt, "a layer's moment");
            expect(layer->origin == naive.origin, "a layer's origin");
            expect(layer->quantity.milli() == naive.left(), "a layer's quantity");
            if (customs_.method == Method::fifo) {
                expect(layer->value.minor() == naive.value - naive.given(), "a layer's value");
            }
            value += layer->value.minor();
            ++layer;
        }
        expect(layer == layers.end(), "the number of layers");
        if (state.on_hand > 0) expect(value == state.stock_value(), "the sum of the layers");
    }
    void compare_taken(const std::vector<NaiveStep>& steps, Moment issue) {
        const auto step = std::ranges::find_if(steps, [&](const NaiveStep& candidate) {
            return candidate.movement.moment.sequence() == issue.sequence();
        });
        if (step == steps.end()) return;
        const auto layers = pool_.layers_taken_by(issue);
        expect(layers.size() == step->taken.size(), "the number of slices");
        std::int64_t cost = 0;
        for (std::size_t i = 0; i < std::min(layers.size(), step->taken.size()); ++i) {
            expect(layers[i].moment == step->taken[i].receipt, "a slice's receipt");
            expect(layers[i].quantity.milli() == step->taken[i].quantity, "a slice's quantity");
            const bool is_exact = customs_.method == Method::fifo && !layers[i].moment.is_none();
            if (is_exact) expect(layers[i].value.minor() == step->taken[i].value, "its value");
            cost += layers[i].value.minor();
        }
        expect(cost == step->cost, "the sum of the slices");
    }

    void compare_made(const NaiveStep& step, const std::vector<TrueUp>& made) {
        auto one = made.begin();
        for (const NaiveMadeGood& naive : step.made_good) {
            if (naive.amount == 0) continue;
            if (one == made.end()) {
                expect(false, "the number of true-ups");
                return;
            }
            expect(one->receipt == step.movement.moment, "a true-up's receipt");
            expect(one->issue == naive.issue, "a true-up's issue");
            expect(one->amount == naive.amount, "a true-up");
            ++one;
        }
        expect(one == made.end(), "the number of true-ups");
    }
    void compare_made_good(const std::vector<NaiveStep>& steps, Moment issue) {
        std::vector<std::pair<Moment, std::int64_t>> naive;
        for (const NaiveStep& step : steps) {
            for (const NaiveMadeGood& made : step.made_good) {
                if (made.issue.sequence() != issue.sequence() || made.amount == 0) continue;
                issue = made.issue;
                naive.emplace_back(step.movement.moment, made.amount);
            }
        }
        const Moment before = random_moment(true);
        std::erase_if(naive, [&](const auto& one) { return one.first >= before; });
        const auto made = pool_.true_ups_of(issue, before, brought_back_);
        expect(made.size() == naive.size(), "the number of an issue's true-ups");
        for (std::size_t i = 0; i < std::min(made.size(), naive.size()); ++i) {
            expect(made[i].receipt == naive[i].first, "the receipt of an issue's true-up");
            expect(made[i].amount == naive[i].second, "an issue's true-up");
        }
    }
    using MadeGood = std::map<std::pair<Moment, Moment>, NaiveMadeGood>;
    [[nodiscard]] static MadeGood all_made_good(const std::vector<NaiveStep>& steps) {
        MadeGood all;
        for (const NaiveStep& step : steps) {
            for (const NaiveMadeGood& one : step.made_good) {
                all[{step.movement.moment, one.issue}] = one;
            }
        }
        return all;
    }
    void compare_true_ups(
        const CostPool& before,
        const std::vector<NaiveStep>& old_steps,
        const std::vector<NaiveStep>& new_steps
    ) {
        const MadeGood old_ones = all_made_good(old_steps);
        const MadeGood new_ones = all_made_good(new_steps);
        MadeGood both = old_ones;
        both.insert(new_ones.begin(), new_ones.end());
        const auto amount_in = [](const MadeGood& all, const auto& place) {
            const auto found = all.find(place);
            return found == all.end() ? NaiveMadeGood{} : found->second;
        };
        std::map<std::pair<Moment, Moment>, std::pair<std::int64_t, std::int64_t>> naive;
        for (const auto& [place, made] : both) {
            const NaiveMadeGood a = amount_in(old_ones, place);
            const NaiveMadeGood b = amount_in(new_ones, place);
            if (a != b) naive[place] = {a.amount, b.amount};
        }
        const auto changes = true_up_changes(before, pool_, brought_back_);
        expect(changes.size() == naive.size(), "the number of changed true-ups");
        auto expected = naive.begin();
        for (const TrueUpChange& change : changes) {
            if (expected == naive.end()) return;
            expect(change.receipt == expected->first.first, "a changed true-up's receipt");
            expect(change.issue == expected->first.second, "a changed true-up's issue");
            expect(change.before == expected->second.first, "the true-up before");
            expect(change.after == expected->second.second, "the true-up after");
            ++expected;
        }
        const NaiveState last = naive_.state_at(pool_.last_moment());
        if (last.on_hand >= 0 && !naive_.through()) {
            expect(last.unsettled == 0, "all that shortages cost is some issue's");
        }
    }

    using Costs = std::map<std::pair<Date, std::uint8_t>, std::pair<std::int64_t, std::int64_t>>;
    void compare_differences(
        const CostPool& before,
        const std::vector<NaiveStep>& old_steps,
        const std::vector<NaiveStep>& new_steps
    ) {
        Costs costs;
        for (const NaiveStep& step : old_steps) {
            costs[{step.movement.moment.day(), step.movement.reason}].first += step.cost;
        }
        for (const NaiveStep& step : new_steps) {
            costs[{step.movement.moment.day(), step.movement.reason}].second += step.cost;
        }
        std::erase_if(costs, [](const auto& entry) {
            return entry.second.first == entry.second.second;
        });
        const auto changes = differences(before, pool_);
        expect(changes.size() == costs.size(), "the number of differences");
        auto cost = costs.begin();
        std::int64_t sum = 0;
        for (const CostChange& change : changes) {
            if (cost == costs.end()) return;
            expect(change.day == cost->first.first, "the day of a difference");
            expect(change.reason == cost->first.second, "the reason of a difference");
            expect(change.before.minor() == cost->second.first, "the old cost");
            expect(change.after.minor() == cost->second.second, "the new cost");
            sum += change.after.minor() - change.before.minor();
            ++cost;
        }
        const std::int64_t old_expense = before.expense_at(before.last_moment()).minor();
        const std::int64_t new_expense = pool_.expense_at(pool_.last_moment()).minor();
        expect(sum == new_expense - old_expense, "the sum of the differences");
    }
    // With a reason, all but receipts of that reason are meant, else what is linked.
    void compare_links(
        const std::vector<NaiveStep>& old_steps,
        const std::vector<NaiveStep>& new_steps,
        const std::vector<LinkedChange>& changes,
        std::optional<std::uint8_t> reason = {}
    ) {
        const auto is_meant = [&](const Movement& movement) {
            if (!reason) return movement.is_linked;
            return movement.kind != Kind::receipt && movement.reason == *reason;
        };
        auto change = changes.begin();
        auto old = old_steps.begin();
        for (const NaiveStep& step : new_steps) {
            while (old != old_steps.end() && old->movement.moment < step.movement.moment) ++old;
            if (old == old_steps.end()) break;
            if (old->movement.moment != step.movement.moment || old->cost == step.cost) continue;
            if (!is_meant(old->movement) || !is_meant(step.movement)) continue;
            if (change == changes.end()) {
                expect(false, "the number of linked changes");
                return;
            }
            expect(change->moment == step.movement.moment, "the moment of a linked change");
            expect(change->before.minor() == old->cost, "the old cost of a linked movement");
            expect(change->after.minor() == step.cost, "the new cost of a linked movement");
            expect(change->reason == step.movement.reason, "the reason of a linked movement");
            ++change;
        }
        expect(change == changes.end(), "the number of linked changes");
    }

    void expect(bool holds, const char* what) {
        if (holds || !failure_.empty()) return;
        failure_ = fmt::format(
            "{} after {} movements, method {}", what, sequence_, static_cast<int>(customs_.method)
        );
    }

    Prng& prng_;
    Customs customs_;
    CostPool pool_;
    NaivePool naive_;
    std::uint64_t sequence_ = 0;
    std::vector<Moment> receipts_;
    std::vector<Moment> issues_;
    std::map<Moment, Moment> returns_;
    BroughtBack brought_back_ = [this](Moment receipt) {
        const auto found = returns_.find(receipt);
        return found == returns_.end() ? Moment{} : found->second;
    };
    std::string failure_;
};

}  // namespace daybook::cost
