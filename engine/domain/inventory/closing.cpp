// What inventory listens to in accounting: the book's currency, and which days are closed. A closed
// fiscal year shrinks to what is left of it.

#include <algorithm>

#include "engine/domain/inventory/costing.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {
namespace {

bool is_delivery(const MovedLine& line) {
    return line.is_costed && line.reason == MoveReason::delivery;
}

// Deliveries of years closed before that were short still: what was made good of them since is part
// of what they cost in the end.
void fix_true_ups(Stock& state, Date through) {
    const Costing costing{state};
    const auto end = cost::Moment::end_of(through).next();
    for (std::uint32_t number = 0; number < state.pools.count(); ++number) {
        const cost::Opening* opening = state.pools.get(number).cost.opening();
        if (opening == nullptr) continue;
        for (const cost::IssueAhead& one : opening->ahead) {
            MovedLine& line = state.lines.at(one.issue.sequence());
            if (is_delivery(line)) line.value -= costing.trued_up(line, end);
        }
    }
}

// The line by what it was worth in the end.
MovedLine fixed_line(const Costing& costing, MovedLine line, Date through) {
    const auto end = cost::Moment::end_of(through).next();
    const bool is_issue = line.quantity < 0;
    if (line.is_costed) line.value = is_issue ? -costing.cost_of(line) : costing.value_of(line);
    if (is_delivery(line)) {
        line.was_short = costing.was_short(line);
        line.value -= costing.trued_up(line, end);
    }
    line.is_fixed = true;
    return line;
}

// What the issues of the closed time cost in the end: pools forget it, returns may still ask.
void fix_costs(Stock& state, Date through) {
    const Costing costing{state};
    const std::uint64_t next = state.settings.get().next_sequence;
    std::uint64_t first_open = 0;
    for (std::uint64_t at = state.settings.get().first_open_sequence; at < next; ++at) {
        const MovedLine* line = state.lines.find(at);
        if (line == nullptr || line->is_fixed) continue;
        if (line->moment().day() > through) {
            if (first_open == 0) first_open = at;
            continue;
        }
        state.lines.at(at) = fixed_line(costing, *line, through);
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
    fix_true_ups(state, through);
    fix_costs(state, through);
    const Costing costing{state};
    state.pools.compact(through, costing.brought_back());
    state.settings.edit().closed_through = through;
}

}  // namespace daybook::inventory
