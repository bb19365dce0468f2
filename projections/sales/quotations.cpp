// Quotations as they stood on a day, as known at a position.

#include <map>

#include "projections/sales/reports.hpp"
#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

bool counts(const ReportRequest& request, const QuotationChangeRow& change) {
    return change.on <= request.as_of && change.position < request.known_at;
}

std::optional<QuotationChangeRow> quotation_then(
    const Query& query, const ReportRequest& request, const Id& quotation
) {
    std::optional<QuotationChangeRow> then;
    query.scan<quotation_changes>(quotation, [&](const QuotationChangeRow& change) {
        if (counts(request, change)) then = change;
    });
    if (!then) return then;
    const bool is_over =
        !then->valid_until.is_none() && then->valid_until < last_day(query, request);
    if (then->status == QuotationStage::open && is_over) then->status = QuotationStage::expired;
    return then;
}

}  // namespace

void note_change(
    Rows<QuotationRow>& rows,
    QuotationChanges& changes,
    const Id& quotation,
    const EventHeader& header
) {
    const QuotationRow* const row = rows.find(quotation);
    if (row == nullptr) return;
    changes.put(
        {.quotation = quotation,
         .position = header.position(),
         .on = read(header.effective()),
         .status = row->status,
         .date = row->date,
         .valid_until = row->valid_until,
         .reference = row->reference,
         .net = row->net,
         .tax = row->tax,
         .gross = row->gross,
         .order = row->order}
    );
}

// The order's quotation is open again.
void project(
    Rows<QuotationRow>& rows,
    QuotationChanges& changes,
    Orders& confirmed,
    const OrderCancelled& event,
    const EventHeader& header
) {
    const OrderRow* const order = confirmed.find(read(event.order()));
    if (order == nullptr || order->quotation.is_none()) return;
    QuotationRow& row = rows.at(order->quotation);
    row.status = QuotationStage::open;
    row.order = {};
    note_change(rows, changes, order->quotation, header);
}

Result<ReportTable> run_quotations(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "party");
    const std::string status = text_option(request, "status");
    ReportTable table{.title = "Quotations"};
    table.columns = {
        {"quotation", "Quotation", ValueType::id},
        {"date", "Date", ValueType::date},
        {"valid_until", "Valid until", ValueType::date},
        {"party", "Customer", ValueType::id},
        {"name", "Name"},
        {"reference", "Reference"},
        {"status", "Status"},
        {"net", "Net", ValueType::money, Align::right},
        {"tax", "Tax", ValueType::money, Align::right},
        {"gross", "Gross", ValueType::money, Align::right},
        {"order", "Order", ValueType::id}};
    query.scan<quotations>([&](const QuotationRow& row) {
        if (!only.is_none() && row.party != only) return;
        const auto then = quotation_then(query, request, row.quotation);
        if (!then || (!status.empty() && status != name_of(then->status))) return;
        table.rows.push_back(
            {.key = to_string(row.quotation),
             .cells =
                 {row.quotation,
                  then->date,
                  value_of(then->valid_until),
                  row.party,
                  name_of_customer(query, row.party),
                  then->reference,
                  std::string{name_of(then->status)},
                  then->net,
                  then->tax,
                  then->gross,
                  value_of(then->order)}}
        );
    });
    return table;
}

Result<Positions> explain_quotations(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id quotation, parse_id(key));
    Positions positions;
    query.scan<quotation_changes>(quotation, [&](const QuotationChangeRow& change) {
        if (counts(request, change)) positions.push_back(change.position);
    });
    return positions;
}

}  // namespace daybook::sales
