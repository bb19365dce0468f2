// The crm's projection: which tables hear of which events, and its reports.

#include "projections/crm/tables.hpp"

namespace daybook::crm {

extern constinit const Projection projection = join(
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
            LeadConverted>>(),
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
            DealReopened>>(),
    projection_of<Tables<deals, activities>, Events<EventTraits, DealOpened, DealWon, DealLost>>()
);

}  // namespace daybook::crm
