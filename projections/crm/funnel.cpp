// The funnel and the time spent in stages.
//
// A cohort is fixed: the deals that were opened in a period. A deal counts once in each stage that
// it ever entered, and once as won if it is won; being lost takes nothing away. So an answer as of
// a day and known at a position is the same for ever.

#include <algorithm>
#include <set>

#include "projections/crm/reports.hpp"

namespace daybook::crm {
namespace {

constexpr std::uint32_t opened_number = 0;  // Stages follow from 1 in their order.
constexpr std::uint32_t won_number = UINT32_MAX;

struct StepKey {
    Id pipeline;
    std::string cohort;
    std::uint32_t number = 0;
    Id stage;
    friend auto operator<=>(const StepKey&, const StepKey&) = default;
};
struct StepCell {
    std::uint64_t deals = 0;
    std::vector<std::uint64_t> positions;
};
using Funnel = std::map<StepKey, StepCell>;

void count(Funnel& funnel, const StepKey& key, std::uint64_t position) {
    StepCell& cell = funnel[key];
    ++cell.deals;
    cell.positions.push_back(position);
}

void count_deal(
    Funnel& funnel,
    const StageOrder& order,
    const DealOpeningRow& opening,
    std::pair<const DealAsOf&, std::string> deal_of_cohort
) {
    const auto& [deal, cohort] = deal_of_cohort;
    count(funnel, {opening.pipeline, cohort, opened_number, Id{}}, opening.position);
    std::set<Id> entered;
    for (const DealStay& stay : deal.stays) {
        if (stay.pipeline != opening.pipeline || !entered.insert(stay.stage).second) continue;
        const std::uint32_t number = order.number(stay.pipeline, stay.stage) + 1;
        count(funnel, {opening.pipeline, cohort, number, stay.stage}, stay.position);
    }
    if (deal.state == DealState::won) {
        count(funnel, {opening.pipeline, cohort, won_number, Id{}}, deal.positions.back());
    }
}

// Walks the openings of the cohorts alone, and the few steps of each of their deals.
Funnel funnel_of(const Query& query, const ReportRequest& request) {
    const Id only = id_option(request, "pipeline");
    const Date from = date_option(request, "from", date_min);
    const Date to = std::min(date_option(request, "to", date_max), request.as_of);
    const std::string by = text_option(request, "by", "month");
    const StageOrder order{query};
    Funnel funnel;
    std::set<Id> pipelines;
    if (!only.is_none()) pipelines.insert(only);
    if (only.is_none()) {
        query.scan<pipeline_stages>([&](const PipelineStageRow& row) {
            pipelines.insert(row.pipeline);
        });
    }
    for (const Id& pipeline : pipelines) {
        const auto visit = [&](const DealOpeningRow& opening) {
            if (opening.position >= request.known_at) return;
            const auto deal = deal_as_of(query, request, opening.deal);
            if (!deal) return;
            count_deal(funnel, order, opening, {*deal, period_of(opening.on, by)});
        };
        query.scan_between<deal_openings>(
            std::tuple{pipeline, from}, std::tuple{pipeline, to.plus_days(1)}, visit
        );
    }
    return funnel;
}

std::string step_name(const StepKey& key) {
    if (key.number == opened_number) return "opened";
    if (key.number == won_number) return "won";
    return to_string(key.stage);
}

std::string key_of(const StepKey& key) {
    return to_string(key.pipeline) + "|" + key.cohort + "|" + step_name(key);
}

}  // namespace

Result<ReportTable> run_funnel(const Query& query, const ReportRequest& request) {
    const StageOrder order{query};
    ReportTable table;
    table.title = "Funnel";
    table.columns = {
        {"pipeline", "Pipeline", ValueType::id},
        {"cohort", "Opened in"},
        {"step", "Step"},
        {"name", "Name"},
        {"deals", "Deals", ValueType::integer, Align::right},
        {"share", "Of the cohort", ValueType::rate, Align::right},
    };
    std::uint64_t opened = 0;
    for (const auto& [key, cell] : funnel_of(query, request)) {
        if (key.number == opened_number) opened = cell.deals;
        const bool is_stage = key.number != opened_number && key.number != won_number;
        table.rows.push_back(
            {.key = key_of(key),
             .cells =
                 {key.pipeline,
                  key.cohort,
                  step_name(key),
                  is_stage ? Value{order.name(key.pipeline, key.stage)} : Value{},
                  static_cast<std::int64_t>(cell.deals),
                  share_of(cell.deals, opened)}}
        );
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain_funnel(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (auto& [key, cell] : funnel_of(query, request)) {
        if (key_of(key) != row_key) continue;
        std::vector<std::uint64_t> positions = cell.positions;
        sort_unique(positions);
        return positions;
    }
    return Error{ErrorCode::not_found, "the funnel has no line " + std::string{row_key}};
}

namespace {

struct StageKey {
    Id pipeline;
    std::uint32_t number = 0;
    Id stage;
    friend auto operator<=>(const StageKey&, const StageKey&) = default;
};
struct StageCell {
    std::vector<std::int64_t> ended;    // Days of each stay that is over.
    std::vector<std::int64_t> present;  // Days until the day of the report, of those that are not.
    std::vector<std::uint64_t> positions;
};
using Durations = std::map<StageKey, StageCell>;

Durations durations_of(const Query& query, const ReportRequest& request) {
    const Id pipeline = id_option(request, "pipeline");
    const Id owner = id_option(request, "owner");
    const StageOrder order{query};
    Durations durations;
    for_each_deal(query, request, [&](const DealAsOf& deal) {
        if (!owner.is_none() && deal.owner != owner) return;
        for (const DealStay& stay : deal.stays) {
            if (!pipeline.is_none() && stay.pipeline != pipeline) continue;
            const std::uint32_t number = order.number(stay.pipeline, stay.stage);
            StageCell& cell = durations[{stay.pipeline, number, stay.stage}];
            cell.positions.push_back(stay.position);
            if (stay.left.is_none()) {
                // Without a day to count to, its age is not known.
                const bool has_day = request.as_of != date_max;
                cell.present.push_back(has_day ? request.as_of.days() - stay.entered.days() : 0);
            } else {
                cell.ended.push_back(stay.left.days() - stay.entered.days());
            }
        }
    });
    for (auto& [key, cell] : durations) std::ranges::sort(cell.ended);
    return durations;
}

// Days with decimals: quantities have three, which is exact enough for a mean.
Value mean_of(const std::vector<std::int64_t>& days) {
    if (days.empty()) return {};
    std::int64_t sum = 0;
    for (const std::int64_t each : days) sum += each;
    const auto count = static_cast<std::int64_t>(days.size());
    return Quantity::from_milli((sum * 1000 + count / 2) / count);
}
Value median_of(const std::vector<std::int64_t>& sorted) {
    if (sorted.empty()) return {};
    const std::size_t middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) return Quantity::from_milli(sorted[middle] * 1000);
    return Quantity::from_milli((sorted[middle - 1] + sorted[middle]) * 500);
}

}  // namespace

Result<ReportTable> run_durations(const Query& query, const ReportRequest& request) {
    const StageOrder order{query};
    ReportTable table;
    table.title = "Days in each stage";
    table.columns = {
        {"pipeline", "Pipeline", ValueType::id},
        {"stage", "Stage", ValueType::id},
        {"name", "Name"},
        {"ended", "Left", ValueType::integer, Align::right},
        {"mean_days", "Mean days", ValueType::quantity, Align::right},
        {"median_days", "Median days", ValueType::quantity, Align::right},
        {"longest_days", "Longest", ValueType::integer, Align::right},
        {"present", "There now", ValueType::integer, Align::right},
        {"present_mean_days", "Mean age", ValueType::quantity, Align::right},
    };
    for (const auto& [key, cell] : durations_of(query, request)) {
        table.rows.push_back(
            {.key = to_string(key.pipeline) + "|" + to_string(key.stage),
             .cells =
                 {key.pipeline,
                  key.stage,
                  order.name(key.pipeline, key.stage),
                  static_cast<std::int64_t>(cell.ended.size()),
                  mean_of(cell.ended),
                  median_of(cell.ended),
                  cell.ended.empty() ? Value{} : Value{cell.ended.back()},
                  static_cast<std::int64_t>(cell.present.size()),
                  request.as_of == date_max ? Value{} : mean_of(cell.present)}}
        );
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain_durations(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (const auto& [key, cell] : durations_of(query, request)) {
        if (to_string(key.pipeline) + "|" + to_string(key.stage) != row_key) continue;
        std::vector<std::uint64_t> positions = cell.positions;
        sort_unique(positions);
        return positions;
    }
    return Error{ErrorCode::not_found, "no deal was in stage " + std::string{row_key}};
}

}  // namespace daybook::crm
