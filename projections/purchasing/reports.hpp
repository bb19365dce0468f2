// The reports of purchasing; purchasing.cpp lists them.
#pragma once

#include <functional>

#include "projections/purchasing/tables.hpp"

namespace daybook::purchasing {

using Positions = std::vector<std::uint64_t>;

// lines.cpp
Result<ReportTable> run_open_orders(const Query&, const ReportRequest&);
Result<ReportTable> run_expected_receipts(const Query&, const ReportRequest&);
Result<ReportTable> run_received_not_billed(const Query&, const ReportRequest&);
Result<ReportTable> run_billed_not_received(const Query&, const ReportRequest&);
Result<ReportTable> run_supplier_performance(const Query&, const ReportRequest&);
Result<Positions> explain_line(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_supplier(const Query&, const ReportRequest&, std::string_view key);

// spend.cpp
Result<ReportTable> run_price_variance(const Query&, const ReportRequest&);
Result<ReportTable> run_spend_by_supplier(const Query&, const ReportRequest&);
Result<ReportTable> run_spend_by_item(const Query&, const ReportRequest&);
Result<Positions> explain_price_variance(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_spend(const Query&, const ReportRequest&, std::string_view key);

// queues.cpp
Result<ReportTable> run_rfq_comparison(const Query&, const ReportRequest&);
Result<ReportTable> run_match_exceptions(const Query&, const ReportRequest&);
Result<ReportTable> run_approval_queue(const Query&, const ReportRequest&);
Result<ReportTable> run_reorder_proposals(const Query&, const ReportRequest&);
Result<Positions> explain_quotation(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_exception(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_waiting(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_proposal(const Query&, const ReportRequest&, std::string_view key);

[[nodiscard]] std::string name_of_supplier(const Query&, const Id& supplier);
// How an order's flags stood; none before it was placed.
[[nodiscard]] std::optional<OrderChangeRow> order_then(
    const Query&, const ReportRequest&, const Id& order
);

}  // namespace daybook::purchasing
