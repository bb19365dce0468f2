// Inventory's reports against adding up every event: random movements, revaluations and
// restatements on random days, asked for at random days and positions.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/domain/module.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/runtime/group_buffer.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/report.hpp"
#include "schemas/inventory.hpp"
#include "tests/support/seed.hpp"

namespace daybook {
namespace {

using namespace inventory;

const Date first_day = Date::of(2025, 11, 1);
constexpr std::int64_t days = 200;

// One change, as the test remembers it.
struct Told {
    std::uint64_t position = 0;
    std::string item;
    std::string place;
    Date date;
    Date accounting_date;
    std::int64_t milli = 0;
    std::int64_t minor = 0;
    bool is_arrival = false;
};

Money euros(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}

class History {
 public:
    explicit History(std::uint64_t seed) : random_(seed) {}

    void play(std::uint64_t events) {
        while (log.end() < events) {
            group_.start(log.end());
            for (int i = 0; i < 500; ++i) append();
            REQUIRE(log.append(group_.events()).ok());
        }
    }

    // One fact, whether or not inventory would ever say it.
    template <class EventT>
    void say(EventT event) {
        EventRecordT record;
        record.event.Set(std::move(event));
        group_.start(log.end());
        add(record, first_day);
        REQUIRE(log.append(group_.events()).ok());
    }

    MemoryLog log;
    std::vector<Told> told;

 private:
    Date some_day() { return first_day.plus_days(static_cast<int>(random_.below(days))); }

    void append() {
        const Date date = some_day();
        // A tenth of the facts are of a day whose period was closed.
        const Date accounting_date =
            random_.chance(10) ? date.plus_days(static_cast<int>(random_.below(40))) : date;
        EventRecordT record;
        const std::uint64_t kind = random_.below(10);
        if (kind == 0) record.event.Set(revalued(date, accounting_date));
        if (kind == 1) record.event.Set(restated(date, accounting_date));
        if (kind > 1) record.event.Set(moved(date, accounting_date));
        add(record, date);
    }

    StockMovedT moved(Date date, Date accounting_date) {
        StockMovedT event;
        event.movement = id_from_code("M");
        event.date = date;
        event.accounting_date = accounting_date;
        const std::string item = fmt::format("I-{}", random_.below(4));
        const std::string from = fmt::format("W{}", random_.below(3));
        const std::string to = fmt::format("W{}", random_.below(3));
        const std::int64_t milli = random_.between(1, 9) * 1'000;
        const std::uint64_t kind = random_.below(5);
        if (kind < 2) {
            event.lines.push_back(
                line(event, {item, to, milli, random_.between(1, 999), MoveReason::opening})
            );
        } else if (kind < 4) {
            event.lines.push_back(
                line(event, {item, from, -milli, -random_.between(1, 700), MoveReason::delivery})
            );
        } else {
            event.lines.push_back(line(event, {item, from, -milli, 0, MoveReason::transfer}));
            event.lines.push_back(line(event, {item, to, milli, 0, MoveReason::transfer}));
        }
        return event;
    }
    struct LineOf {
        std::string item;
        std::string place;
        std::int64_t milli;
        std::int64_t minor;
        MoveReason reason;
    };
    StockLine line(const StockMovedT& event, const LineOf& of) {
        told.push_back(
            {group_.next_position(),
             of.item,
             of.place,
             event.date,
             event.accounting_date,
             of.milli,
             of.minor,
             of.reason == MoveReason::opening}
        );
        return StockLine{
            wired(id_from_code(of.item)),
            wired(id_from_code("GOODS")),
            wired(id_from_code(of.place)),
            wired(id_from_code(of.place)),
            wired(Id{}),
            wired(Id{}),
            wired(Quantity::from_milli(of.milli)),
            wired(euros(of.minor)),
            ++sequence_,
            0,
            0,
            of.reason,
            false};
    }
    StockRevaluedT revalued(Date date, Date accounting_date) {
        StockRevaluedT event;
        event.revaluation = id_from_code("V");
        event.date = date;
        event.accounting_date = accounting_date;
        const std::string item = fmt::format("I-{}", random_.below(4));
        const std::int64_t minor = random_.between(-50, 50);
        told.push_back({group_.next_position(), item, "", date, accounting_date, 0, minor});
        event.lines.emplace_back(
            wired(id_from_code(item)),
            wired(id_from_code("GOODS")),
            wired(Id{}),
            wired(Id{}),
            std::uint64_t{0},
            wired(euros(minor + 7)),
            wired(euros(minor)),
            wired(euros(4)),
            wired(euros(3)),
            ++sequence_,
            MoveReason::landed_cost
        );
        return event;
    }
    CostRestatedT restated(Date date, Date accounting_date) {
        CostRestatedT event;
        event.restatement = id_from_code("X");
        event.cause = id_from_code("M");
        event.date = date;
        const std::string item = fmt::format("I-{}", random_.below(4));
        const std::int64_t before = random_.between(1, 500);
        const std::int64_t after = random_.between(1, 500);
        told.push_back({group_.next_position(), item, "", date, accounting_date, 0, before - after}
        );
        event.lines.emplace_back(
            wired(id_from_code(item)),
            wired(id_from_code("GOODS")),
            wired(Id{}),
            wired(Id{}),
            wired(date),
            wired(accounting_date),
            wired(euros(before)),
            wired(euros(after)),
            MoveReason::delivery
        );
        return event;
    }

    void add(EventRecordT& record, Date date) {
        arena_.clear();
        arena_.set_identifier(EventRecordIdentifier());
        arena_.add(record);
        const auto& stored = arena_.entries().front();
        const auto payload = arena_.bytes_of(stored);
        group_.append(
            EventHeader{
                group_.next_position(),
                wired(Instant::from_nanos(static_cast<std::int64_t>(group_.next_position()))),
                wired(id_from_code("C")),
                wired(id_from_code("test")),
                wired(id_from_code("M")),
                wired(Id{}),
                flatbuffers::ReadScalar<std::uint32_t>(EventRecordIdentifier()),
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
        group_.seal(group_.event_count() - 1);
    }

    Prng random_;
    EventArena arena_;
    GroupBuffer group_;
    std::uint64_t sequence_ = 0;
};

ReportTable ask(const Query& query, std::string_view name, const ReportRequest& request) {
    const Report* report = find_report(registered_projections(), name);
    REQUIRE(report != nullptr);
    auto table = run_report(*report, query, request);
    REQUIRE_MESSAGE(table.ok(), (table ? "" : table.error().message));
    return std::move(table).value();
}

std::int64_t milli_in(const ReportRow& row, std::size_t cell) {
    const auto* quantity = std::get_if<Quantity>(&row.cells.at(cell));
    return quantity == nullptr ? 0 : quantity->milli();
}
std::int64_t minor_in(const ReportRow& row, std::size_t cell) {
    const auto* money = std::get_if<Money>(&row.cells.at(cell));
    return money == nullptr ? 0 : money->minor();
}
std::string id_in(const ReportRow& row, std::size_t cell) {
    const auto* id = std::get_if<Id>(&row.cells.at(cell));
    return id == nullptr ? "" : to_string(*id);
}

struct Sums {
    std::int64_t milli = 0;
    std::int64_t minor = 0;
    friend bool operator==(const Sums&, const Sums&) = default;
};
using SumsBy = std::map<std::string, Sums>;

// All that counts up to a day, by item and by item and place.
std::pair<SumsBy, SumsBy> added_up(const History& history, Date day, std::uint64_t known_at) {
    SumsBy by_item;
    SumsBy by_place;
    for (const Told& told : history.told) {
        if (told.position >= known_at) continue;
        if (told.date <= day) {
            by_item[told.item].milli += told.milli;
            if (told.milli != 0) by_place[told.item + "|" + told.place].milli += told.milli;
        }
        if (told.accounting_date <= day) by_item[told.item].minor += told.minor;
    }
    return {by_item, by_place};
}

void check_on_hand(const History& history, const Query& query, const ReportRequest& request) {
    const auto [by_item, by_place] = added_up(history, request.as_of, request.known_at);
    SumsBy found;
    for (const ReportRow& row : ask(query, "stock-on-hand", request).rows) {
        if (row.kind == RowKind::line) found[row.key] = {milli_in(row, 2), minor_in(row, 5)};
    }
    for (const auto& [item, sums] : by_item) CHECK(found[item] == sums);
    ReportRequest detailed = request;
    detailed.options["by"] = "location";
    SumsBy places;
    std::map<std::string, std::int64_t> values;
    for (const ReportRow& row : ask(query, "stock-on-hand", detailed).rows) {
        if (row.kind != RowKind::line) continue;
        if (!id_in(row, 3).empty())
            places[id_in(row, 0) + "|" + id_in(row, 3)].milli = milli_in(row, 4);
        values[id_in(row, 0)] += minor_in(row, 7);
    }
    for (const auto& [place, sums] : by_place) CHECK(places[place].milli == sums.milli);
    for (const auto& [item, sums] : by_item) CHECK(values[item] == sums.minor);
}

void check_movements(const History& history, const Query& query, ReportRequest request) {
    const Date from = request.as_of.plus_days(-45);
    request.options["from"] = to_string(from);
    const auto opening = added_up(history, from.plus_days(-1), request.known_at).first;
    const auto closing = added_up(history, request.as_of, request.known_at).first;
    for (const ReportRow& row : ask(query, "stock-movements", request).rows) {
        if (row.kind != RowKind::line) continue;
        const Sums before = opening.contains(row.key) ? opening.at(row.key) : Sums{};
        const Sums after = closing.contains(row.key) ? closing.at(row.key) : Sums{};
        CHECK(milli_in(row, 2) == before.milli);
        CHECK(minor_in(row, 3) == before.minor);
        CHECK(milli_in(row, 9) == after.milli);
        CHECK(minor_in(row, 10) == after.minor);
        CHECK(milli_in(row, 2) + milli_in(row, 4) - milli_in(row, 6) == milli_in(row, 9));
        CHECK(
            minor_in(row, 3) + minor_in(row, 5) - minor_in(row, 7) + minor_in(row, 8) ==
            minor_in(row, 10)
        );
    }
}

// The layers that are left when the oldest always leave first, by age in days.
void check_ageing(const History& history, const Query& query, const ReportRequest& request) {
    std::map<std::string, std::map<Date, std::int64_t>> arrived;
    for (const Told& told : history.told) {
        const bool counts = told.position < request.known_at && told.date <= request.as_of;
        if (counts && told.is_arrival) arrived[told.item][told.date] += told.milli;
    }
    const auto by_item = added_up(history, request.as_of, request.known_at).first;
    for (const ReportRow& row : ask(query, "stock-ageing", request).rows) {
        std::int64_t left = by_item.at(row.key).milli;
        std::vector<std::int64_t> buckets(6);
        auto& layers = arrived[row.key];
        for (auto layer = layers.rbegin(); layer != layers.rend() && left > 0; ++layer) {
            const std::int64_t age = request.as_of.days() - layer->first.days();
            const std::size_t bucket = age <= 30    ? 0
                                       : age <= 60  ? 1
                                       : age <= 90  ? 2
                                       : age <= 180 ? 3
                                       : age <= 365 ? 4
                                                    : 5;
            const std::int64_t taken = std::min(left, layer->second);
            buckets[bucket] += taken;
            left -= taken;
        }
        buckets[5] += left;  // Goods that no arrival explains.
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            CHECK(milli_in(row, 5 + i) == buckets[i]);
        }
    }
}

void check_ledger(const History& history, const Query& query, ReportRequest request) {
    const auto by_item = added_up(history, request.as_of, request.known_at).first;
    for (const auto& [item, sums] : by_item) {
        request.options["item"] = item;
        const ReportTable table = ask(query, "stock-ledger", request);
        if (table.rows.empty()) continue;
        CHECK(milli_in(table.rows.back(), 10) == sums.milli);
        CHECK(minor_in(table.rows.back(), 11) == sums.minor);
    }
}

}  // namespace

TEST_CASE("stock reports of any day and position are what adding up the events gives") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    History history{seed};
    for (const char* item : {"I-0", "I-1", "I-2", "I-3"}) {
        StockItemDefinedT event;
        event.item = id_from_code(item);
        history.say(std::move(event));
    }
    history.play(5'000);  // More than one block of what was known.
    MemoryStore store;
    const FollowerOptions options{.projections = registered_projections()};
    auto follower = std::move(Follower::open(history.log, store, options)).value();
    REQUIRE(follower->catch_up().ok());
    const auto findings = follower->run_checks();
    REQUIRE(findings.ok());
    for (const Finding& finding : findings.value()) {
        // These events have no entries: only what concerns the rows themselves must hold.
        const bool is_account = finding.where.starts_with("stock account");
        const bool is_shortage = finding.message.find("no rule allows") != std::string::npos;
        CHECK_MESSAGE((is_account || is_shortage), finding.message);
    }
    const Query query = follower->query();
    Prng random{seed + 1};
    for (int i = 0; i < 4; ++i) {
        ReportRequest request;
        request.as_of = first_day.plus_days(static_cast<int>(random.below(days + 30)));
        request.known_at = i % 3 == 0 ? UINT64_MAX : random.below(history.log.end());
        CAPTURE(to_string(request.as_of));
        CAPTURE(request.known_at);
        check_on_hand(history, query, request);
        check_movements(history, query, request);
        check_ageing(history, query, request);
        check_ledger(history, query, request);
    }
}

TEST_CASE("the checks find what is reserved beyond what is there, and what no rule let go") {
    History history{0};
    const auto say_moved = [&](const char* item, std::int64_t units) {
        StockMovedT event;
        event.movement = id_from_code("M");
        event.date = event.accounting_date = first_day;
        event.lines.emplace_back(
            wired(id_from_code(item)),
            wired(id_from_code("GOODS")),
            wired(id_from_code("W1")),
            wired(id_from_code("BIN")),
            wired(Id{}),
            wired(Id{}),
            wired(Quantity::from_milli(units * 1'000)),
            wired(euros(0)),
            1,
            0,
            0,
            MoveReason::count_gain,
            false
        );
        history.say(std::move(event));
    };
    for (const auto& [name, parent] : {std::pair{"W1", ""}, std::pair{"BIN", "W1"}}) {
        LocationDefinedT place;
        place.location = id_from_code(name);
        if (*parent != 0) place.parent = id_from_code(parent);
        place.warehouse = id_from_code("W1");
        history.say(std::move(place));
    }
    for (const char* name : {"HELD", "SHORT", "LOOSE"}) {
        StockItemDefinedT item;
        item.item = id_from_code(name);
        item.group = id_from_code(name);
        history.say(std::move(item));
    }
    StockRulesSetT rules;
    rules.group = id_from_code("LOOSE");
    rules.allows_negative = true;
    history.say(rules);
    rules.allows_negative = false;
    history.say(rules);
    say_moved("HELD", 5);
    say_moved("SHORT", -2);
    say_moved("LOOSE", -2);
    StockReservedT held;
    held.reservation = id_from_code("H-1");
    held.item = id_from_code("HELD");
    held.location = id_from_code("W1");
    held.quantity = Quantity::from_milli(6'000);
    held.date = first_day;
    history.say(std::move(held));

    MemoryStore store;
    const FollowerOptions options{.projections = registered_projections()};
    auto follower = std::move(Follower::open(history.log, store, options)).value();
    REQUIRE(follower->catch_up().ok());
    const auto findings = follower->run_checks();
    REQUIRE(findings.ok());
    REQUIRE(findings.value().size() == 2);
    CHECK(findings.value()[0].where == "inventory reserved-is-on-hand: HELD at W1");
    CHECK(findings.value()[0].message == "6.000 are reserved, 5.000 are there");
    CHECK(findings.value()[1].where == "inventory short-stock-is-allowed: SHORT at BIN");
}

}  // namespace daybook
