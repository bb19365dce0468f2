// The trial balance: what each account was debited and credited with up to a day.
#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

void add_row(ReportTable& table, std::vector<Value> names, const Balance& sum, Currency currency) {
    const auto money = [&](std::int64_t minor) {
        return Value{Money::from_minor(minor, currency)};
    };
    const std::int64_t net = net_of(sum);
    ReportRow row;
    row.cells = std::move(names);
    row.cells.push_back(money(sum.debit_minor));
    row.cells.push_back(money(sum.credit_minor));
    row.cells.push_back(net > 0 ? money(net) : Value{});
    row.cells.push_back(net < 0 ? money(-net) : Value{});
    table.rows.push_back(std::move(row));
}

}  // namespace

Result<ReportTable> run_trial_balance(const Query& query, const ReportRequest& request) {
    const Currency currency = base_currency(query);
    const auto accounts_by_id = chart(query);
    ReportTable table;
    table.title = "Trial balance";
    table.columns = {
        {"account", "Account", ValueType::id},
        {"name", "Name"},
        {"debit", "Debit", ValueType::money, Align::right},
        {"credit", "Credit", ValueType::money, Align::right},
        {"debit_balance", "Debit balance", ValueType::money, Align::right},
        {"credit_balance", "Credit balance", ValueType::money, Align::right},
    };
    Balance total;
    std::int64_t debit_balances = 0;
    std::int64_t credit_balances = 0;
    for (const auto& [key, sum] : balances_at(query, request.known_at).sums(request.as_of)) {
        const auto account = accounts_by_id.find(key.account);
        const std::string name = account == accounts_by_id.end() ? "" : account->second.name;
        add_row(table, {key.account, name}, sum, currency);
        table.rows.back().key = to_string(key.account);
        total.debit_minor += sum.debit_minor;
        total.credit_minor += sum.credit_minor;
        (net_of(sum) > 0 ? debit_balances : credit_balances) += net_of(sum);
    }
    add_row(table, {Value{}, std::string{"Total"}}, total, currency);
    ReportRow& last = table.rows.back();
    last.kind = RowKind::total;
    last.cells[4] = Money::from_minor(debit_balances, currency);
    last.cells[5] = Money::from_minor(-credit_balances, currency);
    return table;
}

}  // namespace daybook::accounting
