// What the crm's rules remember, and the rules that its files share. Nothing here is shown to
// anybody: names and texts stay in the events, except those that a lead's conversion still needs.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/decision.hpp"
#include "engine/domain/module.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Party {
    PartyKind kind = PartyKind::unknown;
    bool is_active = false;
    bool is_employee = false;
    Id merged_into;       // None unless another party stands for this one; never a circle.
    int merge_depth = 0;  // The longest chain of merges that ever ended here.
};

struct RelationKey {
    Id party;
    RelationKind kind = RelationKind::unknown;
    Id other;
    friend auto operator<=>(const RelationKey&, const RelationKey&) = default;
};
struct Relation {
    Date since;
    Date until;  // None while it holds.
};

struct Crm {
    Keyed<Party> parties;
    Sorted<Relation, RelationKey> relations;  // The latest of each pair and kind.
};

// The party that stands for this one after all merges.
[[nodiscard]] Id resolve(const Crm& state, const Id& party);
// The command's date, or today.
[[nodiscard]] inline Date day_or_today(const wire::Date* given, const Context& context) {
    const Date day = read_or_none(given);
    return day.is_none() ? context.today : day;
}
[[nodiscard]] inline Decision refuse(
    Refusal rule, std::string at, std::string found, std::string needed
) {
    return {rule, Reason{std::move(at), std::move(found), std::move(needed)}};
}

// Each answers an empty decision when the rule holds. `at` names the field.
[[nodiscard]] Decision check_id(const Id& id, std::string_view at);
[[nodiscard]] Decision check_known_party(const Crm& state, const Id& party, std::string_view at);
[[nodiscard]] Decision check_active_party(const Crm& state, const Id& party, std::string_view at);
[[nodiscard]] Decision check_employee(const Crm& state, const Id& employee, std::string_view at);
[[nodiscard]] Decision check_text(std::string_view value, std::string_view at);

Decision decide(const Crm&, const RegisterParty&, const Context&);
Decision decide(const Crm&, const AmendParty&, const Context&);
Decision decide(const Crm&, const DeactivateParty&, const Context&);
Decision decide(const Crm&, const ReactivateParty&, const Context&);
Decision decide(const Crm&, const MergeParties&, const Context&);
Decision decide(const Crm&, const UnmergeParties&, const Context&);
Decision decide(const Crm&, const RelateParties&, const Context&);
Decision decide(const Crm&, const EndRelation&, const Context&);

void apply(Crm&, const PartyRegistered&);
void apply(Crm&, const PartyAmended&);
void apply(Crm&, const PartyDeactivated&);
void apply(Crm&, const PartyReactivated&);
void apply(Crm&, const PartiesMerged&);
void apply(Crm&, const PartiesUnmerged&);
void apply(Crm&, const RelationStarted&);
void apply(Crm&, const RelationEnded&);

}  // namespace daybook::crm
