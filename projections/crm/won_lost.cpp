// Deals won and lost: by reason, owner, product, month, region and more.

#include <algorithm>
#include <set>

#include "projections/crm/reports.hpp"

namespace daybook::crm {
namespace {

struct ClosedCell {
    std::uint64_t won = 0;
    std::uint64_t lost = 0;
    std::uint64_t days = 0;  // From opening to winning, of all that were won.
    Sum won_amount;
    Sum lost_amount;
    std::vector<std::uint64_t> positions;

    void join(const ClosedCell& other, Currency currency) {
        won += other.won;
        lost += other.lost;
        days += other.days;
        won_amount.join(other.won_amount, currency);
        lost_amount.join(other.lost_amount, currency);
        positions.insert(positions.end(), other.positions.begin(), other.positions.end());
    }
};
using Closed = std::map<std::string, ByCurrency<ClosedCell>>;

// Regions are the territories of employees, as they were registered by then.
class Regions {
 public:
    Regions(const Query& query, const ReportRequest& request) : query_(query), request_(request) {}

    std::string of(const Id& employee) {
        const auto [place, is_new] = regions_.try_emplace(employee);
        if (!is_new) return place->second;
        const auto row = query_.find<parties>(employee);
        if (!row) return place->second;
        const auto known = party_as_of(query_, request_, *row);
        if (known.ok() && known.value()) place->second = known.value()->territory;
        return place->second;
    }

 private:
    const Query& query_;
    const ReportRequest& request_;
    std::map<Id, std::string> regions_;
};

std::string group_of(const DealAsOf& deal, std::string_view by, Regions& regions) {
    if (by == "owner") return to_string(deal.owner);
    if (by == "region") return regions.of(deal.owner);
    if (by == "party") return to_string(deal.party);
    if (by == "pipeline") return to_string(deal.pipeline);
    if (by == "source") return deal.source;
    if (by == "month" || by == "quarter" || by == "year" || by == "all") {
        return period_of(deal.closed_on, by);
    }
    return deal.state == DealState::won ? "won" : to_string(deal.reason);
}

void count(Closed& closed, const std::string& group, const DealAsOf& deal, const Money& amount) {
    ClosedCell& cell = closed[group][amount.currency()];
    if (deal.state == DealState::won) {
        ++cell.won;
        cell.won_amount.add(amount);
        cell.days += static_cast<std::uint64_t>(deal.closed_on.days() - deal.opened_on.days());
    } else {
        ++cell.lost;
        cell.lost_amount.add(amount);
    }
    cell.positions.insert(cell.positions.end(), deal.positions.begin(), deal.positions.end());
}

// A deal of several products counts under each of them; its amount goes to the only one, or is
// taken from the products' own amounts.
void count_products(Closed& closed, const DealAsOf& deal) {
    if (deal.products.empty()) return count(closed, "", deal, deal.amount);
    for (const DealProduct& product : deal.products) {
        const bool is_only = deal.products.size() == 1;
        count(closed, to_string(product.item), deal, is_only ? deal.amount : product.amount);
    }
}

Closed closed_deals(const Query& query, const ReportRequest& request) {
    const std::string by = text_option(request, "by", "reason");
    const Date from = date_option(request, "from", date_min);
    const Date to = date_option(request, "to", date_max);
    const Id pipeline = id_option(request, "pipeline");
    const Id owner = id_option(request, "owner");
    Regions regions{query, request};
    Closed closed;
    for_each_closed_deal(query, request, {from, to}, [&](const DealAsOf& deal) {
        if (!pipeline.is_none() && deal.pipeline != pipeline) return;
        if (!owner.is_none() && deal.owner != owner) return;
        if (by == "product") {
            count_products(closed, deal);
        } else {
            count(closed, group_of(deal, by, regions), deal, deal.amount);
        }
    });
    join_amountless(closed);
    return closed;
}

std::string key_of(const std::string& group, Currency currency) {
    return group + "|" + std::string{code_of(currency)};
}

ReportRow row_of(const std::string& group, const ClosedCell& cell) {
    const auto won = static_cast<std::int64_t>(cell.won);
    const auto days = static_cast<std::int64_t>(cell.days);
    return {
        .cells = {
            group.empty() ? Value{} : Value{group},
            won,
            cell.won_amount.value(),
            static_cast<std::int64_t>(cell.lost),
            cell.lost_amount.value(),
            share_of(cell.won, cell.won + cell.lost),
            won == 0 ? Value{} : Value{Quantity::from_milli((days * 1000 + won / 2) / won)}}};
}

}  // namespace

Result<ReportTable> run_won_lost(const Query& query, const ReportRequest& request) {
    const std::string by = text_option(request, "by", "reason");
    ReportTable table;
    table.title = "Won and lost by " + by;
    table.columns = {
        {by, std::string{by}},
        {"won", "Won", ValueType::integer, Align::right},
        {"won_amount", "Won amount", ValueType::money, Align::right},
        {"lost", "Lost", ValueType::integer, Align::right},
        {"lost_amount", "Lost amount", ValueType::money, Align::right},
        {"win_rate", "Win rate", ValueType::rate, Align::right},
        {"mean_days", "Mean days to win", ValueType::quantity, Align::right},
    };
    ByCurrency<ClosedCell> total;
    for (const auto& [group, cells] : closed_deals(query, request)) {
        for (const auto& [currency, cell] : cells) {
            table.rows.push_back(row_of(group, cell));
            table.rows.back().key = key_of(group, currency);
            total[currency].join(cell, currency);
        }
    }
    for (const auto& [currency, cell] : total) {
        table.rows.push_back(row_of("Total", cell));
        table.rows.back().kind = RowKind::total;
    }
    if (by == "product") {
        table.notes.push_back("A deal of several products counts once under each of them.");
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain_won_lost(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (const auto& [group, cells] : closed_deals(query, request)) {
        for (const auto& [currency, cell] : cells) {
            if (key_of(group, currency) != row_key) continue;
            std::vector<std::uint64_t> positions = cell.positions;
            sort_unique(positions);
            return positions;
        }
    }
    return Error{ErrorCode::not_found, "no deal was closed under " + std::string{row_key}};
}

}  // namespace daybook::crm
