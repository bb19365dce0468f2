// `daybook import`: documents from CSV files by a mapping.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/rehearsal.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "connectors/files/built_in_mappings.hpp"
#include "connectors/files/importer.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t totals_shown_max = 24;  // Of one total, by text.

struct ImportArguments {
    std::string folder;
    std::string map;
    std::string errors = "import-errors.csv";
    std::vector<std::string> aliases;
    bool dry_run = false;
    bool list = false;
};

Result<files::Mapping> mapping_of(const ImportArguments& arguments) {
    std::string text;
    for (const files::BuiltInMapping& mapping : files::built_in_mappings()) {
        if (mapping.name == arguments.map) text = mapping.text;
    }
    if (text.empty()) {
        std::ifstream file{arguments.map, std::ios::binary};
        if (!file) {
            return Error{
                ErrorCode::not_found,
                fmt::format(
                    "there is no mapping file \"{}\", and none of that name comes with the "
                    "program; "
                    "see: daybook import --list",
                    arguments.map
                )};
        }
        text.assign(std::istreambuf_iterator<char>{file}, {});
    }
    DAYBOOK_TRY(files::Mapping mapping, files::parse_mapping(text, arguments.map));
    for (const std::string& alias : arguments.aliases) {
        DAYBOOK_TRY_VOID(files::add_aliases(mapping, "alias " + alias));
    }
    return mapping;
}

void print_rows(const Session& session, const files::PassSummary& pass) {
    // A pass without a file has no rows: the mapping says it all.
    const files::RowCounts& rows = pass.file.empty() ? pass.documents : pass.rows;
    const std::string what = pass.file.empty() ? "documents" : "rows of " + pass.file;
    session.terminal->out(fmt::format(
        "{}: {} {}: {} imported, {} imported earlier, {} reported{}{}\n",
        pass.name,
        count_text(rows.read),
        what,
        count_text(rows.imported),
        count_text(rows.imported_earlier),
        count_text(rows.reported),
        rows.left_out == 0 ? "" : fmt::format(", {} left out", count_text(rows.left_out)),
        rows.not_reached == 0 ? "" : fmt::format(", {} not reached", count_text(rows.not_reached))
    ));
    for (const auto& [reason, documents] : pass.reasons) {
        session.terminal->out(fmt::format("  {} documents: {}\n", count_text(documents), reason));
    }
    if (!pass.error_file.empty()) {
        session.terminal->out(fmt::format("  they stand in {}\n", pass.error_file));
    }
    for (const std::string& alias : pass.proposed_aliases) {
        session.terminal->out(
            fmt::format("  proposed: --alias '{}'\n", alias.substr(alias.find(' ') + 1))
        );
    }
}

void print_totals(const Session& session, const files::PassSummary& pass) {
    for (const auto& [name, by_text] : pass.totals) {
        if (by_text.size() > totals_shown_max) continue;
        for (const auto& [text, sums] : by_text) {
            session.terminal->out(fmt::format(
                "  {}{}{}: read {}, imported {}, reported {}\n",
                name,
                text.empty() ? "" : " of ",
                text,
                sums.read.text(),
                sums.imported.text(),
                sums.reported.text()
            ));
        }
    }
}

boost::json::object record_of(const files::RowCounts& rows) {
    return {
        {"read", rows.read},
        {"imported", rows.imported},
        {"imported_earlier", rows.imported_earlier},
        {"reported", rows.reported},
        {"left_out", rows.left_out},
        {"not_reached", rows.not_reached}};
}

boost::json::array records_of_totals(const files::PassSummary& pass) {
    boost::json::array records;
    for (const auto& [name, by_text] : pass.totals) {
        for (const auto& [text, sums] : by_text) {
            records.push_back({
                {"total", name},
                {"of", text},
                {"read", sums.read.text()},
                {"imported", sums.imported.text()},
                {"reported", sums.reported.text()},
            });
        }
    }
    return records;
}

boost::json::object record_of(const files::PassSummary& pass) {
    boost::json::object record{{"pass", pass.name}, {"file", pass.file}};
    for (const auto& member : record_of(pass.rows)) record.insert(member);
    record["error_file"] = pass.error_file;
    record["reasons"] = boost::json::value_from(pass.reasons);
    record["totals"] = records_of_totals(pass);
    record["proposed_aliases"] = boost::json::value_from(pass.proposed_aliases);
    return record;
}

void print_summary_record(const Session& session, const files::ImportSummary& summary) {
    const Columns columns = {
        "pass",
        "file",
        "read",
        "imported",
        "imported_earlier",
        "reported",
        "left_out",
        "not_reached",
        "error_file"};
    boost::json::array passes;
    for (const files::PassSummary& pass : summary.passes) passes.push_back(record_of(pass));
    if (session.options.format != Format::json) return print_records(session, columns, passes);
    print_record(
        session,
        columns,
        {{"import", to_string(summary.import)},
         {"is_stopped", summary.is_stopped},
         {"rows", record_of(summary.rows())},
         {"passes", std::move(passes)}}
    );
}

void print_summary(const Session& session, const files::ImportSummary& summary) {
    if (session.wants_records()) return print_summary_record(session, summary);
    for (const files::PassSummary& pass : summary.passes) {
        print_rows(session, pass);
        print_totals(session, pass);
    }
}

ExitCode conclude(
    const Session& session, const files::ImportSummary& summary, const Progress& progress
) {
    print_summary(session, summary);
    const files::RowCounts rows = summary.rows();
    const std::uint64_t ms = std::max<std::uint64_t>(1, progress.elapsed_ms());
    session.terminal->say(fmt::format(
        "{} rows in {} ({} rows/s)",
        count_text(rows.read),
        duration_text(ms),
        count_text(rows.read * 1000 / ms)
    ));
    if (summary.failure) return session.fail(*summary.failure);
    if (summary.is_stopped) {
        session.terminal->say("Stopped: run the same command again to go on where it ended.");
        return ExitCode::interrupted;
    }
    return rows.reported == 0 ? ExitCode::ok : ExitCode::findings;
}

ExitCode import_files(const Session& session, const ImportArguments& arguments) {
    const auto mapping = mapping_of(arguments);
    if (!mapping) return session.fail(mapping.error());
    const auto book =
        Book::open(place_of(session), arguments.dry_run ? Access::read : Access::write);
    if (!book) return session.fail(book.error());
    Rehearsal rehearsal;
    const auto engine = engine_for(*book.value(), rehearsal, arguments.dry_run);
    if (!engine) return session.fail(engine.error());
    const files::Submit submit = [&](CommandMessage command, AnswerCallback answered) {
        return engine.value()->submit(std::move(command), std::move(answered));
    };
    Progress progress{*session.terminal, "importing", "rows"};
    files::ImportOptions options;
    options.folder = arguments.folder;
    options.error_path = arguments.errors;
    options.actor = actor_of(session);
    options.log = &book.value()->log();
    options.stop = [] { return is_interrupted(); };
    options.progress = [&](const files::ImportProgress& at) {
        progress.at(at.rows, at.rows_total);
    };
    const auto summary = files::run_import(mapping.value(), submit, options);
    if (!summary) return session.fail(summary.error());
    const ExitCode code = conclude(session, summary.value(), progress);
    if (summary.value().is_again) {
        session.terminal->say(
            "Taken back before, so imported again: parties and items under their own names, "
            "documents under new ones, X as X-2."
        );
    }
    if (arguments.dry_run) {
        say_dry_run(session);
        return code;
    }
    session.terminal->say(fmt::format(
        "Take it back with: daybook -b {} import undo {}",
        session.options.book,
        to_string(summary.value().import)
    ));
    return code;
}

ExitCode list_mappings(const Session& session) {
    boost::json::array records;
    for (const files::BuiltInMapping& built_in : files::built_in_mappings()) {
        const auto mapping = files::parse_mapping(built_in.text, std::string{built_in.name});
        if (!mapping) return session.fail(mapping.error());
        records.push_back({{"mapping", built_in.name}, {"about", mapping.value().about}});
        if (session.wants_records()) continue;
        session.terminal->out(fmt::format("{:<18} {}\n", built_in.name, mapping.value().about));
    }
    if (session.wants_records()) print_records(session, {"mapping", "about"}, records);
    return ExitCode::ok;
}

}  // namespace

void add_import(CLI::App& program, Session& session) {
    auto& arguments = session.keep<ImportArguments>();
    CLI::App* command =
        program.add_subcommand("import", "Import documents from CSV files by a mapping");
    command->add_option(
        "folder", arguments.folder, "The folder of the files that the mapping names"
    );
    command->add_option(
        "--map", arguments.map, "A mapping file, or one that comes with the program"
    );
    command
        ->add_option(
            "--errors",
            arguments.errors,
            "Where rows that could not be imported go; with several passes one each, named by the "
            "pass"
        )
        ->capture_default_str();
    command->add_option(
        "--alias", arguments.aliases, "A word for another: 'product \"GTXPro\" = \"GTX Pro\"'"
    );
    command->add_flag(
        "--dry-run", arguments.dry_run, "Decide everything on a copy in memory, store nothing"
    );
    command->add_flag("--list", arguments.list, "List the mappings that come with the program");
    command->footer(
        "Importing twice imports once. Examples:\n"
        "  daybook -b acme import exports/ --map customers.map --dry-run\n"
        "  daybook -b acme import exports/ --map customers.map\n"
        "  daybook -b acme import undo 0e1f...\n"
    );
    const CLI::App* undo = add_import_undo(*command, session);
    command->callback([&session, &arguments, undo] {
        if (undo->parsed()) return;
        if (arguments.list) {
            session.run = [&session] { return list_mappings(session); };
            return;
        }
        session.run = [&session, &arguments] {
            if (arguments.folder.empty())
                return session.refuse("A folder is required", "daybook import");
            if (arguments.map.empty()) return session.refuse("--map is required", "daybook import");
            return import_files(session, arguments);
        };
    });
}

}  // namespace daybook::cli
