// What the crm's reports share: a deal, and a party, as they stood on a day with the knowledge had
// at a position; and sums of money that keep currencies apart.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/core/report.hpp"
#include "projections/crm/tables.hpp"

namespace daybook::crm {

// One time that a deal was in a stage.
struct DealStay {
    Id pipeline;
    std::uint32_t pipeline_version = 0;
    Id stage;
    Date entered;
    Date left;                   // None: it was still there.
    std::uint64_t position = 0;  // Of the event by which it entered.
};

struct DealAsOf {
    Id deal;
    DealState state = DealState::open;
    Id party;
    Id owner;
    Id pipeline;
    std::uint32_t pipeline_version = 0;
    Id stage;
    Rate probability;
    Money amount;
    Id reason;
    std::string source;
    std::vector<DealProduct> products;
    Date opened_on;
    Date closed_on;
    std::vector<DealStay> stays;
    std::vector<std::uint64_t> positions;  // Of the events that made it so.
};

// Every deal that was known and open, won or lost by then, in the order of ids. Reads each row of
// deal_stage_history once: a few rows for each deal ever opened.
void for_each_deal(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const DealAsOf&)>& use
);
// The deals that were open. Looks at those that are open now or were closed since, however many
// were closed before.
void for_each_open_deal(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const DealAsOf&)>& use
);
// The deals that stood as won or lost, closed between two days, both included. Looks at those that
// were closed in that span.
void for_each_closed_deal(
    const Query& query,
    const ReportRequest& request,
    const std::pair<Date, Date>& from_and_to,
    const std::function<void(const DealAsOf&)>& use
);
// One deal, from its own few rows.
[[nodiscard]] std::optional<DealAsOf> deal_as_of(
    const Query& query, const ReportRequest& request, const Id& deal
);
// The party's row as it was; none if it was not registered yet. Reads the log only where the
// present row is too new.
[[nodiscard]] Result<std::optional<PartyRow>> party_as_of(
    const Query& query, const ReportRequest& request, const PartyRow& present
);

// The place of stages on the board: by the newest version that has them.
class StageOrder {
 public:
    explicit StageOrder(const Query& query);
    [[nodiscard]] std::uint32_t number(const Id& pipeline, const Id& stage) const;
    [[nodiscard]] std::string name(const Id& pipeline, const Id& stage) const;

 private:
    std::map<std::pair<Id, Id>, std::pair<std::uint32_t, std::string>> places_;
};

// A figure for each currency. What has no amount joins the only currency there is, if there is one.
template <class Cell>
using ByCurrency = std::map<Currency, Cell>;
template <class Key, class Cell>
void join_amountless(std::map<Key, ByCurrency<Cell>>& groups) {
    std::optional<Currency> only;
    for (const auto& [key, cells] : groups) {
        for (const auto& [currency, cell] : cells) {
            if (currency == Currency::none || only == currency) continue;
            if (only.has_value()) return;
            only = currency;
        }
    }
    if (!only.has_value()) return;
    for (auto& [key, cells] : groups) {
        const auto none = cells.find(Currency::none);
        if (none == cells.end()) continue;
        cells[*only].join(none->second, *only);
        cells.erase(Currency::none);
    }
}

// Adds, or notes that the sum is too large to be shown.
class Sum {
 public:
    void add(const Money& more) {
        if (can_add(total_, more)) {
            total_ += more;
        } else {
            is_whole_ = false;
        }
    }
    void join(const Sum& other, Currency currency) {
        add(Money::from_minor(0, currency));
        add(other.total_);
        is_whole_ = is_whole_ && other.is_whole_;
    }
    // Nothing when the sum is too large.
    [[nodiscard]] Value value() const { return is_whole_ ? Value{total_} : Value{}; }

 private:
    Money total_;
    bool is_whole_ = true;
};

// "2016-10" for any day of that month; "2016-Q4", "2016" or "all" for longer cohorts.
[[nodiscard]] std::string period_of(Date day, std::string_view by);
// The share as a rate; nothing of nothing is 0%.
[[nodiscard]] Rate share_of(std::uint64_t part, std::uint64_t whole);
void sort_unique(std::vector<std::uint64_t>& positions);

// The reports, and what leads a line of each back to its events. The funnel adds totals, and what
// explains it walks the deals of its cohorts; the board and the closed deals are folded from the
// history rows of the deals that may count; only durations, whose medians need every stay, walk
// all.
using Positions = std::vector<std::uint64_t>;
Result<ReportTable> run_pipeline_board(const Query&, const ReportRequest&);
Result<Positions> explain_pipeline_board(
    const Query&, const ReportRequest&, std::string_view row_key
);
Result<ReportTable> run_funnel(const Query&, const ReportRequest&);
Result<Positions> explain_funnel(const Query&, const ReportRequest&, std::string_view row_key);
Result<ReportTable> run_durations(const Query&, const ReportRequest&);
Result<Positions> explain_durations(const Query&, const ReportRequest&, std::string_view row_key);
Result<ReportTable> run_won_lost(const Query&, const ReportRequest&);
Result<Positions> explain_won_lost(const Query&, const ReportRequest&, std::string_view row_key);
Result<ReportTable> run_activity(const Query&, const ReportRequest&);
Result<Positions> explain_activity(const Query&, const ReportRequest&, std::string_view row_key);
Result<ReportTable> run_parties(const Query&, const ReportRequest&);
Result<Positions> explain_parties(const Query&, const ReportRequest&, std::string_view row_key);

}  // namespace daybook::crm
