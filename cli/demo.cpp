// `daybook demo`: a company's year through ordinary commands, and what its books then say.
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "cli/arguments.hpp"
#include "cli/demo/company.hpp"
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
    std::string folder;
    std::uint64_t seed = 1;
    std::uint64_t events = 0;
    int year = 2025;
};

// About what an order brings with it until it is paid, talks, deals and bills included.
constexpr std::uint64_t events_per_order = 14;
constexpr std::uint64_t business_days = 261;

demo::YearPlan plan_of(const DemoOptions& options) {
    demo::YearPlan plan;
    plan.year = options.year;
    if (options.events == 0) return plan;
    plan.orders_per_day =
        std::max<std::uint64_t>(1, options.events / business_days / events_per_order);
    plan.deals_per_day = std::max<std::uint64_t>(1, plan.orders_per_day / 4);
    plan.calls_per_day = std::max<std::uint64_t>(1, plan.orders_per_day * 5 / 6);
    return plan;
}

Result<bool> fill(const Session& session, Book& book, const DemoOptions& options) {
    Prng random{options.seed};
    const demo::Company company = demo::make_company(random, {});
    const Opening opening{.name = company.name, .first_day = Date::of(options.year, 1, 1)};
    DAYBOOK_TRY_VOID(submit_opening(session, book, opening));
    DAYBOOK_TRY(Engine* const engine, book.engine());
    demo::Stream stream{*engine, book.codec()};
    demo::Year year{company, stream, Prng{random.next()}, plan_of(options)};
    Progress progress{*session.terminal, fmt::format("playing {}", options.year), "days"};
    DAYBOOK_TRY(const bool whole, year.play([&](std::uint64_t done, std::uint64_t total) {
        progress.at(done, total);
        return !is_interrupted();
    }));
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
    print_report(
        session, book, {.name = std::string{report->name}, .table = table, .request = request}
    );
    return {};
}

Result<void> show_books(const Session& session, Book& book, const DemoOptions& options) {
    const Date last = Date::of(options.year, 12, 31);
    const std::array<Shown, 7> shown = {{
        {"trial-balance", {}},
        {"sales-by-customer", {{"top", "5"}}},
        {"aged-receivables", {{"top", "12"}}},
        {"stock-proof", {}},
        {"gross-profit", {{"by", "customer"}, {"top", "10"}}},
        {"funnel", {{"by", "quarter"}}},
        {"timeline", {{"party", "C-00003"}, {"from", fmt::format("{}-12-18", options.year)}}},
    }};
    for (const Shown& one : shown) DAYBOOK_TRY_VOID(show(session, book, one, last));
    return {};
}

// By the name that the program was called by, so that the lines can be tried as they stand.
void say_what_next(const Session& session, const std::string& folder, int year) {
    const auto line = [&](const std::string& words, std::string_view what) {
        session.terminal->say(
            fmt::format("  {} -b {} {:<52} {}", program_invocation_name, folder, words, what)
        );
    };
    session.terminal->say(fmt::format("\nThe book is in {}. What to try next:", folder));
    line(fmt::format("report income-statement --as-of {}-06-30", year), "any report, at any day");
    line("report trial-balance --known-at 5000", "as it was known then");
    line(
        fmt::format("explain trial-balance 411000 --as-of {}-01-31", year),
        "the events behind a figure"
    );
    line(fmt::format("report stock-on-hand --as-of {}-06-30", year), "the stock of any day");
    line("check", "the books prove themselves");
    line("verify", "every hash again");
    line("log tail", "the newest facts");
}

ExitCode run_demo(const Session& session, DemoOptions options) {
    if (options.folder.empty()) options.folder = "demo-book";
    PosixFileSystem files;
    if (files.list(options.folder + "/log").ok()) {
        return session.fail(Error{
            ErrorCode::conflict,
            fmt::format(
                "there is a book in \"{0}\" already; choose another folder, or remove it: rm -r "
                "{0}",
                options.folder
            )});
    }
    const auto book = Book::open(place_of(session, options.folder), Access::create);
    if (!book) return session.fail(book.error());
    const Result<bool> filled = fill(session, *book.value(), options);
    if (!filled) return session.fail(filled.error());
    if (!filled.value()) return ExitCode::interrupted;
    const Result<void> shown = show_books(session, *book.value(), options);
    if (!shown) return session.fail(shown.error());
    say_what_next(session, options.folder, options.year);
    return ExitCode::ok;
}

}  // namespace

void add_demo(CLI::App& program, Session& session) {
    auto& options = session.keep<DemoOptions>();
    CLI::App* command =
        program.add_subcommand("demo", "Fill a book with a company's year and look at it");
    command->add_option("folder", options.folder, "Where; demo-book by default");
    command->add_option("--seed", options.seed, "Another company and another year")
        ->check(is_count())
        ->capture_default_str();
    command->add_option("--events", options.events, "About how many events; 80,000 by default");
    command->add_option("--year", options.year, "Which year is played")
        ->check(CLI::Range(1900, 2200))
        ->capture_default_str();
    command->footer("Example:\n  daybook demo big --events 1000000\n");
    add_demo_backdating(*command, session);
    command->callback([&, command] {
        if (!command->get_subcommands().empty()) return;
        // People look at a demonstration, also through a pager or in a build's output.
        if (session.options.format == Format::automatic) session.options.format = Format::table;
        session.run = [&] { return run_demo(session, options); };
    });
}

}  // namespace daybook::cli
