// `daybook import undo`: the plan that takes an import back, then the plan as one batch.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <iostream>

#include "cli/answers.hpp"
#include "cli/arguments.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/rehearsal.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "connectors/files/undo.hpp"

namespace daybook::cli {
namespace {

struct UndoArguments {
    std::string import;
    std::string date;
    bool dry_run = false;
};

std::size_t column_of(const TableSchema& table, std::string_view name) {
    const auto found = std::ranges::find(table.columns, name, &ColumnSchema::name);
    DAYBOOK_ASSERT(found != table.columns.end());
    return static_cast<std::size_t>(found - table.columns.begin());
}

// Today if the books have an open day then or later, on which reversals count; else their last open
// day. None if they have no open day at all.
Result<Date> posting_date(const Session& session, Book& book) {
    DAYBOOK_TRY(const Query query, open_query(session, book));
    Date last;
    const NamedTable* const periods = query.find_table("accounting", "periods");
    DAYBOOK_ASSERT(periods != nullptr);
    const std::size_t day = column_of(*periods->schema, "last");
    const std::size_t status = column_of(*periods->schema, "status");
    DAYBOOK_TRY_VOID(query.scan_values(*periods, [&](const std::vector<Value>& period) {
        if (to_string(period[status]) == "open") last = std::max(last, std::get<Date>(period[day]));
        return true;
    }));
    const Date today = book.clock().now().date();
    return last.is_none() || last >= today ? Date{} : last;
}

// Nobody is asked about a plan that a program reads.
bool is_confirmed(const Session& session) {
    if (session.options.yes) return true;
    if (session.options.no_input || session.wants_records()) return false;
    std::cerr << "Send these commands? [y/N] ";
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

void print_plan(
    const Session& session, const files::UndoPlan& plan, const files::UndoOptions& options
) {
    session.terminal->out(
        fmt::format("The import wrote {} events. To take it back:\n", count_text(plan.events))
    );
    for (const auto& [command, count] : plan.reversals) {
        session.terminal->out(fmt::format("  {:>9} x {}\n", count_text(count), command));
    }
    for (const auto& [event, count] : plan.stays) {
        session.terminal->out(
            fmt::format("  {:>9} x {} stays: nothing takes it back\n", count_text(count), event)
        );
    }
    if (!plan.is_posted || !options.date.is_none() || options.posting_date.is_none()) return;
    session.terminal->out(fmt::format(
        "No period is open today or later: what takes it back is dated {}, the last open day. "
        "Another day: --date\n",
        to_string(options.posting_date)
    ));
}

// "commands[12].date" of a refusal -> the step of the plan.
const files::UndoStep* refused_step(const files::UndoPlan& plan, const Reason& reason) {
    constexpr std::string_view prefix = "commands[";
    std::size_t index = 0;
    if (plan.steps.size() > 1 && reason.at.starts_with(prefix)) {
        const char* begin = reason.at.data() + prefix.size();
        std::from_chars(begin, reason.at.data() + reason.at.size(), index);
    }
    return index < plan.steps.size() ? &plan.steps[index] : nullptr;
}

ExitCode print_undone(const Session& session, const files::UndoPlan& plan, const Answer& answer) {
    if (answer.outcome == Answer::Outcome::failed) return session.fail(answer.error);
    if (answer.outcome == Answer::Outcome::refused) {
        const files::UndoStep* step = refused_step(plan, answer.refusal.reason);
        if (step != nullptr) {
            session.terminal->out(fmt::format(
                "{} for event {} ({}) was refused, so nothing was taken back\n",
                step->command,
                step->position,
                step->event
            ));
        }
        session.terminal->out(answer_text(answer) + "\n");
        if (answer.refusal.reason.at.ends_with("date")) {
            session.terminal->say("Choose another day with --date, or open its period.");
        }
        return ExitCode::conflict;
    }
    session.terminal->say(fmt::format(
        "{}: one batch of {} events from position {}",
        answer.is_repeated ? "taken back before" : "taken back",
        count_text(answer.event_count),
        answer.first_position
    ));
    return ExitCode::ok;
}

boost::json::object record_of(const files::UndoPlan& plan) {
    return {
        {"import", to_string(plan.import)},
        {"events", plan.events},
        {"reversals", boost::json::value_from(plan.reversals)},
        {"stays", boost::json::value_from(plan.stays)}};
}

void print_undo_record(const Session& session, boost::json::object record, const Answer& answer) {
    for (const auto& member : answer_record(answer, {})) {
        if (member.key() != "id" && member.key() != "document_version") record.insert(member);
    }
    const Columns columns = {
        "import",
        "events",
        "outcome",
        "first_position",
        "event_count",
        "repeated",
        "rule",
        "at",
        "found",
        "needed",
        "message"};
    print_record(session, columns, record);
}

ExitCode tell(const Session& session, const files::UndoPlan& plan, const Answer& answer) {
    if (!session.wants_records()) return print_undone(session, plan, answer);
    print_undo_record(session, record_of(plan), answer);
    if (answer.outcome == Answer::Outcome::failed) return exit_code_of(answer.error.code);
    return answer.outcome == Answer::Outcome::refused ? ExitCode::conflict : ExitCode::ok;
}

// Of the batch that took the import back before.
Answer answer_before(const files::UndoPlan& plan) {
    Answer before;
    before.outcome = Answer::Outcome::accepted;
    before.is_repeated = true;
    before.first_position = plan.undone_position;
    before.event_count = plan.undone_events;
    return before;
}

// Sends the plan as one batch.
ExitCode send_plan(
    const Session& session,
    Engine& engine,
    const files::UndoPlan& plan,
    const files::UndoOptions& options
) {
    auto batch = files::undo_batch(plan, options);
    if (!batch) return session.fail(batch.error());
    return tell(session, plan, engine.submit_batch_and_wait(std::move(batch).value()));
}

ExitCode undo_import(const Session& session, const UndoArguments& arguments) {
    const auto import = parse_id(arguments.import);
    if (!import) return session.fail(import.error());
    const auto book =
        Book::open(place_of(session), arguments.dry_run ? Access::read : Access::write);
    if (!book) return session.fail(book.error());
    files::UndoOptions options;
    options.actor = actor_of(session);
    if (!arguments.date.empty()) options.date = parse_date(arguments.date).value();
    const auto posting = posting_date(session, *book.value());
    if (!posting) return session.fail(posting.error());
    options.posting_date = posting.value();
    const auto plan = files::plan_undo(book.value()->log(), import.value(), options);
    if (!plan) return session.fail(plan.error());
    if (plan.value().undone_events > 0) {
        return tell(session, plan.value(), answer_before(plan.value()));
    }
    if (!session.wants_records()) print_plan(session, plan.value(), options);
    if (!arguments.dry_run && !is_confirmed(session)) {
        return session.fail(
            {ErrorCode::conflict, "nothing was sent; say --yes to send it, --dry-run to look at it"}
        );
    }
    Rehearsal rehearsal;
    const auto engine = engine_for(*book.value(), rehearsal, arguments.dry_run);
    if (!engine) return session.fail(engine.error());
    const ExitCode code = send_plan(session, *engine.value(), plan.value(), options);
    if (arguments.dry_run) say_dry_run(session);
    return code;
}

}  // namespace

CLI::App* add_import_undo(CLI::App& import, Session& session) {
    auto& arguments = session.keep<UndoArguments>();
    CLI::App* undo = import.add_subcommand("undo", "Take an import back, after showing how");
    undo->add_option("import", arguments.import, "The import's id, as it was printed")->required();
    undo->add_option(
            "--date",
            arguments.date,
            "The day of the reversals; by default today, or the last open day if none is open"
    )
        ->check(is_day());
    undo->add_flag(
        "--dry-run", arguments.dry_run, "Show the plan, and decide it on a copy in memory"
    );
    undo->fallthrough();
    undo->footer("Example:\n  daybook -b acme import undo 0e1f... --dry-run\n");
    set_run(*undo, session, [&] { return undo_import(session, arguments); });
    return undo;
}

}  // namespace daybook::cli
