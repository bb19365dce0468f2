// The state of a book that another process writes, kept up with the log, so that this process can
// take the book over with only the newest events to replay. One thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/runtime/restore.hpp"

namespace daybook {

class Standby {
 public:
    // Begins at the newest snapshot that fits, or with the empty book. What is borrowed must
    // outlive it.
    [[nodiscard]] static Result<Standby> open(const Log& log, const EngineOptions& options);

    // Applies so many events at most, and writes a snapshot when many were added since the last.
    // Answers whether there are more. After an Error it is of no more use.
    [[nodiscard]] Result<bool> follow(std::uint64_t events_max);
    // Writes a snapshot if as much was added as makes one on close.
    [[nodiscard]] Result<void> close();
    // The state, to be restored to the end of the log by whoever takes it.
    [[nodiscard]] RestoredBook take() && { return std::move(restored_); }

    [[nodiscard]] std::uint64_t position() const { return restored_.book.position(); }

 private:
    Standby(const Log& log, const EngineOptions& options, RestoredBook restored);
    [[nodiscard]] Result<void> write_snapshot();

    const Log* log_;
    EngineOptions options_;
    std::optional<SnapshotFolder> snapshots_;
    RestoredBook restored_;
    TreeHead goal_;  // Of the log, some time ago: the state is brought there exactly.
};

}  // namespace daybook
