// Interactions: what was said between us and others, when, by whom and about what.

#include <cstdlib>

#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr std::uint32_t duration_seconds_max = 7 * 24 * 3600;
constexpr std::uint32_t participants_max = 200;

bool has_direction(InteractionKind kind) {
    return kind != InteractionKind::meeting && kind != InteractionKind::note;
}

Decision check_duration(std::uint32_t seconds) {
    if (seconds <= duration_seconds_max) return {};
    return refuse(
        Refusal::duration_too_long,
        "duration_seconds",
        std::to_string(seconds),
        "at most " + std::to_string(duration_seconds_max)
    );
}

// Everybody and everything that the interaction names exists.
Decision check_references(const Crm& state, const RecordInteraction& command) {
    const Id party = read_or_none(command.party());
    const Id employee = read_or_none(command.employee());
    const Id lead = read_or_none(command.lead());
    const Id deal = read_or_none(command.deal());
    const auto* participants = command.participants();
    const std::uint32_t participant_count = participants == nullptr ? 0 : participants->size();

    if (participant_count > participants_max) {
        return refuse(
            Refusal::too_many_values,
            "participants",
            std::to_string(participant_count),
            "at most " + std::to_string(participants_max)
        );
    }
    if (!party.is_none()) {
        if (auto no = check_known_party(state, party, "party"); no.is_refused()) return no;
    }
    for (std::uint32_t i = 0; i < participant_count; ++i) {
        const std::string at = "participants[" + std::to_string(i) + "]";
        const Id participant = read(*participants->Get(i));
        if (auto no = check_known_party(state, participant, at); no.is_refused()) return no;
    }
    if (!employee.is_none()) {
        if (auto no = check_employee(state, employee, "employee"); no.is_refused()) return no;
    }
    if (!lead.is_none() && !state.leads.contains(lead)) {
        return refuse(Refusal::lead_unknown, "lead", to_string(lead), "a lead that was captured");
    }
    if (!deal.is_none() && !state.deals.contains(deal)) {
        return refuse(Refusal::deal_unknown, "deal", to_string(deal), "a deal that was opened");
    }
    return {};
}

Decision check_recorded(const Crm& state, const Id& interaction) {
    if (!state.interactions.contains(interaction)) {
        return refuse(
            Refusal::interaction_unknown,
            "interaction",
            to_string(interaction),
            "an interaction that was recorded"
        );
    }
    if (state.interactions.get(interaction).is_retracted) {
        return refuse(
            Refusal::interaction_retracted,
            "interaction",
            to_string(interaction) + ", retracted",
            "an interaction that stands"
        );
    }
    return {};
}

}  // namespace

Decision decide(const Crm& state, const RecordInteraction& command, const Context& context) {
    const Id interaction = read(command.interaction());
    const Id party = resolve(state, read_or_none(command.party()));
    const Id deal = read_or_none(command.deal());
    const Instant at = read_or_none(command.at());
    const Date given = read_or_none(command.on());

    if (auto no = check_id(interaction, "interaction"); no.is_refused()) return no;
    if (state.interactions.contains(interaction)) {
        return refuse(
            Refusal::interaction_exists,
            "interaction",
            to_string(interaction),
            "an id that no interaction has yet"
        );
    }
    if (command.kind() <= InteractionKind::unknown || command.kind() > InteractionKind::MAX) {
        return refuse(
            Refusal::interaction_kind_missing, "kind", "none", "a call, a meeting, a letter ..."
        );
    }
    if (has_direction(command.kind()) && command.direction() == Direction::none) {
        return refuse(Refusal::direction_missing, "direction", "none", "inbound or outbound");
    }
    if (auto no = check_references(state, command); no.is_refused()) return no;
    if (party.is_none() && deal.is_none() && read_or_none(command.lead()).is_none() &&
        (command.participants() == nullptr || command.participants()->size() == 0)) {
        return refuse(
            Refusal::interaction_with_nobody, "party", "nobody", "a party, a lead or a deal"
        );
    }
    // A day is local and an instant is not: they may differ by one day.
    if (at != Instant{} && !given.is_none() &&
        std::abs(std::int64_t{at.date().days()} - given.days()) > 1) {
        return refuse(
            Refusal::instant_not_on_that_day,
            "at",
            to_string(at),
            "an instant of " + to_string(given)
        );
    }
    if (auto no = check_duration(command.duration_seconds()); no.is_refused()) return no;
    if (auto no = check_text(text(command.subject()), "subject"); no.is_refused()) return no;
    if (auto no = check_text(text(command.text()), "text"); no.is_refused()) return no;

    InteractionRecordedT event;
    event.interaction = interaction;
    event.kind = command.kind();
    event.direction = command.direction();
    event.party = party.is_none() ? resolve(state, state.deals.get(deal).party) : party;
    if (command.participants() != nullptr) {
        for (const auto* participant : *command.participants()) {
            event.participants.push_back(resolve(state, read(*participant)));
        }
    }
    event.employee = resolve(state, read_or_none(command.employee()));
    event.on = !given.is_none() ? given : at != Instant{} ? at.date() : context.today;
    event.at = at;
    event.duration_seconds = command.duration_seconds();
    event.outcome = command.outcome();
    event.subject = copy(command.subject());
    event.text = copy(command.text());
    event.lead = resolve_lead(state, read_or_none(command.lead()));
    event.deal = deal;
    event.regarding = read_or_none(command.regarding());
    return event;
}

Decision decide(const Crm& state, const AmendInteraction& command, const Context&) {
    const Id interaction = read(command.interaction());
    if (auto no = check_recorded(state, interaction); no.is_refused()) return no;
    if (command.duration_seconds() == 0 && command.outcome() == Outcome::none &&
        text(command.subject()).empty() && text(command.text()).empty()) {
        return refuse(Refusal::nothing_to_amend, "", "no field", "at least one field to change");
    }
    if (auto no = check_duration(command.duration_seconds()); no.is_refused()) return no;
    if (auto no = check_text(text(command.subject()), "subject"); no.is_refused()) return no;
    if (auto no = check_text(text(command.text()), "text"); no.is_refused()) return no;

    InteractionAmendedT event;
    event.interaction = interaction;
    event.duration_seconds = command.duration_seconds();
    event.outcome = command.outcome();
    event.subject = copy(command.subject());
    event.text = copy(command.text());
    event.on = state.interactions.get(interaction).on;
    return event;
}

Decision decide(const Crm& state, const RetractInteraction& command, const Context&) {
    const Id interaction = read(command.interaction());
    if (auto no = check_recorded(state, interaction); no.is_refused()) return no;
    if (auto no = check_text(text(command.reason()), "reason"); no.is_refused()) return no;

    InteractionRetractedT event;
    event.interaction = interaction;
    event.reason = copy(command.reason());
    event.on = state.interactions.get(interaction).on;
    return event;
}

void apply(Crm& state, const InteractionRecorded& event) {
    Interaction& interaction = state.interactions.at(read(event.interaction()));
    DAYBOOK_ASSERT(interaction.on.is_none());
    interaction.on = read(event.on());
}

void apply(Crm& state, const InteractionAmended& event) {
    DAYBOOK_ASSERT(state.interactions.contains(read(event.interaction())));
}

void apply(Crm& state, const InteractionRetracted& event) {
    Interaction& interaction = state.interactions.at(read(event.interaction()));
    DAYBOOK_ASSERT(!interaction.is_retracted);
    interaction.is_retracted = true;
}

}  // namespace daybook::crm
