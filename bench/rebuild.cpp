// How fast events become rows: all registered projections fold a log of accounting entries, first
// with everything in memory, then into RocksDB by windows, then anew beside the rows being read.
#include <filesystem>

#include "bench/entries.hpp"
#include "bench/harness.hpp"
#include "engine/base/checksum.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/store/memory_store.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/follower.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

constexpr FollowerLimits unlimited{
    .window_rows_max = SIZE_MAX, .window_events_max = UINT64_MAX, .memory_bytes_max = SIZE_MAX};

std::unique_ptr<Follower> follow(const Log& log, Store& store, const FollowerLimits& limits) {
    const FollowerOptions options{.projections = registered_projections(), .limits = limits};
    return std::move(Follower::open(log, store, options)).value();
}

void fold_in_memory(const Log& log) {
    MemoryStore store;
    const auto follower = follow(log, store, unlimited);
    DAYBOOK_ASSERT(follower->catch_up().ok());
}

std::unique_ptr<RocksStore> open_empty(const std::string& folder) {
    std::filesystem::remove_all(folder);
    return std::move(RocksStore::open(folder)).value();
}

void fold_into_rocks(const Log& log, const std::string& folder) {
    const auto store = open_empty(folder);
    const auto follower = follow(log, *store, {});
    DAYBOOK_ASSERT(follower->catch_up().ok());
    DAYBOOK_ASSERT(follower->stop().ok());
}

// The rows of all tables, as text that knows no row type.
std::uint64_t outcome_of(const Query& query) {
    std::string text;
    std::uint64_t outcome = 0;
    for (const NamedTable& table : query.tables()) {
        const auto walked = query.scan_values(table, [&](const std::vector<Value>& values) {
            text.clear();
            for (const Value& value : values) text += to_string(value) + ' ';
            outcome = outcome * 31 + checksum_64(std::as_bytes(std::span{text}));
            return true;
        });
        DAYBOOK_ASSERT(walked.ok());
    }
    return outcome;
}

void run(std::uint64_t events, const std::string& folder) {
    PosixFileSystem files;
    SystemRandom random;
    const auto log =
        std::move(SegmentLog::open(files, random, {.folder = folder + "/log", .create = true}))
            .value();
    fill(*log, events);
    const std::string rows = folder + "/rows";
    print_rate("fold, in memory", events, sorted_runs([&] { fold_in_memory(*log); }));
    print_rate("fold into RocksDB", events, sorted_runs([&] { fold_into_rocks(*log, rows); }));

    const auto store = open_empty(rows);
    const auto follower = follow(*log, *store, {});
    DAYBOOK_ASSERT(follower->catch_up().ok());
    std::uint64_t row_count = 0;
    print_rate("rebuild and compare", events, sorted_runs([&] {
                   const RowDifferences rebuilt = follower->rebuild("").value();
                   DAYBOOK_ASSERT(rebuilt.count == 0);
                   row_count = rebuilt.rows;
               }));
    fmt::print(
        "{} events, {} rows, outcome {:016x}, peak memory {} MiB\n",
        events,
        row_count,
        outcome_of(follower->query()),
        peak_memory_mib()
    );
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    const std::uint64_t events = daybook::bench::option(count, arguments, "--events", 300'000);
    const daybook::TempFolder folder;
    daybook::bench::run(events, folder.path());
}
