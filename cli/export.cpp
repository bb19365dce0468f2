// `daybook export`: the ledger for hledger and ledger, and any table of any projection.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/records.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "connectors/files/hledger.hpp"
#include "projections/core/render.hpp"

namespace daybook::cli {
namespace {

Result<void> export_hledger(const Session& session, Book& book) {
    DAYBOOK_TRY(const Query query, open_query(session, book));
    return files::write_hledger(query, [&](std::string_view text) -> Result<void> {
        session.terminal->out(text);
        return {};
    });
}

Result<void> list_tables(const Session& session, Book& book) {
    DAYBOOK_TRY(const Query query, open_query(session, book));
    boost::json::array records;
    for (const NamedTable& table : query.tables()) {
        const std::string name = fmt::format("{}.{}", table.projection, table.schema->name);
        std::vector<std::string_view> columns;
        for (const ColumnSchema& column : table.schema->columns) columns.push_back(column.name);
        records.push_back({{"table", name}, {"columns", boost::json::value_from(columns)}});
        if (session.wants_records()) continue;
        session.terminal->out(fmt::format("{}: {}\n", name, fmt::join(columns, ", ")));
    }
    if (session.wants_records()) print_records(session, {"table", "columns"}, records);
    return {};
}

ReportTable empty_table(const NamedTable& table) {
    ReportTable rows;
    rows.title = fmt::format("{}.{}", table.projection, table.schema->name);
    for (const ColumnSchema& column : table.schema->columns) {
        rows.columns.push_back({std::string{column.name}, std::string{column.name}, column.type});
    }
    return rows;
}

Result<void> export_table(const Session& session, Book& book, const std::string& name) {
    DAYBOOK_TRY(const Query query, open_query(session, book));
    const std::size_t dot = name.find('.');
    const NamedTable* table = dot == std::string::npos
                                  ? nullptr
                                  : query.find_table(name.substr(0, dot), name.substr(dot + 1));
    if (table == nullptr) {
        return Error{
            ErrorCode::not_found,
            fmt::format("there is no table \"{}\"; see: daybook export tables", name)};
    }
    ReportTable rows = empty_table(*table);
    DAYBOOK_TRY_VOID(query.scan_values(*table, [&](const std::vector<Value>& values) {
        rows.rows.push_back({.key = {}, .cells = values});
        return true;
    }));
    const ReportRequest request{.as_of = date_max, .known_at = query.position(), .options = {}};
    print_report(session, book, {.name = name, .table = rows, .request = request});
    return {};
}

template <class Export>
ExitCode run_export(const Session& session, Export run) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    const Result<void> done = run(*book.value());
    return done ? ExitCode::ok : session.fail(done.error());
}

}  // namespace

void add_export(CLI::App& program, Session& session) {
    auto& name = session.keep<std::string>();
    CLI::App* parent =
        program.add_subcommand("export", "Write the books in forms that other programs read");
    parent->require_subcommand(1)->fallthrough();
    CLI::App* hledger = parent->add_subcommand(
        "hledger", "The ledger as an hledger journal, which ledger reads too"
    );
    hledger->footer("Example:\n  daybook export hledger > ledger.journal\n");
    set_run(*hledger, session, [&] {
        return run_export(session, [&](Book& book) { return export_hledger(session, book); });
    });
    CLI::App* tables = parent->add_subcommand("tables", "List every table and its columns");
    tables->footer("Example:\n  daybook export tables\n");
    set_run(*tables, session, [&] {
        return run_export(session, [&](Book& book) { return list_tables(session, book); });
    });
    CLI::App* table = parent->add_subcommand("table", "Every row of a table");
    table->add_option("name", name, "accounting.accounts, sales.invoices ...")->required();
    table->footer("Example:\n  daybook export table crm.parties --csv > parties.csv\n");
    set_run(*table, session, [&] {
        return run_export(session, [&](Book& book) { return export_table(session, book, name); });
    });
    parent->footer(
        "Examples:\n  daybook export hledger > ledger.journal\n  daybook export table crm.parties "
        "--csv\n"
    );
}

}  // namespace daybook::cli
