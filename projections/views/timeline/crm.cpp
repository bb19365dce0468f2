// What crm tells: identity, relations, talks, leads and deals.

#include <set>
#include <utility>

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {
namespace {

template <class Event>
SubjectRow& deal_of(Subjects& about, const Event& event) {
    return about.at(SubjectKind::deal, read(event.deal()));
}

void tell_deal(Entries& rows, SubjectRow& deal, const EventHeader& header, Told told) {
    deal.told.push_back({told.on, header.position()});
    tell_told(rows, header, deal, std::move(told));
}

}  // namespace

void project(Entries& rows, const crm::PartyRegistered& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.on()),
         .module = "crm",
         .event = "registered",
         .text = copy(event.name())}
    );
}

void project(Entries& rows, const crm::PartyAmended& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.on()),
         .module = "crm",
         .event = "details amended",
         .text = copy(event.name())}
    );
}

void project(Entries& rows, const crm::PartyDeactivated& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.on()),
         .module = "crm",
         .event = "deactivated",
         .text = copy(event.reason())}
    );
}

void project(Entries& rows, const crm::PartyReactivated& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.on()),
         .module = "crm",
         .event = "reactivated",
         .text = copy(event.reason())}
    );
}

void project(
    Entries& rows,
    Rows<MergeRow>& merged,
    const crm::PartiesMerged& event,
    const EventHeader& header
) {
    const Id into = read(event.into());
    merged.put(
        {.into = into,
         .position = header.position(),
         .from = read(event.from()),
         .on = read(event.on())}
    );
    tell(
        rows,
        header,
        {.party = into,
         .on = read(event.on()),
         .module = "crm",
         .event = "merged with",
         .document = read(event.from()),
         .text = copy(event.reason())}
    );
    tell(
        rows,
        header,
        {.party = read(event.from()),
         .on = read(event.on()),
         .module = "crm",
         .event = "merged into",
         .document = into,
         .text = copy(event.reason())}
    );
}

void project(
    Entries& rows,
    Rows<MergeRow>& merged,
    const crm::PartiesUnmerged& event,
    const EventHeader& header
) {
    const Id into = read(event.into());
    std::uint64_t position = 0;
    merged.scan(into, [&](const MergeRow& row) {
        if (row.from == read(event.from())) position = row.position;
    });
    MergeRow& row = merged.at(into, position);
    row.undone_on = read(event.on());
    row.undone_at = header.position();
    tell(
        rows,
        header,
        {.party = into,
         .on = read(event.on()),
         .module = "crm",
         .event = "unmerged with",
         .document = read(event.from()),
         .text = copy(event.reason())}
    );
    tell(
        rows,
        header,
        {.party = read(event.from()),
         .on = read(event.on()),
         .module = "crm",
         .event = "separated from",
         .document = into,
         .text = copy(event.reason())}
    );
}

void project(Entries& rows, const crm::RelationStarted& event, const EventHeader& header) {
    EntryRow entry{
        .party = read(event.party()),
        .on = read(event.since()),
        .module = "crm",
        .event = "relation started",
        .document = read(event.other()),
        .text = crm::EnumNameRelationKind(event.kind())};
    tell(rows, header, entry);
    std::swap(entry.party, entry.document);
    tell(rows, header, std::move(entry));
}

void project(Entries& rows, const crm::RelationEnded& event, const EventHeader& header) {
    EntryRow entry{
        .party = read(event.party()),
        .on = read(event.until()),
        .module = "crm",
        .event = "relation ended",
        .document = read(event.other()),
        .text = crm::EnumNameRelationKind(event.kind())};
    tell(rows, header, entry);
    std::swap(entry.party, entry.document);
    tell(rows, header, std::move(entry));
}

void project(
    Entries& rows, Subjects& about, const crm::InteractionRecorded& event, const EventHeader& header
) {
    SubjectRow subject{
        .kind = SubjectKind::interaction,
        .document = read(event.interaction()),
        .party = read_or_none(event.party()),
        .employee = read_or_none(event.employee()),
        .on = read(event.on()),
        .position = header.position()};
    if (event.participants() != nullptr) {
        for (const auto* participant : *event.participants()) {
            subject.others.push_back(read(*participant));
        }
    }
    std::string what = crm::EnumNameInteractionKind(event.kind());
    if (event.direction() != crm::Direction::none) {
        what += std::string{", "} + crm::EnumNameDirection(event.direction());
    }
    const std::string_view words =
        text(event.subject()).empty() ? text(event.text()) : text(event.subject());
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on, .module = "crm", .event = std::move(what), .text = std::string{words}}
    );
    about.put(std::move(subject));
}

void project(
    Entries& rows, Subjects& about, const crm::InteractionAmended& event, const EventHeader& header
) {
    const SubjectRow subject =
        subject_of(about, SubjectKind::interaction, read(event.interaction()));
    const std::string_view words =
        text(event.subject()).empty() ? text(event.text()) : text(event.subject());
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on,
         .module = "crm",
         .event = "interaction amended",
         .text = std::string{words}}
    );
}

// What was retracted stays for those who ask what was known before.
void project(
    Entries& rows,
    Subjects& about,
    const crm::InteractionRetracted& event,
    const EventHeader& header
) {
    const SubjectRow subject =
        subject_of(about, SubjectKind::interaction, read(event.interaction()));
    std::set<Id> told{subject.party};
    told.insert(subject.others.begin(), subject.others.end());
    for (const Id& party : told) {
        if (rows.find(party, subject.on, subject.position) == nullptr) continue;
        rows.at(party, subject.on, subject.position).retracted_at = header.position();
    }
}

void project(Entries& rows, const crm::LeadConverted& event, const EventHeader& header) {
    EntryRow entry{
        .party = read(event.party()),
        .on = read(event.on()),
        .module = "crm",
        .event = "lead converted",
        .document = read(event.lead())};
    tell(rows, header, entry);
    entry.party = read_or_none(event.contact());
    tell(rows, header, std::move(entry));
}

void project(
    Entries& rows, Subjects& about, const crm::DealOpened& event, const EventHeader& header
) {
    SubjectRow subject{
        .kind = SubjectKind::deal,
        .document = read(event.deal()),
        .party = read_or_none(event.party()),
        .contact = read_or_none(event.contact()),
        .employee = read_or_none(event.owner()),
        .on = read(event.on()),
        .position = header.position(),
        .amount = read_or_none(event.amount())};
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on,
         .module = "crm",
         .event = "deal opened",
         .text = copy(event.title()),
         .amount = subject.amount}
    );
    subject.told.push_back({subject.on, subject.position});
    about.put(std::move(subject));
}

void project(
    Entries& rows, Subjects& about, const crm::DealAmended& event, const EventHeader& header
) {
    SubjectRow& subject = deal_of(about, event);
    const Id party = read_or_none(event.party());
    const Id contact = read_or_none(event.contact());
    const Id owner = read_or_none(event.owner());
    if (!party.is_none()) subject.earlier.push_back(std::exchange(subject.party, party));
    if (!contact.is_none()) subject.earlier.push_back(std::exchange(subject.contact, contact));
    if (!owner.is_none()) subject.employee = owner;
    subject.told.push_back({read(event.on()), header.position()});
    tell_all(
        rows,
        header,
        subject,
        {.on = read(event.on()),
         .module = "crm",
         .event = "deal amended",
         .text = copy(event.title()),
         .amount = read_or_none(event.amount())}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealMoved& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm",
         read(event.on()),
         "deal moved",
         to_string(read(event.from_stage())) + " to " + to_string(read(event.stage()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealTransferred& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm",
         read(event.on()),
         "deal transferred",
         to_string(read(event.pipeline())) + ", " + to_string(read(event.stage()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::ObjectionRaised& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm", read(event.on()), "objection", to_string(read(event.objection()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::CompetitorNoted& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm", read(event.on()), "competitor", to_string(read(event.competitor()))}
    );
}

void project(Entries& rows, Subjects& about, const crm::DealWon& event, const EventHeader& header) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm",
         read(event.on()),
         "deal won",
         copy(event.override_reason()),
         read_or_none(event.amount())}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealLost& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm",
         read(event.on()),
         "deal lost",
         to_string(read(event.reason())),
         read_or_none(event.amount())}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealReopened& event, const EventHeader& header
) {
    tell_deal(
        rows,
        deal_of(about, event),
        header,
        {"crm", read(event.on()), "deal reopened", copy(event.reason())}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealRetracted& event, const EventHeader& header
) {
    const SubjectRow& deal = deal_of(about, event);
    std::set<Id> parties{deal.party, deal.contact};
    parties.insert(deal.earlier.begin(), deal.earlier.end());
    for (const Id& party : parties) {
        for (const Telling& telling : deal.told) {
            if (rows.find(party, telling.on, telling.position) == nullptr) continue;
            rows.at(party, telling.on, telling.position).retracted_at = header.position();
        }
    }
}

}  // namespace daybook::timeline
