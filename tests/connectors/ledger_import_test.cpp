// Opening balances and journal entries from CSV, and the ledger that hledger and ledger read.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "connectors/files/hledger.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/report.hpp"
#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

constexpr std::string_view opening =
    "date;account;debit;credit;party;document;due\r\n"
    "2026-01-01;1010;5000.00;;;;\r\n"
    "2026-01-01;1100;120.50;;C-1;OLD-7;2026-02-15\r\n"
    "2026-01-01;3900;;5120.50;;;\r\n";

constexpr std::string_view entries =
    "entry,date,account,debit,credit,currency,text,line_text\n"
    "E-1,2026-01-10,6100,1000.00,0,EUR,Rent: January; office (main),\n"
    "E-1,2026-01-10,1010,0,1000.00,EUR,Rent: January; office (main),by transfer\n"
    "E-2,2026-01-11,6140,20.00,,EUR,Pens,\n"
    "E-2,2026-01-11,1000,,19.99,EUR,Pens,\n"
    "E-3,2026-01-12,6180,100.00,,USD,A lawyer abroad,\n"
    "E-3,2026-01-12,1010,,100.00,USD,A lawyer abroad,\n"
    "E-4,2026-01-13,9999,1.00,,EUR,Nowhere,\n"
    "E-4,2026-01-13,1000,,1.00,EUR,Nowhere,\n";

ImportSummary import_shipped(ImportDesk& desk, const std::string& name) {
    return import_data(desk, shipped_mapping(name), desk.folder.path());
}

void import_ledger(ImportDesk& desk) {
    desk.open_book();
    desk.say("crm.RegisterParty", R"({"party": "C-1", "kind": "organisation", "name": "One"})");
    desk.say(
        "accounting.PublishExchangeRate",
        R"({"currency": "USD", "rate": "0.9", "date": "2026-01-01"})"
    );
    desk.write("opening_balances.csv", std::string{opening});
    desk.write("journal_entries.csv", std::string{entries});
}

std::string output_of(const std::string& command) {
    std::string text;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{
        popen(command.c_str(), "r"), &pclose};
    REQUIRE(pipe);
    char block[4'096];
    while (const std::size_t count = std::fread(block, 1, sizeof block, pipe.get())) {
        text.append(block, count);
    }
    return text;
}

// "Assets:1010 Bank" is account 1010.
std::string account_in(std::string_view name) {
    const std::size_t begin = name.find(':') + 1;
    return std::string{name.substr(begin, name.find(' ', begin) - begin)};
}

// Lines "account<TAB>EUR 12.50" as minor units by account; zero balances are left out.
std::map<std::string, std::int64_t> balances_in(const std::string& text) {
    std::map<std::string, std::int64_t> balances;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string::npos) continue;
        const auto amount = parse_money(line.substr(tab + 1));
        CHECK_MESSAGE(amount.ok(), line);
        if (amount && !amount.value().is_zero()) {
            balances[account_in(line)] = amount.value().minor();
        }
    }
    return balances;
}

// The debits less the credits of each account, as our own trial balance says.
std::map<std::string, std::int64_t> trial_balance(const Query& query) {
    const Report* report = find_report(registered_projections(), "trial-balance");
    REQUIRE(report != nullptr);
    const auto table = run_report(*report, query, {});
    REQUIRE_MESSAGE(table.ok(), (table ? "" : table.error().message));
    std::map<std::string, std::int64_t> balances;
    for (const ReportRow& row : table.value().rows) {
        if (row.kind != RowKind::line) continue;
        const std::int64_t net =
            std::get<Money>(row.cells[2]).minor() - std::get<Money>(row.cells[3]).minor();
        if (net != 0) balances[row.key] = net;
    }
    return balances;
}

void write_journal(const Query& query, const std::string& path) {
    std::ofstream out{path, std::ios::binary};
    const auto written = write_hledger(query, [&](std::string_view text) -> Result<void> {
        out << text;
        return {};
    });
    REQUIRE_MESSAGE(written.ok(), (written ? "" : written.error().message));
}

// Both programs and our trial balance must print the balances that the log adds up to, and no check
// of the projections may find anything.
void check_against_hledger_and_ledger(ImportDesk& desk) {
    MemoryStore store;
    const auto follower =
        std::move(Follower::open(desk.log, store, {.projections = registered_projections()}))
            .value();
    REQUIRE(follower->catch_up().ok());
    const std::string path = desk.path("book.journal");
    write_journal(follower->query(), path);
    std::map<std::string, std::int64_t> expected = sums_of(desk.log).base_by_account;
    std::erase_if(expected, [](const auto& entry) { return entry.second == 0; });
    REQUIRE_FALSE(expected.empty());
    CHECK(trial_balance(follower->query()) == expected);
    const auto findings = follower->run_checks();
    REQUIRE(findings.ok());
    for (const Finding& finding : findings.value())
        FAIL_CHECK(finding.where, ": ", finding.message);
    if (output_of("command -v hledger").empty()) {
        MESSAGE("skipped: hledger is not installed");
    } else {
        // CSV with quotes around every field; tabs make both programs' output alike.
        std::string text = output_of(
            "hledger -f " + path + " balance --flat --no-total --cost -O csv | tail -n +2"
        );
        std::string tabbed;
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text.compare(at, 3, "\",\"") == 0) {
                tabbed += '\t';
                at += 2;
            } else if (text[at] != '"') {
                tabbed += text[at];
            }
        }
        CHECK(balances_in(tabbed) == expected);
    }
    if (output_of("command -v ledger").empty()) {
        MESSAGE("skipped: ledger is not installed");
    } else {
        CHECK(
            balances_in(output_of(
                "ledger -f " + path +
                " balance --flat --no-total --basis --format '%(account)\\t%(display_total)\\n'"
            )) == expected
        );
    }
}

}  // namespace

TEST_CASE("opening balances and journal entries come from CSV, and what is wrong is reported") {
    ImportDesk desk;
    import_ledger(desk);
    const ImportSummary balances = import_shipped(desk, "opening_balances.map");
    for (const auto& [reason, count] : balances.passes[0].reasons) MESSAGE(reason);
    CHECK(balances.rows().imported == 3);
    const auto& debit = balances.passes[0].totals.at("debit").at("EUR");
    const auto& credit = balances.passes[0].totals.at("credit").at("EUR");
    CHECK(debit.imported.text() == "5120.5");
    CHECK(credit.imported.text() == "5120.5");

    const ImportSummary journal = import_shipped(desk, "journal_entries.map");
    CHECK(journal.rows().imported == 4);
    CHECK(journal.rows().reported == 4);
    const std::string errors = desk.read("errors.csv");
    CHECK(errors.find("accounting.unbalanced_in_currency") != std::string::npos);
    CHECK(errors.find("accounting.account_unknown") != std::string::npos);
    CHECK(errors.find("E-2") != std::string::npos);

    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.base_by_account.at("1010") == 500'000 - 100'000 - 9'000);
    CHECK(ledger.base_by_account.at("1100") == 12'050);
    CHECK(ledger.base_by_account.at("6180") == 9'000);
}

TEST_CASE("hledger and ledger print the balances of our books") {
    ImportDesk desk;
    import_ledger(desk);
    CHECK(import_shipped(desk, "opening_balances.map").rows().imported == 3);
    CHECK(import_shipped(desk, "journal_entries.map").rows().imported == 4);
    check_against_hledger_and_ledger(desk);
}

TEST_CASE("hledger and ledger print the balances of Northwind") {
    const std::string folder = data_folder("quickstart/northwind");
    if (folder.empty()) return;
    ImportDesk desk;
    CHECK(import_data(desk, shipped_mapping("northwind.map"), folder).rows().reported == 0);
    check_against_hledger_and_ledger(desk);
}

TEST_CASE("hledger and ledger print the balances of Online Retail") {
    const std::string folder = data_folder("online_retail_I");
    if (folder.empty()) return;
    ImportDesk desk;
    CHECK(
        import_data(desk, shipped_mapping("online_retail.map"), folder).rows().imported > 500'000
    );
    check_against_hledger_and_ledger(desk);
}

}  // namespace daybook::files
