// The books reckoned anew from events alone, in the plainest way: what the accounting module must
// have kept true after every batch is checked against these sums. Nothing of the module is used.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/domain/read.hpp"
#include "schemas/accounting.hpp"

namespace daybook::accounting {

class BooksFold {
 public:
    using ItemName = std::pair<Id, std::uint16_t>;
    struct Item {
        Id account;
        Id party;
        Money amount;
        Money open;
        std::int64_t base_minor = 0;
        std::set<Id> allocations;
        std::map<Date, std::int64_t> changes;  // Of what is open, by accounting date.
    };
    struct Month {
        Date last;
        PeriodStatus status = PeriodStatus::open;
    };

    void add(const EventRecord& record) {
        switch (record.event_type()) {
            case Event::AccountOpened: return add(*record.event_as_AccountOpened());
            case Event::FiscalYearOpened: return add(*record.event_as_FiscalYearOpened());
            case Event::PeriodSoftClosed:
                return set_status(
                    *record.event_as_PeriodSoftClosed()->period(), PeriodStatus::soft_closed
                );
            case Event::PeriodClosed:
                return set_status(*record.event_as_PeriodClosed()->period(), PeriodStatus::closed);
            case Event::PeriodReopened:
                return set_status(*record.event_as_PeriodReopened()->period(), PeriodStatus::open);
            case Event::EntryPosted: return add(*record.event_as_EntryPosted());
            case Event::EntryReversed:
                reversed.insert(read(record.event_as_EntryReversed()->entry()));
                return;
            case Event::AllocationMade: return add(*record.event_as_AllocationMade());
            case Event::AllocationUndone: return add(*record.event_as_AllocationUndone());
            case Event::TaxReturnFiled: return add(*record.event_as_TaxReturnFiled());
            default: return;
        }
    }

    // What holds between the events of a batch need not; after each batch all of it must.
    void check() const {
        std::int64_t all = 0;
        for (const auto& [account, balance] : balances) all += balance;
        REQUIRE(all == 0);
        for (const Id& account : controls) {
            CAPTURE(to_string(account));
            const auto items_base = item_bases.find(account);
            const std::int64_t open = items_base == item_bases.end() ? 0 : items_base->second;
            REQUIRE(balance_of(account) == open);
        }
        // The tax accounts hold what no return has said yet.
        for (const auto& [account, tax] : taxes) {
            CAPTURE(to_string(account));
            REQUIRE(balance_of(account) == tax);
        }
        REQUIRE(balance_of(conversion) == 0);
        REQUIRE(balance_of(adjustment) == 0);  // Taken back by the batch that made it.
        check_waiting();
    }

    // Tax on cash basis waits for exactly the share of its document that is not settled.
    void check_waiting() const {
        std::map<Id, std::int64_t> by_account;
        for (const auto& [document, taxes_of] : waiting) {
            CAPTURE(to_string(document));
            std::int64_t gross = 0;
            std::int64_t open = 0;
            for (std::uint16_t part = 1; part <= parts.at(document); ++part) {
                gross += items.at({document, part}).amount.minor();
                open += items.at({document, part}).open.minor();
            }
            for (const Waiting& tax : taxes_of) {
                const std::int64_t settled = gross - open;
                const std::int64_t due = nearest(tax.whole * settled, gross);
                REQUIRE(tax.left == tax.whole - due);
                by_account[tax.account] += tax.side == TaxSide::input ? tax.left : -tax.left;
            }
        }
        for (const auto& [account, sum] : by_account) REQUIRE(balance_of(account) == sum);
    }
    // a / b, halves to even.
    static std::int64_t nearest(std::int64_t a, std::int64_t b) {
        if (b < 0) return nearest(-a, -b);
        const std::int64_t floor = a / b - (a % b < 0 ? 1 : 0);
        const std::int64_t twice = 2 * (a - floor * b);
        if (twice != b) return floor + (twice > b ? 1 : 0);
        return floor + (floor % 2 == 0 ? 0 : 1);
    }

    // On every day the control accounts are the sum of what was open, and no item is ever settled
    // beyond its amount.
    void check_every_day() const {
        for (const auto& [place, difference] : control_differences) {
            CAPTURE(to_string(place.second));
            REQUIRE(difference == 0);
        }
        for (const auto& [name, item] : items) {
            CAPTURE(to_string(name.first));
            std::int64_t open = 0;
            for (const auto& [day, change] : item.changes) {
                open += change;
                REQUIRE(open >= std::min<std::int64_t>(0, item.amount.minor()));
                REQUIRE(open <= std::max<std::int64_t>(0, item.amount.minor()));
            }
            REQUIRE(open == item.open.minor());
        }
    }

    [[nodiscard]] std::int64_t balance_of(const Id& account) const {
        const auto found = balances.find(account);
        return found == balances.end() ? 0 : found->second;
    }
    [[nodiscard]] const Month* month_of(Date day) const {
        auto after = months.upper_bound(day);
        if (after == months.begin()) return nullptr;
        --after;
        return day <= after->second.last ? &after->second : nullptr;
    }

    std::map<Id, std::int64_t> balances;  // In base; a debit is positive.
    std::map<std::pair<Id, Currency>, std::int64_t> currency_balances;
    std::set<Id> controls;
    std::map<ItemName, Item> items;
    std::map<Id, std::int64_t> item_bases;  // By account.
    // What a control account moved less what its items did, by account and accounting date.
    std::map<std::pair<Id, Date>, std::int64_t> control_differences;
    std::map<Id, std::int64_t> taxes;  // By tax account, as it must be balanced.
    std::map<Date, Month> months;
    std::map<std::pair<Id, Id>, std::uint32_t> numbers;
    std::map<Id, EntryKind> entries;
    std::set<Id> reversed;
    std::set<Id> allocations;  // In force, and not of a reversal.
    std::set<std::string> letterings;
    struct Waiting {
        Id tax_code;
        Rate rate;
        TaxSide side = TaxSide::none;
        Id account;
        std::int64_t whole = 0;  // In base currency.
        std::int64_t left = 0;
    };
    std::map<Id, std::vector<Waiting>> waiting;  // By document.
    std::map<Id, std::uint16_t> parts;
    Id conversion = id_from_code("588000");
    Id adjustment = id_from_code("478800");

 private:
    void add(const AccountOpened& event) {
        if (event.control() != ControlKind::none) controls.insert(read(event.account()));
    }
    void add(const FiscalYearOpened& event) {
        for (const Period* period : *event.periods()) {
            months[read(period->first())] = Month{.last = read(period->last())};
        }
    }
    void set_status(const Period& period, PeriodStatus status) {
        months.at(read(period.first())).status = status;
    }

    void add(const EntryPosted& entry) {
        const Id id = read(entry.entry());
        CAPTURE(to_string(id));
        REQUIRE(entries.emplace(id, entry.kind()).second);
        std::uint32_t& number = numbers[{read(entry.journal()), read(entry.year())}];
        REQUIRE(entry.number() == ++number);
        const Month* month = month_of(read(entry.accounting_date()));
        REQUIRE(month != nullptr);
        const bool may_enter =
            month->status == PeriodStatus::open ||
            (month->status == PeriodStatus::soft_closed && entry.kind() == EntryKind::adjustment);
        REQUIRE(may_enter);

        std::map<Currency, std::int64_t> sums;
        std::int64_t base = 0;
        for (const EntryLine* line : *entry.lines()) {
            const Id account = read(line->account());
            const Money amount = read(line->amount());
            sums[amount.currency()] += amount.minor();
            base += line->base_minor();
            balances[account] += line->base_minor();
            currency_balances[{account, amount.currency()}] += amount.minor();
            REQUIRE(controls.contains(account) == !read(line->party()).is_none());
            if (!controls.contains(account)) continue;
            control_differences[{account, read(entry.accounting_date())}] += line->base_minor();
        }
        REQUIRE(base == 0);
        for (const auto& [currency, sum] : sums) REQUIRE(sum == 0);
        add_items(entry);
        add_taxes(entry);
        add_waiting(entry);
    }
    void add_waiting(const EntryPosted& entry) {
        if (entry.deferred_taxes() == nullptr) return;
        const bool is_release = entry.kind() == EntryKind::tax_release;
        std::vector<Waiting>& taxes_of = waiting[read(is_release ? entry.source() : entry.entry())];
        for (const DeferredTax* tag : *entry.deferred_taxes()) {
            if (!is_release) {
                taxes_of.push_back(
                    {read(tag->tax_code()),
                     read(tag->rate()),
                     tag->side(),
                     read(tag->account()),
                     tag->tax_minor(),
                     tag->tax_minor()}
                );
                continue;
            }
            const auto tax = std::ranges::find_if(taxes_of, [&](const Waiting& each) {
                return each.tax_code == read(tag->tax_code()) && each.rate == read(tag->rate()) &&
                       each.side == tag->side();
            });
            REQUIRE(tax != taxes_of.end());
            tax->left += tag->tax_minor();
        }
        if (!is_release) {
            const std::size_t count = entry.items() == nullptr ? 0 : entry.items()->size();
            parts[read(entry.entry())] = static_cast<std::uint16_t>(count);
        }
    }
    void add_items(const EntryPosted& entry) {
        if (entry.items() == nullptr) return;
        for (const OpenedItem* opened : *entry.items()) {
            const EntryLine& line = *entry.lines()->Get(opened->line());
            const Date day = read(entry.accounting_date());
            const Item item{
                .account = read(line.account()),
                .party = read(line.party()),
                .amount = read(line.amount()),
                .open = read(line.amount()),
                .base_minor = line.base_minor(),
                .changes = {{day, read(line.amount()).minor()}}};
            control_differences[{item.account, day}] -= item.base_minor;
            REQUIRE(!item.party.is_none());
            REQUIRE(items.emplace(ItemName{read(opened->document()), opened->part()}, item).second);
            item_bases[item.account] += item.base_minor;
        }
    }
    void add_taxes(const EntryPosted& entry) {
        if (entry.taxes() == nullptr) return;
        for (const TaxTag* tag : *entry.taxes()) {
            if (tag->tax_minor() == 0) continue;
            const Id account = read(entry.lines()->Get(tag->line())->account());
            const bool is_output = tag->side() == TaxSide::output;
            taxes[account] += is_output ? -tag->tax_minor() : tag->tax_minor();
        }
    }
    void add(const TaxReturnFiled& event) {
        for (const TaxTotal* total : *event.totals()) {
            if (total->tax_minor() == 0) continue;
            const bool is_output = total->side() == TaxSide::output;
            taxes[read(total->account())] += is_output ? total->tax_minor() : -total->tax_minor();
        }
    }

    // What is left of an item is between zero and its amount, in money and in base.
    void settle(const SettledItem& settled, std::int64_t sign, Date day) {
        Item& item = items.at({read(settled.document()), settled.part()});
        const std::int64_t open = item.open.minor() - sign * read(settled.amount()).minor();
        item.open = Money::from_minor(open, item.amount.currency());
        item.base_minor -= sign * settled.base_minor();
        item_bases[item.account] -= sign * settled.base_minor();
        item.changes[day] -= sign * read(settled.amount()).minor();
        control_differences[{item.account, day}] += sign * settled.base_minor();
        REQUIRE(open >= std::min<std::int64_t>(0, item.amount.minor()));
        REQUIRE(open <= std::max<std::int64_t>(0, item.amount.minor()));
        if (open == 0) REQUIRE(item.base_minor == 0);
    }
    void add(const AllocationMade& event) {
        const Id id = read(event.allocation());
        std::int64_t sum = 0;
        for (const SettledItem* settled : *event.items()) {
            settle(*settled, 1, read(event.accounting_date()));
            sum += read(settled->amount()).minor();
            items.at({read(settled->document()), settled->part()}).allocations.insert(id);
        }
        REQUIRE(sum == 0);
        REQUIRE(letterings.insert(event.lettering()->str()).second);
        if (!event.is_final()) REQUIRE(allocations.insert(id).second);
    }
    void add(const AllocationUndone& event) {
        const Id id = read(event.allocation());
        REQUIRE(allocations.erase(id) == 1);
        for (const SettledItem* settled : *event.items()) {
            settle(*settled, -1, read(event.accounting_date()));
            items.at({read(settled->document()), settled->part()}).allocations.erase(id);
        }
    }
};

}  // namespace daybook::accounting
