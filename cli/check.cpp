// `daybook check` and `daybook rebuild`: the books prove themselves, and rows are made anew.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
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

const Columns finding_columns = {"where", "message"};

boost::json::array records_of(const std::vector<Finding>& findings) {
    boost::json::array records;
    for (const Finding& finding : findings) {
        records.push_back({{"where", finding.where}, {"message", finding.message}});
    }
    return records;
}

// What the books proved.
struct Proof {
    std::uint64_t rules = 0;
    std::uint64_t broken = 0;  // Findings of the rules,
    RowDifferences rows;       // and of the rows, if a fresh fold was made.
    std::vector<Finding> findings;
};

void print_proof(const Session& session, const Proof& proof) {
    if (session.options.format != Format::json) {
        print_records(session, finding_columns, records_of(proof.findings));
        return;
    }
    print_record(
        session,
        finding_columns,
        {{"rules", proof.rules},
         {"broken", proof.broken},
         {"events", proof.rows.events},
         {"rows", proof.rows.rows},
         {"differing", proof.rows.count},
         {"findings", records_of(proof.findings)}}
    );
}

void say_findings(const Session& session, const std::vector<Finding>& findings) {
    if (session.wants_records()) return;
    for (const Finding& finding : findings) {
        session.terminal->out(fmt::format("{}: {}\n", finding.where, finding.message));
    }
}

Result<void> check_rules(const Session& session, Book& book, Proof& proof) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    for (const RegisteredProjection& projection : registered_projections()) {
        proof.rules += projection.projection->checks.size();
    }
    DAYBOOK_TRY(proof.findings, follower->run_checks());
    proof.broken = proof.findings.size();
    say_findings(session, proof.findings);
    session.terminal->say(
        fmt::format("{} rules of the books: {} findings", proof.rules, proof.broken)
    );
    return {};
}

Result<void> check_rows(const Session& session, Book& book, Proof& proof) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    Progress progress{*session.terminal, "folding afresh", "events"};
    MemoryStore scratch;
    DAYBOOK_TRY(proof.rows, follower->compare_with_fresh_fold("", scratch, watched_by(progress)));
    say_findings(session, proof.rows.findings);
    proof.findings.insert(
        proof.findings.end(), proof.rows.findings.begin(), proof.rows.findings.end()
    );
    session.terminal->say(fmt::format(
        "{} rows against a fresh fold of {} events: {} differ",
        count_text(proof.rows.rows),
        count_text(proof.rows.events),
        count_text(proof.rows.count)
    ));
    return {};
}

ExitCode check(const Session& session, bool rules_only) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    Proof proof;
    Result<void> checked = check_rules(session, *book.value(), proof);
    if (checked && !rules_only) checked = check_rows(session, *book.value(), proof);
    if (is_interrupted()) return ExitCode::interrupted;
    if (!checked) return session.fail(checked.error());
    if (session.wants_records()) print_proof(session, proof);
    return proof.broken + proof.rows.count == 0 ? ExitCode::ok : ExitCode::findings;
}

void print_rebuilt(const Session& session, const RowDifferences& made, std::uint64_t ms) {
    if (!session.wants_records()) return say_findings(session, made.findings);
    print_record(
        session,
        {"rows", "events", "milliseconds", "differing"},
        {{"rows", made.rows},
         {"events", made.events},
         {"milliseconds", ms},
         {"differing", made.count},
         {"findings", records_of(made.findings)}}
    );
}

ExitCode rebuild(const Session& session, const std::string& projection) {
    const auto book = Book::open(place_of(session), Access::read);
    if (!book) return session.fail(book.error());
    const auto follower = open_rows(session, *book.value());
    if (!follower) return session.fail(follower.error());
    Progress progress{*session.terminal, "rebuilding", "events"};
    const auto differences = follower.value()->rebuild(projection, watched_by(progress));
    if (is_interrupted()) return ExitCode::interrupted;
    if (!differences) return session.fail(differences.error());
    const RowDifferences& made = differences.value();
    const std::uint64_t ms = std::max<std::uint64_t>(1, progress.elapsed_ms());
    print_rebuilt(session, made, ms);
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
    command->footer("Exit code 3 on findings. Example:\n  daybook -b acme check --json\n");
    set_run(*command, session, [&] { return check(session, rules_only); });
}

void add_rebuild(CLI::App& program, Session& session) {
    auto& projection = session.keep<std::string>();
    CLI::App* command =
        program.add_subcommand("rebuild", "Make the rows of projections anew, and compare");
    command->add_option("projection", projection, "accounting, sales ...; all by default");
    command->footer("Examples:\n  daybook -b acme rebuild\n  daybook -b acme rebuild inventory\n");
    set_run(*command, session, [&] { return rebuild(session, projection); });
}

}  // namespace daybook::cli
