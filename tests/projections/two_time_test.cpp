#include "projections/core/two_time.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "tests/projections/toy_history.hpp"

using namespace daybook;
using toy::History;

namespace {

struct AccountKey {
    Id account;
    std::uint16_t currency = 0;
};
struct Turnover {
    Money amount;
    std::int64_t count = 0;
    friend bool operator==(const Turnover&, const Turnover&) = default;
};

// Blocks of 16 events, so that a short history has many.
constexpr auto turnovers = totals_table<AccountKey, Turnover, 4>(
    "turnovers",
    key("account", &AccountKey::account),
    key("currency", &AccountKey::currency),
    column("amount", &Turnover::amount),
    column("count", &Turnover::count)
);
constexpr auto past_turnovers = past_totals_table<AccountKey, Turnover, 4>(
    "past_turnovers",
    key("account", &AccountKey::account),
    key("currency", &AccountKey::currency),
    column("amount", &Turnover::amount),
    column("count", &Turnover::count)
);
using Now = SchemaOf<turnovers>::Row;
using Past = SchemaOf<past_turnovers>::Row;

// The one place that says what a posting counts for: project() and the reports both use it.
template <class Use>
void each_line(const toy::Posted& event, Use&& use) {
    for (const toy::Line* line : *event.lines()) {
        const Money amount = read(line->amount());
        const AccountKey key{read(line->account()), static_cast<std::uint16_t>(amount.currency())};
        use(key, read(event.date()), Turnover{amount, 1});
    }
}

void project(
    Rows<Now>& now, Rows<Past>& past, const toy::Posted& event, const EventHeader& header
) {
    each_line(event, [&](const AccountKey& key, Date date, const Turnover& amount) {
        add_posting(now, past, {key, date, header.position()}, amount);
    });
}

constexpr Projection turnover_projection =
    projection_of<Tables<turnovers, past_turnovers>, Events<toy::EventTraits, toy::Posted>>();
constexpr std::array registered{RegisteredProjection{"turnover", &turnover_projection}};

using Post = std::function<void(const AccountKey&, Date, const Turnover&)>;

void postings(EventBytes event, const Post& post) {
    const auto* record = flatbuffers::GetRoot<toy::EventRecord>(payload_of(event).data());
    if (const toy::Posted* posted = record->event_as_Posted()) each_line(*posted, post);
}

using Sums = TwoTimeSums<turnovers, past_turnovers>;
using ByAccount = std::map<Id, Turnover>;

// The same question answered by reading every event.
ByAccount scan_everything(const Query& query, Date as_of, std::uint64_t known_at) {
    ByAccount sums;
    const auto read_all = query.events(0, known_at, [&](EventBytes event) {
        postings(event, [&](const AccountKey& key, Date date, const Turnover& amount) {
            if (date > as_of) return;
            sums[key.account].amount += amount.amount;
            sums[key.account].count += amount.count;
        });
    });
    REQUIRE(read_all.ok());
    return sums;
}

ByAccount by_account(const std::vector<std::pair<AccountKey, Turnover>>& sums) {
    ByAccount all;
    for (const auto& [key, sum] : sums) all[key.account] = sum;
    return all;
}

Date random_day(Prng& random) {
    switch (random.below(6)) {
        case 0: return date_max;
        case 1: return Date::of(2024, 12, 31);
        case 2: return Date::of(2025, 2, 28);
        case 3: return Date::of(2023, 12, 31);
        default: return Date::of(2023, 12, 20).plus_days(static_cast<int>(random.below(930)));
    }
}

}  // namespace

TEST_CASE("the sum as of any day, known at any position, equals a plain scan of the log") {
    MESSAGE("DAYBOOK_SEED=" << toy::test_seed());
    for (std::uint64_t round = 0; round < 6; ++round) {
        Prng random{toy::test_seed() * 100 + round};
        History history{random.next(), 1 + random.below(30)};
        MemoryStore store;
        const auto follower = Follower::open(
            history.log(), store, {.projections = registered, .limits = {.window_rows_max = 300}}
        );
        REQUIRE(follower.ok());
        history.grow(50 + random.below(600));
        REQUIRE(follower.value()->catch_up().ok());
        const Query query = follower.value()->query();
        for (int sample = 0; sample < 40; ++sample) {
            const Date as_of = random_day(random);
            const std::uint64_t known_at =
                random.chance(20) ? UINT64_MAX : random.below(query.position() + 1);
            const Sums sums{query, known_at, postings};
            const ByAccount expected =
                scan_everything(query, as_of, std::min(known_at, query.position()));
            CAPTURE(to_string(as_of));
            CAPTURE(known_at);
            CHECK(by_account(sums.sums(as_of)) == expected);
            for (const auto& [account, sum] : expected) {
                const AccountKey key{account, static_cast<std::uint16_t>(Currency::eur)};
                CHECK(sums.sum(key, as_of) == sum);
                CHECK(by_account(sums.sums_under(as_of, account)) == ByAccount{{account, sum}});
            }
            CHECK(sums.sum({id_from_code("NOBODY"), 0}, as_of) == Turnover{});
        }
        CHECK_FALSE(query.failure().has_value());
    }
}

TEST_CASE("the cost of a sum does not grow with the number of events") {
    History history{1, 5};
    MemoryStore store;
    const auto follower = Follower::open(history.log(), store, {.projections = registered});
    REQUIRE(follower.ok());
    const AccountKey key{id_from_code("A-1"), static_cast<std::uint16_t>(Currency::eur)};
    constexpr std::uint64_t years = 3;
    constexpr std::uint64_t block_events = 16;
    constexpr std::uint64_t rows_max = (years + 11 + 30) * 3;
    for (int doubling = 0; doubling < 5; ++doubling) {
        history.grow(500ULL << doubling);
        REQUIRE(follower.value()->catch_up().ok());
        const Query query = follower.value()->query();
        const Date as_of = Date::of(2026, 5, 30);
        const Sums now{query, UINT64_MAX, postings};
        (void)now.sum(key, as_of);
        CHECK(now.touched_count() <= rows_max);
        const Sums past{query, query.position() / 2, postings};
        (void)past.sum(key, as_of);
        CHECK(past.touched_count() <= rows_max + block_events);
        const Sums all{query, query.position() / 2, postings};
        (void)all.sums(as_of);
        CHECK(all.touched_count() <= rows_max * 5 + block_events);
    }
}

TEST_CASE("totals are ordinary tables to readers that know no row type") {
    History history{1};
    const Id account = id_from_code("A");
    history.post(Date::of(2026, 3, 31), {{account, Money::from_minor(100, Currency::eur)}});
    MemoryStore store;
    const auto follower = Follower::open(history.log(), store, {.projections = registered});
    REQUIRE(follower.ok());
    REQUIRE(follower.value()->catch_up().ok());
    const Query query = follower.value()->query();
    const NamedTable* table = query.find_table("turnover", "turnovers");
    REQUIRE(table != nullptr);
    std::string text;
    REQUIRE(query
                .scan_values(
                    *table,
                    [&](const std::vector<Value>& values) {
                        for (const Value& value : values) text += to_string(value) + " ";
                        return true;
                    }
                )
                .ok());
    CHECK(
        text ==
        "0 2026-01-01 A 978 EUR 1.00 1 0 1 2026-03-01 A 978 EUR 1.00 1 0 "
        "2 2026-03-31 A 978 EUR 1.00 1 0 "
    );
}
