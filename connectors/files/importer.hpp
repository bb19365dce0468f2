// An import: the documents of a mapping's files become commands, the engine answers them, and each
// row is counted as imported, as imported earlier, or as reported in the error file. A command's id
// comes from what its rows say, so importing twice imports once, and an import that was broken off
// is resumed by running it again. What was taken back is imported again, see undone.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connectors/files/exact.hpp"
#include "connectors/files/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/engine.hpp"

namespace daybook::files {

// Where commands go: an engine's submit, or check_only.
using Submit = std::function<Result<void>(CommandMessage, AnswerCallback)>;

// For a dry run without a book: accepts every command that is well formed and decides nothing. For
// one that decides, submit to an engine on a memory log that holds a copy of the book.
[[nodiscard]] Submit check_only();

struct ImportProgress {
    std::string_view pass;
    std::uint64_t rows = 0;        // Read by all passes until now,
    std::uint64_t rows_total = 0;  // and what they will have read in the end.
};

struct ImportOptions {
    std::string folder;      // Where the mapping's files are.
    std::string error_path;  // The error file; with several passes, one each: x.PASS.csv. "": none.
    std::string identity;    // Tells files with the same rows apart; "": by each file's name.
    Id actor;                // Whose import it is.
    const Log* log =
        nullptr;  // Of the book: what was taken back is imported again. Null: it is not.
    std::span<const DomainModule> modules = domain_modules();  // Borrowed.
    std::size_t in_flight_max = 4'096;                         // Commands sent and not answered.
    std::function<bool()> stop;                                // Asked often; true ends the import.
    std::function<void(const ImportProgress&)> progress;       // Called often.
};

struct RowCounts {
    std::uint64_t read = 0;
    std::uint64_t imported = 0;
    std::uint64_t imported_earlier = 0;
    std::uint64_t reported = 0;
    std::uint64_t left_out = 0;     // As the mapping says.
    std::uint64_t not_reached = 0;  // Read, but the import ended before its answer.
};

struct CommandCounts {
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t repeated = 0;  // Accepted by an earlier import.
    std::uint64_t known = 0;     // Refused by a rule that the mapping accepts: it is so already.
    std::uint64_t refused = 0;
};

// One control total, by the text that its rows have; "" where it is not divided.
struct TotalSums {
    Exact read;
    Exact imported;  // Now or earlier.
    Exact reported;
};

struct PassSummary {
    std::string name;
    std::string file;
    std::string error_file;  // "" if no row is reported.
    RowCounts rows;
    RowCounts documents;
    std::map<std::string, CommandCounts> commands;
    std::map<std::string, std::map<std::string, TotalSums>> totals;  // By name, by text.
    std::map<std::string, std::uint64_t> reasons;                    // Reported documents.
    std::vector<std::string> proposed_aliases;  // Lines that a mapping could gain.
};

struct ImportSummary {
    Id import;              // The trace of every event of the import: `undo` finds them by it.
    bool is_again = false;  // It was taken back before, and comes under new names.
    std::vector<PassSummary> passes;
    bool is_stopped = false;       // By options.stop.
    std::optional<Error> failure;  // The book could not go on. What was answered stands.

    [[nodiscard]] RowCounts rows() const;
};

// An Error means that nothing was sent by the pass that it names: a file is missing or cannot be
// read to its end, or the mapping names columns, commands or fields that do not exist. Blocks;
// calls back on this thread.
[[nodiscard]] Result<ImportSummary> run_import(
    const Mapping& mapping, const Submit& submit, const ImportOptions& options
);

}  // namespace daybook::files
