// What was sold, by customer, item, country and month: sums of invoices less credit notes, each as
// of a day and as known at a position.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "projections/sales/paper.hpp"
#include "projections/sales/reports.hpp"

namespace daybook::sales {
namespace {

// One line of a report before it is shown.
struct Turnover {
    Value key;
    std::string name;
    Currency currency = Currency::none;
    SalesSum sum;
};

void subtract(SalesSum& sum, const SalesSum& less) {
    sum.quantity -= less.quantity;
    sum.net -= less.net;
    sum.tax -= less.tax;
    sum.invoices -= less.invoices;
    sum.credit_notes -= less.credit_notes;
    sum.rounding_micro -= less.rounding_micro;
}

bool is_nothing(const SalesSum& sum) {
    return sum.invoices == 0 && sum.credit_notes == 0 && sum.net.is_zero();
}

template <class Key>
void post_event(
    EventBytes event, const std::function<void(const Key&, Date, const SalesSum&)>& post
) {
    const auto paper = paper_of(event);
    if (!paper) return;
    each_posting<Key>(*paper, [&](const Key& key, const SalesSum& sum) {
        post(key, paper->date, sum);
    });
}

// The sums of the days from..to of every key.
template <const auto& totals, const auto& past>
auto sums_between(const Query& query, const ReportRequest& request, Days days) {
    using Key = typename SchemaOf<totals>::Row::Key;
    const TwoTimeSums<totals, past> all{query, request.known_at, &post_event<Key>};
    auto sums = all.sums(days.to);
    if (days.from <= date_min) return sums;
    for (auto& [key, sum] : sums) subtract(sum, all.sum(key, days.from.plus_days(-1)));
    std::erase_if(sums, [](const auto& each) { return is_nothing(each.second); });
    return sums;
}

std::string key_text(const Turnover& turnover) {
    return fmt::format("{}|{}", to_string(turnover.key), code_of(turnover.currency));
}

std::vector<Value> cells_of(const SalesSum& sum) {
    Money gross = sum.net;
    gross += sum.tax;
    return {sum.quantity, sum.net, sum.tax, gross, sum.invoices, sum.credit_notes};
}

void add_amount_columns(ReportTable& table) {
    table.columns.push_back({"quantity", "Quantity", ValueType::quantity, Align::right});
    table.columns.push_back({"net", "Net", ValueType::money, Align::right});
    table.columns.push_back({"tax", "Tax", ValueType::money, Align::right});
    table.columns.push_back({"gross", "Gross", ValueType::money, Align::right});
    table.columns.push_back({"invoices", "Invoices", ValueType::integer, Align::right});
    table.columns.push_back({"credit_notes", "Credit notes", ValueType::integer, Align::right});
}

// One total for each currency, of all lines, shown or not.
void add_totals(ReportTable& table, const std::vector<Turnover>& all, bool has_name) {
    std::map<Currency, SalesSum> totals;
    for (const Turnover& turnover : all) {
        two_time_detail::add_to(totals[turnover.currency], turnover.sum);
    }
    for (const auto& [currency, sum] : totals) {
        ReportRow row{.kind = RowKind::total};
        row.cells = {std::string{"Total"}};
        if (has_name) row.cells.emplace_back(std::string{});
        for (Value& cell : cells_of(sum)) row.cells.push_back(std::move(cell));
        table.rows.push_back(std::move(row));
    }
}

struct Heading {
    std::string_view title;
    ReportColumn key;
    bool has_name = true;
    // An item's invoices would count a document once for each of its items.
    bool adds_documents = true;
};

ReportTable shown(const ReportRequest& request, Heading heading, std::vector<Turnover> turnovers) {
    std::ranges::stable_sort(turnovers, [](const Turnover& a, const Turnover& b) {
        if (a.currency != b.currency) return a.currency < b.currency;
        return a.sum.net.minor() > b.sum.net.minor();
    });
    ReportTable table;
    table.title = heading.title;
    table.columns = {heading.key};
    if (heading.has_name) table.columns.push_back({"name", "Name"});
    add_amount_columns(table);
    const std::int64_t top = integer_option(request, "top", 0);
    for (const Turnover& turnover : turnovers) {
        if (top > 0 && table.rows.size() >= static_cast<std::size_t>(top)) break;
        ReportRow row{.key = key_text(turnover)};
        row.cells = {turnover.key};
        if (heading.has_name) row.cells.emplace_back(turnover.name);
        for (Value& cell : cells_of(turnover.sum)) row.cells.push_back(std::move(cell));
        table.rows.push_back(std::move(row));
    }
    if (!heading.adds_documents) {
        for (Turnover& turnover : turnovers) turnover.sum.invoices = turnover.sum.credit_notes = 0;
    }
    const std::size_t line_count = table.rows.size();
    add_totals(table, turnovers, heading.has_name);
    if (line_count < turnovers.size()) {
        table.notes.push_back("The total is that of all " + std::to_string(turnovers.size()) + ".");
    }
    if (!heading.adds_documents) {
        for (std::size_t i = line_count; i < table.rows.size(); ++i) {
            const std::size_t cells = table.rows[i].cells.size();
            table.rows[i].cells[cells - 1] = table.rows[i].cells[cells - 2] = Value{};
        }
    }
    return table;
}

// "C-1|EUR" in its two parts.
struct RowKey {
    std::string key;
    std::string currency;
};
RowKey split(std::string_view text) {
    const std::size_t at = text.rfind('|');
    if (at == std::string_view::npos) return {std::string{text}, ""};
    return {std::string{text.substr(0, at)}, std::string{text.substr(at + 1)}};
}

bool counts(const ReportRequest& request, Days days, Date date, std::uint64_t position) {
    return position < request.known_at && date >= days.from && date <= days.to;
}

// The first day of each month in which anything was ever sold, up to the last day.
std::vector<Date> months_until(const Query& query, Days days) {
    std::vector<Date> months;
    query.scan<day_totals>(Grain::month, [&](const DayTotals& row) {
        if (row.period > days.to || row.period.end_of_month() < days.from) return;
        if (months.empty() || months.back() != row.period) months.push_back(row.period);
    });
    return months;
}

std::string month_text(Date month) {
    return fmt::format("{:04}-{:02}", month.year(), month.month());
}

}  // namespace

Result<ReportTable> run_by_customer(const Query& query, const ReportRequest& request) {
    std::vector<Turnover> turnovers;
    const auto sums =
        sums_between<party_totals, past_party_totals>(query, request, days_of(request));
    for (const auto& [key, sum] : sums) {
        turnovers.push_back({key.party, name_of_customer(query, key.party), key.currency, sum});
    }
    return shown(
        request, {"Sales by customer", {"party", "Customer", ValueType::id}}, std::move(turnovers)
    );
}

Result<ReportTable> run_by_item(const Query& query, const ReportRequest& request) {
    std::vector<Turnover> turnovers;
    const auto sums = sums_between<item_totals, past_item_totals>(query, request, days_of(request));
    for (const auto& [key, sum] : sums) {
        const auto item = query.find<items>(key.item);
        const std::string name =
            key.item.is_none() ? "(charges and discounts)" : (item ? item->name : std::string{});
        turnovers.push_back({value_of(key.item), name, key.currency, sum});
    }
    return shown(
        request,
        {.title = "Sales by item", .key = {"item", "Item", ValueType::id}, .adds_documents = false},
        std::move(turnovers)
    );
}

Result<ReportTable> run_by_country(const Query& query, const ReportRequest& request) {
    std::vector<Turnover> turnovers;
    const auto sums =
        sums_between<country_totals, past_country_totals>(query, request, days_of(request));
    for (const auto& [key, sum] : sums) {
        turnovers.push_back({key.country, {}, key.currency, sum});
    }
    return shown(
        request,
        {.title = "Sales by country", .key = {"country", "Country"}, .has_name = false},
        std::move(turnovers)
    );
}

Result<ReportTable> run_by_month(const Query& query, const ReportRequest& request) {
    const Days days = days_of(request);
    const TwoTimeSums<day_totals, past_day_totals> all{
        query, request.known_at, &post_event<CurrencyKey>};
    ReportTable table{.title = "Sales by month", .columns = {{"month", "Month"}}};
    add_amount_columns(table);
    table.columns.push_back(
        {"rounding_micro", "Rounding (millionths)", ValueType::integer, Align::right}
    );
    std::vector<Turnover> turnovers;
    for (const Date month : months_until(query, days)) {
        const Date first = std::max(month, days.from);
        std::map<Currency, SalesSum> earlier;
        for (const auto& [key, sum] : all.sums(first.plus_days(-1))) earlier[key.currency] = sum;
        for (auto& [key, sum] : all.sums(std::min(month.end_of_month(), days.to))) {
            subtract(sum, earlier[key.currency]);
            if (is_nothing(sum)) continue;
            turnovers.push_back({month_text(month), {}, key.currency, sum});
            ReportRow row{.key = key_text(turnovers.back())};
            row.cells = {turnovers.back().key};
            for (Value& cell : cells_of(sum)) row.cells.push_back(std::move(cell));
            row.cells.emplace_back(sum.rounding_micro);
            table.rows.push_back(std::move(row));
        }
    }
    const std::size_t line_count = table.rows.size();
    add_totals(table, turnovers, false);
    std::map<Currency, std::int64_t> rounding;
    for (const Turnover& each : turnovers) rounding[each.currency] += each.sum.rounding_micro;
    auto next = rounding.begin();
    for (std::size_t i = line_count; i < table.rows.size(); ++i, ++next) {
        table.rows[i].cells.emplace_back(next->second);
    }
    return table;
}

Result<Positions> explain_by_customer(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const RowKey wanted = split(key);
    DAYBOOK_TRY(const Id party, parse_id(wanted.key));
    Positions positions;
    query.scan<party_invoices>(party, [&](const PartyInvoiceRow& row) {
        if (!counts(request, days_of(request), row.date, row.position)) return;
        const auto invoice = query.find<invoices>(row.invoice);
        if (invoice && code_of(invoice->net.currency()) == wanted.currency) {
            positions.push_back(row.position);
        }
    });
    std::ranges::sort(positions);
    return positions;
}

Result<Positions> explain_by_item(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const RowKey wanted = split(key);
    Id item;
    if (!wanted.key.empty()) {
        DAYBOOK_TRY(item, parse_id(wanted.key));
    }
    Positions positions;
    query.scan<sales_of_items>(item, [&](const SaleRow& row) {
        if (!counts(request, days_of(request), row.date, row.position)) return;
        if (code_of(row.net.currency()) == wanted.currency) positions.push_back(row.position);
    });
    std::ranges::sort(positions);
    return positions;
}

Result<Positions> explain_by_country(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const RowKey wanted = split(key);
    Positions positions;
    each_invoice(query, request, [&](const InvoiceRow& row) {
        if (row.country == wanted.key && code_of(row.net.currency()) == wanted.currency) {
            positions.push_back(row.position);
        }
    });
    std::ranges::sort(positions);
    return positions;
}

Result<Positions> explain_by_month(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const RowKey wanted = split(key);
    Positions positions;
    each_invoice(query, request, [&](const InvoiceRow& row) {
        if (month_text(row.date) == wanted.key && code_of(row.net.currency()) == wanted.currency) {
            positions.push_back(row.position);
        }
    });
    std::ranges::sort(positions);
    return positions;
}

}  // namespace daybook::sales
