// Leads: somebody who may become a customer. Each touch is an event of its own, so the first is
// never overwritten; a conversion registers whoever is missing and opens the deal in one batch.

#include <algorithm>
#include <utility>

#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr const char* status_name(LeadStatus status) {
    switch (status) {
        case LeadStatus::none: return "unknown";
        case LeadStatus::open: return "open";
        case LeadStatus::disqualified: return "disqualified";
        case LeadStatus::converted: return "converted";
        case LeadStatus::merged: return "merged";
        case LeadStatus::retracted: return "retracted";
    }
    return "unknown";
}

Decision check_lead(const Crm& state, const Id& lead) {
    if (state.leads.contains(lead)) return {};
    return refuse(Refusal::lead_unknown, "lead", to_string(lead), "a lead that was captured");
}

Decision check_not_retracted(const Crm& state, const Id& lead) {
    if (auto no = check_lead(state, lead); no.is_refused()) return no;
    if (state.leads.get(lead).status != LeadStatus::retracted) return {};
    return refuse(
        Refusal::lead_is_closed,
        "lead",
        to_string(lead) + ", retracted",
        "one that is not retracted"
    );
}

Decision check_not_before(const Lead& lead, Date on) {
    if (on >= lead.changed) return {};
    return refuse(
        Refusal::before_previous_change,
        "on",
        to_string(on),
        "a day not before " + to_string(lead.changed)
    );
}

Decision check_open(const Crm& state, const Id& lead, std::string_view at) {
    if (auto no = check_lead(state, lead); no.is_refused()) return no;
    const LeadStatus status = state.leads.get(lead).status;
    if (status == LeadStatus::open) return {};
    return refuse(
        Refusal::lead_is_closed,
        std::string{at},
        to_string(lead) + ", " + status_name(status),
        "an open lead"
    );
}

// Open, and the change is not dated before the last one.
Decision check_change(const Crm& state, const Id& lead, Date on) {
    if (auto no = check_open(state, lead, "lead"); no.is_refused()) return no;
    return check_not_before(state.leads.get(lead), on);
}

bool is_empty(const Touch* touch) {
    return touch == nullptr || (text(touch->source()).empty() && text(touch->medium()).empty() &&
                                text(touch->campaign()).empty() && text(touch->content()).empty());
}

std::unique_ptr<TouchT> unpack(const Touch* touch) {
    return is_empty(touch) ? nullptr : std::unique_ptr<TouchT>{touch->UnPack()};
}

std::unique_ptr<TouchT> first_touch_of(const LeadContact& contact) {
    if (contact.source.empty() && contact.medium.empty() && contact.campaign.empty() &&
        contact.content.empty()) {
        return nullptr;
    }
    auto touch = std::make_unique<TouchT>();
    touch->source = contact.source;
    touch->medium = contact.medium;
    touch->campaign = contact.campaign;
    touch->content = contact.content;
    return touch;
}

// Who a conversion speaks of; a party that is unknown yet will be registered.
struct Conversion {
    Id lead;
    Id party;
    Id contact;
    Date on;
};

Decision check_parties(const Crm& state, const Conversion& conversion) {
    if (auto no = check_id(conversion.party, "party"); no.is_refused()) return no;
    if (state.parties.contains(conversion.party)) {
        auto no = check_active_party(state, conversion.party, "party");
        if (no.is_refused()) return no;
    }
    if (state.parties.contains(conversion.contact)) {
        auto no = check_active_party(state, conversion.contact, "contact");
        if (no.is_refused()) return no;
    }
    if (conversion.contact == conversion.party) {
        return refuse(
            Refusal::relation_with_itself,
            "contact",
            to_string(conversion.contact),
            "another party than party"
        );
    }
    return {};
}

PartyRegisteredT organisation_of(const LeadContact& lead, const Conversion& conversion) {
    const bool is_person = conversion.contact.is_none() && lead.organisation.empty();
    PartyRegisteredT event;
    event.party = conversion.party;
    event.kind = is_person ? PartyKind::person : PartyKind::organisation;
    event.name = lead.organisation.empty() ? lead.name : lead.organisation;
    event.roles = {Role::prospect};
    event.country = lead.country;
    if (conversion.contact.is_none()) {
        event.emails = lead.emails;
        event.phones = lead.phones;
    }
    event.on = conversion.on;
    return event;
}

PartyRegisteredT person_of(const LeadContact& lead, const Conversion& conversion) {
    PartyRegisteredT event;
    event.party = conversion.contact;
    event.kind = PartyKind::person;
    event.name = lead.name;
    event.country = lead.country;
    event.emails = lead.emails;
    event.phones = lead.phones;
    event.on = conversion.on;
    return event;
}

// The parties that the conversion must register, and the relation between them.
void add_parties(const Crm& state, const Conversion& conversion, Decision& decision) {
    const LeadContact lead = state.lead_contacts.get(conversion.lead);
    const Id employee = state.leads.get(conversion.lead).employee;
    if (!state.parties.contains(conversion.party)) {
        PartyRegisteredT party = organisation_of(lead, conversion);
        party.responsible = employee;
        decision.add(std::move(party));
    }
    if (conversion.contact.is_none()) return;
    if (!state.parties.contains(conversion.contact)) {
        PartyRegisteredT contact = person_of(lead, conversion);
        contact.responsible = employee;
        decision.add(std::move(contact));
    }
    const RelationKey key{conversion.contact, RelationKind::contact_of, conversion.party};
    if (state.relations.contains(key)) return;
    RelationStartedT relation;
    relation.party = key.party;
    relation.kind = key.kind;
    relation.other = key.other;
    relation.since = conversion.on;
    decision.add(std::move(relation));
}

}  // namespace

Id resolve_lead(const Crm& state, const Id& lead) {
    Id standing = lead;
    // A merged lead can take part in no other merge, so the chain has no circle.
    for (const Lead* found = state.leads.find(standing);
         found != nullptr && !found->merged_into.is_none();
         found = state.leads.find(standing)) {
        standing = found->merged_into;
    }
    return standing;
}

Decision decide(const Crm& state, const CaptureLead& command, const Context& context) {
    const Id lead = read(command.lead());
    const Id employee = read_or_none(command.employee());
    if (auto no = check_id(lead, "lead"); no.is_refused()) return no;
    if (state.leads.contains(lead)) {
        return refuse(Refusal::lead_exists, "lead", to_string(lead), "an id that no lead has yet");
    }
    if (text(command.name()).empty()) {
        return refuse(Refusal::name_missing, "name", "nothing", "the person's name");
    }
    if (auto no = check_country(command.country(), "country"); no.is_refused()) return no;
    if (auto no = check_emails(command.emails()); no.is_refused()) return no;
    if (auto no = check_phones(command.phones()); no.is_refused()) return no;
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;
    if (!employee.is_none()) {
        if (auto no = check_employee(state, employee, "employee"); no.is_refused()) return no;
    }

    CaptureLeadT given;
    command.UnPackTo(&given);
    LeadCapturedT event;
    event.lead = lead;
    event.name = std::move(given.name);
    event.organisation = std::move(given.organisation);
    event.emails = std::move(given.emails);
    event.phones = std::move(given.phones);
    event.country = std::move(given.country);
    event.touch = unpack(command.touch());
    event.employee = resolve(state, employee);
    event.note = std::move(given.note);
    event.on = day_or_today(command.on(), context);
    return event;
}

Decision decide(const Crm& state, const TouchLead& command, const Context& context) {
    const Id lead = resolve_lead(state, read(command.lead()));
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_not_retracted(state, lead); no.is_refused()) return no;
    if (is_empty(command.touch())) {
        return refuse(
            Refusal::touch_missing, "touch", "nothing", "a source, medium, campaign or content"
        );
    }
    if (on < state.leads.get(lead).first_touch) {
        return refuse(
            Refusal::touch_before_first,
            "on",
            to_string(on),
            "a day not before the first touch, " + to_string(state.leads.get(lead).first_touch)
        );
    }

    LeadTouchedT event;
    event.lead = lead;
    event.touch = unpack(command.touch());
    event.on = on;
    return event;
}

Decision decide(const Crm& state, const AssignLead& command, const Context& context) {
    const Id lead = resolve_lead(state, read(command.lead()));
    const Id employee = read(command.employee());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_change(state, lead, on); no.is_refused()) return no;
    if (auto no = check_employee(state, employee, "employee"); no.is_refused()) return no;

    return LeadAssignedT{{}, lead, resolve(state, employee), on};
}

Decision decide(const Crm& state, const QualifyLead& command, const Context& context) {
    const Id lead = resolve_lead(state, read(command.lead()));
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_change(state, lead, on); no.is_refused()) return no;
    if (state.leads.get(lead).is_qualified) {
        return refuse(
            Refusal::lead_already_qualified, "lead", to_string(lead), "a lead not yet qualified"
        );
    }
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;

    return LeadQualifiedT{{}, lead, copy(command.note()), on};
}

Decision decide(const Crm& state, const DisqualifyLead& command, const Context& context) {
    const Id lead = resolve_lead(state, read(command.lead()));
    const Id reason = read_or_none(command.reason());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_change(state, lead, on); no.is_refused()) return no;
    if (reason.is_none()) {
        return refuse(Refusal::reason_missing, "reason", "nothing", "a reason's code");
    }
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;

    return LeadDisqualifiedT{{}, lead, reason, copy(command.note()), on};
}

Decision decide(const Crm& state, const ReopenLead& command, const Context& context) {
    const Id lead = resolve_lead(state, read(command.lead()));
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_lead(state, lead); no.is_refused()) return no;
    const LeadStatus status = state.leads.get(lead).status;
    if (status != LeadStatus::disqualified) {
        return refuse(
            Refusal::lead_not_disqualified,
            "lead",
            to_string(lead) + ", " + status_name(status),
            "a disqualified lead"
        );
    }
    if (auto no = check_not_before(state.leads.get(lead), on); no.is_refused()) return no;
    if (auto no = check_text(text(command.note()), "note"); no.is_refused()) return no;

    return LeadReopenedT{{}, lead, copy(command.note()), on};
}

Decision decide(const Crm& state, const MergeLeads& command, const Context& context) {
    const Id into = resolve_lead(state, read(command.into()));
    const Id from = read(command.from());
    const Date on = day_or_today(command.on(), context);
    if (auto no = check_open(state, into, "into"); no.is_refused()) return no;
    if (auto no = check_open(state, from, "from"); no.is_refused()) return no;
    if (into == from) {
        return refuse(
            Refusal::lead_merged_with_itself, "from", to_string(from), "another lead than into"
        );
    }
    if (auto no = check_not_before(state.leads.get(from), on); no.is_refused()) return no;

    return LeadsMergedT{{}, into, from, on};
}

Decision decide(const Crm& state, const ConvertLead& command, const Context& context) {
    const Conversion conversion{
        .lead = resolve_lead(state, read(command.lead())),
        .party = resolve(state, read(command.party())),
        .contact = resolve(state, read_or_none(command.contact())),
        .on = day_or_today(command.on(), context)};
    const Id deal = read_or_none(command.deal());
    const Id pipeline = read_or_none(command.pipeline());

    if (auto no = check_change(state, conversion.lead, conversion.on); no.is_refused()) return no;
    if (auto no = check_parties(state, conversion); no.is_refused()) return no;
    if (!deal.is_none() && pipeline.is_none()) {
        return refuse(Refusal::pipeline_missing, "pipeline", "none", "the deal's pipeline");
    }

    Decision decision;
    add_parties(state, conversion, decision);
    if (!deal.is_none()) {
        DealOpenedT opened;
        opened.deal = deal;
        opened.party = conversion.party;
        opened.contact = conversion.contact;
        opened.owner = state.leads.get(conversion.lead).employee;
        opened.pipeline = pipeline;
        opened.title = copy(command.title());
        opened.amount = read_or_none(command.amount());
        opened.expected_close = read_or_none(command.expected_close());
        opened.touch = first_touch_of(state.lead_contacts.get(conversion.lead));
        opened.lead = conversion.lead;
        opened.on = conversion.on;
        const Decision deal_decision = open_deal(state, std::move(opened));
        if (deal_decision.is_refused()) return deal_decision;
        decision.add(DealOpenedT{*deal_decision.events().front().event.AsDealOpened()});
    }
    LeadConvertedT converted;
    converted.lead = conversion.lead;
    converted.party = conversion.party;
    converted.contact = conversion.contact;
    converted.deal = deal;
    converted.on = conversion.on;
    decision.add(std::move(converted));
    return decision;
}

Decision decide(const Crm& state, const RetractLead& command, const Context&) {
    const Id lead = read(command.lead());
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;
    if (auto no = check_not_retracted(state, lead); no.is_refused()) return no;

    return LeadRetractedT{{}, lead, copy(command.reason()), state.leads.get(lead).first_touch};
}

void apply(Crm& state, const LeadCaptured& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::none);
    lead.status = LeadStatus::open;
    lead.first_touch = read(event.on());
    lead.changed = read(event.on());
    lead.employee = read_or_none(event.employee());

    LeadContact& contact = state.lead_contacts.at(read(event.lead()));
    contact.name = copy(event.name());
    contact.organisation = copy(event.organisation());
    contact.country = copy(event.country());
    if (event.emails() != nullptr) {
        for (const auto* email : *event.emails()) contact.emails.push_back(copy(email));
    }
    if (event.phones() != nullptr) {
        for (const auto* phone : *event.phones()) contact.phones.push_back(copy(phone));
    }
    if (event.touch() == nullptr) return;
    contact.source = copy(event.touch()->source());
    contact.medium = copy(event.touch()->medium());
    contact.campaign = copy(event.touch()->campaign());
    contact.content = copy(event.touch()->content());
}

void apply(Crm& state, const LeadTouched& event) {
    const Lead lead = state.leads.get(read(event.lead()));
    DAYBOOK_ASSERT(lead.status != LeadStatus::none);
    DAYBOOK_ASSERT(lead.first_touch <= read(event.on()));
}

void apply(Crm& state, const LeadAssigned& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::open);
    lead.employee = read(event.employee());
    lead.changed = read(event.on());
}

void apply(Crm& state, const LeadQualified& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::open);
    lead.is_qualified = true;
    lead.changed = read(event.on());
}

void apply(Crm& state, const LeadDisqualified& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::open);
    lead.status = LeadStatus::disqualified;
    lead.changed = read(event.on());
}

void apply(Crm& state, const LeadReopened& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::disqualified);
    lead.status = LeadStatus::open;
    lead.is_qualified = false;
    lead.changed = read(event.on());
}

void apply(Crm& state, const LeadsMerged& event) {
    const Lead from = state.leads.get(read(event.from()));
    DAYBOOK_ASSERT(from.status == LeadStatus::open);
    if (from.first_touch < state.leads.get(read(event.into())).first_touch) {
        // The earlier of the two first touches is the first of both.
        const LeadContact earlier = state.lead_contacts.get(read(event.from()));
        LeadContact& contact = state.lead_contacts.at(read(event.into()));
        contact.source = earlier.source;
        contact.medium = earlier.medium;
        contact.campaign = earlier.campaign;
        contact.content = earlier.content;
    }
    Lead& into = state.leads.at(read(event.into()));
    DAYBOOK_ASSERT(into.status == LeadStatus::open);
    into.first_touch = std::min(into.first_touch, from.first_touch);

    Lead& merged = state.leads.at(read(event.from()));
    merged.status = LeadStatus::merged;
    merged.merged_into = read(event.into());
    state.lead_contacts.erase(read(event.from()));
}

void apply(Crm& state, const LeadConverted& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status == LeadStatus::open);
    lead.status = LeadStatus::converted;
    lead.changed = read(event.on());
    state.lead_contacts.erase(read(event.lead()));
}

void apply(Crm& state, const LeadRetracted& event) {
    Lead& lead = state.leads.at(read(event.lead()));
    DAYBOOK_ASSERT(lead.status != LeadStatus::none && lead.status != LeadStatus::retracted);
    lead.status = LeadStatus::retracted;
    state.lead_contacts.erase(read(event.lead()));
}

}  // namespace daybook::crm
