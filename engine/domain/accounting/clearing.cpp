// Money under way: a payment recorded on an account of outstanding cheques, cards or transfers
// reaches the bank later, mostly several in one line of the statement.

#include <algorithm>

#include "engine/domain/accounting/posting.hpp"

namespace daybook::accounting {
namespace {

// What the payments move the bank account by, before the fee: received is positive.
struct Cleared {
    Money amount;
    std::int64_t base_minor = 0;
    Money fee;  // Kept back by the bank.
};

std::int64_t sign_of(PaymentDirection direction) {
    return direction == PaymentDirection::made ? -1 : 1;
}

Money signed_amount(const Payment& payment) {
    return sign_of(payment.direction) < 0 ? -payment.amount : payment.amount;
}

Decision check_bank(const Books& state, const ClearPayments& command) {
    const Id bank = read(command.account());
    if (Decision no = check_account(state, bank, "account"); no.is_refused()) return no;
    if (!state.accounts.get(bank).is_cash) {
        return {
            Refusal::account_is_not_cash,
            {"account", to_string(bank), "a bank or cash account (is_cash)"}};
    }
    const std::size_t count = command.payments()->size();
    if (count == 0) return {Refusal::payments_missing, {"payments", "none", "at least one"}};
    if (count <= entry_lines_max - 3) return {};
    return {
        Refusal::too_many_lines,
        {"payments", std::to_string(count), "at most " + std::to_string(entry_lines_max - 3)}};
}

// Of one direction and one currency, under way, and each named once.
Decision check_payment(const Books& state, const ClearPayments& command, std::size_t index) {
    const auto& ids = *command.payments();
    const auto id_at = [&](std::size_t i) {
        return read(ids.Get(static_cast<flatbuffers::uoffset_t>(i)));
    };
    const Id id = id_at(index);
    const std::string at = "payments[" + std::to_string(index) + "]";
    const Payment* payment = state.payments.find(id);
    if (payment == nullptr) {
        return {Refusal::payment_unknown, {at, to_string(id), "a payment that was recorded"}};
    }
    if (payment->is_reversed) {
        return {
            Refusal::payment_already_reversed, {at, to_string(id), "a payment that still stands"}};
    }
    if (!payment->cleared_to.is_none()) {
        return {
            Refusal::payment_already_cleared,
            {at,
             to_string(id) + " is on " + to_string(payment->cleared_to),
             "a payment that is under way"}};
    }
    if (payment->account == read(command.account())) {
        return {
            Refusal::account_is_the_same,
            {at,
             to_string(id) + " was recorded on " + to_string(payment->account),
             "a payment recorded on an account of outstanding payments"}};
    }
    for (std::size_t i = 0; i < index; ++i) {
        if (id_at(i) == id) {
            return {Refusal::item_named_twice, {at, to_string(id), "each payment once"}};
        }
    }
    const Payment& first = state.payments.get(id_at(0));
    if (payment->direction != first.direction) {
        return {
            Refusal::items_of_one_side,
            {at,
             to_string(id) + " is " + EnumNamePaymentDirection(payment->direction),
             "payments of one direction"}};
    }
    if (payment->amount.currency() == first.amount.currency()) return {};
    return {
        Refusal::currency_differs,
        {at,
         to_string(payment->amount),
         "an amount in the currency of " + to_string(first.amount)}};
}

// The outstanding accounts lose what the payments are carried at.
Checked<Cleared> add_payments(const Books& state, EntryDraft& draft, const ClearPayments& command) {
    Cleared cleared;
    for (std::size_t i = 0; i < command.payments()->size(); ++i) {
        if (Decision no = check_payment(state, command, i); no.is_refused()) return no;
        const Id id = read(command.payments()->Get(static_cast<flatbuffers::uoffset_t>(i)));
        const Payment& payment = *state.payments.find(id);
        const Money amount = signed_amount(payment);
        const std::int64_t base = sign_of(payment.direction) * payment.amount_base_minor;
        if (!can_add(cleared.amount, amount)) {
            return {Refusal::amount_too_large, {"payments", "more than 64 bits", "fewer of them"}};
        }
        cleared.amount += amount;
        cleared.base_minor += base;
        draft.add({payment.account, Id{}, -amount, -base});
    }
    return cleared;
}

// The bank account gets the rest after the fee; what the rate of the day makes of it beside what
// the payments were carried at is realised.
Decision add_bank(
    const Books& state, EntryDraft& draft, const ClearPayments& command, const Cleared& cleared
) {
    const Money fee = cleared.fee;
    const Money reached = cleared.amount - fee;
    const auto rate =
        exchange_rate_on(state, reached.currency(), draft.event.date, read_or_none(command.rate()));
    if (rate.is_refused()) return rate.refusal();
    const auto reached_base = to_base(state, reached, rate.value());
    if (reached_base.is_refused()) return reached_base.refusal();
    const auto fee_base = to_base(state, fee, rate.value());
    if (fee_base.is_refused()) return fee_base.refusal();
    const std::uint16_t bank =
        draft.add({read(command.account()), Id{}, reached, reached_base.value()});
    if (reached.currency() != state.book.get().base) {
        draft.event.rates.emplace_back(wired(rate.value()), bank);
    }
    if (!fee.is_zero()) {
        const auto charges = account_for(state, AccountRole::bank_charges, Id{});
        if (charges.is_refused()) return charges.refusal();
        draft.add({charges.value(), Id{}, fee, fee_base.value()});
    }
    const std::int64_t gain = reached_base.value() + fee_base.value() - cleared.base_minor;
    if (gain == 0) return {};
    const auto account = account_for(
        state, gain > 0 ? AccountRole::exchange_gain : AccountRole::exchange_loss, Id{}
    );
    if (account.is_refused()) return account.refusal();
    draft.add({account.value(), Id{}, Money::from_minor(0, reached.currency()), -gain});
    return {};
}

Checked<Money> fee_of(const ClearPayments& command, Money amount) {
    const Money fee = read_or_none(command.fee());
    if (fee.currency() == Currency::none) return Money::from_minor(0, amount.currency());
    if (Decision no = check_positive(fee, "fee"); no.is_refused()) return no;
    if (!fee.same_currency(amount)) {
        return {
            Refusal::currency_differs,
            {"fee", to_string(fee), "an amount in " + std::string{code_of(amount.currency())}}};
    }
    if (!amount.is_negative() && fee.minor() >= amount.minor()) {
        return {
            Refusal::amount_must_be_positive,
            {"fee", to_string(fee) + " of " + to_string(amount), "less than the amount"}};
    }
    return fee;
}

}  // namespace

Decision decide(const Books& state, const ClearPayments& command, const Context& context) {
    const Id id = read(command.clearing());
    const Date date = date_or_today(command.date(), context);

    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_bank(state, command); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::bank, Id{});
    if (journal.is_refused()) return journal.refusal();
    if (Decision no = check_new_entry(state, id); no.is_refused()) return no;
    EntryDraft draft{
        .event = {
            .entry = id,
            .journal = journal.value(),
            .kind = EntryKind::clearing,
            .date = date,
            .text = "Payments on the bank account"}};
    const auto added = add_payments(state, draft, command);
    if (added.is_refused()) return added.refusal();
    Cleared cleared = added.value();
    const auto fee = fee_of(command, cleared.amount);
    if (fee.is_refused()) return fee.refusal();
    cleared.fee = fee.value();
    if (Decision no = add_bank(state, draft, command, cleared); no.is_refused()) return no;

    Posting posting{state};
    PaymentsClearedT event{
        .clearing = id,
        .date = date,
        .account = read(command.account()),
        .amount = cleared.amount - cleared.fee,
        .fee = cleared.fee};
    for (const wire::Id* payment : *command.payments()) event.payments.push_back(read(payment));
    posting.record(std::move(event));
    if (Decision no = posting.post(std::move(draft)); no.is_refused()) return no;
    return posting.take();
}

Decision post_returned(Posting& posting, const Id& id, const ReversalOrder& order) {
    const Books& state = posting.state();
    const Payment& payment = *state.payments.find(id);
    if (payment.cleared_to.is_none()) return {};
    const auto journal = journal_for(state, JournalKind::bank, Id{});
    if (journal.is_refused()) return journal.refusal();
    EntryDraft draft{
        .event = {
            .entry = id_from_text("accounting returned by the bank " + to_string(order.reversal)),
            .journal = journal.value(),
            .kind = EntryKind::clearing,
            .date = order.date,
            .piece = to_string(order.reversal),
            .text = order.reason,
            .source = id}};
    const Money amount = signed_amount(payment);
    const std::int64_t base = sign_of(payment.direction) * payment.amount_base_minor;
    draft.add({payment.account, Id{}, amount, base});
    draft.add({payment.cleared_to, Id{}, -amount, -base});
    return posting.post(std::move(draft));
}

void apply(Books& state, const PaymentsCleared& event) {
    for (const wire::Id* id : *event.payments()) {
        Payment& payment = state.payments.at(read(id));
        DAYBOOK_ASSERT(payment.cleared_to.is_none());
        payment.cleared_to = read(event.account());
    }
}

}  // namespace daybook::accounting
