// A log in memory with the promises of the real one but for surviving the process: for tests and
// simulation.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/log/log.hpp"
#include "engine/log/merkle.hpp"

namespace daybook {

class MemoryLog final : public Log {
 public:
    MemoryLog();
    ~MemoryLog() override;

    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override;
    [[nodiscard]] Result<void> resume() override;
    [[nodiscard]] std::uint64_t end() const override;
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override;
    [[nodiscard]] TreeHead head() const override;
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override;

    // From now on every append is refused with this error, as if the disk had failed; ok() lets
    // resume() succeed again.
    void fail_appends(Result<void> outcome);

 private:
    struct Group;
    class Reader;
    // The group that holds the position, or null at the end. Any thread.
    [[nodiscard]] const Group* group_at(std::uint64_t position) const;

    mutable std::mutex mutex_;
    mutable std::condition_variable grown_;
    std::vector<std::unique_ptr<const Group>> groups_;  // Guarded by mutex_; a group never changes.
    Commitment commitment_;                             // Guarded by mutex_.
    Result<void> disk_;                                 // Guarded by mutex_.
    bool stopped_ = false;                              // Guarded by mutex_.
    Hasher hasher_;                                     // Of the thread that appends.
};

}  // namespace daybook
