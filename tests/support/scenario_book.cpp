// Opens, restarts and reads the book in each of the configured ways.
#include "tests/support/scenario_book.hpp"

#include <fmt/format.h>

#include <optional>

#include "engine/log/memory_log.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"
#include "engine/store/memory_store.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/registry.hpp"
#include "tests/support/scenario_text.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook::scenario {

struct Book::Folder {
    TempFolder temporary;
    PosixFileSystem files;
    SystemRandom random;
};

Result<Configuration> parse_configuration(std::string_view json, std::string_view name) {
    DAYBOOK_TRY(const Value all, parse_value(json));
    const Value* entry = all.find(name);
    if (entry == nullptr) {
        return Error{ErrorCode::not_found, fmt::format("there is no configuration {}", name)};
    }
    Configuration configuration{.name = std::string{name}};
    for (const auto& [key, value] : entry->members) {
        const std::string setting = key + "=" + value.text;
        if (setting == "restart=from_log") {
            configuration.restart = Configuration::Restart::from_log;
        } else if (setting == "restart=from_snapshot") {
            configuration.restart = Configuration::Restart::from_snapshot;
        } else if (setting == "log=segments") {
            configuration.uses_segments = true;
        } else if (setting == "log=kafka") {
            if (test_broker().empty()) {
                return Error{ErrorCode::unavailable, "DAYBOOK_KAFKA names no broker (host:port)"};
            }
            configuration.uses_kafka = true;
        } else if (setting == "store=rocks") {
            configuration.uses_rocks = true;
        } else if (setting == "rows=rebuilt") {
            configuration.rebuilds_rows = true;
        } else if (key != "says") {
            return Error{
                ErrorCode::invalid, fmt::format("configuration {}: {} is unknown", name, setting)};
        }
    }
    return configuration;
}

Book::Book(const Configuration& configuration)
    : configuration_(configuration),
      codec_(domain_modules(), {.accepts_texts_for_numbers = true}),
      folder_(std::make_unique<Folder>()) {}

Book::~Book() = default;

Result<std::unique_ptr<Book>> Book::open(const Configuration& configuration) {
    auto book = std::make_unique<Book>(configuration);
    DAYBOOK_TRY_VOID(book->open_log());
    DAYBOOK_TRY_VOID(book->open_engine());
    DAYBOOK_TRY_VOID(book->open_rows());
    return book;
}

Result<void> Book::open_log() {
    if (configuration_.uses_kafka) {
        DAYBOOK_TRY(log_, open_topic_log(clock_, TopicUse::claimed));
        return {};
    }
    if (!configuration_.uses_segments) {
        // What is in memory outlives a restart.
        if (log_ == nullptr) log_ = std::make_unique<MemoryLog>();
        return {};
    }
    constexpr std::uint32_t smallest_segment_bytes = 16 * 1024;
    log_.reset();
    DAYBOOK_TRY(
        log_,
        SegmentLog::open(
            folder_->files,
            folder_->random,
            {.folder = folder_->temporary.path() + "/log",
             .create = true,
             .segment_bytes = smallest_segment_bytes}
        )
    );
    return {};
}

Result<void> Book::open_rows() {
    if (!configuration_.uses_rocks) {
        if (store_ == nullptr) store_ = std::make_unique<MemoryStore>();
    } else {
        store_.reset();
        DAYBOOK_TRY(store_, RocksStore::open(folder_->temporary.path() + "/rows"));
    }
    DAYBOOK_TRY(
        follower_, Follower::open(*log_, *store_, {.projections = registered_projections()})
    );
    if (configuration_.uses_rocks) follower_->start();
    return {};
}

Result<void> Book::open_engine() {
    EngineOptions options{.clock = &clock_};
    options.limits.snapshot_events_min = 0;
    if (configuration_.restart == Configuration::Restart::from_snapshot) {
        options.files = &folder_->files;
        options.snapshot_folder = folder_->temporary.path() + "/snapshots";
    }
    DAYBOOK_TRY(Engine engine, Engine::open(*log_, options));
    engine_ = std::make_unique<Engine>(std::move(engine));
    return {};
}

Result<void> Book::restart() {
    const std::uint64_t before = engine_->end();
    DAYBOOK_TRY_VOID(engine_->stop());
    DAYBOOK_TRY_VOID(follower_->stop());
    follower_.reset();
    engine_.reset();
    DAYBOOK_TRY_VOID(open_log());
    DAYBOOK_TRY_VOID(open_engine());
    DAYBOOK_TRY_VOID(open_rows());
    DAYBOOK_ASSERT(engine_->end() == before);
    if (configuration_.restart == Configuration::Restart::from_snapshot && before > 0) {
        DAYBOOK_ASSERT(engine_->replayed_from() == before);
    }
    return {};
}

Result<Answer> Book::submit(const CommandMessage& command) {
    clock_.advance(std::chrono::seconds{1});
    Answer answer = engine_->submit_and_wait(command);
    if (configuration_.restart != Configuration::Restart::never) DAYBOOK_TRY_VOID(restart());
    return answer;
}

std::uint64_t Book::end() const {
    return engine_->end();
}

Result<std::vector<std::string>> Book::events_from(std::uint64_t position) const {
    std::vector<std::string> events;
    DAYBOOK_TRY(const std::unique_ptr<LogReader> reader, log_->read(position));
    while (true) {
        DAYBOOK_TRY(const std::span<const EventBytes> some, reader->next());
        if (some.empty()) return events;
        for (const EventBytes event : some) {
            std::string json;
            DAYBOOK_TRY_VOID(codec_.append_event(event, json));
            events.push_back(std::move(json));
        }
    }
}

Result<void> Book::refresh_rows() {
    if (configuration_.uses_rocks) {
        DAYBOOK_TRY_VOID(follower_->wait_for(end(), std::chrono::seconds{60}));
    } else {
        DAYBOOK_TRY_VOID(follower_->catch_up());
    }
    if (!configuration_.rebuilds_rows) return {};
    DAYBOOK_TRY(const RowDifferences differences, follower_->rebuild(""));
    if (differences.count == 0) return {};
    return Error{
        ErrorCode::corrupt, fmt::format("a rebuild found {} rows different", differences.count)};
}

Result<Query> Book::query() {
    DAYBOOK_TRY_VOID(refresh_rows());
    return follower_->query();
}

Result<std::vector<Finding>> Book::check_rows() {
    DAYBOOK_TRY_VOID(refresh_rows());
    MemoryStore scratch;
    DAYBOOK_TRY(RowDifferences differences, follower_->compare_with_fresh_fold("", scratch));
    DAYBOOK_TRY(const std::vector<Finding> findings, follower_->run_checks());
    differences.findings.insert(differences.findings.end(), findings.begin(), findings.end());
    return std::move(differences.findings);
}

}  // namespace daybook::scenario
