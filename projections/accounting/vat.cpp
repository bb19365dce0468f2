// VAT by tax code, rate and month: bases and taxes as the entries tagged them.
#include <fmt/format.h>

#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

using Place = std::tuple<Date, TaxSide, Id, std::int64_t>;  // First day, side, code, rate in ppm.
using Cell = std::map<Place, TaxTotalSum>;

std::string key_of(const Place& place) {
    const auto& [first, side, code, rate] = place;
    return fmt::format(
        "{}|{}|{}|{}",
        to_string(first),
        EnumNameTaxSide(side),
        to_string(code),
        to_string(Rate::from_ppm(rate))
    );
}

Date first_day(const Query& query, const ReportRequest& request) {
    return date_option(request, "from", first_of_year(query, last_day(query, request)));
}

void add_month(const TaxSums& sums, Date first, Date last, Cell& cells) {
    const auto add = [&](const TaxKey& key, const TaxTotalSum& sum, std::int64_t sign) {
        TaxTotalSum& cell = cells[{first, key.side, key.tax_code, key.rate_ppm}];
        cell.base_minor += sign * sum.base_minor;
        cell.tax_minor += sign * sum.tax_minor;
    };
    for (const auto& [key, sum] : sums.sums(last)) add(key, sum, 1);
    for (const auto& [key, sum] : sums.sums(first.plus_days(-1))) add(key, sum, -1);
}

}  // namespace

Result<ReportTable> run_vat(const Query& query, const ReportRequest& request) {
    const Currency currency = base_currency(query);
    const Date to = last_day(query, request);
    const TaxSums sums = tax_sums_at(query, request.known_at);
    Cell cells;
    for (Date first = first_day(query, request); first <= to;) {
        const Date last = std::min(first.end_of_month(), to);
        add_month(sums, first, last, cells);
        first = last.plus_days(1);
    }
    ReportTable table;
    table.title = "VAT by code and month";
    table.columns = {
        {"month", "From", ValueType::date},
        {"side", "Side"},
        {"tax_code", "Code", ValueType::id},
        {"rate", "Rate", ValueType::rate, Align::right},
        {"base", "Base", ValueType::money, Align::right},
        {"tax", "Tax", ValueType::money, Align::right},
    };
    std::int64_t due = 0;
    for (const auto& [place, sum] : cells) {
        const auto& [month, side, code, rate] = place;
        if (sum.base_minor == 0 && sum.tax_minor == 0) continue;
        due += side == TaxSide::output ? sum.tax_minor : -sum.tax_minor;
        ReportRow row;
        row.key = key_of(place);
        row.cells = {
            month,
            std::string{EnumNameTaxSide(side)},
            code,
            Rate::from_ppm(rate),
            Money::from_minor(sum.base_minor, currency),
            Money::from_minor(sum.tax_minor, currency),
        };
        table.rows.push_back(std::move(row));
    }
    ReportRow total;
    total.kind = RowKind::total;
    total.cells = {
        Value{},
        std::string{"Output less input"},
        Value{},
        Value{},
        Value{},
        Money::from_minor(due, currency)};
    table.rows.push_back(std::move(total));
    return table;
}

Result<Positions> explain_vat(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const Date from = first_day(query, request);
    const Date to = last_day(query, request);
    Positions positions;
    query.scan<taxes>([&](const TaxRow& row) {
        if (row.position >= request.known_at) return;
        const Date day = row.accounting_date;
        if (day < from || day > to) return;
        const Date first = std::max(from, Date::of(day.year(), day.month(), 1));
        const bool is_its = key_of({first, row.side, row.tax_code, row.rate.ppm()}) == key;
        if (is_its) positions.push_back(row.position);
    });
    sort_unique(positions);
    return positions;
}

}  // namespace daybook::accounting
