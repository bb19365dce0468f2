// `daybook book copy`: a book moves between a folder and Kafka, event by event, and proves that it
// is the same at both ends. What was copied already is compared, not copied again. `daybook book
// archive`: all of its records as one file.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/rendering.hpp"
#include "cli/session.hpp"
#include "cli/shared_schemas.hpp"
#include "cli/verify.hpp"
#include "connectors/kafka/archive.hpp"
#include "engine/log/merkle.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t group_bytes = std::size_t{1} << 20;  // Copied at once, if a batch allows it.
constexpr std::size_t group_events = 4'096;

struct CopyOptions {
    std::string from;
    std::string to;
};

// Where the events go: a folder's log, or a topic with its copy.
class Target {
 public:
    static Result<std::unique_ptr<Target>> open(Book& source, const BookPlace& place) {
        auto target = std::make_unique<Target>();
        if (!kafka::is_kafka_place(place.text)) {
            const SegmentLogOptions options{.folder = place.text + "/log", .create = true};
            DAYBOOK_TRY(
                target->segments_, SegmentLog::open(source.files(), source.random(), options)
            );
            return target;
        }
        kafka::KafkaLogOptions options;
        DAYBOOK_TRY(options.place, kafka::parse_place(place.text));
        DAYBOOK_TRY(options.settings, kafka_settings(place));
        options.folder = local_folder(place, options.place) + "/kafka";
        options.create = true;
        DAYBOOK_TRY(
            target->topic_,
            kafka::KafkaLog::open(source.files(), source.random(), source.clock(), options)
        );
        return target;
    }

    [[nodiscard]] const Log& log() const {
        if (topic_ != nullptr) return *topic_;
        return *segments_;
    }
    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) {
        return topic_ != nullptr ? topic_->append_copied(group) : segments_->append(group);
    }
    void share_schemas(const Session& session, const BookPlace& place) const {
        if (topic_ == nullptr) return;
        const auto topic = kafka::parse_place(place.text);
        const auto settings = kafka_settings(place);
        if (topic.ok() && settings.ok()) {
            cli::share_schemas(session, topic.value(), settings.value());
        }
    }
    // Computed from the bytes as they stand there now.
    [[nodiscard]] Result<TreeHead> prove(const Session& session, const BookPlace& place) const {
        if (topic_ == nullptr) return segments_->verify(VerifyDepth::full);
        DAYBOOK_TRY(const kafka::Place topic, kafka::parse_place(place.text));
        DAYBOOK_TRY(const kafka::VerifyReport report, verify_records(session, place, topic));
        return report.head;
    }

 private:
    std::unique_ptr<SegmentLog> segments_;
    std::unique_ptr<kafka::KafkaLog> topic_;
};

// Hands the source's events on in groups of whole batches, and hashes them on the way.
class Copying {
 public:
    Copying(const Session& session, const Log& source, Target& target)
        : source_(source),
          target_(target),
          end_(source.end()),
          there_(target.log().end()),
          progress_(*session.terminal, "copying", "events") {}

    [[nodiscard]] Result<void> run() {
        if (there_ > end_) return differs("holds more events");
        DAYBOOK_TRY(const auto reader, source_.read(0));
        while (commitment_.tree.size() < end_) {
            if (is_interrupted()) return Error{ErrorCode::busy, "the copying was interrupted"};
            DAYBOOK_TRY(const auto events, reader->next());
            DAYBOOK_ASSERT(!events.empty());
            for (const EventBytes event : events) {
                if (commitment_.tree.size() < end_) DAYBOOK_TRY_VOID(take(event));
            }
            progress_.at(commitment_.tree.size(), end_);
        }
        return flush();
    }
    [[nodiscard]] TreeHead head() { return commitment_.head(hasher_); }
    [[nodiscard]] std::uint64_t there() const { return there_; }
    [[nodiscard]] std::uint64_t elapsed_ms() const { return progress_.elapsed_ms(); }

 private:
    [[nodiscard]] Result<void> take(EventBytes event) {
        const EventHeader& header = header_of(event);
        commitment_.add(hasher_, hasher_.leaf(event));
        if (header.position() < there_) {
            const bool is_last = header.position() + 1 == there_;
            if (is_last && commitment_.head(hasher_) != target_.log().head()) {
                return differs("holds other events");
            }
            return {};
        }
        group_.push_back(event);
        bytes_ += event.size();
        const bool is_whole = header.batch_index() + 1 == header.batch_count();
        const bool is_full = bytes_ >= group_bytes || group_.size() >= group_events;
        return is_whole && is_full ? flush() : Result<void>{};
    }
    [[nodiscard]] Result<void> flush() {
        if (group_.empty()) return {};
        DAYBOOK_TRY_VOID(target_.append(group_));
        group_.clear();
        bytes_ = 0;
        return {};
    }
    [[nodiscard]] Error differs(std::string_view how) const {
        return {
            ErrorCode::conflict,
            fmt::format(
                "the place to copy to is no earlier state of this book: it {} ({} there, {} here)",
                how,
                there_,
                end_
            )};
    }

    const Log& source_;
    Target& target_;
    const std::uint64_t end_;
    const std::uint64_t there_;  // How many events the target had when we began.
    Progress progress_;
    Hasher hasher_;
    Commitment commitment_;  // To what was read of the source.
    std::vector<EventBytes> group_;
    std::size_t bytes_ = 0;
};

Result<void> copy_book(const Session& session, const CopyOptions& options) {
    DAYBOOK_TRY(const auto source, Book::open(place_of(session, options.from), Access::read));
    const BookPlace to = place_of(session, options.to);
    DAYBOOK_TRY(const auto target, Target::open(*source, to));
    target->share_schemas(session, to);
    Copying copying{session, source->log(), *target};
    DAYBOOK_TRY_VOID(copying.run());
    const TreeHead here = copying.head();
    DAYBOOK_TRY(const TreeHead there, target->prove(session, to));
    if (here != there) {
        return Error{
            ErrorCode::corrupt,
            fmt::format(
                "{} events with root {} became {} with root {}",
                here.size,
                hex(here.root),
                there.size,
                hex(there.root)
            )};
    }
    if (session.wants_records()) {
        print_record(
            session,
            {"events", "there_already", "milliseconds", "root", "chain"},
            {{"events", here.size},
             {"there_already", copying.there()},
             {"milliseconds", copying.elapsed_ms()},
             {"root", hex(here.root)},
             {"chain", hex(here.chain)}}
        );
        return {};
    }
    session.terminal->out(fmt::format(
        "{} events are the same at both ends, byte by byte; {} were there already; {}\n"
        "Merkle root {}\nchain {}\n",
        count_text(here.size),
        count_text(copying.there()),
        duration_text(copying.elapsed_ms()),
        hex(here.root),
        hex(here.chain)
    ));
    return {};
}

ExitCode copy(const Session& session, const CopyOptions& options) {
    const Result<void> copied = copy_book(session, options);
    if (is_interrupted()) return ExitCode::interrupted;
    return copied ? ExitCode::ok : session.fail(copied.error());
}

Result<std::uint64_t> archive_book(const Session& session, const CopyOptions& options) {
    const BookPlace place = place_of(session, options.from);
    PosixFileSystem files;
    Progress progress{*session.terminal, "writing", "records"};
    const kafka::ArchiveFile file{
        .files = files,
        .path = options.to,
        .progress = [&](std::uint64_t done, std::uint64_t total) {
            progress.at(done, total);
            return !is_interrupted();
        }};
    if (kafka::is_kafka_place(place.text)) {
        DAYBOOK_TRY(const kafka::Place topic, kafka::parse_place(place.text));
        DAYBOOK_TRY(const kafka::Settings settings, kafka_settings(place));
        return kafka::archive_topic(file, topic, settings);
    }
    DAYBOOK_TRY(const auto book, Book::open(place, Access::read));
    const std::string name = place.text.substr(place.text.find_last_of('/') + 1);
    const kafka::Place as_in_kafka{.brokers = {}, .environment = {}, .book = name};
    return kafka::archive_log(file, book->log(), as_in_kafka.source());
}

ExitCode archive(const Session& session, const CopyOptions& options) {
    const Result<std::uint64_t> records = archive_book(session, options);
    if (is_interrupted()) return ExitCode::interrupted;
    if (!records) return session.fail(records.error());
    if (session.wants_records()) {
        print_record(
            session, {"records", "file"}, {{"records", records.value()}, {"file", options.to}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format("{} records in {}\n", count_text(records.value()), options.to)
    );
    return ExitCode::ok;
}

}  // namespace

void add_book(CLI::App& program, Session& session) {
    auto& options = session.keep<CopyOptions>();
    CLI::App* parent = program.add_subcommand("book", "Copy or archive a whole book");
    parent->require_subcommand(1)->fallthrough();
    parent->footer("Example:\n  daybook book copy --from acme --to kafka://localhost:9092/acme\n");
    CLI::App* command =
        parent->add_subcommand("copy", "Copy a book between folders and Kafka, and prove it whole");
    command->add_option("--from", options.from, "A folder or kafka://HOST:PORT/BOOK")->required();
    command->add_option("--to", options.to, "The same")->required();
    command->footer(
        "What was copied already is compared and not copied again: after an interruption say it "
        "once\nmore.\nExample:\n  daybook book copy --from acme --to kafka://localhost:9092/acme\n"
    );
    set_run(*command, session, [&] { return copy(session, options); });

    CLI::App* archive_command = parent->add_subcommand(
        "archive", "Write every record of a book into a file, for verify without Kafka"
    );
    archive_command->add_option("--from", options.from, "A folder or kafka://HOST:PORT/BOOK")
        ->required();
    archive_command->add_option("--to", options.to, "The file, which must not exist")->required();
    archive_command->footer("Example:\n  daybook book archive --from acme --to acme.archive\n");
    set_run(*archive_command, session, [&] { return archive(session, options); });
}

}  // namespace daybook::cli
