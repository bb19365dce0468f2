// Every row of every report, of the demonstration's book: it leads to its events by what it shows,
// and those add up to its figures.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "engine/log/segment_log.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/explain.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/sales.hpp"
#include "tests/support/explained_rows.hpp"
#include "tests/support/temp_folder.hpp"

using namespace daybook;

namespace {

using Options = std::map<std::string, std::string, std::less<>>;

// The demonstration's book as the program wrote it, and its rows.
struct DemoBook {
    DemoBook() {
        const char* const program = std::getenv("DAYBOOK_PROGRAM");
        REQUIRE(program != nullptr);
        const std::string command = fmt::format(
            "'{}' demo '{}/book' --events 8000 >'{}/said' 2>&1",
            program,
            folder.path(),
            folder.path()
        );
        REQUIRE(std::system(command.c_str()) == 0);
        log = std::move(SegmentLog::open(files, random, {.folder = folder.path() + "/book/log"}))
                  .value();
        follower = std::move(Follower::open(*log, store, {.projections = registered_projections()}))
                       .value();
        REQUIRE(follower->catch_up().ok());
    }

    TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    MemoryStore store;
    std::unique_ptr<SegmentLog> log;
    std::unique_ptr<Follower> follower;
};

// One book for all of them: nothing here changes it.
DemoBook& demo_book() {
    static DemoBook book;
    return book;
}

const Report& report_named(std::string_view name) {
    const Report* const report = find_report(registered_projections(), name);
    REQUIRE(report != nullptr);
    return *report;
}

// What must be said for a report to run, and other forms of it that have rows of their own.
const std::multimap<std::string_view, Options> asked = {
    {"statement", {{"party", "C-00003"}}},
    {"timeline", {{"party", "C-00003"}}},
    {"stock-ledger", {{"item", "P-0001"}}},
    {"stock-ledger", {{"item", "P-0001"}, {"from", "2025-03-01"}}},
    {"lot-trace", {{"item", "P-0001"}, {"lot", "L-1"}}},
    {"what-changed", {{"from", "2000"}}},
    {"general-ledger", {}},
    {"general-ledger", {{"from", "2025-06-01"}}},
    {"won-lost", {}},
    {"won-lost", {{"by", "owner"}}},
    {"won-lost", {{"by", "month"}}},
    {"funnel", {}},
    {"funnel", {{"by", "quarter"}}},
    {"order-book", {{"all", "true"}}},
    {"stock-on-hand", {}},
    {"stock-on-hand", {{"by", "location"}}},
    {"stock-movements", {}},
    {"stock-movements", {{"by", "reason"}, {"from", "2025-03-01"}}},
    {"gross-profit", {{"by", "invoice"}}},
    {"gross-profit", {{"by", "item"}}},
    {"gross-profit", {{"by", "customer"}}},
    {"sales-by-customer", {{"top", "5"}}},
    {"spend-by-item", {{"months", "true"}}},
};

std::vector<Options> options_of(const Report& report) {
    std::vector<Options> all;
    const auto [first, last] = asked.equal_range(report.name);
    for (auto each = first; each != last; ++each) all.push_back(each->second);
    if (all.empty()) all.emplace_back();
    return all;
}

struct Ask {
    std::string_view report;
    Options options = {};
};

// Holds the figures of each line against those that its events say.
using Figures = std::vector<std::int64_t>;
using Add = std::function<void(const ReportRow& row, EventBytes event, Figures& figures)>;
void check_figures(const Ask& ask, const std::vector<std::size_t>& columns, const Add& add) {
    const Report& report = report_named(ask.report);
    const Query query = demo_book().follower->query();
    const ReportRequest request{.as_of = Date::of(2025, 10, 15), .options = ask.options};
    const auto table = run_report(report, query, request);
    REQUIRE(table.ok());
    std::size_t lines = 0;
    for (const ReportRow& row : table.value().rows) {
        if (row.kind != RowKind::line || row.key.empty()) continue;
        Figures shown;
        for (const std::size_t column : columns) {
            const auto* const money = std::get_if<Money>(&row.cells[column]);
            const auto* const count = std::get_if<std::int64_t>(&row.cells[column]);
            shown.push_back(money != nullptr ? money->minor() : count != nullptr ? *count : 0);
        }
        const auto positions = explain_row(report, query, request, {row.key});
        REQUIRE_MESSAGE(positions.ok(), row.key);
        Figures summed(columns.size());
        for (const std::uint64_t position : positions.value()) {
            add(row, query.event(position).value(), summed);
        }
        CHECK_MESSAGE(shown == summed, ask.report, " ", row.key);
        ++lines;
    }
    CHECK(lines > 2);
}

template <class Record>
const Record* record_of(EventBytes event, const char* identifier) {
    const auto code = flatbuffers::ReadScalar<std::uint32_t>(identifier);
    if (header_of(event).module_() != code) return nullptr;
    return flatbuffers::GetRoot<Record>(payload_of(event).data());
}
const accounting::EntryPosted* entry_of(EventBytes event) {
    const auto* const record =
        record_of<accounting::EventRecord>(event, accounting::EventRecordIdentifier());
    return record == nullptr ? nullptr : record->event_as_EntryPosted();
}
// What an invoice or credit note adds to net and gross.
Figures sale_of(EventBytes event) {
    const auto* const record = record_of<sales::EventRecord>(event, sales::EventRecordIdentifier());
    REQUIRE(record != nullptr);
    if (const auto* const invoice = record->event_as_InvoiceIssued()) {
        return {read(invoice->net()).minor(), read(invoice->gross()).minor()};
    }
    const auto* const note = record->event_as_CreditNoteIssued();
    REQUIRE(note != nullptr);
    return {-read(note->net()).minor(), -read(note->gross()).minor()};
}
void add_sale(const ReportRow&, EventBytes event, Figures& figures) {
    const Figures sale = sale_of(event);
    for (std::size_t i = 0; i < figures.size(); ++i) figures[i] += sale[i];
}

}  // namespace

TEST_CASE("every row of every report leads to its events by what it shows") {
    const Query query = demo_book().follower->query();
    for (const RegisteredProjection& projection : registered_projections()) {
        for (const Report& report : projection.projection->reports) {
            CAPTURE(report.name);
            const bool can_explain = report.explain != nullptr;
            REQUIRE(can_explain);
            // The demonstration asks for no quotations; scenarios do.
            if (report.name == "rfq-comparison") continue;
            for (const Options& options : options_of(report)) {
                for (const Date as_of : {date_max, Date::of(2025, 7, 31)}) {
                    for (const std::uint64_t known_at : {query.position(), query.position() / 2}) {
                        const ReportRequest request{as_of, known_at, options};
                        CHECK(unexplained_row(report, query, request) == "");
                    }
                }
            }
        }
    }
}

TEST_CASE("the events behind an account add up to its debits and credits") {
    check_figures(
        {"trial-balance"},
        {2, 3},
        [](const ReportRow& row, EventBytes event, Figures& sums) {
            const accounting::EntryPosted* const entry = entry_of(event);
            REQUIRE(entry != nullptr);
            for (const accounting::EntryLine* line : *entry->lines()) {
                if (read(line->account()) != std::get<Id>(row.cells[0])) continue;
                const std::int64_t minor = line->base_minor();
                sums[minor > 0 ? 0 : 1] += minor > 0 ? minor : -minor;
            }
        }
    );
}

TEST_CASE("the events behind a tax code's month add up to its base and tax") {
    check_figures({"vat"}, {4, 5}, [](const ReportRow& row, EventBytes event, Figures& sums) {
        const accounting::EntryPosted* const entry = entry_of(event);
        REQUIRE(entry != nullptr);
        for (const accounting::TaxTag* tag : *entry->taxes()) {
            const bool is_its = read(tag->tax_code()) == std::get<Id>(row.cells[2]) &&
                                read(tag->rate()) == std::get<Rate>(row.cells[3]) &&
                                EnumNameTaxSide(tag->side()) == std::get<std::string>(row.cells[1]);
            if (!is_its) continue;
            sums[0] += tag->base_minor();
            sums[1] += tag->tax_minor();
        }
    });
}

TEST_CASE("the items and settlements behind a customer's debt add up to it") {
    Id party;
    std::set<std::pair<Id, std::uint16_t>> opened;  // Of the party.
    check_figures(
        {"aged-receivables"},
        {7},
        [&](const ReportRow& row, EventBytes event, Figures& sums) {
            if (std::exchange(party, std::get<Id>(row.cells[0])) != party) opened.clear();
            if (const accounting::EntryPosted* const entry = entry_of(event)) {
                for (const accounting::OpenedItem* item : *entry->items()) {
                    const accounting::EntryLine* const line = entry->lines()->Get(item->line());
                    if (read(line->party()) != party) continue;
                    opened.insert({read(item->document()), item->part()});
                    sums[0] += line->base_minor();
                }
                return;
            }
            const auto* const record =
                record_of<accounting::EventRecord>(event, accounting::EventRecordIdentifier());
            REQUIRE(record != nullptr);
            const auto* const made = record->event_as_AllocationMade();
            const auto* const undone = record->event_as_AllocationUndone();
            REQUIRE((made != nullptr || undone != nullptr));
            for (const accounting::SettledItem* item :
                 made != nullptr ? *made->items() : *undone->items()) {
                const bool is_its = opened.contains({read(item->document()), item->part()});
                if (is_its) sums[0] += made != nullptr ? -item->base_minor() : item->base_minor();
            }
        }
    );
}

TEST_CASE("the documents behind a customer's, a country's and a month's sales add up to them") {
    check_figures({"sales-by-customer"}, {3, 5}, &add_sale);
    check_figures({"sales-by-country"}, {2, 4}, &add_sale);
    check_figures({"sales-by-month"}, {2, 4}, &add_sale);
}

TEST_CASE("the lines behind an item's sales add up to them") {
    check_figures(
        {"sales-by-item"},
        {3},
        [](const ReportRow& row, EventBytes event, Figures& sums) {
            const auto* const record =
                record_of<sales::EventRecord>(event, sales::EventRecordIdentifier());
            REQUIRE(record != nullptr);
            const auto add = [&](const auto& lines, std::int64_t sign) {
                for (const sales::PricedLine* line : lines) {
                    const bool is_its = to_string(read(line->item())) == to_string(row.cells[0]);
                    if (is_its) sums[0] += sign * read(line->net()).minor();
                }
            };
            if (const auto* const invoice = record->event_as_InvoiceIssued())
                add(*invoice->lines(), 1);
            if (const auto* const note = record->event_as_CreditNoteIssued())
                add(*note->lines(), -1);
        }
    );
}

TEST_CASE("the closings behind a reason are as many as were won and lost") {
    check_figures({"won-lost"}, {1, 3}, [](const ReportRow&, EventBytes event, Figures& sums) {
        const auto* const record = record_of<crm::EventRecord>(event, crm::EventRecordIdentifier());
        REQUIRE(record != nullptr);
        if (record->event_as_DealWon() != nullptr) ++sums[0];
        if (record->event_as_DealLost() != nullptr) ++sums[1];
    });
}

TEST_CASE("the result of the year is that of the entries behind it") {
    const Query query = demo_book().follower->query();
    const ReportRequest request{.as_of = Date::of(2025, 10, 15)};
    const std::vector<std::string> words{"Result of the year"};
    const Report& sheet = report_named("balance-sheet");
    const auto table = run_report(sheet, query, request);
    REQUIRE(table.ok());
    const auto row = find_row(table.value(), words);
    REQUIRE(row.ok());
    const auto positions = explain_row(sheet, query, request, words);
    REQUIRE(positions.ok());
    std::int64_t result = 0;
    for (const std::uint64_t position : positions.value()) {
        const accounting::EntryPosted* const entry = entry_of(query.event(position).value());
        REQUIRE(entry != nullptr);
        for (const accounting::EntryLine* line : *entry->lines()) {
            const char first = to_string(read(line->account())).front();  // Classes of the chart.
            if (first == '6' || first == '7') result -= line->base_minor();
        }
    }
    CHECK(std::get<Money>(table.value().rows[row.value()].cells[3]).minor() == result);
}

TEST_CASE("words that several rows show are refused with those rows") {
    const Query query = demo_book().follower->query();
    const auto vat = explain_row(report_named("vat"), query, {}, {"FR20"});
    REQUIRE_FALSE(vat.ok());
    CHECK(vat.error().code == ErrorCode::conflict);
    CHECK(vat.error().message.find("(\"2025-03-01|output|FR20|20%\")") != std::string::npos);
    const auto none = explain_row(report_named("vat"), query, {}, {"FR21"});
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::not_found);
}

TEST_CASE("a total leads to the events of all its lines, shown or not") {
    const Query query = demo_book().follower->query();
    const Report& report = report_named("sales-by-customer");
    const auto all = explain_row(report, query, {}, {"Total"});
    const auto some = explain_row(report, query, {.options = {{"top", "1"}}}, {"Total"});
    REQUIRE(all.ok());
    REQUIRE(some.ok());
    CHECK(all.value() == some.value());
    const auto invoices = run_report(report_named("invoices"), query, {});
    REQUIRE(invoices.ok());
    CHECK(all.value().size() == invoices.value().rows.size() - 1);
}
