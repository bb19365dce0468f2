// `daybook report` and `daybook explain`: questions to the projections, and the events behind a
// row of their answers. Every report of every projection is a subcommand of both.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/arguments.hpp"
#include "cli/event_lines.hpp"
#include "cli/moment.hpp"
#include "cli/progress.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "projections/core/explain.hpp"
#include "projections/core/known_at.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {
namespace {

struct Question {
    const Report* report = nullptr;
    Moment moment;
    std::map<std::string, std::string> options;
    std::vector<std::string> row;  // Words that name it.
};

Result<ReportRequest> request_of(const Question& question, const Log& log) {
    ReportRequest request;
    DAYBOOK_TRY(request.as_of, as_of(question.moment.as_of));
    DAYBOOK_TRY(request.known_at, position_known_at(log, question.moment.known_at));
    for (const auto& [name, value] : question.options) {
        if (!value.empty()) request.options[name] = value;
    }
    return request;
}

Result<void> answer(const Session& session, Book& book, const Question& question) {
    DAYBOOK_TRY(const ReportRequest request, request_of(question, book.log()));
    DAYBOOK_TRY(const Query query, open_query(session, book));
    DAYBOOK_TRY(const ReportTable table, run_report(*question.report, query, request));
    print_report(
        session,
        book,
        {.name = std::string{question.report->name}, .table = table, .request = request}
    );
    return {};
}

Result<void> explain(const Session& session, Book& book, const Question& question) {
    DAYBOOK_TRY(const ReportRequest request, request_of(question, book.log()));
    DAYBOOK_TRY(const Query query, open_query(session, book));
    DAYBOOK_TRY(const auto positions, explain_row(*question.report, query, request, question.row));
    EventLines lines{session, book.codec()};
    for (const std::uint64_t position : positions) {
        DAYBOOK_TRY(const EventBytes event, query.event(position));
        DAYBOOK_TRY_VOID(lines.add(event));
    }
    session.terminal->say(fmt::format("{} events", count_text(positions.size())));
    return {};
}

using Answer = Result<void> (*)(const Session&, Book&, const Question&);

ExitCode run_question(const Session& session, const Question& question, Answer answered_by) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    const Result<void> result = answered_by(session, *book.value(), question);
    if (result) return ExitCode::ok;
    const ExitCode failed = session.fail(result.error());
    // Whatever was asked for was asked by words on the command line.
    return result.error().code == ErrorCode::invalid ? ExitCode::usage : failed;
}

// The report's own, with what it must be given.
std::string example_of(const Report& report, std::string_view verb, std::string_view row) {
    std::string line = fmt::format("Example:\n  daybook {} {}{}", verb, report.name, row);
    for (const ReportOption& option : report.options) {
        if (!option.is_required) continue;
        std::string value{option.name};
        std::ranges::transform(value, value.begin(), [](char c) {
            return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        });
        line += fmt::format(" --{} {}", option.name, value);
    }
    return line + " --as-of 2026-06-30\n";
}

void add_question(CLI::App& parent, Session& session, const Report& report, Answer answered_by) {
    auto& question = session.keep<Question>();
    question.report = &report;
    CLI::App* command =
        parent.add_subcommand(std::string{report.name}, std::string{report.summary});
    if (answered_by == &explain) {
        constexpr const char* help =
            "What the row shows: its first columns, any values that no other row has, or its _key";
        command->add_option("row", question.row, help)->required();
    }
    add_moment_options(*command, question.moment);
    for (const ReportOption& option : report.options) {
        std::string help{option.summary};
        if (!option.choices.empty()) help += fmt::format(" ({})", option.choices);
        command
            ->add_option(
                "--" + std::string{option.name}, question.options[std::string{option.name}], help
            )
            ->required(option.is_required)
            ->check(is_valid_for(option));
    }
    const bool explains = answered_by == &explain;
    command->footer(example_of(report, explains ? "explain" : "report", explains ? " ROW" : ""));
    set_run(*command, session, [&session, &question, answered_by] {
        return run_question(session, question, answered_by);
    });
}

CLI::App* add_questions(CLI::App& program, Session& session, Answer answered_by) {
    const bool explains = answered_by == &explain;
    CLI::App* parent = program.add_subcommand(
        explains ? "explain" : "report",
        explains ? "Print the events behind a row of a report"
                 : "Answer a question from the projections"
    );
    parent->require_subcommand(1)->fallthrough();
    for (const RegisteredProjection& projection : registered_projections()) {
        for (const Report& report : projection.projection->reports) {
            add_question(*parent, session, report, answered_by);
        }
    }
    return parent;
}

}  // namespace

void add_report(CLI::App& program, Session& session) {
    add_questions(program, session, &answer)
        ->footer(
            "Examples:\n  daybook report trial-balance --as-of 2026-06-30\n"
            "  daybook report aged-receivables --known-at 2026-07-05 --json\n"
        );
}

void add_explain(CLI::App& program, Session& session) {
    add_questions(program, session, &explain)
        ->footer(
            "A row is named by what it shows in the report with the same options: its first "
            "columns, or as many\nof its values as no other row has; blank is ''. The _key of "
            "--json names it too. A total leads to\nthe events of its lines. Where several rows "
            "show the words they are listed.\nThe events are a JSON object a line, or --csv or "
            "--format table.\n"
            "Examples:\n  daybook explain trial-balance 411000 --as-of 2026-06-30\n"
            "  daybook explain vat 2026-01-01 output FR20\n"
            "  daybook explain balance-sheet \"Result of the year\"\n"
        );
}

}  // namespace daybook::cli
