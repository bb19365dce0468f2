// The crm's tables: the row types, their columns, and which events change them.
//
// Two kinds of rows. Present rows (parties, leads, deals, ...) say what is known now. History rows
// (party_changes, deal_stage_history, activities) say what each event changed, on which day and at
// which position, so that a report can fold only the facts that were effective by a day and known
// by a position. Of several facts about one thing the one that was learnt last counts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "projections/core/projection.hpp"
#include "projections/core/two_time.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {

// --- Parties

struct PartyRow {
    Id party;
    PartyKind kind = PartyKind::unknown;
    std::string name;
    std::string roles;  // "customer, supplier"
    Id group;
    std::string language;
    std::string country;
    std::string city;   // Of the first address.
    std::string email;  // The first; all are in party_contacts.
    std::string phone;
    std::string vat_id;
    Id responsible;
    std::string territory;
    std::string industry;
    bool is_active = false;
    Id merged_into;
    Date registered_on;
    Date changed_on;  // The latest day of any change.
    std::uint64_t registered_at = 0;
    std::uint64_t changed_at = 0;  // The position of the last change.
};
inline constexpr auto parties = table<PartyRow>(
    "parties",
    key("party", &PartyRow::party),
    column("kind", &PartyRow::kind, &EnumNamePartyKind),
    column("name", &PartyRow::name),
    column("roles", &PartyRow::roles),
    column("group", &PartyRow::group),
    column("language", &PartyRow::language),
    column("country", &PartyRow::country),
    column("city", &PartyRow::city),
    column("email", &PartyRow::email),
    column("phone", &PartyRow::phone),
    column("vat_id", &PartyRow::vat_id),
    column("responsible", &PartyRow::responsible),
    column("territory", &PartyRow::territory),
    column("industry", &PartyRow::industry),
    column("is_active", &PartyRow::is_active),
    column("merged_into", &PartyRow::merged_into),
    column("registered_on", &PartyRow::registered_on)
);

// Which events changed a party, so that an earlier state can be folded again.
struct PartyChangeRow {
    Id party;
    std::uint64_t position = 0;
    Date on;
};
inline constexpr auto party_changes = table<PartyChangeRow>(
    "party_changes",
    key("party", &PartyChangeRow::party),
    key("position", &PartyChangeRow::position),
    column("on", &PartyChangeRow::on)
);

enum class ContactKind : std::uint8_t { email, phone, iban };
[[nodiscard]] const char* name_of(ContactKind kind);
struct PartyContactRow {
    Id party;
    ContactKind kind = ContactKind::email;
    std::uint16_t number = 0;
    std::string value;
};
inline constexpr auto party_contacts = table<PartyContactRow>(
    "party_contacts",
    key("party", &PartyContactRow::party),
    key("kind", &PartyContactRow::kind),
    key("number", &PartyContactRow::number),
    column("kind_name", &PartyContactRow::kind, &name_of),
    column("value", &PartyContactRow::value)
);

struct PartyAddressRow {
    Id party;
    std::uint16_t number = 0;
    AddressPurpose purpose = AddressPurpose::main;
    std::string lines;  // With line breaks between.
    std::string postcode;
    std::string city;
    std::string region;
    std::string country;
};
inline constexpr auto party_addresses = table<PartyAddressRow>(
    "party_addresses",
    key("party", &PartyAddressRow::party),
    key("number", &PartyAddressRow::number),
    column("purpose", &PartyAddressRow::purpose, &EnumNameAddressPurpose),
    column("lines", &PartyAddressRow::lines),
    column("postcode", &PartyAddressRow::postcode),
    column("city", &PartyAddressRow::city),
    column("region", &PartyAddressRow::region),
    column("country", &PartyAddressRow::country)
);

struct RelationRow {
    Id party;
    RelationKind kind = RelationKind::unknown;
    Id other;
    Date since;
    Date until;  // None while it holds.
    std::string title;
};
inline constexpr auto relations = table<RelationRow>(
    "relations",
    key("party", &RelationRow::party),
    key("kind", &RelationRow::kind),
    key("other", &RelationRow::other),
    key("since", &RelationRow::since),
    column("kind_name", &RelationRow::kind, &EnumNameRelationKind),
    column("until", &RelationRow::until),
    column("title", &RelationRow::title)
);

// Folds one event into a party's row: the projection and the reports on the past do the same.
void change(PartyRow& row, const PartyRegistered& event);
void change(PartyRow& row, const PartyAmended& event);

using PartyRows = Rows<PartyRow>;
using PartyChangeRows = Rows<PartyChangeRow>;
using PartyContactRows = Rows<PartyContactRow>;
using PartyAddressRows = Rows<PartyAddressRow>;
void project(PartyRows&, const PartyRegistered&, const EventHeader&);
void project(PartyRows&, const PartyAmended&, const EventHeader&);
void project(PartyRows&, const PartyDeactivated&, const EventHeader&);
void project(PartyRows&, const PartyReactivated&, const EventHeader&);
void project(PartyRows&, const PartiesMerged&, const EventHeader&);
void project(PartyRows&, const PartiesUnmerged&, const EventHeader&);
void project(PartyChangeRows&, const PartyRegistered&, const EventHeader&);
void project(PartyChangeRows&, const PartyAmended&, const EventHeader&);
void project(PartyChangeRows&, const PartyDeactivated&, const EventHeader&);
void project(PartyChangeRows&, const PartyReactivated&, const EventHeader&);
void project(PartyChangeRows&, const PartiesMerged&, const EventHeader&);
void project(PartyChangeRows&, const PartiesUnmerged&, const EventHeader&);
void project(PartyContactRows&, const PartyRegistered&);
void project(PartyContactRows&, const PartyAmended&);
void project(PartyAddressRows&, const PartyRegistered&);
void project(PartyAddressRows&, const PartyAmended&);
void project(Rows<RelationRow>&, const RelationStarted&);
void project(Rows<RelationRow>&, const RelationEnded&);

// --- Interactions and the activity of employees

struct InteractionRow {
    Id interaction;
    InteractionKind kind = InteractionKind::unknown;
    Direction direction = Direction::none;
    Id party;
    Id employee;
    Date on;
    std::uint32_t duration_seconds = 0;
    Outcome outcome = Outcome::none;
    std::string subject;
    std::string text;
    Id lead;
    Id deal;
    Id regarding;
    bool is_retracted = false;
    std::uint64_t position = 0;
};
inline constexpr auto interactions = table<InteractionRow>(
    "interactions",
    key("interaction", &InteractionRow::interaction),
    column("kind", &InteractionRow::kind, &EnumNameInteractionKind),
    column("direction", &InteractionRow::direction, &EnumNameDirection),
    column("party", &InteractionRow::party),
    column("employee", &InteractionRow::employee),
    column("on", &InteractionRow::on),
    column("duration_seconds", &InteractionRow::duration_seconds),
    column("outcome", &InteractionRow::outcome, &EnumNameOutcome),
    column("subject", &InteractionRow::subject),
    column("text", &InteractionRow::text),
    column("lead", &InteractionRow::lead),
    column("deal", &InteractionRow::deal),
    column("regarding", &InteractionRow::regarding),
    column("is_retracted", &InteractionRow::is_retracted)
);

enum class ActivityKind : std::uint8_t {
    call,
    sms,
    email,
    letter,
    meeting,
    note,
    lead_qualified,
    lead_converted,
    deal_opened,
    deal_won,
    deal_lost,
};
[[nodiscard]] const char* name_of(ActivityKind kind);

// What an employee did on a day.
struct ActivityRow {
    Date on;
    std::uint64_t position = 0;
    ActivityKind kind = ActivityKind::note;
    Id employee;
    Id document;  // The interaction, lead or deal.
    std::uint32_t duration_seconds = 0;
    Money amount;
    std::uint64_t retracted_at = UINT64_MAX;  // The position from which it counts no more.
};
inline constexpr auto activities = table<ActivityRow>(
    "activities",
    key("on", &ActivityRow::on),
    key("position", &ActivityRow::position),
    column("kind", &ActivityRow::kind, &name_of),
    column("employee", &ActivityRow::employee),
    column("document", &ActivityRow::document),
    column("duration_seconds", &ActivityRow::duration_seconds),
    column("amount", &ActivityRow::amount)
);

using InteractionRows = Rows<InteractionRow>;
using ActivityRows = Rows<ActivityRow>;
void project(InteractionRows&, ActivityRows&, const InteractionRecorded&, const EventHeader&);
void project(InteractionRows&, ActivityRows&, const InteractionAmended&);
void project(InteractionRows&, ActivityRows&, const InteractionRetracted&, const EventHeader&);

// --- Leads

enum class LeadState : std::uint8_t {
    captured,
    qualified,
    disqualified,
    converted,
    merged,
    retracted,
};
[[nodiscard]] const char* name_of(LeadState state);

struct TouchFields {
    Date on;
    std::string source, medium, campaign, content;
};
// Of a row of activities.
struct ActivityPlace {
    Date on;
    std::uint64_t position = 0;
};
struct LeadRow {
    Id lead;
    LeadState state = LeadState::captured;
    std::string name;
    std::string organisation;
    std::string email;
    std::string phone;
    std::string country;
    Id employee;
    Id reason;
    Date captured_on;
    std::string first_source;
    std::string first_campaign;
    Date last_touch_on;
    std::string last_source;
    std::string last_campaign;
    std::uint32_t touches = 0;
    Id party;  // What it was converted into.
    Id contact;
    Id deal;
    Id merged_into;
    std::vector<ActivityPlace> activities;  // Its qualifications and its conversion.
};
inline constexpr auto leads = table<LeadRow>(
    "leads",
    key("lead", &LeadRow::lead),
    column("state", &LeadRow::state, &name_of),
    column("name", &LeadRow::name),
    column("organisation", &LeadRow::organisation),
    column("email", &LeadRow::email),
    column("phone", &LeadRow::phone),
    column("country", &LeadRow::country),
    column("employee", &LeadRow::employee),
    column("reason", &LeadRow::reason),
    column("captured_on", &LeadRow::captured_on),
    column("first_source", &LeadRow::first_source),
    column("first_campaign", &LeadRow::first_campaign),
    column("last_touch_on", &LeadRow::last_touch_on),
    column("last_source", &LeadRow::last_source),
    column("last_campaign", &LeadRow::last_campaign),
    column("touches", &LeadRow::touches),
    column("party", &LeadRow::party),
    column("contact", &LeadRow::contact),
    column("deal", &LeadRow::deal),
    column("merged_into", &LeadRow::merged_into)
);

using LeadRows = Rows<LeadRow>;
void project(LeadRows&, ActivityRows&, const LeadCaptured&);
void project(LeadRows&, ActivityRows&, const LeadTouched&);
void project(LeadRows&, ActivityRows&, const LeadAssigned&);
void project(LeadRows&, ActivityRows&, const LeadQualified&, const EventHeader&);
void project(LeadRows&, ActivityRows&, const LeadDisqualified&);
void project(LeadRows&, ActivityRows&, const LeadReopened&);
void project(LeadRows&, ActivityRows&, const LeadsMerged&);
void project(LeadRows&, ActivityRows&, const LeadConverted&, const EventHeader&);
void project(LeadRows&, ActivityRows&, const LeadRetracted&, const EventHeader&);

// --- Pipelines and deals

struct PipelineStageRow {
    Id pipeline;
    std::uint32_t version = 0;
    std::uint16_t number = 0;  // The stage's place on the board.
    Id stage;
    std::string name;
    Rate probability;
};
inline constexpr auto pipeline_stages = table<PipelineStageRow>(
    "pipeline_stages",
    key("pipeline", &PipelineStageRow::pipeline),
    key("version", &PipelineStageRow::version),
    key("number", &PipelineStageRow::number),
    column("stage", &PipelineStageRow::stage),
    column("name", &PipelineStageRow::name),
    column("probability", &PipelineStageRow::probability)
);

enum class DealState : std::uint8_t { open, won, lost, retracted };
[[nodiscard]] const char* name_of(DealState state);

struct DealProduct {
    Id item;
    Quantity quantity;
    Money amount;
};

struct DealRow {
    Id deal;
    DealState state = DealState::open;
    Id party;
    Id contact;
    Id owner;
    Id pipeline;
    std::uint32_t pipeline_version = 0;
    Id stage;
    Rate probability;
    std::string title;
    Money amount;
    Date expected_close;
    Date opened_on;
    Date changed_on;              // When it entered its stage or was closed.
    std::uint32_t days_open = 0;  // When it was closed.
    Id reason;
    Id competitor;
    std::string source;
    Id lead;
    Id quotation;
    std::vector<DealProduct> products;
};
inline constexpr auto deals = table<DealRow>(
    "deals",
    key("deal", &DealRow::deal),
    column("state", &DealRow::state, &name_of),
    column("party", &DealRow::party),
    column("contact", &DealRow::contact),
    column("owner", &DealRow::owner),
    column("pipeline", &DealRow::pipeline),
    column("pipeline_version", &DealRow::pipeline_version),
    column("stage", &DealRow::stage),
    column("probability", &DealRow::probability),
    column("title", &DealRow::title),
    column("amount", &DealRow::amount),
    column("expected_close", &DealRow::expected_close),
    column("opened_on", &DealRow::opened_on),
    column("changed_on", &DealRow::changed_on),
    column("days_open", &DealRow::days_open),
    column("reason", &DealRow::reason),
    column("competitor", &DealRow::competitor),
    column("source", &DealRow::source),
    column("lead", &DealRow::lead),
    column("quotation", &DealRow::quotation)
);

// What one event changed of a deal; an empty field was not changed, unless `cleared` names it.
enum class DealStep : std::uint8_t {
    opened,
    moved,
    transferred,
    amended,
    won,
    lost,
    reopened,
    retracted,  // On the day of opening: from its position on the deal never was.
};
[[nodiscard]] const char* name_of(DealStep step);
struct DealStepRow {
    Id deal;
    std::uint64_t position = 0;
    Date on;
    DealStep step = DealStep::opened;
    Id pipeline;
    std::uint32_t pipeline_version = 0;
    Id stage;
    Rate probability;
    Id party;
    Id owner;
    Money amount;
    Id reason;
    std::uint32_t days_in_stage = 0;  // In the stage that it left.
    std::string source;
    std::vector<DealProduct> products;
    std::uint32_t cleared = 0;  // Bits of DealField.
};
inline constexpr auto deal_stage_history = table<DealStepRow>(
    "deal_stage_history",
    key("deal", &DealStepRow::deal),
    key("position", &DealStepRow::position),
    column("on", &DealStepRow::on),
    column("step", &DealStepRow::step, &name_of),
    column("pipeline", &DealStepRow::pipeline),
    column("pipeline_version", &DealStepRow::pipeline_version),
    column("stage", &DealStepRow::stage),
    column("probability", &DealStepRow::probability),
    column("party", &DealStepRow::party),
    column("owner", &DealStepRow::owner),
    column("amount", &DealStepRow::amount),
    column("reason", &DealStepRow::reason),
    column("days_in_stage", &DealStepRow::days_in_stage)
);

// The deals of a pipeline by the day on which they were opened: the cohorts of the funnel.
struct DealOpeningRow {
    Id pipeline;
    Date on;
    Id deal;
    std::uint64_t position = 0;
};
inline constexpr auto deal_openings = table<DealOpeningRow>(
    "deal_openings",
    key("pipeline", &DealOpeningRow::pipeline),
    key("on", &DealOpeningRow::on),
    key("deal", &DealOpeningRow::deal),
    column("position", &DealOpeningRow::position)
);

// The deals that are open now, and every closing by its day and by its position: a deal was open at
// another moment only if it is open now or was closed since.
struct OpenDealRow {
    Id deal;
};
inline constexpr auto open_deals =
    table<OpenDealRow>("open_deals", key("deal", &OpenDealRow::deal));
struct ClosingRow {
    Date on;
    std::uint64_t position = 0;
    Id deal;
};
inline constexpr auto closings = table<ClosingRow>(
    "closings",
    key("on", &ClosingRow::on),
    key("position", &ClosingRow::position),
    column("deal", &ClosingRow::deal)
);
struct ClosingPositionRow {
    std::uint64_t position = 0;
    Id deal;
};
inline constexpr auto closings_by_position = table<ClosingPositionRow>(
    "closings_by_position",
    key("position", &ClosingPositionRow::position),
    column("deal", &ClosingPositionRow::deal)
);

// How many deals of a cohort, those opened in a pipeline on a day, reached each step of it: of any
// day, as known at any position. A deal counts once in a stage however often it entered it, and as
// won while it is.
enum class FunnelStep : std::uint8_t { opened, entered, won };
[[nodiscard]] const char* name_of(FunnelStep step);
struct FunnelKey {
    Id pipeline;
    Date cohort;
    FunnelStep step = FunnelStep::opened;
    Id stage;  // Of `entered`.
    friend auto operator<=>(const FunnelKey&, const FunnelKey&) = default;
};
struct FunnelSum {
    std::int64_t deals = 0;
};
inline constexpr auto funnel_totals = totals_table<FunnelKey, FunnelSum>(
    "funnel_totals",
    key("pipeline", &FunnelKey::pipeline),
    key("cohort", &FunnelKey::cohort),
    key("step", &FunnelKey::step),
    key("stage", &FunnelKey::stage),
    column("deals", &FunnelSum::deals)
);
inline constexpr auto past_funnel_totals = past_totals_table<FunnelKey, FunnelSum>(
    "past_funnel_totals",
    key("pipeline", &FunnelKey::pipeline),
    key("cohort", &FunnelKey::cohort),
    key("step", &FunnelKey::step),
    key("stage", &FunnelKey::stage),
    column("deals", &FunnelSum::deals)
);
using FunnelTotalRow = TotalsRow<FunnelKey, FunnelSum>;
using PastFunnelTotalRow = PastTotalsRow<FunnelKey, FunnelSum>;

// What a deal counted for in the funnel, or counts for no more.
struct FunnelCount {
    FunnelStep step = FunnelStep::opened;
    Id stage;
    Date on;
    std::int64_t deals = 0;
};
struct DealFunnelRow {
    Id deal;
    Id cohort_pipeline;  // In which it was opened; it may be in another one now.
    Id pipeline;
    Date cohort;
    bool is_won = false;
    std::vector<FunnelCount> counts;  // In the order in which they came.
};
inline constexpr auto deal_funnels = table<DealFunnelRow>(
    "deal_funnels",
    key("deal", &DealFunnelRow::deal),
    column("pipeline", &DealFunnelRow::pipeline),
    column("cohort", &DealFunnelRow::cohort),
    column("is_won", &DealFunnelRow::is_won)
);
// Shows what a step of the deal changes in the funnel.
using PostToFunnel = std::function<void(const FunnelKey&, Date, const FunnelSum&)>;
void count_step(DealFunnelRow& deal, const DealStepRow& step, const PostToFunnel& post);

enum class RemarkKind : std::uint8_t { objection, competitor };
[[nodiscard]] const char* name_of(RemarkKind kind);
// Objections raised and competitors met.
struct DealRemarkRow {
    Id deal;
    std::uint64_t position = 0;
    RemarkKind kind = RemarkKind::objection;
    Id code;  // The objection's code or the competitor's party.
    Date on;
    std::string text;
};
inline constexpr auto deal_remarks = table<DealRemarkRow>(
    "deal_remarks",
    key("deal", &DealRemarkRow::deal),
    key("position", &DealRemarkRow::position),
    column("kind", &DealRemarkRow::kind, &name_of),
    column("code", &DealRemarkRow::code),
    column("on", &DealRemarkRow::on),
    column("text", &DealRemarkRow::text)
);

void project(Rows<PipelineStageRow>&, const PipelineDefined&);
void project(Rows<DealOpeningRow>&, const DealOpened&, const EventHeader&);
void project(Rows<DealRemarkRow>&, const ObjectionRaised&, const EventHeader&);
void project(Rows<DealRemarkRow>&, const CompetitorNoted&, const EventHeader&);

using DealRows = Rows<DealRow>;
using DealStepRows = Rows<DealStepRow>;
void project(DealRows&, DealStepRows&, const DealOpened&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealMoved&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealTransferred&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealAmended&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealWon&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealLost&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealReopened&, const EventHeader&);
void project(DealRows&, DealStepRows&, const DealRetracted&, const EventHeader&);
void project(DealRows&, ActivityRows&, const DealOpened&, const EventHeader&);
void project(DealRows&, ActivityRows&, const DealWon&, const EventHeader&);
void project(DealRows&, ActivityRows&, const DealLost&, const EventHeader&);
void project(DealStepRows&, ActivityRows&, const DealRetracted&, const EventHeader&);

void project(Rows<OpenDealRow>&, const DealOpened&);
void project(Rows<OpenDealRow>&, const DealWon&);
void project(Rows<OpenDealRow>&, const DealLost&);
void project(Rows<OpenDealRow>&, const DealReopened&);
void project(Rows<OpenDealRow>&, const DealRetracted&);
void project(Rows<ClosingRow>&, Rows<ClosingPositionRow>&, const DealWon&, const EventHeader&);
void project(Rows<ClosingRow>&, Rows<ClosingPositionRow>&, const DealLost&, const EventHeader&);
// Closed by what was learned then, as far as those are concerned who ask what was known before.
void project(Rows<ClosingPositionRow>&, const DealRetracted&, const EventHeader&);

using DealFunnelRows = Rows<DealFunnelRow>;
using FunnelTotalRows = Rows<FunnelTotalRow>;
using PastFunnelTotalRows = Rows<PastFunnelTotalRow>;
// After deal_stage_history has its row of the event.
template <class DealEvent>
void project(
    DealStepRows& steps,
    DealFunnelRows& counted,
    FunnelTotalRows& totals,
    PastFunnelTotalRows& past,
    const DealEvent& event,
    const EventHeader& header
) {
    const Id id = read(event.deal());
    const DealStepRow* step = steps.find(id, header.position());
    DAYBOOK_ASSERT(step != nullptr);
    count_step(counted.at(id), *step, [&](const FunnelKey& key, Date on, const FunnelSum& sum) {
        add_posting(totals, past, PostingPlace<FunnelKey>{key, on, header.position()}, sum);
    });
}

}  // namespace daybook::crm
