// Follows a log and keeps the rows of all projections: folds events in memory as they come, writes
// them in windows, lets anyone read at any time, and rebuilds beside what is being read.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/log/log.hpp"
#include "engine/store/store.hpp"
#include "projections/core/fold.hpp"
#include "projections/core/query.hpp"
#include "projections/core/registry.hpp"

namespace daybook {

struct FollowerLimits {
    // A window is written when so many rows changed in it, or so many events made it, or memory
    // is short, and always when the log has nothing more to say.
    std::size_t window_rows_max = 400'000;
    std::uint64_t window_events_max = 1'000'000;
    std::size_t memory_bytes_max = std::size_t{512} << 20;  // Changed and remembered rows.
    // Readers wait no longer than for so many events, rounded up to a whole batch.
    std::uint64_t events_per_step = 2'048;
};

struct FollowerOptions {
    std::span<const RegisteredProjection> projections;  // Borrowed: registered_projections().
    FollowerLimits limits;
};

// Called now and then with the events done and to do; false gives up.
using FoldProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// What a rebuild or a check found different between the stored rows and a fresh fold.
struct RowDifferences {
    std::uint64_t events = 0;       // Folded afresh.
    std::uint64_t rows = 0;         // Compared.
    std::uint64_t count = 0;        // Rows that differ, are missing or are too many,
    std::vector<Finding> findings;  // the first of them by name.
};
inline constexpr std::size_t findings_max = 100;

// Readers share it and whoever changes rows has it alone; who waits comes before who arrives.
class RowsLock {
 public:
    void lock() {
        const std::lock_guard turn{turn_};
        mutex_.lock();
    }
    void unlock() { mutex_.unlock(); }
    void lock_shared() {
        const std::lock_guard turn{turn_};
        mutex_.lock_shared();
    }
    void unlock_shared() { mutex_.unlock_shared(); }

 private:
    std::mutex turn_;
    std::shared_mutex mutex_;
};

class Follower {
 public:
    // Finds the rows of each projection in the store, and starts afresh where there are none, where
    // they have other tables than this program's, or where they were made from another log.
    // The log, the store and the projections must outlive the follower.
    [[nodiscard]] static Result<std::unique_ptr<Follower>> open(
        const Log& log, Store& store, const FollowerOptions& options
    );
    ~Follower();  // Stops and writes.
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    // From now on follows on a thread of its own. Otherwise rows grow only in catch_up().
    void start();
    // Ends the thread, writes the window and makes it survive a crash.
    Result<void> stop();

    // Folds, on this thread, everything that the log has now.
    Result<void> catch_up(const FoldProgress& progress = {});
    // Waits until the rows stand for the events before `position`: a client reads his own write
    // after wait_for(answer.first_position + answer.event_count). `unavailable` when the time is
    // over; the follower's own Error when it has stopped.
    Result<void> wait_for(std::uint64_t position, std::chrono::milliseconds timeout);
    // Writes what is only in memory.
    Result<void> write();

    // The rows stand for the events before this position.
    [[nodiscard]] std::uint64_t position() const { return position_.load(); }
    // How many events the log is ahead.
    [[nodiscard]] std::uint64_t lag() const;
    // Why the rows no longer follow, if so. They can still be read.
    [[nodiscard]] std::optional<Error> failure() const;

    // A view at position(). While it lives nothing is folded: keep it short, have only one on a
    // thread at a time, and call nothing else of the follower before it is gone.
    [[nodiscard]] Query query() const;

    // Folds all events anew beside the rows that are being read, compares, then switches to the
    // new rows. "" rebuilds every projection. When `progress` gives up nothing has changed.
    [[nodiscard]] Result<RowDifferences> rebuild(
        std::string_view projection, const FoldProgress& progress = {}
    );
    // Compares the rows with a fresh fold into `scratch`, an empty store, and changes nothing.
    [[nodiscard]] Result<RowDifferences> compare_with_fresh_fold(
        std::string_view projection, Store& scratch, const FoldProgress& progress = {}
    );
    // Runs the checks that the projections bring: the trial balance is zero.
    [[nodiscard]] Result<std::vector<Finding>> run_checks() const;

    Follower(const Log& log, Store& store, const FollowerOptions& options);  // For open() alone.

 private:
    [[nodiscard]] Result<void> restore();
    [[nodiscard]] Result<bool> is_of_this_log(const ProjectionRecord& record) const;
    [[nodiscard]] Result<void> erase_strangers(const std::vector<std::uint32_t>& known);
    void run();
    [[nodiscard]] Result<std::uint64_t> step();  // The number of events folded.
    [[nodiscard]] Result<std::uint64_t> fold_one_step();
    [[nodiscard]] Result<void> fold_afresh(
        Fold& fresh, LogReader& reader, std::uint64_t to, const FoldProgress& progress
    ) const;
    [[nodiscard]] Result<RowDifferences> rebuild_into(Fold& fresh, const FoldProgress& progress);
    [[nodiscard]] Result<RowDifferences> compare(const Fold& fresh, const Store& store) const;
    [[nodiscard]] Result<void> write_window();
    [[nodiscard]] Result<std::vector<RegisteredProjection>> chosen(std::string_view name) const;
    [[nodiscard]] Result<void> switch_to(Fold&& fresh);
    void note(const Result<void>& result);
    void publish();

    const Log& log_;
    Store& store_;
    const FollowerOptions options_;

    mutable RowsLock rows_lock_;     // Guards the rows of fold_, and tables_.
    mutable std::mutex fold_mutex_;  // Whoever holds it may fold, write and rebuild.
    Fold fold_;
    std::vector<NamedTable> tables_;
    std::unique_ptr<LogReader> reader_;  // Guarded by fold_mutex_. At the fold's position.
    std::span<const EventBytes> read_;   // Guarded by fold_mutex_. Read but not yet folded.
    std::uint32_t next_generation_ = 1;  // Guarded by fold_mutex_.

    std::atomic<std::uint64_t> position_ = 0;
    mutable std::mutex state_mutex_;
    mutable std::condition_variable moved_;
    std::optional<Error> failure_;  // Guarded by state_mutex_.
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

}  // namespace daybook
