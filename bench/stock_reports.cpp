// How long the value of a whole stock takes on a past day: movements of many items over two years,
// folded into RocksDB; then the report by item as of a day in the middle, as known now and as known
// when half of it was known. Beside it, what adding up every movement takes.
#include <map>

#include "bench/harness.hpp"
#include "engine/domain/module.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/runtime/group_buffer.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/report.hpp"
#include "schemas/inventory.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

constexpr std::size_t group_events = 1'000;
constexpr std::uint64_t moves_per_item = 10;
constexpr std::uint64_t days = 730;
const Date first_day = Date::of(2025, 1, 1);

// A stock of movements without an engine: each item comes in and goes out again by turns.
class MoveMaker {
 public:
    explicit MoveMaker(std::uint64_t moves) : moves_(moves), items_(moves / moves_per_item + 1) {}

    [[nodiscard]] std::uint64_t items() const { return items_; }

    void append_item(GroupBuffer& group, std::uint64_t number) {
        inventory::StockItemDefinedT event;
        event.item = item_of(number);
        event.kind = inventory::ItemKind::stockable;
        event.name = fmt::format("Item number {}", number);
        event.unit = id_from_code("piece");
        event.posting_group = id_from_code("GOODS");
        append(group, std::move(event), event.item, first_day);
    }
    void append_move(GroupBuffer& group, std::uint64_t number) {
        const Date date = first_day.plus_days(static_cast<std::int32_t>(number * days / moves_));
        const Id document = id_from_code(fmt::format("M-{}", number));
        inventory::StockMovedT event;
        event.movement = document;
        event.date = date;
        event.accounting_date = date;
        event.lines.push_back(line_of(number));
        append(group, std::move(event), document, date);
    }

 private:
    template <class EventT>
    void append(GroupBuffer& group, EventT event, Id document, Date date) {
        const std::uint64_t position = group.next_position();
        inventory::EventRecordT record;
        record.event.Set(std::move(event));
        arena_.clear();
        arena_.set_identifier(inventory::EventRecordIdentifier());
        arena_.add(record);
        const auto& stored = arena_.entries().front();
        const auto payload = arena_.bytes_of(stored);
        group.append(
            EventHeader{
                position,
                wired(Instant::from_nanos(static_cast<std::int64_t>(position))),
                wired(document),
                wired(id_from_code("bench")),
                wired(document),
                wired(Id{}),
                flatbuffers::ReadScalar<std::uint32_t>(inventory::EventRecordIdentifier()),
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
    static Id item_of(std::uint64_t number) { return id_from_code(fmt::format("I-{}", number)); }
    inventory::StockLine line_of(std::uint64_t position) const {
        // A stride that meets every item in turn, but not in their order.
        const std::uint64_t item = position * 7'919 % items_;
        const bool comes_in = position / items_ % 2 == 0;
        const auto sign = comes_in ? std::int64_t{1} : std::int64_t{-1};
        return inventory::StockLine{
            wired(item_of(item)),
            wired(id_from_code("GOODS")),
            wired(id_from_code("MAIN")),
            wired(id_from_code("MAIN")),
            wired(Id{}),
            wired(Id{}),
            wired(Quantity::from_milli(sign * (comes_in ? 5'000 : 3'000))),
            wired(Money::from_minor(sign * (comes_in ? 5'005 : 3'003), Currency::eur)),
            position + 1,
            0,
            0,
            comes_in ? inventory::MoveReason::opening : inventory::MoveReason::consumption,
            false};
    }

    std::uint64_t moves_;
    std::uint64_t items_;
    EventArena arena_;
};

// Every item, then the movements. Answers where those begin.
std::uint64_t fill(Log& log, std::uint64_t moves) {
    MoveMaker maker{moves};
    GroupBuffer group;
    const std::uint64_t end = maker.items() + moves;
    while (log.end() < end) {
        group.start(log.end());
        const std::uint64_t left = std::min<std::uint64_t>(group_events, end - log.end());
        while (group.event_count() < left) {
            const std::uint64_t position = group.next_position();
            if (position < maker.items()) {
                maker.append_item(group, position);
            } else {
                maker.append_move(group, position - maker.items());
            }
        }
        DAYBOOK_ASSERT(log.append(group.events()).ok());
    }
    return maker.items();
}

std::int64_t total_of(const ReportTable& table) {
    for (const ReportRow& row : table.rows) {
        if (row.kind == RowKind::total) return std::get<Money>(row.cells.at(5)).minor();
    }
    return 0;
}

ReportTable ask(const Query& query, const ReportRequest& request) {
    const Report* report = find_report(registered_projections(), "stock-on-hand");
    DAYBOOK_ASSERT(report != nullptr);
    return std::move(run_report(*report, query, request)).value();
}

// The same by adding up every movement that the log has.
std::int64_t scanned(const Query& query, const ReportRequest& request) {
    std::map<Id, std::int64_t> values;
    const auto read_all =
        query.events(0, std::min(request.known_at, query.position()), [&](EventBytes event) {
            const auto* record =
                flatbuffers::GetRoot<inventory::EventRecord>(payload_of(event).data());
            const auto* moved = record->event_as_StockMoved();
            if (moved == nullptr) return;
            if (flatbuffers::UnPack(*moved->date()) > request.as_of) return;
            for (const inventory::StockLine* line : *moved->lines()) {
                values[flatbuffers::UnPack(line->item())] +=
                    flatbuffers::UnPack(line->value()).minor();
            }
        });
    DAYBOOK_ASSERT(read_all.ok());
    std::int64_t total = 0;
    for (const auto& [item, minor] : values) total += minor;
    return total;
}

void print_time(std::string_view name, const std::vector<double>& seconds) {
    fmt::print(
        "{:<44} {:8.1f} ms   ({:.1f} to {:.1f}, {} runs)\n",
        name,
        seconds[seconds.size() / 2] * 1e3,
        seconds.front() * 1e3,
        seconds.back() * 1e3,
        seconds.size()
    );
}

void measure(const Query& query, std::string_view name, const ReportRequest& request) {
    std::int64_t answer = 0;
    print_time(fmt::format("{}, report", name), sorted_runs([&] {
                   answer = total_of(ask(query, request));
               }));
    std::int64_t expected = 0;
    print_time(fmt::format("{}, adding up movements", name), sorted_runs([&] {
                   expected = scanned(query, request);
               }));
    DAYBOOK_ASSERT(answer == expected);
}

void run(std::uint64_t moves, const std::string& folder) {
    MemoryLog log;
    const std::uint64_t begin = fill(log, moves);
    const auto store = std::move(RocksStore::open(folder)).value();
    const FollowerOptions options{.projections = registered_projections()};
    const auto follower = std::move(Follower::open(log, *store, options)).value();
    const double seconds = seconds_of([&] { DAYBOOK_ASSERT(follower->catch_up().ok()); });
    DAYBOOK_ASSERT(follower->write().ok());
    fmt::print(
        "{} movements of {} items over {} days, folded at {:.0f} k/s\n",
        moves,
        moves / moves_per_item + 1,
        days,
        static_cast<double>(moves) / seconds / 1e3
    );
    const Query query = follower->query();
    const Date middle = first_day.plus_days(days * 3 / 4);
    measure(query, "value on a past day", {.as_of = middle});
    measure(query, "value at the end", {.as_of = first_day.plus_days(days)});
    measure(
        query,
        "as known earlier",
        {.as_of = first_day.plus_days(days / 4), .known_at = begin + moves / 2}
    );
    fmt::print("peak memory {} MiB\n", peak_memory_mib());
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    const std::uint64_t moves = daybook::bench::option(count, arguments, "--events", 1'000'000);
    const daybook::TempFolder folder;
    daybook::bench::run(moves, folder.path() + "/rows");
}
