// Journal entries: the only way in which an account moves. What is posted by hand is taken back by
// a reversal; what a document posted is taken back by that document.

#include "engine/domain/accounting/posting.hpp"

#include <cstring>

namespace daybook::accounting {
namespace {

// An invoice's entry is taken back by a credit note, a reversal by posting anew.
bool is_reversible(EntryKind kind) {
    return kind != EntryKind::invoice && kind != EntryKind::credit_note &&
           kind != EntryKind::reversal && kind != EntryKind::tax_return &&
           kind != EntryKind::tax_release && kind != EntryKind::revaluation &&
           kind != EntryKind::clearing;
}

template <class T>
std::uint16_t keep(std::string& bytes, const flatbuffers::Vector<const T*>* structs) {
    if (structs == nullptr) return 0;
    bytes.append(reinterpret_cast<const char*>(structs->Data()), structs->size() * sizeof(T));
    return static_cast<std::uint16_t>(structs->size());
}

KeptEntry kept(const EntryPosted& event) {
    KeptEntry entry{.kind = event.kind(), .journal = read(event.journal())};
    if (!is_reversible(event.kind())) return entry;
    const std::size_t tags =
        (event.taxes() == nullptr ? 0 : event.taxes()->size()) * sizeof(TaxTag);
    entry.bytes.reserve(event.lines()->size() * sizeof(EntryLine) + tags);
    entry.line_count = keep(entry.bytes, event.lines());
    entry.item_count = keep(entry.bytes, event.items());
    entry.tax_count = keep(entry.bytes, event.taxes());
    entry.dimension_count = keep(entry.bytes, event.dimensions());
    entry.deferred_count = keep(entry.bytes, event.deferred_taxes());
    return entry;
}

// The structs at the front of the bytes, which then lose them.
template <class T>
std::vector<T> take(std::string_view& bytes, std::size_t count) {
    std::vector<T> structs(count);
    DAYBOOK_ASSERT(bytes.size() >= count * sizeof(T));
    if (count == 0) return structs;
    std::memcpy(static_cast<void*>(structs.data()), bytes.data(), count * sizeof(T));
    bytes.remove_prefix(count * sizeof(T));
    return structs;
}

// ---- PostEntry

Checked<Money> signed_amount(const PostedLine& line, std::size_t index) {
    const Money debit = read_or_none(line.debit());
    const Money credit = read_or_none(line.credit());
    const bool is_debit = debit.currency() != Currency::none;
    const Money amount = is_debit ? debit : credit;
    const std::string at = at_line("lines", index, is_debit ? "debit" : "credit");
    if (is_debit == (credit.currency() != Currency::none)) {
        return {
            Refusal::debit_or_credit_missing,
            {at, is_debit ? "both" : "neither", "either a debit or a credit"}};
    }
    // A difference in base only has an amount of zero and says its base.
    const bool has_base = !read_or_none(line.base()).is_zero();
    if (!amount.is_zero() || !has_base) {
        if (Decision no = check_positive(amount, at); no.is_refused()) return no;
    }
    return is_debit ? amount : -amount;
}

bool is_credit(const PostedLine& line) {
    return read_or_none(line.credit()).currency() != Currency::none;
}

// The line's base amount as given, or at the rate that it names or that was published.
Decision add_line(const Books& state, EntryDraft& draft, const PostedLine& line) {
    const std::size_t index = draft.event.lines.size();
    const auto amount = signed_amount(line, index);
    if (amount.is_refused()) return amount.refusal();
    DraftLine drafted{read(line.account()), read_or_none(line.party()), amount.value()};

    const Money base = read_or_none(line.base());
    const Currency base_currency = state.book.get().base;
    if (base.currency() != Currency::none) {
        if (base.currency() != base_currency) {
            return {
                Refusal::currency_differs,
                {at_line("lines", index, "base"),
                 to_string(base),
                 "an amount in " + std::string{code_of(base_currency)}}};
        }
        const std::string at = at_line("lines", index, "base");
        if (Decision no = check_positive(base, at); no.is_refused()) return no;
        drafted.base_minor = is_credit(line) ? -base.minor() : base.minor();
        draft.add(drafted);
        return {};
    }
    const Currency currency = amount.value().currency();
    const auto rate =
        exchange_rate_on(state, currency, draft.event.date, read_or_none(line.rate()));
    if (rate.is_refused()) return rate.refusal();
    const auto converted = to_base(state, amount.value(), rate.value());
    if (converted.is_refused()) return converted.refusal();
    drafted.base_minor = converted.value();
    const std::uint16_t added = draft.add(drafted);
    if (currency != base_currency) draft.event.rates.emplace_back(wired(rate.value()), added);
    return {};
}

Decision add_tax_tag(const Books& state, EntryDraft& draft, const PostedLine& line) {
    const std::size_t index = draft.event.lines.size() - 1;
    const Id code = read(line.tax_code());
    const auto rate = tax_rate_on(state, code, draft.event.date);
    if (rate.is_refused()) return rate.refusal();
    const Money tax_base = read_or_none(line.tax_base());
    const std::string at = at_line("lines", index, "tax_base");
    if (Decision no = check_positive(tax_base, at); no.is_refused()) return no;
    const auto exchange =
        exchange_rate_on(state, tax_base.currency(), draft.event.date, read_or_none(line.rate()));
    if (exchange.is_refused()) return exchange.refusal();
    const auto base = to_base(state, tax_base, exchange.value());
    if (base.is_refused()) return base.refusal();

    // Tax on sales is a credit in the ordinary direction, tax on purchases a debit.
    const TaxSide side = state.tax_codes.get(code).side;
    const std::int64_t posted = draft.event.lines.back().base_minor();
    const std::int64_t tax = side == TaxSide::output ? -posted : posted;
    draft.event.taxes.emplace_back(
        wired(code),
        wired(rate.value()),
        tax < 0 ? -base.value() : base.value(),
        tax,
        static_cast<std::uint16_t>(index),
        side
    );
    return {};
}

void add_words(EntryDraft& draft, const PostedLine& line) {
    const auto index = static_cast<std::uint16_t>(draft.event.lines.size() - 1);
    if (!read_or_none(line.document()).is_none() || !read_or_none(line.due()).is_none()) {
        const Id document = read_or_none(line.document());
        const Date due = read_or_none(line.due());
        draft.open_item(
            index,
            document.is_none() ? draft.event.entry : document,
            due.is_none() ? draft.event.date : due
        );
    }
    if (!text(line.text()).empty()) {
        draft.event.texts.push_back(copy(line.text()));
        draft.event.text_lines.push_back(index);
    }
    if (line.dimensions() == nullptr) return;
    for (const LineTag* tag : *line.dimensions()) {
        draft.event.dimensions.emplace_back(*tag->dimension(), *tag->value(), index);
    }
}

bool is_posted_by_hand(EntryKind kind) {
    return kind == EntryKind::manual || kind == EntryKind::opening || kind == EntryKind::adjustment;
}

// Null for what ReverseEntry takes back.
// An invoice is known by its item, goods by inventory: another document mends them, and their
// entries cost no memory.
bool is_mended_by_document(EntryKind kind) {
    switch (kind) {
        case EntryKind::invoice:
        case EntryKind::credit_note:
        case EntryKind::goods:
        case EntryKind::goods_value:
        case EntryKind::goods_restated:
        case EntryKind::goods_written_down:
        case EntryKind::goods_bill:
        case EntryKind::cost_of_sales: return true;
        default: return false;
    }
}

// What the entry changes of the accounts of goods that must come to zero. What was noted for it is
// no longer needed.
void note_unsettled(Books& state, const EntryPosted& event) {
    for (const EntryLine* line : *event.lines()) {
        const Id account = read(line->account());
        if (line->base_minor() == 0 || !state.unsettled.contains(account)) continue;
        state.unsettled.at(account) += line->base_minor();
    }
    if (event.kind() != EntryKind::goods) return;
    const Id source = read_or_none(event.source());
    state.purchased.erase(source);
    state.sold.erase(source);
}

const char* taken_back_by(EntryKind kind) {
    if (kind == EntryKind::payment) return "ReversePayment";
    if (kind == EntryKind::allocation || kind == EntryKind::tax_release) return "UndoAllocation";
    if (kind == EntryKind::clearing) return "ReversePayment";
    if (is_reversible(kind)) return nullptr;
    return "PostEntry with what should stand instead";
}

}  // namespace

Decision decide(const Books& state, const PostEntry& command, const Context& context) {
    const Id entry = read(command.entry());
    const Id chosen = read_or_none(command.journal());
    const Date date = date_or_today(command.date(), context);

    if (text(command.text()).empty()) return Refusal::text_missing;
    if (Decision no = check_book(state); no.is_refused()) return no;
    if (Decision no = check_day(date); no.is_refused()) return no;
    const bool is_opening = command.kind() == EntryKind::opening;
    const auto journal =
        journal_for(state, is_opening ? JournalKind::opening : JournalKind::general, chosen);
    if (journal.is_refused()) return journal.refusal();
    if (Decision no = check_new_entry(state, entry); no.is_refused()) return no;
    if (!is_posted_by_hand(command.kind())) {
        return {
            Refusal::entry_kind_not_allowed,
            {"kind", EnumNameEntryKind(command.kind()), "manual, opening or adjustment"}};
    }
    if (command.lines()->size() > entry_lines_max) {
        return {
            Refusal::too_many_lines,
            {"lines",
             std::to_string(command.lines()->size()),
             "at most " + std::to_string(entry_lines_max)}};
    }

    EntryDraft draft{
        .event =
            {.entry = entry,
             .journal = journal.value(),
             .kind = command.kind(),
             .date = date,
             .piece = copy(command.piece()),
             .piece_date = read_or_none(command.piece_date()),
             .text = copy(command.text())},
        .keeps_date = true};
    for (const PostedLine* line : *command.lines()) {
        if (Decision no = add_line(state, draft, *line); no.is_refused()) return no;
        add_words(draft, *line);
        if (read_or_none(line->tax_code()).is_none()) continue;
        if (Decision no = add_tax_tag(state, draft, *line); no.is_refused()) return no;
    }
    Posting posting{state};
    if (Decision no = posting.post(std::move(draft)); no.is_refused()) return no;
    return posting.take();
}

EntryDraft reversed(const Books& state, const Id& id) {
    const KeptEntry& kept = *state.entries.find(id);
    DAYBOOK_ASSERT(!kept.is_reversed);
    EntryDraft draft{
        .event = {.journal = kept.journal, .kind = EntryKind::reversal, .reverses = id}};
    std::string_view bytes = kept.bytes;
    for (const EntryLine& line : take<EntryLine>(bytes, kept.line_count)) {
        draft.event.lines.emplace_back(
            line.account(), line.party(), wired(-read(line.amount())), -line.base_minor()
        );
    }
    take<OpenedItem>(bytes, kept.item_count);
    for (const TaxTag& tag : take<TaxTag>(bytes, kept.tax_count)) {
        draft.event.taxes.emplace_back(
            tag.tax_code(), tag.rate(), -tag.base_minor(), -tag.tax_minor(), tag.line(), tag.side()
        );
    }
    draft.event.dimensions = take<LineDimension>(bytes, kept.dimension_count);
    for (const DeferredTax& tag : take<DeferredTax>(bytes, kept.deferred_count)) {
        draft.event.deferred_taxes.emplace_back(
            tag.tax_code(),
            tag.rate(),
            -tag.base_minor(),
            -tag.tax_minor(),
            wired(-read(tag.tax())),
            tag.account(),
            tag.side()
        );
    }
    return draft;
}

std::vector<ItemKey> items_of(const Books& state, const Id& id) {
    const KeptEntry& kept = *state.entries.find(id);
    std::string_view bytes = kept.bytes;
    take<EntryLine>(bytes, kept.line_count);
    std::vector<ItemKey> items;
    for (const OpenedItem& item : take<OpenedItem>(bytes, kept.item_count)) {
        items.push_back({read(item.document()), item.part()});
    }
    return items;
}

Decision post_reversal(Posting& posting, const Books& state, const ReversalOrder& order) {
    const std::vector<ItemKey> originals = items_of(state, order.entry);
    EntryDraft draft = reversed(state, order.entry);
    draft.event.entry = order.reversal;
    draft.event.date = order.date;
    draft.event.piece = to_string(order.entry);
    draft.event.text = order.reason;
    draft.event.source = order.entry;
    draft.keeps_date = true;
    if (Decision no = posting.post(std::move(draft)); no.is_refused()) return no;
    const std::vector<ItemKey> opposites{
        posting.opened_items().begin(), posting.opened_items().end()};
    DAYBOOK_ASSERT(opposites.size() == originals.size());
    posting.record(EntryReversedT{
        .entry = order.entry, .reversal = order.reversal, .reason = order.reason});
    for (std::size_t i = 0; i < originals.size(); ++i) {
        const OpenItem& item = *posting.find_item(originals[i]);
        const OpenItem& opposite = *posting.find_item(opposites[i]);
        const std::string name = to_string(order.reversal) + " reversal " + std::to_string(i);
        Decision no = posting.allocate({
            .allocation = id_from_text(name),
            .date = order.date,
            .parts = {{originals[i], item.open}, {opposites[i], opposite.open}},
            .is_final = true,
        });
        if (no.is_refused()) return no;
    }
    return {};
}

Decision decide(const Books& state, const ReverseEntry& command, const Context& context) {
    const Id id = read(command.entry());
    const Id reversal = read(command.reversal());
    const Date date = date_or_today(command.date(), context);

    if (text(command.reason()).empty()) return Refusal::text_missing;
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, reversal); no.is_refused()) return no;
    const KeptEntry* entry = state.entries.find(id);
    if (entry == nullptr) {
        return {
            Refusal::entry_unknown,
            {"entry",
             to_string(id),
             "an entry posted by hand or by a bill; a credit note takes an invoice back"}};
    }
    if (const char* instead = taken_back_by(entry->kind); instead != nullptr) {
        return {
            Refusal::entry_belongs_to_document,
            {"entry",
             to_string(id) + " is of the kind " + EnumNameEntryKind(entry->kind),
             instead}};
    }
    if (entry->is_reversed) {
        return {
            Refusal::entry_already_reversed,
            {"entry", to_string(id), "an entry that was not reversed"}};
    }
    for (const ItemKey& key : items_of(state, id)) {
        const OpenItem& item = *state.items.find(key);
        if (item.allocations.empty()) continue;
        return {
            Refusal::item_is_allocated,
            {"entry",
             to_string(key.document) + "/" + std::to_string(key.part) + " in allocation " +
                 to_string(item.allocations.front()),
             "UndoAllocation first"}};
    }

    Posting posting{state};
    const ReversalOrder order{id, reversal, date, copy(command.reason())};
    if (Decision no = post_reversal(posting, state, order); no.is_refused()) return no;
    return posting.take();
}

void apply(Books& state, const EntryPosted& event) {
    std::uint32_t& number = state.numbers.at({read(event.journal()), read(event.year())});
    DAYBOOK_ASSERT(event.number() == number + 1);
    number = event.number();

    if (event.items() != nullptr) {
        for (const OpenedItem* opened : *event.items()) {
            const EntryLine& line = *event.lines()->Get(opened->line());
            OpenItem& item = state.items.at({read(opened->document()), opened->part()});
            DAYBOOK_ASSERT(item.account.is_none());
            item.account = read(line.account());
            item.party = read(line.party());
            item.open = read(line.amount());
            item.base_minor = line.base_minor();
            item.open_since = read(event.accounting_date());
        }
    }
    note_foreign(state, event);
    note_deferred(state, event);
    if (event.taxes() != nullptr) {
        const Date date = read(event.date());
        const Date month = Date::of(date.year(), date.month(), 1);
        for (const TaxTag* tag : *event.taxes()) {
            const Id account =
                tag->tax_minor() == 0 ? Id{} : read(event.lines()->Get(tag->line())->account());
            TaxSum& sum =
                state.taxes_to_return.at({month, read(tag->tax_code()), tag->side(), account});
            sum.base_minor += tag->base_minor();
            sum.tax_minor += tag->tax_minor();
        }
    }
    if (state.unsettled.size() > 0) note_unsettled(state, event);
    if (is_mended_by_document(event.kind())) return;
    state.entries.at(read(event.entry())) = kept(event);
}

void apply(Books& state, const EntryReversed& event) {
    KeptEntry& entry = state.entries.at(read(event.entry()));
    DAYBOOK_ASSERT(!entry.is_reversed);
    entry.is_reversed = true;
    // A reversal is not reversed again, so nobody needs the lines any more.
    entry.bytes = {};
    entry.line_count = entry.item_count = entry.tax_count = entry.dimension_count = 0;
    entry.deferred_count = 0;
}

}  // namespace daybook::accounting
