// What inventory listens to in accounting: the book's currency, and which days are closed. A closed
// fiscal year shrinks to what is left of it.

#include <algorithm>

#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

// What the issues of the closed time cost in the end: pools forget it, returns may still ask.
void fix_costs(Stock& state, Date through) {
    const std::uint64_t next = state.settings.get().next_sequence;
    std::uint64_t first_open = 0;
    for (std::uint64_t at = state.settings.get().first_open_sequence; at < next; ++at) {
        const MovedLine* line = state.lines.find(at);
        if (line == nullptr || line->is_fixed) continue;
        if (line->moment().day() > through) {
            if (first_open == 0) first_open = at;
            continue;
        }
        std::int64_t value = line->value;
        if (line->is_costed) {
            const cost::CostPool& pool = state.pools.get(line->pool).cost;
            value = line->quantity > 0 ? pool.find(line->moment())->value.minor()
                                       : -pool.cost_of(line->moment()).minor();
        }
        MovedLine& fixed = state.lines.at(at);
        fixed.value = value;
        fixed.is_fixed = true;
    }
    state.settings.edit().first_open_sequence = first_open == 0 ? next : first_open;
}

}  // namespace

void listen(Stock& state, const accounting::BookConfigured& event) {
    state.settings.edit().base = read(event.base_currency());
}
void listen(Stock& state, const accounting::FiscalYearOpened& event) {
    state.days.learn(event);
}
void listen(Stock& state, const accounting::PeriodSoftClosed& event) {
    state.days.learn(event);
}
void listen(Stock& state, const accounting::PeriodClosed& event) {
    state.days.learn(event);
}
void listen(Stock& state, const accounting::PeriodReopened& event) {
    state.days.learn(event);
}
void listen(Stock& state, const accounting::FiscalYearReopened& event) {
    state.days.learn(event);
}

void listen(Stock& state, const accounting::FiscalYearClosed& event) {
    state.days.learn(event);
    const Date through = state.days.find_year(read(event.year()))->last;
    if (through <= state.settings.get().closed_through) return;
    fix_costs(state, through);
    state.pools.compact(through);
    state.settings.edit().closed_through = through;
}

}  // namespace daybook::inventory
