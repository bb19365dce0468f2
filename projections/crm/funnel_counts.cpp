// What each step of a deal changes in the funnel of the cohort that the deal belongs to.
#include <algorithm>
#include <utility>

#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

// Deals stay in the pipeline in which they are until a step names another.
void enter(DealFunnelRow& deal, const DealStepRow& step, const PostToFunnel& post) {
    if (!step.pipeline.is_none()) deal.pipeline = step.pipeline;
    if (std::exchange(deal.is_won, false)) {
        post({deal.cohort_pipeline, deal.cohort, FunnelStep::won, Id{}}, step.on, {-1});
    }
    if (deal.pipeline != deal.cohort_pipeline) return;
    if (std::ranges::find(deal.entered, step.stage) != deal.entered.end()) return;
    deal.entered.push_back(step.stage);
    post({deal.cohort_pipeline, deal.cohort, FunnelStep::entered, step.stage}, step.on, {1});
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
            post({step.pipeline, step.on, FunnelStep::opened, Id{}}, step.on, {1});
            return enter(deal, step, post);
        case DealStep::moved:
        case DealStep::transferred:
        case DealStep::reopened: return enter(deal, step, post);
        case DealStep::won:
            deal.is_won = true;
            return post({deal.cohort_pipeline, deal.cohort, FunnelStep::won, Id{}}, step.on, {1});
        case DealStep::amended:
        case DealStep::lost: return;
    }
}

}  // namespace daybook::crm
