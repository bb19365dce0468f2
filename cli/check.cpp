// `daybook check` and `daybook rebuild`: the books prove themselves, and rows are made anew.
#include <fmt/format.h>

#include "cli/answers.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "engine/store/memory_store.hpp"

namespace daybook::cli {
namespace {

FoldProgress watched_by(Progress& progress) {
    return [&progress](std::uint64_t done, std::uint64_t total) {
        progress.at(done, total);
        return !is_interrupted();
    };
}

void print_finding(const Session& session, const Finding& finding) {
    session.terminal->out(
        session.wants_json() ? fmt::format(
                                   "{{\"where\": {}, \"message\": {}}}\n",
                                   json_text(finding.where),
                                   json_text(finding.message)
                               )
                             : fmt::format("{}: {}\n", finding.where, finding.message)
    );
}

Result<std::uint64_t> check_rules(const Session& session, Book& book) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    DAYBOOK_TRY(const std::vector<Finding> findings, follower->run_checks());
    for (const Finding& finding : findings) print_finding(session, finding);
    return findings.size();
}

Result<std::uint64_t> check_rows(const Session& session, Book& book) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    Progress progress{*session.terminal, "folding afresh", "events"};
    MemoryStore scratch;
    DAYBOOK_TRY(
        const RowDifferences differences,
        follower->compare_with_fresh_fold("", scratch, watched_by(progress))
    );
    for (const Finding& finding : differences.findings) print_finding(session, finding);
    session.terminal->say(fmt::format(
        "{} rows against a fresh fold of {} events: {} differ",
        count_text(differences.rows),
        count_text(differences.events),
        count_text(differences.count)
    ));
    return differences.count;
}

ExitCode check(const Session& session, bool rules_only) {
    const auto book = Book::open(place_of(session), Access::write);
    if (!book) return session.fail(book.error());
    const auto broken = check_rules(session, *book.value());
    if (!broken) return session.fail(broken.error());
    std::uint64_t findings = broken.value();
    std::uint64_t rules = 0;
    for (const RegisteredProjection& projection : registered_projections()) {
        rules += projection.projection->checks.size();
    }
    session.terminal->say(fmt::format("{} rules of the books: {} findings", rules, findings));
    if (!rules_only) {
        const auto differing = check_rows(session, *book.value());
        if (is_interrupted()) return ExitCode::interrupted;
        if (!differing) return session.fail(differing.error());
        findings += differing.value();
    }
    return findings == 0 ? ExitCode::ok : ExitCode::findings;
}

ExitCode rebuild(const Session& session, const std::string& projection) {
    const auto book = Book::open(place_of(session), Access::write);
    if (!book) return session.fail(book.error());
    const auto follower = open_rows(session, *book.value());
    if (!follower) return session.fail(follower.error());
    Progress progress{*session.terminal, "rebuilding", "events"};
    const auto differences = follower.value()->rebuild(projection, watched_by(progress));
    if (is_interrupted()) return ExitCode::interrupted;
    if (!differences) return session.fail(differences.error());
    const RowDifferences& made = differences.value();
    for (const Finding& finding : made.findings) print_finding(session, finding);
    const std::uint64_t ms = std::max<std::uint64_t>(1, progress.elapsed_ms());
    session.terminal->say(fmt::format(
        "{} rows from {} events in {} ({} events/s); {} differed from the old ones",
        count_text(made.rows),
        count_text(made.events),
        duration_text(ms),
        count_text(made.events * 1000 / ms),
        count_text(made.count)
    ));
    return made.count == 0 ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

void add_check(CLI::App& program, Session& session) {
    auto& rules_only = session.keep<bool>();
    CLI::App* command = program.add_subcommand(
        "check", "Prove the books: their rules, and every row against a fresh fold"
    );
    command->add_flag("--rules-only", rules_only, "Leave the fresh fold out");
    set_run(*command, session, [&] { return check(session, rules_only); });
}

void add_rebuild(CLI::App& program, Session& session) {
    auto& projection = session.keep<std::string>();
    CLI::App* command =
        program.add_subcommand("rebuild", "Make the rows of projections anew, and compare");
    command->add_option("projection", projection, "accounting, sales ...; all by default");
    set_run(*command, session, [&] { return rebuild(session, projection); });
}

}  // namespace daybook::cli
