// How stock is valued, from which day on, and what may go below zero.

#include "engine/domain/inventory/policies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/inventory/lots.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// The last policy of exactly this group on the day, or null.
const Policy* own_policy(const Stock& state, const Id& group, Date day) {
    auto after = state.policies.from({group, day.plus_days(1)});
    if (after == state.policies.begin_key()) return nullptr;
    const auto& [key, policy] = *--after;
    return key.group == group ? &policy : nullptr;
}

Judged<Nothing> check_method(const SetValuationPolicy& command) {
    const bool is_lot = command.scope() == ValuationScope::lot;
    if (command.method() == ValuationMethod::none) {
        return no(Refusal::method_missing, "method", "none", "fifo, moving_average, ...");
    }
    if (command.method() == ValuationMethod::specific_lot) {
        if (command.scope() == ValuationScope::none || is_lot) return Nothing{};
        return no(
            Refusal::scope_not_for_method,
            "scope",
            EnumNameValuationScope(command.scope()),
            "lot, as each lot has its own cost"
        );
    }
    if (command.scope() == ValuationScope::none) {
        return no(Refusal::scope_missing, "scope", "none", "company, warehouse or lot");
    }
    if (command.method() == ValuationMethod::standard_cost && is_lot) {
        return no(
            Refusal::scope_not_for_method,
            "scope",
            "lot",
            "company or warehouse, as an item has one standard"
        );
    }
    return Nothing{};
}

}  // namespace

Date date_or_today(const wire::Date* date, const Context& context) {
    const Date given = read_or_none(date);
    return given.is_none() ? context.today : given;
}

Policy policy_on(const Stock& state, const Id& group, Date day) {
    const Policy* own = group.is_none() ? nullptr : own_policy(state, group, day);
    if (own == nullptr) own = own_policy(state, {}, day);
    if (own != nullptr) return *own;
    return {ValuationMethod::fifo, ValuationScope::company};
}

std::vector<Regime> policies_of(const Stock& state, const Id& group) {
    std::vector<Regime> all{{Date{}, policy_on(state, group, date_min)}};
    std::vector<Date> days;
    for (const Id& of : {Id{}, group}) {
        for (auto it = state.policies.from({of, Date{}}); it != state.policies.end(); ++it) {
            if (it->first.group != of) break;
            days.push_back(it->first.from);
        }
    }
    std::ranges::sort(days);
    for (const Date day : days) {
        const Policy policy = policy_on(state, group, day);
        if (all.back().policy != policy) all.push_back({day, policy});
    }
    return all;
}

void note_day(Stock& state, const Item& item, Date day) {
    const Date* last = state.last_days.find(item.group);
    if (last == nullptr || *last < day) state.last_days.at(item.group) = day;
    if (state.settings.get().last_day < day) state.settings.edit().last_day = day;
}

const StandardCost* standard_on(const Stock& state, const Id& item, Date day) {
    auto after = state.standard_costs.from({item, day.plus_days(1)});
    if (after == state.standard_costs.begin_key()) return nullptr;
    const auto& [key, standard] = *--after;
    return key.item == item ? &standard : nullptr;
}

Date first_standard_day(const Stock& state, const Id& item) {
    const auto first = state.standard_costs.from({item, Date{}});
    if (first == state.standard_costs.end() || first->first.item != item) return {};
    return first->first.from;
}

Refused no_standard(const Stock& state, const Id& item, Date day, std::string at) {
    const Date first = first_standard_day(state, item);
    return no(
        Refusal::standard_cost_missing,
        std::move(at),
        fmt::format("{} has none on {}", to_string(item), to_string(day)),
        first.is_none() ? "SetStandardCost from that day or before"
                        : fmt::format("a day from {} on, from when it has one", to_string(first))
    );
}

Judged<Nothing> check_standard(const Stock& state, const Id& item, Date day, std::string at) {
    // What is learned of a closed time goes to the pools of its end.
    const Date counted = std::max(day, state.settings.get().closed_through);
    for (const Date each : {day, counted}) {
        const Policy policy = policy_on(state, state.items.find(item)->group, each);
        if (policy.method != ValuationMethod::standard_cost) continue;
        if (standard_on(state, item, each) != nullptr) continue;
        return no_standard(state, item, each, std::move(at));
    }
    return Nothing{};
}

Date day_without_standard(const Stock& state, const Id& item, Date first, Date last) {
    for (const Regime& regime : policies_of(state, state.items.find(item)->group)) {
        if (regime.from <= first || regime.from > last) continue;
        if (regime.policy.method != ValuationMethod::standard_cost) continue;
        if (standard_on(state, item, regime.from) == nullptr) return regime.from;
    }
    return {};
}

Rules rules_of(const Stock& state, const Id& group) {
    const Rules* own = state.rules.find(group);
    if (own == nullptr) own = state.rules.find({});
    return own == nullptr ? Rules{} : *own;
}

Decision decide(const Stock& state, const SetValuationPolicy& command, const Context& context) {
    const Id group = read_or_none(command.group());
    const Date from = date_or_today(command.from(), context);
    if (auto checked = check_method(command); !checked.ok()) return checked.refused();
    if (from <= date_min || from > date_max) {
        return no(
            Refusal::date_out_of_range, "from", to_string(from), "a day of the years 1 to 9999"
        );
    }
    const auto later = state.policies.from({group, from});
    if (later != state.policies.end() && later->first.group == group) {
        return no(
            Refusal::policy_before_last,
            "from",
            to_string(from),
            fmt::format("a day after {}, from when another holds", to_string(later->first.from))
        );
    }
    const Date moved = group.is_none() ? state.settings.get().last_day : state.last_days.get(group);
    if (!moved.is_none() && from <= moved) {
        return no(
            Refusal::policy_before_movement,
            "from",
            to_string(from),
            fmt::format("a day after {}, when its goods last moved", to_string(moved))
        );
    }

    ValuationPolicySetT event;
    event.group = group;
    event.method = command.method();
    event.scope =
        command.method() == ValuationMethod::specific_lot ? ValuationScope::lot : command.scope();
    event.from = from;
    return event;
}

Decision decide(const Stock&, const SetStockRules& command) {
    StockRulesSetT event;
    event.group = read_or_none(command.group());
    event.allows_negative = command.allows_negative();
    event.receipts_first = command.receipts_first();
    return event;
}

void apply(Stock& state, const ValuationPolicySet& event) {
    const PolicyKey key{read_or_none(event.group()), read(event.from())};
    DAYBOOK_ASSERT(!state.policies.contains(key));
    state.policies.at(key) = {event.method(), event.scope()};
}

void apply(Stock& state, const StockRulesSet& event) {
    state.rules.at(read_or_none(event.group())) = {event.allows_negative(), event.receipts_first()};
}

}  // namespace daybook::inventory
