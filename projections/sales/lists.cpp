// The order book and the list of invoices, as of a day and as known at a position.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "projections/sales/reports.hpp"

namespace daybook::sales {
namespace {

// An order as its changes up to a day and a position add up.
struct OrderThen {
    OrderStage status = OrderStage::to_bill;
    Money net;
    Money to_deliver_net;
    Money to_bill_net;
    Money to_bill_gross;
    bool is_known = false;
};

OrderThen order_then(const Query& query, const ReportRequest& request, const Id& order) {
    OrderThen then;
    query.scan<order_changes>(order, [&](const OrderChangeRow& change) {
        if (change.date > request.as_of || change.position >= request.known_at) return;
        then.is_known = true;
        then.status = change.status;
        then.net += change.net;
        then.to_deliver_net += change.to_deliver_net;
        then.to_bill_net += change.to_bill_net;
        then.to_bill_gross += change.to_bill_gross;
    });
    return then;
}

bool is_open(OrderStage status) {
    return status <= OrderStage::to_bill || status == OrderStage::on_hold;
}

struct OrderTotals {
    Money net;
    Money to_deliver_net;
    Money to_bill_net;
    Money to_bill_gross;
};

struct InvoiceTotals {
    Money net;
    Money tax;
    Money open;
};

}  // namespace

Days days_of(const ReportRequest& request) {
    return {date_option(request, "from", date_min), request.as_of};
}

std::string name_of_customer(const Query& query, const Id& party) {
    const auto row = query.find<customers>(party);
    return row ? row->name : std::string{};
}

void each_invoice(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const InvoiceRow&)>& use
) {
    const Days days = days_of(request);
    const auto visit = [&](const InvoiceDayRow& day) {
        if (day.position >= request.known_at) return;
        const auto row = query.find<invoices>(day.invoice);
        DAYBOOK_ASSERT(row.has_value());
        use(*row);
    };
    query.scan_between<invoice_days>(
        std::tuple{days.from}, std::tuple{days.to.plus_days(1)}, visit
    );
}

Result<ReportTable> run_order_book(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "party");
    const bool shows_all = boolean_option(request, "all", false);
    ReportTable table{.title = "Order book"};
    table.columns = {
        {"order", "Order", ValueType::id},
        {"date", "Date", ValueType::date},
        {"party", "Customer", ValueType::id},
        {"name", "Name"},
        {"reference", "Reference"},
        {"status", "Status"},
        {"net", "Ordered net", ValueType::money, Align::right},
        {"to_deliver_net", "To deliver net", ValueType::money, Align::right},
        {"to_bill_net", "To bill net", ValueType::money, Align::right},
        {"to_bill_gross", "To bill gross", ValueType::money, Align::right}};
    std::map<Currency, OrderTotals> totals;
    query.scan<orders>([&](const OrderRow& row) {
        if (!only.is_none() && row.party != only) return;
        const OrderThen then = order_then(query, request, row.order);
        if (!then.is_known || (!shows_all && !is_open(then.status))) return;
        OrderTotals& total = totals[then.net.currency()];
        if (then.status != OrderStage::cancelled) total.net += then.net;
        total.to_deliver_net += then.to_deliver_net;
        total.to_bill_net += then.to_bill_net;
        total.to_bill_gross += then.to_bill_gross;
        table.rows.push_back(
            {.key = to_string(row.order),
             .cells =
                 {row.order,
                  row.date,
                  row.party,
                  name_of_customer(query, row.party),
                  row.reference,
                  std::string{name_of(then.status)},
                  then.net,
                  then.to_deliver_net,
                  then.to_bill_net,
                  then.to_bill_gross}}
        );
    });
    for (const auto& [currency, total] : totals) {
        ReportRow row{.kind = RowKind::total};
        row.cells = {std::string{"Total"}, {}, {}, {}, {}, {}};
        row.cells.insert(
            row.cells.end(),
            {total.net, total.to_deliver_net, total.to_bill_net, total.to_bill_gross}
        );
        table.rows.push_back(std::move(row));
    }
    return table;
}

Result<Positions> explain_order_book(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id order, parse_id(key));
    Positions positions;
    query.scan<order_changes>(order, [&](const OrderChangeRow& change) {
        if (change.date > request.as_of || change.position >= request.known_at) return;
        positions.push_back(change.position);
    });
    std::ranges::sort(positions);
    return positions;
}

Result<ReportTable> run_invoices(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "party");
    const std::string kind = text_option(request, "kind");
    const std::string status = text_option(request, "status");
    ReportTable table{.title = "Invoices and credit notes"};
    table.columns = {
        {"number", "Number"},
        {"kind", "Kind"},
        {"date", "Date", ValueType::date},
        {"due", "Due", ValueType::date},
        {"party", "Customer", ValueType::id},
        {"name", "Name"},
        {"country", "Country"},
        {"net", "Net", ValueType::money, Align::right},
        {"tax", "Tax", ValueType::money, Align::right},
        {"gross", "Gross", ValueType::money, Align::right},
        {"open", "Open", ValueType::money, Align::right},
        {"status", "Status"},
        {"invoice", "Document", ValueType::id}};
    const Date day = last_day(query, request);
    std::map<Currency, InvoiceTotals> totals;
    each_invoice(query, request, [&](const InvoiceRow& row) {
        const bool is_invoice = row.kind == PaperKind::invoice;
        if (!only.is_none() && row.party != only) return;
        if (!kind.empty() && is_invoice != (kind == "invoice")) return;
        const InvoiceThen then = invoice_then(query, request, row, day);
        if (!status.empty() && status != name_of(then.status)) return;
        InvoiceTotals& total = totals[row.net.currency()];
        total.net += row.net;
        total.tax += row.tax;
        total.open += then.open;
        table.rows.push_back(
            {.key = to_string(row.invoice),
             .cells =
                 {row.number,
                  std::string{name_of(row.kind)},
                  row.date,
                  then.due,
                  row.party,
                  name_of_customer(query, row.party),
                  row.country,
                  row.net,
                  row.tax,
                  row.gross,
                  then.open,
                  std::string{name_of(then.status)},
                  row.invoice}}
        );
    });
    if (request.as_of == date_max && !table.rows.empty()) {
        table.notes.push_back(fmt::format(
            "Due, Open and Status are those of {}, the last posting; --as-of asks for another day.",
            to_string(day)
        ));
    }
    for (const auto& [currency, total] : totals) {
        ReportRow row{.kind = RowKind::total};
        row.cells = {std::string{"Total"}, {}, {}, {}, {}, {}, {}};
        const Money gross = total.net + total.tax;
        row.cells.insert(
            row.cells.end(), {total.net, total.tax, gross, total.open, Value{}, Value{}}
        );
        table.rows.push_back(std::move(row));
    }
    return table;
}

Result<Positions> explain_invoices(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id invoice, parse_id(key));
    const auto row = query.find<invoices>(invoice);
    if (!row || row->position >= request.known_at) {
        return Error{ErrorCode::not_found, "no invoice " + std::string{key}};
    }
    Positions positions{row->position};
    const InvoiceThen then = invoice_then(query, request, *row, last_day(query, request));
    positions.insert(positions.end(), then.positions.begin(), then.positions.end());
    return positions;
}

}  // namespace daybook::sales
