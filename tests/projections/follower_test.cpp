#include "projections/core/follower.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include "engine/store/memory_store.hpp"
#include "engine/store/rocks_store.hpp"
#include "tests/projections/toy_history.hpp"

using namespace daybook;
using toy::History;
using namespace std::chrono_literals;

namespace {

constexpr std::array bank{RegisteredProjection{"bank", &toy::projection}};

FollowerOptions options(const FollowerLimits& limits = {}) {
    return {.projections = bank, .limits = limits};
}

// Windows so small that every limit is met often.
FollowerLimits tiny() {
    return {
        .window_rows_max = 40,
        .window_events_max = 30,
        .memory_bytes_max = 20'000,
        .events_per_step = 7};
}

std::unique_ptr<Follower> follow(const Log& log, Store& store, const FollowerLimits& limits = {}) {
    auto opened = Follower::open(log, store, options(limits));
    REQUIRE(opened.ok());
    return std::move(opened).value();
}

std::map<Id, Money> balances_in(const Query& query) {
    std::map<Id, Money> balances;
    query.scan<toy::accounts>([&](const toy::AccountRow& row) {
        balances[row.account] = row.balance;
    });
    CHECK_FALSE(query.failure().has_value());
    return balances;
}

// Every row of every table as text, without a row type.
std::string dump(const Query& query) {
    std::string text;
    for (const NamedTable& table : query.tables()) {
        text += std::string{table.projection} + "." + std::string{table.schema->name} + "\n";
        const auto walked = query.scan_values(table, [&](const std::vector<Value>& values) {
            for (const Value& value : values) text += to_string(value) + " ";
            text += "\n";
            return true;
        });
        REQUIRE(walked.ok());
    }
    return text;
}

// Every row as it is stored, apart from where it stands.
std::vector<std::pair<std::string, std::string>> stored_rows(const Store& store) {
    std::vector<std::pair<std::string, std::string>> rows;
    const auto cursor = store.cursor();
    for (cursor->seek("\x01"); cursor->has_entry(); cursor->next()) {
        rows.emplace_back(cursor->key().substr(5), cursor->value());
    }
    return rows;
}

}  // namespace

TEST_CASE("rows show the events, before and after they are written") {
    History history{1};
    const Id account = id_from_code("A");
    history.post(Date::of(2026, 3, 31), {{account, Money::from_minor(100, Currency::eur)}});
    MemoryStore store;
    const auto follower = follow(history.log(), store);
    REQUIRE(follower->catch_up().ok());
    for (int round = 0; round < 2; ++round) {
        CHECK(stored_rows(store).size() == (round == 0 ? 0U : 2U));
        {
            const Query query = follower->query();
            CHECK(query.position() == 1);
            const auto row = query.find<toy::accounts>(account);
            REQUIRE(row.has_value());
            CHECK(row->account == account);
            CHECK(row->balance == Money::from_minor(100, Currency::eur));
            CHECK_FALSE(query.find<toy::accounts>(id_from_code("B")).has_value());
            CHECK(
                dump(query) ==
                "bank.accounts\nA  current EUR 1.00 1 \nbank.lines\nA 2026-03-31 0 0 EUR 1.00  \n"
            );
        }
        REQUIRE(follower->write().ok());
    }
}

TEST_CASE("stored rows and changes in memory are read as one table, in order") {
    MESSAGE("DAYBOOK_SEED=" << toy::test_seed());
    History history{toy::test_seed()};
    MemoryStore store;
    MemoryStore unwritten_store;
    const auto follower = follow(history.log(), store, tiny());
    const auto unwritten = follow(history.log(), unwritten_store);
    for (int round = 0; round < 50; ++round) {
        history.grow(10);
        REQUIRE(follower->catch_up().ok());
        REQUIRE(unwritten->catch_up().ok());
        const Query query = follower->query();
        CHECK(balances_in(query) == history.balances());
        CHECK(dump(query) == dump(unwritten->query()));
    }
    CHECK(stored_rows(unwritten_store).empty());
    CHECK_FALSE(stored_rows(store).empty());
}

TEST_CASE("a scan gives the rows under the first parts of a key, until it is told to stop") {
    History history{1};
    MemoryStore store;
    const auto follower = follow(history.log(), store);
    const Money amount = Money::from_minor(100, Currency::eur);
    for (unsigned day = 1; day <= 9; ++day) {
        history.post(
            Date::of(2026, 3, 10 - day), {{id_from_code("A"), amount}, {id_from_code("B"), amount}}
        );
    }
    REQUIRE(follower->catch_up().ok());
    const Query query = follower->query();
    std::vector<unsigned> days;
    query.scan<toy::lines>(id_from_code("A"), [&](const toy::LineRow& row) {
        CHECK(row.account == id_from_code("A"));
        days.push_back(row.date.day());
        return days.size() < 3;
    });
    CHECK(days == std::vector<unsigned>{1, 2, 3});
    days.clear();
    query.scan<toy::lines>(id_from_code("B"), Date::of(2026, 3, 4), [&](const toy::LineRow& row) {
        days.push_back(row.date.day());
    });
    CHECK(days == std::vector<unsigned>{4});
    days.clear();
    query.scan_between<toy::lines>(
        std::tuple{id_from_code("A"), Date::of(2026, 3, 8)},
        std::tuple{id_from_code("B"), Date::of(2026, 3, 3)},
        [&](const toy::LineRow& row) { days.push_back(row.date.day()); }
    );
    CHECK(days == std::vector<unsigned>{8, 9, 1, 2});
}

TEST_CASE("a crash after any write leaves rows that stand for exactly their position") {
    for (std::uint64_t writes = 0; writes < 40; ++writes) {
        History history{toy::test_seed() + writes};
        history.grow(300);
        MemoryStore store;
        store.fail_after(writes);
        std::uint64_t reached = 0;
        {
            const auto follower = follow(history.log(), store, tiny());
            const Result<void> failed = follower->catch_up();
            if (!failed.ok()) CHECK(failed.error().code == ErrorCode::io);
            reached = follower->position();
            // What was folded is still served.
            CHECK(follower->query().position() == reached);
        }
        store.fail_after(UINT64_MAX);
        MemoryStore plain;
        const auto again = follow(history.log(), store, tiny());
        CHECK(again->position() <= reached);
        if (writes > 1) CHECK(again->position() > 0);
        REQUIRE(again->catch_up().ok());
        const auto fresh = follow(history.log(), plain);
        REQUIRE(fresh->catch_up().ok());
        CHECK(dump(again->query()) == dump(fresh->query()));
        CHECK(balances_in(again->query()) == history.balances());
    }
}

TEST_CASE("a rebuild gives byte-identical rows and takes the place of the old ones") {
    History history{toy::test_seed()};
    history.grow(500);
    MemoryStore store;
    const auto follower = follow(history.log(), store, tiny());
    REQUIRE(follower->catch_up().ok());
    REQUIRE(follower->write().ok());
    const auto before = stored_rows(store);
    std::uint64_t calls = 0;
    const auto rebuilt = follower->rebuild("", [&](std::uint64_t done, std::uint64_t total) {
        CHECK(done <= total);
        ++calls;
        return true;
    });
    REQUIRE(rebuilt.ok());
    CHECK(rebuilt.value().count == 0);
    CHECK(rebuilt.value().events == history.log().end());
    CHECK(rebuilt.value().rows == before.size());
    CHECK(calls > 0);
    CHECK(stored_rows(store) == before);
    history.grow(50);
    REQUIRE(follower->catch_up().ok());
    CHECK(balances_in(follower->query()) == history.balances());
}

TEST_CASE("a rebuild that is given up changes nothing") {
    History history{toy::test_seed()};
    history.grow(500);
    MemoryStore store;
    const auto follower = follow(history.log(), store, tiny());
    REQUIRE(follower->catch_up().ok());
    REQUIRE(follower->write().ok());
    const auto before = stored_rows(store);
    const auto rebuilt =
        follower->rebuild("bank", [&](std::uint64_t done, std::uint64_t) { return done < 200; });
    REQUIRE_FALSE(rebuilt.ok());
    CHECK(stored_rows(store) == before);
    CHECK(balances_in(follower->query()) == history.balances());
    const auto unknown = follower->rebuild("bakn");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().message == "there is no projection bakn; there are bank");
}

TEST_CASE("a row that was tampered with is found by table and key, and mended by a rebuild") {
    History history{1};
    const Id account = id_from_code("A");
    history.post(Date::of(2026, 3, 31), {{account, Money::from_minor(100, Currency::eur)}});
    MemoryStore store;
    auto follower = follow(history.log(), store);
    REQUIRE(follower->catch_up().ok());
    REQUIRE(follower->stop().ok());
    {
        const auto cursor = store.cursor();
        cursor->seek("\x01");
        std::string value{cursor->value()};
        value[value.size() - 14] = static_cast<char>(value[value.size() - 14] + 1);
        StoreBatch batch;
        batch.put(cursor->key(), value);
        REQUIRE(store.write(batch).ok());
    }
    follower = follow(history.log(), store);
    MemoryStore scratch;
    const auto compared = follower->compare_with_fresh_fold("", scratch);
    REQUIRE(compared.ok());
    REQUIRE(compared.value().count == 1);
    CHECK(compared.value().findings[0].where == "bank.accounts A");
    CHECK(
        compared.value().findings[0].message ==
        "stored current EUR 1.01 1, a fresh fold gives current EUR 1.00 1"
    );
    const auto rebuilt = follower->rebuild("bank");
    REQUIRE(rebuilt.ok());
    CHECK(rebuilt.value().count == 1);
    CHECK(balances_in(follower->query()) == history.balances());
}

TEST_CASE("rows of another log, or of tables that changed, are made anew") {
    History history{1};
    history.grow(100);
    MemoryStore store;
    {
        const auto follower = follow(history.log(), store);
        REQUIRE(follower->catch_up().ok());
    }
    SUBCASE("rows of this log are taken up where they were") {
        CHECK(follow(history.log(), store)->position() == history.log().end());
    }
    SUBCASE("another log") {
        History other{2};
        other.grow(200);
        const auto follower = follow(other.log(), store);
        CHECK(follower->position() == 0);
        CHECK(stored_rows(store).empty());
        REQUIRE(follower->catch_up().ok());
        CHECK(balances_in(follower->query()) == other.balances());
    }
    SUBCASE("a shorter log") {
        History other{1};
        other.grow(50);
        CHECK(follow(other.log(), store)->position() == 0);
    }
    SUBCASE("another revision of the projection") {
        static const Projection revised = toy::projection.revised(1);
        const std::array revised_bank{RegisteredProjection{"bank", &revised}};
        const auto follower = Follower::open(history.log(), store, {.projections = revised_bank});
        REQUIRE(follower.ok());
        CHECK(follower.value()->position() == 0);
    }
}

TEST_CASE("a new projection catches up while the others stay where they are") {
    History history{1};
    history.grow(100);
    MemoryStore store;
    {
        const auto follower = follow(history.log(), store);
        REQUIRE(follower->catch_up().ok());
    }
    const std::array two{
        RegisteredProjection{"bank", &toy::projection},
        RegisteredProjection{"branch", &toy::projection}};
    history.grow(20);
    const auto opened =
        Follower::open(history.log(), store, {.projections = two, .limits = tiny()});
    REQUIRE(opened.ok());
    CHECK(opened.value()->position() == 0);
    REQUIRE(opened.value()->catch_up().ok());
    MemoryStore scratch;
    const auto compared = opened.value()->compare_with_fresh_fold("", scratch);
    REQUIRE(compared.ok());
    CHECK(compared.value().count == 0);
}

TEST_CASE("a follower on its own thread lets clients read their own writes") {
    History history{toy::test_seed()};
    MemoryStore store;
    const auto follower = follow(history.log(), store, tiny());
    follower->start();
    for (int round = 0; round < 100; ++round) {
        history.grow(5);
        REQUIRE(follower->wait_for(history.log().end(), 10s).ok());
        const Query query = follower->query();
        CHECK(query.position() == history.log().end());
        CHECK(balances_in(query) == history.balances());
    }
    const auto rebuilt = follower->rebuild("");
    REQUIRE(rebuilt.ok());
    CHECK(rebuilt.value().count == 0);
    const Result<void> early = follower->wait_for(history.log().end() + 1, 1ms);
    REQUIRE_FALSE(early.ok());
    CHECK(early.error().code == ErrorCode::unavailable);
    REQUIRE(follower->stop().ok());
    CHECK(follow(history.log(), store)->position() == history.log().end());
}

TEST_CASE("readers, the follower and a rebuild work at the same time") {
    History history{toy::test_seed()};
    MemoryStore store;
    const auto follower = follow(history.log(), store, tiny());
    follower->start();
    std::atomic<bool> is_done = false;
    std::thread reader{[&] {
        std::uint64_t last = 0;
        while (!is_done) {
            const Query query = follower->query();
            DAYBOOK_ASSERT(query.position() >= last);
            last = query.position();
            std::uint32_t posted = 0;
            query.scan<toy::accounts>([&](const toy::AccountRow& row) {
                posted += row.posted_count;
            });
            DAYBOOK_ASSERT(!query.failure());
        }
    }};
    for (int round = 0; round < 20; ++round) {
        history.grow(20);
        const auto rebuilt = follower->rebuild("bank");
        REQUIRE(rebuilt.ok());
        CHECK(rebuilt.value().count == 0);
    }
    is_done = true;
    reader.join();
    REQUIRE(follower->wait_for(history.log().end(), 10s).ok());
    CHECK(balances_in(follower->query()) == history.balances());
}

TEST_CASE("a follower whose store fails says so and goes on serving what it has") {
    History history{1};
    history.grow(100);
    MemoryStore store;
    const auto follower = follow(history.log(), store, tiny());
    store.fail_after(2);
    follower->start();
    const Result<void> waited = follower->wait_for(history.log().end(), 10s);
    REQUIRE_FALSE(waited.ok());
    CHECK(waited.error().code == ErrorCode::io);
    REQUIRE(follower->failure().has_value());
    CHECK(follower->lag() > 0);
    CHECK(follower->query().position() == follower->position());
    (void)follower->stop();
    store.fail_after(UINT64_MAX);
    REQUIRE(follower->catch_up().ok());
    CHECK(balances_in(follower->query()) == history.balances());
}

TEST_CASE("an event is found again by its position") {
    History history{1};
    history.grow(10);
    MemoryStore store;
    const auto follower = follow(history.log(), store);
    REQUIRE(follower->catch_up().ok());
    const Query query = follower->query();
    const auto event = query.event(5);
    REQUIRE(event.ok());
    CHECK(header_of(event.value()).position() == 5);
    std::uint64_t next = 3;
    REQUIRE(
        query.events(
                 3, 8, [&](EventBytes each) { CHECK(header_of(each).position() == next++); }
        ).ok()
    );
    CHECK(next == 8);
    CHECK_FALSE(query.event(history.log().end()).ok());
}

namespace {

// Small enough that some windows are batches of a memtable and some are sorted files.
std::unique_ptr<RocksStore> open_rocks(const std::string& folder) {
    auto opened = RocksStore::open(
        folder, {.memtable_bytes = 64 << 10, .cache_bytes = 1 << 20, .sorted_file_bytes_min = 1000}
    );
    REQUIRE(opened.ok());
    return std::move(opened).value();
}

const char* setting(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? "" : text;
}

}  // namespace

// Run by the next test in a process of its own, which ends without any goodbye.
TEST_CASE("fold into RocksDB and die" * doctest::skip()) {
    const std::string folder = setting("DAYBOOK_TEST_FOLDER");
    const std::uint64_t step_count = std::strtoull(setting("DAYBOOK_TEST_STEPS"), nullptr, 10);
    History history{toy::test_seed()};
    history.grow(400);
    const auto store = open_rocks(folder);
    const auto follower = follow(history.log(), *store, tiny());
    std::uint64_t step = 0;
    (void)follower->catch_up([&](std::uint64_t, std::uint64_t) {
        if (++step == step_count) std::_Exit(0);
        return true;
    });
    std::_Exit(1);
}

TEST_CASE("a process that dies leaves rows that stand for exactly their position") {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    std::string pattern = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    History history{toy::test_seed()};
    history.grow(400);
    MemoryStore plain;
    const auto fresh = follow(history.log(), plain);
    REQUIRE(fresh->catch_up().ok());
    const std::string expected = dump(fresh->query());
    std::uint64_t kept_count = 0;
    for (std::uint64_t step = 5; step <= 85; step += 20) {
        const std::string folder = pattern + "/rows" + std::to_string(step);
        const std::string command = "DAYBOOK_TEST_FOLDER=" + folder +
                                    " DAYBOOK_TEST_STEPS=" + std::to_string(step) + " " + self +
                                    " --no-skip --test-case='fold into RocksDB and die' >/dev/null";
        REQUIRE(std::system(command.c_str()) == 0);
        const auto store = open_rocks(folder);
        const auto follower = follow(history.log(), *store, tiny());
        if (follower->position() > 0) ++kept_count;
        REQUIRE(follower->catch_up().ok());
        CHECK(dump(follower->query()) == expected);
        const auto rebuilt = follower->rebuild("");
        REQUIRE(rebuilt.ok());
        CHECK(rebuilt.value().count == 0);
    }
    CHECK(kept_count > 0);
    std::filesystem::remove_all(pattern);
}
