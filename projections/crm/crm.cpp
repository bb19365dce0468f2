// The crm's projection: which tables hear of which events, and its reports.

#include "projections/crm/reports.hpp"
#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

constexpr ReportOption board_options[]{
    {"pipeline", ValueType::id, "Only this pipeline", false, {}, "crm.pipeline_stages"},
    {"owner", ValueType::id, "Only the deals of this employee", false, {}, "crm.parties"},
};

constexpr ReportOption funnel_options[]{
    {"pipeline", ValueType::id, "Only this pipeline", false, {}, "crm.pipeline_stages"},
    {"from", ValueType::date, "Deals opened on or after this day"},
    {"to", ValueType::date, "Deals opened on or before this day"},
    {"by", ValueType::text, "The length of a cohort", false, "month, quarter, year, all"},
};

constexpr ReportOption duration_options[]{
    {"pipeline", ValueType::id, "Only this pipeline", false, {}, "crm.pipeline_stages"},
    {"owner", ValueType::id, "Only the deals of this employee", false, {}, "crm.parties"},
};

constexpr ReportOption won_lost_options[]{
    {"by",
     ValueType::text,
     "What to compare",
     false,
     "reason, owner, product, month, quarter, year, region, party, pipeline, source, all"},
    {"from", ValueType::date, "Deals closed on or after this day"},
    {"to", ValueType::date, "Deals closed on or before this day"},
    {"pipeline", ValueType::id, "Only this pipeline", false, {}, "crm.pipeline_stages"},
    {"owner", ValueType::id, "Only the deals of this employee", false, {}, "crm.parties"},
};

constexpr ReportOption activity_options[]{
    {"from", ValueType::date, "On or after this day"},
    {"to", ValueType::date, "On or before this day"},
    {"employee", ValueType::id, "Only this employee", false, {}, "crm.parties"},
};

constexpr ReportOption party_options[]{
    {"role", ValueType::text, "Only parties with this role"},
    {"country", ValueType::text, "Only parties of this country"},
    {"group", ValueType::id, "Only parties of this group"},
    {"active", ValueType::boolean, "Only active parties that are not merged: true by default"},
};

constexpr Report reports[]{
    {
        .name = "pipeline-board",
        .title = "Pipeline board",
        .summary =
            "Open deals by stage: how many, their amount, and their amount times probability.",
        .options = board_options,
        .run = &run_pipeline_board,
        .explain = &explain_pipeline_board,
    },
    {
        .name = "funnel",
        .title = "Funnel",
        .summary = "How many deals of each cohort reached each stage and were won.",
        .options = funnel_options,
        .run = &run_funnel,
        .explain = &explain_funnel,
    },
    {
        .name = "stage-durations",
        .title = "Days in each stage",
        .summary = "How long deals stayed in each stage, and how long those there have been.",
        .options = duration_options,
        .run = &run_durations,
        .explain = &explain_durations,
    },
    {
        .name = "won-lost",
        .title = "Won and lost",
        .summary = "Deals won and lost, their amounts and the win rate, by reason, owner and more.",
        .options = won_lost_options,
        .run = &run_won_lost,
        .explain = &explain_won_lost,
    },
    {
        .name = "activity",
        .title = "Activity by employee",
        .summary = "Calls, e-mails, meetings and deals of each employee.",
        .options = activity_options,
        .run = &run_activity,
        .explain = &explain_activity,
    },
    {
        .name = "parties",
        .title = "Parties",
        .summary = "Customers, suppliers, employees and everybody else, as they were then.",
        .options = party_options,
        .run = &run_parties,
        .explain = &explain_parties,
    },
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<
            Tables<parties, party_changes, party_contacts, party_addresses>,
            Events<
                EventTraits,
                PartyRegistered,
                PartyAmended,
                PartyDeactivated,
                PartyReactivated,
                PartiesMerged,
                PartiesUnmerged>>(),
        projection_of<relations, Events<EventTraits, RelationStarted, RelationEnded>>(),
        projection_of<
            Tables<interactions, activities>,
            Events<EventTraits, InteractionRecorded, InteractionAmended, InteractionRetracted>>(),
        projection_of<
            Tables<leads, activities>,
            Events<
                EventTraits,
                LeadCaptured,
                LeadTouched,
                LeadAssigned,
                LeadQualified,
                LeadDisqualified,
                LeadReopened,
                LeadsMerged,
                LeadConverted,
                LeadRetracted>>(),
        projection_of<pipeline_stages, Events<EventTraits, PipelineDefined>>(),
        projection_of<deal_openings, Events<EventTraits, DealOpened>>(),
        projection_of<deal_remarks, Events<EventTraits, ObjectionRaised, CompetitorNoted>>(),
        projection_of<
            Tables<deals, deal_stage_history>,
            Events<
                EventTraits,
                DealOpened,
                DealMoved,
                DealTransferred,
                DealAmended,
                DealWon,
                DealLost,
                DealReopened,
                DealRetracted>>(),
        projection_of<
            open_deals,
            Events<EventTraits, DealOpened, DealWon, DealLost, DealReopened, DealRetracted>>(),
        projection_of<
            Tables<closings, closings_by_position>,
            Events<EventTraits, DealWon, DealLost>>(),
        projection_of<closings_by_position, Events<EventTraits, DealRetracted>>(),
        projection_of<
            Tables<deal_stage_history, deal_funnels, funnel_totals, past_funnel_totals>,
            Events<
                EventTraits,
                DealOpened,
                DealMoved,
                DealTransferred,
                DealAmended,
                DealWon,
                DealLost,
                DealReopened,
                DealRetracted>>(),
        projection_of<
            Tables<deals, activities>,
            Events<EventTraits, DealOpened, DealWon, DealLost>>(),
        projection_of<Tables<deal_stage_history, activities>, Events<EventTraits, DealRetracted>>()
    )
        .with(std::span<const Report>{reports});

}  // namespace daybook::crm
