// The cost of one document's lines, worked out on copies of the pools.

#include "engine/domain/inventory/costing.hpp"

#include <algorithm>

namespace daybook::inventory {
namespace {

cost::Method method_of(ValuationMethod method) {
    switch (method) {
        case ValuationMethod::fifo: return cost::Method::fifo;
        case ValuationMethod::standard_cost: return cost::Method::standard;
        default: return cost::Method::average;
    }
}

cost::Movement movement_of(const MovedLine& line, cost::Kind kind) {
    cost::Movement movement;
    movement.moment = line.moment();
    movement.kind = kind;
    movement.reason = static_cast<std::uint8_t>(line.reason);
    if (kind == cost::Kind::receipt) movement.reason += receipt_reason;
    movement.quantity = Quantity::from_milli(line.quantity < 0 ? -line.quantity : line.quantity);
    return movement;
}

cost::Movement movement_of(const Revaluing& revaluing, Money amount) {
    cost::Movement movement;
    movement.moment = revaluing.moment;
    movement.kind = cost::Kind::revaluation;
    movement.reason = static_cast<std::uint8_t>(revaluing.reason);
    movement.value = amount;
    movement.receipt = revaluing.receipt;
    return movement;
}

}  // namespace

cost::Moment counted_at(const Stock& state, Date day, std::uint8_t rank, std::uint64_t sequence) {
    const Date closed = state.settings.get().closed_through;
    if (day <= closed) return cost::Moment::of(closed, cost::rank_max, sequence);
    return cost::Moment::of(day, rank, sequence);
}

const Pool& Costing::pool(std::uint32_t number) const {
    const auto changed = pools_.find(number);
    return changed == pools_.end() ? state_.pools.get(number) : changed->second;
}

Pool& Costing::change(std::uint32_t number) {
    const auto changed = pools_.find(number);
    if (changed != pools_.end()) return changed->second;
    return pools_.emplace(number, state_.pools.get(number)).first->second;
}

cost::CostPool Costing::before(std::uint32_t number) const {
    if (number < state_.pools.count()) return state_.pools.get(number).cost;
    return {pool(number).cost.method(), state_.settings.get().base};
}

const MovedLine* Costing::find_line(std::uint64_t sequence) const {
    const auto changed = lines_.find(sequence);
    return changed == lines_.end() ? state_.lines.find(sequence) : &changed->second;
}

const Tie* Costing::find_tie(std::uint64_t id) const {
    const auto changed = ties_.find(id);
    return changed == ties_.end() ? state_.ties.find(id) : &changed->second;
}

Tie& Costing::change_tie(std::uint64_t id) {
    const auto changed = ties_.find(id);
    if (changed != ties_.end()) return changed->second;
    return ties_.emplace(id, state_.ties.get(id)).first->second;
}

std::uint32_t Costing::number_of(const PoolKey& key, ValuationMethod method) {
    if (const std::uint32_t* known = state_.pool_numbers.find(key)) return *known;
    if (const auto made = new_numbers_.find(key); made != new_numbers_.end()) return made->second;
    const std::uint32_t number = pool_count_++;
    new_numbers_.emplace(key, number);
    Pool pool{key, {method_of(method), state_.settings.get().base}, {}, 0};
    if (method == ValuationMethod::standard_cost) {
        for (auto it = state_.standard_costs.from({key.item, Date{}});
             it != state_.standard_costs.end() && it->first.item == key.item;
             ++it) {
            cost::Movement movement;
            movement.moment = cost::Moment::of(it->first.from, rank_of_policy, it->second.sequence);
            movement.kind = cost::Kind::new_standard;
            movement.reason = static_cast<std::uint8_t>(MoveReason::revaluation);
            movement.standard = it->second.cost;
            pool.cost.insert(movement);
        }
    }
    pools_.emplace(number, std::move(pool));
    return number;
}

// Puts the movement in and tells its cost.
std::int64_t Costing::insert(std::uint32_t number, const cost::Movement& movement) {
    cost::CostPool& pool = change(number).cost;
    if (!pool.is_empty() && movement.moment < pool.last_moment()) is_back_dated_ = true;
    pool.insert(movement);
    const std::int64_t cost = pool.cost_of(movement.moment).minor();
    // In a closed time only receipts count on their own day.
    const bool is_receipt = movement.kind == cost::Kind::receipt;
    const Date day = movement.moment.day();
    const Date counted = is_receipt ? day : std::max(day, pool.closed_through());
    own_.push_back({number, counted, movement.reason, cost});
    return cost;
}

bool Costing::fits(const MovedLine& line) const {
    const bool is_receipt = line.quantity > 0;
    cost::Movement movement =
        movement_of(line, is_receipt ? cost::Kind::receipt : cost::Kind::issue);
    if (is_receipt) movement.value = money(line.value);
    return pool(line.pool).cost.can_take(movement);
}

Booked Costing::receive(const PlaceKey& place, const MovedLine& line) {
    DAYBOOK_ASSERT(line.quantity > 0);
    cost::Movement movement = movement_of(line, cost::Kind::receipt);
    movement.value = money(line.value);
    if (const MovedLine* original = find_line(line.original); original != nullptr) {
        // Goods age from the day on which they first came.
        if (original->is_costed && original->quantity < 0 && !original->is_fixed) {
            const auto taken = pool(original->pool).cost.layers_taken_by(original->moment());
            if (!taken.empty()) movement.origin = taken.front().origin;
        }
    }
    const std::int64_t cost = insert(line.pool, movement);
    shift(place, line.pool, line.moment().day(), line.quantity);
    if (is_standard(line.pool)) return {.value = line.value - cost, .variance = cost};
    return {.value = line.value, .true_up = -cost};
}

Booked Costing::issue(const PlaceKey& place, const MovedLine& line) {
    DAYBOOK_ASSERT(line.quantity < 0);
    const std::int64_t cost = insert(line.pool, movement_of(line, cost::Kind::issue));
    shift(place, line.pool, line.moment().day(), line.quantity);
    const bool is_short = pool(line.pool).cost.on_hand_at(line.moment()).is_negative();
    return {.value = -cost, .is_provisional = is_short};
}

bool Costing::fits(std::uint32_t number, const Revaluing& revaluing) const {
    return pool(number).cost.can_take(movement_of(revaluing, money(revaluing.amount)));
}

Revalued Costing::revalue(std::uint32_t number, const Revaluing& revaluing) {
    const cost::Movement movement = movement_of(revaluing, money(revaluing.amount));
    const std::int64_t to_sold = insert(number, movement);
    return {revaluing.amount - to_sold, to_sold};
}

// By a standard all of it is variance, which stays. Short stock is worth less by it as well: no
// more of it leaves than there was.
Costing::Leaving Costing::leaving_of(std::uint32_t number, const Revaluing& revaluing) const {
    Leaving leaving;
    if (is_standard(number)) return leaving;
    const cost::CostPool& pool = this->pool(number).cost;
    const cost::Moment moment = revaluing.moment;
    const auto [least, most] = std::minmax<std::int64_t>({0, revaluing.amount});
    const std::int64_t amount = std::clamp(pool.cost_of(moment).minor(), least, most);
    const cost::Gone gone = pool.gone_of(revaluing.receipt, moment);
    for (const cost::Taken& taken : gone.taken) {
        std::int64_t part = share(amount, taken.before + taken.quantity, gone.quantity) -
                            share(amount, taken.before, gone.quantity);
        const std::uint64_t issue = taken.issue.sequence();
        const bool is_delivered = taken.reason == static_cast<std::uint8_t>(MoveReason::delivery);
        // What ran ahead of the receipt may be what it was made of.
        if (taken.is_linked && taken.issue > revaluing.receipt) {
            for (const ReceiptAmount& passed : parts_of(moment, issue, part)) {
                leaving.passed.push_back(passed);
                part -= passed.amount;
            }
        }
        if (is_delivered && part != 0) leaving.delivered.emplace_back(issue, part);
    }
    return leaving;
}

// What fell on an issue, divided among the receipts that it became before the moment.
std::vector<ReceiptAmount> Costing::parts_of(
    cost::Moment moment, std::uint64_t input, std::int64_t amount
) const {
    std::vector<ReceiptAmount> parts;
    const Tie* tie = find_tie(find_line(input)->tie);
    if (tie == nullptr) return parts;
    for (std::size_t i = 0; i < tie->parts.size(); ++i) {
        const TiePart& part = tie->parts[i];
        if (part.input != 0 && part.input != input) continue;
        const MovedLine* line = find_line(part.sequence);
        if (line == nullptr || !line->is_costed || line->moment() > moment) continue;
        if (!pool(line->pool).cost.find(line->moment())) continue;
        DAYBOOK_ASSERT(line->moment() > find_line(input)->moment());
        const std::int64_t worth = part_of(*tie, i, amount);
        if (worth != 0) parts.push_back({part.sequence, worth});
    }
    return parts;
}

void Costing::add_later(const std::vector<IssueChange>& delivered) {
    for (const IssueChange& one : delivered) {
        MovedLine line = *find_line(one.sequence());
        line.later += one.minor();
        put_line(one.sequence(), line);
    }
}

std::int64_t Costing::set_standard(
    std::uint32_t number, std::uint64_t sequence, Date from, UnitPrice standard
) {
    cost::Movement movement;
    movement.moment = counted_at(state_, from, rank_of_policy, sequence);
    movement.kind = cost::Kind::new_standard;
    movement.reason = static_cast<std::uint8_t>(MoveReason::revaluation);
    movement.standard = standard;
    return -insert(number, movement);
}

void Costing::tie(const Tie& tie) {
    DAYBOOK_ASSERT(!tie.inputs.empty());
    const std::uint64_t id = tie.inputs.front();
    for (const std::uint64_t input : tie.inputs) {
        MovedLine line = *find_line(input);
        line.tie = id;
        put_line(input, line);
        if (line.is_costed && !line.is_fixed) change(line.pool).cost.set_linked(line.moment());
    }
    ties_[id] = tie;
    own_ties_.push_back(id);
}

void Costing::tie_next(std::uint64_t input, std::uint64_t part, std::int64_t weight) {
    const Tie next = with_next(input, part, weight);
    MovedLine line = *find_line(input);
    line.later -= next.parts.back().later;
    put_line(input, line);
    if (line.tie == 0) return tie(next);
    change_tie(line.tie) = next;
    if (!has_later_part(next)) return;
    // What was made good is shared by those behind it anew.
    own_ties_.push_back(line.tie);
    is_back_dated_ = true;
}

// Whether one before it in the list lies behind the last part.
bool Costing::has_later_part(const Tie& tie) const {
    const cost::Moment moment = find_line(tie.parts.back().sequence)->moment();
    return std::ranges::any_of(tie.parts, [&](const TiePart& part) {
        const MovedLine* line = find_line(part.sequence);
        return line != nullptr && line->moment() > moment;
    });
}

// With one more part behind those that there are. Of later cost it brings its part of what those
// before it have left, so that the last one brings the rest.
Tie Costing::with_next(std::uint64_t input, std::uint64_t part, std::int64_t weight) const {
    const MovedLine* line = find_line(input);
    DAYBOOK_ASSERT(line != nullptr);
    Tie next{.inputs = {input}, .parts = {}, .whole = -line->quantity};
    if (line->tie != 0) next = *find_tie(line->tie);
    std::int64_t left = -line->quantity;
    for (const TiePart& before : next.parts) left -= before.weight;
    const std::int64_t later = share(line->later, weight, std::max(weight, left));
    next.parts.push_back({part, weight, next.whole == 0 ? input : 0, later});
    return next;
}

void Costing::count_taken(std::uint64_t original, std::int64_t quantity, bool is_reversal) {
    const auto add = [&](std::uint64_t sequence, std::int64_t more) {
        MovedLine line = *find_line(sequence);
        line.taken += more;
        put_line(sequence, line);
        return line;
    };
    if (original == 0 || find_line(original) == nullptr) return;
    const MovedLine line = add(original, quantity);
    if (!is_reversal || line.original == 0) return;
    const MovedLine before = add(line.original, -quantity);
    // Both sides of a move within one pool are taken back by one.
    const bool is_pair = !line.is_costed && line.quantity > 0;
    if (is_pair && before.original != 0) (void)add(before.original, -quantity);
}

std::int64_t Costing::cost_of(const MovedLine& line) const {
    if (line.is_fixed || !line.is_costed || line.quantity > 0) {
        // A cost may be negative: more was credited on the goods than they were worth.
        return line.quantity < 0 ? -line.value : line.value;
    }
    return pool(line.pool).cost.cost_of(line.moment()).minor();
}

std::int64_t Costing::cost_of(const Tie& tie) const {
    std::int64_t sum = 0;
    for (const std::uint64_t input : tie.inputs) sum += cost_of(*find_line(input));
    return sum;
}

// By what all parts up to it are worth, so that no unit is lost between them.
std::int64_t Costing::share_of(const Tie& tie, std::size_t part, std::int64_t cost) {
    std::int64_t whole = tie.whole;
    std::int64_t until = 0;
    for (std::size_t i = 0; i < tie.parts.size(); ++i) {
        if (tie.parts[i].input != 0) continue;
        if (tie.whole == 0) whole += tie.parts[i].weight;
        if (i < part) until += tie.parts[i].weight;
    }
    if (whole == 0) return part == 0 ? cost : 0;
    return share(cost, until + tie.parts[part].weight, whole) - share(cost, until, whole);
}

std::int64_t Costing::worth_of(const Tie& tie, std::size_t part) const {
    return worth_at(tie, part, find_line(tie.parts[part].sequence)->moment());
}

std::int64_t Costing::worth_at(const Tie& tie, std::size_t part, cost::Moment moment) const {
    const std::uint64_t input = tie.parts[part].input;
    const std::int64_t cost = input == 0 ? cost_of(tie) : cost_of(*find_line(input));
    const auto when_short = worth_when_short(tie, part, moment);
    return when_short.value_or(part_of(tie, part, cost)) + tie.parts[part].later;
}

std::int64_t Costing::part_of(const Tie& tie, std::size_t part, std::int64_t cost) const {
    return tie.parts[part].input == 0 ? share_of(tie, part, cost) : own_share_of(tie, part, cost);
}

// Of what the only input that it is worth so much of cost.
std::int64_t Costing::own_share_of(const Tie& tie, std::size_t part, std::int64_t cost) const {
    const std::uint64_t input = tie.parts[part].input;
    Tie own{.inputs = {input}, .parts = {}, .whole = -find_line(input)->quantity};
    for (std::size_t i = 0; i <= part; ++i) {
        if (tie.parts[i].input == input) own.parts.push_back({0, tie.parts[i].weight});
    }
    return share_of(own, own.parts.size() - 1, cost);
}

std::int64_t Costing::value_of(const MovedLine& line) const {
    if (!line.is_costed || line.is_fixed) return line.value;
    const auto movement = pool(line.pool).cost.find(line.moment());
    return movement ? movement->value.minor() : line.value;
}

// The average of what is on hand; else what the last ones cost, as an issue would be priced.
std::int64_t Costing::present_cost(const MovedLine& line) const {
    const cost::CostPool& pool = this->pool(line.pool).cost;
    const std::int64_t on_hand = pool.on_hand_at(line.moment()).milli();
    if (on_hand > 0) return share(pool.value_at(line.moment()).minor(), line.quantity, on_hand);
    cost::CostPool copy = pool;
    const cost::Movement issue = movement_of(line, cost::Kind::issue);
    if (!copy.can_take(issue)) return 0;
    copy.insert(issue);
    return std::max<std::int64_t>(copy.cost_of(line.moment()).minor(), 0);
}

std::int64_t Costing::worth_of_next(const NextPart& part) const {
    const Tie next = with_next(part.input, 0, part.weight);
    return worth_at(next, next.parts.size() - 1, part.moment);
}

void Costing::store(Stock& state) const {
    DAYBOOK_ASSERT(&state == &state_);
    std::vector<std::uint32_t> numbers;
    for (const auto& [number, pool] : pools_) numbers.push_back(number);
    std::ranges::sort(numbers);
    for (const auto& [key, number] : new_numbers_) state.pool_numbers.at(key) = number;
    for (const std::uint32_t number : numbers) state.pools.put(number, pools_.at(number));
    for (const auto& [sequence, line] : lines_) state.lines.at(sequence) = line;
    for (const auto& [id, tie] : ties_) state.ties.at(id) = tie;
    for (const auto& [item, regimes] : regimes_) state.regimes.at(item) = regimes;
    if (state.settings.get().next_sequence != next_) state.settings.edit().next_sequence = next_;
}

}  // namespace daybook::inventory
