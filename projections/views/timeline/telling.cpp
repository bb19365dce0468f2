// Entries of the timeline, for one party or for all that a document concerns.

#include <set>

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {

void tell(Entries& rows, const EventHeader& header, EntryRow entry) {
    if (entry.party.is_none()) return;
    entry.position = header.position();
    rows.put(std::move(entry));
}

// The same entry for the subject's party, its contact and the others.
void tell_all(Entries& rows, const EventHeader& header, const SubjectRow& subject, EntryRow entry) {
    entry.document = subject.document;
    if (entry.employee.is_none()) entry.employee = subject.employee;
    std::set<Id> told{subject.party, subject.contact};
    told.insert(subject.others.begin(), subject.others.end());
    const Money owes = entry.owes;
    for (const Id& party : told) {
        entry.party = party;
        entry.owes = party == subject.party ? owes : Money{};  // Only one of them owes it.
        tell(rows, header, entry);
    }
}

void tell_told(Entries& rows, const EventHeader& header, const SubjectRow& subject, Told told) {
    EntryRow entry;
    entry.on = told.on;
    entry.module = told.module;
    entry.event = told.event;
    entry.text = std::move(told.text);
    entry.amount = told.amount;
    tell_all(rows, header, subject, std::move(entry));
}

SubjectRow subject_of(Subjects& rows, SubjectKind kind, const Id& document) {
    const SubjectRow* found = rows.find(kind, document);
    return found == nullptr ? SubjectRow{} : *found;
}

}  // namespace daybook::timeline
