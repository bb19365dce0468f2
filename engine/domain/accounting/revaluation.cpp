// Balances in other currencies at the rate of a closing day. What the rate makes of them is shown
// beside them for that day and taken back on the next open one, so that a settlement still realises
// the whole difference, once.

#include <algorithm>

#include "engine/domain/accounting/posting.hpp"

namespace daybook::accounting {
namespace {

struct BalanceKey {
    Id account;
    Currency currency = Currency::none;
    friend auto operator<=>(const BalanceKey&, const BalanceKey&) = default;
};
using Balances = std::map<BalanceKey, CashSum>;

// What the allocations take from an item or give back after the day, or took on it and gave back
// later: the item as it stood at the end of the day.
CashSum item_on(const Books& state, const ItemKey& key, const OpenItem& item, Date day) {
    CashSum sum{item.open.minor(), item.base_minor};
    const auto add = [&](const Id& id, std::int64_t sign) {
        for (const SettledPart& part : state.allocations.find(id)->items) {
            if (part.item != key) continue;
            sum.minor += sign * part.amount.minor();
            sum.base_minor += sign * part.base_minor;
        }
    };
    for (const Id& id : item.allocations) {
        if (state.allocations.find(id)->accounting_date > day) add(id, 1);
    }
    for (const Id& id : state.undone.get(key)) {
        const Allocation& allocation = *state.allocations.find(id);
        if (allocation.accounting_date <= day && allocation.undone_on > day) add(id, -1);
    }
    return sum;
}

void add_items(const Books& state, Date day, Balances& balances) {
    for (auto each = state.foreign_items.begin_key(); each != state.foreign_items.end(); ++each) {
        if (each->second.opened_on > day) continue;
        const OpenItem& item = *state.items.find(each->first);
        const CashSum sum = item_on(state, each->first, item, day);
        CashSum& balance = balances[{item.account, item.open.currency()}];
        balance.minor += sum.minor;
        balance.base_minor += sum.base_minor;
    }
}

void add_cash(const Books& state, Date day, Balances& balances) {
    for (auto each = state.foreign_cash.begin_key(); each != state.foreign_cash.end(); ++each) {
        const auto& [key, sum] = *each;
        if (key.date > day) continue;
        CashSum& balance = balances[{key.account, key.currency}];
        balance.minor += sum.minor;
        balance.base_minor += sum.base_minor;
    }
}

// The balance at the closing rate, beside what it is carried at with what earlier runs added.
Checked<RevaluedBalance> revalued(
    const Books& state, const BalanceKey& key, const CashSum& sum, Date day
) {
    const auto rate = exchange_rate_on(state, key.currency, day, ExchangeRate{});
    if (rate.is_refused()) return rate.refusal();
    const Money balance = Money::from_minor(sum.minor, key.currency);
    const auto worth = to_base(state, balance, rate.value());
    if (worth.is_refused()) return worth.refusal();
    const std::int64_t before = state.revalued.get({day, key.account, key.currency});
    return RevaluedBalance{
        wired(key.account),
        wired(balance),
        wired(rate.value()),
        sum.base_minor + before,
        worth.value()};
}

std::int64_t gain_of(const RevaluedBalance& balance) {
    return balance.revalued_minor() - balance.carried_minor();
}

Checked<std::vector<RevaluedBalance>> revalue_all(const Books& state, Date day) {
    Balances balances;
    add_items(state, day, balances);
    add_cash(state, day, balances);
    std::vector<RevaluedBalance> changed;
    for (const auto& [key, sum] : balances) {
        const bool was_revalued = state.revalued.contains({day, key.account, key.currency});
        if (sum.minor == 0 && sum.base_minor == 0 && !was_revalued) continue;
        const auto balance = revalued(state, key, sum, day);
        if (balance.is_refused()) return balance.refusal();
        if (gain_of(balance.value()) != 0) changed.push_back(balance.value());
    }
    return changed;
}

Decision add_balance(const Books& state, EntryDraft& draft, const RevaluedBalance& balance) {
    const std::int64_t gain = gain_of(balance);
    const Id account = read(balance.account());
    const auto beside = account_for(state, AccountRole::exchange_adjustment, account);
    if (beside.is_refused()) return beside.refusal();
    const AccountRole role =
        gain > 0 ? AccountRole::unrealised_exchange_gain : AccountRole::unrealised_exchange_loss;
    const auto other = account_for(state, role, account);
    if (other.is_refused()) return other.refusal();
    draft.add({beside.value(), Id{}, in_base(state, gain), gain});
    draft.add({other.value(), Id{}, in_base(state, -gain), -gain});
    return {};
}

}  // namespace

Decision decide(const Books& state, const RevalueCurrencies& command, const Context&) {
    const Id id = read(command.revaluation());
    const Date day = read(command.date());

    if (Decision no = check_day(day); no.is_refused()) return no;
    if (Decision no = check_book(state); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::general, Id{});
    if (journal.is_refused()) return journal.refusal();
    if (Decision no = check_new_entry(state, id); no.is_refused()) return no;
    const auto next_day = accounting_date(state, day.plus_days(1));
    if (next_day.is_refused()) return next_day.refusal();
    const auto balances = revalue_all(state, day);
    if (balances.is_refused()) return balances.refusal();
    if (balances.value().empty()) {
        return {
            Refusal::nothing_to_revalue,
            {"date",
             "nothing in another currency differs on " + to_string(day),
             "a published rate that changes what is open"}};
    }

    CurrenciesRevaluedT event{
        .revaluation = id,
        .date = day,
        .taken_back_on = next_day.value(),
        .balances = balances.value()};
    EntryDraft draft{
        .event =
            {.entry = id,
             .journal = journal.value(),
             .kind = EntryKind::revaluation,
             .date = day,
             .text = "Open balances at the rates of " + to_string(day)},
        .keeps_date = true};
    std::int64_t difference = 0;
    for (const RevaluedBalance& balance : balances.value()) {
        if (Decision no = add_balance(state, draft, balance); no.is_refused()) return no;
        difference += gain_of(balance);
    }
    event.difference = in_base(state, difference);
    EntryDraft back = draft;
    back.event.entry = id_from_text("accounting revaluation taken back " + to_string(id));
    back.event.date = next_day.value();
    back.event.piece = to_string(id);
    back.event.text = "Taken back: open balances at the rates of " + to_string(day);
    back.event.source = id;
    for (EntryLine& line : back.event.lines) {
        line = EntryLine{
            line.account(), line.party(), wired(-read(line.amount())), -line.base_minor()};
    }

    Posting posting{state};
    posting.record(std::move(event));
    if (Decision no = posting.post(std::move(draft)); no.is_refused()) return no;
    if (Decision no = posting.post(std::move(back)); no.is_refused()) return no;
    return posting.take();
}

void note_foreign(Books& state, const EntryPosted& event) {
    const Currency base = state.book.get().base;
    const Date date = read(event.accounting_date());
    for (const EntryLine* line : *event.lines()) {
        const Currency currency = read(line->amount()).currency();
        if (currency == base) continue;
        const Id account = read(line->account());
        if (!state.accounts.find(account)->is_cash) continue;
        CashSum& sum = state.foreign_cash.at({account, currency, date});
        sum.minor += read(line->amount()).minor();
        sum.base_minor += line->base_minor();
    }
    if (event.items() == nullptr) return;
    for (const OpenedItem* item : *event.items()) {
        const EntryLine& line = *event.lines()->Get(item->line());
        if (read(line.amount()).currency() == base) continue;
        state.foreign_items.at({read(item->document()), item->part()}) = {date};
    }
}

void apply(Books& state, const CurrenciesRevalued& event) {
    const Date day = read(event.date());
    for (const RevaluedBalance* balance : *event.balances()) {
        state.revalued.at({day, read(balance->account()), read(balance->balance()).currency()}) +=
            gain_of(*balance);
    }
}

}  // namespace daybook::accounting
