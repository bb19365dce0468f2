// The rule of the log in Kafka under many writers and a bad network, and what happens without it.
// DAYBOOK_STEPS says how many steps, else there are a million.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/simulation/many_writers.hpp"
#include "tests/support/seed.hpp"

namespace daybook::kafka {
namespace {

std::uint64_t steps() {
    constexpr std::uint64_t usual = 1'000'000;
    const char* given = std::getenv("DAYBOOK_STEPS");
    return given == nullptr ? usual : std::strtoull(given, nullptr, 10);
}

SimulationReport simulate(SimulationOptions options, std::uint64_t seed = test_seed()) {
    options.seed = seed;
    options.steps = steps();
    const SimulationReport report = Simulation{options}.run();
    MESSAGE("DAYBOOK_SEED=", options.seed, " DAYBOOK_STEPS=", options.steps, ": ", report.text());
    return report;
}

}  // namespace

TEST_CASE("many writers and a bad network: nothing is lost, doubled, torn or risen") {
    const SimulationReport report = simulate({});
    CHECK(report.lost == 0);
    CHECK(report.doubled == 0);
    CHECK(report.torn == 0);
    CHECK(report.risen == 0);
    CHECK(report.differing == 0);
    // The run was worth it: everything that the rule is for did happen.
    CHECK(report.acknowledged > steps() / 200);
    CHECK(report.claims > 20);
    CHECK(report.fences > 0);
    CHECK(report.voids > 100);
    CHECK(report.late > 0);
    CHECK(report.repeated > 0);
    CHECK(report.dropped > 0);
    CHECK(report.zombies > 0);
    CHECK(report.unread > report.acknowledged / 10);
    CHECK(report.presumed > report.acknowledged);
    CHECK(report.told_absent > 0);
}

TEST_CASE("the same seed gives the same run") {
    CHECK(simulate({}).text() == simulate({}).text());
}

TEST_CASE("without term and chain, records of an old writer get in") {
    // Rare, for the position alone stops most of them: several runs.
    std::uint64_t anomalies = 0;
    for (std::uint64_t run = 0; run < 10 && anomalies == 0; ++run) {
        anomalies = simulate({.guard = Guard::positions_alone}, test_seed() + run).anomalies();
    }
    CHECK(anomalies > 0);
}

TEST_CASE("without whole batches, half a command stays in the book") {
    CHECK(simulate({.guard = Guard::without_batches}).torn > 0);
}

TEST_CASE("without reading back, what was acknowledged is lost") {
    CHECK(simulate({.reads_back = false}).lost > 0);
}

TEST_CASE("without a look at where Kafka has put a group, nodes see different books") {
    const SimulationReport report = simulate({.compares_offsets = false});
    CHECK(report.differing > 0);
    CHECK(report.lost > 0);
}

TEST_CASE("without a look at the chain value of the last, values alone say too little") {
    // As rare as with positions alone.
    std::uint64_t differing = 0;
    for (std::uint64_t run = 0; run < 10 && differing == 0; ++run) {
        differing = simulate({.compares_chain = false}, test_seed() + run).differing;
    }
    CHECK(differing > 0);
}

TEST_CASE("without a look at where a claim stands, it says that it stands elsewhere") {
    CHECK(simulate({.guard = Guard::claims_anywhere}).torn > 0);
}

TEST_CASE("without a memory for commands, one that is sent again is stored again") {
    CHECK(simulate({.remembers = false}).doubled > 0);
}

TEST_CASE("without waiting for a claim, what was told to be absent comes after all") {
    CHECK(simulate({.waits_for_claim = false}).risen > 0);
}

}  // namespace daybook::kafka
