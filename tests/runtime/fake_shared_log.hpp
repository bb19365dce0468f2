// A log in memory that several nodes share, with the failures of a real one at will: an append may
// fail and be lost, fail and be kept, or fail and arrive later, unless a claim came before it.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/log/memory_log.hpp"
#include "engine/log/shared_log.hpp"

namespace daybook {

enum class Fate : std::uint8_t { stored, lost, kept_but_failed, late };

class SharedTopic {
 public:
    // Of the next appends; then all are stored.
    void set_fates(std::vector<Fate> fates) {
        const std::scoped_lock lock{mutex_};
        fates_ = std::move(fates);
    }
    // What was under way arrives now; whether it counts.
    bool arrive_late() {
        const std::scoped_lock lock{mutex_};
        if (!late_) return false;
        const Late late = *std::exchange(late_, std::nullopt);
        if (late.term != term_ || header_of(late.events().front()).position() != log.end()) {
            ++void_groups_;
            return false;
        }
        return log.append(late.events()).ok();
    }
    int void_groups() {
        const std::scoped_lock lock{mutex_};
        return void_groups_;
    }

    MemoryLog log;

 private:
    friend class FakeSharedLog;
    struct Late {
        std::uint64_t term = 0;
        std::vector<std::vector<std::uint64_t>> words;
        std::vector<std::size_t> sizes;

        [[nodiscard]] std::vector<EventBytes> events() const {
            std::vector<EventBytes> all;
            for (std::size_t i = 0; i < words.size(); ++i) {
                all.emplace_back(reinterpret_cast<const std::byte*>(words[i].data()), sizes[i]);
            }
            return all;
        }
    };

    std::mutex mutex_;
    std::vector<Fate> fates_;  // Guarded by mutex_, as all that follows.
    std::optional<Late> late_;
    std::uint64_t term_ = 0;
    std::uint64_t claimed_at_ = 0;
    Id holder_;
    std::string url_;
    bool is_released_ = false;
    int void_groups_ = 0;
};

class FakeSharedLog final : public SharedLog {
 public:
    FakeSharedLog(SharedTopic& topic, Id node, std::string url)
        : topic_(topic), node_(node), url_(std::move(url)) {}

    // Without the others: nothing can be claimed or caught up with.
    void set_cut(bool is_cut) {
        const std::scoped_lock lock{topic_.mutex_};
        is_cut_ = is_cut;
    }

    [[nodiscard]] Result<void> claim() override {
        const std::scoped_lock lock{topic_.mutex_};
        if (is_cut_) return Error{ErrorCode::unavailable, "nobody can be reached"};
        led_term_ = ++topic_.term_;
        topic_.claimed_at_ = topic_.log.end();
        topic_.holder_ = node_;
        topic_.url_ = url_;
        topic_.is_released_ = false;
        return {};
    }
    [[nodiscard]] Result<void> catch_up() override {
        const std::scoped_lock lock{topic_.mutex_};
        if (is_cut_) return Error{ErrorCode::unavailable, "nobody can be reached"};
        return {};
    }
    [[nodiscard]] std::optional<LogHolder> holder() const override {
        const std::scoped_lock lock{topic_.mutex_};
        if (topic_.term_ == 0) return std::nullopt;
        return LogHolder{
            .term = topic_.term_,
            .position = topic_.claimed_at_,
            .node = topic_.holder_,
            .url = topic_.url_,
            .is_us = led_term_ == topic_.term_,
            .is_released = topic_.is_released_};
    }
    [[nodiscard]] bool leads() const override {
        const std::scoped_lock lock{topic_.mutex_};
        return led_term_ != 0 && led_term_ == topic_.term_;
    }
    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override {
        const std::scoped_lock lock{topic_.mutex_};
        if (led_term_ == 0 || led_term_ != topic_.term_) {
            led_term_ = 0;
            return Error{ErrorCode::io, "the term is over"};
        }
        Fate fate = Fate::stored;
        if (!topic_.fates_.empty()) {
            fate = topic_.fates_.front();
            topic_.fates_.erase(topic_.fates_.begin());
        }
        if (fate == Fate::stored) {
            note_release(group);
            return topic_.log.append(group);
        }
        if (fate == Fate::kept_but_failed) REQUIRE(topic_.log.append(group).ok());
        if (fate == Fate::late) keep_for_later(group);
        led_term_ = 0;
        return Error{ErrorCode::io, "the append failed"};
    }
    [[nodiscard]] Result<void> resume() override { return Error{ErrorCode::io, "claim it again"}; }
    [[nodiscard]] std::uint64_t end() const override { return topic_.log.end(); }
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override {
        return topic_.log.read(from);
    }
    [[nodiscard]] TreeHead head() const override { return topic_.log.head(); }
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override {
        return topic_.log.wait_beyond(position, timeout);
    }

 private:
    // A command whose id begins so is the word of the one that stops.
    void note_release(std::span<const EventBytes> group) {
        for (const EventBytes event : group) {
            const std::string command = to_string(flatbuffers::UnPack(header_of(event).command()));
            topic_.is_released_ = topic_.is_released_ || command.starts_with("release-");
        }
    }
    void keep_for_later(std::span<const EventBytes> group) {
        SharedTopic::Late late{.term = led_term_, .words = {}, .sizes = {}};
        for (const EventBytes event : group) {
            std::vector<std::uint64_t> words((event.size() + 7) / 8);
            std::memcpy(words.data(), event.data(), event.size());
            late.words.push_back(std::move(words));
            late.sizes.push_back(event.size());
        }
        topic_.late_ = std::move(late);
    }

    SharedTopic& topic_;
    const Id node_;
    const std::string url_;
    std::uint64_t led_term_ = 0;  // Guarded by the topic's mutex.
    bool is_cut_ = false;         // Guarded by the topic's mutex.
};

}  // namespace daybook
