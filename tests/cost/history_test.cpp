// Random histories of one pool against a plain replay after every change, whatever comes
// back-dated: receipts, issues, revaluations, new standards, restated receipts, closed years, short
// stock.
#include <doctest/doctest.h>

#include "tests/cost/history.hpp"
#include "tests/support/seed.hpp"

namespace daybook::cost {
namespace {

// Old copies stay as they were, whatever happens to the pool that they were taken of.
class Keepsakes {
 public:
    void keep(const CostPool& pool) {
        copies_.push_back(pool);
        Packer{bytes_.emplace_back()}.put(pool);
    }
    [[nodiscard]] bool are_as_before() const {
        for (std::size_t i = 0; i < copies_.size(); ++i) {
            Bytes bytes;
            Packer{bytes}.put(copies_[i]);
            if (bytes != bytes_[i]) return false;
        }
        return true;
    }

 private:
    std::vector<CostPool> copies_;
    std::vector<Bytes> bytes_;
};

// Empty, or what went wrong.
std::string live_through(std::uint64_t seed, std::uint64_t changes, std::int32_t days) {
    Prng prng{seed};
    Customs customs = random_customs(prng);
    if (days > 0) customs.days = days;
    History history{prng, customs};
    Keepsakes keepsakes;
    for (std::uint64_t i = 0; i < changes; ++i) {
        history.change();
        if (prng.chance(10)) history.reload();
        if (prng.below(changes) < 2) keepsakes.keep(history.pool());
        if (!history.failure().empty()) return history.failure();
    }
    return keepsakes.are_as_before() ? "" : "an old copy has changed";
}

void live_many(std::uint64_t histories, std::uint64_t changes, std::int32_t days) {
    const std::uint64_t first = test_seed();
    for (std::uint64_t i = 0; i < histories; ++i) {
        const std::string failure = live_through(first + i, changes, days);
        REQUIRE_MESSAGE(failure.empty(), "DAYBOOK_SEED=", first + i, ": ", failure);
    }
}

}  // namespace

TEST_CASE("short histories: every answer is that of a plain replay after every change") {
    live_many(50'000, 16, 0);
}
TEST_CASE("long histories: every answer is that of a plain replay after every change") {
    live_many(100, 300, 60);
}

}  // namespace daybook::cost
