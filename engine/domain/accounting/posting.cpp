// What one decision puts into the books: entries, and what they settle. Every entry of the book
// passes post(), every settlement allocate(): balance, periods, numbers and the carrying rule for
// exchange differences are checked and worked out here and nowhere else.

#include "engine/domain/accounting/posting.hpp"

#include <algorithm>
#include <limits>

namespace daybook::accounting {
namespace {

constexpr unsigned number_digits_min = 6;
constexpr std::size_t lettering_letters_min = 3;

std::string number_text(const JournalYear& series, std::uint32_t number) {
    const std::string digits = std::to_string(number);
    std::string out = to_string(series.journal) + "-" + to_string(series.year) + "-";
    if (digits.size() < number_digits_min) out.append(number_digits_min - digits.size(), '0');
    return out + digits;
}

// AAA, AAB ... ZZZ, BAAA ...
std::string lettering_code(std::uint64_t index) {
    std::string letters;
    for (; index > 0 || letters.size() < lettering_letters_min; index /= 26) {
        letters.insert(letters.begin(), static_cast<char>('A' + index % 26));
    }
    return letters;
}

// In the order of their first line.
struct CurrencySum {
    Currency currency = Currency::none;
    Wide amount = 0;
    Wide base = 0;
};
std::vector<CurrencySum> sums_by_currency(const std::vector<EntryLine>& lines) {
    std::vector<CurrencySum> sums;
    for (const EntryLine& line : lines) {
        const Money amount = read(line.amount());
        auto found = std::ranges::find(sums, amount.currency(), &CurrencySum::currency);
        if (found == sums.end()) found = sums.insert(found, {amount.currency()});
        found->amount += amount.minor();
        found->base += line.base_minor();
    }
    return sums;
}

Money shown(Wide minor, Currency currency) {
    return Money::from_minor(fits_64(minor) ? narrow(minor) : 0, currency);
}

}  // namespace

std::uint16_t EntryDraft::add(const DraftLine& line) {
    event.lines.emplace_back(
        wired(line.account), wired(line.party), wired(line.amount), line.base_minor
    );
    return static_cast<std::uint16_t>(event.lines.size() - 1);
}

void EntryDraft::open_item(std::uint16_t line, const Id& document, Date due) {
    event.items.emplace_back(wired(document), wired(due), line, std::uint16_t{0});
}

std::int64_t carrying_share(const OpenItem& item, Money part) {
    if (part == item.open) return item.base_minor;
    const Wide sign = item.open.is_negative() ? -1 : 1;
    return narrow(divide(
        static_cast<Wide>(item.base_minor) * part.minor() * sign,
        static_cast<Wide>(item.open.minor()) * sign,
        Rounding::half_even
    ));
}

Decision add_opposites(
    EntryDraft& draft,
    const Posting& posting,
    std::span<const SettledPart> parts,
    std::int64_t base_minor
) {
    const Id party = posting.find_item(parts.front().item)->party;
    std::map<Id, Money> by_account;
    Money whole;
    for (const SettledPart& part : parts) {
        by_account[posting.find_item(part.item)->account] += part.amount;
        whole += part.amount;
    }
    // The last account takes what is left of the base amount.
    std::int64_t left = base_minor;
    for (const auto& [account, amount] : by_account) {
        std::int64_t share = left;
        if (account != by_account.rbegin()->first) {
            const auto part = scaled(base_minor, amount, whole);
            if (part.is_refused()) return part.refusal();
            share = part.value();
        }
        draft.add({account, party, -amount, share});
        left -= share;
    }
    return {};
}

void add_due_lines(EntryDraft& draft, const DraftLine& side, std::span<const DueAmount> amounts) {
    Wide whole = 0;
    for (const DueAmount& due : amounts) whole += due.amount.minor();
    std::int64_t left = side.base_minor;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        const Wide sign = whole < 0 ? -1 : 1;
        const std::int64_t share =
            i + 1 == amounts.size() || whole == 0
                ? left
                : narrow(divide(
                      static_cast<Wide>(side.base_minor) * amounts[i].amount.minor() * sign,
                      whole * sign,
                      Rounding::half_even
                  ));
        const std::uint16_t line = draft.add({side.account, side.party, amounts[i].amount, share});
        draft.open_item(line, draft.event.entry, amounts[i].due);
        left -= share;
    }
}

const OpenItem* Posting::find_item(const ItemKey& key) const {
    const auto touched = items_.find(key);
    return touched != items_.end() ? &touched->second : state_.items.find(key);
}

Decision Posting::post(EntryDraft draft) {
    EntryPostedT& entry = draft.event;
    if (Decision no = check_lines(draft); no.is_refused()) return no;
    if (Decision no = balance(draft); no.is_refused()) return no;
    const auto day = draft.keeps_date
                         ? fixed_accounting_date(state_, entry.date, entry.kind)
                         : accounting_date(state_, std::max(entry.date, draft.not_before));
    if (day.is_refused()) return day.refusal();
    if (!state_.journals.contains(entry.journal)) {
        return {
            Refusal::journal_unknown, {"journal", to_string(entry.journal), "an opened journal"}};
    }

    entry.accounting_date = day.value();
    entry.year = state_.days.period_of(entry.accounting_date)->second.year;
    const JournalYear series{entry.journal, entry.year};
    const auto given = numbers_.try_emplace(series, state_.numbers.get(series)).first;
    entry.number = ++given->second;
    entry.number_text = number_text(series, entry.number);
    if (entry.piece.empty()) entry.piece = to_string(entry.entry);
    if (entry.piece_date.is_none()) entry.piece_date = entry.date;
    if (Decision no = complete_items(draft); no.is_refused()) return no;
    if (!entry.deferred_taxes.empty() && entry.kind != EntryKind::tax_release) {
        deferrals_[entry.entry] = deferrals_in(entry);
    }
    decision_.add(std::move(entry));
    return {};
}

Decision Posting::check_lines(const EntryDraft& draft) const {
    const std::size_t count = draft.event.lines.size();
    if (count < 2) {
        return {Refusal::too_few_lines, {"lines", std::to_string(count), "at least 2"}};
    }
    if (count > entry_lines_max) {
        return {
            Refusal::too_many_lines,
            {"lines", std::to_string(count), "at most " + std::to_string(entry_lines_max)}};
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (Decision no = check_line(draft, i); no.is_refused()) return no;
    }
    for (const LineDimension& tag : draft.event.dimensions) {
        const std::string at = at_line("lines", tag.line(), "dimensions");
        Decision no = check_dimension(state_, read(tag.dimension()), read(tag.value()), at);
        if (no.is_refused()) return no;
    }
    return {};
}

Decision Posting::check_line(const EntryDraft& draft, std::size_t index) const {
    const EntryLine& line = draft.event.lines[index];
    const Id account_id = read(line.account());
    const Id party = read(line.party());
    const Money amount = read(line.amount());
    const std::string at = at_line("lines", index, "account");

    if (Decision no = check_account(state_, account_id, at); no.is_refused()) return no;
    const Account& account = *state_.accounts.find(account_id);
    const bool is_control = account.control != ControlKind::none;
    if (is_control && party.is_none()) {
        return {
            Refusal::party_missing,
            {at_line("lines", index, "party"),
             to_string(account_id) + " without a party",
             "a party on every line of a control account"}};
    }
    if (!is_control && !party.is_none()) {
        return {
            Refusal::party_not_allowed,
            {at_line("lines", index, "party"),
             to_string(party) + " on " + to_string(account_id),
             "a party on control accounts only"}};
    }
    if (is_control) {
        if (Decision no = check_party(state_, party); no.is_refused()) return no;
    }
    if (is_control && amount.is_zero() && !draft.settles_items) {
        return {Refusal::amount_must_be_positive, {at, to_string(amount), "other than zero"}};
    }
    if (Decision no = check_size(amount, at); no.is_refused()) return no;
    const Money base = in_base(state_, line.base_minor());
    if (Decision no = check_size(base, at); no.is_refused()) return no;
    const bool is_base = amount.currency() == state_.book.get().base;
    const bool agrees = amount.is_zero() || line.base_minor() == 0 ||
                        amount.is_negative() == (line.base_minor() < 0);
    if ((is_base && amount.minor() != line.base_minor()) || !agrees) {
        return {
            Refusal::base_differs,
            {at_line("lines", index, "base"),
             to_string(base),
             is_base ? to_string(amount) : "the sign of " + to_string(amount)}};
    }
    if (account.required_dimension.is_none()) return {};
    const auto& tags = draft.event.dimensions;
    auto tag = std::ranges::lower_bound(tags, index, {}, &LineDimension::line);
    for (; tag != tags.end() && tag->line() == index; ++tag) {
        if (read(tag->dimension()) == account.required_dimension) return {};
    }
    return {
        Refusal::dimension_missing,
        {at_line("lines", index, "dimensions"),
         to_string(account_id) + " without " + to_string(account.required_dimension),
         "a value of " + to_string(account.required_dimension)}};
}

Decision Posting::balance(EntryDraft& draft) const {
    const std::vector<CurrencySum> sums = sums_by_currency(draft.event.lines);
    std::size_t unbalanced = 0;
    Wide base = 0;
    for (const CurrencySum& sum : sums) {
        base += sum.base;
        if (sum.amount != 0) ++unbalanced;
    }
    // Two currencies that do not balance are an exchange; one that does not is a mistake.
    if (unbalanced == 1) {
        const auto wrong =
            std::ranges::find_if(sums, [](const CurrencySum& sum) { return sum.amount != 0; });
        return {
            Refusal::unbalanced_in_currency,
            {"lines",
             "debits less credits are " + to_string(shown(wrong->amount, wrong->currency)),
             "zero"}};
    }
    if (base != 0) {
        const Wide twice = base < 0 ? -2 * base : 2 * base;
        if (twice > static_cast<Wide>(draft.event.lines.size())) {
            return {
                Refusal::unbalanced_in_base,
                {"lines",
                 "debits less credits are " + to_string(shown(base, state_.book.get().base)),
                 "zero, or at most half a minor unit a line for rounding"}};
        }
        if (Decision no = round(draft, narrow(base)); no.is_refused()) return no;
    }
    return unbalanced == 0 ? Decision{} : convert_currencies(draft);
}

Decision Posting::round(EntryDraft& draft, std::int64_t difference) const {
    const auto account = account_for(state_, AccountRole::rounding, Id{});
    if (account.is_refused()) return account.refusal();
    const auto foreign = std::ranges::find_if(draft.event.lines, [&](const EntryLine& line) {
        return read(line.amount()).currency() != state_.book.get().base;
    });
    DAYBOOK_ASSERT(foreign != draft.event.lines.end());
    const Money nothing = Money::from_minor(0, read(foreign->amount()).currency());
    draft.add({account.value(), Id{}, nothing, -difference});
    return check_account(state_, account.value(), "rounding");
}

Decision Posting::convert_currencies(EntryDraft& draft) const {
    const auto account = account_for(state_, AccountRole::exchange_conversion, Id{});
    if (account.is_refused()) return account.refusal();
    Decision no = check_account(state_, account.value(), "exchange_conversion");
    if (no.is_refused()) return no;
    for (const CurrencySum& sum : sums_by_currency(draft.event.lines)) {
        if (sum.amount == 0 && sum.base == 0) continue;
        const Money amount = Money::from_minor(narrow(-sum.amount), sum.currency);
        draft.add({account.value(), Id{}, amount, narrow(-sum.base)});
    }
    return {};
}

Checked<ItemKey> Posting::new_item(const Id& document, std::uint16_t after) const {
    constexpr std::uint16_t part_max = std::numeric_limits<std::uint16_t>::max();
    ItemKey key{document, after};
    while (key.part < part_max) {
        ++key.part;
        if (find_item(key) == nullptr) return key;
    }
    return {
        Refusal::too_many_lines,
        {"lines",
         "more than " + std::to_string(part_max) + " items of " + to_string(document),
         "items of another document"}};
}

Decision Posting::complete_items(EntryDraft& draft) {
    EntryPostedT& entry = draft.event;
    opened_.clear();
    if (draft.settles_items) return {};

    std::vector<OpenedItem> named = std::move(entry.items);
    entry.items.clear();
    auto next = named.begin();
    std::map<Id, std::uint16_t> last_part;
    for (std::uint16_t i = 0; i < entry.lines.size(); ++i) {
        const EntryLine& line = entry.lines[i];
        const bool is_named = next != named.end() && next->line() == i;
        const Id document = is_named ? read(next->document()) : entry.entry;
        const Date due = is_named ? read(next->due()) : entry.date;
        if (is_named) ++next;
        if (read(line.party()).is_none()) continue;
        const auto key = new_item(document, last_part[document]);
        if (key.is_refused()) return key.refusal();
        last_part[document] = key.value().part;
        entry.items.emplace_back(wired(document), wired(due), i, key.value().part);
        items_[key.value()] = OpenItem{
            .account = read(line.account()),
            .party = read(line.party()),
            .open = read(line.amount()),
            .base_minor = line.base_minor(),
            .open_since = entry.accounting_date};
        opened_.push_back(key.value());
    }
    return {};
}

Decision Posting::check_part(const AllocationDraft& draft, std::size_t index) const {
    const SettledPart& part = draft.parts[index];
    const std::string name = to_string(part.item.document) + "/" + std::to_string(part.item.part);
    const std::string at = at_line("items", index, "document");
    const OpenItem* item = find_item(part.item);
    if (item == nullptr) {
        return {Refusal::item_unknown, {at, name, "an open item"}};
    }
    const auto first = std::ranges::find(draft.parts, part.item, &SettledPart::item);
    if (first != draft.parts.begin() + static_cast<std::ptrdiff_t>(index)) {
        return {Refusal::item_named_twice, {at, name, "each item once"}};
    }
    const OpenItem& other = *find_item(draft.parts.front().item);
    if (surviving_party(state_, item->party) != surviving_party(state_, other.party)) {
        return {
            Refusal::item_of_other_party,
            {at, name + " of " + to_string(item->party), "items of " + to_string(other.party)}};
    }
    if (!item->open.same_currency(other.open)) {
        return {
            Refusal::item_of_other_currency,
            {at, name + " in " + to_string(item->open), "items in one currency"}};
    }
    const bool is_within = part.amount.is_negative() ? part.amount.minor() >= item->open.minor()
                                                     : part.amount.minor() <= item->open.minor();
    if (part.amount.is_zero() || !part.amount.same_currency(item->open) || !is_within) {
        return {
            Refusal::more_than_open,
            {at_line("items", index, "amount"),
             to_string(part.amount) + " of " + name,
             "at most " + to_string(item->open)}};
    }
    return {};
}

Decision Posting::check_asked(const AllocationDraft& draft) const {
    if (state_.allocations.contains(draft.allocation)) {
        return {
            Refusal::allocation_exists,
            {"allocation", to_string(draft.allocation), "an allocation not made yet"}};
    }
    if (draft.parts.size() > entry_lines_max) {
        return {
            Refusal::too_many_lines,
            {"items",
             std::to_string(draft.parts.size()),
             "at most " + std::to_string(entry_lines_max)}};
    }
    for (std::size_t i = 0; i < draft.parts.size(); ++i) {
        if (Decision no = check_part(draft, i); no.is_refused()) return no;
    }
    return {};
}

Decision Posting::check_parts(const AllocationDraft& draft) const {
    if (Decision no = check_asked(draft); no.is_refused()) return no;
    Wide sum = 0;
    bool has_debit = false;
    bool has_credit = false;
    for (const SettledPart& part : draft.parts) {
        const Money amount = part.amount;
        sum += amount.minor();
        has_debit = has_debit || !amount.is_negative();
        has_credit = has_credit || amount.is_negative();
    }
    if (!has_debit || !has_credit) {
        return {
            Refusal::items_of_one_side,
            {"items", has_debit ? "debits only" : "credits only", "debits and credits"}};
    }
    if (sum != 0) {
        const Currency currency = draft.parts.front().amount.currency();
        return {
            Refusal::allocation_unbalanced,
            {"items", "debits less credits are " + to_string(shown(sum, currency)), "zero"}};
    }
    return {};
}

Decision Posting::allocate(AllocationDraft draft) {
    if (Decision no = check_parts(draft); no.is_refused()) return no;
    Date first = draft.date;
    for (const SettledPart& part : draft.parts) {
        first = std::max(first, find_item(part.item)->open_since);
    }
    const auto day = accounting_date(state_, first);
    if (day.is_refused()) return day.refusal();

    AllocationMadeT made{
        .allocation = draft.allocation,
        .party = surviving_party(state_, find_item(draft.parts.front().item)->party),
        .date = draft.date,
        .accounting_date = day.value(),
        .lettering = lettering_code(state_.book.get().letterings + letterings_++),
        .is_final = draft.is_final};
    Wide difference = 0;
    bool one_account = true;
    const Id account = find_item(draft.parts.front().item)->account;
    for (SettledPart& part : draft.parts) {
        OpenItem item = *find_item(part.item);
        one_account = one_account && item.account == account;
        part.base_minor = carrying_share(item, part.amount);
        difference += part.base_minor;
        made.items.emplace_back(
            wired(part.item.document), wired(part.amount), part.base_minor, part.item.part
        );
    }
    if (difference != 0 || !one_account) {
        made.entry = id_from_text("accounting allocation " + to_string(draft.allocation));
        if (Decision no = post_difference(draft, made); no.is_refused()) return no;
    }
    for (const SettledPart& part : draft.parts) {
        OpenItem item = *find_item(part.item);
        item.open -= part.amount;
        item.base_minor -= part.base_minor;
        item.allocations.push_back(draft.allocation);
        DAYBOOK_ASSERT(!item.open.is_zero() || item.base_minor == 0);
        items_[part.item] = std::move(item);
    }
    const ReleaseOrder release{draft.allocation, draft.date, made.accounting_date};
    decision_.add(std::move(made));
    return release_taxes(draft.parts, release);
}

// Takes from each control account what its items lose. What the items were carried at beyond each
// other is the realised exchange difference: it has an amount in base currency only.
Decision Posting::post_difference(const AllocationDraft& draft, const AllocationMadeT& made) {
    const auto journal = journal_for(state_, JournalKind::general, Id{});
    if (journal.is_refused()) return journal.refusal();
    const Id party = find_item(draft.parts.front().item)->party;
    std::map<Id, std::pair<Money, std::int64_t>> by_account;
    std::int64_t difference = 0;
    for (const SettledPart& part : draft.parts) {
        auto& [amount, base_minor] = by_account[find_item(part.item)->account];
        amount += part.amount;
        base_minor += part.base_minor;
        difference += part.base_minor;
    }

    EntryDraft settling{
        .event =
            {.entry = made.entry,
             .journal = journal.value(),
             .kind = EntryKind::allocation,
             .date = draft.date,
             .piece = to_string(draft.allocation),
             .text = "Allocation " + to_string(draft.allocation),
             .source = draft.allocation},
        .settles_items = true,
        .not_before = made.accounting_date};
    for (const auto& [account, sum] : by_account) {
        if (sum.first.is_zero() && sum.second == 0) continue;
        settling.add({account, party, -sum.first, -sum.second});
    }
    if (difference != 0) {
        const bool is_loss = difference > 0;
        const auto account = account_for(
            state_, is_loss ? AccountRole::exchange_loss : AccountRole::exchange_gain, Id{}
        );
        if (account.is_refused()) return account.refusal();
        const Money nothing = Money::from_minor(0, draft.parts.front().amount.currency());
        settling.add({account.value(), Id{}, nothing, difference});
    }
    const std::vector<ItemKey> opened = opened_;
    Decision answer = post(std::move(settling));
    opened_ = opened;
    return answer;
}

Decision Posting::undo(const Id& id, Date date, std::string_view reason) {
    const Allocation* allocation = state_.allocations.find(id);
    if (allocation == nullptr || allocation->is_undone) {
        return {
            Refusal::allocation_unknown,
            {"allocation", to_string(id), "an allocation that is in force"}};
    }
    if (allocation->is_final) {
        return {
            Refusal::allocation_belongs_to_reversal,
            {"allocation", to_string(id), "an allocation that no reversal made"}};
    }

    const auto day = accounting_date(state_, std::max(date, allocation->accounting_date));
    if (day.is_refused()) return day.refusal();

    AllocationUndoneT undone{
        .allocation = id,
        .party = surviving_party(state_, allocation->party),
        .date = date,
        .accounting_date = day.value(),
        .reason = std::string{reason}};
    if (!allocation->entry.is_none()) {
        EntryDraft draft = reversed(state_, allocation->entry);
        undone.entry = id_from_text("accounting allocation undone " + to_string(id));
        draft.event.entry = undone.entry;
        draft.event.date = date;
        draft.event.piece = to_string(id);
        draft.event.text = "Allocation undone " + to_string(id);
        draft.event.source = id;
        draft.settles_items = true;
        draft.not_before = day.value();
        if (Decision no = post(std::move(draft)); no.is_refused()) return no;
    }
    for (const SettledPart& part : allocation->items) {
        OpenItem item = *find_item(part.item);
        item.open += part.amount;
        item.base_minor += part.base_minor;
        item.open_since = std::max(item.open_since, day.value());
        std::erase(item.allocations, id);
        items_[part.item] = std::move(item);
        undone.items.emplace_back(
            wired(part.item.document), wired(part.amount), part.base_minor, part.item.part
        );
    }
    decision_.add(std::move(undone));
    return release_taxes(
        allocation->items, {id_from_text("accounting undone " + to_string(id)), date, day.value()}
    );
}

}  // namespace daybook::accounting
