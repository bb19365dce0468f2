// Maven CRM: deals with their customers, products and sales teams, and one misspelt product.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "schemas/crm.hpp"
#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

const PassSummary& deals_of(const ImportSummary& summary) {
    return summary.passes.back();
}

Exact read(const PassSummary& pass, const std::string& total, const std::string& by) {
    return pass.totals.at(total).at(by).read;
}

struct CountAndValue {
    std::int64_t count = 0;
    std::int64_t minor = 0;
    void add(std::int64_t more) {
        ++count;
        minor += more;
    }
};
using Sums = std::map<std::string, CountAndValue>;

// What the book says of its deals, added up from the log alone.
struct DealsInLog {
    struct Deal {
        Id owner;
        std::string product;
        std::string stage;  // Its last.
    };
    std::map<Id, Deal> deals;
    std::map<Id, std::string> regions;
    std::set<Id> owners;
    std::set<std::string> engaged;
    std::set<std::string> closed;
    std::uint64_t without_account = 0;
    Sums by_stage, by_month, by_product, by_region;

    void add(const crm::DealOpened& event) {
        Deal& deal = deals[flatbuffers::UnPack(*event.deal())];
        deal.owner = flatbuffers::UnPack(*event.owner());
        deal.product = to_string(flatbuffers::UnPack(*event.products()->Get(0)->item()));
        deal.stage = to_string(flatbuffers::UnPack(*event.stage()));
        owners.insert(deal.owner);
        const bool has_party =
            event.party() != nullptr && !flatbuffers::UnPack(*event.party()).is_none();
        if (!has_party) ++without_account;
        if (deal.stage == "engaging") engaged.insert(to_string(flatbuffers::UnPack(*event.on())));
    }
    void add(const crm::DealWon& event) {
        Deal& deal = deals.at(flatbuffers::UnPack(*event.deal()));
        const std::int64_t minor = flatbuffers::UnPack(*event.amount()).minor();
        deal.stage = "won";
        closed.insert(to_string(flatbuffers::UnPack(*event.on())));
        by_month[month_of(*event.on())].add(minor);
        by_product[deal.product].add(minor);
        by_region[regions.at(deal.owner)].add(minor);
        by_stage["all won"].add(minor);
    }
    void add(const crm::DealLost& event) {
        deals.at(flatbuffers::UnPack(*event.deal())).stage = "lost";
        closed.insert(to_string(flatbuffers::UnPack(*event.on())));
    }
    void add(const crm::PartyRegistered& event) {
        if (event.territory() == nullptr) return;
        regions[flatbuffers::UnPack(*event.party())] = event.territory()->str();
    }
};

DealsInLog deals_in(const Log& log) {
    DealsInLog sums;
    for_each_event(log, [&](EventBytes bytes) {
        if (header_of(bytes).module_() !=
            flatbuffers::ReadScalar<std::uint32_t>(crm::EventRecordIdentifier())) {
            return;
        }
        const auto* record = flatbuffers::GetRoot<crm::EventRecord>(payload_of(bytes).data());
        if (const auto* opened = record->event_as_DealOpened()) sums.add(*opened);
        if (const auto* won = record->event_as_DealWon()) sums.add(*won);
        if (const auto* lost = record->event_as_DealLost()) sums.add(*lost);
        if (const auto* party = record->event_as_PartyRegistered()) sums.add(*party);
    });
    for (const auto& [id, deal] : sums.deals) sums.by_stage[deal.stage].add(0);
    return sums;
}

// A figure "2017-03": [531, 1134672] is a count and whole dollars.
void check_sums(const Sums& sums, const boost::json::object& figures) {
    CHECK(sums.size() == figures.size());
    for (const auto& [key, figure] : figures) {
        // The one product that the deals misspell.
        const std::string name = key == "GTXPro" ? "GTX Pro" : std::string{key};
        REQUIRE_MESSAGE(sums.contains(name), name);
        CHECK_MESSAGE(sums.at(name).count == figure.as_array().at(0).as_int64(), name);
        CHECK_MESSAGE(sums.at(name).minor == figure.as_array().at(1).as_int64() * 100, name);
    }
}

void check_dates(const std::set<std::string>& dates, const boost::json::array& figures) {
    CHECK(*dates.begin() == figures.at(0).as_string());
    CHECK(*dates.rbegin() == figures.at(1).as_string());
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

    // Accept the alias and import again: only what was missing comes in.
    REQUIRE(add_aliases(mapping, deals.proposed_aliases.front()));
    const ImportSummary second = import_data(desk, mapping, folder);
    CHECK(deals_of(second).rows.reported == 0);
    CHECK(deals_of(second).rows.imported == 1'480);
    CHECK(deals_of(second).rows.imported_earlier == 8'800 - 1'480);

    // And now the book itself says every figure.
    const boost::json::object figures = check_figures(folder);
    DealsInLog book = deals_in(desk.log);
    CHECK(book.deals.size() == 8'800);
    CHECK(book.by_stage["all won"].minor == 1'000'553'400);
    CHECK(book.by_stage["won"].count == 4'238);
    CHECK(book.by_stage["lost"].count == 2'473);
    CHECK(book.by_stage["engaging"].count == 1'589);
    CHECK(book.by_stage["prospecting"].count == 500);
    check_sums(book.by_month, figures.at("won_by_month").as_object());
    check_sums(book.by_product, figures.at("won_by_product").as_object());
    check_sums(book.by_region, figures.at("won_by_region").as_object());
    check_dates(book.engaged, figures.at("engage_dates").as_array());
    check_dates(book.closed, figures.at("close_dates").as_array());
    CHECK(book.owners.size() == figures.at("agents_with_deals").to_number<std::uint64_t>());
    CHECK(book.without_account == figures.at("blank_account").to_number<std::uint64_t>());
}

}  // namespace daybook::files
