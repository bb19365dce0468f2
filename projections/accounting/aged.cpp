// Open items by age, as they were open on a day with the knowledge had at a position: each item
// falls into the bucket of the days since it was due, so that the buckets add up to the control
// accounts.
#include <array>
#include <set>

#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

constexpr std::size_t bucket_count = 5;
constexpr std::array<std::string_view, bucket_count> bucket_names = {
    "not_due",
    "days_1_30",
    "days_31_60",
    "days_61_90",
    "days_over_90",
};
constexpr std::array<std::string_view, bucket_count> bucket_titles = {
    "Not due",
    "1-30 days",
    "31-60 days",
    "61-90 days",
    "Over 90 days",
};

std::size_t bucket_of(Date due, Date day) {
    const std::int32_t days = day.days() - due.days();
    if (due.is_none() || days <= 0) return 0;
    if (days <= 30) return 1;
    if (days <= 60) return 2;
    return days <= 90 ? 3 : 4;
}

struct Aged {
    std::array<std::int64_t, bucket_count> minor{};
    std::int64_t total = 0;

    void add(std::size_t bucket, std::int64_t amount) {
        minor[bucket] += amount;
        total += amount;
    }
};

struct Moment {
    Date day;
    std::uint64_t known_at;
};

// What was open of an item then, in base currency. Only an item that changed later, or that was not
// known to have changed, needs its changes.
std::int64_t open_then(const Query& query, const ItemRow& item, const Moment& moment) {
    if (item.accounting_date > moment.day || item.position >= moment.known_at) return 0;
    const bool all_known = moment.known_at >= query.position();
    if (all_known && (item.changed_on.is_none() || item.changed_on <= moment.day)) {
        return item.open_base_minor;
    }
    const bool settled_then = !item.settled_on.is_none() && item.settled_on <= moment.day;
    if (settled_then && item.settled_at < moment.known_at) return 0;
    std::int64_t open = item.base_minor;
    query.scan<item_changes>(item.document, item.part, [&](const ItemChangeRow& change) {
        if (change.date <= moment.day && change.position < moment.known_at)
            open += change.base_minor;
    });
    return open;
}

struct ItemPlace {
    Id party;
    Id document;
    std::uint16_t part = 0;
    friend auto operator<=>(const ItemPlace&, const ItemPlace&) = default;
};
using ItemPlaces = std::set<ItemPlace>;

// The items that can have been open then, of one party or of all: those that are open now, and
// those that were changed later or by what was learnt later. What was settled before is not looked
// at, however much that is.
ItemPlaces places_then(const Query& query, const Moment& moment, const Id& party) {
    ItemPlaces places;
    const auto add = [&](const auto& row) {
        if (party.is_none() || row.party == party)
            places.insert({row.party, row.document, row.part});
    };
    if (party.is_none()) {
        query.scan<open_items>(add);
    } else {
        query.scan<open_items>(party, add);
    }
    if (moment.day < date_max) {
        query.scan_between<item_changes_by_day>(
            std::tuple{moment.day.plus_days(1)}, std::tuple{date_max.plus_days(1)}, add
        );
    }
    if (moment.known_at < query.position()) {
        query.scan_between<item_changes_by_position>(
            std::tuple{moment.known_at}, std::tuple{query.position()}, add
        );
    }
    return places;
}

using UseItem = std::function<void(const ItemRow&, std::int64_t open_minor)>;

void each_open_item(
    const Query& query,
    const Moment& moment,
    std::pair<ControlKind, Id> kind_and_party,
    const UseItem& use
) {
    const auto& [kind, party] = kind_and_party;
    const auto accounts_by_id = chart(query);
    for (const ItemPlace& place : places_then(query, moment, party)) {
        const auto item = query.find<items>(place.party, place.document, place.part);
        if (!item) continue;
        const auto account = accounts_by_id.find(item->account);
        if (account == accounts_by_id.end() || account->second.control != kind) continue;
        const std::int64_t open = open_then(query, *item, moment);
        if (open != 0) use(*item, open);
    }
}

std::int64_t sign_of(ControlKind kind) {
    return kind == ControlKind::receivable ? 1 : -1;
}

void add_row(ReportTable& table, std::vector<Value> names, const Aged& aged, Currency currency) {
    ReportRow row;
    row.cells = std::move(names);
    for (const std::int64_t minor : aged.minor) {
        row.cells.push_back(minor == 0 ? Value{} : Value{Money::from_minor(minor, currency)});
    }
    row.cells.emplace_back(Money::from_minor(aged.total, currency));
    table.rows.push_back(std::move(row));
}

std::vector<ReportColumn> aged_columns() {
    std::vector<ReportColumn> columns = {{"party", "Party", ValueType::id}, {"name", "Name"}};
    for (std::size_t i = 0; i < bucket_count; ++i) {
        columns.push_back(
            {std::string{bucket_names[i]},
             std::string{bucket_titles[i]},
             ValueType::money,
             Align::right}
        );
    }
    columns.push_back({"open", "Open", ValueType::money, Align::right});
    return columns;
}

// The parties with the most open first, when only so many are wanted.
std::vector<std::pair<Id, Aged>> first_of(const std::map<Id, Aged>& by_party, std::int64_t top) {
    std::vector<std::pair<Id, Aged>> parties(by_party.begin(), by_party.end());
    if (top <= 0 || static_cast<std::size_t>(top) >= parties.size()) return parties;
    std::ranges::stable_sort(parties, [](const auto& a, const auto& b) {
        return a.second.total > b.second.total;
    });
    parties.resize(static_cast<std::size_t>(top));
    return parties;
}

Result<ReportTable> run_aged(const Query& query, const ReportRequest& request, ControlKind kind) {
    const Moment moment{last_day(query, request), request.known_at};
    const Currency currency = base_currency(query);
    const Id wanted = id_option(request, "party");
    std::map<Id, Aged> by_party;
    Aged total;
    each_open_item(query, moment, {kind, wanted}, [&](const ItemRow& item, std::int64_t open) {
        const std::size_t bucket = bucket_of(item.due, moment.day);
        by_party[item.party].add(bucket, sign_of(kind) * open);
        total.add(bucket, sign_of(kind) * open);
    });
    ReportTable table;
    table.title = kind == ControlKind::receivable ? "Aged receivables" : "Aged payables";
    table.title += " " + to_string(moment.day);
    table.columns = aged_columns();
    const auto shown = first_of(by_party, integer_option(request, "top", 0));
    for (const auto& [party, aged] : shown) {
        add_row(table, {party, name_of_party(query, party)}, aged, currency);
        table.rows.back().key = to_string(party);
    }
    add_row(table, {Value{}, std::string{"Total"}}, total, currency);
    table.rows.back().kind = RowKind::total;
    if (shown.size() < by_party.size()) {
        table.notes.push_back(
            "The total is that of all " + std::to_string(by_party.size()) + " parties."
        );
    }
    return table;
}

Result<Positions> explain_aged(
    const Query& query, const ReportRequest& request, ControlKind kind, std::string_view key
) {
    DAYBOOK_TRY(const Id party, parse_id(key));
    const Moment moment{last_day(query, request), request.known_at};
    Positions positions;
    each_open_item(query, moment, {kind, party}, [&](const ItemRow& item, std::int64_t) {
        positions.push_back(item.position);
        // Of all its instalments: the entry opened them together.
        query.scan<item_changes>(item.document, [&](const ItemChangeRow& change) {
            const bool counts = change.date <= moment.day && change.position < moment.known_at;
            if (counts) positions.push_back(change.position);
        });
    });
    sort_unique(positions);
    if (positions.empty())
        return Error{ErrorCode::not_found, "nothing was open of " + std::string{key}};
    return positions;
}

}  // namespace

Result<ReportTable> run_aged_receivables(const Query& query, const ReportRequest& request) {
    return run_aged(query, request, ControlKind::receivable);
}
Result<ReportTable> run_aged_payables(const Query& query, const ReportRequest& request) {
    return run_aged(query, request, ControlKind::payable);
}
Result<Positions> explain_receivables(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    return explain_aged(query, request, ControlKind::receivable, key);
}
Result<Positions> explain_payables(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    return explain_aged(query, request, ControlKind::payable, key);
}

}  // namespace daybook::accounting
