// What was learned between two positions: each figure of a day that is another now, from old to
// new, with the event that changed it and who caused that.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "projections/core/known_at.hpp"
#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

enum class Figure : std::uint8_t { stock_value, cost_of_sales, account };

struct Change {
    Date day;
    Figure figure = Figure::stock_value;
    Id id;  // Of the item, or of the account.
    std::uint64_t position = 0;
    std::string what;
    Id cause;
    Money amount;
    Money before;
};

bool is_of_sales(MoveReason reason) {
    return reason == MoveReason::delivery || reason == MoveReason::customer_return;
}

std::string what_of(const CardRow& row) {
    std::string text = EnumNameMoveReason(row.reason);
    if (row.kind == CardKind::restated) text += " of " + to_string(row.date) + " restated";
    std::ranges::replace(text, '_', ' ');
    return text;
}

// The row that has the value of a change, which may be on another day than its quantity.
CardRow valued_row(const Query& query, const KnownRow& change) {
    const auto row = query.find<card>(change.item, change.day, change.position, change.line);
    if (!row) return {};
    if (row->day == row->accounting_date) return *row;
    return query.find<card>(change.item, row->accounting_date, change.position, change.line)
        .value_or(*row);
}

struct Span {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

Result<Span> span_of(const Query& query, const ReportRequest& request) {
    Span span;
    DAYBOOK_TRY(span.from, position_known_at(query.log(), text_option(request, "from")));
    DAYBOOK_TRY(span.to, position_known_at(query.log(), text_option(request, "to")));
    span.to = std::min({span.to, request.known_at, query.position()});
    return span;
}

std::vector<Change> changes_between(
    const Query& query, const ReportRequest& request, const Span& span
) {
    const Id item = id_option(request, "item");
    std::vector<Change> changes;
    query.scan_between<known_changes>(
        std::tuple{span.from},
        std::tuple{span.to},
        [&](const KnownRow& known) {
            if (!item.is_none() && known.item != item) return;
            const CardRow row = valued_row(query, known);
            if (row.value.is_zero() || row.accounting_date > request.as_of) return;
            Change change{
                .day = row.accounting_date,
                .id = row.item,
                .position = row.position,
                .what = what_of(row),
                .cause = row.source.is_none() ? row.movement : row.source,
                .amount = row.value};
            changes.push_back(change);
            if (!is_of_sales(row.reason)) return;
            change.figure = Figure::cost_of_sales;
            change.amount = -row.value;
            changes.push_back(change);
        }
    );
    if (!item.is_none()) return changes;
    query.scan_between<account_changes>(
        std::tuple{span.from},
        std::tuple{span.to},
        [&](const AccountChangeRow& row) {
            if (row.day > request.as_of) return;
            changes.push_back(
                {.day = row.day,
                 .figure = Figure::account,
                 .id = row.account,
                 .position = row.position,
                 .what = "entry",
                 .cause = row.source,
                 .amount = row.amount}
            );
        }
    );
    return changes;
}

// What the figures of a day were before.
class Before {
 public:
    Before(const Query& query, std::uint64_t known_at)
        : pools_(pools_at(query, known_at)),
          flows_(flows_at(query, known_at)),
          accounts_(account_values_at(query, known_at)) {}

    [[nodiscard]] Money of(const Change& change) const {
        Money figure = until(change, change.day);
        figure -= until(change, change.day.plus_days(-1));
        return figure;
    }

 private:
    [[nodiscard]] Money until(const Change& change, Date day) const {
        Money sum;
        if (change.figure == Figure::account) return accounts_.sum({change.id}, day).balance;
        if (change.figure == Figure::stock_value) {
            for (const auto& [key, pool] : pools_.sums_under(day, change.id)) sum += pool.value;
            return sum;
        }
        for (const MoveReason reason : {MoveReason::delivery, MoveReason::customer_return}) {
            const FlowSum flow = flows_.sum({change.id, reason}, day);
            sum += flow.value_out - flow.value_in;
        }
        return sum;
    }

    Pools pools_;
    Flows flows_;
    AccountValues accounts_;
};

// Joins the changes of one figure by one event, and says what it was before each.
std::vector<Change> told(std::vector<Change> changes, const Before& before) {
    const auto place = [](const Change& change) {
        return std::tuple{change.day, change.figure, change.id, change.position};
    };
    std::ranges::stable_sort(changes, {}, place);
    std::vector<Change> joined;
    for (Change& change : changes) {
        if (!joined.empty() && place(joined.back()) == place(change)) {
            joined.back().amount += change.amount;
            continue;
        }
        const bool goes_on = !joined.empty() && joined.back().day == change.day &&
                             joined.back().figure == change.figure && joined.back().id == change.id;
        change.before = goes_on ? joined.back().before + joined.back().amount : before.of(change);
        joined.push_back(std::move(change));
    }
    std::erase_if(joined, [](const Change& change) { return change.amount.is_zero(); });
    return joined;
}

std::string name_of(Figure figure) {
    switch (figure) {
        case Figure::stock_value: return "stock value";
        case Figure::cost_of_sales: return "cost of sales";
        case Figure::account: return "account";
    }
    return "";
}

}  // namespace

Result<ReportTable> run_what_changed(const Query& query, const ReportRequest& request) {
    DAYBOOK_TRY(const Span span, span_of(query, request));
    ReportTable table{.title = fmt::format("What changed between {} and {}", span.from, span.to)};
    table.columns = {
        {"day", "Day", ValueType::date},
        {"figure", "Figure"},
        {"id", "Item or account", ValueType::id},
        {"old", "Old", ValueType::money, Align::right},
        {"new", "New", ValueType::money, Align::right},
        {"difference", "Difference", ValueType::money, Align::right},
        {"what", "What"},
        {"cause", "Cause", ValueType::id},
        {"actor", "By", ValueType::id},
        {"position", "Position", ValueType::integer, Align::right},
    };
    if (span.from >= span.to) return table;
    const Before before{query, span.from};
    std::map<std::uint64_t, Id> actors;
    for (const Change& change : told(changes_between(query, request, span), before)) {
        const auto [actor, is_new] = actors.try_emplace(change.position);
        if (is_new) {
            DAYBOOK_TRY(const EventBytes event, query.event(change.position));
            actor->second = read(&header_of(event).actor());
        }
        table.rows.push_back(
            {.key = std::to_string(change.position),
             .cells =
                 {change.day,
                  name_of(change.figure),
                  change.id,
                  change.before,
                  change.before + change.amount,
                  change.amount,
                  change.what,
                  value_of(change.cause),
                  value_of(actor->second),
                  static_cast<std::int64_t>(change.position)}}
        );
    }
    return table;
}

// The event, and the one that it reacts to.
Result<Positions> explain_what_changed(
    const Query& query, const ReportRequest&, std::string_view key
) {
    std::uint64_t position = 0;
    const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), position);
    if (problem != std::errc{} || end != key.data() + key.size()) return found({}, key);
    DAYBOOK_TRY(const EventBytes event, query.event(position));
    const EventHeader& header = header_of(event);
    Positions positions{position};
    if (header.cause_index() < header.batch_count()) {
        positions.push_back(position - header.batch_index() + header.cause_index());
    }
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
