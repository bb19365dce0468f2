// Northwind: orders joined from four files, invoiced, to the fourth decimal.
#include <doctest/doctest.h>

#include <string>

#include "tests/connectors/data_set.hpp"

namespace daybook::files {

TEST_CASE("Northwind: 830 orders and their invoices, and every check figure holds") {
    const std::string folder = data_folder("quickstart/northwind");
    if (folder.empty()) return;
    ImportDesk desk;
    const Mapping mapping = shipped_mapping("northwind.map");
    const ImportSummary summary = import_data(desk, mapping, folder);
    for (const PassSummary& pass : summary.passes) {
        CHECK_MESSAGE(pass.documents.reported == 0, pass.name);
        for (const auto& [reason, count] : pass.reasons) MESSAGE(reason, ": ", count);
    }
    const PassSummary& orders = summary.passes.back();
    const auto total = [&](const std::string& name, const std::string& by = "") {
        return orders.totals.at(name).at(by).imported.text();
    };
    CHECK(orders.documents.imported == 830);
    CHECK(total("lines") == "2155");
    CHECK(total("units") == "51317");
    CHECK(total("gross") == "1354458.59");
    CHECK(total("net") == "1265793.0395");
    CHECK(orders.commands.at("sales.ConfirmOrder").accepted == 830);
    CHECK(orders.commands.at("sales.IssueInvoice").accepted == 830);
    CHECK(summary.passes[1].totals.at("customers").at("").imported.text() == "93");

    // Goods and freight: what the books have, and what rounding to the cent left out.
    const LedgerSums ledger = sums_of(desk.log);
    const std::int64_t freight_minor = 6'494'269;
    const std::int64_t exact_micro = ledger.net_minor * 10'000 + ledger.rounding_micro;
    CHECK(exact_micro - freight_minor * 10'000 == 1'265'793'039'500);
    CHECK(ledger.base_by_account.at("4050") == -freight_minor);
    CHECK(ledger.base_by_account.at("4000") == freight_minor - ledger.net_minor);
    CHECK(ledger.base_by_account.at("1100") == ledger.net_minor);

    const std::uint64_t end = desk.engine.end();
    CHECK(import_data(desk, mapping, folder).passes.back().rows.imported_earlier == 2'155);
    CHECK(desk.engine.end() == end);
}

}  // namespace daybook::files
