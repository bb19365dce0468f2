// How fast a book opens: state rebuilt from a log of accounting entries, against a plain read of
// the same log in the same run. Entries have four lines; half of them open one item.
#include "bench/entries.hpp"
#include "bench/harness.hpp"
#include "engine/base/checksum.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "engine/runtime/restore.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

// Every event's header and payload length: what any reader must touch.
std::uint64_t plain_read(const Log& log) {
    const auto reader = std::move(log.read(0)).value();
    std::uint64_t bytes = 0;
    while (true) {
        const auto page = reader->next().value();
        if (page.empty()) return bytes;
        for (const EventBytes& event : page) {
            bytes += sizeof(EventHeader) + header_of(event).payload_bytes();
        }
    }
}

std::uint64_t replay(const Log& log, const EngineOptions& options) {
    const RestoredBook restored = std::move(restore_book(log, options, nullptr)).value();
    return restored.book.position();
}

void run(std::uint64_t events, const std::string& folder) {
    PosixFileSystem files;
    SystemRandom random;
    SystemClock clock;
    const auto log =
        std::move(SegmentLog::open(files, random, {.folder = folder, .create = true})).value();
    fill(*log, events);
    EngineOptions options{.clock = &clock};
    std::uint64_t bytes = 0;
    print_rate("plain read", events, sorted_runs([&] { bytes = plain_read(*log); }));
    print_rate("replay", events, sorted_runs([&] {
                   DAYBOOK_ASSERT(replay(*log, options) == events);
               }));
    options.replay_trust = ReplayTrust::nothing;
    print_rate("replay, payloads verified", events, sorted_runs([&] {
                   DAYBOOK_ASSERT(replay(*log, options) == events);
               }));
    Bytes state;
    std::move(restore_book(*log, options, nullptr)).value().book.save(state);
    fmt::print(
        "{} events, {} bytes each, state {} bytes, outcome {:016x}, peak memory {} MiB\n",
        events,
        bytes / events,
        state.size(),
        checksum_64(state),
        peak_memory_mib()
    );
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    const std::uint64_t events = daybook::bench::option(count, arguments, "--events", 1'000'000);
    const daybook::TempFolder folder;
    daybook::bench::run(events, folder.path() + "/log");
}
