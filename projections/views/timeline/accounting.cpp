// What accounting tells: bills, payments, what was settled.

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {

void project(Entries& rows, const accounting::BillRecorded& event, const EventHeader& header) {
    const Money gross = read(event.gross());
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "accounting",
         .event = event.is_credit_note() ? "credit note received" : "bill received",
         .document = read(event.bill()),
         .text = copy(event.number()),
         .amount = gross,
         .owes = event.is_credit_note() ? gross : -gross}
    );
}

void project(
    Entries& rows,
    Subjects& about,
    const accounting::PaymentRecorded& event,
    const EventHeader& header
) {
    const bool is_received = event.direction() == accounting::PaymentDirection::received;
    const Money settled = read(event.settled());
    SubjectRow subject{
        .kind = SubjectKind::payment,
        .document = read(event.payment()),
        .party = read(event.party()),
        .on = read(event.date()),
        .position = header.position(),
        .amount = read(event.amount()),
        .owes = is_received ? -settled : settled};
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on,
         .module = "accounting",
         .event = is_received ? "payment received" : "payment made",
         .amount = subject.amount,
         .owes = subject.owes}
    );
    about.put(std::move(subject));
}

void project(
    Entries& rows,
    Subjects& about,
    const accounting::PaymentReversed& event,
    const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::payment, read(event.payment()));
    tell_all(
        rows,
        header,
        subject,
        {.on = read(event.date()),
         .module = "accounting",
         .event = "payment reversed",
         .text = copy(event.reason()),
         .amount = subject.amount,
         .owes = -subject.owes}
    );
}

void project(Entries& rows, const accounting::AllocationMade& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "accounting",
         .event = "items settled",
         .document = read(event.allocation()),
         .text = copy(event.lettering())}
    );
}

void project(Entries& rows, const accounting::AllocationUndone& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "accounting",
         .event = "settlement undone",
         .document = read(event.allocation()),
         .text = copy(event.reason())}
    );
}

void project(Entries& rows, const accounting::BadDebtWrittenOff& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "accounting",
         .event = "bad debt written off",
         .document = read(event.write_off()),
         .text = copy(event.reason()),
         .amount = read(event.amount()),
         .owes = -read(event.amount())}
    );
}

}  // namespace daybook::timeline
