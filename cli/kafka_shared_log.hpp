// The log over a Kafka topic as the engine's port to shared logs.
#pragma once

#include <mutex>
#include <utility>

#include "connectors/kafka/kafka_log.hpp"
#include "engine/log/shared_log.hpp"

namespace daybook::cli {

class KafkaSharedLog final : public SharedLog {
 public:
    // The log is borrowed. `url` is where this node takes commands.
    KafkaSharedLog(kafka::KafkaLog& log, Id node, std::string url)
        : log_(log), claimant_{.node = node, .url = std::move(url)} {}

    [[nodiscard]] Result<void> claim() override { return log_.claim(claimant_); }
    [[nodiscard]] Result<void> catch_up() override { return log_.catch_up(); }
    [[nodiscard]] std::optional<LogHolder> holder() const override;
    [[nodiscard]] bool leads() const override { return log_.leads(); }

    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override {
        return log_.append(group);
    }
    [[nodiscard]] Result<void> resume() override { return log_.resume(); }
    [[nodiscard]] std::uint64_t end() const override { return log_.end(); }
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override {
        return log_.read(from);
    }
    [[nodiscard]] TreeHead head() const override { return log_.head(); }
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override {
        return log_.wait_beyond(position, timeout);
    }

 private:
    [[nodiscard]] bool is_released(const kafka::Holder& holder) const;

    kafka::KafkaLog& log_;
    const kafka::Claimant claimant_;
    mutable std::mutex mutex_;
    // Guarded by mutex_: the events behind the newest claim, looked through for its release.
    mutable std::uint64_t looked_at_term_ = 0;
    mutable std::unique_ptr<LogReader> reader_;
    mutable bool is_released_ = false;
};

}  // namespace daybook::cli
