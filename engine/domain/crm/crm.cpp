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
        EndRelation>,
    Events<
        EventTraits,
        PartyRegistered,
        PartyAmended,
        PartyDeactivated,
        PartyReactivated,
        PartiesMerged,
        PartiesUnmerged,
        RelationStarted,
        RelationEnded>>();

}  // namespace daybook::crm
