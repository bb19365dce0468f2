// Inventory as a whole, through the rules that decide: short random histories of receipts, issues,
// transfers, returns, landed costs, repackings, reservations, reversals, new standards, changes of
// policy, closings and reopenings, with days in any order, and with shortages where a rule allows
// them. After each command that is accepted
//   nothing is short at any moment, unless a rule allows it;
//   a transfer keeps quantity and value;
//   every pool is worth on every day what a plain replay of all that was said comes to;
//   no more is reserved than there is.
// In the end everything is taken back, and nothing is left, unless a shortage cannot go over to the
// policy that holds then.
//
// DAYBOOK_HISTORIES=FIRST:COUNT chooses among the histories of a seed; ctest runs four such parts,
// of the fixed seed and of a fresh one.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/histories/keeper.hpp"
#include "tests/histories/part.hpp"
#include "tests/support/seed.hpp"

namespace daybook::inventory {
namespace {

constexpr std::uint64_t replayed_every = 50;

}  // namespace

TEST_CASE("a stock is right after every command of a random history, and empty in the end") {
    const std::uint64_t seed = test_seed();
    const HistoryPart part = history_part(2'000);
    std::size_t accepted = 0;
    std::size_t restated = 0;
    for (std::uint64_t history = part.first; history < part.first + part.count; ++history) {
        INFO("DAYBOOK_SEED=", seed, " DAYBOOK_HISTORIES=", history, ":1");
        Keeper keeper{seed + history};
        keeper.work();
        if (history % replayed_every == 0 && keeper.can_replay()) keeper.check_replay();
        // What was taken back on the way may have used goods that others still need.
        if (keeper.can_take_all_back()) keeper.take_all_back();
        accepted += keeper.accepted;
        restated += keeper.restated;
    }
    MESSAGE(part.count, " histories, ", accepted, " commands accepted, ", restated, " restated");
    if (part.count >= 1'000) CHECK(restated > part.count / 4);
}

}  // namespace daybook::inventory
