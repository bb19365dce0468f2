// `daybook log`: look at the events themselves.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "cli/arguments.hpp"
#include "cli/event_lines.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/verify.hpp"
#include "cli/wiring.hpp"

namespace daybook::cli {
namespace {

struct Range {
    std::uint64_t from = 0;
    std::uint64_t to = UINT64_MAX;
};

Result<std::uint64_t> print_range(EventLines& lines, const Log& log, Range range) {
    DAYBOOK_TRY(const auto reader, log.read(range.from));
    std::uint64_t printed = 0;
    while (!is_interrupted()) {
        DAYBOOK_TRY(const auto events, reader->next());
        if (events.empty()) break;
        for (const EventBytes& event : events) {
            if (header_of(event).position() >= range.to) return printed;
            DAYBOOK_TRY_VOID(lines.add(event));
            ++printed;
        }
    }
    return printed;
}

struct LogOptions {
    std::uint64_t lines = 20;
    bool follow = false;
    std::uint64_t position = 0;
    Range range;
    bool full = false;
};

ExitCode tail(const Session& session, const LogOptions& options) {
    auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    const std::uint64_t end = book.value()->log().end();
    std::uint64_t from = end - std::min(end, options.lines);
    const Codec codec{domain_modules()};
    EventLines lines{session, codec};
    while (true) {
        const auto printed = print_range(lines, book.value()->log(), {.from = from});
        if (!printed) return session.fail(printed.error());
        from += printed.value();
        if (!options.follow) return ExitCode::ok;
        session.terminal->flush();
        while (book.value()->log().wait_beyond(from, std::chrono::milliseconds{200}) <= from) {
            if (is_interrupted()) return ExitCode::interrupted;
            book = Book::open(place_of(session), Access::read);
            if (!book) return session.fail(book.error());
        }
    }
}

ExitCode show(const Session& session, const LogOptions& options) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    if (options.position >= book.value()->log().end()) {
        return session.fail(Error{
            ErrorCode::not_found,
            fmt::format(
                "there is no event {}; the book's events are 0 to {}",
                options.position,
                book.value()->log().end() - 1
            )});
    }
    const Range one{options.position, options.position + 1};
    EventLines lines{session, book.value()->codec()};
    const auto printed = print_range(lines, book.value()->log(), one);
    return printed ? ExitCode::ok : session.fail(printed.error());
}

ExitCode export_events(const Session& session, const LogOptions& options) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    EventLines lines{session, book.value()->codec()};
    const auto printed = print_range(lines, book.value()->log(), options.range);
    if (!printed) return session.fail(printed.error());
    session.terminal->say(fmt::format("{} events", count_text(printed.value())));
    return is_interrupted() ? ExitCode::interrupted : ExitCode::ok;
}

ExitCode stat(const Session& session) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    const LogStatistics numbers = book.value()->segments().statistics();
    const TreeHead head = book.value()->log().head();
    const std::uint64_t per_event = numbers.events == 0 ? 0 : numbers.event_bytes / numbers.events;
    if (session.wants_records()) {
        const Columns columns = {
            "events",
            "groups",
            "segments",
            "bytes",
            "event_bytes",
            "bytes_per_event",
            "root",
            "chain"};
        print_record(
            session,
            columns,
            {{"events", numbers.events},
             {"groups", numbers.frames},
             {"segments", numbers.segments},
             {"bytes", numbers.file_bytes},
             {"event_bytes", numbers.event_bytes},
             {"bytes_per_event", per_event},
             {"root", hex(head.root)},
             {"chain", hex(head.chain)}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format(
        "events           {}\ngroups           {}\nsegments         {}\nsize             {}\n"
        "bytes per event  {}\nMerkle root      {}\nchain            {}\n",
        count_text(numbers.events),
        count_text(numbers.frames),
        count_text(numbers.segments),
        bytes_text(numbers.file_bytes),
        per_event,
        hex(head.root),
        hex(head.chain)
    ));
    return ExitCode::ok;
}

}  // namespace

void add_log(CLI::App& program, Session& session) {
    auto& options = session.keep<LogOptions>();
    CLI::App* log = program.add_subcommand("log", "Look at the events themselves");
    log->require_subcommand(1)->fallthrough();
    log->footer("Examples:\n  daybook -b acme log tail -n 5\n  daybook -b acme log show 17\n");

    CLI::App* tail_command = log->add_subcommand(
        "tail", "Print the newest events, a JSON object a line, or as CSV or a table"
    );
    tail_command->add_option("-n,--lines", options.lines, "How many")
        ->check(is_count())
        ->capture_default_str();
    tail_command->add_flag("-f,--follow", options.follow, "Wait for more, until Ctrl-C");
    tail_command->footer(
        "Examples:\n  daybook log tail -n 5\n  daybook log tail -f | grep Invoice\n"
    );
    set_run(*tail_command, session, [&] { return tail(session, options); });

    CLI::App* show_command = log->add_subcommand("show", "Print one event");
    show_command->add_option("position", options.position, "Its position")
        ->check(is_count())
        ->required();
    show_command->footer("Example:\n  daybook log show 17\n");
    set_run(*show_command, session, [&] { return show(session, options); });

    CLI::App* export_command =
        log->add_subcommand("export", "Print events as JSON Lines, or as CSV or a table");
    export_command->add_option("--from", options.range.from, "The first position")
        ->check(is_count());
    export_command->add_option("--to", options.range.to, "The position before which to stop")
        ->check(is_count());
    export_command->footer("Example:\n  daybook log export --from 1000 --to 2000 > events.jsonl\n");
    set_run(*export_command, session, [&] { return export_events(session, options); });

    CLI::App* stat_command = log->add_subcommand("stat", "Print size, count and hashes");
    stat_command->footer("Example:\n  daybook log stat --json\n");
    set_run(*stat_command, session, [&] { return stat(session); });

    CLI::App* verify_command = log->add_subcommand("verify", "Prove that nothing changed");
    verify_command->add_flag("--full", options.full, "Compute every hash again");
    verify_command->footer("Example:\n  daybook log verify --full\n");
    set_run(*verify_command, session, [&] {
        return verify_book(session, place_of(session), options.full);
    });
}

}  // namespace daybook::cli
