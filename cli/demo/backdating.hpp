// The hardest thing that can happen to a stock account, played through ordinary commands: tens of
// thousands of movements of one item, then receipts dated before them all. Each must be priced,
// with every later cost that it changes, before it is answered.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/demo/stream.hpp"
#include "engine/base/prng.hpp"
#include "engine/engine.hpp"

namespace daybook::demo {

struct BackdatingPlan {
    int year = 2025;
    std::uint64_t movements = 50'000;
    std::uint64_t receipts = 50;  // Back-dated ones, in each of the two rounds.
    std::string method = "fifo";  // Or "moving_average".
};

// What the goods are worth at the end of a day, added up in three ways that know nothing of each
// other. All are equal or the books are wrong; but a closed day stays as it was, whatever is
// learned of it later, so that the plain rule comes to something else there.
struct StockFigures {
    std::int64_t by_movements = 0;  // The events of inventory.
    std::int64_t by_ledger = 0;     // The entries on the accounts of stock.
    std::int64_t by_replay = 0;     // The plain rule of the method, from the quantities alone.

    [[nodiscard]] bool are_equal() const {
        return by_movements == by_ledger && by_movements == by_replay;
    }
};

// How long the answers took, the quickest first.
struct Round {
    std::vector<std::int64_t> microseconds;
    std::vector<std::int64_t> row_microseconds;  // Until the reports knew it, after that.
    std::uint64_t from = 0;                      // Where the last one's events begin
    std::uint64_t to = 0;                        // and end.
    std::uint64_t changed_days = 0;    // Days and reasons whose cost the last receipt changed,
    std::uint64_t changed_issues = 0;  // and single issues.
    std::uint64_t bytes = 0;           // That the last one wrote.
    std::int64_t closed_ledger_change =
        0;  // What moved on accounts in closed months: must be zero.
};
// What that many percent took no longer than.
[[nodiscard]] inline std::int64_t percentile(
    const std::vector<std::int64_t>& sorted, std::size_t percent
) {
    return sorted[(sorted.size() - 1) * percent / 100];
}

inline constexpr std::string_view backdating_item = "KETTLE";

class Backdating {
 public:
    Backdating(Engine& engine, Codec& codec, const BackdatingPlan& plan);

    // Items, places, and a year of deliveries with the receipts that feed them.
    [[nodiscard]] Result<void> fill(
        const std::function<void(std::uint64_t done, std::uint64_t total)>& progress
    );
    // Receipts dated before all of that, one after the other, each waited for; after each answer
    // `follow` brings the rows up to it.
    [[nodiscard]] Result<Round> play_round(const std::function<Result<void>()>& follow);
    // Closes the first half of the year.
    [[nodiscard]] Result<void> close_half();
    [[nodiscard]] Result<StockFigures> figures(Date day);
    [[nodiscard]] std::uint64_t movements() const { return movements_.size(); }

 private:
    struct Movement {
        Date day;
        std::uint64_t number;  // In the order in which the book learned of them.
        std::int64_t milli;    // Received, or (negative) issued.
        std::int64_t value;    // Of what was received.
    };

    [[nodiscard]] Result<void> fill_day(Date day, std::uint64_t deliveries);
    [[nodiscard]] Result<void> receive(Date day, std::int64_t milli, std::int64_t value);
    struct Submitted {
        Answer answer;
        std::int64_t microseconds = 0;
    };
    [[nodiscard]] Result<Submitted> submit(std::string_view command, const Body& body);
    [[nodiscard]] Body receipt_body(Date day, std::int64_t milli, std::int64_t value);
    void note(Date day, std::int64_t milli, std::int64_t value);
    void hear(EventBytes event);
    void hear_inventory(EventBytes event);
    [[nodiscard]] std::int64_t replayed_value(Date day) const;
    [[nodiscard]] std::int64_t closed_ledger() const;

    Engine& engine_;
    Codec& codec_;
    Stream stream_;
    BackdatingPlan plan_;
    Prng prng_{1};
    std::vector<Movement> movements_;
    std::uint64_t commands_ = 0;
    std::int64_t on_hand_ = 0;

    // What the log says.
    std::map<Date, std::int64_t> stock_by_day_;         // By inventory's events,
    std::map<Date, std::int64_t> stock_ledger_by_day_;  // and by the entries.
    std::map<Date, std::int64_t> ledger_by_day_;        // Turnover without sign, of all accounts.
    std::uint64_t changed_days_ = 0;
    std::uint64_t changed_issues_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace daybook::demo
