// The crm over random histories: time in stages adds up, deals follow their pipeline's graph, and
// the answers as of a day, known at a position, stay what they were.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/prng.hpp"
#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "schemas/crm.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/topic_log.hpp"

using namespace daybook;

namespace {

// Texts that say nothing about one person. Whoever adds a field decides whether it belongs here.
const std::set<std::string> not_personal{
    "language",
    "country",
    "industry",
    "territory",
    "tags",
    "source",
    "medium",
    "campaign",
    "content",
    "DefinePipeline.name",
    "DefinePipeline.stages.name",
    "PipelineDefined.name",
    "PipelineDefined.stages.name"};

void collect_unmarked(
    const std::string& path,
    const std::vector<FieldDescription>& fields,
    std::set<std::string>& unmarked
) {
    for (const FieldDescription& field : fields) {
        const std::string name = path + "." + field.name;
        if (field.kind == FieldKind::text && !field.is_personal) {
            const bool is_known = not_personal.contains(field.name) || not_personal.contains(name);
            if (!is_known) unmarked.insert(name);
        }
        collect_unmarked(name, field.fields, unmarked);
    }
}

bool is_marked(const std::vector<FieldDescription>& fields, std::string_view name) {
    for (const FieldDescription& field : fields) {
        if (field.name == name) return field.is_personal;
        if (is_marked(field.fields, name)) return true;
    }
    return false;
}

// A book with one pipeline, two who sell and some customers, on a log in memory.
class Office {
 public:
    FakeClock clock;
    std::unique_ptr<Log> log = property_log(clock, TopicUse::claimed);

    Office() {
        auto opened = Engine::open(*log, EngineOptions{.clock = &clock});
        REQUIRE(opened.ok());
        engine_ = std::make_unique<Engine>(std::move(opened).value());
    }

    Answer::Outcome submit(std::string_view command, std::string_view body) {
        const CommandDefaults defaults{
            .id = id_from_code("c-" + std::to_string(++commands_)), .actor = id_from_code("anna")};
        auto message = codec_.command_of_body(fmt::format("crm.{}", command), body, defaults);
        if (!message.ok()) FAIL(message.error().message);
        return engine_->submit_and_wait(std::move(message).value()).outcome;
    }
    void must(std::string_view command, std::string_view body) {
        REQUIRE(submit(command, body) == Answer::Outcome::accepted);
    }
    [[nodiscard]] std::uint64_t end() const { return log->end(); }

 private:
    Codec codec_{domain_modules()};
    std::unique_ptr<Engine> engine_;
    std::uint64_t commands_ = 0;
};

const Date first_day = Date::of(2026, 1, 1);
constexpr std::uint64_t deal_count = 120;

void furnish(Office& office) {
    office.must(
        "RegisterParty",
        R"({"party":"E-0","kind":"person","name":"A","roles":["employee"],"territory":"West"})"
    );
    office.must(
        "RegisterParty",
        R"({"party":"E-1","kind":"person","name":"B","roles":["employee"],"territory":"East"})"
    );
    for (int i = 0; i < 5; ++i) {
        office.must(
            "RegisterParty",
            fmt::format(R"({{"party":"C-{}","kind":"organisation","name":"C"}})", i)
        );
    }
    office.must("DefinePipeline", R"({"pipeline":"P","stages":[
        {"stage":"a","probability":"10%","next":["b","c"]},
        {"stage":"b","probability":"40%","next":["a","c"]},
        {"stage":"c","probability":"80%","next":["b"],"required_fields":["amount"]}]})");
}

std::string random_day(Prng& prng, Date today) {
    return to_string(today.plus_days(static_cast<std::int32_t>(prng.between(-25, 0))));
}

Answer::Outcome random_step(Office& office, Prng& prng, Date today) {
    const std::string deal = fmt::format(R"("deal":"D-{}")", prng.below(deal_count));
    const std::string on = fmt::format(R"("on":"{}")", random_day(prng, today));
    const std::string stage(1, static_cast<char>('a' + prng.below(3)));
    const std::uint64_t cents = prng.below(100'000);
    switch (prng.below(21) / 2) {
        case 0:
        case 1:
        case 2: {
            const std::string amount =
                prng.chance(50) ? fmt::format(R"("amount":"EUR {}.50",)", prng.below(900)) : "";
            return office.submit(
                "OpenDeal",
                fmt::format(
                    R"({{{},{}{},"pipeline":"P","owner":"E-{}","party":"C-{}"}})",
                    deal,
                    amount,
                    on,
                    prng.below(2),
                    prng.below(5)
                )
            );
        }
        case 3:
        case 4:
        case 5:
            return office.submit(
                "MoveDeal", fmt::format(R"({{{},{},"stage":"{}"}})", deal, on, stage)
            );
        case 6:
            return office.submit(
                "AmendDeal",
                fmt::format(
                    R"({{{},{},"amount":"EUR {}.{:02}"}})", deal, on, cents / 100, cents % 100
                )
            );
        case 7: return office.submit("WinDeal", fmt::format("{{{},{}}}", deal, on));
        case 8:
            return office.submit(
                "LoseDeal", fmt::format(R"({{{},{},"reason":"price"}})", deal, on)
            );
        case 9: return office.submit("ReopenDeal", fmt::format("{{{},{}}}", deal, on));
        default: return office.submit("RetractDeal", fmt::format("{{{}}}", deal));
    }
}

// What the events say, kept the plain way.
struct PlainDeal {
    Date opened;
    Date entered;
    Date changed;
    Id stage;
    std::uint32_t days = 0;
    enum { none, open, won, lost } state = none;
    Money amount;
    std::set<Id> stages;
};
using PlainDeals = std::map<Id, PlainDeal>;

bool is_edge(const Id& from, const Id& to) {
    const std::string step = to_string(from) + to_string(to);
    return step == "ab" || step == "ac" || step == "ba" || step == "bc" || step == "cb";
}

std::uint32_t days_between(Date from, Date to) {
    REQUIRE(from <= to);
    return static_cast<std::uint32_t>(to.days() - from.days());
}

void leave(PlainDeal& deal, std::uint32_t days_in_stage, Date on) {
    CHECK(days_in_stage == days_between(deal.entered, on));
    CHECK(deal.changed <= on);
    deal.days += days_in_stage;
    deal.changed = on;
}

void enter(PlainDeal& deal, const Id& stage, Date on) {
    deal.state = PlainDeal::open;
    deal.stage = stage;
    deal.entered = on;
    deal.changed = on;
    deal.stages.insert(stage);
}

void take(PlainDeals& deals, const crm::EventRecord& record) {
    if (const auto* opened = record.event_as_DealOpened()) {
        PlainDeal& deal = deals[read(opened->deal())];
        CHECK(deal.state == PlainDeal::none);
        deal.opened = read(opened->on());
        deal.amount = read_or_none(opened->amount());
        enter(deal, read(opened->stage()), deal.opened);
    } else if (const auto* moved = record.event_as_DealMoved()) {
        PlainDeal& deal = deals[read(moved->deal())];
        CHECK(is_edge(deal.stage, read(moved->stage())));
        leave(deal, moved->days_in_stage(), read(moved->on()));
        enter(deal, read(moved->stage()), read(moved->on()));
    } else if (const auto* amended = record.event_as_DealAmended()) {
        deals[read(amended->deal())].amount = read(amended->amount());
    } else if (const auto* won = record.event_as_DealWon()) {
        PlainDeal& deal = deals[read(won->deal())];
        leave(deal, won->days_in_stage(), read(won->on()));
        CHECK(won->days_open() == deal.days);
        deal.state = PlainDeal::won;
    } else if (const auto* lost = record.event_as_DealLost()) {
        PlainDeal& deal = deals[read(lost->deal())];
        leave(deal, lost->days_in_stage(), read(lost->on()));
        CHECK(lost->days_open() == deal.days);
        deal.state = PlainDeal::lost;
    } else if (const auto* reopened = record.event_as_DealReopened()) {
        PlainDeal& deal = deals[read(reopened->deal())];
        CHECK(deal.changed <= read(reopened->on()));
        enter(deal, read(reopened->stage()), read(reopened->on()));
    } else if (const auto* retracted = record.event_as_DealRetracted()) {
        deals.erase(read(retracted->deal()));
    }
}

// The events before `known_at` that are effective by `as_of`, folded one after another.
PlainDeals plain_deals(const Log& log, Date as_of, std::uint64_t known_at) {
    PlainDeals deals;
    auto reader = log.read(0);
    REQUIRE(reader.ok());
    while (true) {
        const auto events = reader.value()->next();
        REQUIRE(events.ok());
        if (events.value().empty()) return deals;
        for (const EventBytes event : events.value()) {
            const EventHeader& header = header_of(event);
            if (header.position() >= known_at) return deals;
            if (read(header.effective()) > as_of) continue;
            take(deals, *flatbuffers::GetRoot<crm::EventRecord>(payload_of(event).data()));
        }
    }
}

using Figures = std::map<std::string, std::string>;

Figures plain_funnel(const PlainDeals& deals) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& [id, deal] : deals) {
        if (deal.state == PlainDeal::none) continue;
        const std::string cohort = "P|" + to_string(deal.opened).substr(0, 7) + "|";
        ++counts[cohort + "opened"];
        for (const Id& stage : deal.stages) ++counts[cohort + to_string(stage)];
        if (deal.state == PlainDeal::won) ++counts[cohort + "won"];
    }
    Figures figures;
    for (const auto& [key, count] : counts) figures[key] = std::to_string(count);
    return figures;
}

Figures plain_board(const PlainDeals& deals) {
    std::map<std::string, std::pair<std::int64_t, Money>> stages;
    // Deals without an amount stand in the only currency there is.
    const bool has_currency = std::ranges::any_of(deals, [](const auto& entry) {
        return entry.second.state == PlainDeal::open && entry.second.amount != Money{};
    });
    const Currency currency = has_currency ? Currency::eur : Currency::none;
    for (const auto& [id, deal] : deals) {
        if (deal.state != PlainDeal::open) continue;
        auto& [count, amount] =
            stages[fmt::format("P|{}|{}", to_string(deal.stage), code_of(currency))];
        ++count;
        amount += deal.amount;
        amount += Money::from_minor(0, currency);
    }
    Figures figures;
    for (const auto& [key, sums] : stages) {
        figures[key] = fmt::format("{} {}", sums.first, to_string(sums.second));
    }
    return figures;
}

struct Moment {
    Date as_of;
    std::uint64_t known_at = 0;
};

// The lines of a report with a key: the named columns, as text.
Figures figures_of(
    const Follower& follower,
    std::string_view name,
    const Moment& moment,
    const std::vector<std::size_t>& columns
) {
    const Report* report = find_report(registered_projections(), name);
    REQUIRE(report != nullptr);
    const ReportRequest request{.as_of = moment.as_of, .known_at = moment.known_at, .options = {}};
    const Query query = follower.query();
    const auto table = run_report(*report, query, request);
    if (!table.ok()) FAIL(table.error().message);
    Figures figures;
    for (const ReportRow& row : table.value().rows) {
        if (row.key.empty()) continue;
        std::string& cells = figures[row.key];
        for (const std::size_t column : columns) {
            cells += (cells.empty() ? "" : " ") + to_string(row.cells[column]);
        }
        const auto positions = report->explain(query, request, row.key);
        REQUIRE(positions.ok());
        REQUIRE(!positions.value().empty());
        CHECK(positions.value().back() < moment.known_at);
    }
    return figures;
}

}  // namespace

TEST_CASE("every text of the crm that may be about a person is marked personal") {
    const Codec codec{domain_modules()};
    std::set<std::string> unmarked;
    std::size_t records = 0;
    for (const auto& list : {codec.commands(), codec.events()}) {
        for (const RecordDescription& record : list) {
            if (record.module != "crm") continue;
            ++records;
            collect_unmarked(record.name, record.fields, unmarked);
        }
    }
    CHECK(records > 50);
    CHECK(unmarked == std::set<std::string>{});
    for (const RecordDescription& record : codec.events()) {
        if (record.full_name() != "crm.PartyRegistered") continue;
        for (const char* name :
             {"name",
              "given_name",
              "family_name",
              "birth_date",
              "lines",
              "postcode",
              "city",
              "emails",
              "phones",
              "ibans",
              "vat_id",
              "note"}) {
            CAPTURE(name);
            CHECK(is_marked(record.fields, name));
        }
        CHECK_FALSE(is_marked(record.fields, "industry"));
    }
}

TEST_CASE("deals over a random history: stages add up, and no past answer ever changes") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng prng{seed};
    Office office;
    furnish(office);
    MemoryStore store;
    auto opened = Follower::open(
        *office.log, store, FollowerOptions{.projections = registered_projections(), .limits = {}}
    );
    REQUIRE(opened.ok());
    Follower& follower = *opened.value();

    std::vector<std::tuple<Moment, Figures, Figures>> answers;
    std::uint64_t accepted = 0;
    Date today = first_day;
    for (int step = 0; step < 1'200; ++step) {
        if (prng.chance(15)) today = today.plus_days(1);
        office.clock.set_day(today);
        if (random_step(office, prng, today) == Answer::Outcome::accepted) ++accepted;
        if (step % 150 != 149) continue;
        REQUIRE(follower.catch_up().ok());
        for (const std::int32_t back : {0, 12, 40}) {
            const Moment moment{today.plus_days(-back), office.end()};
            answers.emplace_back(
                moment,
                figures_of(follower, "funnel", moment, {4}),
                figures_of(follower, "pipeline-board", moment, {3, 4})
            );
        }
    }
    CHECK(accepted > 200);
    REQUIRE(answers.size() == 24);
    for (const auto& [moment, funnel, board] : answers) {
        CAPTURE(to_string(moment.as_of));
        CAPTURE(moment.known_at);
        const PlainDeals deals = plain_deals(*office.log, moment.as_of, moment.known_at);
        CHECK(funnel == plain_funnel(deals));
        CHECK(board == plain_board(deals));
        CHECK(funnel == figures_of(follower, "funnel", moment, {4}));
        CHECK(board == figures_of(follower, "pipeline-board", moment, {3, 4}));
    }
}

TEST_CASE("a party's timeline follows merges and their undoing, and forgets nothing known before") {
    Office office;
    furnish(office);
    office.must(
        "RecordInteraction",
        R"({"interaction":"I-0","kind":"note","party":"C-0","on":"2026-01-01","text":"zero"})"
    );
    office.must(
        "RecordInteraction",
        R"({"interaction":"I-1","kind":"note","party":"C-1","on":"2026-01-02","text":"one"})"
    );
    office.must("RetractInteraction", R"({"interaction":"I-0"})");
    const std::uint64_t before_merge = office.end();
    office.must("MergeParties", R"({"into":"C-0","from":"C-1","on":"2026-01-01"})");
    const std::uint64_t merged = office.end();
    office.must("UnmergeParties", R"({"into":"C-0","from":"C-1","on":"2026-01-01"})");

    MemoryStore store;
    auto opened = Follower::open(
        *office.log, store, FollowerOptions{.projections = registered_projections(), .limits = {}}
    );
    REQUIRE(opened.ok());
    REQUIRE(opened.value()->catch_up().ok());
    const auto texts_of = [&](std::uint64_t known_at) {
        const Query query = opened.value()->query();
        const ReportRequest request{
            .as_of = date_max, .known_at = known_at, .options = {{"party", "C-0"}}};
        const Report* report = find_report(registered_projections(), "timeline");
        REQUIRE(report != nullptr);
        const auto table = run_report(*report, query, request);
        REQUIRE(table.ok());
        std::string texts;
        for (const ReportRow& row : table.value().rows) {
            if (to_string(row.cells[2]) == "note") texts += to_string(row.cells[4]) + " ";
        }
        return texts;
    };
    CHECK(texts_of(before_merge - 1) == "zero ");
    CHECK(texts_of(before_merge).empty());
    CHECK(texts_of(merged) == "one ");
    CHECK(texts_of(UINT64_MAX).empty());
}
