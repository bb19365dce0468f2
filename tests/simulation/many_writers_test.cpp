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

SimulationReport simulate(Guard guard, bool reads_back = true, std::uint64_t seed = test_seed()) {
    const SimulationOptions options{
        .seed = seed, .steps = steps(), .guard = guard, .reads_back = reads_back};
    const SimulationReport report = Simulation{options}.run();
    MESSAGE("DAYBOOK_SEED=", options.seed, " DAYBOOK_STEPS=", options.steps, ": ", report.text());
    return report;
}

}  // namespace

TEST_CASE("many writers and a bad network: nothing is lost, doubled, torn or risen") {
    const SimulationReport report = simulate(Guard::whole);
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
    CHECK(report.told_absent > 0);
}

TEST_CASE("the same seed gives the same run") {
    CHECK(simulate(Guard::whole).text() == simulate(Guard::whole).text());
}

TEST_CASE("without term and chain, records of an old writer get in") {
    // Rare, for the position alone stops most of them: several runs.
    std::uint64_t anomalies = 0;
    for (std::uint64_t run = 0; run < 10 && anomalies == 0; ++run) {
        anomalies = simulate(Guard::positions_alone, true, test_seed() + run).anomalies();
    }
    CHECK(anomalies > 0);
}

TEST_CASE("without whole batches, half a command stays in the book") {
    CHECK(simulate(Guard::without_batches).torn > 0);
}

TEST_CASE("without reading back, what was acknowledged is lost") {
    CHECK(simulate(Guard::whole, false).lost > 0);
}

}  // namespace daybook::kafka
