// Opening a book: the newest snapshot that belongs to this code and to this log, then the tail of
// the log; or the whole log.
#pragma once

#include <memory>

#include "engine/engine.hpp"
#include "engine/runtime/book.hpp"
#include "engine/runtime/first_answers.hpp"
#include "engine/runtime/snapshot.hpp"

namespace daybook {

struct RestoredBook {
    Book book;
    FirstAnswers answers;
    std::uint64_t replayed_from = 0;
};

// `snapshots` may be null. Fails if the log cannot be read or holds what this program does not
// know; a snapshot never makes it fail.
[[nodiscard]] Result<RestoredBook> restore_book(
    const Log& log, const EngineOptions& options, const SnapshotFolder* snapshots
);

// The state as a snapshot; `log` must end where the book stands.
[[nodiscard]] Snapshot snapshot_of(const Log& log, const Book& book, const FirstAnswers& answers);

}  // namespace daybook
