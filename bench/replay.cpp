// How fast a book opens: state rebuilt from a log of accounting entries, against a plain read of
// the same log in the same run. Entries have four lines; half of them open one item.
#include "bench/harness.hpp"
#include "engine/base/checksum.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "engine/runtime/restore.hpp"
#include "schemas/accounting.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

constexpr std::size_t group_events = 1'000;

// A stock of bytes for one entry; what differs is written by the caller.
class EntryMaker {
 public:
    explicit EntryMaker(std::uint32_t module_code) : module_code_(module_code) {}

    void append_to(GroupBuffer& group) {
        const std::uint64_t position = group.next_position();
        const Id entry = id_from_code(fmt::format("E-{}", position));
        const Date date = Date::of(2026, 1, 1).plus_days(static_cast<int>(position / 3'000 % 365));
        arena_.clear();
        arena_.set_identifier(accounting::EventRecordIdentifier());
        accounting::EventRecordT record;
        record.event.Set(entry_posted(entry, date, position));
        arena_.add(record);
        const auto& stored = arena_.entries().front();
        const auto payload = arena_.bytes_of(stored);
        const Instant now = Instant::from_nanos(static_cast<std::int64_t>(position));
        group.append(
            EventHeader{
                position,
                wired(now),
                wired(entry),
                wired(id_from_code("bench")),
                wired(entry),
                wired(Id{}),
                module_code_,
                wired(date),
                1,
                static_cast<std::uint32_t>(payload.size()),
                0,
                1,
                caused_by_command,
                stored.type,
                1,
                0},
            payload
        );
        group.seal(group.event_count() - 1);
    }

 private:
    static accounting::EntryPostedT entry_posted(Id entry, Date date, std::uint64_t position) {
        const auto minor = static_cast<std::int64_t>(position % 90'000 + 100);
        const Id party = id_from_code(fmt::format("C-{}", position % 300));
        const auto line = [&](std::string_view account, std::int64_t amount, const Id& of_party) {
            return accounting::EntryLine{
                wired(id_from_code(account)),
                wired(of_party),
                wired(Money::from_minor(amount, Currency::eur)),
                amount};
        };
        accounting::EntryPostedT event;
        event.entry = entry;
        event.journal = id_from_code("VT");
        event.year = id_from_code("2026");
        event.number = static_cast<std::uint32_t>(position + 1);
        event.number_text = fmt::format("VT-2026-{:06}", position + 1);
        event.kind = accounting::EntryKind::invoice;
        event.accounting_date = date;
        event.date = date;
        event.piece = to_string(entry);
        event.piece_date = date;
        event.text = "Invoice";
        event.lines = {
            line("411000", minor * 6, party),
            line("707000", minor * -3, {}),
            line("707100", minor * -2, {}),
            line("445710", -minor, {})};
        if (position % 2 == 0) {
            event.items = {accounting::OpenedItem{wired(entry), wired(date.plus_days(30)), 0, 1}};
        }
        event.taxes = {accounting::TaxTag{
            wired(id_from_code("FR20")),
            wired(Rate::from_ppm(200'000)),
            minor * 5,
            minor,
            3,
            accounting::TaxSide::output}};
        return event;
    }

    std::uint32_t module_code_;
    EventArena arena_;
};

std::uint32_t accounting_code() {
    return flatbuffers::ReadScalar<std::uint32_t>(accounting::EventRecordIdentifier());
}

void fill(Log& log, std::uint64_t events) {
    EntryMaker maker{accounting_code()};
    GroupBuffer group;
    while (log.end() < events) {
        group.start(log.end());
        const std::uint64_t left = std::min<std::uint64_t>(group_events, events - log.end());
        while (group.event_count() < left) maker.append_to(group);
        DAYBOOK_ASSERT(log.append(group.events()).ok());
    }
}

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
