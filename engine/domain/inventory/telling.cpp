// The events of a document that was worked out: what moved, what was handed over on the way, what
// was held for it, and what it restates.

#include <fmt/format.h>

#include "engine/domain/inventory/moving.hpp"
#include "engine/domain/inventory/policies.hpp"

namespace daybook::inventory {
namespace {

// The warehouse of a pool; none where it is not a warehouse's own.
Id warehouse_of(const Stock& state, const PoolKey& key) {
    return state.locations.contains(key.scope) ? key.scope : Id{};
}

Date accounting_date(const Stock& state, Date day, const Days& cause) {
    const Date found = accounting_date_or_none(state, day);
    return found.is_none() ? cause.accounting_date : found;
}

StockLine handed_line(const Stock& state, const Costing& costing, const HandedLine& handed) {
    const PoolKey& key = costing.pool(handed.pool).key;
    const Currency base = state.settings.get().base;
    return StockLine{
        wired(key.item),
        wired(state.items.find(key.item)->posting_group),
        wired(warehouse_of(state, key)),
        wired(Id{}),
        wired(Id{}),
        wired(key.scope),
        wired(Quantity{}),
        wired(Money::from_minor(handed.value, base)),
        handed.sequence,
        handed.original,
        0,
        MoveReason::policy_change,
        false};
}

std::vector<IssueChange> changes_of(const std::vector<cost::LinkedChange>& changes) {
    std::vector<IssueChange> all;
    all.reserve(changes.size());
    for (const cost::LinkedChange& changed : changes) {
        all.emplace_back(changed.moment.sequence(), changed.after.minor() - changed.before.minor());
    }
    return all;
}

// On the days of their receipts.
std::vector<TrueUp> true_ups_of(
    const Stock& state,
    const Costing& costing,
    const std::vector<MadeGood>& made_good,
    const Days& cause
) {
    std::vector<TrueUp> all;
    all.reserve(made_good.size());
    for (const MadeGood& one : made_good) {
        const Date day = one.receipt.day();
        all.emplace_back(
            one.receipt.sequence(),
            one.issue,
            wired(Quantity::from_milli(costing.kept_of(one))),
            wired(day),
            wired(accounting_date(state, day, cause)),
            one.amount
        );
    }
    return all;
}

}  // namespace

void add_handed(
    const Stock& state, const Costing& costing, const Cause& cause, Decision& decision
) {
    const Currency base = state.settings.get().base;
    for (const HandOver& handed : costing.handed_over()) {
        StockMovedT event;
        event.movement = id_from_text(fmt::format("policy change {}", handed.lines[0].sequence));
        event.source = cause.document;
        event.date = handed.day;
        event.accounting_date = accounting_date(state, handed.day, cause.days);
        for (const HandedLine& line : handed.lines) {
            event.lines.push_back(handed_line(state, costing, line));
            if (line.variance == 0) continue;
            event.variances.emplace_back(
                line.sequence, wired(Money::from_minor(line.variance, base))
            );
        }
        decision.add(std::move(event));
    }
}

void add_restatement(const Stock& state, Costing& costing, const Cause& cause, Decision& decision) {
    const std::vector<Restated> restated = costing.restate();
    const Costing::Changes& changes = costing.changes();
    const bool has_changes =
        !changes.tied.empty() || !changes.issues.empty() || !changes.true_ups.empty();
    if (restated.empty() && !has_changes) return;
    const Currency base = state.settings.get().base;
    CostRestatedT event;
    event.restatement = id_from_text(fmt::format("restated by {}", to_string(cause.document)));
    event.cause = cause.document;
    event.date = cause.days.date;
    event.lines.reserve(restated.size());
    for (const Restated& one : restated) {
        const PoolKey& key = costing.pool(one.pool).key;
        event.lines.emplace_back(
            wired(key.item),
            wired(state.items.find(key.item)->posting_group),
            wired(warehouse_of(state, key)),
            wired(key.scope),
            wired(one.day),
            wired(accounting_date(state, one.day, cause.days)),
            wired(Money::from_minor(one.before, base)),
            wired(Money::from_minor(one.after, base)),
            one.reason
        );
    }
    event.issues = changes_of(changes.issues);
    event.tied = changes_of(changes.tied);
    event.true_ups = true_ups_of(state, costing, changes.true_ups, cause.days);
    decision.add(std::move(event));
}

Judged<Nothing> check_handed(const Stock& state, const Costing& costing) {
    if (costing.has_handed_shortage()) {
        return no(
            Refusal::negative_at_policy_change,
            "date",
            "less than nothing is on hand when a policy changes",
            "goods that cover what is short before that day"
        );
    }
    const auto& [item, day] = costing.lacking_standard();
    if (item.is_none()) return Nothing{};
    return no_standard(state, item, day, "date");
}

Decision Moving::done() {
    costing_.shift_handed();
    if (auto checked = check_handed(state_, costing_); !checked.ok()) return checked.refused();
    Decision decision;
    for (LotRegisteredT& lot : lots_) decision.add(std::move(lot));
    for (const Id& lapsed : promises_.lapsed()) {
        decision.add(ReservationExpiredT{.reservation = lapsed, .date = today_});
    }
    add_handed(state_, costing_, {header_.movement, header_.days}, decision);
    StockMovedT event;
    event.movement = header_.movement;
    event.source = header_.source;
    event.order = header_.order;
    event.party = header_.party;
    event.reverses = header_.reverses;
    event.bound_for = header_.bound_for;
    event.date = header_.days.date;
    event.accounting_date = header_.days.accounting_date;
    event.lines = std::move(lines_);
    event.variances = std::move(variances_);
    event.weights = std::move(weights_);
    event.true_ups = true_ups_of(state_, costing_, costing_.made_good(), header_.days);
    event.text = std::move(header_.text);
    decision.add(std::move(event));
    for (const Promises::Used& used : promises_.used()) {
        ReservationUsedT taken;
        taken.reservation = used.reservation;
        taken.movement = header_.movement;
        taken.quantity = Quantity::from_milli(used.quantity);
        taken.date = header_.days.date;
        decision.add(std::move(taken));
    }
    add_restatement(state_, costing_, {header_.movement, header_.days}, decision);
    return decision;
}

}  // namespace daybook::inventory
