// A copy of the book in memory, on which everything is decided and nothing is kept.
#pragma once

#include <optional>

#include "cli/session.hpp"
#include "engine/engine.hpp"
#include "engine/log/memory_log.hpp"

namespace daybook::cli {

struct Rehearsal {
    MemoryLog log;
    std::optional<Engine> engine;
};
// The book's engine, or for a dry run that of the rehearsal; valid as long as both.
[[nodiscard]] Result<Engine*> engine_for(Book& book, Rehearsal& rehearsal, bool dry_run);
void say_dry_run(const Session& session);

}  // namespace daybook::cli
