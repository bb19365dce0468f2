// A snapshot needs the log's head just where the state stands, and the log tells only that of its
// end, which moves: so the end of one moment is the goal until it is reached.
#include "engine/runtime/standby.hpp"

#include <algorithm>

namespace daybook {
namespace {

// A snapshot costs as much as applying some hundred thousand events; so it is a small part of this.
constexpr std::uint64_t snapshot_every = 2'000'000;

}  // namespace

Result<Standby> Standby::open(const Log& log, const EngineOptions& options) {
    const auto snapshots = snapshots_of(options);
    DAYBOOK_TRY(
        RestoredBook restored, begin_to_restore(log, options, snapshots ? &*snapshots : nullptr)
    );
    return Standby{log, options, std::move(restored)};
}

Standby::Standby(const Log& log, const EngineOptions& options, RestoredBook restored)
    : log_(&log),
      options_(options),
      snapshots_(snapshots_of(options)),
      restored_(std::move(restored)) {}

Result<bool> Standby::follow(std::uint64_t events_max) {
    if (position() >= goal_.size) goal_ = log_->head();
    const std::uint64_t end = std::min(goal_.size, position() + events_max);
    DAYBOOK_TRY_VOID(replay_until(*log_, options_, end, restored_));
    const bool is_due = position() - restored_.snapshot_position >= snapshot_every;
    if (is_due && position() == goal_.size) DAYBOOK_TRY_VOID(write_snapshot());
    return position() < log_->end();
}

Result<void> Standby::close() {
    const std::uint64_t added = position() - restored_.snapshot_position;
    if (added < options_.limits.snapshot_events_min) return {};
    DAYBOOK_TRY_VOID(replay_until(*log_, options_, goal_.size, restored_));
    return write_snapshot();
}

Result<void> Standby::write_snapshot() {
    if (!snapshots_) return {};
    DAYBOOK_ASSERT(position() == goal_.size);
    DAYBOOK_TRY_VOID(snapshots_->write(
        snapshot_of(goal_, restored_.book, restored_.answers), options_.limits.snapshots_kept
    ));
    restored_.snapshot_position = position();
    return {};
}

}  // namespace daybook
