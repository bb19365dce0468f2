// What must hold at any time: debits equal credits, a control account is the sum of its open items,
// and the balances are the sums of the postings.
#include <fmt/format.h>

#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

Finding differing(std::string where, std::int64_t is, std::int64_t should_be) {
    return {std::move(where), fmt::format("is {} minor units, should be {}", is, should_be)};
}

std::map<Id, std::int64_t> nets_now(const Query& query) {
    std::map<Id, std::int64_t> nets;
    for (const auto& [key, sum] : balances_at(query, query.position()).sums(date_max)) {
        nets[key.account] = net_of(sum);
    }
    return nets;
}

}  // namespace

Result<std::vector<Finding>> check_trial_balance(const Query& query) {
    std::int64_t total = 0;
    for (const auto& [account, net] : nets_now(query)) total += net;
    std::vector<Finding> findings;
    if (total != 0) findings.push_back(differing("trial balance: debits less credits", total, 0));
    return findings;
}

Result<std::vector<Finding>> check_control_accounts(const Query& query) {
    std::map<Id, std::int64_t> open;
    query.scan<items>([&](const ItemRow& item) { open[item.account] += item.open_base_minor; });
    const auto nets = nets_now(query);
    std::vector<Finding> findings;
    for (const auto& [id, account] : chart(query)) {
        if (account.control == ControlKind::none) continue;
        const auto net = nets.find(id);
        const std::int64_t balance = net == nets.end() ? 0 : net->second;
        if (balance == open[id]) continue;
        findings.push_back(differing(
            "control account " + to_string(id) + " against its open items", balance, open[id]
        ));
    }
    return findings;
}

Result<std::vector<Finding>> check_postings(const Query& query) {
    std::map<Id, std::int64_t> sums;
    query.scan<postings>([&](const PostingRow& row) { sums[row.account] += row.base_minor; });
    std::vector<Finding> findings;
    for (const auto& [account, net] : nets_now(query)) {
        if (net == sums[account]) continue;
        findings.push_back(differing(
            "balance of " + to_string(account) + " against its postings", net, sums[account]
        ));
    }
    return findings;
}

}  // namespace daybook::accounting
