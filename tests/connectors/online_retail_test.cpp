// Online Retail: half a million lines of a real wholesaler, dirt included, against the published
// figures and against the ledger they become.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

// Of check_figures.json, which stands beside the data.
const std::map<std::string, std::string> value_by_month{
    {"2010-12", "748957.02"},
    {"2011-01", "560000.26"},
    {"2011-02", "498062.65"},
    {"2011-03", "683267.08"},
    {"2011-04", "493207.121"},
    {"2011-05", "723333.51"},
    {"2011-06", "691123.12"},
    {"2011-07", "681300.111"},
    {"2011-08", "682680.51"},
    {"2011-09", "1019687.622"},
    {"2011-10", "1070704.67"},
    {"2011-11", "1461756.25"},
    {"2011-12", "433668.01"}};

Exact sum(const TotalSums& sums) {
    return sums.imported.plus(sums.reported).value();
}

}  // namespace

TEST_CASE("Online Retail: every line is imported or reported, and every check figure holds") {
    const std::string folder = data_folder("online_retail_I");
    if (folder.empty()) return;
    ImportDesk desk;
    const Mapping mapping = shipped_mapping("online_retail.map");
    const ImportSummary summary = import_data(desk, mapping, folder);
    const PassSummary& sales = summary.passes[1];

    // Rows and documents.
    CHECK(sales.rows.read == 541'909);
    CHECK(sales.rows.imported + sales.rows.reported == 541'909);
    CHECK(sales.documents.read == 25'900);
    CHECK(sales.commands.at("sales.IssueCreditNote").accepted == 3'836);
    // What is reported has no price, no customer and is no sale.
    CHECK(sales.reasons.size() == 1);
    CHECK(sales.reasons.at("a correction of the stock: no customer and no price") == 2'098);
    CHECK(sales.documents.reported == 2'098);

    // Control totals, over what is imported and what is reported.
    CHECK(sum(sales.totals.at("quantity").at("")).text() == "5176450");
    const auto& value = sales.totals.at("value");
    CHECK(sum(value.at("credit notes")).text(2) == "-896812.49");
    CHECK(sum(value.at("adjustments")).text(2) == "-11062.06");
    const Exact all = sum(value.at("invoices"))
                          .plus(sum(value.at("credit notes")))
                          ->plus(sum(value.at("adjustments")))
                          .value();
    CHECK(all.text() == "9747747.934");
    for (const auto& [name, sums] : value) {
        CHECK_MESSAGE(sums.reported.compare(Exact{}) == 0, name);
    }
    const auto& months = sales.totals.at("month");
    CHECK(months.size() == value_by_month.size());
    for (const auto& [month, expected] : value_by_month) {
        CHECK_MESSAGE(sum(months.at(month)).text(2) == expected, month);
    }

    // The customers: 4,372 with a number, and one for the counter sales of each country.
    std::uint64_t named = 0;
    for_each_event(desk.log, [&](EventBytes event) {
        const std::string document = to_string(flatbuffers::UnPack(header_of(event).document()));
        if (document.starts_with("C-") && header_of(event).document_version() == 1) ++named;
    });
    CHECK(named == 4'372);

    // The ledger: exact three-decimal prices = pennies in the books + stored rounding differences.
    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.invoices + ledger.credit_notes + 3 + sales.documents.reported == 25'900);
    CHECK(ledger.net_minor == 975'880'999);
    CHECK(ledger.rounding_micro == 4'000);
    const std::int64_t exact_micro = ledger.net_minor * 10'000 + ledger.rounding_micro;
    CHECK(exact_micro - 11'062'060'000 == 9'747'747'934'000);
    // Revenue, receivables and the adjustments, to the penny; debits are positive.
    CHECK(ledger.base_by_account.at("1100") == ledger.net_minor);
    CHECK(ledger.base_by_account.at("4000") == -ledger.net_minor);
    CHECK(ledger.base_by_account.at("6400") == 1'106'206);
    CHECK(ledger.base_by_account.at("1190") == -1'106'206);
    std::int64_t balance = 0;
    for (const auto& [account, base] : ledger.base_by_account) balance += base;
    CHECK(balance == 0);

    // Twice is once.
    const std::uint64_t end = desk.engine.end();
    const ImportSummary again = import_data(desk, mapping, folder);
    CHECK(again.passes[1].rows.imported == 0);
    CHECK(again.passes[1].rows.imported_earlier == sales.rows.imported);
    CHECK(again.passes[1].rows.reported == sales.rows.reported);
    CHECK(desk.engine.end() == end);
}

}  // namespace daybook::files
