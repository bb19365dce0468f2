// What a fact with an earlier day changes. The cost of an issue may be the value of a receipt in
// another pool (a transfer, a return, a change of policy), whose later issues then cost something
// else, too. A part never lies before its inputs, so following the changes comes to an end.

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "engine/domain/inventory/costing.hpp"

namespace daybook::inventory {
namespace {

struct GroupKey {
    std::uint32_t pool = 0;
    Date day;
    MoveReason reason = MoveReason::none;
    friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};
struct Costs {
    std::int64_t before = 0;
    std::int64_t after = 0;
};

// What a receipt costs beyond its value is a true-up, or the variance of a standard.
MoveReason reason_of(std::uint8_t reason, bool is_standard) {
    if (reason < receipt_reason) return static_cast<MoveReason>(reason);
    return is_standard ? MoveReason::cost_variance : MoveReason::true_up;
}

}  // namespace

// Whether the value of a part had to follow; the pools of those that had are put into the queue.
bool Costing::follow(std::uint64_t input, std::vector<std::uint32_t>& queue) {
    const std::uint64_t id = find_line(input)->tie;
    if (id == 0) return false;
    const Tie tie = *find_tie(id);
    bool has_changed = false;
    for (const std::size_t i : parts_in_order(tie)) {
        if (!follow_part(tie, i)) continue;
        const std::uint32_t number = find_line(tie.parts[i].sequence)->pool;
        if (std::ranges::find(queue, number) == queue.end()) queue.push_back(number);
        has_changed = true;
    }
    if (has_changed) followed_.insert(input);
    return has_changed;
}

// By their moments: one may be worth what those before it have left.
std::vector<std::size_t> Costing::parts_in_order(const Tie& tie) const {
    std::vector<std::size_t> order(tie.parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t part) {
        const MovedLine* line = find_line(tie.parts[part].sequence);
        return line == nullptr ? cost::Moment{} : line->moment();
    });
    return order;
}

bool Costing::follow_part(const Tie& tie, std::size_t number) {
    const std::uint64_t sequence = tie.parts[number].sequence;
    const MovedLine* part = find_line(sequence);
    if (part == nullptr || !part->is_costed) return false;
    const auto movement = pool(part->pool).cost.find(part->moment());
    if (!movement || movement->kind != cost::Kind::receipt) return false;
    const Money worth = money(worth_of(tie, number));
    if (movement->value == worth) return false;
    note_value(sequence, movement->value.minor());
    const Money closed = change(part->pool).cost.add_value(part->moment(), worth - movement->value);
    if (!closed.is_zero()) {
        closed_parts_.push_back(
            {part->pool, part->moment().day(), MoveReason::true_up, 0, closed.minor()}
        );
    }
    return true;
}

// The first value that this document found counts.
void Costing::note_value(std::uint64_t sequence, std::int64_t before) {
    if (std::ranges::find(changed_values_, sequence, &ChangedValue::sequence) !=
        changed_values_.end()) {
        return;
    }
    changed_values_.push_back({sequence, before});
}

void Costing::settle() {
    std::vector<std::uint32_t> queue;
    for (const auto& [number, pool] : pools_) queue.push_back(number);
    // What went from one warehouse to another is divided anew, though the pool is what it was.
    for (const std::uint64_t input : shifted_ties_) queue.push_back(find_line(input)->pool);
    // Goods of one pool may come back into another.
    for (const std::uint64_t input : own_ties_) queue.push_back(find_line(input)->pool);
    std::ranges::sort(queue);
    queue.erase(std::ranges::unique(queue).begin(), queue.end());
    // A cost may be another one for a while and be what it was in the end: what was told of it,
    // alone or together with others, is told again when its pool has its next turn.
    std::map<std::uint32_t, std::set<std::uint64_t>> told;
    while (!queue.empty()) {
        const std::uint32_t number = queue.front();
        queue.erase(queue.begin());
        for (const std::uint64_t input : told[number]) (void)follow(input, queue);
        for (const auto* ties : {&own_ties_, &shifted_ties_}) {
            for (const std::uint64_t input : *ties) {
                if (find_line(input)->pool == number) (void)follow(input, queue);
            }
        }
        for (const std::uint64_t input : changed_inputs(number)) {
            const bool has_changed = follow(input, queue);
            const Tie* tie = find_tie(find_line(input)->tie);
            if (tie == nullptr || (!has_changed && tie->inputs.size() == 1)) continue;
            for (const std::uint64_t each : tie->inputs) {
                told[find_line(each)->pool].insert(each);
            }
        }
    }
}

// Lines that others refer to and that cost something else now, by themselves or by what was made
// good of them.
std::vector<std::uint64_t> Costing::changed_inputs(std::uint32_t number) const {
    std::vector<std::uint64_t> inputs = made_good_otherwise(number);
    for (const auto& changed : cost::linked_changes(before(number), pool(number).cost)) {
        inputs.push_back(changed.moment.sequence());
    }
    return inputs;
}

std::vector<Restated> Costing::restate() {
    if (!is_back_dated_) return {};
    settle();
    collect_changes();
    collect_true_ups();
    return collect();
}

std::vector<Restated> Costing::collect() {
    std::map<GroupKey, Costs> groups;
    for (const auto& [number, pool] : pools_) {
        for (const auto& changed : cost::differences(before(number), pool.cost)) {
            const MoveReason reason = reason_of(changed.reason, is_standard(number));
            Costs& costs = groups[{number, changed.day, reason}];
            costs.before += changed.before.minor();
            costs.after += changed.after.minor();
        }
    }
    for (const Own& own : own_) {
        const MoveReason reason = reason_of(own.reason, is_standard(own.pool));
        groups[{own.pool, own.day, reason}].after -= own.cost;
    }
    for (const ChangedValue& changed : changed_values_) {
        const MovedLine* line = find_line(changed.sequence);
        Costs& costs = groups[{line->pool, line->moment().day(), line->reason}];
        costs.before -= changed.before;
        const auto now = pool(line->pool).cost.find(line->moment());
        if (now) costs.after -= now->value.minor();
    }
    for (const Restated& closed : closed_parts_) {
        groups[{closed.pool, closed.day, closed.reason}].after += closed.after;
    }
    std::vector<Restated> all;
    for (const auto& [key, costs] : groups) {
        if (costs.before == costs.after) continue;
        all.push_back({key.pool, key.day, key.reason, costs.before, costs.after});
    }
    return all;
}

void Costing::collect_changes() {
    for (const auto& [number, pool] : pools_) {
        const cost::CostPool was = before(number);
        const auto tied = cost::linked_changes(was, pool.cost);
        changes_.tied.insert(changes_.tied.end(), tied.begin(), tied.end());
        const auto delivered = cost::changes_of_reason(
            was, pool.cost, static_cast<std::uint8_t>(MoveReason::delivery)
        );
        changes_.issues.insert(changes_.issues.end(), delivered.begin(), delivered.end());
    }
    for (const std::uint64_t id : own_ties_) {
        for (const std::uint64_t input : find_tie(id)->inputs) {
            const MovedLine* line = find_line(input);
            if (input < state_.settings.get().next_sequence || !line->is_costed) continue;
            const Money before = money(-line->value);
            const Money now = pool(line->pool).cost.cost_of(line->moment());
            if (before == now) continue;
            changes_.tied.push_back({.moment = line->moment(), .before = before, .after = now});
        }
    }
    // What was handed over is divided anew, even if it costs the same.
    for (const std::uint64_t input : shifted_ties_) {
        const MovedLine* line = find_line(input);
        const cost::Moment moment = line->moment();
        const bool is_known =
            std::ranges::find(changes_.tied, moment, &cost::LinkedChange::moment) !=
            changes_.tied.end();
        if (is_known || !line->is_costed) continue;
        const Money cost = pool(line->pool).cost.cost_of(moment);
        changes_.tied.push_back({.moment = moment, .before = cost, .after = cost});
    }
    collect_followed();
    std::ranges::sort(changes_.tied, {}, &cost::LinkedChange::moment);
    std::ranges::sort(changes_.issues, {}, &cost::LinkedChange::moment);
}

// What hangs on a line may be worth something else though that costs the same.
void Costing::collect_followed() {
    for (const cost::LinkedChange& told : changes_.tied) followed_.erase(told.moment.sequence());
    for (const std::uint64_t input : followed_) {
        const MovedLine* line = find_line(input);
        const Money cost = money(cost_of(*line));
        changes_.tied.push_back({.moment = line->moment(), .before = cost, .after = cost});
    }
}

// Part by part in the order of their moments: what lies before one is settled then.
void Costing::follow(const std::vector<std::uint64_t>& inputs) {
    std::map<cost::Moment, std::pair<std::uint64_t, std::size_t>> parts;
    for (const std::uint64_t input : inputs) {
        const std::uint64_t id = find_line(input)->tie;
        const Tie* tie = find_tie(id);
        if (tie == nullptr) continue;
        for (std::size_t i = 0; i < tie->parts.size(); ++i) {
            const MovedLine* part = find_line(tie->parts[i].sequence);
            if (part != nullptr) parts.insert_or_assign(part->moment(), std::pair{id, i});
        }
    }
    for (const auto& [moment, part] : parts) {
        (void)follow_part(*find_tie(part.first), part.second);
    }
}

}  // namespace daybook::inventory
