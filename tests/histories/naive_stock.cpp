// All that was said, replayed from the start.

#include "tests/histories/naive_stock.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace daybook::inventory {
namespace {

constexpr Currency base{978};

cost::Method method_of(ValuationMethod method) {
    if (method == ValuationMethod::fifo) return cost::Method::fifo;
    return method == ValuationMethod::standard_cost ? cost::Method::standard
                                                    : cost::Method::average;
}

bool is_independent(MoveReason reason) {
    return reason == MoveReason::opening || reason == MoveReason::purchase_receipt ||
           reason == MoveReason::count_gain || reason == MoveReason::production_receipt;
}

std::size_t at(std::size_t item, std::size_t scope, std::size_t day) {
    DAYBOOK_ASSERT(item < naive_items);
    DAYBOOK_ASSERT(scope < naive_scopes);
    DAYBOOK_ASSERT(day < naive_days);
    return (item * naive_scopes + scope) * naive_days + day;
}

// What lies before a day counts on it.
void fold(Curves& curves, std::size_t day) {
    for (std::size_t from = 0; from < curves.size(); from += naive_days) {
        for (std::size_t before = 0; before < day; ++before) {
            curves[from + day] += curves[from + before];
            curves[from + before] = 0;
        }
    }
}

}  // namespace

// What happens at one moment of the replay.
struct NaiveStock::Turn {
    enum class Kind { lack, handed, standard, line, revaluation };
    cost::Moment moment;
    Kind kind = Kind::line;
    std::size_t number = 0;
    Date day;
};

// ---- What was said.

void NaiveStock::learn(const EventRecord& event) {
    if (const auto* defined = event.event_as_StockItemDefined()) {
        const std::size_t item = items.of(read(defined->item()));
        if (by_item_.size() <= item) by_item_.resize(item + 1);
        by_item_[item].group = read_or_none(defined->group());
    }
    if (const auto* place = event.event_as_LocationDefined()) {
        warehouses_[read(place->location())] = read(place->warehouse());
    }
    if (const auto* rules = event.event_as_StockRulesSet()) {
        receipts_first_[read_or_none(rules->group())] = rules->receipts_first();
    }
    if (const auto* set = event.event_as_ValuationPolicySet()) {
        auto& all = policies_[read_or_none(set->group())];
        if (all.empty()) all.push_back({{}, {ValuationMethod::fifo, ValuationScope::company}});
        const Policy policy{set->method(), set->scope()};
        if (all.back().policy != policy) all.push_back({read(set->from()), policy});
    }
    if (const auto* set = event.event_as_StandardCostSet()) learn(*set);
    if (const auto* moved = event.event_as_StockMoved()) learn(*moved);
    if (const auto* revalued = event.event_as_StockRevalued()) learn(*revalued);
    if (const auto* restated = event.event_as_CostRestated()) learn(*restated);
}

void NaiveStock::tell(std::size_t item, const Id& scope, Date day, std::int64_t value) {
    told_[at(item, scopes.of(scope), day_number(counted(day)))] += value;
}

void NaiveStock::learn(const StandardCostSet& event) {
    Standard standard;
    standard.item = items.of(read(event.item()));
    standard.sequence = next_sequence_++;
    standard.date = read(event.date());
    standard.cost = read(event.cost());
    standard.closed_through = closed_through_;
    standards_.push_back(standard);
}

void NaiveStock::learn(const StockRevalued& event) {
    const Date date = read(event.date());
    for (const RevaluedLine* line : *event.lines()) {
        next_sequence_ = line->sequence() + 1;
        if (line->receipt() != 0) enter_policies(items.of(read(line->item())), date);
        tell(items.of(read(line->item())), read(line->scope()), date, line->to_stock().minor());
        // What is passed on follows from what was allocated.
        if (line->receipt() == 0 || line->amount().minor() == 0) continue;
        const Line& receipt = this->line(line->receipt());
        Revaluation one;
        one.sequence = line->sequence();
        one.date = date;
        one.pool = receipt.pool;
        one.receipt = moment_of(receipt);
        one.amount = line->amount().minor();
        new_revaluations_.push_back(one);
    }
}

void NaiveStock::learn(const CostRestated& event) {
    for (const RestatedLine* line : *event.lines()) {
        const std::int64_t less = line->old_cost().minor() - line->new_cost().minor();
        tell(items.of(read(line->item())), read(line->scope()), read(line->day()), less);
    }
}

void NaiveStock::learn(const StockMoved& event) {
    for (const StockLine* line : *event.lines()) {
        next_sequence_ = std::max(next_sequence_, line->sequence() + 1);
        const std::size_t item = items.of(read(line->item()));
        tell(item, read(line->scope()), read(event.date()), line->value().minor());
    }
    if (event.lines()->Get(0)->reason() == MoveReason::policy_change) return learn_handed(event);
    std::vector<Line> lines;
    add_moved(event, lines);
    lines_.insert(lines_.end(), lines.begin(), lines.end());
}

// In which order the parts came into their pools.
void NaiveStock::learn_handed(const StockMoved& event) {
    for (const StockLine* line : *event.lines()) {
        const Id scope = read(line->scope());
        if (line->original() == 0) {
            handed_from_[line->sequence()] = scope;
            continue;
        }
        const std::size_t item = items.of(read(line->item()));
        const Id from = handed_from_.at(line->original());
        handed_sequences_[{item, read(event.date()), from, scope}] = line->sequence();
    }
}

NaiveStock::Line NaiveStock::line_of(const StockMoved& event, const StockLine& line) {
    Line made;
    made.sequence = line.sequence();
    made.place = {items.of(read(line.item())), read(line.location()), read(line.lot())};
    made.date = read(event.date());
    made.closed_through = closed_through_;
    const bool is_first = line.original() == 0 && is_independent(line.reason()) &&
                          receipts_first_[by_item_[made.place.item].group];
    made.rank = is_first ? 1 : 2;
    made.quantity = line.quantity().milli();
    made.worth = line.value().minor();
    enter(made.place, made.date);
    made.pool = pool_of(made.place, policy_on(made.place.item, counted(made.date)));
    return made;
}

void NaiveStock::add_moved(const StockMoved& event, std::vector<Line>& lines) {
    NaiveTie repacked;
    const std::size_t next_tie = ties_.size() + 1;
    const auto weight_of = [&](std::uint64_t sequence) {
        if (event.weights() == nullptr) return std::int64_t{0};
        for (const LineWeight* each : *event.weights()) {
            if (each->sequence() == sequence) return static_cast<std::int64_t>(each->weight());
        }
        return std::int64_t{0};
    };
    for (flatbuffers::uoffset_t i = 0; i < event.lines()->size(); ++i) {
        const StockLine& said = *event.lines()->Get(i);
        if (said.reason() == MoveReason::true_up) continue;
        Line line = line_of(event, said);
        const bool is_repack = said.reason() == MoveReason::repack && said.original() == 0;
        const bool is_arrival = said.reason() == MoveReason::transfer && !lines.empty() &&
                                line.quantity > 0 && said.original() == lines.back().sequence;
        if (is_arrival) {
            const bool is_costed = lines.back().pool != line.pool;
            line.is_costed = lines.back().is_costed = is_costed;
            ties_.push_back({{lines.back().sequence}, {line.quantity}});
            line.tie = ties_.size();
        } else if (is_repack && line.quantity < 0) {
            repacked.inputs.push_back(line.sequence);
        } else if (is_repack) {
            line.tie = next_tie;
            line.part = repacked.weights.size();
            repacked.weights.push_back(weight_of(line.sequence));
        } else if (line.quantity > 0 && said.original() != 0) {
            line.original = said.original();
            for (const Line& other : lines_) {
                if (other.original == line.original) line.before += other.quantity;
            }
        }
        lines.push_back(line);
    }
    if (!repacked.inputs.empty()) ties_.push_back(repacked);
    if (event.variances() == nullptr) return;
    for (const LineVariance* variance : *event.variances()) {
        for (Line& line : lines) {
            if (line.sequence == variance->sequence()) line.worth += variance->amount().minor();
        }
    }
}

// ---- Policies, and what one hands over to the next.

const std::vector<NaiveStock::NaivePolicy>& NaiveStock::policies_of(std::size_t item) const {
    return policies_.at(by_item_[item].group);
}

std::size_t NaiveStock::policy_on(std::size_t item, Date day) const {
    const auto& all = policies_of(item);
    std::size_t found = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i].from <= day) found = i;
    }
    return found;
}

std::size_t NaiveStock::pool_of(const Place& place, std::size_t policy) {
    PoolId id{place.item, policy, {}};
    switch (policies_of(place.item)[policy].policy.scope) {
        case ValuationScope::warehouse: id.scope = warehouses_.at(place.location); break;
        case ValuationScope::lot: id.scope = place.lot; break;
        default: break;
    }
    const auto known = std::ranges::find(pools_, id);
    if (known != pools_.end()) return static_cast<std::size_t>(known - pools_.begin());
    pools_.push_back(id);
    return pools_.size() - 1;
}

// Policies take their turn as an item moves; see costing.hpp.
void NaiveStock::enter(const Place& place, Date day) {
    Item& item = by_item_[place.item];
    const std::size_t wanted = policy_on(place.item, counted(day));
    if (!item.has_moved) item.first = item.last = wanted;
    item.has_moved = true;
    enter_policies(place.item, day);
    item.first = std::min(item.first, wanted);
    (void)pool_of(place, wanted);
    for (std::size_t policy = wanted + 1; policy <= item.last; ++policy) join(place, policy);
}

void NaiveStock::enter_policies(std::size_t item, Date day) {
    const std::size_t wanted = policy_on(item, counted(day));
    while (by_item_[item].last < wanted) hand_over(item, ++by_item_[item].last);
}

// What had moved there under earlier policies.
std::int64_t NaiveStock::quantity_before(const Place& place, std::size_t policy) const {
    std::int64_t sum = 0;
    for (const Line& line : lines_) {
        if (line.place == place && pools_[line.pool].policy < policy) sum += line.quantity;
    }
    return sum;
}

std::uint64_t NaiveStock::handed_sequence(std::size_t from, std::size_t to) const {
    const std::size_t item = pools_[from].item;
    const Date day = policies_of(item)[pools_[to].policy].from;
    const auto told = handed_sequences_.find({item, day, pools_[from].scope, pools_[to].scope});
    DAYBOOK_ASSERT(told != handed_sequences_.end());
    return told->second;
}

std::vector<NaiveStock::Place> NaiveStock::places_of(std::size_t item) const {
    std::vector<Place> places;
    for (const Line& line : lines_) {
        const bool is_new = std::ranges::find(places, line.place) == places.end();
        if (line.place.item == item && is_new) places.push_back(line.place);
    }
    return places;
}

void NaiveStock::hand_over(std::size_t item, std::size_t policy) {
    std::map<Id, std::set<Id>> scopes_by_scope;
    std::map<Id, std::size_t> old_pools;
    std::map<Id, std::size_t> new_pools;
    for (const Place& place : places_of(item)) {
        if (quantity_before(place, policy) <= 0) continue;
        const std::size_t old_pool = pool_of(place, policy - 1);
        const std::size_t new_pool = pool_of(place, policy);
        const Id old_scope = pools_[old_pool].scope;
        const Id new_scope = pools_[new_pool].scope;
        scopes_by_scope[old_scope].insert(new_scope);
        old_pools[old_scope] = old_pool;
        new_pools[new_scope] = new_pool;
    }
    const Date day = counted(policies_of(item)[policy].from);
    for (const auto& [old_scope, into] : scopes_by_scope) {
        Handed handed{old_pools[old_scope], {}, day};
        for (const Id& scope : into) handed.to.push_back(new_pools[scope]);
        by_item_[item].handed.push_back(handed);
    }
}

void NaiveStock::join(const Place& place, std::size_t policy) {
    const std::size_t old_pool = pool_of(place, policy - 1);
    const std::size_t new_pool = pool_of(place, policy);
    const Date day = counted(policies_of(place.item)[policy].from);
    auto& all = by_item_[place.item].handed;
    auto handed = std::ranges::find(all, old_pool, &Handed::from);
    if (handed == all.end()) handed = all.insert(all.end(), Handed{old_pool, {}, day});
    if (std::ranges::find(handed->to, new_pool) != handed->to.end()) return;
    handed->to.push_back(new_pool);
}

// ---- The replay.

NaiveStock::Line& NaiveStock::line(std::uint64_t sequence) {
    const auto found = std::ranges::find(lines_, sequence, &Line::sequence);
    DAYBOOK_ASSERT(found != lines_.end());
    return *found;
}

// In a closed time only what comes in by itself keeps its own day.
cost::Moment NaiveStock::moment_of(const Line& line) const {
    const bool is_own = line.quantity > 0 && line.tie == 0 && line.original == 0;
    if (is_own || line.date > line.closed_through) {
        return cost::Moment::of(line.date, line.rank, line.sequence);
    }
    return cost::Moment::of(line.closed_through, cost::rank_max, line.sequence);
}

cost::Moment NaiveStock::moment_of(const Revaluation& one) const {
    if (one.date > closed_through_) return cost::Moment::of(one.date, 2, one.sequence);
    return cost::Moment::of(closed_through_, cost::rank_max, one.sequence);
}

cost::Moment NaiveStock::moment_of(const Standard& standard) {
    const std::uint64_t sequence = standard.sequence;
    if (standard.date > standard.closed_through) {
        return cost::Moment::of(standard.date, 0, sequence);
    }
    return cost::Moment::of(standard.closed_through, cost::rank_max, sequence);
}

std::vector<NaiveStock::Turn> NaiveStock::turns() const {
    std::vector<Turn> all;
    for (std::size_t i = 0; i < lacks_.size(); ++i) {
        const auto moment = cost::Moment::of(closed_through_, cost::rank_max, 0);
        all.push_back({moment, Turn::Kind::lack, i, closed_through_});
    }
    for (std::size_t i = 0; i < by_item_.size(); ++i) {
        std::map<Date, cost::Moment> moments;
        for (const Handed& handed : by_item_[i].handed) {
            if (handed.was_closed) continue;
            auto moment = cost::Moment::start_of(handed.day);
            if (handed.day <= closed_through_) {
                const std::uint64_t first = handed_sequence(handed.from, handed.to.front());
                moment = cost::Moment::of(handed.day, cost::rank_max, first);
            }
            moments.try_emplace(handed.day, moment);
        }
        for (const auto& [day, moment] : moments) {
            all.push_back({moment, Turn::Kind::handed, i, day});
        }
    }
    for (std::size_t i = 0; i < standards_.size(); ++i) {
        const Standard& standard = standards_[i];
        if (standard.was_closed) continue;
        all.push_back({moment_of(standard), Turn::Kind::standard, i, standard.date});
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].was_closed || !lines_[i].is_costed) continue;
        all.push_back({moment_of(lines_[i]), Turn::Kind::line, i, lines_[i].date});
    }
    for (std::size_t i = 0; i < revaluations_.size(); ++i) {
        const Revaluation& one = revaluations_[i];
        if (one.is_closed) continue;
        all.push_back({moment_of(one), Turn::Kind::revaluation, i, one.date});
    }
    std::ranges::stable_sort(all, {}, &Turn::moment);
    return all;
}

void NaiveStock::start() {
    curves_ = opening_curves_;
    states_ = opening_;
    for (std::size_t pool = states_.size(); pool < pools_.size(); ++pool) {
        const PoolId& id = pools_[pool];
        const Policy policy = policies_of(id.item)[id.policy].policy;
        states_.push_back({.method = method_of(policy.method)});
        for (const Standard& standard : standards_) {
            const bool holds = standard.was_closed && standard.item == id.item;
            if (holds) states_.back().standard = standard.cost.micro();
        }
    }
    queues_.assign(pools_.size(), {});
    for (std::size_t pool = 0; pool < opening_.size(); ++pool) {
        for (const cost::NaiveLayer& layer : opening_[pool].layers) {
            queues_[pool].ins.push_back({layer.receipt, layer.left(), layer.gone});
        }
    }
}

void NaiveStock::play(const Turn& turn) {
    switch (turn.kind) {
        case Turn::Kind::lack: return play_lack(lacks_[turn.number], turn.moment);
        case Turn::Kind::handed: return play_handed(turn);
        case Turn::Kind::standard: return play_standard(standards_[turn.number], turn.moment);
        case Turn::Kind::line: return play_line(lines_[turn.number], turn.moment);
        case Turn::Kind::revaluation:
            lose(revaluations_[turn.number]);
            (void)play_revaluation(revaluations_[turn.number], turn.moment);
    }
}

void NaiveStock::play_lack(const Lack& lack, cost::Moment moment) {
    cost::Movement movement;
    movement.moment = moment;
    movement.kind = cost::Kind::issue;
    movement.quantity = Quantity::from_milli(lack.quantity);
    movement.value = Money::from_minor(0, base);
    (void)take(lack.pool, movement);
    queues_[lack.pool].outs.push_back({0, {}, lack.quantity, {}});
}

void NaiveStock::play_standard(const Standard& standard, cost::Moment moment) {
    for (std::size_t pool = 0; pool < states_.size(); ++pool) {
        if (pools_[pool].item != standard.item) continue;
        if (states_[pool].method != cost::Method::standard) continue;
        cost::Movement movement;
        movement.moment = moment;
        movement.kind = cost::Kind::new_standard;
        movement.standard = standard.cost;
        movement.value = Money::from_minor(0, base);
        (void)take(pool, movement);
    }
}

std::int64_t NaiveStock::take(std::size_t pool, const cost::Movement& movement) {
    cost::NaiveState& state = states_[pool];
    const std::int64_t before = state.stock_value();
    const cost::NaiveStep step = state.take(movement);
    const std::size_t scope = scopes.of(pools_[pool].scope);
    const std::size_t day = day_number(counted(movement.moment.day()));
    curves_[at(pools_[pool].item, scope, day)] += step.value - before;
    if (movement.kind == cost::Kind::receipt) {
        queues_[pool].ins.push_back({movement.moment, movement.quantity.milli(), 0});
    }
    return step.cost;
}

void NaiveStock::play_line(Line& line, cost::Moment moment) {
    cost::Movement movement;
    movement.moment = moment;
    movement.kind = line.quantity > 0 ? cost::Kind::receipt : cost::Kind::issue;
    movement.quantity = Quantity::from_milli(line.quantity > 0 ? line.quantity : -line.quantity);
    movement.value = Money::from_minor(line.quantity > 0 ? worth_of(line) : 0, base);
    line.cost = take(line.pool, movement);
    if (line.quantity < 0)
        queues_[line.pool].outs.push_back({line.sequence, {}, -line.quantity, moment});
}

std::int64_t NaiveStock::worth_of(const Line& line) {
    if (line.original != 0) {
        const Line& issued = this->line(line.original);
        const std::int64_t after = line.before + line.quantity;
        return cost::fraction(issued.cost, after, -issued.quantity) -
               cost::fraction(issued.cost, line.before, -issued.quantity);
    }
    if (line.tie == 0) return line.worth;
    const NaiveTie& tie = ties_[line.tie - 1];
    std::int64_t cost = 0;
    for (const std::uint64_t input : tie.inputs) cost += this->line(input).cost;
    std::int64_t before = 0;
    std::int64_t whole = 0;
    for (std::size_t i = 0; i < tie.weights.size(); ++i) {
        whole += tie.weights[i];
        if (i < line.part) before += tie.weights[i];
    }
    if (whole == 0) return line.part == 0 ? cost : 0;
    const std::int64_t after = before + tie.weights[line.part];
    return cost::fraction(cost, after, whole) - cost::fraction(cost, before, whole);
}

// A change of policy that has nothing to hand over any more has no receipt.
void NaiveStock::lose(Revaluation& one) {
    const bool was_closed = one.pool < opening_.size() && one.receipt.day() <= closed_through_;
    const std::vector<In>& ins = queues_[one.pool].ins;
    const bool is_here = std::ranges::find(ins, one.receipt, &In::receipt) != ins.end();
    if (was_closed || is_here) return;
    one.receipt = {};
    one.received = 0;
}

std::int64_t NaiveStock::play_revaluation(const Revaluation& one, cost::Moment moment) {
    cost::Movement movement;
    movement.moment = moment;
    movement.kind = cost::Kind::revaluation;
    movement.value = Money::from_minor(one.amount, base);
    movement.receipt = one.receipt;
    movement.quantity = Quantity::from_milli(one.received);
    return take(one.pool, movement);
}

std::int64_t NaiveStock::received_of(std::size_t pool, cost::Moment receipt) const {
    for (const cost::NaiveLayer& layer : states_[pool].layers) {
        if (layer.receipt == receipt) return layer.quantity;
    }
    return 0;
}

// What an issue's goods became by transfers and repackings, and by coming back.
std::vector<NaiveStock::Became> NaiveStock::became(const Out& out) const {
    if (out.sequence == 0) return out.became;
    std::vector<Became> all;
    const auto issued = std::ranges::find(lines_, out.sequence, &Line::sequence);
    for (const Line& line : lines_) {
        if (!line.is_costed || line.quantity <= 0) continue;
        const cost::Moment moment = moment_of(line);
        if (line.original == out.sequence) {
            all.push_back(
                {line.pool, moment, line.before, line.before + line.quantity, -issued->quantity}
            );
        }
        if (line.tie == 0) continue;
        const NaiveTie& tie = ties_[line.tie - 1];
        if (std::ranges::find(tie.inputs, out.sequence) == tie.inputs.end()) continue;
        const auto part = tie.weights.begin() + static_cast<std::ptrdiff_t>(line.part);
        const std::int64_t before = std::accumulate(tie.weights.begin(), part, std::int64_t{0});
        const std::int64_t whole = std::accumulate(part, tie.weights.end(), before);
        if (whole > 0) all.push_back({line.pool, moment, before, before + *part, whole});
        if (whole == 0 && line.part == 0) all.push_back({line.pool, moment, 0, 1, 1});
    }
    return all;
}

// Issues take from the receipts in turn. What they took of this one shares what fell on all that
// left of it, and takes it to what the goods became by then.
void NaiveStock::pass_on(const Revaluation& one, std::int64_t gone_amount, Passing& passing) const {
    std::vector<In> ins = queues_[one.pool].ins;
    std::ranges::stable_sort(ins, {}, &In::receipt);
    struct Took {
        const Out* out = nullptr;
        std::int64_t before = 0;
        std::int64_t after = 0;
    };
    std::vector<Took> took;
    std::int64_t gone = 0;
    for (In& in : ins) {
        if (in.receipt == one.receipt) gone = in.gone;
    }
    for (const Out& out : queues_[one.pool].outs) {
        std::int64_t wanted = out.quantity;
        for (In& in : ins) {
            const std::int64_t taken = std::min(wanted, in.quantity);
            in.quantity -= taken;
            wanted -= taken;
            if (in.receipt != one.receipt || taken == 0) continue;
            if (out.moment > in.receipt) took.push_back({&out, gone, gone + taken});
            gone += taken;
        }
    }
    const cost::Moment last = moment_of(one);
    for (const Took& each : took) {
        const std::int64_t amount = cost::fraction(gone_amount, each.after, gone) -
                                    cost::fraction(gone_amount, each.before, gone);
        for (const Became& part : became(*each.out)) {
            if (part.receipt > last || received_of(part.pool, part.receipt) == 0) continue;
            const std::int64_t share = cost::fraction(amount, part.after, part.whole) -
                                       cost::fraction(amount, part.before, part.whole);
            if (share == 0) continue;
            auto& burden = passing[part.receipt];
            burden = {part.pool, burden.second + share};
        }
    }
}

// Where the goods went on by then is settled when the amount is learned, once and for all.
void NaiveStock::play_new_revaluation() {
    Passing passing;
    for (const Revaluation& one : new_revaluations_) {
        auto& burden = passing[one.receipt];
        burden = {one.pool, burden.second + one.amount};
    }
    Revaluation one = new_revaluations_.front();
    for (; !passing.empty(); ++one.sequence) {
        const auto [receipt, burden] = *passing.begin();
        passing.erase(passing.begin());
        one.pool = burden.first;
        one.receipt = receipt;
        one.amount = burden.second;
        one.received = received_of(one.pool, receipt);
        revaluations_.push_back(one);
        std::int64_t gone_amount = play_revaluation(one, moment_of(one));
        gone_amount = std::clamp(
            gone_amount,
            std::min<std::int64_t>(one.amount, 0),
            std::max<std::int64_t>(one.amount, 0)
        );
        if (states_[one.pool].method != cost::Method::standard) pass_on(one, gone_amount, passing);
    }
    new_revaluations_.clear();
}

// What leaves the old pools, then what comes into the new ones in the order in which it did.
void NaiveStock::play_handed(const Turn& turn) {
    const std::size_t item = turn.number;
    std::map<std::uint64_t, std::pair<std::size_t, cost::Movement>> parts;
    for (const Handed& handed : by_item_[item].handed) {
        if (handed.day != turn.day || handed.was_closed) continue;
        const std::vector<std::int64_t> weights = weights_of(item, handed);
        const std::int64_t whole = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        if (whole <= 0) continue;
        cost::Movement out;
        out.moment = turn.moment;
        out.kind = cost::Kind::issue;
        out.quantity = Quantity::from_milli(whole);
        out.value = Money::from_minor(0, base);
        const std::int64_t cost = take(handed.from, out);
        Out left{0, {}, whole, out.moment};
        std::int64_t before = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] == 0) continue;
            const std::int64_t after = before + weights[i];
            const std::uint64_t sequence = handed_sequence(handed.from, handed.to[i]);
            cost::Movement part;
            part.moment = cost::Moment::of(turn.day, turn.moment.rank(), sequence);
            part.kind = cost::Kind::receipt;
            part.quantity = Quantity::from_milli(weights[i]);
            part.value = Money::from_minor(
                cost::fraction(cost, after, whole) - cost::fraction(cost, before, whole), base
            );
            left.became.push_back({handed.to[i], part.moment, before, after, whole});
            before = after;
            parts[sequence] = {handed.to[i], part};
        }
        queues_[handed.from].outs.push_back(left);
    }
    for (const auto& [sequence, part] : parts) (void)take(part.first, part.second);
}

std::vector<std::int64_t> NaiveStock::weights_of(std::size_t item, const Handed& handed) {
    const std::size_t policy = pools_[handed.from].policy;
    std::vector<std::int64_t> weights(handed.to.size());
    for (const Place& place : places_of(item)) {
        if (pool_of(place, policy) != handed.from) continue;
        const auto to = std::ranges::find(handed.to, pool_of(place, policy + 1));
        if (to == handed.to.end()) continue;
        weights[static_cast<std::size_t>(to - handed.to.begin())] +=
            quantity_before(place, policy + 1);
    }
    return weights;
}

const Curves& NaiveStock::replay() {
    start();
    for (const Turn& turn : turns()) {
        if (!new_revaluations_.empty()) {
            const Revaluation& one = new_revaluations_.front();
            if (moment_of(one) < turn.moment) play_new_revaluation();
        }
        play(turn);
    }
    if (!new_revaluations_.empty()) play_new_revaluation();
    return curves_;
}

void NaiveStock::close(Date through) {
    if (through <= closed_through_) return;
    const cost::Moment end = cost::Moment::end_of(through);
    start();
    for (const Turn& turn : turns()) {
        if (turn.moment <= end) play(turn);
    }
    for (Line& line : lines_) line.was_closed = line.date <= through;
    for (Revaluation& one : revaluations_) one.is_closed = one.date <= through;
    for (Item& item : by_item_) {
        for (Handed& handed : item.handed) handed.was_closed = handed.day <= through;
    }
    for (Standard& standard : standards_) standard.was_closed = standard.date <= through;
    opening_ = states_;
    opening_curves_ = curves_;
    closed_through_ = through;
    fold(opening_curves_, day_number(through));
    fold(told_, day_number(through));
    lacks_.clear();
    for (std::size_t pool = 0; pool < opening_.size(); ++pool) open_again(pool);
}

// What is left of a pool of which a time was closed.
void NaiveStock::open_again(std::size_t pool) {
    cost::NaiveState& state = opening_[pool];
    const bool is_fifo = state.method == cost::Method::fifo;
    const cost::Moment last = state.layers.empty() ? cost::Moment{} : state.layers.back().receipt;
    std::erase_if(state.layers, [&](const cost::NaiveLayer& layer) {
        return layer.left() == 0 && !(is_fifo && layer.receipt == last);
    });
    if (state.on_hand >= 0) return;
    const std::size_t scope = scopes.of(pools_[pool].scope);
    opening_curves_[at(pools_[pool].item, scope, day_number(closed_through_))] -=
        state.stock_value();
    lacks_.push_back({pool, -state.on_hand});
    state.missing = 0;
    state.on_hand = 0;
    state.value = 0;
}

}  // namespace daybook::inventory
