// What waits for a document is the balance of its account, until somebody posts to it by hand.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/scenario.hpp"

namespace daybook {
namespace {

std::vector<scenario::Failure> failures_of(const std::string& text) {
    const auto book = std::move(scenario::Book::open({})).value();
    return scenario::run(text, "purchasing", *book);
}

}  // namespace

TEST_CASE("an entry by hand on an account of goods that wait is found by the check") {
    std::ifstream stream{DAYBOOK_SOURCE_DIR "/tests/modules/purchasing_waiting.scenario"};
    const std::string trade{std::istreambuf_iterator<char>{stream}, {}};
    REQUIRE(failures_of(trade).empty());
    for (const std::string account : {"2150", "1210", "1360", "1220", "1230", "5050"}) {
        CAPTURE(account);
        const std::string entry =
            "do accounting.PostEntry {entry: E-1, date: 2026-01-31, text: By hand, lines: ["
            "{account: " +
            account + ", debit: EUR 1.00}, {account: 1900, credit: EUR 1.00}]}\n";
        const auto failures = failures_of(trade + entry);
        REQUIRE(failures.size() == 1);
        CHECK(failures.front().line == 0);
        CHECK(failures.front().message.find("account of ") != std::string::npos);
    }
}

}  // namespace daybook
