// Any log, with a count of what is appended to it: how large the groups are and how long each takes
// until it is durable.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "engine/log/log.hpp"
#include "engine/os/clock.hpp"

namespace daybook {

// Counts by upper bounds. One thread adds, any thread reads: what it reads may be between two adds.
template <std::size_t size>
class Histogram {
 public:
    explicit constexpr Histogram(const std::array<std::uint64_t, size>& bounds) : bounds_(bounds) {}

    void add(std::uint64_t value) {
        std::size_t bucket = 0;
        while (bucket < size && value > bounds_[bucket]) ++bucket;
        counts_[bucket].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }
    [[nodiscard]] std::span<const std::uint64_t> bounds() const { return bounds_; }
    // Of the bucket up to bounds()[index], or of what is above all for `index` = size.
    [[nodiscard]] std::uint64_t count(std::size_t index) const {
        return counts_[index].load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
    const std::array<std::uint64_t, size>& bounds_;  // Lives for ever.
    std::array<std::atomic<std::uint64_t>, size + 1> counts_{};
    std::atomic<std::uint64_t> sum_ = 0;
};

// Nanoseconds from 0.1 ms to 10 s.
inline constexpr std::array<std::uint64_t, 11> append_nanos_bounds = {
    100'000,
    250'000,
    500'000,
    1'000'000,
    2'000'000,
    5'000'000,
    10'000'000,
    50'000'000,
    250'000'000,
    1'000'000'000,
    10'000'000'000};
inline constexpr std::array<std::uint64_t, 8> group_events_bounds = {
    1, 4, 16, 64, 256, 1'024, 8'192, 65'536};

struct AppendFigures {
    Histogram<append_nanos_bounds.size()> nanos{append_nanos_bounds};
    Histogram<group_events_bounds.size()> events{group_events_bounds};
    std::atomic<std::uint64_t> failures = 0;
};

class MeasuredLog final : public Log {
 public:
    // All borrowed; they must outlive it.
    MeasuredLog(Log& log, const Clock& clock, AppendFigures& figures)
        : log_(log), clock_(clock), figures_(figures) {}

    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override {
        const auto before = clock_.elapsed();
        Result<void> appended = log_.append(group);
        if (!appended.ok()) {
            ++figures_.failures;
            return appended;
        }
        figures_.nanos.add(static_cast<std::uint64_t>((clock_.elapsed() - before).count()));
        figures_.events.add(group.size());
        return appended;
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
    Log& log_;
    const Clock& clock_;
    AppendFigures& figures_;
};

}  // namespace daybook
