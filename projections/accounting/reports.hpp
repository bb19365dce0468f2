// What accounting's reports share; accounting.cpp lists them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "projections/accounting/rows.hpp"
#include "projections/core/report.hpp"

namespace daybook::accounting {

using Positions = std::vector<std::uint64_t>;
using Balances = TwoTimeSums<balances, past_balances>;
using TaxSums = TwoTimeSums<tax_totals, past_tax_totals>;

[[nodiscard]] Balances balances_at(const Query&, std::uint64_t known_at);
[[nodiscard]] TaxSums tax_sums_at(const Query&, std::uint64_t known_at);
[[nodiscard]] Currency base_currency(const Query&);
[[nodiscard]] std::string name_of_party(const Query&, const Id& party);
[[nodiscard]] std::string name_of_account(const Query&, const Id& account);
[[nodiscard]] std::map<Id, AccountRow> chart(const Query&);

// The day that a report means: that of the request, or else the last day with a posting.
[[nodiscard]] Date last_day(const Query&, const ReportRequest&);
// The first day of the fiscal year that holds the day, or of its calendar year.
[[nodiscard]] Date first_of_year(const Query&, Date day);
// The positions of the postings of an account from one day to another that were known.
[[nodiscard]] Positions positions_of_account(
    const Query&, const ReportRequest&, const Id& account, Date from
);
void sort_unique(Positions& positions);

// Debits less credits.
[[nodiscard]] inline std::int64_t net_of(const Balance& balance) {
    return balance.debit_minor - balance.credit_minor;
}

Result<ReportTable> run_trial_balance(const Query&, const ReportRequest&);
Result<ReportTable> run_general_ledger(const Query&, const ReportRequest&);
Result<ReportTable> run_journal(const Query&, const ReportRequest&);
Result<ReportTable> run_income_statement(const Query&, const ReportRequest&);
Result<ReportTable> run_balance_sheet(const Query&, const ReportRequest&);
Result<ReportTable> run_aged_receivables(const Query&, const ReportRequest&);
Result<ReportTable> run_aged_payables(const Query&, const ReportRequest&);
Result<ReportTable> run_statement(const Query&, const ReportRequest&);
Result<ReportTable> run_vat(const Query&, const ReportRequest&);

// By account, up to the day.
Result<Positions> explain_account(const Query&, const ReportRequest&, std::string_view key);
// By account, of the days of the income statement.
Result<Positions> explain_income(const Query&, const ReportRequest&, std::string_view key);
// By account, and what is derived from those of income and expenses.
Result<Positions> explain_balance(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_entry(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_receivables(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_payables(const Query&, const ReportRequest&, std::string_view key);
Result<Positions> explain_vat(const Query&, const ReportRequest&, std::string_view key);

// checks.cpp: what must hold at any time.
Result<std::vector<Finding>> check_trial_balance(const Query&);
Result<std::vector<Finding>> check_control_accounts(const Query&);
Result<std::vector<Finding>> check_postings(const Query&);

}  // namespace daybook::accounting
