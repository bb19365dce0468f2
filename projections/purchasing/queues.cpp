// What waits for somebody: offers to compare, bills that differ, approvals, and what to order
// again.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "projections/purchasing/reports.hpp"

namespace daybook::purchasing {
namespace {

bool is_known(const ReportRequest& request, Date date, std::uint64_t position) {
    return date <= request.as_of && position < request.known_at;
}

std::optional<RequestChangeRow> request_then(
    const Query& query, const ReportRequest& request, const Id& id
) {
    std::optional<RequestChangeRow> then;
    query.scan<request_changes>(id, [&](const RequestChangeRow& change) {
        if (is_known(request, change.date, change.position)) then = change;
    });
    return then;
}

struct OfferSum {
    Money base;
    std::size_t lines = 0;
    bool is_complete = true;
};

std::map<Id, OfferSum> offer_sums(const Query& query, const ReportRequest& request, const Id& rfq) {
    const auto asked = query.find<rfqs>(rfq);
    std::map<Id, OfferSum> sums;
    query.scan<offers>(rfq, [&](const OfferRow& offer) {
        if (!is_known(request, offer.date, offer.position)) return;
        OfferSum& sum = sums[offer.quotation];
        sum.base += offer.base;
        ++sum.lines;
        const Quantity wanted = asked ? asked->quantities[offer.rfq_line - 1U] : Quantity{};
        sum.is_complete = sum.is_complete && offer.quantity >= wanted;
    });
    for (auto& [quotation, sum] : sums) {
        sum.is_complete = sum.is_complete && asked && sum.lines == asked->quantities.size();
    }
    return sums;
}

}  // namespace

Result<ReportTable> run_rfq_comparison(const Query& query, const ReportRequest& request) {
    const Id rfq = id_option(request, "rfq");
    const auto row = query.find<rfqs>(rfq);
    ReportTable table{.title = "Quotations compared: " + to_string(rfq)};
    table.columns = {
        {"line", "Line", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"quotation", "Quotation", ValueType::id},
        {"supplier", "Supplier", ValueType::id},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
        {"price", "Price", ValueType::unit_price, Align::right},
        {"base", "In base currency", ValueType::money, Align::right},
        {"lead_days", "Lead days", ValueType::integer, Align::right},
        {"rank", "Rank", ValueType::integer, Align::right},
        {"chosen", "Chosen", ValueType::boolean}};
    std::vector<OfferRow> found;
    query.scan<offers>(rfq, [&](const OfferRow& offer) {
        if (is_known(request, offer.date, offer.position)) found.push_back(offer);
    });
    std::ranges::stable_sort(found, [](const OfferRow& a, const OfferRow& b) {
        if (a.rfq_line != b.rfq_line) return a.rfq_line < b.rfq_line;
        return a.base.minor() < b.base.minor();
    });
    std::uint16_t line = 0;
    std::int64_t rank = 0;
    for (const OfferRow& offer : found) {
        rank = offer.rfq_line == line ? rank + 1 : 1;
        line = offer.rfq_line;
        table.rows.push_back(
            {.key = to_string(offer.quotation),
             .cells =
                 {std::int64_t{offer.rfq_line},
                  offer.item,
                  offer.quotation,
                  offer.supplier,
                  offer.quantity,
                  offer.price,
                  offer.base,
                  std::int64_t{offer.lead_days},
                  rank,
                  offer.is_chosen}}
        );
    }
    std::vector<std::pair<Id, OfferSum>> sums;
    for (const auto& each : offer_sums(query, request, rfq)) sums.push_back(each);
    std::ranges::stable_sort(sums, [](const auto& a, const auto& b) {
        if (a.second.is_complete != b.second.is_complete) return a.second.is_complete;
        return a.second.base.minor() < b.second.base.minor();
    });
    rank = 0;
    for (const auto& [quotation, sum] : sums) {
        ReportRow total{.key = to_string(quotation), .kind = RowKind::total};
        total.cells.resize(table.columns.size());
        total.cells[2] = quotation;
        total.cells[6] = sum.base;
        total.cells[8] = ++rank;
        table.rows.push_back(std::move(total));
        if (!sum.is_complete) {
            table.notes.push_back(to_string(quotation) + " does not offer all that was asked for.");
        }
    }
    if (row && !row->reason.empty()) table.notes.push_back("Chosen because: " + row->reason);
    return table;
}

Result<Positions> explain_quotation(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id quotation, parse_id(key));
    const Id rfq = id_option(request, "rfq");
    Positions positions;
    const auto row = query.find<rfqs>(rfq);
    if (row) positions.push_back(row->position);
    query.scan<offers>(rfq, quotation, [&](const OfferRow& offer) {
        if (positions.empty() || positions.back() != offer.position) {
            positions.push_back(offer.position);
        }
    });
    return positions;
}

Result<ReportTable> run_match_exceptions(const Query& query, const ReportRequest& request) {
    const bool shows_all = boolean_option(request, "all", false);
    ReportTable table{.title = "Bills that differ"};
    table.columns = {
        {"bill", "Bill", ValueType::id},
        {"date", "Date", ValueType::date},
        {"supplier", "Supplier", ValueType::id},
        {"number", "Number"},
        {"gross", "Gross", ValueType::money, Align::right},
        {"differences", "Differences"},
        {"recorder", "Recorded by", ValueType::id},
        {"resolution", "Resolution"},
        {"resolver", "By", ValueType::id},
        {"reason", "Reason"}};
    query.scan<match_exceptions>([&](const ExceptionRow& row) {
        if (!is_known(request, row.date, row.position)) return;
        const bool is_resolved =
            row.resolved_position != 0 && is_known(request, row.resolved, row.resolved_position);
        if (is_resolved && !shows_all) return;
        table.rows.push_back(
            {.key = to_string(row.bill),
             .cells =
                 {row.bill,
                  row.date,
                  row.supplier,
                  row.number,
                  row.gross,
                  row.differences,
                  row.recorder,
                  is_resolved ? Value{std::string{EnumNameResolution(row.resolution)}}
                              : Value{std::string{"waits"}},
                  is_resolved ? Value{row.resolver} : Value{},
                  is_resolved ? Value{row.reason} : Value{}}}
        );
    });
    return table;
}

Result<Positions> explain_exception(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id bill, parse_id(key));
    const auto row = query.find<match_exceptions>(bill);
    if (!row || !is_known(request, row->date, row->position)) {
        return Error{ErrorCode::not_found, "no bill that differs " + std::string{key}};
    }
    Positions positions{row->position};
    if (row->resolved_position != 0 && is_known(request, row->resolved, row->resolved_position)) {
        positions.push_back(row->resolved_position);
    }
    return positions;
}

Result<ReportTable> run_approval_queue(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Waiting for approval"};
    table.columns = {
        {"document", "Document", ValueType::id},
        {"kind", "Kind"},
        {"date", "Date", ValueType::date},
        {"asked_by", "Asked by", ValueType::id},
        {"supplier", "Supplier", ValueType::id},
        {"amount", "Amount", ValueType::money, Align::right}};
    query.scan<requests>([&](const RequestRow& row) {
        const auto then = request_then(query, request, row.request);
        if (!then || then->stage != RequestStage::submitted) return;
        table.rows.push_back(
            {.key = to_string(row.request),
             .cells =
                 {row.request,
                  std::string{"request"},
                  row.date,
                  row.requester,
                  Value{},
                  then->amount}}
        );
    });
    query.scan<orders>([&](const OrderRow& row) {
        const auto then = order_then(query, request, row.order);
        if (!then) return;
        if (!then->flags.needs_approval || then->flags.is_cancelled || then->flags.is_closed)
            return;
        table.rows.push_back(
            {.key = to_string(row.order),
             .cells =
                 {row.order, std::string{"order"}, row.date, row.buyer, row.supplier, then->base}}
        );
    });
    return table;
}

Result<Positions> explain_waiting(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id id, parse_id(key));
    Positions positions;
    query.scan<request_changes>(id, [&](const RequestChangeRow& change) {
        if (is_known(request, change.date, change.position)) positions.push_back(change.position);
    });
    query.scan<order_changes>(id, [&](const OrderChangeRow& change) {
        if (is_known(request, change.date, change.position)) positions.push_back(change.position);
    });
    return positions;
}

Result<ReportTable> run_reorder_proposals(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "proposal");
    ReportTable table{.title = "Reorder proposals"};
    table.columns = {
        {"proposal", "Proposal", ValueType::id},
        {"line", "Line", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"warehouse", "Warehouse", ValueType::id},
        {"on_hand", "On hand", ValueType::quantity, Align::right},
        {"reserved", "Reserved", ValueType::quantity, Align::right},
        {"on_order", "On order", ValueType::quantity, Align::right},
        {"under_way", "Under way", ValueType::quantity, Align::right},
        {"reorder_point", "Point", ValueType::quantity, Align::right},
        {"quantity", "Propose", ValueType::quantity, Align::right},
        {"supplier", "Supplier", ValueType::id},
        {"price", "Price", ValueType::unit_price, Align::right},
        {"expected", "Expected", ValueType::date},
        {"ordered", "Ordered", ValueType::boolean}};
    query.scan<proposal_lines>([&](const ProposalLineRow& row) {
        if (!only.is_none() && row.proposal != only) return;
        if (!is_known(request, row.date, row.position)) return;
        table.rows.push_back(
            {.key = fmt::format("{}|{}", to_string(row.proposal), row.line),
             .cells =
                 {row.proposal,
                  std::int64_t{row.line},
                  row.item,
                  row.warehouse,
                  row.on_hand,
                  row.reserved,
                  row.on_order,
                  row.under_way,
                  row.reorder_point,
                  row.quantity,
                  row.supplier,
                  row.price,
                  row.expected,
                  row.is_ordered && row.ordered_position < request.known_at}}
        );
    });
    return table;
}

Result<Positions> explain_proposal(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const std::size_t at = key.rfind('|');
    DAYBOOK_TRY(const Id proposal, parse_id(key.substr(0, at)));
    DAYBOOK_TRY(const std::int64_t line, parse_decimal(key.substr(at + 1), 0));
    const auto row = query.find<proposal_lines>(proposal, static_cast<std::uint16_t>(line));
    if (!row || !is_known(request, row->date, row->position)) {
        return Error{ErrorCode::not_found, "no proposed line " + std::string{key}};
    }
    Positions positions{row->position};
    if (row->is_ordered && row->ordered_position < request.known_at) {
        positions.push_back(row->ordered_position);
    }
    return positions;
}

}  // namespace daybook::purchasing
