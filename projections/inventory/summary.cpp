// The movement summary: what there was, what came, what went, what changed its value, what is left.
#include "projections/inventory/reports.hpp"

namespace daybook::inventory {
namespace {

struct Summary {
    PoolSum opening;
    FlowSum flow;
    PoolSum closing;
};

// Moves from one place or pool of an item to another are neither in nor out of it.
bool is_within(MoveReason reason) {
    return reason == MoveReason::transfer || reason == MoveReason::policy_change;
}

FlowSum between(const FlowSum& until, const FlowSum& before) {
    FlowSum sum = until;
    sum.quantity_in -= before.quantity_in;
    sum.quantity_out -= before.quantity_out;
    sum.value_in -= before.value_in;
    sum.value_out -= before.value_out;
    sum.value_changed -= before.value_changed;
    return sum;
}

FlowSum reduced(FlowSum sum) {
    sum.value_changed += sum.value_in - sum.value_out;
    return {.value_changed = sum.value_changed};
}

std::map<std::pair<Id, MoveReason>, FlowSum> flows_between(
    const Query& query, const ReportRequest& request, Date from
) {
    const Id only = id_option(request, "item");
    const Flows all = flows_at(query, request.known_at);
    const auto sums_until = [&](Date day) {
        return only.is_none() ? all.sums(day) : all.sums_under(day, only);
    };
    std::map<std::pair<Id, MoveReason>, FlowSum> sums;
    for (const auto& [key, sum] : sums_until(request.as_of)) sums[{key.item, key.reason}] = sum;
    if (from <= date_min) return sums;
    for (const auto& [key, before] : sums_until(from.plus_days(-1))) {
        FlowSum& sum = sums[{key.item, key.reason}];
        sum = between(sum, before);
    }
    return sums;
}

std::map<Id, Summary> summaries(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "item");
    const Date from = date_option(request, "from", date_min);
    std::map<Id, Summary> all;
    for (auto& [item, sum] : sums_by_item(query, request, request.as_of, only)) {
        all[item].closing = sum;
    }
    if (from > date_min) {
        for (auto& [item, sum] : sums_by_item(query, request, from.plus_days(-1), only)) {
            all[item].opening = sum;
        }
    }
    for (const auto& [key, sum] : flows_between(query, request, from)) {
        FlowSum& flow = all[key.first].flow;
        two_time_detail::add_to(flow, is_within(key.second) ? reduced(sum) : sum);
    }
    return all;
}

bool is_nothing(const Summary& summary) {
    const FlowSum& flow = summary.flow;
    return summary.opening.quantity.is_zero() && summary.opening.value.is_zero() &&
           flow.quantity_in.is_zero() && flow.quantity_out.is_zero() && flow.value_in.is_zero() &&
           flow.value_out.is_zero() && flow.value_changed.is_zero();
}

ReportTable by_item(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Stock movements"};
    table.columns = {
        {"item", "Item", ValueType::id},
        {"name", "Name"},
        {"opening_quantity", "Opening", ValueType::quantity, Align::right},
        {"opening_value", "Opening value", ValueType::money, Align::right},
        {"in_quantity", "In", ValueType::quantity, Align::right},
        {"in_value", "Value in", ValueType::money, Align::right},
        {"out_quantity", "Out", ValueType::quantity, Align::right},
        {"out_value", "Value out", ValueType::money, Align::right},
        {"changed_value", "Cost changes", ValueType::money, Align::right},
        {"closing_quantity", "Closing", ValueType::quantity, Align::right},
        {"closing_value", "Closing value", ValueType::money, Align::right},
    };
    ItemNames names{query};
    Summary total;
    for (const auto& [item, each] : summaries(query, request)) {
        if (is_nothing(each)) continue;
        total.opening.value += each.opening.value;
        total.closing.value += each.closing.value;
        two_time_detail::add_to(total.flow, each.flow);
        table.rows.push_back(
            {.key = to_string(item),
             .cells =
                 {item,
                  names.of(item).name,
                  each.opening.quantity,
                  each.opening.value,
                  each.flow.quantity_in,
                  each.flow.value_in,
                  each.flow.quantity_out,
                  each.flow.value_out,
                  each.flow.value_changed,
                  each.closing.quantity,
                  each.closing.value}}
        );
    }
    table.rows.push_back(
        {.cells =
             {Value{},
              std::string{"Total"},
              Value{},
              total.opening.value,
              Value{},
              total.flow.value_in,
              Value{},
              total.flow.value_out,
              total.flow.value_changed,
              Value{},
              total.closing.value},
         .kind = RowKind::total}
    );
    return table;
}

ReportTable by_reason(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Stock movements by reason"};
    table.columns = {
        {"reason", "Reason"},
        {"in_quantity", "In", ValueType::quantity, Align::right},
        {"in_value", "Value in", ValueType::money, Align::right},
        {"out_quantity", "Out", ValueType::quantity, Align::right},
        {"out_value", "Value out", ValueType::money, Align::right},
        {"changed_value", "Cost changes", ValueType::money, Align::right},
    };
    std::map<MoveReason, FlowSum> sums;
    for (const auto& [key, sum] :
         flows_between(query, request, date_option(request, "from", date_min))) {
        two_time_detail::add_to(sums[key.second], sum);
    }
    for (const auto& [reason, sum] : sums) {
        table.rows.push_back(
            {.key = EnumNameMoveReason(reason),
             .cells =
                 {std::string{EnumNameMoveReason(reason)},
                  sum.quantity_in,
                  sum.value_in,
                  sum.quantity_out,
                  sum.value_out,
                  sum.value_changed}}
        );
    }
    return table;
}

}  // namespace

Result<ReportTable> run_summary(const Query& query, const ReportRequest& request) {
    if (text_option(request, "by", "item") == "reason") return by_reason(query, request);
    return by_item(query, request);
}

// An item's opening and closing stand on all that happened to it; a reason's sums on its days.
Result<Positions> explain_summary(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    if (text_option(request, "by", "item") != "reason") return explain_item(query, request, key);
    const Id only = id_option(request, "item");
    const Date from = date_option(request, "from", date_min);
    Positions positions;
    const auto add = [&](const CardRow& row) {
        const bool counts =
            row.day >= from && row.day <= request.as_of && row.position < request.known_at;
        if (counts && key == EnumNameMoveReason(row.reason)) positions.push_back(row.position);
    };
    if (only.is_none()) query.scan<card>(add);
    if (!only.is_none()) query.scan<card>(only, add);
    return found(std::move(positions), key);
}

Result<Positions> explain_item(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id item, parse_id(key));
    Positions positions;
    each_card_row(query, request, item, [&](const CardRow& row) {
        positions.push_back(row.position);
    });
    return found(std::move(positions), key);
}

}  // namespace daybook::inventory
