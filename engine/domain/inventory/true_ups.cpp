// Deliveries of goods that had not come yet. What covers them later makes their assumed cost good:
// a cost of the delivery from the day of that receipt on, of which whatever comes back behind it
// brings its part back. All of it follows from the pools, so that a fact that is learned later, by
// which less or something else was short, takes it away again.

#include <algorithm>
#include <map>

#include "engine/domain/cost/running.hpp"
#include "engine/domain/inventory/costing.hpp"

namespace daybook::inventory {
namespace {

bool is_of_delivery(std::uint8_t reason) {
    return reason == static_cast<std::uint8_t>(MoveReason::delivery);
}

}  // namespace

cost::BroughtBack Costing::brought_back() const {
    return [this](cost::Moment receipt) {
        const MovedLine* line = find_line(receipt.sequence());
        if (line == nullptr || line->original == 0) return cost::Moment{};
        return find_line(line->original)->moment();
    };
}

std::vector<cost::TrueUpChange> Costing::changed_true_ups(std::uint32_t number) const {
    return cost::true_up_changes(before(number), pool(number).cost, brought_back());
}

void Costing::make_good(const MovedLine& receipt) {
    for (const cost::TrueUp& one :
         pool(receipt.pool).cost.true_ups_by(receipt.moment(), brought_back())) {
        if (!is_of_delivery(one.reason)) continue;
        made_good_.push_back({one.receipt, one.issue.sequence(), one.amount});
        // What comes back behind it is worth something else.
        if (find_line(one.issue.sequence())->tie != 0) is_back_dated_ = true;
    }
}

std::int64_t Costing::kept_of(const MadeGood& one) const {
    const MovedLine& issue = *find_line(one.issue);
    std::int64_t kept = -issue.quantity;
    if (issue.tie == 0) return kept;
    for (const TiePart& part : find_tie(issue.tie)->parts) {
        if (find_line(part.sequence)->moment() <= one.receipt) kept -= part.weight;
    }
    return std::max<std::int64_t>(kept, 0);
}

// What comes back costs what those goods of its delivery cost that had come by then: what is
// assumed of the others is none of theirs. If none had, it costs what is assumed. Nothing if the
// delivery was never short.
std::optional<std::int64_t> Costing::worth_when_short(
    const Tie& tie, std::size_t part, cost::Moment moment
) const {
    const MovedLine& delivery = *find_line(tie.inputs.front());
    if (!was_short(delivery)) return std::nullopt;
    const DeliveryLeft left = left_of(delivery, moment);
    const std::int64_t quantity = tie.parts[part].weight;
    if (left.quantity <= left.ahead) return cost::scaled(left.assumed, quantity, left.ahead);
    return cost::scaled(left.cost - left.assumed, quantity, left.quantity - left.ahead);
}

bool Costing::was_short(const MovedLine& line) const {
    if (line.reason != MoveReason::delivery || !line.is_costed) return false;
    if (line.is_fixed) return line.was_short;
    const cost::CostPool& pool = this->pool(line.pool).cost;
    return pool.has_been_short() && pool.on_hand_at(line.moment()).is_negative();
}

Costing::DeliveryLeft Costing::left_of(const MovedLine& delivery, cost::Moment moment) const {
    DeliveryLeft left{
        .quantity = -delivery.quantity, .cost = cost_of(delivery) + trued_up(delivery, moment)};
    const cost::CostPool& pool = this->pool(delivery.pool).cost;
    if (const auto ahead = pool.ahead_of(delivery.moment(), moment, brought_back())) {
        left.ahead = ahead->quantity;
        left.assumed = ahead->assumed;
    }
    if (delivery.tie == 0) return left;
    for (const TiePart& part : find_tie(delivery.tie)->parts) {
        const MovedLine* line = find_line(part.sequence);
        // The one that is asked for, or one that was taken back.
        if (line == nullptr || line->moment() >= moment || line->taken == line->quantity) continue;
        left.quantity -= part.weight;
        left.cost -= value_of(*line) - part.later;
    }
    return left;
}

std::int64_t Costing::trued_up(const MovedLine& delivery, cost::Moment moment) const {
    const cost::CostPool& pool = this->pool(delivery.pool).cost;
    std::int64_t sum = 0;
    for (const cost::TrueUp& one : pool.true_ups_of(delivery.moment(), moment, brought_back())) {
        sum += one.amount;
    }
    return sum;
}

// Deliveries of which something came back.
std::vector<std::uint64_t> Costing::made_good_otherwise(std::uint32_t number) const {
    std::vector<std::uint64_t> inputs;
    for (const auto& changed : changed_true_ups(number)) {
        const std::uint64_t issue = changed.issue.sequence();
        if (is_of_delivery(changed.reason) && find_line(issue)->tie != 0) inputs.push_back(issue);
    }
    std::ranges::sort(inputs);
    inputs.erase(std::ranges::unique(inputs).begin(), inputs.end());
    return inputs;
}

// Beyond what this document's own receipts made good when they came.
void Costing::collect_true_ups() {
    std::map<std::pair<cost::Moment, std::uint64_t>, std::int64_t> changes;
    for (const auto& [number, pool] : pools_) {
        for (const auto& changed : changed_true_ups(number)) {
            if (!is_of_delivery(changed.reason)) continue;
            changes[{changed.receipt, changed.issue.sequence()}] += changed.after - changed.before;
        }
    }
    for (const MadeGood& own : made_good_) changes[{own.receipt, own.issue}] -= own.amount;
    for (const auto& [place, amount] : changes) {
        const auto& [receipt, issue] = place;
        if (amount != 0) changes_.true_ups.push_back({receipt, issue, amount});
    }
}

}  // namespace daybook::inventory
