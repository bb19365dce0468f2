// Reports on the lines of orders as they stood on a day, by what was known at a position.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "projections/purchasing/reports.hpp"

namespace daybook::purchasing {
namespace {

// A line of an order as its moves up to a day and a position add up.
struct LineThen {
    Id order;
    std::uint16_t line = 0;
    Id supplier;
    Id item;
    Date expected;
    LineStand stand;
    Quantity received;
    Quantity rejected;
    Money net;
    Money accrued;
    Money transit;
    Money credit;
    Quantity unbilled;
    Quantity ahead;
    Quantity returned;
    bool is_known = false;
};

// By which of its two days a move counts.
enum class By : std::uint8_t { date, accounting_date };

void add_move(LineThen& line, const LineMoveRow& move) {
    line.order = move.order;
    line.line = move.line;
    line.supplier = move.supplier;
    line.item = move.item;
    line.stand.kind = move.item_kind;
    if (!move.expected.is_none()) line.expected = move.expected;
    line.stand.quantity += move.quantity;
    line.stand.forgone += move.forgone;
    line.stand.accepted += move.accepted;
    line.stand.billed += move.billed;
    line.received += move.received;
    line.rejected += move.rejected;
    line.net += move.net;
    line.accrued += move.accrued;
    line.transit += move.transit;
    line.credit += move.credit;
    line.unbilled += move.unbilled;
    line.ahead += move.ahead;
    line.returned += move.returned;
    line.is_known = true;
}

bool counts(const ReportRequest& request, const LineMoveRow& move, By by) {
    const Date day = by == By::date ? move.date : move.accounting_date;
    return day <= request.as_of && move.position < request.known_at;
}

// Calls `use` with each line that was known, in the order of orders and lines.
void each_line(
    const Query& query,
    const ReportRequest& request,
    By by,
    const std::function<void(const LineThen&)>& use
) {
    LineThen line;
    query.scan<line_moves>([&](const LineMoveRow& move) {
        if (line.is_known && (line.order != move.order || line.line != move.line)) {
            use(line);
            line = {};
        }
        if (counts(request, move, by)) add_move(line, move);
    });
    if (line.is_known) use(line);
}

using LineName = std::pair<Id, std::uint16_t>;

// The lines of which something may have waited: those of which something waits now, and those that
// moved since.
std::set<LineName> waiting_then(const Query& query, const ReportRequest& request) {
    std::set<LineName> lines;
    query.scan<open_lines>([&](const OpenLineRow& row) { lines.emplace(row.order, row.line); });
    if (request.as_of < date_max) {
        query.scan_between<line_days>(
            std::tuple{request.as_of.plus_days(1)},
            std::tuple{date_max},
            [&](const LineDayRow& row) { lines.emplace(row.order, row.line); }
        );
    }
    if (request.known_at < query.position()) {
        query.scan_between<line_positions>(
            std::tuple{request.known_at},
            std::tuple{query.position()},
            [&](const LinePositionRow& row) { lines.emplace(row.order, row.line); }
        );
    }
    return lines;
}

// The same as each_line by accounting dates, of these lines alone.
void each_waiting_line(
    const Query& query,
    const ReportRequest& request,
    const std::function<void(const LineThen&)>& use
) {
    for (const auto& [order, number] : waiting_then(query, request)) {
        LineThen line;
        query.scan<line_moves>(order, number, [&](const LineMoveRow& move) {
            if (counts(request, move, By::accounting_date)) add_move(line, move);
        });
        if (line.is_known) use(line);
    }
}

std::string key_of(const LineThen& line) {
    return fmt::format("{}|{}", to_string(line.order), line.line);
}

bool is_wanted(const ReportRequest& request, const LineThen& line) {
    const Id supplier = id_option(request, "supplier");
    return supplier.is_none() || supplier == line.supplier;
}

void add_money_total(ReportTable& table, std::size_t at, Money amount) {
    ReportRow row{.kind = RowKind::total};
    row.cells.resize(table.columns.size());
    row.cells[0] = std::string{"Total"};
    row.cells[at] = amount;
    table.rows.push_back(std::move(row));
}

struct OrderLines {
    std::vector<LineThen> lines;
    Money net;
    Money accrued;
};

bool is_open(OrderStage stage) {
    return stage != OrderStage::completed && stage != OrderStage::closed &&
           stage != OrderStage::cancelled;
}

}  // namespace

std::string name_of_supplier(const Query& query, const Id& supplier) {
    const auto row = query.find<suppliers>(supplier);
    return row ? row->name : std::string{};
}

std::optional<OrderChangeRow> order_then(
    const Query& query, const ReportRequest& request, const Id& order
) {
    std::optional<OrderChangeRow> then;
    query.scan<order_changes>(order, [&](const OrderChangeRow& change) {
        if (change.date <= request.as_of && change.position < request.known_at) then = change;
    });
    return then;
}

Result<ReportTable> run_open_orders(const Query& query, const ReportRequest& request) {
    const bool shows_all = boolean_option(request, "all", false);
    std::map<Id, OrderLines> found;
    each_line(query, request, By::date, [&](const LineThen& line) {
        if (!is_wanted(request, line)) return;
        OrderLines& order = found[line.order];
        order.lines.push_back(line);
        order.net += line.net;
        order.accrued += line.accrued;
    });
    ReportTable table{.title = "Open orders"};
    table.columns = {
        {"order", "Order", ValueType::id},
        {"date", "Date", ValueType::date},
        {"supplier", "Supplier", ValueType::id},
        {"name", "Name"},
        {"status", "Status"},
        {"net", "Ordered net", ValueType::money, Align::right},
        {"to_receive", "To receive", ValueType::quantity, Align::right},
        {"to_bill", "Received not billed", ValueType::quantity, Align::right},
        {"accrued", "Its value", ValueType::money, Align::right}};
    for (const auto& [id, order] : found) {
        const auto row = query.find<orders>(id);
        const auto then = order_then(query, request, id);
        if (!row || !then) continue;
        std::vector<LineStand> stands;
        Quantity to_receive;
        Quantity to_bill;
        for (const LineThen& line : order.lines) {
            stands.push_back(line.stand);
            to_receive += to_come(then->flags, line.stand);
            to_bill += line.unbilled;
        }
        const OrderStage stage =
            stage_of(then->flags, stands, {row->under_delivery, row->bill_quantity});
        if (!shows_all && !is_open(stage)) continue;
        table.rows.push_back(
            {.key = to_string(id),
             .cells =
                 {id,
                  row->date,
                  row->supplier,
                  name_of_supplier(query, row->supplier),
                  std::string{name_of(stage)},
                  order.net,
                  to_receive,
                  to_bill,
                  order.accrued}}
        );
    }
    return table;
}

Result<ReportTable> run_expected_receipts(const Query& query, const ReportRequest& request) {
    std::vector<LineThen> lines;
    each_line(query, request, By::date, [&](const LineThen& line) {
        if (!is_wanted(request, line)) return;
        const auto then = order_then(query, request, line.order);
        if (!then || then->flags.needs_approval) return;
        if (!to_come(then->flags, line.stand).is_zero()) lines.push_back(line);
    });
    std::ranges::stable_sort(lines, {}, &LineThen::expected);
    ReportTable table{.title = "Expected receipts"};
    table.columns = {
        {"expected", "Expected", ValueType::date},
        {"late", "Days late", ValueType::integer, Align::right},
        {"order", "Order", ValueType::id},
        {"line", "Line", ValueType::integer, Align::right},
        {"supplier", "Supplier", ValueType::id},
        {"item", "Item", ValueType::id},
        {"ordered", "Ordered", ValueType::quantity, Align::right},
        {"received", "Received", ValueType::quantity, Align::right},
        {"to_come", "To come", ValueType::quantity, Align::right}};
    const bool has_day = request.as_of < date_max;
    for (const LineThen& line : lines) {
        const std::int64_t late =
            has_day ? std::max(0, request.as_of.days() - line.expected.days()) : 0;
        table.rows.push_back(
            {.key = key_of(line),
             .cells =
                 {line.expected,
                  late,
                  line.order,
                  std::int64_t{line.line},
                  line.supplier,
                  line.item,
                  line.stand.quantity,
                  line.stand.accepted,
                  line.stand.quantity - line.stand.forgone - line.stand.accepted}}
        );
    }
    if (!has_day) table.notes.push_back("Without --as-of no receipt is late.");
    return table;
}

Result<ReportTable> run_received_not_billed(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Received not billed"};
    table.columns = {
        {"supplier", "Supplier", ValueType::id},
        {"name", "Name"},
        {"order", "Order", ValueType::id},
        {"line", "Line", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"received", "Received", ValueType::quantity, Align::right},
        {"quantity", "Not billed", ValueType::quantity, Align::right},
        {"accrued", "Accrued", ValueType::money, Align::right}};
    std::map<std::pair<Id, std::string>, ReportRow> rows;
    Money total;
    each_waiting_line(query, request, [&](const LineThen& line) {
        if (!is_wanted(request, line)) return;
        if (line.accrued.is_zero() && line.unbilled.is_zero()) return;
        total += line.accrued;
        rows[{line.supplier, key_of(line)}] = {
            .key = key_of(line),
            .cells = {
                line.supplier,
                name_of_supplier(query, line.supplier),
                line.order,
                std::int64_t{line.line},
                line.item,
                line.stand.accepted,
                line.unbilled,
                line.accrued}};
    });
    for (auto& [key, row] : rows) table.rows.push_back(std::move(row));
    add_money_total(table, 7, total);
    return table;
}

Result<ReportTable> run_billed_not_received(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Billed not received"};
    table.columns = {
        {"supplier", "Supplier", ValueType::id},
        {"name", "Name"},
        {"order", "Order", ValueType::id},
        {"line", "Line", ValueType::integer, Align::right},
        {"item", "Item", ValueType::id},
        {"ahead", "Billed ahead", ValueType::quantity, Align::right},
        {"transit", "In transit", ValueType::money, Align::right},
        {"returned", "Sent back", ValueType::quantity, Align::right},
        {"credit", "Credit expected", ValueType::money, Align::right}};
    Money transit;
    Money credit;
    each_waiting_line(query, request, [&](const LineThen& line) {
        if (!is_wanted(request, line)) return;
        if (line.ahead.is_zero() && line.returned.is_zero()) return;
        transit += line.transit;
        credit += line.credit;
        table.rows.push_back(
            {.key = key_of(line),
             .cells =
                 {line.supplier,
                  name_of_supplier(query, line.supplier),
                  line.order,
                  std::int64_t{line.line},
                  line.item,
                  line.ahead,
                  line.transit,
                  line.returned,
                  line.credit}}
        );
    });
    add_money_total(table, 6, transit);
    table.rows.back().cells[8] = credit;
    return table;
}

namespace {

struct Performance {
    std::int64_t receipts = 0;
    std::int64_t on_time = 0;
    std::int64_t late_days = 0;
    Quantity received;
    Quantity rejected;
    Quantity returned;
};

Value percent(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return Value{};
    return Rate::from_ppm(
        narrow(divide(static_cast<Wide>(part) * Rate::one_ppm, whole, Rounding::half_up))
    );
}

void add_performance(Performance& supplier, const LineMoveRow& move) {
    if (move.kind == MoveKind::returned) supplier.returned -= move.accepted;
    if (move.kind != MoveKind::received) return;
    const std::int64_t late = move.date.days() - std::int64_t{move.expected.days()};
    ++supplier.receipts;
    if (late <= 0) ++supplier.on_time;
    if (late > 0) supplier.late_days += late;
    supplier.received += move.received;
    supplier.rejected += move.rejected;
}

}  // namespace

Result<ReportTable> run_supplier_performance(const Query& query, const ReportRequest& request) {
    const Date from = date_option(request, "from", date_min);
    std::map<Id, Performance> found;
    query.scan<line_moves>([&](const LineMoveRow& move) {
        const bool is_goods = move.kind == MoveKind::received || move.kind == MoveKind::returned;
        if (!is_goods || move.date < from || !counts(request, move, By::date)) return;
        add_performance(found[move.supplier], move);
    });
    ReportTable table{.title = "Suppliers: on time and quality"};
    table.columns = {
        {"supplier", "Supplier", ValueType::id},
        {"name", "Name"},
        {"receipts", "Lines received", ValueType::integer, Align::right},
        {"on_time", "On time", ValueType::rate, Align::right},
        {"days_late", "Days late", ValueType::integer, Align::right},
        {"received", "Received", ValueType::quantity, Align::right},
        {"rejected", "Rejected", ValueType::quantity, Align::right},
        {"returned", "Sent back", ValueType::quantity, Align::right},
        {"quality", "Good", ValueType::rate, Align::right}};
    for (const auto& [supplier, sum] : found) {
        const Quantity good = sum.received - sum.rejected - sum.returned;
        table.rows.push_back(
            {.key = to_string(supplier),
             .cells =
                 {supplier,
                  name_of_supplier(query, supplier),
                  sum.receipts,
                  percent(sum.on_time, sum.receipts),
                  sum.late_days,
                  sum.received,
                  sum.rejected,
                  sum.returned,
                  percent(good.milli(), sum.received.milli())}}
        );
    }
    return table;
}

// "PO-1|2" is a line of an order, "PO-1" all of it.
Result<Positions> explain_line(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const std::size_t at = key.rfind('|');
    DAYBOOK_TRY(const Id order, parse_id(key.substr(0, at)));
    std::uint16_t only = 0;
    if (at != std::string_view::npos) {
        DAYBOOK_TRY(const std::int64_t line, parse_decimal(key.substr(at + 1), 0));
        only = static_cast<std::uint16_t>(line);
    }
    Positions positions;
    query.scan<line_moves>(order, [&](const LineMoveRow& move) {
        if (only != 0 && move.line != only) return;
        if (!counts(request, move, By::date)) return;
        positions.push_back(move.position);
    });
    if (only == 0) {
        query.scan<order_changes>(order, [&](const OrderChangeRow& change) {
            if (change.date > request.as_of || change.position >= request.known_at) return;
            positions.push_back(change.position);
        });
    }
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

Result<Positions> explain_supplier(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id supplier, parse_id(key));
    const Date from = date_option(request, "from", date_min);
    Positions positions;
    query.scan<line_moves>([&](const LineMoveRow& move) {
        const bool is_goods = move.kind == MoveKind::received || move.kind == MoveKind::returned;
        if (!is_goods || move.supplier != supplier || move.date < from) return;
        if (counts(request, move, By::date)) positions.push_back(move.position);
    });
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

}  // namespace daybook::purchasing
