// Northwind: orders joined from four files, invoiced, to the fourth decimal.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

// The orders as the log has them: how many in each year, the first day and the last.
void check_orders(const Log& log, const boost::json::object& figures) {
    std::map<std::string, std::int64_t> by_year;
    std::set<std::string> days;
    for_each_event(log, [&](EventBytes bytes) {
        if (header_of(bytes).module_() !=
            flatbuffers::ReadScalar<std::uint32_t>(sales::EventRecordIdentifier())) {
            return;
        }
        const auto* record = flatbuffers::GetRoot<sales::EventRecord>(payload_of(bytes).data());
        const auto* order = record->event_as_OrderConfirmed();
        if (order == nullptr) return;
        const std::string day = to_string(flatbuffers::UnPack(*order->date()));
        ++by_year[day.substr(0, 4)];
        days.insert(day);
    });
    const boost::json::object& years = figures.at("orders_by_year").as_object();
    CHECK(by_year.size() == years.size());
    for (const auto& [year, count] : years) CHECK(by_year[year] == count.as_int64());
    CHECK(*days.begin() == figures.at("dates").as_array().at(0).as_string());
    CHECK(*days.rbegin() == figures.at("dates").as_array().at(1).as_string());
}

}  // namespace

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
    const boost::json::object figures = check_figures(folder);
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

    for (const auto& name : {"lines", "units", "gross", "net"}) {
        const boost::json::value& figure = figures.at(name);
        const std::string expected = figure.is_string() ? std::string{figure.as_string()}
                                                        : std::to_string(figure.as_int64());
        CHECK_MESSAGE(total(name) == expected, name);
    }
    check_orders(desk.log, figures);

    // Goods and freight: what the books have, and what rounding to the cent left out.
    const LedgerSums ledger = sums_of(desk.log);
    const std::int64_t freight_minor = 6'494'269;
    CHECK(micro_of(figures.at("freight").as_string()) == freight_minor * 10'000);
    CHECK(ledger.booked == 830);
    CHECK(ledger.income_by_month == ledger.net_by_month);
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
