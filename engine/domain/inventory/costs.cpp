// Cost without movement: landed cost on receipts, new standards, and what stock will not bring.

#include "engine/domain/inventory/costs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

struct Weighted {
    std::uint64_t receipt = 0;
    Wide weight = 0;
};

Wide weight_of(const Stock& state, const MovedLine& line, AllocationBasis basis) {
    const Item& item = *state.items.find(state.place_keys.find(line.place)->item);
    switch (basis) {
        case AllocationBasis::value: return std::max<std::int64_t>(line.value, 0);
        case AllocationBasis::quantity: return line.quantity;
        case AllocationBasis::weight: return static_cast<Wide>(line.quantity) * item.weight.milli();
        default: return static_cast<Wide>(line.quantity) * item.volume.milli();
    }
}

// The receipts that the command's target of that index names.
Judged<std::vector<Weighted>> receipts_of(
    const Stock& state, const AllocateLandedCost& command, flatbuffers::uoffset_t index, Date date
) {
    const LandedCostTarget& target = *command.receipts()->Get(index);
    std::vector<Weighted> receipts;
    const Id id = read(target.movement());
    const Document* document = state.movements.find(id);
    for (std::uint64_t sequence = document == nullptr ? 1 : document->first;
         document != nullptr && sequence <= document->last;
         ++sequence) {
        const MovedLine* line = state.lines.find(sequence);
        if (line == nullptr || line->place == no_place || line->quantity <= 0) continue;
        if (!line->is_costed) continue;
        if (target.line() != 0 && line->source_line != target.line()) continue;
        receipts.push_back({sequence, weight_of(state, *line, command.basis())});
    }
    if (receipts.empty()) {
        return no(
            Refusal::receipt_unknown,
            path_of("receipts", index, "movement"),
            target.line() == 0 ? to_string(id)
                               : fmt::format("{}, line {}", to_string(id), target.line()),
            "a movement that brought goods in"
        );
    }
    if (date < document->date) {
        return no(
            Refusal::date_before_original,
            "date",
            to_string(date),
            fmt::format("{} or later", to_string(document->date))
        );
    }
    return receipts;
}

// The amount by the weights, to the last unit; none if there is no weight at all.
std::vector<ReceiptAmount> shared_out(Money amount, const std::vector<Weighted>& receipts) {
    Wide most = 0;
    for (const Weighted& receipt : receipts) most = std::max(most, receipt.weight);
    int shift = 0;
    while ((most >> shift) > (Wide{1} << 44)) ++shift;
    std::vector<std::int64_t> weights;
    Wide sum = 0;
    for (const Weighted& receipt : receipts) {
        weights.push_back(narrow(receipt.weight >> shift));
        sum += weights.back();
    }
    std::vector<ReceiptAmount> amounts;
    if (sum == 0) return amounts;
    const std::vector<Money> parts = allocate(amount, weights);
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        amounts.push_back({receipts[i].receipt, parts[i].minor()});
    }
    return amounts;
}

Judged<Money> landed_amount(const Stock& state, Money amount) {
    const Currency base = state.settings.get().base;
    if (amount.currency() != base) {
        return no(
            Refusal::cost_currency_differs,
            "amount",
            to_string(amount),
            fmt::format("an amount in {}", code_of(base))
        );
    }
    if (amount.is_zero()) {
        return no(Refusal::amount_zero, "amount", to_string(amount), "more or less than zero");
    }
    if (amount.minor() > value_minor_max || amount.minor() < -value_minor_max) {
        return no(
            Refusal::value_too_large,
            "amount",
            to_string(amount),
            "at most " + to_string(Money::from_minor(value_minor_max, base))
        );
    }
    return amount;
}

}  // namespace

Decision decide(const Stock& state, const AllocateLandedCost& command, const Context& context) {
    const Id id = read(command.allocation());
    if (auto is_new = check_new(state, "allocation", id); !is_new.ok()) return is_new.refused();
    if (auto words = check_text(command.text()); !words.ok()) return words.refused();
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    const auto amount = landed_amount(state, read(command.amount()));
    if (!amount.ok()) return amount.refused();
    if (command.basis() == AllocationBasis::none) {
        return no(Refusal::basis_missing, "basis", "none", "value, quantity, weight or volume");
    }
    const std::size_t count = command.receipts() == nullptr ? 0 : command.receipts()->size();
    if (auto counted = check_count("receipts", count); !counted.ok()) return counted.refused();
    std::vector<Weighted> receipts;
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        const auto named = receipts_of(state, command, i, days.value().date);
        if (!named.ok()) return named.refused();
        receipts.insert(receipts.end(), named.value().begin(), named.value().end());
    }
    const std::vector<ReceiptAmount> amounts = shared_out(amount.value(), receipts);
    if (amounts.empty()) {
        return no(
            Refusal::weights_missing,
            "basis",
            fmt::format("no {} of any receipt", EnumNameAllocationBasis(command.basis())),
            "another basis, or goods with a weight or volume"
        );
    }
    RevaluationHeader header;
    header.revaluation = id;
    header.source = read_or_none(command.source());
    header.days = days.value();
    header.reason = MoveReason::landed_cost;
    header.text = copy(command.text());
    return revalue_receipts(state, std::move(header), amounts);
}

namespace {

// The first one comes no later than a policy that takes goods over to it.
Judged<Nothing> check_first_standard(const Stock& state, const Id& item, Date date) {
    const std::vector<Regime>* regimes = state.regimes.find(item);
    if (regimes == nullptr || !first_standard_day(state, item).is_none()) return Nothing{};
    const Date before = date.plus_days(-1);
    const Date day = day_without_standard(state, item, regimes->front().from, before);
    if (day.is_none()) return Nothing{};
    return no_standard(state, item, day, "date");
}

Judged<Nothing> check_standard_cost(
    const Stock& state, const SetStandardCost& command, const Item& item, Date date
) {
    const Id id = read(command.item());
    const UnitPrice cost = read(command.cost());
    if (auto value = value_at(state, cost, 1'000, "cost"); !value.ok()) return value.refused();
    const Policy policy = policy_on(state, item.group, date);
    if (policy.method != ValuationMethod::standard_cost) {
        return no(
            Refusal::method_not_standard,
            "item",
            fmt::format(
                "{} is valued by {}", to_string(id), EnumNameValuationMethod(policy.method)
            ),
            "an item valued at standard cost on that day"
        );
    }
    const auto later = state.standard_costs.from({id, date});
    if (later != state.standard_costs.end() && later->first.item == id) {
        return no(
            Refusal::standard_cost_before_last,
            "date",
            to_string(date),
            fmt::format("a day after {}, from when another holds", to_string(later->first.from))
        );
    }
    return check_first_standard(state, id, date);
}

// Every pool of the item that is valued at standard cost.
std::vector<std::uint32_t> standard_pools(const Stock& state, const Id& item) {
    std::vector<std::uint32_t> all;
    for (auto it = state.pool_numbers.from({item, Date{}, {}}); it != state.pool_numbers.end();
         ++it) {
        if (it->first.item != item) break;
        if (state.pools.get(it->second).cost.method() == cost::Method::standard) {
            all.push_back(it->second);
        }
    }
    return all;
}

}  // namespace

Decision decide(const Stock& state, const SetStandardCost& command, const Context& context) {
    const Id id = read(command.revaluation());
    const Id item_id = read(command.item());
    if (auto is_new = check_new(state, "revaluation", id); !is_new.ok()) return is_new.refused();
    const auto item = stockable_item(state, item_id, "item");
    if (!item.ok()) return item.refused();
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    const Date date = days.value().date;
    const auto checked = check_standard_cost(state, command, *item.value(), date);
    if (!checked.ok()) return checked.refused();

    Costing costing{state};
    const std::uint64_t sequence = costing.take_sequence();
    StandardCostSetT set;
    set.item = item_id;
    set.revaluation = id;
    set.cost = read(command.cost());
    set.date = date;
    StockRevaluedT event;
    event.revaluation = id;
    event.date = date;
    event.accounting_date = days.value().accounting_date;
    for (const std::uint32_t pool : standard_pools(state, item_id)) {
        const std::int64_t more = costing.set_standard(pool, sequence, date, read(command.cost()));
        if (more == 0) continue;
        const auto moment = cost::Moment::of(date, rank_of_policy, sequence);
        const Revaluing revaluing{moment, MoveReason::revaluation, {}, more};
        event.lines.push_back(revalued_line(state, costing, {pool, revaluing, 0, {more, 0}}));
    }
    Decision decision{std::move(set)};
    if (!event.lines.empty()) decision.add(std::move(event));
    add_restatement(state, costing, {id, days.value()}, decision);
    return decision;
}

namespace {

// The pool in which the item is valued for the scope on the day, or null.
const Pool* pool_of(const Stock& state, const Id& item, const Id& scope, Date day) {
    const std::vector<Regime> regimes = state.regimes.get(item);
    Date from;
    for (const Regime& regime : regimes) {
        if (regime.from <= day) from = regime.from;
    }
    const std::uint32_t* number = state.pool_numbers.find({item, from, scope});
    return number == nullptr ? nullptr : &state.pools.get(*number);
}

}  // namespace

Decision decide(const Stock& state, const WriteDownStock& command, const Context& context) {
    const Id id = read(command.write_down());
    const Id item_id = read(command.item());
    const Id scope = read_or_none(command.scope());
    if (auto is_new = check_new(state, "write_down", id); !is_new.ok()) return is_new.refused();
    const auto item = stockable_item(state, item_id, "item");
    if (!item.ok()) return item.refused();
    const auto days = days_of(state, command.date(), context);
    if (!days.ok()) return days.refused();
    const Date date = days.value().date;
    const Pool* pool = pool_of(state, item_id, scope, date);
    if (pool == nullptr) {
        return no(
            Refusal::scope_unknown,
            "scope",
            scope.is_none() ? "none" : to_string(scope),
            "the warehouse or lot in which the item is valued; none if the company values it"
        );
    }
    const cost::Moment end = cost::Moment::end_of(date);
    const std::int64_t on_hand = std::max<std::int64_t>(pool->cost.on_hand_at(end).milli(), 0);
    const std::int64_t old_allowance = state.allowances.get({item_id, scope});
    if (on_hand == 0 && old_allowance == 0) {
        return no(
            Refusal::nothing_on_hand, "item", to_string(item_id), "goods on hand on that day"
        );
    }
    const auto brings = value_at(state, read(command.unit_value()), on_hand, "unit_value");
    if (!brings.ok()) return brings.refused();
    const Currency base = state.settings.get().base;
    const std::int64_t cost = pool->cost.value_at(end).minor();
    StockWrittenDownT event;
    event.write_down = id;
    event.item = item_id;
    event.posting_group = item.value()->posting_group;
    event.warehouse = state.locations.contains(scope) ? scope : Id{};
    event.scope = scope;
    event.date = date;
    event.accounting_date = days.value().accounting_date;
    event.on_hand = Quantity::from_milli(on_hand);
    event.cost = Money::from_minor(cost, base);
    event.old_allowance = Money::from_minor(old_allowance, base);
    event.new_allowance = Money::from_minor(std::max<std::int64_t>(cost - brings.value(), 0), base);
    event.reason = copy(command.reason());
    return event;
}

void apply(Stock& state, const StandardCostSet& event) {
    const Id item = read(event.item());
    const Id id = read(event.revaluation());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = DocumentKind::revaluation;
    Costing costing{state};
    const std::uint64_t sequence = costing.take_sequence();
    for (const std::uint32_t pool : standard_pools(state, item)) {
        (void)costing.set_standard(pool, sequence, read(event.date()), read(event.cost()));
    }
    costing.store(state);
    state.standard_costs.at({item, read(event.date())}) = {read(event.cost()), sequence};
}

void apply(Stock& state, const StockWrittenDown& event) {
    const Id id = read(event.write_down());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = DocumentKind::write_down;
    state.allowances.at({read(event.item()), read_or_none(event.scope())}) =
        read(event.new_allowance()).minor();
}

}  // namespace daybook::inventory
