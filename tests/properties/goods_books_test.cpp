// The whole engine over random histories of purchases, deliveries, returns and counts, with days in
// any order and periods that close: after each batch the stock account is, on each day, what
// inventory's events say, and what waits is never beyond zero.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "engine/base/prng.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"
#include "tests/support/command_desk.hpp"
#include "tests/support/seed.hpp"

namespace daybook {
namespace {

std::uint32_t code(const char* identifier) {
    return flatbuffers::ReadScalar<std::uint32_t>(identifier);
}

class Company {
 public:
    Company(std::string_view matching, std::uint64_t seed) : prng_(seed) {
        must("accounting.ConfigureBook", R"({"name": "Test", "base_currency": "EUR"})");
        must("accounting.AdoptChart", R"({"chart": "pcg"})");
        must("accounting.AdoptChart", R"({"chart": "pcg_goods"})");
        must(
            "accounting.OpenFiscalYear",
            R"({"year": "2026", "first": "2026-01-01", "last": "2026-12-31"})"
        );
        must("accounting.ChooseGoodsMatching", fmt::format(R"({{"matching": "{}"}})", matching));
        must("crm.RegisterParty", R"({"party": "C-1", "kind": "organisation", "name": "x"})");
        must("crm.RegisterParty", R"({"party": "S-1", "kind": "organisation", "name": "y"})");
        must("sales.DefineNumberSeries", R"({"series": "F", "pattern": "F{number:6}",
            "is_default_for_invoices": true})");
        must("sales.DefineItem", R"({"item": "PEN", "name": "Pen", "posting_group": "GOODS"})");
        must(
            "inventory.DefineLocation",
            R"({"location": "MAIN", "name": "Main", "kind": "internal"})"
        );
        must("inventory.DefineStockItem", R"({"item": "PEN", "kind": "stockable", "name": "Pen",
            "posting_group": "GOODS"})");
        must(
            "inventory.SetValuationPolicy",
            fmt::format(
                R"({{"method": "{}", "scope": "company", "from": "2026-01-01"}})",
                seed % 2 == 0 ? "fifo" : "moving_average"
            )
        );
        must("purchasing.SetSupplierTerms", R"({"supplier": "S-1", "currency": "EUR"})");
        must("purchasing.SetPurchasingPolicy", R"({"order_free_up_to": "EUR 1000000.00",
            "bill_price": "100%", "bill_price_max": "EUR 100000.00"})");
        must("purchasing.DefinePurchaseItem", R"({"item": "PEN", "name": "Pen", "kind": "goods"})");
    }

    void work() {
        switch (prng_.below(9)) {
            case 0:
            case 1: return receive();
            case 2:
            case 3: return deliver();
            case 4: return bill(any_order());
            case 5:
                return (void)send(
                    "sales.IssueInvoice",
                    fmt::format(R"({{"invoice": "{}", "order": "O-{}"}})", new_id("I"), any_sale())
                );
            case 6:
                return (void)send(
                    "sales.AcceptReturn",
                    fmt::format(
                        R"({{"goods_return": "{}", "delivery": "D-{}", "date": "{}", "lines":
                    [{{"delivery_line": 1, "quantity": "1.000"}}]}})",
                        new_id("R"),
                        any_sale(),
                        day()
                    )
                );
            case 7:
                return (void)send(
                    "inventory.AdjustStock",
                    fmt::format(
                        R"({{"adjustment": "{}", "location": "MAIN", "date": "{}", "lines":
                    [{{"item": "PEN", "quantity": "{}.000"}}]}})",
                        new_id("A"),
                        day(),
                        prng_.between(-3, 3)
                    )
                );
            default:
                return (void)send(
                    "purchasing.ReturnGoods",
                    fmt::format(
                        R"({{"goods_return": "{}", "receipt": "GR-{}", "reason": "damaged",
                    "is_replaced": false, "date": "{}", "lines":
                    [{{"receipt_line": 1, "quantity": "1.000"}}]}})",
                        new_id("T"),
                        any_order(),
                        day()
                    )
                );
        }
    }
    void close(std::string_view period) {
        must("accounting.ClosePeriod", fmt::format(R"({{"period": "{}"}})", period));
    }
    void bill_everything() {
        for (std::int64_t order = 1; order <= orders_; ++order) bill(order);
    }
    [[nodiscard]] std::int64_t balance(const char* account) {
        return balances_[id_from_code(account)];
    }
    std::size_t accepted = 0;
    std::size_t restated = 0;

 private:
    bool send(std::string_view command, const std::string& body) {
        INFO(command, " ", body);
        if (!desk_.send(command, body)) return false;
        ++accepted;
        for (const EventBytes event : desk_.batch()) add(event);
        for (const auto& [day, difference] : differences_) REQUIRE(difference == 0);
        // Never a debit: nothing is billed as received that was not.
        CHECK(balance("408100") <= 0);
        CHECK(balance("478200") == 0);
        return true;
    }
    void must(std::string_view command, const std::string& body) {
        const bool is_accepted = send(command, body);
        REQUIRE_MESSAGE(is_accepted, command, " ", body, ": ", desk_.rule);
    }
    void add(const EventBytes& event) {
        const auto module = header_of(event).module_();
        const auto* payload = payload_of(event).data();
        if (module == code("ACCT")) add_entry(*accounting::GetEventRecord(payload));
        if (module == code("INVT")) add_stock(*inventory::GetEventRecord(payload));
    }
    void add_entry(const accounting::EventRecord& record) {
        const auto* entry = record.event_as_EntryPosted();
        if (entry == nullptr) return;
        for (const accounting::EntryLine* line : *entry->lines()) {
            const Id account = read(line->account());
            balances_[account] += line->base_minor();
            if (account != id_from_code("370000")) continue;
            differences_[read(entry->accounting_date())] -= line->base_minor();
        }
    }
    void add_stock(const inventory::EventRecord& record) {
        if (const auto* moved = record.event_as_StockMoved(); moved != nullptr) {
            for (const inventory::StockLine* line : *moved->lines()) {
                differences_[read(moved->accounting_date())] += line->value().minor();
            }
        }
        if (const auto* revalued = record.event_as_StockRevalued(); revalued != nullptr) {
            for (const inventory::RevaluedLine* line : *revalued->lines()) {
                differences_[read(revalued->accounting_date())] += line->to_stock().minor();
            }
        }
        if (const auto* restated_costs = record.event_as_CostRestated()) {
            ++restated;
            for (const inventory::RestatedLine* line : *restated_costs->lines()) {
                differences_[read(line->accounting_date())] +=
                    line->old_cost().minor() - line->new_cost().minor();
            }
        }
    }

    std::string new_id(const char* prefix) { return fmt::format("{}-{}", prefix, ++made_); }
    std::string day() { return fmt::format("2026-{:02}-{:02}", month(), prng_.between(1, 28)); }
    std::int64_t month() { return prng_.between(1, 12); }
    std::int64_t any_order() { return prng_.between(1, orders_ + 1); }
    std::int64_t any_sale() { return prng_.between(1, sales_ + 1); }

    void receive() {
        const std::int64_t order = ++orders_;
        must(
            "purchasing.PlaceOrder",
            fmt::format(
                R"({{"order": "PO-{}", "supplier": "S-1", "warehouse": "MAIN", "date": "2026-01-01",
                "lines": [{{"item": "PEN", "quantity": "{}.000", "price": "EUR {}.{:02}"}}]}})",
                order,
                prng_.between(1, 20),
                prng_.between(1, 9),
                prng_.between(0, 99)
            )
        );
        (void)send(
            "purchasing.ReceiveGoods",
            fmt::format(
                R"({{"receipt": "GR-{0}", "order": "PO-{0}", "date": "{1}"}})", order, day()
            )
        );
    }
    void bill(std::int64_t order) {
        const std::string price =
            prng_.chance(50) ? std::string{}
                             : fmt::format(R"(, "price": "EUR {}.00")", prng_.between(1, 9));
        (void)send(
            "purchasing.RecordSupplierBill",
            fmt::format(
                R"({{"bill": "{0}", "number": "{0}", "supplier": "S-1", "date": "{2}", "lines":
                [{{"order": "PO-{1}", "order_line": 1{3}}}]}})",
                new_id("B"),
                order,
                day(),
                price
            )
        );
    }
    void deliver() {
        const std::int64_t sale = ++sales_;
        must(
            "sales.ConfirmOrder",
            fmt::format(
                R"({{"order": "O-{}", "party": "C-1", "date": "2026-01-01", "currency": "EUR",
                "lines":
                [{{"item": "PEN", "quantity": "{}.000", "price": "EUR 9.00"}}]}})",
                sale,
                prng_.between(1, 8)
            )
        );
        (void)send(
            "sales.DeliverOrder",
            fmt::format(
                R"({{"delivery": "D-{0}", "order": "O-{0}", "warehouse": "MAIN", "date": "{1}"}})",
                sale,
                day()
            )
        );
    }

    Prng prng_;
    CommandDesk desk_{Date::of(2026, 12, 31)};
    std::uint64_t made_ = 0;
    std::int64_t orders_ = 0;
    std::int64_t sales_ = 0;
    std::map<Date, std::int64_t> differences_;  // Inventory's value less the account's, by day.
    std::map<Id, std::int64_t> balances_;
};

}  // namespace

TEST_CASE("the stock account is what inventory says, on each day, after each batch") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    std::size_t restated = 0;
    for (const char* matching : {"cost_at_delivery", "cost_at_invoice", "stock_variation"}) {
        for (std::uint64_t history = 0; history < 4; ++history) {
            CAPTURE(matching);
            CAPTURE(history);
            Company company{matching, seed + history};
            for (int i = 0; i < 200; ++i) {
                company.work();
                if (i == 100) company.close("2026-01");
                if (i == 150) company.close("2026-02");
            }
            company.bill_everything();
            CHECK(company.balance("408100") == 0);
            CHECK(company.accepted > 150);
            restated += company.restated;
        }
    }
    CHECK(restated > 100);
}

}  // namespace daybook
