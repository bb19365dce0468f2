// The crm as one module: every command and every event of its schema. The rules are in the files
// beside this one, one for each kind of thing.

#include "schemas/crm.hpp"
#include "engine/domain/crm/state.hpp"
#include "engine/domain/module.hpp"

namespace daybook::crm {

extern constinit const Module module = module_of<
    Crm,
    Commands<
        CommandTraits,
        RegisterParty,
        AmendParty,
        DeactivateParty,
        ReactivateParty,
        MergeParties,
        UnmergeParties,
        RelateParties,
        EndRelation,
        RecordInteraction,
        AmendInteraction,
        RetractInteraction,
        CaptureLead,
        TouchLead,
        AssignLead,
        QualifyLead,
        DisqualifyLead,
        ReopenLead,
        MergeLeads,
        ConvertLead,
        DefinePipeline,
        OpenDeal,
        MoveDeal,
        TransferDeal,
        AmendDeal,
        RaiseObjection,
        NoteCompetitor,
        WinDeal,
        LoseDeal,
        ReopenDeal,
        RetractDeal>,
    Events<
        EventTraits,
        PartyRegistered,
        PartyAmended,
        PartyDeactivated,
        PartyReactivated,
        PartiesMerged,
        PartiesUnmerged,
        RelationStarted,
        RelationEnded,
        InteractionRecorded,
        InteractionAmended,
        InteractionRetracted,
        LeadCaptured,
        LeadTouched,
        LeadAssigned,
        LeadQualified,
        LeadDisqualified,
        LeadReopened,
        LeadsMerged,
        LeadConverted,
        PipelineDefined,
        DealOpened,
        DealMoved,
        DealTransferred,
        DealAmended,
        ObjectionRaised,
        CompetitorNoted,
        DealWon,
        DealLost,
        DealReopened,
        DealRetracted>,
    Listens<sales::EventTraits, sales::QuotationAccepted, sales::QuotationCancelled>>();

}  // namespace daybook::crm
