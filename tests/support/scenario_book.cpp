// Opens, restarts and reads the book in each of the configured ways.
#include "tests/support/scenario_book.hpp"

#include <fmt/format.h>

#include "engine/log/memory_log.hpp"
#include "engine/os/file.hpp"
#include "tests/support/scenario_text.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::scenario {

struct Book::Folder {
    TempFolder temporary;
    PosixFileSystem files;
};

Result<Configuration> parse_configuration(std::string_view json, std::string_view name) {
    DAYBOOK_TRY(const Value all, parse_value(json));
    const Value* entry = all.find(name);
    if (entry == nullptr) {
        return Error{ErrorCode::not_found, fmt::format("there is no configuration {}", name)};
    }
    Configuration configuration{.name = std::string{name}};
    for (const auto& [key, value] : entry->members) {
        if (key == "restart" && value.text == "from_log") {
            configuration.restart = Configuration::Restart::from_log;
        } else if (key == "restart" && value.text == "from_snapshot") {
            configuration.restart = Configuration::Restart::from_snapshot;
        } else if (key != "says") {
            return Error{
                ErrorCode::invalid,
                fmt::format("configuration {}: \"{}\": {} is unknown", name, key, value.text)};
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
    return book;
}

Result<void> Book::open_log() {
    if (log_ == nullptr) log_ = std::make_unique<MemoryLog>();
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
    engine_.reset();
    DAYBOOK_TRY_VOID(open_log());
    DAYBOOK_TRY_VOID(open_engine());
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

}  // namespace daybook::scenario
