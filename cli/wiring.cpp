#include "cli/wiring.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>
#include <utility>

#include "connectors/kafka/origin.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {
namespace {

Error no_such_book(const std::string& place) {
    return Error{
        ErrorCode::not_found,
        fmt::format("there is no book in \"{}\"; start one with: daybook init {}", place, place)};
}

Error no_segment(const std::string& folder) {
    return Error{
        ErrorCode::corrupt,
        fmt::format(
            "segment 000000: the file is missing in {0}/log; restore that folder from a copy, or "
            "remove \"{0}\" if nothing was ever stored there",
            folder
        )};
}

Error book_exists(const std::string& place, std::string_view another) {
    return Error{
        ErrorCode::conflict,
        fmt::format("there is a book in \"{}\" already; choose another {}", place, another)};
}

// kafka/ remembers the topic that it was read from.
std::string place_of_copy(FileSystem& files, const std::string& folder) {
    const auto origin = kafka::load_origin(files, folder + "/kafka");
    return origin ? origin->place : std::string{};
}

}  // namespace

Result<kafka::Settings> kafka_settings(const BookPlace& place) {
    kafka::Settings settings;
    for (const std::string& text : place.kafka) {
        DAYBOOK_TRY(kafka::Property property, kafka::parse_property(text));
        settings.push_back(std::move(property));
    }
    return settings;
}

std::string local_folder(const BookPlace& place, const kafka::Place& kafka) {
    return place.local.empty() ? kafka.topic() : place.local;
}

Book::Book(Passkey, BookPlace place)
    : place_(std::move(place)), folder_(place_.text), codec_(domain_modules()) {}

Book::~Book() {
    (void)close();
}

Result<std::unique_ptr<Book>> Book::open(BookPlace place, Access access) {
    auto book = std::make_unique<Book>(Passkey{}, std::move(place));
    book->access_ = access;
    if (!kafka::is_kafka_place(book->place_.text)) {
        const std::string topic = place_of_copy(book->files_, book->folder_);
        if (topic.empty()) {
            DAYBOOK_TRY_VOID(book->open_folder());
            return book;
        }
        if (access == Access::create) return book_exists(book->folder_, "folder");
        book->place_.local = std::exchange(book->place_.text, topic);
    }
    DAYBOOK_TRY_VOID(book->open_topic());
    return book;
}

Result<void> Book::open_folder() {
    const bool exists = files_.list(folder_ + "/log").ok();
    if (!exists && access_ != Access::create) return no_such_book(folder_);
    if (exists && access_ == Access::create) return book_exists(folder_, "folder");
    segments_ = {
        .folder = folder_ + "/log",
        .create = access_ == Access::create,
        .read_only = access_ == Access::read,
    };
    auto opened = SegmentLog::open(files_, random_, segments_);
    if (!opened && opened.error().code == ErrorCode::not_found) return no_segment(folder_);
    DAYBOOK_TRY(segment_log_, std::move(opened));
    return {};
}

Result<void> Book::open_topic() {
    DAYBOOK_TRY(const kafka::Place kafka_place, kafka::parse_place(place_.text));
    folder_ = local_folder(place_, kafka_place);
    kafka::KafkaLogOptions options;
    options.place = kafka_place;
    options.folder = folder_ + "/kafka";
    options.create = access_ == Access::create;
    DAYBOOK_TRY(options.settings, kafka_settings(place_));
    auto opened = kafka::KafkaLog::open(files_, random_, clock_, options);
    if (!opened.ok() && opened.error().code == ErrorCode::not_found) {
        return no_such_book(place_.text);
    }
    // Another process keeps the copy up to date: then it is enough to look at it.
    if (!opened.ok() && opened.error().code == ErrorCode::busy && access_ == Access::read) {
        segments_ = {.folder = options.folder, .read_only = true};
        DAYBOOK_TRY(segment_log_, SegmentLog::open(files_, random_, segments_));
        return {};
    }
    DAYBOOK_TRY(kafka_log_, std::move(opened));
    if (access_ == Access::create && kafka_log_->end() > 0) {
        return book_exists(place_.text, "name");
    }
    if (access_ != Access::create && kafka_log_->end() == 0) return no_such_book(place_.text);
    return {};
}

const Log& Book::log() const {
    if (kafka_log_ != nullptr) return *kafka_log_;
    return *segment_log_;
}

const SegmentLog& Book::segments() const {
    return kafka_log_ != nullptr ? kafka_log_->copy() : *segment_log_;
}

Log& Book::writable_log() {
    if (kafka_log_ != nullptr) return *kafka_log_;
    return *segment_log_;
}

Result<Engine*> Book::engine() {
    DAYBOOK_ASSERT(access_ != Access::read);
    if (engine_ == nullptr) {
        if (kafka_log_ != nullptr) {
            const auto code = parse_id(place_.node);
            const Id node = code.ok() ? code.value() : id_from_text(place_.node);
            DAYBOOK_TRY_VOID(kafka_log_->claim({.node = node, .url = {}}));
        }
        EngineOptions options;
        options.clock = recording_clock_;
        options.files = &files_;
        options.snapshot_folder = folder_ + "/snapshots";
        measured_ = std::make_unique<MeasuredLog>(writable_log(), clock_, appends_);
        DAYBOOK_TRY(Engine engine, Engine::open(*measured_, options));
        engine_ = std::make_unique<Engine>(std::move(engine));
    }
    return engine_.get();
}

Result<void> Book::open_rows() {
    constexpr int attempts_max = 50;
    constexpr std::chrono::milliseconds between{100};
    for (int attempt = 1; store_ == nullptr; ++attempt) {
        auto opened = RocksStore::open(folder_ + "/rows");
        const bool is_held = !opened && opened.error().code == ErrorCode::busy;
        if (is_held && attempt == attempts_max) {
            return Error{
                ErrorCode::busy,
                fmt::format(
                    "{}, and did not let go of them in 5 s: wait until it ends, or ask it, if it "
                    "is a server",
                    opened.error().message
                )};
        }
        if (is_held) {
            std::this_thread::sleep_for(between);
            continue;
        }
        DAYBOOK_TRY(store_, std::move(opened));
    }
    // Whoever had the rows before may have seen more of the log than there was at our opening.
    if (segments_.read_only) {
        DAYBOOK_TRY(segment_log_, SegmentLog::open(files_, random_, segments_));
    }
    return {};
}

Result<Follower*> Book::follower(const FoldProgress& progress) {
    if (follower_ == nullptr) {
        DAYBOOK_TRY_VOID(open_rows());
        DAYBOOK_TRY(
            follower_,
            Follower::open(log(), *store_, {.projections = registered_projections(), .limits = {}})
        );
    }
    DAYBOOK_TRY_VOID(follower_->catch_up(progress));
    return follower_.get();
}

Result<void> Book::close() {
    if (follower_ != nullptr) DAYBOOK_TRY_VOID(follower_->stop());
    follower_.reset();
    store_.reset();
    if (engine_ == nullptr) return {};
    const Result<void> stopped = engine_->stop();
    engine_.reset();
    return stopped;
}

}  // namespace daybook::cli
