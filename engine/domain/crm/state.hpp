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
#include "schemas/sales.hpp"

namespace daybook::crm {

using Texts = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;
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

struct Interaction {
    Date on;
    bool is_retracted = false;
};

enum class LeadStatus : std::uint8_t { none, open, disqualified, converted, merged, retracted };
struct Lead {
    LeadStatus status = LeadStatus::none;
    bool is_qualified = false;
    Date first_touch;
    Date changed;  // The day of the last change of status; no later change is dated before it.
    Id employee;
    Id merged_into;
};
// What a conversion will register; forgotten once the lead is converted.
struct LeadContact {
    std::string name;
    std::string organisation;
    std::vector<std::string> emails;
    std::vector<std::string> phones;
    std::string country;
    std::string source, medium, campaign, content;  // Of the first touch.
};

// A set of DealField as bits.
using FieldSet = std::uint32_t;
[[nodiscard]] constexpr FieldSet bit(DealField field) {
    return FieldSet{1} << static_cast<unsigned>(field);
}

struct StageRule {
    Id stage;
    Rate probability;
    FieldSet required = 0;
    std::vector<Id> next;
    bool can_win = true;
};
struct Pipeline {
    std::vector<StageRule> stages;  // In their order; never empty.
    FieldSet won_requires = 0;
    std::vector<Id> lost_reasons;
};
struct PipelineKey {
    Id pipeline;
    std::uint32_t version = 0;
    friend auto operator<=>(const PipelineKey&, const PipelineKey&) = default;
};

enum class DealStatus : std::uint8_t { none, open, won, lost, retracted };
struct Deal {
    DealStatus status = DealStatus::none;
    Id party;
    PipelineKey pipeline;
    Id stage;
    Date opened;
    Date changed;  // When it entered its stage, or was closed. Never before `opened`.
    std::uint32_t days_open = 0;  // In all stages that it has left: the sum of their days.
    Money amount;
    FieldSet has = 0;
};

struct Crm {
    Keyed<Party> parties;
    Sorted<Relation, RelationKey> relations;  // The latest of each pair and kind.
    Keyed<Interaction> interactions;
    Keyed<Lead> leads;
    Keyed<LeadContact> lead_contacts;
    Keyed<std::uint32_t> pipeline_versions;  // The newest of each pipeline.
    Keyed<Pipeline, PipelineKey> pipelines;
    Keyed<Deal> deals;
    Keyed<bool> accepted_quotations;  // Of sales, by the quotation's id.
};

// The party that stands for this one after all merges.
[[nodiscard]] Id resolve(const Crm& state, const Id& party);
// The lead that stands for this one after all merges.
[[nodiscard]] Id resolve_lead(const Crm& state, const Id& lead);
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
[[nodiscard]] Decision check_emails(const Texts* emails);
[[nodiscard]] Decision check_phones(const Texts* phones);
[[nodiscard]] Decision check_country(const flatbuffers::String* country, std::string at);
[[nodiscard]] Decision check_text(std::string_view value, std::string_view at);

// Completes the opening of a deal whose parties were checked: pipeline, stage, probability.
[[nodiscard]] Decision open_deal(const Crm& state, DealOpenedT deal);

Decision decide(const Crm&, const RegisterParty&, const Context&);
Decision decide(const Crm&, const AmendParty&, const Context&);
Decision decide(const Crm&, const DeactivateParty&, const Context&);
Decision decide(const Crm&, const ReactivateParty&, const Context&);
Decision decide(const Crm&, const MergeParties&, const Context&);
Decision decide(const Crm&, const UnmergeParties&, const Context&);
Decision decide(const Crm&, const RelateParties&, const Context&);
Decision decide(const Crm&, const EndRelation&, const Context&);
Decision decide(const Crm&, const RecordInteraction&, const Context&);
Decision decide(const Crm&, const AmendInteraction&, const Context&);
Decision decide(const Crm&, const RetractInteraction&, const Context&);
Decision decide(const Crm&, const CaptureLead&, const Context&);
Decision decide(const Crm&, const TouchLead&, const Context&);
Decision decide(const Crm&, const AssignLead&, const Context&);
Decision decide(const Crm&, const QualifyLead&, const Context&);
Decision decide(const Crm&, const DisqualifyLead&, const Context&);
Decision decide(const Crm&, const ReopenLead&, const Context&);
Decision decide(const Crm&, const MergeLeads&, const Context&);
Decision decide(const Crm&, const ConvertLead&, const Context&);
Decision decide(const Crm&, const RetractLead&, const Context&);
Decision decide(const Crm&, const DefinePipeline&, const Context&);
Decision decide(const Crm&, const OpenDeal&, const Context&);
Decision decide(const Crm&, const MoveDeal&, const Context&);
Decision decide(const Crm&, const TransferDeal&, const Context&);
Decision decide(const Crm&, const AmendDeal&, const Context&);
Decision decide(const Crm&, const RaiseObjection&, const Context&);
Decision decide(const Crm&, const NoteCompetitor&, const Context&);
Decision decide(const Crm&, const WinDeal&, const Context&);
Decision decide(const Crm&, const LoseDeal&, const Context&);
Decision decide(const Crm&, const ReopenDeal&, const Context&);
Decision decide(const Crm&, const RetractDeal&, const Context&);

void apply(Crm&, const PartyRegistered&);
void apply(Crm&, const PartyAmended&);
void apply(Crm&, const PartyDeactivated&);
void apply(Crm&, const PartyReactivated&);
void apply(Crm&, const PartiesMerged&);
void apply(Crm&, const PartiesUnmerged&);
void apply(Crm&, const RelationStarted&);
void apply(Crm&, const RelationEnded&);
void apply(Crm&, const InteractionRecorded&);
void apply(Crm&, const InteractionAmended&);
void apply(Crm&, const InteractionRetracted&);
void apply(Crm&, const LeadCaptured&);
void apply(Crm&, const LeadTouched&);
void apply(Crm&, const LeadAssigned&);
void apply(Crm&, const LeadQualified&);
void apply(Crm&, const LeadDisqualified&);
void apply(Crm&, const LeadReopened&);
void apply(Crm&, const LeadsMerged&);
void apply(Crm&, const LeadConverted&);
void apply(Crm&, const LeadRetracted&);
void apply(Crm&, const PipelineDefined&);
void apply(Crm&, const DealOpened&);
void apply(Crm&, const DealMoved&);
void apply(Crm&, const DealTransferred&);
void apply(Crm&, const DealAmended&);
void apply(Crm&, const ObjectionRaised&);
void apply(Crm&, const CompetitorNoted&);
void apply(Crm&, const DealWon&);
void apply(Crm&, const DealLost&);
void apply(Crm&, const DealReopened&);
void apply(Crm&, const DealRetracted&);

void listen(Crm&, const sales::QuotationAccepted&);
void listen(Crm&, const sales::QuotationCancelled&);

}  // namespace daybook::crm
