// What the deliveries of one item cost and what its stock is worth, worked out the plain way: all
// that moved is replayed in the order of its days. What leaves before it has come costs what is
// assumed and later, by the receipts that cover it, what those cost; what comes back brings its
// part of all that its delivery had cost by then.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "tests/cost/naive_pool.hpp"
#include "tests/properties/trade_company.hpp"

namespace daybook::trade {

class PlainSale {
 public:
    PlainSale(cost::Method method, const std::vector<Moved>& moved) : all_(moved) {
        state_.method = method;
        for (const Moved& one : moved) {
            if (one.quantity < 0) issues_[one.sequence].quantity = -one.quantity;
        }
        for (const Moved& one : moved) {
            if (!is_return(one)) continue;
            const Moved& issue = *std::ranges::find(moved, one.original, &Moved::sequence);
            state_.brought_back[moment_of(one)] = moment_of(issue);
            Issue& brought = issues_[one.original];
            brought.returns.push_back({moment_of(one), one.quantity, brought.came_back, 0});
            brought.came_back += one.quantity;
        }
        std::ranges::sort(all_, {}, moment_of);
        for (const Moved& one : all_) play(one);
    }
    [[nodiscard]] std::int64_t stock_value() const { return state_.stock_value(); }
    // By the delivery's line.
    [[nodiscard]] std::map<std::uint64_t, std::int64_t> delivery_costs() const {
        std::map<std::uint64_t, std::int64_t> costs;
        for (const auto& [sequence, issue] : issues_) {
            costs[sequence] = issue.cost + issue.made_good;
        }
        return costs;
    }

 private:
    struct Return {
        cost::Moment moment;
        std::int64_t quantity = 0;
        std::int64_t before = 0;  // What had come back by all that was learned before.
        std::int64_t value = 0;
    };
    struct Issue {
        std::int64_t quantity = 0;
        std::int64_t came_back = 0;
        std::int64_t cost = 0;
        bool was_short = false;
        std::vector<Return> returns;  // In the order in which they were learned.
        std::int64_t made_good = 0;
    };

    static cost::Moment moment_of(const Moved& one) {
        return cost::Moment::of(one.date, 2, one.sequence);
    }
    [[nodiscard]] bool is_return(const Moved& one) const {
        return one.quantity > 0 && issues_.contains(one.original);
    }
    void play(const Moved& one) {
        cost::Movement movement;
        movement.moment = moment_of(one);
        movement.kind = one.quantity > 0 ? cost::Kind::receipt : cost::Kind::issue;
        movement.quantity = pieces(one.quantity > 0 ? one.quantity : -one.quantity);
        movement.value = euros(one.quantity > 0 ? one.value : 0);
        if (is_return(one)) {
            auto& returns = issues_.at(one.original).returns;
            const auto own = std::ranges::find(returns, movement.moment, &Return::moment);
            own->value = worth_of(one);
            movement.value = euros(own->value);
        }
        const cost::NaiveStep step = state_.take(movement);
        if (one.quantity < 0) issues_[one.sequence].cost = step.cost;
        if (one.quantity < 0) issues_[one.sequence].was_short = step.on_hand < 0;
        for (const cost::NaiveMadeGood& made : step.made_good) {
            issues_[made.issue.sequence()].made_good += made.amount;
        }
    }
    [[nodiscard]] std::int64_t worth_of(const Moved& one) const {
        const Issue& issue = issues_.at(one.original);
        const auto own = std::ranges::find(issue.returns, moment_of(one), &Return::moment);
        if (const auto worth = worth_when_short(one, issue)) return *worth;
        const std::int64_t whole = issue.quantity;
        return cost::fraction(issue.cost, own->before + own->quantity, whole) -
               cost::fraction(issue.cost, own->before, whole);
    }
    // At what the goods of its delivery cost that had come by then, if some had.
    [[nodiscard]] std::optional<std::int64_t> worth_when_short(const Moved& one, const Issue& issue)
        const {
        const auto is_it = [&](const cost::NaiveAhead& each) {
            return each.issue.sequence() == one.original;
        };
        const auto ahead = std::ranges::find_if(state_.ahead, is_it);
        if (!issue.was_short) return std::nullopt;
        std::int64_t kept = issue.quantity;
        std::int64_t cost = issue.cost + issue.made_good;
        for (const Return& each : issue.returns) {
            if (each.moment >= moment_of(one)) continue;
            kept -= each.quantity;
            cost -= each.value;
        }
        if (ahead == state_.ahead.end()) return cost::fraction(cost, one.quantity, kept);
        const std::int64_t lacking = ahead->quantity - ahead->covered;
        const std::int64_t assumed =
            ahead->assumed - cost::fraction(ahead->assumed, ahead->covered, ahead->quantity);
        if (kept == lacking) return cost::fraction(assumed, one.quantity, lacking);
        return cost::fraction(cost - assumed, one.quantity, kept - lacking);
    }

    std::vector<Moved> all_;
    cost::NaiveState state_;
    std::map<std::uint64_t, Issue> issues_;
};

}  // namespace daybook::trade
