#include "tests/support/topic_log.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "connectors/kafka/kafka_log.hpp"
#include "connectors/kafka/topic.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/os/random.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook {
namespace {

constexpr std::chrono::seconds patience{10};

class TopicLog final : public Log {
 public:
    explicit TopicLog(TopicUse use)
        : use_(use),
          place_{
              .brokers = test_broker(),
              .environment = "test",
              .book = fmt::format("b{:016x}", random_.next())} {}
    ~TopicLog() override {
        log_.reset();
        (void)kafka::delete_topic(place_, {}, patience);
    }

    [[nodiscard]] Result<void> open(const Clock& clock) {
        kafka::KafkaLogOptions options;
        options.place = place_;
        options.folder = folder_.path() + "/copy";
        options.create = true;
        DAYBOOK_TRY(log_, kafka::KafkaLog::open(files_, random_, clock, options));
        if (use_ == TopicUse::copied) return {};
        return log_->claim({.node = id_from_code("test"), .url = {}});
    }

    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override {
        return use_ == TopicUse::copied ? log_->append_copied(group) : log_->append(group);
    }
    [[nodiscard]] Result<void> resume() override { return log_->resume(); }
    [[nodiscard]] std::uint64_t end() const override { return log_->end(); }
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override {
        return log_->read(from);
    }
    [[nodiscard]] TreeHead head() const override { return log_->head(); }
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override {
        return log_->wait_beyond(position, timeout);
    }

 private:
    TopicUse use_;
    TempFolder folder_;
    PosixFileSystem files_;
    SystemRandom random_;
    kafka::Place place_;
    std::unique_ptr<kafka::KafkaLog> log_;
};

}  // namespace

std::string test_broker() {
    const char* given = std::getenv("DAYBOOK_KAFKA");
    return given == nullptr ? "" : given;
}

Result<std::unique_ptr<Log>> open_topic_log(const Clock& clock, TopicUse use) {
    auto log = std::make_unique<TopicLog>(use);
    DAYBOOK_TRY_VOID(log->open(clock));
    return std::unique_ptr<Log>{std::move(log)};
}

std::unique_ptr<Log> property_log(const Clock& clock, TopicUse use) {
    const char* given = std::getenv("DAYBOOK_LOG");
    if (given == nullptr || std::string_view{given} != "kafka") {
        return std::make_unique<MemoryLog>();
    }
    return std::move(open_topic_log(clock, use)).value();
}

}  // namespace daybook
