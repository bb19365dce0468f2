// Everything that happened with a party, from all modules, in one list: identity, talks, deals,
// quotations, orders, invoices, payments, and the balance after each.
//
// An entry stands under the party that its event names. A merge moves nothing: the report reads the
// entries of every party that the asked one stands for, so that undoing the merge undoes that too.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "projections/core/projection.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/sales.hpp"

namespace daybook::timeline {
namespace {

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
constexpr auto entries = table<EntryRow>(
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
};
constexpr auto subjects = table<SubjectRow>(
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
constexpr auto merges = table<MergeRow>(
    "merges",
    key("into", &MergeRow::into),
    key("position", &MergeRow::position),
    column("from", &MergeRow::from),
    column("on", &MergeRow::on),
    column("undone_on", &MergeRow::undone_on)
);

using Entries = Rows<EntryRow>;
using Subjects = Rows<SubjectRow>;

void tell(Entries& rows, const EventHeader& header, EntryRow entry) {
    if (entry.party.is_none()) return;
    entry.position = header.position();
    rows.put(std::move(entry));
}

// An entry of a subject, in one line.
struct Told {
    std::string_view module;
    Date on;
    std::string_view event;
    std::string text = {};
    Money amount = {};
};

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

// --- crm

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
    about.put(std::move(subject));
}

void project(
    Entries& rows, Subjects& about, const crm::DealAmended& event, const EventHeader& header
) {
    if (about.find(SubjectKind::deal, read(event.deal())) == nullptr) return;
    SubjectRow& subject = about.at(SubjectKind::deal, read(event.deal()));
    const Id party = read_or_none(event.party());
    const Id contact = read_or_none(event.contact());
    const Id owner = read_or_none(event.owner());
    if (!party.is_none()) subject.party = party;
    if (!contact.is_none()) subject.contact = contact;
    if (!owner.is_none()) subject.employee = owner;
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
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
        {"crm",
         read(event.on()),
         "deal moved",
         to_string(read(event.from_stage())) + " to " + to_string(read(event.stage()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::DealTransferred& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
        {"crm",
         read(event.on()),
         "deal transferred",
         to_string(read(event.pipeline())) + ", " + to_string(read(event.stage()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::ObjectionRaised& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
        {"crm", read(event.on()), "objection", to_string(read(event.objection()))}
    );
}

void project(
    Entries& rows, Subjects& about, const crm::CompetitorNoted& event, const EventHeader& header
) {
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
        {"crm", read(event.on()), "competitor", to_string(read(event.competitor()))}
    );
}

void project(Entries& rows, Subjects& about, const crm::DealWon& event, const EventHeader& header) {
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
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
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows,
        header,
        subject,
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
    const SubjectRow subject = subject_of(about, SubjectKind::deal, read(event.deal()));
    tell_told(
        rows, header, subject, {"crm", read(event.on()), "deal reopened", copy(event.reason())}
    );
}

// --- sales

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

// --- accounting

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

// --- The report

constexpr ReportOption options[]{
    {"party", ValueType::id, "Whose timeline", true},
    {"from", ValueType::date, "On or after this day"},
    {"to", ValueType::date, "On or before this day"},
};

bool counts(const ReportRequest& request, Date on, std::uint64_t position) {
    return on <= request.as_of && position < request.known_at;
}

// The party and all that were merged into it, at that day and with that knowledge.
std::set<Id> members_of(const Query& query, const ReportRequest& request, const Id& party) {
    std::set<Id> members;
    std::vector<Id> open{party};
    while (!open.empty()) {
        const Id member = open.back();
        open.pop_back();
        if (!members.insert(member).second) continue;
        query.scan<merges>(member, [&](const MergeRow& row) {
            const bool is_undone =
                !row.undone_on.is_none() && counts(request, row.undone_on, row.undone_at);
            if (counts(request, row.on, row.position) && !is_undone) open.push_back(row.from);
        });
    }
    return members;
}

std::vector<EntryRow> entries_of(const Query& query, const ReportRequest& request) {
    std::vector<EntryRow> all;
    for (const Id& member : members_of(query, request, id_option(request, "party"))) {
        query.scan<entries>(member, [&](const EntryRow& row) {
            if (row.on > request.as_of) return false;
            if (row.position >= request.known_at || request.known_at > row.retracted_at) {
                return true;
            }
            all.push_back(row);
            return true;
        });
    }
    std::ranges::sort(all, {}, [](const EntryRow& row) {
        return std::tuple{row.on, row.position, row.party};
    });
    return all;
}

// The balance in each currency; an amount too large to add leaves the balance unknown from there.
class Balances {
 public:
    Value after(const Money& owes) {
        if (owes.currency() == Currency::none) return {};
        auto& [balance, is_known] =
            balances_.try_emplace(owes.currency(), Money{}, true).first->second;
        is_known = is_known && can_add(balance, owes);
        if (!is_known) return {};
        balance += owes;
        return balance;
    }

 private:
    std::map<Currency, std::pair<Money, bool>> balances_;
};

Result<ReportTable> run(const Query& query, const ReportRequest& request) {
    const Date from = date_option(request, "from", date_min);
    const Date to = date_option(request, "to", date_max);
    const Id party = id_option(request, "party");
    ReportTable table;
    table.title = "Timeline of " + to_string(party);
    table.columns = {
        {"on", "Day", ValueType::date},
        {"module", "Module"},
        {"event", "Event"},
        {"document", "Document", ValueType::id},
        {"text", "Text"},
        {"amount", "Amount", ValueType::money, Align::right},
        {"balance", "Balance", ValueType::money, Align::right},
        {"employee", "Employee", ValueType::id},
        {"party", "Party", ValueType::id},
    };
    Balances balances;
    for (const EntryRow& row : entries_of(query, request)) {
        const Value balance = balances.after(row.owes);
        if (row.on < from || row.on > to) continue;
        const bool has_amount = row.amount.currency() != Currency::none;
        table.rows.push_back(
            {.key = std::to_string(row.position) + "|" + to_string(row.party),
             .cells =
                 {row.on,
                  row.module,
                  row.event,
                  value_of(row.document),
                  row.text,
                  has_amount ? Value{row.amount} : Value{},
                  balance,
                  value_of(row.employee),
                  row.party}}
        );
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (const EntryRow& row : entries_of(query, request)) {
        if (std::to_string(row.position) + "|" + to_string(row.party) == row_key) {
            return std::vector{row.position};
        }
    }
    return Error{ErrorCode::not_found, "the timeline has no line " + std::string{row_key}};
}

constexpr Report reports[]{
    {
        .name = "timeline",
        .title = "Timeline",
        .summary = "Everything that happened with a party, in all modules, with the balance.",
        .options = options,
        .run = &run,
        .explain = &explain,
    },
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<
            Tables<entries, subjects>,
            Events<
                crm::EventTraits,
                crm::PartyRegistered,
                crm::PartyAmended,
                crm::PartyDeactivated,
                crm::PartyReactivated,
                crm::RelationStarted,
                crm::RelationEnded,
                crm::InteractionRecorded,
                crm::InteractionAmended,
                crm::InteractionRetracted,
                crm::LeadConverted,
                crm::DealOpened,
                crm::DealMoved,
                crm::DealTransferred,
                crm::DealAmended,
                crm::ObjectionRaised,
                crm::CompetitorNoted,
                crm::DealWon,
                crm::DealLost,
                crm::DealReopened>,
            Events<
                sales::EventTraits,
                sales::QuotationDrafted,
                sales::QuotationSent,
                sales::QuotationRevised,
                sales::QuotationAccepted,
                sales::QuotationDeclined,
                sales::QuotationExpired,
                sales::QuotationCancelled,
                sales::OrderConfirmed,
                sales::OrderAmended,
                sales::OrderHeld,
                sales::OrderReleased,
                sales::OrderClosedShort,
                sales::OrderCancelled,
                sales::InvoiceIssued,
                sales::CreditNoteIssued>,
            Events<
                accounting::EventTraits,
                accounting::BillRecorded,
                accounting::PaymentRecorded,
                accounting::PaymentReversed,
                accounting::AllocationMade,
                accounting::AllocationUndone,
                accounting::BadDebtWrittenOff>>(),
        projection_of<
            Tables<entries, merges>,
            Events<crm::EventTraits, crm::PartiesMerged, crm::PartiesUnmerged>>()
    )
        .with(std::span<const Report>{reports});

}  // namespace daybook::timeline
