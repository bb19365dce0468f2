// Maven CRM: deals with their customers, products and sales teams, and one misspelt product.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "schemas/crm.hpp"
#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

const std::map<std::string, std::string> won_by_month{
    {"2017-03", "1134672"},
    {"2017-04", "721932"},
    {"2017-05", "1025713"},
    {"2017-06", "1338466"},
    {"2017-07", "696932"},
    {"2017-08", "1050059"},
    {"2017-09", "1235264"},
    {"2017-10", "731980"},
    {"2017-11", "938943"},
    {"2017-12", "1131573"}};

const PassSummary& deals_of(const ImportSummary& summary) {
    return summary.passes.back();
}

Exact read(const PassSummary& pass, const std::string& total, const std::string& by) {
    return pass.totals.at(total).at(by).read;
}

struct WonInLog {
    std::uint64_t count = 0;
    std::int64_t minor = 0;
};

WonInLog won_in(const Log& log) {
    WonInLog won;
    for_each_event(log, [&](EventBytes bytes) {
        if (header_of(bytes).module_() !=
            flatbuffers::ReadScalar<std::uint32_t>(crm::EventRecordIdentifier())) {
            return;
        }
        const auto* record = flatbuffers::GetRoot<crm::EventRecord>(payload_of(bytes).data());
        if (const auto* deal = record->event_as_DealWon()) {
            ++won.count;
            won.minor += flatbuffers::UnPack(*deal->amount()).minor();
        }
    });
    return won;
}

}  // namespace

TEST_CASE("Maven CRM: the misspelt product is reported with its alias, and accepted by it") {
    const std::string folder = data_folder("quickstart/maven_crm");
    if (folder.empty()) return;
    ImportDesk desk;
    Mapping mapping = shipped_mapping("maven_crm.map");
    const ImportSummary first = import_data(desk, mapping, folder);
    const PassSummary& deals = deals_of(first);
    for (const PassSummary& pass : first.passes) {
        if (pass.name != "deals") CHECK_MESSAGE(pass.rows.reported == 0, pass.name);
    }
    CHECK(deals.rows.read == 8'800);
    CHECK(deals.rows.reported == 1'480);
    CHECK(deals.rows.imported == 8'800 - 1'480);
    CHECK(deals.reasons.at("\"GTXPro\" is not in products") == 1'480);
    CHECK(
        deals.proposed_aliases == std::vector<std::string>{"alias product \"GTXPro\" = \"GTX Pro\""}
    );
    CHECK(
        desk.read("errors.deals.csv")
            .find("\"add the line to the mapping: alias product \"\"GTXPro\"\" "
                  "= \"\"GTX Pro\"\"\"") != std::string::npos
    );

    // The check figures hold over what was read, whichever way it went.
    CHECK(read(deals, "deals", "Won").text() == "4238");
    CHECK(read(deals, "deals", "Lost").text() == "2473");
    CHECK(read(deals, "deals", "Engaging").text() == "1589");
    CHECK(read(deals, "deals", "Prospecting").text() == "500");
    CHECK(read(deals, "won_value", "").text() == "10005534");
    CHECK(read(deals, "won_by_product", "GTXPro").text() == "3510578");
    CHECK(deals.totals.at("won_by_product").at("GTXPro").imported.text() == "0");
    CHECK(read(deals, "won_by_region", "Central").text() == "3346293");
    CHECK(read(deals, "won_by_region", "East").text() == "3090594");
    CHECK(read(deals, "won_by_region", "West").text() == "3568647");
    for (const auto& [month, expected] : won_by_month) {
        CHECK_MESSAGE(read(deals, "won_by_month", month).text() == expected, month);
    }

    // Accept the alias and import again: only what was missing comes in.
    REQUIRE(add_aliases(mapping, deals.proposed_aliases.front()));
    const ImportSummary second = import_data(desk, mapping, folder);
    CHECK(deals_of(second).rows.reported == 0);
    CHECK(deals_of(second).rows.imported == 1'480);
    CHECK(deals_of(second).rows.imported_earlier == 8'800 - 1'480);
    CHECK(won_in(desk.log).count == 4'238);
    CHECK(won_in(desk.log).minor == 1'000'553'400);
}

}  // namespace daybook::files
