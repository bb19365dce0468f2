// `daybook init`: starts a book in a new folder.
#include <fmt/format.h>

#include "cli/answers.hpp"
#include "cli/arguments.hpp"
#include "cli/opening.hpp"
#include "cli/session.hpp"
#include "cli/shared_schemas.hpp"
#include "cli/wiring.hpp"
#include "engine/os/clock.hpp"

namespace daybook::cli {
namespace {

struct InitOptions {
    std::string folder;
    std::string first_day;
    Opening opening;
};

Result<void> share_schemas_of(const Session& session, const std::string& place) {
    if (!kafka::is_kafka_place(place)) return {};
    DAYBOOK_TRY(const kafka::Place topic, kafka::parse_place(place));
    DAYBOOK_TRY(const kafka::Settings settings, kafka_settings(place_of(session)));
    share_schemas(session, topic, settings);
    return {};
}

ExitCode init(const Session& session, InitOptions options) {
    const std::string folder = options.folder.empty() ? session.options.book : options.folder;
    if (options.opening.name.empty())
        options.opening.name = folder.substr(folder.find_last_of('/') + 1);
    options.opening.first_day = Date::of(SystemClock{}.now().date().year(), 1, 1);
    if (!options.first_day.empty()) {
        options.opening.first_day = parse_date(options.first_day).value();
    }
    const Result<void> possible = check_opening(actor_of(session), options.opening);
    if (!possible) return session.fail(possible.error());
    auto book = Book::open(place_of(session, folder), Access::create);
    if (!book) return session.fail(book.error());
    const Result<void> shared = share_schemas_of(session, folder);
    if (!shared) return session.fail(shared.error());
    const auto engine = book.value()->engine();
    if (!engine) return session.fail(engine.error());
    const Result<void> opened =
        submit_opening(*engine.value(), book.value()->codec(), actor_of(session), options.opening);
    if (!opened) return session.fail(opened.error());
    session.terminal->say(fmt::format(
        "{} is open: {} events. Next:\n  daybook -b {} submit --list\n  daybook -b {} import "
        "FOLDER "
        "--map MAP\n"
        "  daybook -b {} report trial-balance",
        folder,
        book.value()->log().end(),
        folder,
        folder,
        folder
    ));
    return ExitCode::ok;
}

}  // namespace

void add_init(CLI::App& program, Session& session) {
    auto& options = session.keep<InitOptions>();
    CLI::App* command = program.add_subcommand("init", "Start a book in a new folder");
    command->add_option(
        "folder", options.folder, "Where, also kafka://HOST:PORT/BOOK; by default that of --book"
    );
    command->add_option(
        "--name", options.opening.name, "The company; by default the folder's name"
    );
    command->add_option("--currency", options.opening.currency, "The base currency (ISO 4217)")
        ->check(is_currency())
        ->capture_default_str();
    command->add_option("--country", options.opening.country, "The country (ISO 3166)")
        ->check(is_country())
        ->capture_default_str();
    command
        ->add_option(
            "--chart", options.opening.chart, "The chart of accounts: pcg (French, 2025) or general"
        )
        ->check(CLI::IsMember({"pcg", "general"}))
        ->capture_default_str();
    command
        ->add_option(
            "--first-day",
            options.first_day,
            "Of the first fiscal year; by default this January 1st"
        )
        ->check(is_day());
    command->add_option("--years", options.opening.years, "How many fiscal years to open")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command->footer(
        "Example:\n  daybook init acme --name \"Acme SARL\" --currency EUR --chart pcg\n"
    );
    set_run(*command, session, [&] { return init(session, options); });
}

}  // namespace daybook::cli
