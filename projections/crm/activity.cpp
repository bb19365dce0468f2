// What employees did: calls, meetings, letters, deals won; and the list of parties.

#include <algorithm>
#include <array>

#include "projections/crm/reports.hpp"

namespace daybook::crm {
namespace {

constexpr std::array activity_kinds{
    ActivityKind::call,
    ActivityKind::sms,
    ActivityKind::email,
    ActivityKind::letter,
    ActivityKind::meeting,
    ActivityKind::note,
    ActivityKind::lead_qualified,
    ActivityKind::lead_converted,
    ActivityKind::deal_opened,
    ActivityKind::deal_won,
    ActivityKind::deal_lost,
};

struct ActivityCell {
    std::array<std::int64_t, activity_kinds.size()> counts{};
    std::int64_t seconds = 0;
    Sum won;
    std::vector<std::uint64_t> positions;

    void join(const ActivityCell& other, Currency currency) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        seconds += other.seconds;
        won.join(other.won, currency);
        positions.insert(positions.end(), other.positions.begin(), other.positions.end());
    }
};
using Activity = std::map<Id, ByCurrency<ActivityCell>>;

// Walks the activities of the days asked for, and no others.
Activity activity_of(const Query& query, const ReportRequest& request) {
    const Date from = date_option(request, "from", date_min);
    const Date to = std::min(date_option(request, "to", date_max), request.as_of);
    const Id only = id_option(request, "employee");
    Activity activity;
    const auto visit = [&](const ActivityRow& row) {
        if (row.position >= request.known_at || request.known_at > row.retracted_at) return;
        if (row.employee.is_none() || (!only.is_none() && row.employee != only)) return;
        const bool is_won = row.kind == ActivityKind::deal_won;
        ActivityCell& cell =
            activity[row.employee][is_won ? row.amount.currency() : Currency::none];
        ++cell.counts[static_cast<std::size_t>(row.kind)];
        cell.seconds += row.duration_seconds;
        if (is_won) cell.won.add(row.amount);
        cell.positions.push_back(row.position);
    };
    query.scan_between<activities>(std::tuple{from}, std::tuple{to.plus_days(1)}, visit);
    join_amountless(activity);
    return activity;
}

std::string key_of(const Id& employee, Currency currency) {
    return to_string(employee) + "|" + std::string{code_of(currency)};
}

std::string name_of(const Query& query, const Id& party) {
    const auto row = query.find<parties>(party);
    return row ? row->name : std::string{};
}

}  // namespace

Result<ReportTable> run_activity(const Query& query, const ReportRequest& request) {
    ReportTable table;
    table.title = "Activity by employee";
    table.columns = {{"employee", "Employee", ValueType::id}, {"name", "Name"}};
    constexpr std::array titles{
        "Calls",
        "SMS",
        "E-mails",
        "Letters",
        "Meetings",
        "Notes",
        "Leads qualified",
        "Leads converted",
        "Deals opened",
        "Deals won",
        "Deals lost"};
    constexpr std::array names{
        "calls",
        "sms",
        "emails",
        "letters",
        "meetings",
        "notes",
        "leads_qualified",
        "leads_converted",
        "deals_opened",
        "deals_won",
        "deals_lost"};
    static_assert(titles.size() == activity_kinds.size());
    static_assert(names.size() == activity_kinds.size());
    for (std::size_t i = 0; i < titles.size(); ++i) {
        table.columns.push_back({names[i], titles[i], ValueType::integer, Align::right});
    }
    table.columns.push_back({"minutes", "Minutes", ValueType::integer, Align::right});
    table.columns.push_back({"won_amount", "Won", ValueType::money, Align::right});

    for (const auto& [employee, cells] : activity_of(query, request)) {
        for (const auto& [currency, cell] : cells) {
            ReportRow row;
            row.key = key_of(employee, currency);
            row.cells = {employee, name_of(query, employee)};
            for (const std::int64_t count : cell.counts) row.cells.emplace_back(count);
            row.cells.emplace_back((cell.seconds + 30) / 60);
            row.cells.push_back(cell.won.value());
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain_activity(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (const auto& [employee, cells] : activity_of(query, request)) {
        for (const auto& [currency, cell] : cells) {
            if (key_of(employee, currency) != row_key) continue;
            std::vector<std::uint64_t> positions = cell.positions;
            sort_unique(positions);
            return positions;
        }
    }
    return Error{ErrorCode::not_found, "no activity of " + std::string{row_key}};
}

namespace {

// "customer" among "customer, supplier".
bool has_role(const std::string& roles, const std::string& wanted) {
    return (", " + roles + ",").find(", " + wanted + ",") != std::string::npos;
}

}  // namespace

Result<ReportTable> run_parties(const Query& query, const ReportRequest& request) {
    const std::string role = text_option(request, "role");
    const std::string country = text_option(request, "country");
    const Id group = id_option(request, "group");
    const bool only_active = boolean_option(request, "active", true);
    ReportTable table;
    table.title = "Parties";
    table.columns = {
        {"party", "Party", ValueType::id},
        {"kind", "Kind"},
        {"name", "Name"},
        {"roles", "Roles"},
        {"country", "Country"},
        {"city", "City"},
        {"group", "Group", ValueType::id},
        {"responsible", "Responsible", ValueType::id},
        {"merged_into", "Merged into", ValueType::id},
        {"is_active", "Active", ValueType::boolean},
    };
    std::optional<Error> failure;
    query.scan<parties>([&](const PartyRow& present) {
        auto known = party_as_of(query, request, present);
        if (!known.ok()) {
            failure = known.error();
            return false;
        }
        if (!known.value()) return true;
        const PartyRow& row = *known.value();
        if (only_active && (!row.is_active || !row.merged_into.is_none())) return true;
        if (!role.empty() && !has_role(row.roles, role)) return true;
        if (!country.empty() && row.country != country) return true;
        if (!group.is_none() && row.group != group) return true;
        table.rows.push_back(
            {.key = to_string(row.party),
             .cells =
                 {row.party,
                  std::string{EnumNamePartyKind(row.kind)},
                  row.name,
                  row.roles,
                  row.country,
                  row.city,
                  value_of(row.group),
                  value_of(row.responsible),
                  value_of(row.merged_into),
                  row.is_active}}
        );
        return true;
    });
    if (failure) return *failure;
    return table;
}

Result<std::vector<std::uint64_t>> explain_parties(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    DAYBOOK_TRY(const Id party, parse_id(row_key));
    std::vector<std::uint64_t> positions;
    query.scan<party_changes>(party, [&](const PartyChangeRow& row) {
        if (row.on <= request.as_of && row.position < request.known_at) {
            positions.push_back(row.position);
        }
    });
    if (positions.empty()) {
        return Error{ErrorCode::not_found, "no party " + std::string{row_key} + " by then"};
    }
    return positions;
}

}  // namespace daybook::crm
