// What sales tells: quotations, orders, invoices.

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {

void project(
    Entries& rows, Subjects& about, const sales::QuotationDrafted& event, const EventHeader& header
) {
    SubjectRow subject{
        .kind = SubjectKind::quotation,
        .document = read(event.quotation()),
        .party = read(event.party()),
        .on = read(event.date()),
        .position = header.position(),
        .amount = read(event.gross())};
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on,
         .module = "sales",
         .event = "quotation drafted",
         .text = copy(event.reference()),
         .amount = subject.amount}
    );
    about.put(std::move(subject));
}

void project(
    Entries& rows, Subjects& about, const sales::OrderConfirmed& event, const EventHeader& header
) {
    SubjectRow subject{
        .kind = SubjectKind::order,
        .document = read(event.order()),
        .party = read(event.party()),
        .on = read(event.date()),
        .position = header.position(),
        .amount = read(event.gross())};
    tell_all(
        rows,
        header,
        subject,
        {.on = subject.on,
         .module = "sales",
         .event = "order confirmed",
         .text = copy(event.reference()),
         .amount = subject.amount}
    );
    about.put(std::move(subject));
}

void project(
    Entries& rows, Subjects& about, const sales::QuotationSent& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(rows, header, subject, {"sales", read(event.date()), "quotation sent"});
}

void project(
    Entries& rows, Subjects& about, const sales::QuotationRevised& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(
        rows,
        header,
        subject,
        {"sales",
         read(event.date()),
         "quotation revised",
         copy(event.reference()),
         read(event.gross())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::QuotationAccepted& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "quotation accepted", copy(event.reference())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::QuotationDeclined& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "quotation declined", copy(event.reason())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::QuotationExpired& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(rows, header, subject, {"sales", read(event.date()), "quotation expired"});
}

void project(
    Entries& rows,
    Subjects& about,
    const sales::QuotationCancelled& event,
    const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::quotation, read(event.quotation()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "quotation cancelled", copy(event.reason())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::OrderAmended& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::order, read(event.order()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "order amended", copy(event.reason()), read(event.gross())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::OrderHeld& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::order, read(event.order()));
    tell_told(
        rows, header, subject, {"sales", read(event.date()), "order held", copy(event.reason())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::OrderReleased& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::order, read(event.order()));
    tell_told(rows, header, subject, {"sales", read(event.date()), "order released"});
}

void project(
    Entries& rows, Subjects& about, const sales::OrderClosedShort& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::order, read(event.order()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "order closed short", copy(event.reason())}
    );
}

void project(
    Entries& rows, Subjects& about, const sales::OrderCancelled& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::order, read(event.order()));
    tell_told(
        rows,
        header,
        subject,
        {"sales", read(event.date()), "order cancelled", copy(event.reason())}
    );
}

void project(Entries& rows, const sales::InvoiceIssued& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "sales",
         .event = "invoice issued",
         .document = read(event.invoice()),
         .text = copy(event.number()),
         .amount = read(event.gross()),
         .owes = read(event.gross())}
    );
}

void project(Entries& rows, const sales::CreditNoteIssued& event, const EventHeader& header) {
    tell(
        rows,
        header,
        {.party = read(event.party()),
         .on = read(event.date()),
         .module = "sales",
         .event = "credit note issued",
         .document = read(event.credit_note()),
         .text = copy(event.number()),
         .amount = read(event.gross()),
         .owes = -read(event.gross())}
    );
}

}  // namespace daybook::timeline
