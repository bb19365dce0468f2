// The parties that crm registered, as far as sales asks.

#include "engine/domain/sales/parties.hpp"

#include <algorithm>

#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {

Id standing_for(const Sales& state, Id party) {
    for (std::size_t steps = 0; steps <= state.parties.size(); ++steps) {
        const Party* found = state.parties.find(party);
        if (found == nullptr || found->merged_into.is_none()) return party;
        party = found->merged_into;
    }
    constexpr bool chain_of_merges_has_an_end = false;
    DAYBOOK_ASSERT(chain_of_merges_has_an_end);
    return party;
}

Judged<Id> party_for_document(const Sales& state, Id party) {
    if (party.is_none()) {
        return Refused{Refusal::party_missing, {"party", "none", "a party"}};
    }
    if (!state.parties.contains(party)) {
        return Refused{
            Refusal::party_unknown, {"party", to_string(party), "a party that is registered"}};
    }
    const Id standing = standing_for(state, party);
    if (!state.parties.get(standing).is_active) {
        return Refused{
            Refusal::party_inactive, {"party", to_string(standing), "a party that is active"}};
    }
    return standing;
}

std::vector<Id> merged_with(const Sales& state, Id party) {
    std::vector<Id> all{party};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Party* found = state.parties.find(all[i]);
        if (found == nullptr) continue;
        all.insert(all.end(), found->merged.begin(), found->merged.end());
    }
    return all;
}

void listen(Sales& state, const crm::PartyRegistered& event) {
    state.parties.at(read(event.party())).is_active = true;
}
void listen(Sales& state, const crm::PartyDeactivated& event) {
    state.parties.at(read(event.party())).is_active = false;
}
void listen(Sales& state, const crm::PartyReactivated& event) {
    state.parties.at(read(event.party())).is_active = true;
}
void listen(Sales& state, const crm::PartiesMerged& event) {
    const Id into = read(event.into());
    const Id from = read(event.from());
    DAYBOOK_ASSERT(into != from);
    state.parties.at(from).merged_into = into;
    state.parties.at(into).merged.push_back(from);
}
void listen(Sales& state, const crm::PartiesUnmerged& event) {
    const Id from = read(event.from());
    state.parties.at(from).merged_into = Id{};
    std::erase(state.parties.at(read(event.into())).merged, from);
}

}  // namespace daybook::sales
