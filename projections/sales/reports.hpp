// The reports of sales; sales.cpp lists them.
#pragma once

#include "projections/sales/tables.hpp"

namespace daybook::sales {

using Positions = std::vector<std::uint64_t>;

Result<ReportTable> run_by_customer(const Query&, const ReportRequest&);
Result<ReportTable> run_by_item(const Query&, const ReportRequest&);
Result<ReportTable> run_by_country(const Query&, const ReportRequest&);
Result<ReportTable> run_by_month(const Query&, const ReportRequest&);
Result<ReportTable> run_order_book(const Query&, const ReportRequest&);
Result<ReportTable> run_invoices(const Query&, const ReportRequest&);
Result<ReportTable> run_quotations(const Query&, const ReportRequest&);

Result<Positions> explain_by_customer(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_by_item(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_by_country(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_by_month(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_order_book(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_invoices(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_quotations(const Query&, const ReportRequest&, std::string_view key);

// The days that a report counts.
struct Days {
    Date from;
    Date to;
};
[[nodiscard]] Days days_of(const ReportRequest&);
// The day by which something is overdue: that of the request, or else the last day with a posting.
[[nodiscard]] Date last_day(const Query&, const ReportRequest&);
[[nodiscard]] std::string name_of_customer(const Query&, const Id& party);
// Calls `use` with each invoice and credit note of the days that was known, in order.
void each_invoice(
    const Query&, const ReportRequest&, const std::function<void(const InvoiceRow&)>& use
);

// An invoice or credit note as it stood.
struct InvoiceThen {
    InvoiceStage status = InvoiceStage::unpaid;
    Date due;              // The first instalment of which something is open, or the last of all.
    Money open;            // Negative of a credit note that is not used up.
    Money credited;        // By credit notes, gross.
    bool is_late = false;  // Something is open of an instalment that was due before.
    std::vector<std::uint64_t> positions;  // Of what changed it since it was issued, in order.
};
// Late on the day, which is last_day() of the request.
[[nodiscard]] InvoiceThen invoice_then(
    const Query&, const ReportRequest&, const InvoiceRow&, Date day
);

}  // namespace daybook::sales
