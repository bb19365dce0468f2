// AdventureWorks: a manufacturer's purchases, production, sales and deliveries in the order of
// their days. Documents, ledger and stock agree with the published figures, and with each other.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "connectors/files/undo.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/report.hpp"
#include "schemas/inventory.hpp"
#include "schemas/purchasing.hpp"
#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

// Sums over all events of the book, by exact integers.
struct TradeSums {
    std::int64_t purchase_orders = 0;
    std::int64_t purchase_lines = 0;
    std::int64_t purchase_micro = 0;  // Nets and what their rounding left out.
    std::int64_t ordered_milli = 0;
    std::int64_t received_milli = 0;
    std::int64_t rejected_milli = 0;
    std::int64_t accepted_milli = 0;
    std::int64_t received_minor = 0;  // What the receipts are worth.
    std::int64_t sales_orders = 0;
    std::int64_t sales_lines = 0;
    std::int64_t sold_milli = 0;
    std::int64_t delivered_lines = 0;
    std::int64_t delivered_milli = 0;
    std::int64_t goods_minor = 0;  // Nets of invoices, by what they are for.
    std::int64_t freight_minor = 0;
    std::int64_t tax_minor = 0;
    std::int64_t rounding_micro = 0;
    std::map<std::string, std::int64_t> moved_milli;  // By reason.
    std::int64_t stock_minor = 0;                     // All that the stock gained and lost.
    std::string last_day;  // Of a delivery or receipt, while they come in order:
    bool is_in_order = true;
};

void see_day(TradeSums& sums, const wire::Date& date) {
    const std::string day = to_string(flatbuffers::UnPack(date));
    if (day < sums.last_day) sums.is_in_order = false;
    sums.last_day = day;
}

std::int64_t minor_of(const wire::Money& money) {
    return flatbuffers::UnPack(money).minor();
}
std::int64_t milli_of(const wire::Quantity& quantity) {
    return flatbuffers::UnPack(quantity).milli();
}

void add_purchase(TradeSums& sums, const purchasing::EventRecord& record) {
    if (const auto* order = record.event_as_OrderPlaced()) {
        ++sums.purchase_orders;
        sums.purchase_micro += minor_of(*order->net()) * 10'000 + order->rounding_micro();
        for (const auto* line : *order->lines()) {
            ++sums.purchase_lines;
            sums.ordered_milli += milli_of(line->quantity());
        }
    }
    if (const auto* receipt = record.event_as_GoodsReceived()) {
        see_day(sums, *receipt->date());
        sums.received_minor += minor_of(*receipt->value());
        for (const auto* line : *receipt->lines()) {
            sums.received_milli += milli_of(line->received());
            sums.rejected_milli += milli_of(line->rejected());
            sums.accepted_milli += milli_of(line->accepted());
        }
    }
}

void add_sale(TradeSums& sums, const sales::EventRecord& record) {
    if (const auto* order = record.event_as_OrderConfirmed()) {
        ++sums.sales_orders;
        for (const auto* line : *order->lines()) {
            if (line->kind() != sales::LineKind::item) continue;
            ++sums.sales_lines;
            sums.sold_milli += milli_of(line->quantity());
        }
    }
    if (const auto* delivery = record.event_as_GoodsDelivered()) {
        see_day(sums, *delivery->date());
        for (const auto* line : *delivery->lines()) {
            ++sums.delivered_lines;
            sums.delivered_milli += milli_of(line->quantity());
        }
    }
    if (const auto* invoice = record.event_as_InvoiceIssued()) {
        sums.rounding_micro += invoice->rounding_micro();
        for (const auto* line : *invoice->lines()) {
            const std::int64_t net = minor_of(line->net());
            const std::string group = to_string(flatbuffers::UnPack(line->posting_group()));
            if (line->kind() == sales::LineKind::item) sums.goods_minor += net;
            if (group == "carriage") sums.freight_minor += net;
            if (group == "sales-tax") sums.tax_minor += net;
        }
    }
}

void add_stock(TradeSums& sums, const inventory::EventRecord& record) {
    if (const auto* moved = record.event_as_StockMoved()) {
        for (const auto* line : *moved->lines()) {
            sums.moved_milli[inventory::EnumNameMoveReason(line->reason())] +=
                milli_of(line->quantity());
            sums.stock_minor += minor_of(line->value());
        }
    }
    if (const auto* revalued = record.event_as_StockRevalued()) {
        for (const auto* line : *revalued->lines()) sums.stock_minor += minor_of(line->to_stock());
    }
    if (const auto* restated = record.event_as_CostRestated()) {
        for (const auto* line : *restated->lines()) {
            sums.stock_minor += minor_of(line->old_cost()) - minor_of(line->new_cost());
        }
    }
}

template <class Record>
const Record* record_of(EventBytes event, const char* identifier) {
    if (header_of(event).module_() != flatbuffers::ReadScalar<std::uint32_t>(identifier)) {
        return nullptr;
    }
    return flatbuffers::GetRoot<Record>(payload_of(event).data());
}

TradeSums trade_of(const Log& log) {
    TradeSums sums;
    for_each_event(log, [&](EventBytes event) {
        if (const auto* record =
                record_of<purchasing::EventRecord>(event, purchasing::EventRecordIdentifier())) {
            add_purchase(sums, *record);
        }
        if (const auto* record =
                record_of<sales::EventRecord>(event, sales::EventRecordIdentifier())) {
            add_sale(sums, *record);
        }
        if (const auto* record =
                record_of<inventory::EventRecord>(event, inventory::EventRecordIdentifier())) {
            add_stock(sums, *record);
        }
    });
    return sums;
}

void say_problems(const ImportSummary& summary) {
    for (const PassSummary& pass : summary.passes) {
        CHECK_MESSAGE(pass.documents.reported == 0, pass.name);
        for (const auto& [reason, count] : pass.reasons)
            MESSAGE(pass.name, ": ", count, " ", reason);
    }
}

const PassSummary& pass_named(const ImportSummary& summary, std::string_view name) {
    for (const PassSummary& pass : summary.passes) {
        if (pass.name == name) return pass;
    }
    FAIL("no pass of that name");
    return summary.passes.front();
}

std::string imported(
    const PassSummary& pass, const std::string& total, const std::string& by = ""
) {
    return pass.totals.at(total).at(by).imported.text();
}

// A figure that the file gives as a number or as a text with trailing zeros.
std::int64_t figure_micro(const boost::json::value& figure) {
    if (figure.is_int64()) return figure.as_int64() * 1'000'000;
    return micro_of(figure.as_string());
}

void check_totals(const ImportSummary& trade, const boost::json::object& figures) {
    const boost::json::object& sales = figures.at("sales").as_object();
    const PassSummary& deliveries = pass_named(trade, "deliveries");
    const PassSummary& orders = pass_named(trade, "sales_orders");
    const auto equals = [](const std::string& total, const boost::json::value& figure) {
        CHECK(micro_of(total) == figure_micro(figure));
    };
    equals(imported(deliveries, "orders"), sales.at("orders"));
    equals(imported(orders, "lines"), sales.at("lines"));
    equals(imported(orders, "units"), sales.at("units"));
    equals(imported(orders, "net"), sales.at("LineTotal"));
    equals(imported(deliveries, "subtotal"), sales.at("SubTotal"));
    equals(imported(deliveries, "tax"), sales.at("TaxAmt"));
    equals(imported(deliveries, "freight"), sales.at("Freight"));
    equals(imported(deliveries, "due"), sales.at("TotalDue"));
    equals(imported(deliveries, "subtotal_by_channel", "online"), sales.at("online_SubTotal"));
    equals(imported(deliveries, "subtotal_by_channel", "reseller"), sales.at("reseller_SubTotal"));
    for (const auto& [year, sums] : sales.at("by_year").as_object()) {
        equals(imported(deliveries, "subtotal_by_year", year), sums.as_array().at(1));
    }
    for (const auto& [territory, sum] : sales.at("by_territory").as_object()) {
        equals(imported(deliveries, "subtotal_by_territory", territory), sum);
    }
    const boost::json::object& buying = figures.at("purchasing").as_object();
    const PassSummary& placed = pass_named(trade, "purchase_orders");
    const PassSummary& receipts = pass_named(trade, "receipts");
    equals(imported(placed, "lines"), buying.at("lines"));
    equals(imported(placed, "ordered"), buying.at("ordered"));
    equals(imported(placed, "net"), buying.at("LineTotal"));
    equals(imported(receipts, "received"), buying.at("received"));
    equals(imported(receipts, "rejected"), buying.at("rejected"));
    equals(imported(receipts, "stocked"), buying.at("stocked"));
    for (const auto& [name, pass] :
         {std::pair{"TransactionHistoryArchive", "made_before"},
          std::pair{"TransactionHistory", "made"}}) {
        const auto& types = figures.at(name).as_object().at("by_type").as_object();
        const PassSummary& history = pass_named(trade, pass);
        for (const auto& [type, sums] : types) {
            const std::string by{type};
            CHECK(
                micro_of(history.totals.at("rows").at(by).read.text()) ==
                figure_micro(sums.as_array().at(0))
            );
            CHECK(
                micro_of(history.totals.at("quantity").at(by).read.text()) ==
                figure_micro(sums.as_array().at(1))
            );
        }
    }
}

// Documents: as many as the files have, worth what they say to the last decimal.
void check_documents(const TradeSums& sums) {
    CHECK(sums.purchase_orders == 4'012);
    CHECK(sums.purchase_lines == 8'845);
    CHECK(sums.purchase_micro == 63'791'994'838'000);
    CHECK(sums.ordered_milli == 2'348'637'000);
    CHECK(sums.received_milli == 2'327'299'000);
    CHECK(sums.rejected_milli == 72'700'000);
    CHECK(sums.accepted_milli == 2'254'599'000);
    CHECK(sums.sales_orders == 31'465);
    CHECK(sums.sales_lines == 121'317);
    CHECK(sums.sold_milli == 274'914'000);
    CHECK(sums.delivered_lines == 121'317);
    CHECK(sums.delivered_milli == 274'914'000);
    CHECK(sums.is_in_order);
    // Lines add up to 109,846,381.399888, the orders' own subtotals to 109,846,381.4039: each of
    // those is rounded to four decimals. Tax and freight are exact in both.
    const std::int64_t minor = sums.goods_minor + sums.freight_minor + sums.tax_minor;
    CHECK(
        minor * 10'000 + sums.rounding_micro ==
        109'846'381'399'888 + 10'186'974'460'200 + 3'183'430'251'800
    );
}

void check_stock(const TradeSums& sums, const ImportSummary& trade) {
    const auto moved = [&](const char* reason) {
        const auto found = sums.moved_milli.find(reason);
        return found == sums.moved_milli.end() ? 0 : found->second;
    };
    CHECK(moved("purchase_receipt") == 2'254'599'000);
    CHECK(moved("delivery") == -274'914'000);
    CHECK(moved("production_receipt") == (2'694'181 + 1'067'345) * std::int64_t{1'000});
    const std::int64_t scrapped = micro_of(imported(pass_named(trade, "made_before"), "scrapped")) +
                                  micro_of(imported(pass_named(trade, "made"), "scrapped"));
    CHECK(moved("scrap") == -scrapped / 1'000);
}

// What the ledger has: each invoice's gross is owed, income and tax are the invoices' lines, and
// what was received is owed to suppliers whose bills the sample does not contain.
void check_ledger(const LedgerSums& ledger, const TradeSums& sums) {
    const auto balance = [&](const char* account) { return ledger.base_by_account.at(account); };
    CHECK(ledger.booked == 31'465);
    CHECK(balance("1100") == sums.goods_minor + sums.freight_minor + sums.tax_minor);
    CHECK(balance("4000") == -sums.goods_minor);
    CHECK(balance("4050") == -sums.freight_minor);
    CHECK(balance("2200") == -sums.tax_minor);
    CHECK(balance("2150") == -sums.received_minor);
    std::int64_t all = 0;
    for (const auto& [account, minor] : ledger.base_by_account) all += minor;
    CHECK(all == 0);
}

Result<ReportTable> ask(
    const Query& query,
    std::string_view name,
    std::map<std::string, std::string, std::less<>> options
) {
    const Report* report = find_report(registered_projections(), name);
    REQUIRE(report != nullptr);
    return run_report(*report, query, {.options = std::move(options)});
}

Money money_at(const ReportRow& row, std::size_t cell) {
    return std::get<Money>(row.cells.at(cell));
}

// The rows are right by their own checks, and the reports say what the events add up to.
void check_rows(const Log& log, const TradeSums& sums) {
    MemoryStore store;
    FollowerOptions options;
    options.projections = registered_projections();
    auto follower = Follower::open(log, store, options);
    REQUIRE(follower.ok());
    REQUIRE(follower.value()->catch_up().ok());
    const auto findings = follower.value()->run_checks();
    REQUIRE(findings.ok());
    for (const Finding& finding : findings.value()) {
        CHECK_MESSAGE(false, finding.where, ": ", finding.message);
    }
    const Query query = follower.value()->query();
    const auto proof = ask(query, "stock-proof", {});
    REQUIRE(proof.ok());
    const ReportRow& total = proof.value().rows.back();
    CHECK(money_at(total, 1).minor() == sums.stock_minor);
    CHECK(money_at(total, 3).is_zero());
    const auto profit = ask(query, "gross-profit", {{"by", "item"}});
    REQUIRE(profit.ok());
    CHECK(
        money_at(profit.value().rows.back(), 3).minor() ==
        sums.goods_minor + sums.freight_minor + sums.tax_minor
    );
    const auto negative = ask(query, "negative-stock", {});
    REQUIRE(negative.ok());
    MESSAGE(negative.value().rows.size(), " products end below zero");
    CHECK(!negative.value().rows.empty());
}

// Taken back as one batch: nothing is sold, bought, owed or in stock any more, and what new
// standard costs and shortages made good gained, giving the goods back at their last cost lost.
void check_undone(ImportDesk& desk, const ImportSummary& trade) {
    const UndoOptions options{.actor = id_from_code("importer"), .date = Date::of(2014, 12, 31)};
    const auto plan = plan_undo(desk.log, trade.import, options);
    REQUIRE(plan);
    CHECK(plan.value().reversals.at("sales.IssueCreditNote") == 31'465);
    CHECK(plan.value().reversals.at("sales.AcceptReturn") == 31'465);
    CHECK(plan.value().reversals.at("purchasing.CloseOrder") == 4'012);
    for (const auto& [event, count] : plan.value().stays) MESSAGE(count, " ", event, " stay");
    auto batch = undo_batch(plan.value(), options);
    REQUIRE(batch);
    const Answer answer = desk.engine.submit_batch_and_wait(std::move(batch).value());
    REQUIRE_MESSAGE(
        answer.outcome == Answer::Outcome::accepted,
        answer.refusal.rule,
        " ",
        answer.refusal.reason.at,
        " ",
        answer.refusal.reason.found
    );
    const TradeSums sums = trade_of(desk.log);
    CHECK(sums.stock_minor == 0);
    std::int64_t moved = 0;
    for (const auto& [reason, milli] : sums.moved_milli) moved += milli;
    CHECK(moved == 0);
    std::int64_t costs = 0;
    for (const auto& [account, minor] : sums_of(desk.log).base_by_account) {
        const bool is_cost = account == "5000" || account == "5060" || account == "5070";
        if (is_cost) {
            costs += minor;
        } else {
            CHECK_MESSAGE(minor == 0, account);
        }
    }
    CHECK(costs == 0);
}

}  // namespace

TEST_CASE("AdventureWorks: documents, ledger and stock agree with the published figures") {
    const std::string root = data_folder("adventureworks");
    if (root.empty()) return;
    const std::string folder = root + "/oltp_csv";
    ImportDesk desk;
    const ImportSummary masters =
        import_data(desk, shipped_mapping("adventureworks_masters.map"), folder);
    say_problems(masters);
    CHECK(imported(pass_named(masters, "suppliers"), "suppliers") == "104");
    CHECK(imported(pass_named(masters, "customers"), "customers") == "19119");
    const Mapping mapping = shipped_mapping("adventureworks_trade.map");
    const ImportSummary trade = import_data(desk, mapping, folder);
    say_problems(trade);
    check_totals(trade, check_figures(root));
    const TradeSums sums = trade_of(desk.log);
    check_documents(sums);
    check_stock(sums, trade);
    check_ledger(sums_of(desk.log), sums);
    check_rows(desk.log, sums);

    const std::uint64_t end = desk.engine.end();
    CHECK(import_data(desk, mapping, folder).rows().imported == 0);
    CHECK(desk.engine.end() == end);
    check_undone(desk, trade);
}

}  // namespace daybook::files
