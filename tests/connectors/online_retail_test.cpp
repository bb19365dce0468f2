// Online Retail: half a million lines of a real wholesaler, dirt included, against the published
// figures and against the ledger they become.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

Exact sum(const TotalSums& sums) {
    return sums.imported.plus(sums.reported).value();
}

using Months = std::map<std::string, std::string>;

Months value_by_month(const boost::json::object& figures) {
    Months values;
    for (const auto& [month, rows_and_value] : figures.at("by_month").as_object()) {
        values[month] = std::string{rows_and_value.as_array().at(1).as_string()};
    }
    REQUIRE(values.size() == 13);
    return values;
}

// Rows and documents. What is reported has no price, no customer and is no sale.
void check_counts(const PassSummary& sales, const boost::json::object& figures) {
    CHECK(sales.rows.read == 541'909);
    CHECK(sales.rows.imported + sales.rows.reported == 541'909);
    CHECK(sales.documents.read == 25'900);
    CHECK(sales.commands.at("sales.IssueCreditNote").accepted == 3'836);
    CHECK(sales.reasons.size() == 1);
    CHECK(sales.reasons.at("a correction of the stock: no customer and no price") == 2'098);
    CHECK(sales.documents.reported == 2'098);
    const auto figure = [&](std::string_view name) {
        return figures.at(name).to_number<std::uint64_t>();
    };
    CHECK(figure("rows") == sales.rows.read);
    CHECK(figure("invoices") == sales.documents.read);
    CHECK(figure("cancel_invoices") == sales.commands.at("sales.IssueCreditNote").accepted);
}

// Control totals, over what is imported and what is reported.
void check_totals(const PassSummary& sales, const boost::json::object& figures) {
    CHECK(sum(sales.totals.at("quantity").at("")).text() == "5176450");
    const auto& value = sales.totals.at("value");
    CHECK(sum(value.at("credit notes")).text(2) == "-896812.49");
    CHECK(sum(value.at("adjustments")).text(2) == "-11062.06");
    const Exact all = sum(value.at("invoices"))
                          .plus(sum(value.at("credit notes")))
                          ->plus(sum(value.at("adjustments")))
                          .value();
    CHECK(all.text() == "9747747.934");
    CHECK(figures.at("sum_qty").as_int64() == 5'176'450);
    CHECK(figures.at("sum_amt").as_string() == all.text());
    CHECK(figures.at("cancel_amt").as_string() == sum(value.at("credit notes")).text(2));
    for (const auto& [name, sums] : value) {
        CHECK_MESSAGE(sums.reported.compare(Exact{}) == 0, name);
    }
    const auto& months = sales.totals.at("month");
    CHECK(months.size() == 13);
    for (const auto& [month, expected] : value_by_month(figures)) {
        CHECK_MESSAGE(sum(months.at(month)).text(2) == expected, month);
    }
}

// Exact three-decimal prices = pennies in the books + stored rounding differences.
void check_ledger(const LedgerSums& ledger, const Months& months) {
    CHECK(ledger.net_minor == 975'880'999);
    CHECK(ledger.rounding_micro == 4'000);
    const std::int64_t exact_micro = ledger.net_minor * 10'000 + ledger.rounding_micro;
    CHECK(exact_micro - 11'062'060'000 == 9'747'747'934'000);
    for (const auto& [month, expected] : months) {
        const std::int64_t adjustments = month == "2011-08" ? -11'062'060'000 : 0;
        const std::int64_t exact = ledger.exact_micro_by_month.at(month) + adjustments;
        CHECK_MESSAGE(exact == micro_of(expected), month);
    }
    // Each document's entry moves the receivables by its gross, and income by its net.
    CHECK(ledger.booked + ledger.gross_of.size() == ledger.invoices + ledger.credit_notes);
    for (const auto& [document, gross] : ledger.gross_of) CHECK(gross == 0);
    CHECK(ledger.income_by_month == ledger.net_by_month);
    // Revenue, receivables and the adjustments, to the penny; debits are positive.
    CHECK(ledger.base_by_account.at("1100") == ledger.net_minor);
    CHECK(ledger.base_by_account.at("4000") == -ledger.net_minor);
    CHECK(ledger.base_by_account.at("6400") == 1'106'206);
    CHECK(ledger.base_by_account.at("1190") == -1'106'206);
    std::int64_t balance = 0;
    for (const auto& [account, base] : ledger.base_by_account) balance += base;
    CHECK(balance == 0);
}

// Those with a number; each country has one more for sales over the counter.
std::uint64_t count_customers(const Log& log) {
    std::uint64_t named = 0;
    for_each_event(log, [&](EventBytes event) {
        const std::string document = to_string(flatbuffers::UnPack(header_of(event).document()));
        if (document.starts_with("C-") && header_of(event).document_version() == 1) ++named;
    });
    return named;
}

}  // namespace

TEST_CASE("Online Retail: every line is imported or reported, and every check figure holds") {
    const std::string folder = data_folder("online_retail_I");
    if (folder.empty()) return;
    ImportDesk desk;
    const Mapping mapping = shipped_mapping("online_retail.map");
    const ImportSummary summary = import_data(desk, mapping, folder);
    const PassSummary& sales = summary.passes[1];
    const boost::json::object figures = check_figures(folder);
    check_counts(sales, figures);
    check_totals(sales, figures);
    CHECK(count_customers(desk.log) == 4'372);
    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.invoices + ledger.credit_notes + 3 + sales.documents.reported == 25'900);
    check_ledger(ledger, value_by_month(figures));

    // Twice is once.
    const std::uint64_t end = desk.engine.end();
    const ImportSummary again = import_data(desk, mapping, folder);
    CHECK(again.passes[1].rows.imported == 0);
    CHECK(again.passes[1].rows.imported_earlier == sales.rows.imported);
    CHECK(again.passes[1].rows.reported == sales.rows.reported);
    CHECK(desk.engine.end() == end);
}

}  // namespace daybook::files
