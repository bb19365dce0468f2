// Money received and made, with its fees, discounts and small differences. What it does not settle
// becomes an advance of the party.

#include "engine/domain/accounting/posting.hpp"
#include "engine/domain/accounting/tax_part.hpp"

namespace daybook::accounting {
namespace {

// A payment worked out. Amounts are without sign; `cash` is in the currency of the bank account,
// the others in the currency of the items, which is mostly the same.
struct Settling {
    bool is_received = false;
    Money amount;  // What the bank account moves by.
    Money fee;
    Money cash;        // What the party paid or got: amount and fee of a receipt.
    Money cash_value;  // The same in the items' currency.
    Money settled;     // cash_value, discounts and difference.
    Money allocated;   // The part of it that pays items.
    ExchangeRate rate;
    std::int64_t amount_base = 0;
    std::int64_t fee_base = 0;

    [[nodiscard]] std::int64_t sign() const { return is_received ? 1 : -1; }
    [[nodiscard]] std::int64_t cash_base() const {
        return is_received ? amount_base + fee_base : amount_base - fee_base;
    }
    // What an amount in the items' currency comes to in base, at the payment's own rate.
    [[nodiscard]] Checked<std::int64_t> base_of(Money part) const {
        return scaled(cash_base(), part, cash_value);
    }
};

Money turned(Money amount, std::int64_t sign) {
    return sign < 0 ? -amount : amount;
}

bool is_given(Money amount) {
    return amount.currency() != Currency::none;
}

Decision check_cash(const Books& state, const RecordPayment& command) {
    const Id account = read(command.account());
    if (Decision no = check_account(state, account, "account"); no.is_refused()) return no;
    if (state.accounts.get(account).is_cash) return {};
    return {
        Refusal::account_is_not_cash,
        {"account", to_string(account), "a bank or cash account (is_cash)"}};
}

Decision check_amounts(const RecordPayment& command) {
    const Money amount = read(command.amount());
    const Money fee = read_or_none(command.fee());
    const Money settles = read_or_none(command.settles());
    if (Decision no = check_positive(amount, "amount"); no.is_refused()) return no;
    if (is_given(fee)) {
        if (Decision no = check_positive(fee, "fee"); no.is_refused()) return no;
    }
    if (!fee.same_currency(amount)) {
        return {
            Refusal::currency_differs,
            {"fee", to_string(fee), "an amount in " + std::string{code_of(amount.currency())}}};
    }
    const bool is_made = command.direction() == PaymentDirection::made;
    if (is_made && fee.minor() >= amount.minor()) {
        return {
            Refusal::amount_must_be_positive,
            {"fee", to_string(fee) + " of " + to_string(amount), "less than the amount"}};
    }
    if (!is_given(settles)) return {};
    if (Decision no = check_positive(settles, "settles"); no.is_refused()) return no;
    if (!settles.same_currency(amount)) return {};
    return {
        Refusal::settles_needs_other_currency,
        {"settles", to_string(settles), "another currency than the amount's, or nothing"}};
}

Checked<Settling> work_out(const Books& state, const RecordPayment& command, Date date) {
    const Money amount = read(command.amount());
    const Money fee = Money::from_minor(read_or_none(command.fee()).minor(), amount.currency());
    const Money settles = read_or_none(command.settles());
    Settling settling{
        .is_received = command.direction() == PaymentDirection::received,
        .amount = amount,
        .fee = fee,
        .cash = command.direction() == PaymentDirection::received ? amount + fee : amount - fee};
    settling.cash_value = is_given(settles) ? settles : settling.cash;
    settling.settled = settling.cash_value;
    settling.allocated = Money::from_minor(0, settling.settled.currency());

    const auto rate =
        exchange_rate_on(state, amount.currency(), date, read_or_none(command.rate()));
    if (rate.is_refused()) return rate.refusal();
    settling.rate = rate.value();
    const auto amount_base = to_base(state, amount, rate.value());
    if (amount_base.is_refused()) return amount_base.refusal();
    const auto fee_base = to_base(state, fee, rate.value());
    if (fee_base.is_refused()) return fee_base.refusal();
    settling.amount_base = amount_base.value();
    settling.fee_base = fee_base.value();
    return settling;
}

Decision add_cash(
    const Books& state, EntryDraft& draft, const Settling& settling, const Id& account
) {
    const std::int64_t sign = settling.sign();
    draft.add({account, Id{}, turned(settling.amount, sign), sign * settling.amount_base});
    if (settling.amount.currency() != state.book.get().base) {
        draft.event.rates.emplace_back(wired(settling.rate), std::uint16_t{0});
    }
    if (settling.fee.is_zero()) return {};
    const auto charges = account_for(state, AccountRole::bank_charges, Id{});
    if (charges.is_refused()) return charges.refusal();
    draft.add({charges.value(), Id{}, settling.fee, settling.fee_base});
    return {};
}

Decision add_discounts(
    const Books& state, EntryDraft& draft, Settling& settling, const RecordPayment& command
) {
    if (command.discounts() == nullptr) return {};
    std::size_t index = 0;
    for (const DiscountTaken* taken : *command.discounts()) {
        const Money gross = read(taken->amount());
        const std::string at = at_line("discounts", index++, "amount");
        if (Decision no = check_positive(gross, at); no.is_refused()) return no;
        if (!gross.same_currency(settling.settled)) {
            return {
                Refusal::currency_differs,
                {at, to_string(gross), "the currency of " + to_string(settling.settled)}};
        }
        const auto base = settling.base_of(gross);
        if (base.is_refused()) return base.refusal();
        const TaxPart part{
            gross,
            base.value(),
            read_or_none(taken->tax_code()),
            settling.is_received ? TaxSide::output : TaxSide::input};
        const AccountRole role =
            settling.is_received ? AccountRole::discount_allowed : AccountRole::discount_received;
        if (Decision no = add_net_and_tax(state, draft, part, role); no.is_refused()) return no;
        settling.settled += gross;
        if (Decision no = check_positive(settling.settled, at); no.is_refused()) return no;
    }
    return {};
}

Decision add_difference(
    const Books& state, EntryDraft& draft, Settling& settling, Money difference
) {
    if (!is_given(difference)) return {};
    if (Decision no = check_positive(difference, "difference"); no.is_refused()) return no;
    if (!difference.same_currency(settling.settled)) {
        return {
            Refusal::currency_differs,
            {"difference",
             to_string(difference),
             "the currency of " + to_string(settling.settled)}};
    }
    const auto base = settling.base_of(difference);
    if (base.is_refused()) return base.refusal();
    const Money most = state.book.get().payment_difference_max;
    if (base.value() > most.minor()) {
        return {
            Refusal::difference_too_large,
            {"difference", to_string(difference), "at most " + to_string(most)}};
    }
    const auto account = account_for(state, AccountRole::payment_difference, Id{});
    if (account.is_refused()) return account.refusal();
    const std::int64_t sign = settling.sign();
    draft.add({account.value(), Id{}, turned(difference, sign), sign * base.value()});
    settling.settled += difference;
    return {};
}

// The parts that it pays, with the items' signs; an item without an amount takes what is left.
Checked<std::vector<SettledPart>> paid_parts(
    const Posting& posting, const RecordPayment& command, Settling& settling
) {
    std::vector<SettledPart> parts;
    const std::int64_t sign = settling.sign();
    const std::size_t count = command.items() == nullptr ? 0 : command.items()->size();
    if (count > entry_lines_max) {
        return {
            Refusal::too_many_lines,
            {"items", std::to_string(count), "at most " + std::to_string(entry_lines_max)}};
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto& asked = *command.items()->Get(static_cast<flatbuffers::uoffset_t>(i));
        const auto checked = asked_part(posting, asked, i);
        if (checked.is_refused()) return checked.refusal();
        SettledPart part = checked.value();
        if (!part.amount.same_currency(settling.settled)) {
            return {
                Refusal::item_of_other_currency,
                {at_line("items", i, "document"),
                 to_string(part.amount) + " open",
                 "items in the currency of " + to_string(settling.settled)}};
        }
        const Money left = settling.settled - settling.allocated;
        const bool takes_rest = !is_given(read_or_none(asked.amount()));
        if (takes_rest && turned(part.amount, sign).minor() > left.minor()) {
            part.amount = turned(left, sign);
        }
        settling.allocated += turned(part.amount, sign);
        parts.push_back(part);
    }
    return parts;
}

Decision check_allocated(const RecordPayment& command, const Settling& settling) {
    const Money reductions = settling.settled - settling.cash_value;
    const bool has_items = command.items() != nullptr && command.items()->size() > 0;
    if (has_items && settling.allocated.minor() <= 0) {
        return {
            Refusal::item_kind_differs,
            {"items",
             "they come to " + to_string(settling.allocated),
             settling.is_received ? "items that the party owes" : "items that we owe the party"}};
    }
    if (settling.allocated.minor() > settling.settled.minor()) {
        return {
            Refusal::allocation_unbalanced,
            {"items", to_string(settling.allocated), "at most " + to_string(settling.settled)}};
    }
    if (settling.allocated.minor() < reductions.minor()) {
        return {
            Refusal::allocation_unbalanced,
            {"items",
             to_string(settling.allocated) + " for discounts of " + to_string(reductions),
             "items that the discounts belong to"}};
    }
    return {};
}

// What the party is credited with: against the items on their accounts, the rest as an advance.
// Answers how many lines settle items.
Checked<std::size_t> add_party_lines(
    const Posting& posting,
    EntryDraft& draft,
    const Settling& settling,
    const std::vector<SettledPart>& parts
) {
    std::int64_t base_minor = 0;
    for (const EntryLine& line : draft.event.lines) base_minor += line.base_minor();
    const std::size_t before = draft.event.lines.size();
    std::int64_t allocated_base = 0;
    if (!parts.empty()) {
        const auto share = scaled(base_minor, settling.allocated, settling.settled);
        if (share.is_refused()) return share.refusal();
        allocated_base = share.value();
        Decision no = add_opposites(draft, posting, parts, -allocated_base);
        if (no.is_refused()) return no;
    }
    const std::size_t settling_lines = draft.event.lines.size() - before;
    const Money advance = settling.settled - settling.allocated;
    if (advance.is_zero()) return settling_lines;
    const Id party = draft.event.source;
    const auto account = account_for(
        posting.state(),
        settling.is_received ? AccountRole::customer_advance : AccountRole::supplier_advance,
        party
    );
    if (account.is_refused()) return account.refusal();
    draft.add({
        account.value(),
        party,
        turned(advance, -settling.sign()),
        -(base_minor - allocated_base),
    });
    return settling_lines;
}

// The whole of the payment is the advance; its line is the last one.
Decision add_tax_of_advance(
    const Books& state, EntryDraft& draft, const Settling& settling, const RecordPayment& command
) {
    const Id code = read_or_none(command.advance_tax_code());
    if (code.is_none()) return {};
    if (!settling.allocated.is_zero()) {
        return {
            Refusal::advance_pays_items,
            {"advance_tax_code",
             "a payment of items that come to " + to_string(settling.allocated),
             "a payment of its own for the advance, without items"}};
    }
    const std::int64_t base_minor = draft.event.lines.back().base_minor();
    return add_advance_tax(
        state,
        draft,
        {.gross = settling.settled,
         .base_minor = base_minor < 0 ? -base_minor : base_minor,
         .tax_code = code,
         .side = settling.is_received ? TaxSide::output : TaxSide::input}
    );
}

Decision check_parties(const Posting& posting, const AllocationDraft& asked, const Id& party) {
    const Id payer = surviving_party(posting.state(), party);
    for (std::size_t i = 0; i < asked.parts.size(); ++i) {
        const Id other = posting.find_item(asked.parts[i].item)->party;
        if (surviving_party(posting.state(), other) == payer) continue;
        return {
            Refusal::item_of_other_party,
            {at_line("items", i, "document"),
             to_string(asked.parts[i].item.document) + " of " + to_string(other),
             "items of " + to_string(party)}};
    }
    return posting.check_asked(asked);
}

Decision check_payment(const Books& state, const RecordPayment& command) {
    if (Decision no = check_book(state); no.is_refused()) return no;
    if (Decision no = check_cash(state, command); no.is_refused()) return no;
    Decision no = check_new_entry(state, read(command.payment()));
    if (no.is_refused()) return no;
    if (no = check_amounts(command); no.is_refused()) return no;
    if (no = check_party(state, read(command.party())); no.is_refused()) return no;
    if (command.direction() == PaymentDirection::none) {
        return {Refusal::direction_missing, {"direction", "none", "received or made"}};
    }
    return {};
}

std::string words_of(const RecordPayment& command) {
    if (!text(command.text()).empty()) return copy(command.text());
    return "Payment " + to_string(read(command.payment()));
}

}  // namespace

Decision decide(const Books& state, const RecordPayment& command, const Context& context) {
    const Id id = read(command.payment());
    const Id party = read(command.party());
    const Date date = date_or_today(command.date(), context);

    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_payment(state, command); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::bank, read_or_none(command.journal()));
    if (journal.is_refused()) return journal.refusal();
    const auto worked_out = work_out(state, command, date);
    if (worked_out.is_refused()) return worked_out.refusal();
    Settling settling = worked_out.value();
    Posting posting{state};
    EntryDraft draft{
        .event = {
            .entry = id,
            .journal = journal.value(),
            .kind = EntryKind::payment,
            .date = date,
            .text = words_of(command),
            .source = party}};
    Decision no = add_cash(state, draft, settling, read(command.account()));
    if (no.is_refused()) return no;
    if (no = add_discounts(state, draft, settling, command); no.is_refused()) return no;
    const Money difference = read_or_none(command.difference());
    if (no = add_difference(state, draft, settling, difference); no.is_refused()) return no;
    const auto parts = paid_parts(posting, command, settling);
    if (parts.is_refused()) return parts.refusal();
    AllocationDraft allocation{.allocation = id, .date = date, .parts = parts.value()};
    if (!allocation.parts.empty()) {
        if (no = check_parties(posting, allocation, party); no.is_refused()) return no;
    }
    if (no = check_allocated(command, settling); no.is_refused()) return no;
    const auto lines = add_party_lines(posting, draft, settling, parts.value());
    if (lines.is_refused()) return lines.refusal();
    if (no = add_tax_of_advance(state, draft, settling, command); no.is_refused()) return no;

    posting.record(PaymentRecordedT{
        .payment = id,
        .direction = command.direction(),
        .party = surviving_party(state, party),
        .date = date,
        .account = read(command.account()),
        .amount = settling.amount,
        .settled = settling.settled,
        .advance = settling.settled - settling.allocated,
        .amount_base_minor = settling.amount_base});
    draft.event.source = Id{};
    if (no = posting.post(std::move(draft)); no.is_refused()) return no;
    if (allocation.parts.empty()) return posting.take();
    for (const ItemKey& opened : posting.opened_items().first(lines.value())) {
        allocation.parts.push_back({opened, posting.find_item(opened)->open});
    }
    if (no = posting.allocate(std::move(allocation)); no.is_refused()) return no;
    return posting.take();
}

Decision decide(const Books& state, const ReversePayment& command, const Context& context) {
    const Id id = read(command.payment());
    const Id reversal = read(command.reversal());
    const Date date = date_or_today(command.date(), context);

    if (text(command.reason()).empty()) return Refusal::text_missing;
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, reversal); no.is_refused()) return no;
    const Payment* payment = state.payments.find(id);
    if (payment == nullptr) {
        return {
            Refusal::payment_unknown, {"payment", to_string(id), "a payment that was recorded"}};
    }
    if (payment->is_reversed) {
        return {
            Refusal::payment_already_reversed,
            {"payment", to_string(id), "a payment that was not reversed"}};
    }

    Posting posting{state};
    posting.record(PaymentReversedT{
        .payment = id,
        .reversal = reversal,
        .direction = payment->direction,
        .date = date,
        .party = surviving_party(state, payment->party),
        .reason = copy(command.reason()),
        .settled = payment->settled});
    std::set<Id> undone;
    for (const ItemKey& item : items_of(state, id)) {
        for (const Id& allocation : state.items.find(item)->allocations) {
            if (!undone.insert(allocation).second) continue;
            Decision no = posting.undo(allocation, date, text(command.reason()));
            if (no.is_refused()) return no;
        }
    }
    const ReversalOrder order{id, reversal, date, copy(command.reason())};
    if (Decision no = post_reversal(posting, state, order); no.is_refused()) return no;
    if (Decision no = post_returned(posting, id, order); no.is_refused()) return no;
    return posting.take();
}

void apply(Books& state, const PaymentRecorded& event) {
    state.payments.at(read(event.payment())) = Payment{
        .party = read(event.party()),
        .direction = event.direction(),
        .settled = read(event.settled()),
        .account = read(event.account()),
        .amount = read(event.amount()),
        .amount_base_minor = event.amount_base_minor()};
}

void apply(Books& state, const PaymentReversed& event) {
    Payment& payment = state.payments.at(read(event.payment()));
    DAYBOOK_ASSERT(!payment.is_reversed);
    payment.is_reversed = true;
}

}  // namespace daybook::accounting
