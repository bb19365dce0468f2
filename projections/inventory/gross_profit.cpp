// Gross profit: what was invoiced, what the goods had cost, and what is left. By invoice, each line
// takes the cost of its own delivery, as much of it as it invoices; by item and customer, revenue
// counts on the day of the invoice and cost on the accounting date of the issue, as in the ledger.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/wide.hpp"
#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

using Margins = TwoTimeSums<margins, past_margins>;

Margins margins_at(const Query& query, std::uint64_t known_at) {
    return Margins{query, known_at, [&query](EventBytes event, const auto& post) {
                       const std::uint64_t position = header_of(event).position();
                       query.scan<margin_changes>(position, [&](const MarginChangeRow& row) {
                           post({row.party, row.item}, row.day, {row.quantity, row.net, row.cost});
                       });
                   }};
}

Value margin_of(Money net, Money profit) {
    if (net.is_zero()) return {};
    const Wide of = net.is_negative() ? -Wide{net.minor()} : Wide{net.minor()};
    const Wide part = Wide{profit.minor()} * (net.is_negative() ? -1'000'000 : 1'000'000);
    // Whole hundredths of a percent.
    const Wide basis = divide(part, of * 100, Rounding::half_even);
    return Rate::from_ppm(static_cast<std::int64_t>(basis) * 100);
}

void add_amounts(ReportRow& row, const MarginSum& sum) {
    const Money profit = sum.net - sum.cost;
    row.cells.insert(row.cells.end(), {sum.net, sum.cost, profit, margin_of(sum.net, profit)});
}

void add_amount_columns(ReportTable& table) {
    table.columns.push_back({"net", "Net", ValueType::money, Align::right});
    table.columns.push_back({"cost", "Cost", ValueType::money, Align::right});
    table.columns.push_back({"profit", "Gross profit", ValueType::money, Align::right});
    table.columns.push_back({"margin", "Margin", ValueType::rate, Align::right});
}

// ---- By invoice

// What is known, and counts, of the report's day and position.
struct Costs {
    const Query& query;
    const ReportRequest& request;

    [[nodiscard]] bool counts(Date day, std::uint64_t position) const {
        return day <= request.as_of && position < request.known_at;
    }
    [[nodiscard]] Money of_source(const Id& source, std::uint16_t line) const {
        Money cost;
        query.scan<issue_costs>(source, line, [&](const IssueCostRow& row) {
            if (counts(row.accounting_date, row.position)) cost += row.cost;
        });
        return cost;
    }
    // Of the goods that the line of a delivery brought, those from `before` on.
    [[nodiscard]] Money of_delivery(const SoldLineRow& line, Quantity before) const {
        const auto delivered = query.find<delivered_lines>(line.delivery, line.delivery_line);
        if (!delivered) return {};
        const Money cost = of_source(line.delivery, line.delivery_line);
        return share_of(cost, before + line.quantity, delivered->quantity) -
               share_of(cost, before, delivered->quantity);
    }
    // Of the goods delivered for an order's line, in the order of their deliveries.
    [[nodiscard]] Money of_order(const SoldLineRow& line, Quantity before) const {
        Money until_end;
        Money until_before;
        Quantity passed;
        const auto part = [&](Money cost, Quantity end, Quantity whole) {
            const Quantity inside = std::clamp(end - passed, Quantity{}, whole);
            return share_of(cost, inside, whole);
        };
        query.scan<delivered_of_orders>(line.order, line.order_line, [&](const PartRow& row) {
            if (!counts(row.date, row.position)) return;
            const Money cost = of_source(row.part, row.part_line);
            until_end += part(cost, before + line.quantity, row.quantity);
            until_before += part(cost, before, row.quantity);
            passed += row.quantity;
        });
        return until_end - until_before;
    }
    // What came back of the same line of the delivery.
    [[nodiscard]] Money of_return(const SoldLineRow& line) const {
        Money cost;
        query.scan<returned_lines>(line.goods_return, [&](const ReturnedLineRow& row) {
            const bool is_its = line.delivery_line > 0 ? row.delivery_line == line.delivery_line
                                                       : row.order_line == line.order_line;
            if (is_its) cost += of_source(line.goods_return, row.line);
        });
        return cost;
    }
    [[nodiscard]] Money of(const SoldLineRow& line, const SoldDocumentRow& document) const {
        if (!line.is_goods) return {};
        if (!line.goods_return.is_none()) return of_return(line);
        if (line.quantity.is_negative()) return {};  // A credit without goods.
        if (!line.order.is_none()) {
            return of_order(
                line, before<invoiced_of_orders>(line.order, line.order_line, document, line)
            );
        }
        return of_delivery(
            line, before<invoiced_of_deliveries>(line.delivery, line.delivery_line, document, line)
        );
    }

 private:
    // What earlier invoices took of the same line.
    template <const auto& parts>
    [[nodiscard]] Quantity before(
        const Id& document,
        std::uint16_t number,
        const SoldDocumentRow& invoice,
        const SoldLineRow& line
    ) const {
        Quantity sum;
        query.scan<parts>(document, number, [&](const PartRow& row) {
            if (!counts(row.date, row.position)) return true;
            const auto place = std::tuple{row.date, row.position, row.part_line};
            if (place >= std::tuple{invoice.date, invoice.position, line.line}) return false;
            sum += row.quantity;
            return true;
        });
        return sum;
    }
};

std::string name_of_party(const Query& query, const Id& party) {
    const auto row = query.find<party_names>(party);
    return row ? row->name : std::string{};
}

MarginSum sum_of(const Costs& costs, const SoldDocumentRow& document, const Id& only_item) {
    MarginSum sum;
    costs.query.scan<sold_lines>(document.document, [&](const SoldLineRow& line) {
        if (!only_item.is_none() && line.item != only_item) return;
        sum.quantity += line.quantity;
        sum.net += line.net;
        sum.cost += costs.of(line, document);
    });
    return sum;
}

template <class Use>
void each_document(const Query& query, const ReportRequest& request, Use&& use) {
    const Id party = id_option(request, "party");
    const Date end = request.as_of < date_max ? request.as_of.plus_days(1) : date_max;
    query.scan_between<sold_documents>(
        std::tuple{date_option(request, "from", date_min)},
        std::tuple{end},
        [&](const SoldDocumentRow& document) {
            if (document.position >= request.known_at) return;
            if (party.is_none() || document.party == party) use(document);
        }
    );
}

ReportTable by_invoice(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Gross profit by invoice"};
    table.columns = {
        {"number", "Number"},
        {"date", "Date", ValueType::date},
        {"party", "Customer", ValueType::id},
        {"name", "Name"},
    };
    add_amount_columns(table);
    const Costs costs{query, request};
    const Id item = id_option(request, "item");
    MarginSum total;
    std::uint64_t unconverted = 0;
    each_document(query, request, [&](const SoldDocumentRow& document) {
        if (!document.is_convertible) {
            ++unconverted;
            return;
        }
        const MarginSum sum = sum_of(costs, document, item);
        if (!item.is_none() && sum.net.is_zero() && sum.cost.is_zero()) return;
        two_time_detail::add_to(total, sum);
        ReportRow row{.key = to_string(document.document)};
        row.cells = {
            document.number, document.date, document.party, name_of_party(query, document.party)};
        add_amounts(row, sum);
        table.rows.push_back(std::move(row));
    });
    ReportRow last{.cells = {std::string{"Total"}, {}, {}, {}}, .kind = RowKind::total};
    add_amounts(last, total);
    table.rows.push_back(std::move(last));
    if (unconverted > 0) {
        table.notes.push_back(fmt::format(
            "{} documents in another currency name no rate and are left out.", unconverted
        ));
    }
    return table;
}

// ---- By item and customer

constexpr std::string_view none_key = "(none)";  // Of what has no item or no customer.

std::map<Id, MarginSum> sums_by(const Query& query, const ReportRequest& request, bool by_item) {
    const Id item = id_option(request, "item");
    const Id party = id_option(request, "party");
    const Date from = date_option(request, "from", date_min);
    const Margins all = margins_at(query, request.known_at);
    std::map<Id, MarginSum> sums;
    const auto add = [&](Date day, bool is_taken_off) {
        for (auto [key, sum] : party.is_none() ? all.sums(day) : all.sums_under(day, party)) {
            if (!item.is_none() && key.item != item) continue;
            if (is_taken_off) sum = {-sum.quantity, -sum.net, -sum.cost};
            two_time_detail::add_to(sums[by_item ? key.item : key.party], sum);
        }
    };
    add(request.as_of, false);
    if (from > date_min) add(from.plus_days(-1), true);
    return sums;
}

// All of them, or the most profitable first when only so many are wanted.
std::vector<std::pair<Id, MarginSum>> shown(
    const std::map<Id, MarginSum>& sums, const ReportRequest& request
) {
    std::vector<std::pair<Id, MarginSum>> chosen(sums.begin(), sums.end());
    const std::int64_t top = integer_option(request, "top", 0);
    if (top <= 0 || static_cast<std::size_t>(top) >= chosen.size()) return chosen;
    std::ranges::stable_sort(chosen, std::ranges::greater{}, [](const auto& each) {
        return (each.second.net - each.second.cost).minor();
    });
    chosen.resize(static_cast<std::size_t>(top));
    return chosen;
}

ReportTable by_key(const Query& query, const ReportRequest& request, bool by_item) {
    ReportTable table{.title = by_item ? "Gross profit by item" : "Gross profit by customer"};
    table.columns = {
        by_item ? ReportColumn{"item", "Item", ValueType::id}
                : ReportColumn{"party", "Customer", ValueType::id},
        {"name", "Name"},
        {"quantity", "Quantity", ValueType::quantity, Align::right},
    };
    add_amount_columns(table);
    ItemNames names{query};
    MarginSum total;
    const auto sums = sums_by(query, request, by_item);
    for (const auto& [key, sum] : sums) two_time_detail::add_to(total, sum);
    const auto chosen = shown(sums, request);
    for (const auto& [key, sum] : chosen) {
        if (sum.quantity.is_zero() && sum.net.is_zero() && sum.cost.is_zero()) continue;
        ReportRow row{.key = key.is_none() ? std::string{none_key} : to_string(key)};
        const std::string name = key.is_none() && by_item ? "(charges and discounts)"
                                 : key.is_none()          ? "(no customer)"
                                 : by_item                ? names.of(key).name
                                                          : name_of_party(query, key);
        row.cells = {value_of(key), name, sum.quantity};
        add_amounts(row, sum);
        table.rows.push_back(std::move(row));
    }
    ReportRow last{.cells = {{}, std::string{"Total"}, total.quantity}, .kind = RowKind::total};
    add_amounts(last, total);
    table.rows.push_back(std::move(last));
    if (chosen.size() < sums.size()) {
        table.notes.push_back("The total is that of all " + std::to_string(sums.size()) + ".");
    }
    return table;
}

// The positions behind the cost of a source's line.
void add_cost_positions(const Costs& costs, const Id& source, Positions& positions) {
    costs.query.scan<issue_costs>(source, [&](const IssueCostRow& row) {
        if (costs.counts(row.accounting_date, row.position)) positions.push_back(row.position);
    });
}

Result<Positions> explain_invoice(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id document, parse_id(key));
    const Costs costs{query, request};
    Positions positions;
    each_document(query, request, [&](const SoldDocumentRow& row) {
        if (row.document == document) positions.push_back(row.position);
    });
    query.scan<sold_lines>(document, [&](const SoldLineRow& line) {
        if (!line.goods_return.is_none()) add_cost_positions(costs, line.goods_return, positions);
        if (!line.delivery.is_none()) add_cost_positions(costs, line.delivery, positions);
        if (line.order.is_none()) return;
        query.scan<delivered_of_orders>(line.order, line.order_line, [&](const PartRow& row) {
            if (costs.counts(row.date, row.position))
                add_cost_positions(costs, row.part, positions);
        });
    });
    return found(std::move(positions), key);
}

}  // namespace

Result<ReportTable> run_gross_profit(const Query& query, const ReportRequest& request) {
    const std::string by = text_option(request, "by", "invoice");
    if (by == "invoice") return by_invoice(query, request);
    return by_key(query, request, by == "item");
}

Result<Positions> explain_gross_profit(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const std::string by = text_option(request, "by", "invoice");
    if (by == "invoice") return explain_invoice(query, request, key);
    Id wanted;
    if (key != none_key) {
        DAYBOOK_TRY(wanted, parse_id(key));
    }
    const Date from = date_option(request, "from", date_min);
    Positions positions;
    const auto add = [&](const MarginDayRow& row) {
        if (by != "item" && row.party != wanted) return;
        const bool is_known = row.position < request.known_at;
        if (is_known && row.day >= from && row.day <= request.as_of) {
            positions.push_back(row.position);
        }
    };
    if (by == "item") query.scan<margin_days>(wanted, add);
    if (by != "item") query.scan<margin_days>(add);
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
