// Taking imports back: a plan first, then reversals that leave nothing but history.
#include "connectors/files/undo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
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

using Documents = std::vector<std::string>;

// What the commands of an import were about, in their order.
Documents documents_of(const Log& log, const Id& import) {
    Documents documents;
    for_each_event(log, [&](EventBytes event) {
        const EventHeader& header = header_of(event);
        if (flatbuffers::UnPack(header.trace()) != import) return;
        if (header.cause_index() != caused_by_command) return;
        documents.push_back(to_string(flatbuffers::UnPack(header.document())));
    });
    return documents;
}

// What reports say of all that is known.
class Reports {
 public:
    explicit Reports(const Log& log)
        : follower_(std::move(Follower::open(log, store_, {.projections = registered_projections()})
          )
                        .value()) {}

    // The texts of a report's rows, without totals.
    [[nodiscard]] std::vector<std::string> lines(
        std::string_view name, const ReportRequest& request = {}
    ) {
        return rows(name, request, RowKind::line);
    }
    [[nodiscard]] std::vector<std::string> totals(
        std::string_view name, const ReportRequest& request = {}
    ) {
        return rows(name, request, RowKind::total);
    }

 private:
    std::vector<std::string> rows(
        std::string_view name, const ReportRequest& request, RowKind kind
    ) {
        REQUIRE(follower_->catch_up().ok());
        const Report* const report = find_report(registered_projections(), name);
        REQUIRE(report != nullptr);
        const auto table = run_report(*report, follower_->query(), request);
        REQUIRE(table.ok());
        std::vector<std::string> rows;
        for (const ReportRow& row : table.value().rows) {
            if (row.kind != kind) continue;
            std::string& text = rows.emplace_back();
            for (const Value& cell : row.cells) text += to_string(cell) + " ";
        }
        return rows;
    }

    MemoryStore store_;
    std::unique_ptr<Follower> follower_;
};

// How many orders stand so; with those that are over.
std::int64_t orders_that_are(Reports& reports, std::string_view status) {
    const auto orders = reports.lines("order-book", {.options = {{"all", "true"}}});
    return std::ranges::count_if(orders, [&](const std::string& order) {
        return order.find(status) != std::string::npos;
    });
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

TEST_CASE("what was taken back can be imported again, once, and taken back again") {
    ImportDesk desk;
    desk.open_book();
    const auto write = [&](const std::string& second_amount) {
        desk.write(
            "journal_entries.csv",
            "entry,date,account,debit,credit,text\n"
            "E-1,2026-01-01,6100,10.00,,Rent\nE-1,2026-01-01,1010,,10.00,Rent\n"
            "E-2,2026-01-01,6100," +
                second_amount + ",,Rent\nE-2,2026-01-01,1010,," + second_amount + ",Rent\n"
        );
    };
    const auto import = [&] {
        return import_data(desk, shipped_mapping("journal_entries.map"), desk.folder.path());
    };
    const auto undo = [&](const Id& id) {
        return take_back(desk, plan_undo(desk.log, id, options_of_undo()).value());
    };
    const auto rent = [&] { return sums_of(desk.log).base_by_account.at("6100"); };
    write("20.00");
    const ImportSummary first = import();
    CHECK_FALSE(first.is_again);
    undo(first.import);
    CHECK(rent() == 0);

    const ImportSummary second = import();
    CHECK(second.is_again);
    CHECK(second.import != first.import);
    CHECK(second.rows().imported == 4);
    CHECK(rent() == 3'000);
    CHECK(documents_of(desk.log, second.import) == Documents{"E-1-2", "E-2-2"});
    const ImportSummary repeated = import();
    CHECK(repeated.import == second.import);
    CHECK(repeated.rows().imported_earlier == 4);
    CHECK(rent() == 3'000);

    CHECK(undo(second.import).event_count == 4);
    CHECK(undo(first.import).is_repeated);
    CHECK(rent() == 0);
    // The file that was corrected meanwhile is an import of its own, with rows of the other.
    write("25.00");
    const ImportSummary corrected = import();
    CHECK_FALSE(corrected.is_again);
    CHECK(corrected.rows().imported == 4);
    CHECK(documents_of(desk.log, corrected.import) == Documents{"E-1-3", "E-2-3"});
    CHECK(rent() == 3'500);
}

TEST_CASE("parties and items that were taken back come again under their own names") {
    ImportDesk desk;
    desk.open_book();
    desk.write("customers.csv", "code,name\nA1,Alpha\n");
    constexpr std::string_view mapping = R"(mapping customers
source customers
  file customers.csv
  encoding utf-8
  delimiter comma
pass customers from customers
  document code
  command crm.RegisterParty
    party = code
    kind = "organisation"
    name = name
  command sales.DefineItem
    item = join("I-", code)
    name = name
    posting_group = "GOODS"
)";
    const ImportSummary first = desk.import(mapping).value();
    take_back(desk, plan_undo(desk.log, first.import, options_of_undo()).value());
    const ImportSummary second = desk.import(mapping).value();
    CHECK(second.rows().imported == 1);
    CHECK(documents_of(desk.log, second.import) == Documents{"A1", "I-A1"});
    CHECK(desk.import(mapping).value().rows().imported_earlier == 1);
    // The party is active, or this would be refused.
    desk.say("crm.AmendParty", R"({"party": "A1", "name": "Alpha SA"})");
    const auto plan = plan_undo(desk.log, second.import, options_of_undo());
    REQUIRE(plan);
    CHECK(plan.value().reversals.at("crm.DeactivateParty") == 1);
    CHECK(plan.value().reversals.at("sales.DefineItem") == 1);
    take_back(desk, plan.value());
    CHECK(desk.import(mapping).value().rows().imported == 1);
}

TEST_CASE("leads that were taken back are retracted with all that became of them") {
    ImportDesk desk;
    desk.open_book();
    desk.write("leads.csv", "lead,name\nL-1,Marie\n");
    constexpr std::string_view mapping = R"(mapping leads
source leads
  file leads.csv
  encoding utf-8
  delimiter comma
pass leads from leads
  document lead
  command crm.CaptureLead
    lead = lead
    name = name
  command crm.QualifyLead
    lead = lead
  command crm.ConvertLead
    lead = lead
    party = join("P-", lead)
)";
    const ImportSummary first = desk.import(mapping).value();
    REQUIRE(first.rows().imported == 1);
    const auto plan = plan_undo(desk.log, first.import, options_of_undo());
    REQUIRE(plan);
    CHECK(plan.value().reversals.at("crm.RetractLead") == 1);
    CHECK(plan.value().reversals.at("crm.DeactivateParty") == 1);
    CHECK(plan.value().stays.empty());
    take_back(desk, plan.value());
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
    CHECK(plan.value().reversals.at("sales.CancelOrder") == 830);
    CHECK_FALSE(plan.value().stays.contains("sales.OrderConfirmed"));
    const LedgerSums imported = sums_of(desk.log);
    Reports reports{desk.log};
    const ReportRequest all_orders{.options = {{"all", "true"}}};
    const auto ordered = reports.totals("order-book", all_orders);
    CHECK(orders_that_are(reports, "Completed") == 830);

    take_back(desk, plan.value());
    CHECK(orders_that_are(reports, "Completed") == 0);
    CHECK(orders_that_are(reports, "Cancelled") == 830);
    CHECK(reports.totals("order-book", all_orders) != ordered);
    const LedgerSums ledger = sums_of(desk.log);
    CHECK(ledger.net_minor == 0);
    for (const auto& [account, base] : ledger.base_by_account) CHECK_MESSAGE(base == 0, account);

    const ImportSummary again = import_data(desk, shipped_mapping("northwind.map"), folder);
    CHECK(again.rows().imported == summary.rows().imported);
    CHECK(again.rows().reported == summary.rows().reported);
    CHECK(sums_of(desk.log).base_by_account == imported.base_by_account);
    CHECK(orders_that_are(reports, "Completed") == 830);
    CHECK(reports.totals("order-book", all_orders) == ordered);
    const ImportSummary repeated = import_data(desk, shipped_mapping("northwind.map"), folder);
    CHECK(repeated.rows().imported == 0);
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

TEST_CASE("Maven CRM is taken back: no deal counts any more, and all come again") {
    const std::string folder = data_folder("quickstart/maven_crm");
    if (folder.empty()) return;
    ImportDesk desk;
    const ImportSummary summary = import_data(desk, shipped_mapping("maven_crm.map"), folder);
    const auto plan = plan_undo(desk.log, summary.import, options_of_undo());
    REQUIRE(plan);
    const std::uint64_t opened = summary.passes.back().commands.at("crm.OpenDeal").accepted;
    CHECK(plan.value().reversals.at("crm.RetractDeal") == opened);
    CHECK_FALSE(plan.value().stays.contains("crm.DealWon"));
    CHECK_FALSE(plan.value().stays.contains("crm.DealLost"));
    Reports reports{desk.log};
    const auto closed = reports.lines("won-lost");
    const auto funnel = reports.lines("funnel");
    CHECK(closed.size() > 1);
    CHECK(funnel.size() > 1);
    take_back(desk, plan.value());
    CHECK(reports.lines("won-lost").empty());
    CHECK(reports.lines("funnel").empty());

    const ImportSummary again = import_data(desk, shipped_mapping("maven_crm.map"), folder);
    CHECK(again.rows().imported == summary.rows().imported);
    CHECK(reports.lines("won-lost") == closed);
    CHECK(reports.lines("funnel") == funnel);
    const auto second = plan_undo(desk.log, again.import, options_of_undo());
    REQUIRE(second);
    CHECK(second.value().reversals.at("crm.RetractDeal") == opened);
    take_back(desk, second.value());
    CHECK(reports.lines("won-lost").empty());
}

}  // namespace daybook::files
