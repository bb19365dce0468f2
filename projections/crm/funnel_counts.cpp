// What each step of a deal changes in the funnel of the cohort that the deal belongs to.
#include <algorithm>
#include <utility>

#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

// Posts, and remembers what was posted.
void count(DealFunnelRow& deal, const FunnelCount& counted, const PostToFunnel& post) {
    deal.counts.push_back(counted);
    const FunnelKey key{deal.cohort_pipeline, deal.cohort, counted.step, counted.stage};
    post(key, counted.on, {counted.deals});
}

bool has_entered(const DealFunnelRow& deal, const Id& stage) {
    return std::ranges::any_of(deal.counts, [&](const FunnelCount& counted) {
        return counted.step == FunnelStep::entered && counted.stage == stage;
    });
}

// Deals stay in the pipeline in which they are until a step names another.
void enter(DealFunnelRow& deal, const DealStepRow& step, const PostToFunnel& post) {
    if (!step.pipeline.is_none()) deal.pipeline = step.pipeline;
    if (std::exchange(deal.is_won, false)) {
        count(deal, {FunnelStep::won, Id{}, step.on, -1}, post);
    }
    if (deal.pipeline != deal.cohort_pipeline) return;
    if (has_entered(deal, step.stage)) return;
    count(deal, {FunnelStep::entered, step.stage, step.on, 1}, post);
}

// On each day the deal counts for nothing any more.
void retract(DealFunnelRow& deal, const PostToFunnel& post) {
    for (FunnelCount counted : std::exchange(deal.counts, {})) {
        counted.deals = -counted.deals;
        count(deal, counted, post);
    }
}

}  // namespace

const char* name_of(FunnelStep step) {
    switch (step) {
        case FunnelStep::opened: return "opened";
        case FunnelStep::entered: return "entered";
        case FunnelStep::won: return "won";
    }
    return "";
}

void count_step(DealFunnelRow& deal, const DealStepRow& step, const PostToFunnel& post) {
    switch (step.step) {
        case DealStep::opened:
            deal.cohort_pipeline = step.pipeline;
            deal.cohort = step.on;
            count(deal, {FunnelStep::opened, Id{}, step.on, 1}, post);
            return enter(deal, step, post);
        case DealStep::moved:
        case DealStep::transferred:
        case DealStep::reopened: return enter(deal, step, post);
        case DealStep::won:
            deal.is_won = true;
            return count(deal, {FunnelStep::won, Id{}, step.on, 1}, post);
        case DealStep::retracted: return retract(deal, post);
        case DealStep::amended:
        case DealStep::lost: return;
    }
}

}  // namespace daybook::crm
