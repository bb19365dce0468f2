// `daybook demo backdating`: receipts dated before a year of movements, priced at once; and the
// same again behind closed months. It fails if the books and the stock ever differ.
#include <fmt/format.h>

#include "cli/demo/backdating.hpp"
#include "cli/interrupt.hpp"
#include "cli/opening.hpp"
#include "cli/progress.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "engine/os/file.hpp"

namespace daybook::cli {
namespace {

struct BackdatingOptions {
    std::string folder = "backdating-book";
    demo::BackdatingPlan plan;
};

std::string ms_text(std::int64_t microseconds) {
    return fmt::format("{}.{:02} ms", microseconds / 1'000, microseconds % 1'000 / 10);
}

Result<void> say_figures(const Session& session, demo::Backdating& play, std::string_view when) {
    DAYBOOK_TRY(const demo::StockFigures figures, play.figures());
    const auto text = [](std::int64_t minor) {
        return to_string(Money::from_minor(minor, Currency::eur));
    };
    session.terminal->say(fmt::format(
        "{}: stock by its movements {}, by the ledger {}, by a plain replay {}{}",
        when,
        text(figures.by_movements),
        text(figures.by_ledger),
        text(figures.by_replay),
        figures.are_equal() ? ": equal" : ""
    ));
    if (figures.are_equal()) return {};
    return Error{ErrorCode::corrupt, fmt::format("{}: the figures differ", when)};
}

Result<void> say_round(const Session& session, demo::Backdating& play, std::string_view name) {
    DAYBOOK_TRY(const demo::Round round, play.play_round());
    session.terminal->say(fmt::format(
        "{} receipts dated before {} movements{}, each decided, posted and durable: median {}, "
        "90 % within {}, 99 % within {}, slowest {}; the last one changed "
        "the cost of {} issues on {} days ({} bytes of events)",
        round.microseconds.size(),
        play.movements() - round.microseconds.size(),
        name,
        ms_text(round.at(50)),
        ms_text(round.at(90)),
        ms_text(round.at(99)),
        ms_text(round.at(100)),
        round.changed_issues,
        round.changed_days,
        round.bytes
    ));
    if (round.closed_ledger_change == 0 || name.empty()) return {};
    return Error{ErrorCode::corrupt, "an entry was posted in a closed month"};
}

Result<void> play(const Session& session, Book& book, const BackdatingOptions& options) {
    const Opening opening{.name = "Back-dating", .first_day = Date::of(options.plan.year, 1, 1)};
    DAYBOOK_TRY_VOID(submit_opening(session, book, opening));
    DAYBOOK_TRY(Engine* const engine, book.engine());
    demo::Backdating play{*engine, book.codec(), options.plan};
    {
        Progress progress{*session.terminal, fmt::format("playing {}", options.plan.year), "days"};
        DAYBOOK_TRY_VOID(play.fill([&](std::uint64_t done, std::uint64_t total) {
            progress.at(done, total);
        }));
    }
    DAYBOOK_TRY_VOID(say_figures(session, play, "before"));
    DAYBOOK_TRY_VOID(say_round(session, play, ""));
    DAYBOOK_TRY_VOID(say_figures(session, play, "between"));
    DAYBOOK_TRY_VOID(play.close_half());
    DAYBOOK_TRY_VOID(say_round(session, play, " with six closed months between"));
    return say_figures(session, play, "after");
}

ExitCode run_backdating(const Session& session, const BackdatingOptions& options) {
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
    const Result<void> played = play(session, *book.value(), options);
    return played ? ExitCode::ok : session.fail(played.error());
}

}  // namespace

void add_demo_backdating(CLI::App& demo, Session& session) {
    auto& options = session.keep<BackdatingOptions>();
    CLI::App* command = demo.add_subcommand(
        "backdating", "Receipts dated before a year of movements, priced at once"
    );
    command->add_option("folder", options.folder, "Where the book is made")->capture_default_str();
    command->add_option("--movements", options.plan.movements, "Of the one item, in the year")
        ->check(CLI::Range(100, 10'000'000))
        ->capture_default_str();
    command->add_option("--receipts", options.plan.receipts, "Back-dated ones, in each round")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    command->add_option("--method", options.plan.method, "How the stock is valued")
        ->check(CLI::IsMember({"fifo", "moving_average"}))
        ->capture_default_str();
    set_run(*command, session, [&] { return run_backdating(session, options); });
}

}  // namespace daybook::cli
