// Changes of policy: what an old pool holds when another policy comes into force goes to the pools
// of the new one, at the beginning of that day. A fact that is learned later and lies before it
// changes what was handed over: its quantity at once, its value with all that is restated.

#include <algorithm>
#include <map>

#include "engine/domain/inventory/costing.hpp"
#include "engine/domain/inventory/policies.hpp"

namespace daybook::inventory {

// The item's policies from the first to the last of which anything moved. Null if none.
const std::vector<Regime>& Costing::regimes_of(const Id& item) const {
    static const std::vector<Regime> none;
    const auto changed = regimes_.find(item);
    if (changed != regimes_.end()) return changed->second;
    const std::vector<Regime>* found = state_.regimes.find(item);
    return found == nullptr ? none : *found;
}

PoolKey Costing::key_at(const PlaceKey& place, const Regime& regime) const {
    switch (regime.policy.scope) {
        case ValuationScope::warehouse:
            return {place.item, regime.from, state_.locations.find(place.location)->warehouse};
        case ValuationScope::lot: return {place.item, regime.from, place.lot};
        default: return {place.item, regime.from, {}};
    }
}

std::uint32_t Costing::pool_at(const PlaceKey& place, const Item& item, Date day) {
    day = std::max(day, state_.settings.get().closed_through);
    if (state_.policies.size() == 0) {
        return number_of({place.item, {}, {}}, ValuationMethod::fifo);
    }
    enter_regimes(place.item, item, day);
    const std::vector<Regime>& regimes = regimes_of(place.item);
    auto regime = std::ranges::upper_bound(regimes, day, {}, &Regime::from);
    DAYBOOK_ASSERT(regime != regimes.begin());
    --regime;
    const PoolKey key = key_at(place, *regime);
    const ValuationMethod method = regime->policy.method;
    const auto index = static_cast<std::size_t>(regime - regimes.begin());
    const std::uint32_t number = number_of(key, method);
    for (std::size_t next = index + 1; next < regimes_of(place.item).size(); ++next) {
        join(place, regimes_of(place.item)[next - 1], regimes_of(place.item)[next]);
    }
    return number;
}

void Costing::enter_policies(const Id& item, Date day) {
    if (state_.policies.size() == 0) return;
    day = std::max(day, state_.settings.get().closed_through);
    enter_regimes(item, *state_.items.find(item), day);
}

// Every policy between the days on which the item moved has its turn.
void Costing::enter_regimes(const Id& id, const Item& item, Date day) {
    const std::vector<Regime> all = policies_of(state_, item.group);
    const auto index_of = [&](Date at) {
        return std::ranges::upper_bound(all, at, {}, &Regime::from) - all.begin() - 1;
    };
    const auto wanted = index_of(day);
    std::vector<Regime> regimes = regimes_of(id);
    if (regimes.empty()) {
        regimes_[id] = {all[static_cast<std::size_t>(wanted)]};
        check_standards(id);
        return;
    }
    const auto first = index_of(regimes.front().from);
    const auto last = index_of(regimes.back().from);
    for (auto next = last + 1; next <= wanted; ++next) {
        regimes.push_back(all[static_cast<std::size_t>(next)]);
        hand_over(id, *(regimes.end() - 2), regimes.back());
        regimes_[id] = regimes;
    }
    for (auto before = first - 1; before >= wanted; --before) {
        regimes.insert(regimes.begin(), all[static_cast<std::size_t>(before)]);
        regimes_[id] = regimes;
    }
    if (wanted < first || wanted > last) check_standards(id);
}

// Once an item has a standard none can be set before it, so what will pass through an earlier
// policy of standard cost is told now.
void Costing::check_standards(const Id& item) {
    if (!lacking_standard_.item.is_none()) return;
    const std::vector<Regime>& regimes = regimes_of(item);
    const Date last = std::max(regimes.back().from, first_standard_day(state_, item));
    const Date day = day_without_standard(state_, item, regimes.front().from, last);
    if (!day.is_none()) lacking_standard_ = {item, day};
}

HandOver& Costing::hand_over_of(const Id& item, Date day) {
    for (HandOver& made : handed_over_) {
        if (made.item == item && made.day == day) return made;
    }
    return handed_over_.emplace_back(HandOver{day, item, {}});
}

namespace {

cost::Movement leaving(const MovedLine& line, std::int64_t quantity) {
    cost::Movement movement;
    movement.moment = line.moment();
    movement.kind = cost::Kind::issue;
    movement.reason = static_cast<std::uint8_t>(line.reason);
    movement.is_linked = true;
    movement.quantity = Quantity::from_milli(quantity);
    return movement;
}

cost::Movement entering(const MovedLine& line, std::int64_t quantity, Money value) {
    cost::Movement movement;
    movement.moment = line.moment();
    movement.kind = cost::Kind::receipt;
    movement.reason = static_cast<std::uint8_t>(line.reason) + receipt_reason;
    movement.quantity = Quantity::from_milli(quantity);
    movement.value = value;
    return movement;
}

}  // namespace

MovedLine Costing::handed_line(std::uint32_t pool, Date day) {
    MovedLine line;
    line.place = no_place;
    line.pool = pool;
    line.moment_bits = counted_at(state_, day, rank_of_policy, take_sequence()).bits();
    line.reason = MoveReason::policy_change;
    return line;
}

// All that is left of the old pool leaves it; tells the line.
std::uint64_t Costing::open_hand_over(std::uint32_t old_pool, Date day, std::int64_t quantity) {
    MovedLine line = handed_line(old_pool, day);
    const std::uint64_t sequence = line.moment().sequence();
    line.tie = sequence;
    if (quantity > 0) {
        line.is_costed = true;
        line.value = -insert(old_pool, leaving(line, quantity));
    }
    put_line(sequence, line);
    ties_[sequence] = {.inputs = {sequence}, .parts = {}, .whole = 0};
    own_ties_.push_back(sequence);
    Pool& pool = change(old_pool);
    pool.handed_over = line.moment();
    pool.tie = sequence;
    hand_over_of(pool.key.item, day).lines.push_back({sequence, 0, old_pool, line.value, 0});
    return sequence;
}

// A part of it comes into a new pool, at first without a value.
void Costing::hand_part(
    std::uint64_t out, std::uint32_t new_pool, std::int64_t quantity, Date day
) {
    MovedLine line = handed_line(new_pool, day);
    const std::uint64_t sequence = line.moment().sequence();
    line.original = out;
    change_tie(out).parts.push_back({sequence, quantity});
    put_line(sequence, line);
    hand_over_of(pool(new_pool).key.item, day).lines.push_back({sequence, out, new_pool, 0, 0});
}

void Costing::hand_over(const Id& item, const Regime& from, const Regime& to) {
    // A closed time hands over as a whole, at its end.
    const Date last = std::max(to.from.plus_days(-1), state_.settings.get().closed_through);
    std::map<PoolKey, std::map<PoolKey, std::int64_t>> parts;
    for (auto it = state_.places.from({item, {}, {}}); it != state_.places.end(); ++it) {
        if (it->first.item != item) break;
        const std::int64_t there = state_.quantities.find(it->second)->at_end_of(last);
        if (there < 0) has_handed_shortage_ = true;
        if (there > 0) parts[key_at(it->first, from)][key_at(it->first, to)] += there;
    }
    if (has_handed_shortage_) return;
    for (const auto& [old_key, new_keys] : parts) {
        const std::uint32_t old_pool = number_of(old_key, from.policy.method);
        std::int64_t sum = 0;
        for (const auto& [key, quantity] : new_keys) sum += quantity;
        const std::uint64_t out = open_hand_over(old_pool, to.from, sum);
        for (const auto& [key, quantity] : new_keys) {
            hand_part(out, number_of(key, to.policy.method), quantity, to.from);
        }
        const Tie tie = *find_tie(out);
        for (std::size_t i = 0; i < tie.parts.size(); ++i) {
            take_part(tie.parts[i].sequence, tie.parts[i].weight, worth_of(tie, i));
        }
    }
}

// The part becomes a receipt of its pool.
void Costing::take_part(std::uint64_t sequence, std::int64_t quantity, std::int64_t value) {
    MovedLine line = *find_line(sequence);
    cost::Movement movement = entering(line, quantity, money(value));
    const MovedLine* out = find_line(line.original);
    const auto layers = pool(out->pool).cost.layers_taken_by(out->moment());
    if (!layers.empty()) movement.origin = layers.front().origin;
    const std::int64_t cost = insert(line.pool, movement);
    for (HandOver& made : handed_over_) {
        for (HandedLine& handed : made.lines) {
            if (handed.sequence != sequence) continue;
            handed.value = value - cost;
            handed.variance = cost;
        }
    }
    line.value = value;
    line.is_costed = true;
    put_line(sequence, line);
}

// The old pool of the place hands over to the new one, if only nothing so far.
void Costing::join(const PlaceKey& place, const Regime& from, const Regime& to) {
    const std::uint32_t old_pool = number_of(key_at(place, from), from.policy.method);
    const std::uint32_t new_pool = number_of(key_at(place, to), to.policy.method);
    const std::uint64_t out =
        pool(old_pool).tie != 0 ? pool(old_pool).tie : open_hand_over(old_pool, to.from, 0);
    for (const TiePart& part : find_tie(out)->parts) {
        if (find_line(part.sequence)->pool == new_pool) return;
    }
    hand_part(out, new_pool, 0, to.from);
}

// What a document takes away and puts back was there all the time: each line changes once.
void Costing::shift_handed() {
    for (const auto& [sequence, quantity] : handed_shifts_) {
        if (quantity != 0) shift_line(sequence, quantity);
    }
    handed_shifts_.clear();
}

void Costing::shift_line(std::uint64_t sequence, std::int64_t quantity) {
    MovedLine line = *find_line(sequence);
    cost::CostPool& pool = change(line.pool).cost;
    const auto movement = pool.find(line.moment());
    const std::int64_t now =
        quantity + (line.is_costed ? movement->quantity.milli() : std::int64_t{0});
    is_back_dated_ = true;
    if (now < 0) {
        has_handed_shortage_ = true;
        return;
    }
    if (!line.is_costed) {
        pool.insert(line.original == 0 ? leaving(line, now) : entering(line, now, money(0)));
    } else {
        if (line.original != 0) note_value(sequence, movement->value.minor());
        pool.set_quantity(line.moment(), Quantity::from_milli(now));
    }
    line.is_costed = now > 0;
    if (now == 0) line.value = 0;
    put_line(sequence, line);
}

void Costing::carry(const PlaceKey& from, const PlaceKey& to, const MovedLine& out) {
    shift(to, out.pool, out.moment().day(), -out.quantity);
    shift(from, out.pool, out.moment().day(), out.quantity);
}

// What moved in a pool before it was handed over is handed over, too.
void Costing::shift(const PlaceKey& place, std::uint32_t number, Date day, std::int64_t quantity) {
    const Pool old = pool(number);
    if (old.handed_over.is_none() || day >= old.handed_over.day()) return;
    handed_shifts_[old.tie] += quantity;
    const std::vector<Regime>& regimes = regimes_of(place.item);
    const auto next = std::ranges::find(regimes, old.handed_over.day(), &Regime::from);
    DAYBOOK_ASSERT(next != regimes.end());
    const std::uint32_t new_pool = number_of(key_at(place, *next), next->policy.method);
    shifted_ties_.push_back(old.tie);
    for (TiePart& part : change_tie(old.tie).parts) {
        const MovedLine line = *find_line(part.sequence);
        if (line.pool != new_pool) continue;
        part.weight += quantity;
        handed_shifts_[part.sequence] += quantity;
        shift(place, new_pool, line.moment().day(), quantity);
        return;
    }
    DAYBOOK_ASSERT(false);
}

}  // namespace daybook::inventory
