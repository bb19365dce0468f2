// What inventory's reports share; inventory.cpp lists them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "projections/core/report.hpp"
#include "projections/inventory/changes.hpp"

namespace daybook::inventory {

using Positions = std::vector<std::uint64_t>;
using Places = TwoTimeSums<places, past_places>;
using Pools = TwoTimeSums<pools, past_pools>;
using Flows = TwoTimeSums<flows, past_flows>;
using GroupValues = TwoTimeSums<group_values, past_group_values>;
using Arrivals = TwoTimeSums<arrivals, past_arrivals>;
using AccountValues = TwoTimeSums<account_values, past_account_values>;

[[nodiscard]] Places places_at(const Query&, std::uint64_t known_at);
[[nodiscard]] Pools pools_at(const Query&, std::uint64_t known_at);
[[nodiscard]] Flows flows_at(const Query&, std::uint64_t known_at);
[[nodiscard]] GroupValues group_values_at(const Query&, std::uint64_t known_at);
[[nodiscard]] Arrivals arrivals_at(const Query&, std::uint64_t known_at);
[[nodiscard]] AccountValues account_values_at(const Query&, std::uint64_t known_at);

// What items are called: looked up as they come, or read all at once, in their order.
class ItemNames {
 public:
    explicit ItemNames(const Query& query) : query_(query) {}
    void read_all();
    // Valid until the next call.
    [[nodiscard]] const ItemRow& of(const Id& item);

 private:
    const Query& query_;
    std::vector<ItemRow> known_;  // In the order of items.
    bool has_all_ = false;
    std::size_t last_ = 0;
};

// The sums of all of an item's pools.
[[nodiscard]] std::vector<std::pair<Id, PoolSum>> sums_by_item(
    const Query&, const ReportRequest&, Date as_of, const Id& only
);
// The day that a report means: that of the request, or else the last day on which stock moved.
[[nodiscard]] Date last_day(const Query&, const ReportRequest&);
// A value as the price of one, or nothing where there is none.
[[nodiscard]] Value unit_cost(Money value, Quantity quantity);
// amount x part / whole, half to even; zero where the whole is.
[[nodiscard]] Money share_of(Money amount, Quantity part, Quantity whole);
[[nodiscard]] std::vector<std::string> split_key(std::string_view key);
void sort_unique(Positions& positions);
[[nodiscard]] Result<Positions> found(Positions positions, std::string_view key);

// Where an item's goods lie and what they are worth: a pool's value is divided by quantities, so
// that the places of a pool add up to it.
struct ValuedPlace {
    OnHandKey key;
    Quantity quantity;
    Money value;
};
[[nodiscard]] std::vector<ValuedPlace> valued_places(
    const Query&, const ReportRequest&, Date as_of, const Id& item
);

// Calls `use` with the rows of an item's card from a day on, in order, as far as they count.
template <class Use>
void each_card_row(const Query& query, const ReportRequest& request, const Id& item, Use&& use) {
    query.scan<card>(item, [&](const CardRow& row) {
        if (row.day > request.as_of) return false;
        if (row.position < request.known_at) use(row);
        return true;
    });
}

Result<ReportTable> run_on_hand(const Query&, const ReportRequest&);
Result<ReportTable> run_stock_ledger(const Query&, const ReportRequest&);
Result<ReportTable> run_summary(const Query&, const ReportRequest&);
Result<ReportTable> run_ageing(const Query&, const ReportRequest&);
Result<ReportTable> run_projected(const Query&, const ReportRequest&);
Result<ReportTable> run_reorder(const Query&, const ReportRequest&);
Result<ReportTable> run_negative(const Query&, const ReportRequest&);
Result<ReportTable> run_expiring(const Query&, const ReportRequest&);
Result<ReportTable> run_lot_trace(const Query&, const ReportRequest&);
Result<ReportTable> run_gross_profit(const Query&, const ReportRequest&);
Result<ReportTable> run_proof(const Query&, const ReportRequest&);
Result<ReportTable> run_what_changed(const Query&, const ReportRequest&);

Result<Positions> explain_place(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_card(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_summary(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_item(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_projected(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_reorder(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_trace(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_gross_profit(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_proof(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_what_changed(const Query&, const ReportRequest&, std::string_view key);

// proof.cpp: what must hold at any time.
Result<std::vector<Finding>> check_accounts(const Query&);
Result<std::vector<Finding>> check_movements(const Query&);
Result<std::vector<Finding>> check_reservations(const Query&);
Result<std::vector<Finding>> check_shortages(const Query&);

}  // namespace daybook::inventory
