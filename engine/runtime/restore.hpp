// Opening a book: the newest snapshot that belongs to this code and to this log, then the tail of
// the log; or the whole log.
#pragma once

#include <memory>
#include <optional>

#include "engine/engine.hpp"
#include "engine/runtime/book.hpp"
#include "engine/runtime/first_answers.hpp"
#include "engine/runtime/snapshot.hpp"

namespace daybook {

struct RestoredBook {
    Book book;
    FirstAnswers answers;
    std::uint64_t replayed_from = 0;
    std::uint64_t snapshot_position = 0;  // Of the newest snapshot that is known to be good.
};

// Where the options keep snapshots; nothing if they keep none.
[[nodiscard]] std::optional<SnapshotFolder> snapshots_of(const EngineOptions& options);

// `snapshots` may be null. Fails if the log cannot be read or holds what this program does not
// know; a snapshot never makes it fail.
[[nodiscard]] Result<RestoredBook> restore_book(
    const Log& log, const EngineOptions& options, const SnapshotFolder* snapshots
);

// The same in steps: the state of the snapshot, or of the empty book; then the events up to `end`.
[[nodiscard]] Result<RestoredBook> begin_to_restore(
    const Log& log, const EngineOptions& options, const SnapshotFolder* snapshots
);
[[nodiscard]] Result<void> replay_until(
    const Log& log, const EngineOptions& options, std::uint64_t end, RestoredBook& restored
);

// The state as a snapshot; `head` is the log's where the book stands.
[[nodiscard]] Snapshot snapshot_of(
    const TreeHead& head, const Book& book, const FirstAnswers& answers
);

}  // namespace daybook
