// A company whose modules run as in the engine, without log or thread, told by commands of the
// object API: thousands of short histories in a second. After each batch its books are checked
// against sums of their own: entries balance, the stock accounts are what inventory says on each
// day, and goods received and not invoiced are what purchasing says and never less than nothing,
// on any day.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/runtime/book.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/inventory.hpp"
#include "schemas/purchasing.hpp"
#include "schemas/sales.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::trade {

[[nodiscard]] inline Id id(const std::string& code) {
    return id_from_code(code);
}
[[nodiscard]] inline Money euros(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}
[[nodiscard]] inline Currency usd() {
    return *currency_from_code("USD");
}
[[nodiscard]] inline Quantity pieces(std::int64_t milli) {
    return Quantity::from_milli(milli);
}

struct Setting {
    accounting::GoodsMatching matching = accounting::GoodsMatching::cost_at_delivery;
    inventory::ValuationMethod method = inventory::ValuationMethod::fifo;
    std::int64_t tolerance_percent = 0;
    bool lands_costs = true;       // On goods that are there already, or gone.
    bool allows_negative = false;  // Goods may leave that have not come in yet.
};

// What moved, by what was given: places in time, quantities, and what came in by itself is worth.
struct Moved {
    Date date;
    std::uint64_t sequence = 0;
    std::int64_t quantity = 0;
    std::int64_t value = 0;
    std::uint64_t original = 0;  // The line that it brings a part back of.
};

// What one history did to the accounts that goods pass through, in base currency.
struct Sums {
    std::int64_t received_not_invoiced = 0;  // A credit is negative, as in the ledger.
    std::int64_t in_transit = 0;
    std::int64_t credit_expected = 0;
    std::int64_t delivered_not_invoiced = 0;
    std::int64_t price_variance = 0;
    std::int64_t stock = 0;
    std::int64_t payable = 0;
    std::int64_t receivable = 0;
    std::int64_t result = 0;  // Income and expenses together: a loss is positive.
    std::int64_t cost_of_sales = 0;
    std::int64_t left_cost = 0;  // What inventory says the goods cost that left and did not return.
    std::int64_t accrued = 0;    // What purchasing says is received and not invoiced.
    std::map<Date, std::int64_t> accrual_days;  // The account's changes by accounting date.
    std::vector<Moved> moved;                   // In the order in which it was learned.
    std::map<std::uint64_t, std::int64_t> delivery_costs;  // By the delivery's line: what it cost.
};

class Company {
 public:
    enum class Keeping : std::uint8_t { nothing, events };

    explicit Company(const Setting& setting, Keeping keeping = Keeping::nothing)
        : setting_(setting), keeping_(keeping) {
        group_.start(0);
        open_books();
        open_trade();
    }

    bool keep(auto command) {
        return submit<accounting::CommandRecordT>("accounting", std::move(command));
    }
    bool stock(auto command) {
        return submit<inventory::CommandRecordT>("inventory", std::move(command));
    }
    bool buy(auto command) {
        return submit<purchasing::CommandRecordT>("purchasing", std::move(command));
    }
    bool sell(auto command) { return submit<sales::CommandRecordT>("sales", std::move(command)); }
    // For what no rule may refuse.
    void must(bool is_accepted) const { REQUIRE_MESSAGE(is_accepted, rule_); }

    // Of the year 2026, from January on.
    void close_next_period() {
        const std::string period = fmt::format("2026-{:02}", ++closed_);
        must(keep(accounting::ClosePeriodT{.period = id(period)}));
    }

    [[nodiscard]] Id new_id(const char* prefix) { return id(prefix + std::to_string(++made_)); }
    // An item of its own, so that histories of one company do not meet.
    [[nodiscard]] Id new_item(const Id& group = {}) {
        const Id item = new_id("I-");
        inventory::DefineStockItemT stocked;
        stocked.item = item;
        stocked.group = group;
        stocked.kind = inventory::ItemKind::stockable;
        stocked.name = "Pen";
        stocked.posting_group = id("GOODS");
        must(stock(std::move(stocked)));
        return item;
    }
    [[nodiscard]] Id new_warehouse() {
        const Id made = new_id("W-");
        define_warehouse(made);
        return made;
    }
    // In another currency a credit that is expected may be less than nothing by the rates.
    void start_history(bool in_foreign_currency = false) {
        sums = {};
        is_foreign = in_foreign_currency;
    }
    // Another way from now on: nothing waits, so nothing keeps it from being chosen.
    void choose(accounting::GoodsMatching matching) {
        must(keep(accounting::ChooseGoodsMatchingT{.matching = matching}));
        setting_.matching = matching;
    }
    // What happened since the last time, batch by batch.
    void append_kept_to(Log& log) {
        for (const std::vector<Bytes>& batch : kept_) {
            const std::vector<EventBytes> group{batch.begin(), batch.end()};
            REQUIRE(log.append(group));
        }
        kept_.clear();
    }
    // Of the last command: the rule that refused it.
    [[nodiscard]] const std::string& rule() const { return rule_; }

    Sums sums;
    bool is_foreign = false;
    std::size_t accepted = 0;
    std::size_t restated = 0;
    Id actor = id("anna");
    // Called with each event of purchasing that was accepted.
    std::function<void(const purchasing::EventRecord&)> on_purchase;
    // The same of inventory.
    std::function<void(const inventory::EventRecord&)> on_stock;

 private:
    template <class Record, class Command>
    bool submit(std::string_view module, Command command) {
        Record record;
        record.command.Set(std::move(command));
        builder_.Clear();
        builder_.Finish(Record::TableType::Pack(builder_, &record));
        const auto* begin = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
        CommandMessage message{.id = Id{1, ++sent_}, .actor = actor};
        message.payload.assign(begin, begin + builder_.GetSize());
        for (const DomainModule& each : domain_modules()) {
            if (each.name == module) message.module = &each;
        }
        const auto slot = static_cast<std::size_t>(message.module - domain_modules().data());
        const auto view = message.module->verify_command(message.payload);
        REQUIRE(view.has_value());
        group_.start(group_.next_position());
        const auto refused = book_.decide(
            {.message = message, .record = *view, .slot = slot, .now = clock_.now()}, group_
        );
        rule_ = refused ? refused->rule : "";
        if (refused) return false;
        ++accepted;
        check_batch();
        return true;
    }

    void check_batch() {
        differences_.clear();
        for (std::size_t i = 0; i < group_.event_count(); ++i) add(group_.event(i));
        for (const auto& [day, difference] : differences_) REQUIRE(difference == 0);
        const bool accrues = setting_.matching != accounting::GoodsMatching::stock_variation;
        REQUIRE(sums.received_not_invoiced == (accrues ? -sums.accrued : 0));
        REQUIRE(sums.accrued >= 0);
        REQUIRE(sums.price_variance == 0);
        REQUIRE(sums.in_transit >= 0);
        if (!is_foreign) REQUIRE(sums.credit_expected >= 0);
        std::int64_t accrual = 0;
        for (const auto& [day, change] : sums.accrual_days) {
            accrual += change;
            REQUIRE(accrual <= 0);
        }
        if (keeping_ == Keeping::nothing) return;
        kept_.emplace_back();
        for (std::size_t i = 0; i < group_.event_count(); ++i) {
            const EventBytes event = group_.event(i);
            kept_.back().emplace_back(event.begin(), event.end());
        }
    }
    static std::uint32_t code(const char* identifier) {
        return flatbuffers::ReadScalar<std::uint32_t>(identifier);
    }
    void add(const EventBytes& event) {
        static const std::uint32_t books = code("ACCT");
        static const std::uint32_t stock = code("INVT");
        static const std::uint32_t purchases = code("PURC");
        const auto module = header_of(event).module_();
        const auto* payload = payload_of(event).data();
        if (module == books) add_entry(*accounting::GetEventRecord(payload));
        if (module == stock) add_stock(*inventory::GetEventRecord(payload));
        if (module == purchases) add_purchase(*purchasing::GetEventRecord(payload));
    }
    void add_entry(const accounting::EventRecord& record) {
        const auto* entry = record.event_as_EntryPosted();
        if (entry == nullptr) return;
        const Date day = read(entry->accounting_date());
        std::int64_t sum = 0;
        for (const accounting::EntryLine* line : *entry->lines()) {
            const std::int64_t minor = line->base_minor();
            sum += minor;
            const Id account = read(line->account());
            if (std::int64_t* balance = balance_of(account)) *balance += minor;
            if (account == accounts_.received_not_invoiced) sums.accrual_days[day] += minor;
            if (account == accounts_.stock) differ(day, -minor);
            const auto kind = static_cast<char>(account.high >> 56);
            if (kind >= '4' && kind <= '6') sums.result += minor;
        }
        REQUIRE(sum == 0);
    }
    std::int64_t* balance_of(const Id& account) {
        if (account == accounts_.received_not_invoiced) return &sums.received_not_invoiced;
        if (account == accounts_.in_transit) return &sums.in_transit;
        if (account == accounts_.credit_expected) return &sums.credit_expected;
        if (account == accounts_.delivered_not_invoiced) return &sums.delivered_not_invoiced;
        if (account == accounts_.price_variance) return &sums.price_variance;
        if (account == accounts_.stock) return &sums.stock;
        if (account == accounts_.payable) return &sums.payable;
        if (account == accounts_.receivable) return &sums.receivable;
        if (account == accounts_.cost_of_sales) return &sums.cost_of_sales;
        return nullptr;
    }
    void differ(Date day, std::int64_t minor) {
        for (auto& [known, difference] : differences_) {
            if (known != day) continue;
            difference += minor;
            return;
        }
        differences_.emplace_back(day, minor);
    }
    static bool is_cost_of_sale(inventory::MoveReason reason) {
        return reason == inventory::MoveReason::delivery ||
               reason == inventory::MoveReason::customer_return ||
               reason == inventory::MoveReason::landed_cost ||
               reason == inventory::MoveReason::true_up;
    }
    // What a returned line is worth beyond its standard.
    static std::int64_t variance_of(
        const inventory::StockMoved& moved, const inventory::StockLine& line
    ) {
        if (moved.variances() == nullptr) return 0;
        for (const inventory::LineVariance* variance : *moved.variances()) {
            if (variance->sequence() == line.sequence()) return variance->amount().minor();
        }
        return 0;
    }
    void add_stock(const inventory::EventRecord& record) {
        if (on_stock) on_stock(record);
        if (const auto* moved = record.event_as_StockMoved()) {
            for (const inventory::StockLine* line : *moved->lines()) {
                differ(read(moved->accounting_date()), line->value().minor());
                if (is_cost_of_sale(line->reason())) {
                    sums.left_cost -= line->value().minor() + variance_of(*moved, *line);
                }
                add_moved(read(moved->date()), *line);
            }
            add_true_ups(moved->true_ups());
        }
        if (const auto* revalued = record.event_as_StockRevalued()) {
            for (const inventory::RevaluedLine* line : *revalued->lines()) {
                differ(read(revalued->accounting_date()), line->to_stock().minor());
                if (is_cost_of_sale(line->reason())) sums.left_cost += line->to_sold().minor();
            }
            add_changes(revalued->issues());
        }
        if (const auto* costs = record.event_as_CostRestated()) {
            ++restated;
            for (const inventory::RestatedLine* line : *costs->lines()) {
                const std::int64_t more = line->new_cost().minor() - line->old_cost().minor();
                differ(read(line->accounting_date()), -more);
                if (is_cost_of_sale(line->reason())) sums.left_cost += more;
            }
            add_changes(costs->issues());
            add_true_ups(costs->true_ups());
        }
    }
    void add_moved(Date date, const inventory::StockLine& line) {
        const std::int64_t quantity = read(line.quantity()).milli();
        const std::int64_t value = line.value().minor();
        if (quantity == 0) return;
        sums.moved.push_back({date, line.sequence(), quantity, value, line.original()});
        if (line.reason() != inventory::MoveReason::delivery) return;
        sums.delivery_costs[line.sequence()] -= value;
    }
    void add_true_ups(const flatbuffers::Vector<const inventory::TrueUp*>* all) {
        if (all == nullptr) return;
        for (const inventory::TrueUp* one : *all) sums.delivery_costs[one->issue()] += one->minor();
    }
    void add_changes(const flatbuffers::Vector<const inventory::IssueChange*>* all) {
        if (all == nullptr) return;
        for (const inventory::IssueChange* one : *all) {
            sums.delivery_costs[one->sequence()] += one->minor();
        }
    }
    void add_purchase(const purchasing::EventRecord& record) {
        if (const auto* received = record.event_as_GoodsReceived()) {
            for (const purchasing::ReceivedLine* line : *received->lines()) {
                sums.accrued += line->value().minor() - line->billed_before().minor();
            }
        }
        if (const auto* returned = record.event_as_GoodsReturnedToSupplier()) {
            for (const purchasing::ReturnedLine* line : *returned->lines()) {
                sums.accrued -= line->accrued().minor();
            }
        }
        if (const auto* bill = record.event_as_BillMatched()) {
            for (const purchasing::MatchedLine* line : *bill->lines()) {
                if (line->kind() != purchasing::MatchKind::received) continue;
                sums.accrued -= line->value().minor();
            }
        }
        if (on_purchase) on_purchase(record);
    }

    void open_books() {
        must(keep(accounting::ConfigureBookT{.name = "Test", .base_currency = Currency::eur}));
        must(keep(accounting::AdoptChartT{.chart = id("general")}));
        must(keep(accounting::AdoptChartT{.chart = id("general_goods")}));
        must(keep(accounting::OpenFiscalYearT{
            .year = id("2026"),
            .first = Date::of(2026, 1, 1),
            .last = Date::of(2026, 12, 31),
            .period_months = 1}));
        must(keep(accounting::ChooseGoodsMatchingT{.matching = setting_.matching}));
        must(keep(accounting::PublishExchangeRateT{
            .currency = usd(),
            .rate = ExchangeRate::from_micro(912'345),
            .date = Date::of(2026, 1, 1)}));
    }
    void define_warehouse(const Id& warehouse) {
        inventory::DefineLocationT place;
        place.location = warehouse;
        place.name = to_string(warehouse);
        place.kind = inventory::LocationKind::internal;
        must(stock(std::move(place)));
    }
    void open_trade() {
        for (const char* code : {"S-0", "S-1", "C-1"}) {
            crm::RegisterPartyT party;
            party.party = id(code);
            party.kind = crm::PartyKind::organisation;
            party.name = code;
            must(submit<crm::CommandRecordT>("crm", std::move(party)));
        }
        define_warehouse(id("MAIN"));
        inventory::SetValuationPolicyT policy;
        policy.method = setting_.method;
        policy.scope = inventory::ValuationScope::company;
        policy.from = Date::of(2026, 1, 1);
        must(stock(std::move(policy)));
        inventory::SetStockRulesT rules_of_stock;
        rules_of_stock.allows_negative = setting_.allows_negative;
        must(stock(std::move(rules_of_stock)));
        purchasing::SetPurchasingPolicyT rules;
        rules.over_delivery = Rate::from_ppm(setting_.tolerance_percent * 10'000);
        rules.bill_quantity = Rate::from_ppm(setting_.tolerance_percent * 5'000);
        rules.bill_price = Rate::from_ppm(30'000);
        rules.order_free_up_to = euros(100'000'000);
        must(buy(std::move(rules)));
        for (const auto& [series, is_invoice] : {std::pair{"F", true}, std::pair{"A", false}}) {
            sales::DefineNumberSeriesT numbers;
            numbers.series = id(series);
            numbers.pattern = std::string{series} + "{number:6}";
            numbers.is_default_for_invoices = is_invoice;
            numbers.is_default_for_credit_notes = !is_invoice;
            must(sell(std::move(numbers)));
        }
    }

    struct Accounts {
        Id received_not_invoiced = id("2150");
        Id in_transit = id("1210");
        Id credit_expected = id("1360");
        Id delivered_not_invoiced = id("1220");
        Id price_variance = id("5050");
        Id stock = id("1200");
        Id payable = id("2000");
        Id receivable = id("1100");
        Id cost_of_sales = id("5000");
    };

    Setting setting_;
    Keeping keeping_;
    std::vector<std::vector<Bytes>> kept_;
    Accounts accounts_;
    FakeClock clock_{Date::of(2026, 12, 31)};
    int closed_ = 0;
    Book book_ = std::move(Book::make(domain_modules(), {})).value();
    GroupBuffer group_;
    flatbuffers::FlatBufferBuilder builder_;
    std::uint64_t sent_ = 0;
    std::uint64_t made_ = 0;
    std::string rule_;
    // Of the batch: inventory's value less the account's, by day.
    std::vector<std::pair<Date, std::int64_t>> differences_;
};

}  // namespace daybook::trade
