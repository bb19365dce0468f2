// A log in memory whose appends wait at a gate, so that a test decides when a group becomes
// durable.
#pragma once

#include <condition_variable>
#include <mutex>

#include "engine/log/memory_log.hpp"

namespace daybook {

class GatedLog final : public Log {
 public:
    Result<void> append(std::span<const EventBytes> group) override {
        {
            std::unique_lock lock{mutex_};
            ++arrived_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return is_open_; });
        }
        return log.append(group);
    }
    Result<void> resume() override { return log.resume(); }
    std::uint64_t end() const override { return log.end(); }
    Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override {
        return log.read(from);
    }
    TreeHead head() const override { return log.head(); }
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override {
        return log.wait_beyond(position, timeout);
    }

    void close_gate() { set_gate(false); }
    void open_gate() { set_gate(true); }
    // Waits until that many appends have come to the gate since the beginning.
    void wait_for_appends(int count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return arrived_ >= count; });
    }
    int appends() {
        const std::scoped_lock lock{mutex_};
        return arrived_;
    }

    MemoryLog log;

 private:
    void set_gate(bool is_open) {
        const std::scoped_lock lock{mutex_};
        is_open_ = is_open;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = true;  // Guarded by mutex_.
    int arrived_ = 0;      // Guarded by mutex_.
};

}  // namespace daybook
