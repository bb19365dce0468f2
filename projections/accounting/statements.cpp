// The income statement of a span of days and the balance sheet of a day. No entry closes a year:
// what earlier years earned is derived, and so is the result of the year.
#include "projections/accounting/reports.hpp"

#include <algorithm>

namespace daybook::accounting {
namespace {

constexpr std::string_view earlier_years = "Retained earnings of earlier years";
constexpr std::string_view this_year = "Result of the year";

struct Section {
    AccountType type;
    std::string_view title;
    std::int64_t sign;  // Shown positive: -1 for what is a credit by nature.
};

std::vector<ReportColumn> statement_columns() {
    return {
        {"section", "Section"},
        {"account", "Account", ValueType::id},
        {"name", "Name"},
        {"amount", "Amount", ValueType::money, Align::right},
    };
}

class Statement {
 public:
    Statement(ReportTable& table, Currency currency) : table_(table), currency_(currency) {}

    void add(RowKind kind, std::vector<Value> names, std::int64_t minor) {
        ReportRow row;
        row.kind = kind;
        row.cells = std::move(names);
        row.cells.push_back(Money::from_minor(minor, currency_));
        table_.rows.push_back(std::move(row));
    }
    void add_account(const Section& section, const AccountRow& account, std::int64_t minor) {
        add(RowKind::line, {std::string{section.title}, account.account, account.name}, minor);
        table_.rows.back().key = to_string(account.account);
    }
    void add_derived(const Section& section, std::string_view name, std::int64_t minor) {
        add(RowKind::line, {std::string{section.title}, Value{}, std::string{name}}, minor);
        table_.rows.back().key = name;
    }
    void add_total(RowKind kind, std::string title, std::int64_t minor) {
        add(kind, {std::move(title), Value{}, Value{}}, minor);
    }

 private:
    ReportTable& table_;
    Currency currency_;
};

using Nets = std::map<Id, std::int64_t>;

Nets nets_between(const Query& query, const ReportRequest& request, Date from, Date to) {
    const Balances at = balances_at(query, request.known_at);
    Nets nets;
    for (const auto& [key, sum] : at.sums(to)) nets[key.account] += net_of(sum);
    if (from <= date_min) return nets;
    for (const auto& [key, sum] : at.sums(from.plus_days(-1))) nets[key.account] -= net_of(sum);
    return nets;
}

std::int64_t add_section(
    Statement& statement,
    const Section& section,
    const std::map<Id, AccountRow>& accounts_by_id,
    const Nets& nets
) {
    std::int64_t total = 0;
    for (const auto& [id, net] : nets) {
        const auto account = accounts_by_id.find(id);
        if (account == accounts_by_id.end() || account->second.type != section.type || net == 0)
            continue;
        statement.add_account(section, account->second, section.sign * net);
        total += section.sign * net;
    }
    return total;
}

bool is_of_result(AccountType type) {
    return type == AccountType::income || type == AccountType::expense;
}

// Income less expenses among these nets.
std::int64_t result_of(const std::map<Id, AccountRow>& accounts_by_id, const Nets& nets) {
    std::int64_t result = 0;
    for (const auto& [id, net] : nets) {
        const auto account = accounts_by_id.find(id);
        if (account == accounts_by_id.end()) continue;
        if (is_of_result(account->second.type)) result -= net;
    }
    return result;
}

Date first_day_of_statement(const Query& query, const ReportRequest& request) {
    return date_option(request, "from", first_of_year(query, last_day(query, request)));
}

}  // namespace

Result<ReportTable> run_income_statement(const Query& query, const ReportRequest& request) {
    const Date from = first_day_of_statement(query, request);
    const Date to = std::max(from, last_day(query, request));
    const auto accounts_by_id = chart(query);
    const Nets nets = nets_between(query, request, from, to);
    ReportTable table;
    table.title = "Income statement " + to_string(from) + " to " + to_string(to);
    table.columns = statement_columns();
    Statement statement{table, base_currency(query)};
    const Section income{AccountType::income, "Income", -1};
    const Section expense{AccountType::expense, "Expenses", 1};
    const std::int64_t earned = add_section(statement, income, accounts_by_id, nets);
    statement.add_total(RowKind::subtotal, "Total income", earned);
    const std::int64_t spent = add_section(statement, expense, accounts_by_id, nets);
    statement.add_total(RowKind::subtotal, "Total expenses", spent);
    statement.add_total(RowKind::total, earned >= spent ? "Profit" : "Loss", earned - spent);
    return table;
}

Result<ReportTable> run_balance_sheet(const Query& query, const ReportRequest& request) {
    const Date day = last_day(query, request);
    const auto accounts_by_id = chart(query);
    const Nets nets = nets_between(query, request, date_min, day);
    const Date first = first_of_year(query, day);
    const std::int64_t result = result_of(accounts_by_id, nets_between(query, request, first, day));
    const std::int64_t earlier = result_of(accounts_by_id, nets) - result;
    ReportTable table;
    table.title = "Balance sheet " + to_string(day);
    table.columns = statement_columns();
    Statement statement{table, base_currency(query)};
    const Section asset{AccountType::asset, "Assets", 1};
    const Section liability{AccountType::liability, "Liabilities", -1};
    const Section equity{AccountType::equity, "Equity", -1};
    const std::int64_t owned = add_section(statement, asset, accounts_by_id, nets);
    statement.add_total(RowKind::total, "Total assets", owned);
    const std::int64_t owed = add_section(statement, liability, accounts_by_id, nets);
    statement.add_total(RowKind::subtotal, "Total liabilities", owed);
    std::int64_t own = add_section(statement, equity, accounts_by_id, nets);
    if (earlier != 0) statement.add_derived(equity, earlier_years, earlier);
    statement.add_derived(equity, this_year, result);
    own += earlier + result;
    statement.add_total(RowKind::subtotal, "Total equity", own);
    statement.add_total(RowKind::total, "Total liabilities and equity", owed + own);
    return table;
}

Result<Positions> explain_income(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id account, parse_id(key));
    return positions_of_account(query, request, account, first_day_of_statement(query, request));
}

Result<Positions> explain_balance(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const bool is_derived = key == this_year || key == earlier_years;
    if (!is_derived) return explain_account(query, request, key);
    const Date first = first_of_year(query, last_day(query, request));
    ReportRequest days = request;
    if (key == earlier_years) days.as_of = first.plus_days(-1);
    Positions positions;
    for (const auto& [id, account] : chart(query)) {
        if (!is_of_result(account.type)) continue;
        const Date from = key == this_year ? first : date_min;
        const Positions more = positions_of_account(query, days, id, from);
        positions.insert(positions.end(), more.begin(), more.end());
    }
    sort_unique(positions);
    return positions;
}

}  // namespace daybook::accounting
