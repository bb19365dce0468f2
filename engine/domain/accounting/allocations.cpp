// Items of one party are set against each other, and can be opened again; an item that nobody will
// pay is written off. How a settlement is booked is in posting.cpp.

#include <algorithm>

#include "engine/domain/accounting/posting.hpp"
#include "engine/domain/accounting/tax_part.hpp"

namespace daybook::accounting {

Checked<SettledPart> asked_part(
    const Posting& posting, const ItemAmount& asked, std::size_t index
) {
    const ItemKey key{read(asked.document()), asked.part()};
    const Money amount = read_or_none(asked.amount());
    const OpenItem* item = posting.find_item(key);
    if (item == nullptr) {
        return {
            Refusal::item_unknown,
            {at_line("items", index, "document"),
             to_string(key.document) + "/" + std::to_string(key.part),
             "an open item"}};
    }
    if (amount.currency() == Currency::none) return SettledPart{key, item->open};
    const std::string at = at_line("items", index, "amount");
    if (Decision no = check_positive(amount, at); no.is_refused()) return no;
    if (!amount.same_currency(item->open)) {
        return {
            Refusal::item_of_other_currency,
            {at, to_string(amount), "an amount in " + std::string{code_of(item->open.currency())}}};
    }
    return SettledPart{key, item->open.is_negative() ? -amount : amount};
}

Decision decide(const Books& state, const AllocateItems& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_book(state); no.is_refused()) return no;

    Posting posting{state};
    AllocationDraft draft{.allocation = read(command.allocation()), .date = date};
    for (std::size_t i = 0; i < command.items()->size(); ++i) {
        const auto part =
            asked_part(posting, *command.items()->Get(static_cast<flatbuffers::uoffset_t>(i)), i);
        if (part.is_refused()) return part.refusal();
        draft.parts.push_back(part.value());
    }
    if (Decision no = posting.allocate(std::move(draft)); no.is_refused()) return no;
    return posting.take();
}

Decision decide(const Books& state, const UndoAllocation& command, const Context& context) {
    if (text(command.reason()).empty()) return Refusal::text_missing;

    const Date date = date_or_today(command.date(), context);
    if (Decision day = check_day(date); day.is_refused()) return day;
    Posting posting{state};
    Decision no = posting.undo(read(command.allocation()), date, text(command.reason()));
    if (no.is_refused()) return no;
    return posting.take();
}

namespace {

// The items of a write-off: debits.
Checked<std::vector<SettledPart>> written_off_parts(
    const Posting& posting, const WriteOffBadDebt& command
) {
    std::vector<SettledPart> parts;
    for (std::size_t i = 0; i < command.items()->size(); ++i) {
        const auto& asked = *command.items()->Get(static_cast<flatbuffers::uoffset_t>(i));
        const auto part = asked_part(posting, asked, i);
        if (part.is_refused()) return part.refusal();
        parts.push_back(part.value());
        if (part.value().amount.minor() <= 0) {
            return {
                Refusal::item_kind_differs,
                {at_line("items", i, "document"),
                 to_string(part.value().amount) + " open",
                 "an item that a customer owes"}};
        }
    }
    if (parts.empty()) return {Refusal::item_unknown, {"items", "none", "at least one"}};
    return parts;
}

}  // namespace

Decision decide(const Books& state, const WriteOffBadDebt& command, const Context& context) {
    const Id id = read(command.write_off());
    const Id code = read_or_none(command.tax_code());
    const Date date = date_or_today(command.date(), context);

    if (text(command.reason()).empty()) return Refusal::text_missing;
    if (Decision no = check_day(date); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::general, Id{});
    if (journal.is_refused()) return journal.refusal();
    if (Decision no = check_new_entry(state, id); no.is_refused()) return no;
    Posting posting{state};
    const auto asked = written_off_parts(posting, command);
    if (asked.is_refused()) return asked.refusal();
    AllocationDraft allocation{.allocation = id, .date = date, .parts = asked.value()};
    if (Decision no = posting.check_asked(allocation); no.is_refused()) return no;

    Money gross;
    std::int64_t base_minor = 0;
    std::vector<SettledPart> parts = asked.value();
    for (SettledPart& part : parts) {
        part.base_minor = carrying_share(*posting.find_item(part.item), part.amount);
        gross += part.amount;
        base_minor += part.base_minor;
    }
    const Id party = posting.find_item(parts.front().item)->party;
    EntryDraft draft{
        .event = {
            .entry = id,
            .journal = journal.value(),
            .kind = EntryKind::bad_debt,
            .date = date,
            .text = copy(command.reason())}};
    const TaxPart whole{gross, base_minor, code, TaxSide::output};
    Decision no = add_net_and_tax(state, draft, whole, AccountRole::bad_debt);
    if (no.is_refused()) return no;
    no = add_opposites(draft, posting, parts, -base_minor);
    if (no.is_refused()) return no;
    posting.record(BadDebtWrittenOffT{
        .write_off = id,
        .party = surviving_party(state, party),
        .date = date,
        .amount = gross,
        .reason = copy(command.reason())});
    if (no = posting.post(std::move(draft)); no.is_refused()) return no;
    for (const ItemKey& opened : posting.opened_items()) {
        allocation.parts.push_back({opened, posting.find_item(opened)->open});
    }
    if (no = posting.allocate(std::move(allocation)); no.is_refused()) return no;
    return posting.take();
}

void apply(Books& state, const AllocationMade& event) {
    const Id id = read(event.allocation());
    Allocation allocation{
        .party = read(event.party()),
        .entry = read_or_none(event.entry()),
        .accounting_date = read(event.accounting_date()),
        .is_final = event.is_final()};
    allocation.items.reserve(event.items()->size());
    for (const SettledItem* settled : *event.items()) {
        const ItemKey key{read(settled->document()), settled->part()};
        const Money amount = read(settled->amount());
        OpenItem& item = state.items.at(key);
        item.open -= amount;
        item.base_minor -= settled->base_minor();
        item.allocations.push_back(id);
        DAYBOOK_ASSERT(!item.open.is_zero() || item.base_minor == 0);
        allocation.items.push_back({key, amount, settled->base_minor()});
    }
    DAYBOOK_ASSERT(!state.allocations.contains(id));
    state.allocations.at(id) = std::move(allocation);
    ++state.book.edit().letterings;
}

void apply(Books& state, const AllocationUndone& event) {
    const Id id = read(event.allocation());
    for (const SettledItem* settled : *event.items()) {
        OpenItem& item = state.items.at({read(settled->document()), settled->part()});
        item.open += read(settled->amount());
        item.base_minor += settled->base_minor();
        item.open_since = std::max(item.open_since, read(event.accounting_date()));
        std::erase(item.allocations, id);
        state.undone.at({read(settled->document()), settled->part()}).push_back(id);
    }
    Allocation& allocation = state.allocations.at(id);
    DAYBOOK_ASSERT(!allocation.is_undone);
    allocation.is_undone = true;
    allocation.undone_on = read(event.accounting_date());
}

void apply(Books&, const BadDebtWrittenOff&) {}

}  // namespace daybook::accounting
