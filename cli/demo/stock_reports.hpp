// What the reports say of one item, read back from their tables, and how long each takes.
#pragma once

#include <cstdint>
#include <string>

#include "projections/core/follower.hpp"
#include "projections/core/report.hpp"

namespace daybook::demo {

class StockReports {
 public:
    // The follower must be at the log's end whenever something is asked.
    StockReports(const Follower& follower, std::string item)
        : follower_(follower), item_(std::move(item)) {}

    // What the item is worth at the end of a day, as known at a position, by stock-on-hand,
    [[nodiscard]] Result<std::int64_t> value_on(Date day, std::uint64_t known_at = UINT64_MAX);
    // and by the last line of stock-ledger, from the first of that month on.
    [[nodiscard]] Result<std::int64_t> ledger_value_on(Date day);
    // The difference between the stock and its accounts on a day, by stock-proof.
    [[nodiscard]] Result<std::int64_t> unproven_on(Date day);
    // By how much the stock's value changed between two positions, by what-changed.
    [[nodiscard]] Result<std::int64_t> changed_between(std::uint64_t from, std::uint64_t to);

    struct Microseconds {
        std::int64_t on_hand = 0;
        std::int64_t ledger = 0;
        std::int64_t proof = 0;
        std::int64_t changed = 0;
    };
    // Of the last one of each.
    [[nodiscard]] const Microseconds& microseconds() const { return microseconds_; }

 private:
    [[nodiscard]] Result<ReportTable> run(
        std::string_view name, const ReportRequest& request, std::int64_t& microseconds
    ) const;

    const Follower& follower_;
    std::string item_;
    Microseconds microseconds_;
};

}  // namespace daybook::demo
