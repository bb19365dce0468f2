// Interactions and leads as rows, and what each employee did on which day.

#include "projections/crm/tables.hpp"

namespace daybook::crm {
namespace {

ActivityKind activity_of(InteractionKind kind) {
    switch (kind) {
        case InteractionKind::call: return ActivityKind::call;
        case InteractionKind::sms: return ActivityKind::sms;
        case InteractionKind::email: return ActivityKind::email;
        case InteractionKind::letter: return ActivityKind::letter;
        case InteractionKind::meeting: return ActivityKind::meeting;
        default: return ActivityKind::note;
    }
}

// The later of two touches is the last one; of the same day, the one that was learnt later.
void take_last_touch(LeadRow& row, const Touch* touch, Date on) {
    ++row.touches;
    if (on < row.last_touch_on) return;
    row.last_touch_on = on;
    if (touch == nullptr) return;
    row.last_source = copy(touch->source());
    row.last_campaign = copy(touch->campaign());
}

void note_done(LeadRow& row, ActivityRows& done, ActivityRow activity) {
    activity.employee = row.employee;
    activity.document = row.lead;
    row.activities.push_back({activity.on, activity.position});
    done.put(std::move(activity));
}

std::string first_of(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts) {
    return texts == nullptr || texts->size() == 0 ? std::string{} : copy(texts->Get(0));
}

}  // namespace

const char* name_of(ActivityKind kind) {
    switch (kind) {
        case ActivityKind::call: return "call";
        case ActivityKind::sms: return "sms";
        case ActivityKind::email: return "email";
        case ActivityKind::letter: return "letter";
        case ActivityKind::meeting: return "meeting";
        case ActivityKind::note: return "note";
        case ActivityKind::lead_qualified: return "lead_qualified";
        case ActivityKind::lead_converted: return "lead_converted";
        case ActivityKind::deal_opened: return "deal_opened";
        case ActivityKind::deal_won: return "deal_won";
        case ActivityKind::deal_lost: return "deal_lost";
    }
    return "";
}

const char* name_of(LeadState state) {
    switch (state) {
        case LeadState::captured: return "captured";
        case LeadState::qualified: return "qualified";
        case LeadState::disqualified: return "disqualified";
        case LeadState::converted: return "converted";
        case LeadState::merged: return "merged";
        case LeadState::retracted: return "retracted";
    }
    return "";
}

void project(
    InteractionRows& rows,
    ActivityRows& done,
    const InteractionRecorded& event,
    const EventHeader& header
) {
    rows.put(
        {.interaction = read(event.interaction()),
         .kind = event.kind(),
         .direction = event.direction(),
         .party = read_or_none(event.party()),
         .employee = read_or_none(event.employee()),
         .on = read(event.on()),
         .duration_seconds = event.duration_seconds(),
         .outcome = event.outcome(),
         .subject = copy(event.subject()),
         .text = copy(event.text()),
         .lead = read_or_none(event.lead()),
         .deal = read_or_none(event.deal()),
         .regarding = read_or_none(event.regarding()),
         .position = header.position()}
    );
    done.put(
        {.on = read(event.on()),
         .position = header.position(),
         .kind = activity_of(event.kind()),
         .employee = read_or_none(event.employee()),
         .document = read(event.interaction()),
         .duration_seconds = event.duration_seconds()}
    );
}

void project(InteractionRows& rows, ActivityRows& done, const InteractionAmended& event) {
    InteractionRow& row = rows.at(read(event.interaction()));
    if (event.outcome() != Outcome::none) row.outcome = event.outcome();
    if (!text(event.subject()).empty()) row.subject = copy(event.subject());
    if (!text(event.text()).empty()) row.text = copy(event.text());
    if (event.duration_seconds() == 0) return;
    row.duration_seconds = event.duration_seconds();
    done.at(row.on, row.position).duration_seconds = event.duration_seconds();
}

void project(
    InteractionRows& rows,
    ActivityRows& done,
    const InteractionRetracted& event,
    const EventHeader& header
) {
    InteractionRow& row = rows.at(read(event.interaction()));
    row.is_retracted = true;
    done.at(row.on, row.position).retracted_at = header.position();
}

void project(LeadRows& rows, ActivityRows&, const LeadCaptured& event) {
    LeadRow& row = rows.at(read(event.lead()));
    row.name = copy(event.name());
    row.organisation = copy(event.organisation());
    row.email = first_of(event.emails());
    row.phone = first_of(event.phones());
    row.country = copy(event.country());
    row.employee = read_or_none(event.employee());
    row.captured_on = read(event.on());
    if (event.touch() != nullptr) {
        row.first_source = copy(event.touch()->source());
        row.first_campaign = copy(event.touch()->campaign());
    }
    take_last_touch(row, event.touch(), read(event.on()));
}

void project(LeadRows& rows, ActivityRows&, const LeadTouched& event) {
    take_last_touch(rows.at(read(event.lead())), event.touch(), read(event.on()));
}

void project(LeadRows& rows, ActivityRows&, const LeadAssigned& event) {
    rows.at(read(event.lead())).employee = read(event.employee());
}

void project(
    LeadRows& rows, ActivityRows& done, const LeadQualified& event, const EventHeader& header
) {
    LeadRow& row = rows.at(read(event.lead()));
    row.state = LeadState::qualified;
    note_done(
        row,
        done,
        {.on = read(event.on()),
         .position = header.position(),
         .kind = ActivityKind::lead_qualified}
    );
}

void project(LeadRows& rows, ActivityRows&, const LeadDisqualified& event) {
    LeadRow& row = rows.at(read(event.lead()));
    row.state = LeadState::disqualified;
    row.reason = read(event.reason());
}

void project(LeadRows& rows, ActivityRows&, const LeadReopened& event) {
    LeadRow& row = rows.at(read(event.lead()));
    row.state = LeadState::captured;
    row.reason = Id{};
}

void project(LeadRows& rows, ActivityRows&, const LeadsMerged& event) {
    LeadRow& from = rows.at(read(event.from()));
    from.state = LeadState::merged;
    from.merged_into = read(event.into());
    const LeadRow merged = from;
    LeadRow& into = rows.at(read(event.into()));
    into.touches += merged.touches;
    if (merged.captured_on < into.captured_on) {
        into.captured_on = merged.captured_on;
        into.first_source = merged.first_source;
        into.first_campaign = merged.first_campaign;
    }
    if (merged.last_touch_on > into.last_touch_on) {
        into.last_touch_on = merged.last_touch_on;
        into.last_source = merged.last_source;
        into.last_campaign = merged.last_campaign;
    }
}

void project(
    LeadRows& rows, ActivityRows& done, const LeadConverted& event, const EventHeader& header
) {
    LeadRow& row = rows.at(read(event.lead()));
    row.state = LeadState::converted;
    row.party = read(event.party());
    row.contact = read_or_none(event.contact());
    row.deal = read_or_none(event.deal());
    note_done(
        row,
        done,
        {.on = read(event.on()),
         .position = header.position(),
         .kind = ActivityKind::lead_converted}
    );
}

// What was retracted stays for those who ask what was known before.
void project(
    LeadRows& rows, ActivityRows& done, const LeadRetracted& event, const EventHeader& header
) {
    LeadRow& row = rows.at(read(event.lead()));
    row.state = LeadState::retracted;
    for (const ActivityPlace& place : row.activities) {
        done.at(place.on, place.position).retracted_at = header.position();
    }
}

}  // namespace daybook::crm
