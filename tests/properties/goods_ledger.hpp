// The accounting module alone, told by the events of other modules as they would come in one batch:
// it reacts, applies what it answers, and keeps the balance of every account.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/domain/accounting/books.hpp"

namespace daybook::accounting {

class GoodsLedger {
 public:
    GoodsLedger(std::string_view chart, GoodsMatching matching) {
        decide_and_apply(ConfigureBookT{.name = "Test", .base_currency = eur});
        decide_and_apply(AdoptChartT{.chart = id_from_code(chart)});
        decide_and_apply(AdoptChartT{.chart = id_from_code(std::string{chart} + "_goods")});
        decide_and_apply(OpenFiscalYearT{
            .year = id_from_code("2026"),
            .first = Date::of(2026, 1, 1),
            .last = Date::of(2026, 12, 31),
            .period_months = 1});
        decide_and_apply(ChooseGoodsMatchingT{.matching = matching});
        crm::PartyRegisteredT party;
        party.party = id_from_code("P-1");
        tell(party);
    }

    static constexpr Currency eur = static_cast<Currency>(978);

    // Another module's event that is only heard.
    template <class Event>
    void tell(const Event& event) {
        listen(books, *flatbuffers::GetRoot<typename Event::TableType>(bytes_of(event).data()));
    }
    // One that is answered. False if it is refused.
    template <class Event>
    bool post(const Event& event) {
        const Bytes bytes = bytes_of(event);
        Decision decision =
            react(books, *flatbuffers::GetRoot<typename Event::TableType>(bytes.data()), context);
        refusal = decision.refusal();
        if (decision.is_refused()) return false;
        apply_all(decision);
        return true;
    }
    template <class Command>
    void decide_and_apply(const Command& command) {
        const Bytes bytes = bytes_of(command);
        const auto& table = *flatbuffers::GetRoot<typename Command::TableType>(bytes.data());
        Decision decision;
        if constexpr (requires { decide(books, table, context); }) {
            decision = decide(books, table, context);
        } else {
            decision = decide(books, table);
        }
        refusal = decision.refusal();
        if (!decision.is_refused()) apply_all(decision);
    }

    [[nodiscard]] std::int64_t balance_of(AccountRole role, const Id& key = {}) const {
        const Id* account = books.roles.find({role, key});
        if (account == nullptr) account = books.roles.find({role, Id{}});
        REQUIRE(account != nullptr);
        const auto found = balances.find(*account);
        return found == balances.end() ? 0 : found->second;
    }
    // Income and expenses together: a loss is positive. What is being made is an asset or, where
    // stock variation is the way, a part of it.
    [[nodiscard]] std::int64_t result() const {
        std::int64_t sum = balance_of(AccountRole::work_in_progress);
        for (const auto& [account, balance] : balances) {
            const AccountType type = books.accounts.get(account).type;
            if (type == AccountType::income || type == AccountType::expense) sum += balance;
        }
        return sum;
    }
    // All stock accounts together.
    [[nodiscard]] std::int64_t stock() const {
        std::int64_t sum = 0;
        std::map<Id, bool> seen;
        for (const char* key : {"", "GOODS", "SUPPLIES"}) {
            const Id* account =
                books.roles.find({AccountRole::stock, *key == '\0' ? Id{} : id_from_code(key)});
            if (account == nullptr || std::exchange(seen[*account], true)) continue;
            const auto found = balances.find(*account);
            if (found != balances.end()) sum += found->second;
        }
        return sum;
    }

    Books books;
    Context context{.today = Date::of(2026, 12, 31)};
    Refusal refusal = Refusal::none;
    std::map<Id, std::int64_t> balances;
    std::map<Date, std::map<Id, std::int64_t>> day_changes;
    std::size_t entry_count = 0;
    std::vector<EntryPostedT> last_entries;  // Of the last answer.

 private:
    template <class Native>
    static Bytes bytes_of(const Native& native) {
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(Native::TableType::Pack(builder, &native));
        const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
        return {begin, begin + builder.GetSize()};
    }
    template <class Event>
    void apply_one(const Event& event) {
        const Bytes bytes = bytes_of(event);
        apply(books, *flatbuffers::GetRoot<typename Event::TableType>(bytes.data()));
    }
    void apply_all(const Decision& decision) {
        last_entries.clear();
        for (const EventRecordT& record : decision.events()) apply_record(record);
    }
    void apply_record(const EventRecordT& record) {
        switch (record.event.type) {
            case Event::BookConfigured: return apply_one(*record.event.AsBookConfigured());
            case Event::ChartAdopted: return apply_one(*record.event.AsChartAdopted());
            case Event::AccountOpened: return apply_one(*record.event.AsAccountOpened());
            case Event::JournalOpened: return apply_one(*record.event.AsJournalOpened());
            case Event::AccountAssigned: return apply_one(*record.event.AsAccountAssigned());
            case Event::TaxCodeDefined: return apply_one(*record.event.AsTaxCodeDefined());
            case Event::TaxRateSet: return apply_one(*record.event.AsTaxRateSet());
            case Event::FiscalYearOpened: return apply_one(*record.event.AsFiscalYearOpened());
            case Event::PeriodClosed: return apply_one(*record.event.AsPeriodClosed());
            case Event::GoodsMatchingChosen:
                return apply_one(*record.event.AsGoodsMatchingChosen());
            case Event::GoodsMatched: return apply_one(*record.event.AsGoodsMatched());
            case Event::BillRecorded: return apply_one(*record.event.AsBillRecorded());
            case Event::AllocationMade: return apply_one(*record.event.AsAllocationMade());
            case Event::EntryPosted: return book(*record.event.AsEntryPosted());
            default: FAIL("an event that this test does not know");
        }
    }
    void book(const EntryPostedT& entry) {
        std::int64_t sum = 0;
        for (const EntryLine& line : entry.lines) {
            const Id account = flatbuffers::UnPack(line.account());
            balances[account] += line.base_minor();
            day_changes[entry.accounting_date][account] += line.base_minor();
            sum += line.base_minor();
        }
        CHECK(sum == 0);
        const OpenDays::Entry* period = books.days.period_of(entry.accounting_date);
        REQUIRE(period != nullptr);
        CHECK(OpenDays::is_open(*period));
        ++entry_count;
        last_entries.push_back(entry);
        apply_one(entry);
    }
};

}  // namespace daybook::accounting
