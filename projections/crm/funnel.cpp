// The funnel and the time spent in stages.
//
// A cohort is fixed: the deals that were opened in a period. A deal counts once in each stage that
// it ever entered, and once as won if it is won; being lost takes nothing away. So an answer as of
// a day and known at a position is the same for ever.

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

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
using Funnel = std::map<StepKey, std::int64_t>;

StepKey step_key(const FunnelKey& key, const StageOrder& order, std::string_view by) {
    StepKey step{key.pipeline, period_of(key.cohort, by), opened_number, Id{}};
    if (key.step == FunnelStep::won) step.number = won_number;
    if (key.step == FunnelStep::entered) {
        step.number = order.number(key.pipeline, key.stage) + 1;
        step.stage = key.stage;
    }
    return step;
}

// What an event posts, from the steps of its deal before it.
void funnel_postings(const Query& query, EventBytes event, const PostToFunnel& post) {
    const std::uint64_t position = header_of(event).position();
    DealFunnelRow deal;
    query.scan<deal_stage_history>(read(header_of(event).document()), [&](const DealStepRow& step) {
        if (step.position > position) return false;
        const bool is_event = step.position == position;
        count_step(
            deal, step, is_event ? post : [](const FunnelKey&, Date, const FunnelSum&) {}
        );
        return true;
    });
}

struct Cohorts {
    Id pipeline;  // None: all.
    Date from;
    Date to;
    std::string by;

    [[nodiscard]] bool have(const FunnelKey& key) const {
        return (pipeline.is_none() || key.pipeline == pipeline) && key.cohort >= from &&
               key.cohort <= to;
    }
};

Cohorts cohorts_of(const ReportRequest& request) {
    return {
        id_option(request, "pipeline"),
        date_option(request, "from", date_min),
        date_option(request, "to", date_max),
        text_option(request, "by", "month")};
}

Funnel funnel_of(const Query& query, const ReportRequest& request) {
    const Cohorts cohorts = cohorts_of(request);
    const StageOrder order{query};
    const TwoTimeSums<funnel_totals, past_funnel_totals> totals{
        query, request.known_at, [&](EventBytes event, const PostToFunnel& post) {
            funnel_postings(query, event, post);
        }};
    Funnel funnel;
    for (const auto& [key, sum] : totals.sums(request.as_of)) {
        if (sum.deals != 0 && cohorts.have(key))
            funnel[step_key(key, order, cohorts.by)] += sum.deals;
    }
    return funnel;
}

// What a deal counted for then, and the event by which it came to.
std::map<FunnelKey, std::uint64_t> counts_of(
    const Query& query, const ReportRequest& request, const Id& deal
) {
    DealFunnelRow counted;
    std::map<FunnelKey, std::uint64_t> counts;
    query.scan<deal_stage_history>(deal, [&](const DealStepRow& step) {
        if (step.on > request.as_of || step.position >= request.known_at) return;
        count_step(counted, step, [&](const FunnelKey& key, Date, const FunnelSum& sum) {
            if (sum.deals > 0) counts[key] = step.position;
            if (sum.deals < 0) counts.erase(key);
        });
    });
    return counts;
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
    std::int64_t opened = 0;
    for (const auto& [key, count] : funnel_of(query, request)) {
        if (key.number == opened_number) opened = count;
        const bool is_stage = key.number != opened_number && key.number != won_number;
        table.rows.push_back(
            {.key = key_of(key),
             .cells =
                 {key.pipeline,
                  key.cohort,
                  step_name(key),
                  is_stage ? Value{order.name(key.pipeline, key.stage)} : Value{},
                  count,
                  share_of(static_cast<std::uint64_t>(count), static_cast<std::uint64_t>(opened))}}
        );
    }
    return table;
}

// Walks the deals of the cohorts alone.
Result<std::vector<std::uint64_t>> explain_funnel(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    const Cohorts cohorts = cohorts_of(request);
    const StageOrder order{query};
    std::vector<std::uint64_t> positions;
    const auto add = [&](const DealOpeningRow& opening) {
        for (const auto& [key, position] : counts_of(query, request, opening.deal)) {
            const bool is_wanted =
                cohorts.have(key) && key_of(step_key(key, order, cohorts.by)) == row_key;
            if (is_wanted) positions.push_back(position);
        }
    };
    std::set<Id> pipelines;
    query.scan<pipeline_stages>([&](const PipelineStageRow& row) { pipelines.insert(row.pipeline); }
    );
    for (const Id& pipeline : pipelines) {
        query.scan_between<deal_openings>(
            std::tuple{pipeline, cohorts.from}, std::tuple{pipeline, cohorts.to.plus_days(1)}, add
        );
    }
    sort_unique(positions);
    if (!positions.empty()) return positions;
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
