// `daybook demo backdating`: receipts dated before a year of movements, priced at once; and the
// same again behind closed months. The reports are read before, between and after; it fails if
// they, the books and a plain replay ever differ.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "cli/demo/backdating.hpp"
#include "cli/demo/stock_reports.hpp"
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
std::string euros(std::int64_t minor) {
    return to_string(Money::from_minor(minor, Currency::eur));
}
Error wrong(std::string message) {
    return Error{ErrorCode::corrupt, std::move(message)};
}

// The days on which the stock is looked at: one that closes on the way, one that does not, the
// last.
std::array<Date, 3> shown_days(int year) {
    return {Date::of(year, 3, 31), Date::of(year, 9, 30), Date::of(year, 12, 31)};
}
using Values = std::array<std::int64_t, 3>;

class Shown {
 public:
    Shown(const Session& session, demo::Backdating& play, Follower& follower, int year)
        : session_(session),
          play_(play),
          follower_(follower),
          reports_(follower, std::string{demo::backdating_item}),
          days_(shown_days(year)) {}

    void head() const {
        session_.terminal->say(fmt::format(
            "{:<10}{:>18}{:>18}{:>18}",
            "Stock on",
            to_string(days_[0]),
            to_string(days_[1]),
            to_string(days_[2])
        ));
    }
    // The stock on each day by the reports, which must be that of the events, the ledger and the
    // plain rule; or on closed days what it was when they were closed.
    Result<Values> say(std::string_view when, const std::optional<Values>& closed = {}) {
        DAYBOOK_TRY_VOID(follower_.catch_up());
        Values values{};
        for (std::size_t i = 0; i < days_.size(); ++i) {
            DAYBOOK_TRY(values[i], reports_.value_on(days_[i]));
            DAYBOOK_TRY(const std::int64_t by_ledger_report, reports_.ledger_value_on(days_[i]));
            DAYBOOK_TRY(const std::int64_t unproven, reports_.unproven_on(days_[i]));
            DAYBOOK_TRY(demo::StockFigures figures, play_.figures(days_[i]));
            if (closed && i == 0) figures.by_replay = (*closed)[i];
            const bool agrees = figures.are_equal() && figures.by_movements == values[i] &&
                                by_ledger_report == values[i] && unproven == 0;
            if (agrees) continue;
            return wrong(fmt::format(
                "{}, {}: by the reports {} and {}, by movements {}, by the ledger {}, by a plain "
                "replay {}",
                when,
                to_string(days_[i]),
                euros(values[i]),
                euros(by_ledger_report),
                euros(figures.by_movements),
                euros(figures.by_ledger),
                euros(figures.by_replay)
            ));
        }
        session_.terminal->say(fmt::format(
            "{:<10}{:>18}{:>18}{:>18}", when, euros(values[0]), euros(values[1]), euros(values[2])
        ));
        return values;
    }
    // The report of what the round's last receipt changed must come to the difference of the values
    // known before and after it.
    Result<void> check_changes(const demo::Round& round) {
        DAYBOOK_TRY(const std::int64_t before, reports_.value_on(days_.back(), round.from));
        DAYBOOK_TRY(const std::int64_t after, reports_.value_on(days_.back(), round.to));
        DAYBOOK_TRY(const std::int64_t told, reports_.changed_between(round.from, round.to));
        if (told == after - before) return {};
        return wrong(fmt::format(
            "the last receipt changed the stock by {}, what-changed tells {}",
            euros(after - before),
            euros(told)
        ));
    }
    [[nodiscard]] const demo::StockReports& reports() const { return reports_; }

 private:
    const Session& session_;
    demo::Backdating& play_;
    Follower& follower_;
    demo::StockReports reports_;
    std::array<Date, 3> days_;
};

void say_times(
    const Session& session, std::string_view name, const std::vector<std::int64_t>& sorted
) {
    session.terminal->say(fmt::format(
        "{:<34}{:>11}{:>11}{:>11}{:>11}",
        name,
        ms_text(demo::percentile(sorted, 50)),
        ms_text(demo::percentile(sorted, 90)),
        ms_text(demo::percentile(sorted, 99)),
        ms_text(demo::percentile(sorted, 100))
    ));
}

void say_rounds(const Session& session, const demo::Round& open, const demo::Round& closed) {
    session.terminal->say(fmt::format(
        "\n{:<34}{:>11}{:>11}{:>11}{:>11}",
        fmt::format("{} receipts dated before them all", open.microseconds.size()),
        "median",
        "90 %",
        "99 %",
        "slowest"
    ));
    say_times(session, "decided, posted and durable", open.microseconds);
    say_times(session, "  with six closed months between", closed.microseconds);
    say_times(session, "the reports know it after another", open.row_microseconds);
    say_times(session, "  with six closed months between", closed.row_microseconds);
    session.terminal->say(fmt::format(
        "The last one changed the cost of {} issues, {} sums of a day, in {} bytes of events.",
        closed.changed_issues,
        closed.changed_days,
        closed.bytes
    ));
}

void say_reports(const Session& session, const demo::StockReports::Microseconds& taken) {
    session.terminal->say(fmt::format(
        "Reports: stock-on-hand {}, stock-ledger of a month {}, stock-proof {}, what-changed {}.",
        ms_text(taken.on_hand),
        ms_text(taken.ledger),
        ms_text(taken.proof),
        ms_text(taken.changed)
    ));
}

Result<void> play(const Session& session, Book& book, const BackdatingOptions& options) {
    const Opening opening{.name = "Back-dating", .first_day = Date::of(options.plan.year, 1, 1)};
    DAYBOOK_TRY(Engine* const engine, book.engine());
    DAYBOOK_TRY_VOID(submit_opening(*engine, book.codec(), actor_of(session), opening));
    demo::Backdating play{*engine, book.codec(), options.plan};
    {
        Progress progress{*session.terminal, fmt::format("playing {}", options.plan.year), "days"};
        DAYBOOK_TRY_VOID(play.fill([&](std::uint64_t done, std::uint64_t total) {
            progress.at(done, total);
        }));
    }
    DAYBOOK_TRY(Follower* const follower, book.follower());
    Shown shown{session, play, *follower, options.plan.year};
    const auto follow = [&] { return follower->catch_up(); };
    session.terminal->say(fmt::format("{} movements of one item\n", play.movements()));
    shown.head();
    DAYBOOK_TRY_VOID(shown.say("before"));
    DAYBOOK_TRY(const demo::Round open, play.play_round(follow));
    DAYBOOK_TRY_VOID(shown.check_changes(open));
    DAYBOOK_TRY(const Values between, shown.say("between"));
    DAYBOOK_TRY_VOID(play.close_half());
    DAYBOOK_TRY(const demo::Round closed, play.play_round(follow));
    if (closed.closed_ledger_change != 0) return wrong("an entry was posted in a closed month");
    DAYBOOK_TRY_VOID(follow());
    DAYBOOK_TRY_VOID(shown.check_changes(closed));
    DAYBOOK_TRY_VOID(shown.say("after", between));
    session.terminal->say("By the reports, the movements, the ledger and a plain replay: equal.");
    say_rounds(session, open, closed);
    say_reports(session, shown.reports().microseconds());
    return {};
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
    const CLI::Option* const folder =
        command->add_option("folder", options.folder, "Where the book is made; else --book says it")
            ->capture_default_str();
    command->add_option("--movements", options.plan.movements, "Of the one item, in the year")
        ->check(CLI::Range(100, 10'000'000))
        ->capture_default_str();
    command->add_option("--receipts", options.plan.receipts, "Back-dated ones, in each round")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    command->add_option("--method", options.plan.method, "How the stock is valued")
        ->check(CLI::IsMember({"fifo", "moving_average"}))
        ->capture_default_str();
    command->footer("Example:\n  daybook demo backdating --movements 50000\n");
    const CLI::Option* const book = demo.get_parent()->get_option("--book");
    set_run(*command, session, [&, folder, book] {
        if (folder->count() == 0 && book->count() > 0) options.folder = session.options.book;
        return run_backdating(session, options);
    });
}

}  // namespace daybook::cli
