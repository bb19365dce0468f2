// `daybook demo`: a company's year through ordinary commands, and what its books then say.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "cli/arguments.hpp"
#include "cli/demo/company.hpp"
#include "cli/demo/day_clock.hpp"
#include "cli/demo/year.hpp"
#include "cli/interrupt.hpp"
#include "cli/opening.hpp"
#include "cli/progress.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {
namespace {

struct DemoOptions {
    std::string folder = "demo-book";
    std::uint64_t seed = 1;
    std::uint64_t events = 80'000;
    int year = 2025;
};

// Measured: what a year of the usual company makes, and below it one that is too small for the
// events to follow its size.
constexpr std::uint64_t usual_events = 83'400;
constexpr std::uint64_t events_min = 8'000;
constexpr std::uint64_t events_max = 100'000'000;

// In thousandths of the usual company.
std::uint64_t size_for(std::uint64_t events) {
    return events * 1'000 / usual_events;
}

demo::CompanySize company_size(std::uint64_t size) {
    const demo::CompanySize usual;
    const auto scaled = [size](std::size_t count, std::size_t least) {
        return std::max<std::size_t>(least, count * size / 1'000);
    };
    return {
        .employees = scaled(usual.employees, 2),
        .customers = scaled(usual.customers, 12),
        .suppliers = scaled(usual.suppliers, 3),
        .items = scaled(usual.items, 20)};
}

// The words that play the same year again.
std::string words_of(const DemoOptions& options) {
    return fmt::format(
        "--seed {} --events {} --year {}", options.seed, options.events, options.year
    );
}

Result<bool> fill(
    const Session& session, Book& book, demo::DayClock& clock, const DemoOptions& options
) {
    Prng random{options.seed};
    const std::uint64_t size = size_for(options.events);
    const demo::Company company = demo::make_company(random, company_size(size));
    const Date first = Date::of(options.year, 1, 1);
    DAYBOOK_TRY(Engine* const engine, book.engine());
    const Opening opening{.name = company.name, .first_day = first};
    DAYBOOK_TRY_VOID(submit_opening(*engine, book.codec(), id_from_code("demo"), opening));
    demo::Stream stream{*engine, book.codec()};
    const demo::YearPlan plan{.year = options.year, .size = size};
    demo::Year year{company, stream, Prng{random.next()}, plan};
    Progress progress{*session.terminal, fmt::format("playing {}", options.year), "days"};
    DAYBOOK_TRY(const bool whole, year.play([&](std::uint64_t done, std::uint64_t total) {
        clock.set(first.plus_days(static_cast<std::int32_t>(done)));
        progress.at(done, total);
        return !is_interrupted();
    }));
    DAYBOOK_TRY_VOID(book.close());
    const std::uint64_t ms = std::max<std::uint64_t>(1, progress.elapsed_ms());
    session.terminal->say(fmt::format(
        "{}: {} commands became {} events in {}, each group durable before it was answered ({} "
        "events/s)",
        company.name,
        count_text(stream.commands()),
        count_text(book.log().end()),
        duration_text(ms),
        count_text(book.log().end() * 1000 / ms)
    ));
    return whole;
}

struct Shown {
    std::string_view report;
    std::map<std::string, std::string, std::less<>> options;
};

Result<void> show(const Session& session, Book& book, const Shown& shown, Date as_of_day) {
    const Report* report = find_report(registered_projections(), shown.report);
    DAYBOOK_ASSERT(report != nullptr);
    ReportRequest request;
    request.as_of = as_of_day;
    request.known_at = book.log().end();
    request.options = shown.options;
    DAYBOOK_TRY(const Query query, open_query(session, book));
    DAYBOOK_TRY(const ReportTable table, run_report(*report, query, request));
    session.terminal->out(report_text(
        session, book, {.name = std::string{report->name}, .table = table, .request = request}
    ));
    return {};
}

Result<void> show_books(const Session& session, Book& book, const DemoOptions& options) {
    const Date last = Date::of(options.year, 12, 31);
    const std::array<Shown, 8> shown = {{
        {"trial-balance", {}},
        {"sales-by-customer", {{"top", "5"}}},
        {"aged-receivables", {{"top", "5"}}},
        {"stock-proof", {}},
        {"stock-to-reorder", {}},
        {"gross-profit", {{"by", "customer"}, {"top", "5"}}},
        {"funnel", {{"by", "year"}}},
        {"timeline", {{"party", "C-00003"}, {"last", "10"}}},
    }};
    for (const Shown& one : shown) DAYBOOK_TRY_VOID(show(session, book, one, last));
    return {};
}

// By the name that the program was called by, so that the lines can be tried as they stand.
void say_what_next(const Session& session, const DemoOptions& options) {
    const int year = options.year;
    const auto line = [&](const std::string& words, std::string_view what) {
        session.terminal->say(fmt::format(
            "  {} -b {} {:<52} {}", program_invocation_name, options.folder, words, what
        ));
    };
    session.terminal->say(fmt::format("\nThe book is in {}. What to try next:", options.folder));
    line(fmt::format("report income-statement --as-of {}-06-30", year), "any report, at any day");
    line(fmt::format("report trial-balance --known-at {}-06-30", year), "as it was known then");
    line(
        fmt::format("explain trial-balance 411000 --as-of {}-01-31", year),
        "the events behind a figure"
    );
    line(fmt::format("report stock-on-hand --as-of {}-06-30", year), "the stock of any day");
    line("report timeline --party C-00003", "all that happened with a customer");
    line("check", "the books prove themselves");
    line("verify", "every hash again");
    line("log tail", "the newest facts");
}

// A book's folder remembers which year is played in it, so that one that was broken off goes on.
std::string note_path(const std::string& folder) {
    return folder + "/demo";
}

std::string played_in(const std::string& folder) {
    std::ifstream file{note_path(folder)};
    std::string words;
    std::getline(file, words);
    return words;
}

// A book that is not there yet, or one in which the same year is played already.
Result<std::unique_ptr<Book>> open_stage(const Session& session, const DemoOptions& options) {
    const BookPlace place = place_of(session, options.folder);
    PosixFileSystem files;
    const bool exists = files.list(options.folder + "/log").ok();
    if (exists && played_in(options.folder) == words_of(options)) {
        return Book::open(place, Access::write);
    }
    if (exists && played_in(options.folder).empty()) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "the book in \"{}\" is no demonstration and stays as it is; name another folder: "
                "daybook demo FOLDER",
                options.folder
            )};
    }
    if (exists) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "there is another demonstration in \"{0}\"; choose another folder, or remove it: "
                "rm -r {0}",
                options.folder
            )};
    }
    DAYBOOK_TRY(auto book, Book::open(place, Access::create));
    std::ofstream{note_path(book->folder())} << words_of(options) << "\n";
    return book;
}

ExitCode run_demo(const Session& session, const DemoOptions& options) {
    demo::DayClock clock{Date::of(options.year, 1, 1)};
    const auto book = open_stage(session, options);
    if (!book) return session.fail(book.error());
    book.value()->record_by(clock);
    const Result<bool> filled = fill(session, *book.value(), clock, options);
    if (!filled) return session.fail(filled.error());
    if (!filled.value()) {
        session.terminal->say(fmt::format(
            "Stopped: what is there stays. Go on with: {} demo {} {}",
            program_invocation_name,
            options.folder,
            words_of(options)
        ));
        return ExitCode::interrupted;
    }
    const Result<void> shown = show_books(session, *book.value(), options);
    if (!shown) return session.fail(shown.error());
    say_what_next(session, options);
    return ExitCode::ok;
}

}  // namespace

void add_demo(CLI::App& program, Session& session) {
    auto& options = session.keep<DemoOptions>();
    CLI::App* command =
        program.add_subcommand("demo", "Fill a book with a company's year and look at it");
    const CLI::Option* const folder =
        command->add_option("folder", options.folder, "Where; else --book says it")
            ->capture_default_str();
    command->add_option("--seed", options.seed, "Another company and another year")
        ->check(is_count())
        ->capture_default_str();
    command
        ->add_option(
            "--events", options.events, "About how many events, 8,000 or more: how large a company"
        )
        ->check(CLI::Range(events_min, events_max))
        ->capture_default_str();
    command->add_option("--year", options.year, "Which year is played")
        ->check(CLI::Range(1900, 2200))
        ->capture_default_str();
    command->footer(
        "The same seed, size and year give the same log, event for event. After an interruption "
        "say "
        "it\nonce more to go on. Example:\n  daybook demo big --events 1000000\n"
    );
    add_demo_backdating(*command, session);
    const CLI::Option* const book = program.get_option("--book");
    command->callback([&, command, folder, book] {
        if (!command->get_subcommands().empty()) return;
        if (folder->count() == 0 && book->count() > 0) options.folder = session.options.book;
        // People look at a demonstration, also through a pager or in a build's output.
        if (session.options.format == Format::automatic) session.options.format = Format::table;
        session.run = [&] { return run_demo(session, options); };
    });
}

}  // namespace daybook::cli
