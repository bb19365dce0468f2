// Taking imports back: a plan first, then reversals that leave nothing but history.
#include "connectors/files/undo.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/connectors/data_set.hpp"

namespace daybook::files {
namespace {

UndoOptions options_of_undo() {
    return {.actor = id_from_code("importer")};
}

Answer take_back(ImportDesk& desk, const UndoPlan& plan) {
    auto batch = undo_batch(plan, options_of_undo());
    REQUIRE(batch);
    const Answer answer = desk.engine.submit_batch_and_wait(std::move(batch).value());
    CHECK_MESSAGE(answer.outcome == Answer::Outcome::accepted, answer.refusal.reason.at);
    return answer;
}

}  // namespace

TEST_CASE("an import that never was cannot be undone") {
    ImportDesk desk;
    const auto plan = plan_undo(desk.log, id_from_code("nothing"), options_of_undo());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message == "no event of the book belongs to import nothing");
}

TEST_CASE("journal entries of an import are reversed, once") {
    ImportDesk desk;
    desk.open_book();
    desk.write(
        "journal_entries.csv",
        "entry,date,account,debit,credit,text\n"
        "E-1,2026-01-01,6100,10.00,,Rent\nE-1,2026-01-01,1010,,10.00,Rent\n"
        "E-2,2026-01-01,6100,20.00,,Rent\nE-2,2026-01-01,1010,,20.00,Rent\n"
    );
    const ImportSummary summary =
        import_data(desk, shipped_mapping("journal_entries.map"), desk.folder.path());
    REQUIRE(summary.rows().imported == 4);
    CHECK(sums_of(desk.log).base_by_account.at("6100") == 3'000);

    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);
    CHECK(plan.value().events == 2);
    CHECK(plan.value().reversals.at("accounting.ReverseEntry") == 2);
    CHECK(plan.value().stays.empty());
    CHECK(plan.value().steps[0].position > plan.value().steps[1].position);

    // Each entry and its reversal point at each other.
    const Answer undone = take_back(desk, plan.value());
    CHECK(undone.event_count == 4);
    CHECK(sums_of(desk.log).base_by_account.at("6100") == 0);
    CHECK(take_back(desk, plan.value()).is_repeated);
}

TEST_CASE("files of one name with other rows are imports of their own") {
    ImportDesk desk;
    desk.open_book();
    const auto import_month = [&](const std::string& entry, const std::string& amount) {
        desk.write(
            "journal_entries.csv",
            "entry,date,account,debit,credit,text\n" + entry + ",2026-01-01,6100," + amount +
                ",,Rent\n" + entry + ",2026-01-01,1010,," + amount + ",Rent\n"
        );
        return import_data(desk, shipped_mapping("journal_entries.map"), desk.folder.path()).import;
    };
    const auto rent = [&] { return sums_of(desk.log).base_by_account.at("6100"); };
    const auto undo = [&](const Id& import) {
        return take_back(desk, plan_undo(desk.log, import, options_of_undo()).value());
    };
    const Id first = import_month("E-1", "10.00");
    const Id second = import_month("E-2", "20.00");
    CHECK(rent() == 3'000);
    CHECK(undo(second).event_count == 2);
    CHECK(rent() == 1'000);
    const Id third = import_month("E-3", "40.00");
    CHECK(undo(third).event_count == 2);
    CHECK(undo(first).event_count == 2);
    CHECK(rent() == 0);
}

TEST_CASE("an undoing of which a rule refuses one step takes nothing back") {
    ImportDesk desk;
    desk.open_book();
    desk.write(
        "journal_entries.csv",
        "entry,date,account,debit,credit,text\n"
        "E-1,2026-01-01,6100,10.00,,Rent\nE-1,2026-01-01,1010,,10.00,Rent\n"
        "E-2,2026-01-01,6100,20.00,,Rent\nE-2,2026-01-01,1010,,20.00,Rent\n"
    );
    const ImportSummary summary =
        import_data(desk, shipped_mapping("journal_entries.map"), desk.folder.path());
    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);

    // The plan's second step takes E-1 back, which someone has reversed meanwhile.
    desk.say("accounting.ReverseEntry", R"({"entry": "E-1", "reversal": "R-1", "reason": "x"})");
    auto batch = undo_batch(plan.value(), options_of_undo());
    REQUIRE(batch);
    const Answer answer = desk.engine.submit_batch_and_wait(std::move(batch).value());
    CHECK(answer.outcome == Answer::Outcome::refused);
    CHECK(answer.refusal.rule == "entry_already_reversed");
    CHECK(answer.refusal.reason.at.starts_with("commands[1]"));
    CHECK(sums_of(desk.log).base_by_account.at("6100") == 2'000);
}

TEST_CASE("Northwind is taken back whole: every account and every sale ends at zero") {
    const std::string folder = data_folder("quickstart/northwind");
    if (folder.empty()) return;
    ImportDesk desk;
    desk.clock.set_day(Date::of(2018, 6, 1));
    const ImportSummary summary = import_data(desk, shipped_mapping("northwind.map"), folder);
    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);
    CHECK(plan.value().reversals.at("sales.IssueCreditNote") == 830);
    CHECK(plan.value().reversals.at("sales.DefineItem") == 77);
    CHECK(plan.value().reversals.at("crm.DeactivateParty") == 93 + 29);
    CHECK(plan.value().stays.at("sales.OrderConfirmed") == 830);

    take_back(desk, plan.value());
    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.net_minor == 0);
    for (const auto& [account, base] : ledger.base_by_account) CHECK_MESSAGE(base == 0, account);
}

TEST_CASE("Online Retail is taken back whole: every account and every sale ends at zero") {
    const std::string folder = data_folder("online_retail_I");
    if (folder.empty()) return;
    ImportDesk desk;
    desk.clock.set_day(Date::of(2011, 12, 31));
    const ImportSummary summary = import_data(desk, shipped_mapping("online_retail.map"), folder);
    const auto& commands = summary.passes[1].commands;
    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);
    const auto& reversals = plan.value().reversals;
    CHECK(reversals.at("sales.IssueCreditNote") == commands.at("sales.IssueInvoice").accepted);
    CHECK(reversals.at("sales.IssueInvoice") == commands.at("sales.IssueCreditNote").accepted);
    CHECK(reversals.at("accounting.ReverseEntry") == 3);

    take_back(desk, plan.value());
    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.net_minor == 0);
    CHECK(ledger.rounding_micro == 0);
    for (const auto& [account, base] : ledger.base_by_account) CHECK_MESSAGE(base == 0, account);
}

TEST_CASE("Maven CRM is taken back: open deals are lost, won ones reopened and lost") {
    const std::string folder = data_folder("quickstart/maven_crm");
    if (folder.empty()) return;
    ImportDesk desk;
    const ImportSummary summary = import_data(desk, shipped_mapping("maven_crm.map"), folder);
    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);
    const std::uint64_t won = summary.passes.back().commands.at("crm.WinDeal").accepted;
    const std::uint64_t lost = summary.passes.back().commands.at("crm.LoseDeal").accepted;
    const std::uint64_t opened = summary.passes.back().commands.at("crm.OpenDeal").accepted;
    CHECK(plan.value().reversals.at("crm.ReopenDeal") == won);
    CHECK(plan.value().reversals.at("crm.LoseDeal") == opened - lost);
    take_back(desk, plan.value());
}

}  // namespace daybook::files
