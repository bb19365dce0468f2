// The entries of the timeline, and what each event tells of which party.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "projections/core/projection.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/purchasing.hpp"
#include "schemas/sales.hpp"

namespace daybook::timeline {

struct EntryRow {
    Id party;
    Date on;
    std::uint64_t position = 0;
    std::string module;
    std::string event;  // "invoice issued"
    Id document;
    std::string text;
    Money amount;
    Id employee;
    Money owes;                               // What the party owes us more by it; negative: less.
    std::uint64_t retracted_at = UINT64_MAX;  // The position from which it counts no more.
};
inline constexpr auto entries = table<EntryRow>(
    "entries",
    key("party", &EntryRow::party),
    key("on", &EntryRow::on),
    key("position", &EntryRow::position),
    column("module", &EntryRow::module),
    column("event", &EntryRow::event),
    column("document", &EntryRow::document),
    column("text", &EntryRow::text),
    column("amount", &EntryRow::amount),
    column("employee", &EntryRow::employee)
);

// Whom a document concerns, for its later events, which name only the document.
enum class SubjectKind : std::uint8_t { interaction, deal, quotation, order, payment };
struct Telling {
    Date on;
    std::uint64_t position = 0;
};
struct SubjectRow {
    SubjectKind kind = SubjectKind::deal;
    Id document;
    Id party;
    Id contact;
    Id employee;
    std::vector<Id> others;
    Date on;
    std::uint64_t position = 0;
    Money amount;
    Money owes;
    std::vector<Id> earlier;    // Of a deal: the parties and contacts that it had before,
    std::vector<Telling> told;  // and all that was told of it.
};
inline constexpr auto subjects = table<SubjectRow>(
    "subjects",
    key("kind", &SubjectRow::kind),
    key("document", &SubjectRow::document),
    column("party", &SubjectRow::party),
    column("contact", &SubjectRow::contact)
);

struct MergeRow {
    Id into;
    std::uint64_t position = 0;
    Id from;
    Date on;
    Date undone_on;
    std::uint64_t undone_at = UINT64_MAX;
};
inline constexpr auto merges = table<MergeRow>(
    "merges",
    key("into", &MergeRow::into),
    key("position", &MergeRow::position),
    column("from", &MergeRow::from),
    column("on", &MergeRow::on),
    column("undone_on", &MergeRow::undone_on)
);

using Entries = Rows<EntryRow>;
using Subjects = Rows<SubjectRow>;

// An entry of a subject, in one line.
struct Told {
    std::string_view module;
    Date on;
    std::string_view event;
    std::string text = {};
    Money amount = {};
};

// telling.cpp
void tell(Entries& rows, const EventHeader& header, EntryRow entry);
// The same entry for the subject's party, its contact and the others.
void tell_all(Entries& rows, const EventHeader& header, const SubjectRow& subject, EntryRow entry);
void tell_told(Entries& rows, const EventHeader& header, const SubjectRow& subject, Told told);
[[nodiscard]] SubjectRow subject_of(Subjects& rows, SubjectKind kind, const Id& document);

// crm.cpp
void project(Entries& rows, const crm::PartyRegistered& event, const EventHeader& header);
void project(Entries& rows, const crm::PartyAmended& event, const EventHeader& header);
void project(Entries& rows, const crm::PartyDeactivated& event, const EventHeader& header);
void project(Entries& rows, const crm::PartyReactivated& event, const EventHeader& header);
void project(
    Entries& rows,
    Rows<MergeRow>& merged,
    const crm::PartiesMerged& event,
    const EventHeader& header
);
void project(
    Entries& rows,
    Rows<MergeRow>& merged,
    const crm::PartiesUnmerged& event,
    const EventHeader& header
);
void project(Entries& rows, const crm::RelationStarted& event, const EventHeader& header);
void project(Entries& rows, const crm::RelationEnded& event, const EventHeader& header);
void project(
    Entries& rows, Subjects& about, const crm::InteractionRecorded& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::InteractionAmended& event, const EventHeader& header
);
void project(
    Entries& rows,
    Subjects& about,
    const crm::InteractionRetracted& event,
    const EventHeader& header
);
void project(Entries& rows, const crm::LeadConverted& event, const EventHeader& header);
void project(
    Entries& rows, Subjects& about, const crm::DealOpened& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::DealAmended& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::DealMoved& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::DealTransferred& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::ObjectionRaised& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::CompetitorNoted& event, const EventHeader& header
);
void project(Entries& rows, Subjects& about, const crm::DealWon& event, const EventHeader& header);
void project(Entries& rows, Subjects& about, const crm::DealLost& event, const EventHeader& header);
void project(
    Entries& rows, Subjects& about, const crm::DealReopened& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const crm::DealRetracted& event, const EventHeader& header
);

// sales.cpp
void project(
    Entries& rows, Subjects& about, const sales::QuotationDrafted& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderConfirmed& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::QuotationSent& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::QuotationRevised& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::QuotationAccepted& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::QuotationDeclined& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::QuotationExpired& event, const EventHeader& header
);
void project(
    Entries& rows,
    Subjects& about,
    const sales::QuotationCancelled& event,
    const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderAmended& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderHeld& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderReleased& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderClosedShort& event, const EventHeader& header
);
void project(
    Entries& rows, Subjects& about, const sales::OrderCancelled& event, const EventHeader& header
);
void project(Entries& rows, const sales::InvoiceIssued& event, const EventHeader& header);
void project(Entries& rows, const sales::CreditNoteIssued& event, const EventHeader& header);

// accounting.cpp
void project(Entries& rows, const accounting::BillRecorded& event, const EventHeader& header);
void project(
    Entries& rows,
    Subjects& about,
    const accounting::PaymentRecorded& event,
    const EventHeader& header
);
void project(
    Entries& rows,
    Subjects& about,
    const accounting::PaymentReversed& event,
    const EventHeader& header
);
void project(Entries& rows, const accounting::AllocationMade& event, const EventHeader& header);
void project(Entries& rows, const accounting::AllocationUndone& event, const EventHeader& header);
void project(Entries& rows, const accounting::BadDebtWrittenOff& event, const EventHeader& header);

// goods.cpp
void project(Entries& rows, const sales::GoodsDelivered& event, const EventHeader& header);
void project(Entries& rows, const sales::GoodsReturned& event, const EventHeader& header);
void project(Entries& rows, const purchasing::OrderPlaced& event, const EventHeader& header);
void project(Entries& rows, const purchasing::GoodsReceived& event, const EventHeader& header);
void project(
    Entries& rows, const purchasing::GoodsReturnedToSupplier& event, const EventHeader& header
);
void project(Entries& rows, const purchasing::BillMatched& event, const EventHeader& header);

}  // namespace daybook::timeline
