// The value of the stock is what the ledger's stock accounts show, on any day and as known at any
// position; and what must hold of the rows themselves.
#include <fmt/format.h>

#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

struct Proof {
    Money stock;
    Money ledger;
};

// The account that a value is booked on: that of what is valued apart, else of the posting group,
// else the one for all others.
Id account_of(const std::map<Id, Id>& accounts, const GroupValueKey& key) {
    for (const Id& wanted : {key.scope, key.posting_group}) {
        const auto account = accounts.find(wanted);
        if (!wanted.is_none() && account != accounts.end()) return account->second;
    }
    const auto account = accounts.find(Id{});
    return account == accounts.end() ? Id{} : account->second;
}

std::map<Id, Proof> proofs(const Query& query, Date as_of, std::uint64_t known_at) {
    std::map<Id, Id> accounts;
    std::map<Id, Proof> all;
    query.scan<stock_accounts>([&](const StockAccountRow& row) {
        accounts.emplace(row.key, row.account);
    });
    for (const auto& [key, sum] : group_values_at(query, known_at).sums(as_of)) {
        all[account_of(accounts, key)].stock += sum.value;
    }
    for (const auto& [key, sum] : account_values_at(query, known_at).sums(as_of)) {
        const auto account = query.find<goods_accounts>(key.account);
        if (account && account->is_stock) all[key.account].ledger += sum.balance;
    }
    return all;
}

}  // namespace

Result<ReportTable> run_proof(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Stock and ledger"};
    table.columns = {
        {"account", "Account", ValueType::id},
        {"stock_value", "Stock value", ValueType::money, Align::right},
        {"ledger", "Ledger", ValueType::money, Align::right},
        {"difference", "Difference", ValueType::money, Align::right},
    };
    Proof total;
    for (const auto& [account, proof] : proofs(query, request.as_of, request.known_at)) {
        if (proof.stock.is_zero() && proof.ledger.is_zero()) continue;
        total.stock += proof.stock;
        total.ledger += proof.ledger;
        table.rows.push_back(
            {.key = to_string(account),
             .cells = {value_of(account), proof.stock, proof.ledger, proof.stock - proof.ledger}}
        );
    }
    table.rows.push_back(
        {.cells = {std::string{"Total"}, total.stock, total.ledger, total.stock - total.ledger},
         .kind = RowKind::total}
    );
    return table;
}

Result<Positions> explain_proof(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id account, parse_id(key));
    Positions positions;
    query.scan<account_days>(account, [&](const AccountDayRow& row) {
        const bool counts = row.day <= request.as_of && row.position < request.known_at;
        if (counts) positions.push_back(row.position);
    });
    return found(std::move(positions), key);
}

Result<std::vector<Finding>> check_accounts(const Query& query) {
    std::vector<Finding> findings;
    bool follows = false;
    query.scan<stock_accounts>([&](const StockAccountRow&) {
        follows = true;
        return false;
    });
    if (!follows) return findings;
    for (const auto& [account, proof] : proofs(query, date_max, query.position())) {
        if (proof.stock.minor() == proof.ledger.minor()) continue;
        findings.push_back(
            {"stock account " + to_string(account),
             fmt::format(
                 "the ledger has {}, the stock is worth {}",
                 to_string(proof.ledger),
                 to_string(proof.stock)
             )}
        );
    }
    return findings;
}

Result<std::vector<Finding>> check_movements(const Query& query) {
    std::map<Id, PoolSum> by_card;
    query.scan<card>([&](const CardRow& row) {
        PoolSum& sum = by_card[row.item];
        sum.quantity += row.quantity;
        sum.value += row.value;
    });
    std::map<Id, Quantity> by_place;
    for (const auto& [key, sum] : places_at(query, query.position()).sums(date_max)) {
        by_place[key.item] += sum.quantity;
    }
    std::vector<Finding> findings;
    const auto compare = [&](const Id& item, const std::string& what, auto is, auto should) {
        if (is == should) return;
        findings.push_back(
            {what + " of " + to_string(item),
             fmt::format("is {}, its movements add up to {}", to_string(is), to_string(should))}
        );
    };
    for (const auto& [item, sum] : sums_by_item(query, {}, date_max, {})) {
        const PoolSum& moved = by_card[item];
        compare(item, "quantity", sum.quantity, moved.quantity);
        compare(item, "quantity at all places", by_place[item], moved.quantity);
        if (sum.value.minor() != moved.value.minor()) {
            compare(item, "value", sum.value, moved.value);
        }
    }
    return findings;
}

// No more is reserved at a place, or at all that is inside it, than lies there.
Result<std::vector<Finding>> check_reservations(const Query& query) {
    std::map<Id, Id> parents;
    query.scan<locations>([&](const LocationRow& row) { parents[row.location] = row.parent; });
    struct Sums {
        Quantity on_hand;
        Quantity reserved;
    };
    std::map<Id, std::map<Id, Sums>> by_item;  // And place.
    query.scan<reservations>([&](const ReservationRow& row) {
        if (row.open.is_zero()) return;
        for (Id at = row.location; !at.is_none(); at = parents[at]) {
            by_item[row.item][at].reserved += row.open;
        }
    });
    if (by_item.empty()) return std::vector<Finding>{};
    for (const auto& [key, sum] : places_at(query, query.position()).sums(date_max)) {
        const auto item = by_item.find(key.item);
        if (item == by_item.end()) continue;
        for (Id at = key.location; !at.is_none(); at = parents[at]) {
            item->second[at].on_hand += sum.quantity;
        }
    }
    std::vector<Finding> findings;
    for (const auto& [item, places_of_item] : by_item) {
        for (const auto& [place, sums] : places_of_item) {
            if (sums.reserved.is_zero() || sums.reserved <= sums.on_hand) continue;
            findings.push_back(
                {fmt::format("{} at {}", to_string(item), to_string(place)),
                 fmt::format(
                     "{} are reserved, {} are there",
                     to_string(sums.reserved),
                     to_string(sums.on_hand)
                 )}
            );
        }
    }
    return findings;
}

// Less than nothing lies only where a rule allows it, or did when it left.
Result<std::vector<Finding>> check_shortages(const Query& query) {
    const auto is_allowed = [&](const Id& item) {
        const Id group = query.find<items>(item).value_or(ItemRow{}).group;
        for (const Id& of : {group, Id{}}) {
            const auto rules = query.find<stock_rules>(of);
            if (rules && rules->ever_allowed_negative) return true;
        }
        return false;
    };
    std::vector<Finding> findings;
    for (const auto& [key, sum] : places_at(query, query.position()).sums(date_max)) {
        if (!sum.quantity.is_negative() || is_allowed(key.item)) continue;
        findings.push_back(
            {fmt::format("{} at {}", to_string(key.item), to_string(key.location)),
             to_string(sum.quantity) + " are there, and no rule allows less than nothing"}
        );
    }
    return findings;
}

}  // namespace daybook::inventory
