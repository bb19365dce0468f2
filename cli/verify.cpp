// `daybook verify`: a folder, a topic or an archive proves that no event changed.
#include "cli/verify.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/rendering.hpp"
#include "connectors/kafka/archive.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds patience{30'000};

ExitCode verify_folder(const Session& session, const BookPlace& place, bool full) {
    const auto book = Book::open(place, Access::read);
    if (!book) return session.fail(book.error());
    Progress progress{*session.terminal, "verifying", "events"};
    const auto head = book.value()->segments().verify(
        full ? VerifyDepth::full : VerifyDepth::fast,
        [&](const LogProgress& at) {
            progress.at(at.events_done, at.events_total);
            return !is_interrupted();
        }
    );
    if (is_interrupted()) return ExitCode::interrupted;
    if (!head) return session.fail(head.error());
    if (session.wants_records()) {
        print_record(
            session,
            {"events", "depth", "milliseconds", "root"},
            {{"events", head.value().size},
             {"depth", full ? "full" : "fast"},
             {"milliseconds", progress.elapsed_ms()},
             {"root", hex(head.value().root)}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format(
        "{} events are whole in {}; {}\nMerkle root {}\n",
        count_text(head.value().size),
        duration_text(progress.elapsed_ms()),
        full ? "every hash was computed again"
             : "checksums and links (--full computes every hash again)",
        hex(head.value().root)
    ));
    return ExitCode::ok;
}

ExitCode print_records(const Session& session, const Result<kafka::VerifyReport>& report) {
    if (is_interrupted()) return ExitCode::interrupted;
    if (!report) return session.fail(report.error());
    const kafka::VerifyReport& found = report.value();
    if (session.wants_records()) {
        print_record(
            session,
            {"events", "records", "void", "repeated", "claims", "fences", "term", "root", "chain"},
            {{"events", found.head.size},
             {"records", found.records},
             {"void", found.void_records},
             {"repeated", found.repeated},
             {"claims", found.claims},
             {"fences", found.fences},
             {"term", found.term},
             {"root", hex(found.head.root)},
             {"chain", hex(found.head.chain)}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format(
        "{} events are whole in {} records; {} void, of them {} repeated; {} claims, {} fences, "
        "term {}\nMerkle root {}\nchain {}\n",
        count_text(found.head.size),
        count_text(found.records),
        found.void_records,
        found.repeated,
        found.claims,
        found.fences,
        found.term,
        hex(found.head.root),
        hex(found.head.chain)
    ));
    return ExitCode::ok;
}

}  // namespace

Result<kafka::VerifyReport> verify_records(
    const Session& session, const BookPlace& place, const kafka::Place& topic
) {
    DAYBOOK_TRY(const kafka::Settings settings, kafka_settings(place));
    Progress progress{*session.terminal, "verifying", "records"};
    return kafka::verify_topic(
        topic,
        settings,
        patience,
        [&](std::uint64_t done, std::uint64_t total) {
            progress.at(done, total);
            return !is_interrupted();
        }
    );
}

ExitCode verify_book(const Session& session, const BookPlace& place, bool full) {
    if (kafka::is_kafka_place(place.text)) {
        const auto topic = kafka::parse_place(place.text);
        if (!topic) return session.fail(topic.error());
        return print_records(session, verify_records(session, place, topic.value()));
    }
    PosixFileSystem files;
    if (!kafka::is_archive(files, place.text)) return verify_folder(session, place, full);
    Progress progress{*session.terminal, "verifying", "bytes"};
    return print_records(
        session,
        kafka::verify_archive(
            files,
            place.text,
            [&](std::uint64_t done, std::uint64_t total) {
                progress.at(done, total);
                return !is_interrupted();
            }
        )
    );
}

void add_verify(CLI::App& program, Session& session) {
    auto& place = session.keep<std::string>();
    CLI::App* command =
        program.add_subcommand("verify", "Prove that no event changed: every hash again");
    command->add_option(
        "place", place, "A folder, an archive or kafka://HOST:PORT/BOOK; else that of --book"
    );
    command->footer(
        "Exit code 3 on findings. Examples:\n  daybook verify acme\n"
        "  daybook verify kafka://localhost:9092/acme\n"
    );
    set_run(*command, session, [&] {
        const std::string& text = place.empty() ? session.options.book : place;
        return verify_book(session, place_of(session, text), true);
    });
}

}  // namespace daybook::cli
