// Bills that purchasing has matched. Goods received are cleared at what they were received at,
// never at what is billed; what the bill differs by in price goes to stock and cost of sales
// through the variance that inventory spreads in the same batch, and what the rate of exchange
// changed since the receipt is a gain or a loss of its own. Where purchases are an expense all of
// it is.

#include <algorithm>

#include "engine/domain/accounting/goods.hpp"

namespace daybook::accounting {
namespace {

using purchasing::MatchKind;

// A line in the making. What is in base currency only stands apart from what was billed.
struct Part {
    Id account;
    Money amount;
    std::int64_t base_minor = 0;
};

class BillParts {
 public:
    BillParts(const Books& state, Currency currency)
        : state_(state), is_base_(currency == state.book.get().base), currency_(currency) {}

    [[nodiscard]] Decision add(const purchasing::MatchedLine& line) {
        const std::int64_t value = line.value().minor();
        const std::int64_t variance = line.price_variance().minor();
        const std::int64_t difference = line.exchange_difference().minor();
        const Money net = read(line.net());
        const bool is_expense =
            !follows_stock(state_) || state_.goods.get().matching == GoodsMatching::stock_variation;
        if (is_expense || line.kind() == MatchKind::expense) {
            return add_expense(line, net, value + variance + difference);
        }
        const bool is_price_only = line.kind() == MatchKind::price_only;
        if (!is_price_only) {
            Decision no = add(role_of(line.kind()), Id{}, net, value);
            if (no.is_refused()) return no;
        }
        const Money rest = is_price_only ? net : Money::from_minor(0, net.currency());
        const std::int64_t price = variance + (is_price_only ? value : 0);
        Decision no = line.is_stocked() ? add(AccountRole::price_variance, Id{}, rest, price)
                                        : add_expense(line, rest, price);
        if (no.is_refused() || difference == 0) return no;
        return add(
            difference > 0 ? AccountRole::exchange_loss : AccountRole::exchange_gain,
            Id{},
            Money::from_minor(0, net.currency()),
            difference
        );
    }
    // What was expected may be less than nothing by the rates of its days: then what is billed and
    // what that is worth have lines of their own.
    void put_into(EntryDraft& draft) const {
        for (const Part& part : parts_) {
            const Money nothing = Money::from_minor(0, part.amount.currency());
            const bool is_apart = !part.amount.is_zero() && part.base_minor != 0 &&
                                  part.amount.is_negative() != (part.base_minor < 0);
            if (is_apart) draft.add({part.account, Id{}, part.amount, 0});
            const Money amount = is_apart ? nothing : part.amount;
            if (amount.is_zero() && part.base_minor == 0) continue;
            draft.add({part.account, Id{}, amount, part.base_minor});
        }
    }

 private:
    static AccountRole role_of(MatchKind kind) {
        switch (kind) {
            case MatchKind::before_receipt: return AccountRole::goods_in_transit;
            case MatchKind::returned: return AccountRole::supplier_credit_expected;
            case MatchKind::landed_cost: return AccountRole::landed_cost_clearing;
            default: return AccountRole::goods_received_not_invoiced;
        }
    }
    [[nodiscard]] Decision add_expense(
        const purchasing::MatchedLine& line, Money amount, std::int64_t base_minor
    ) {
        return add(AccountRole::expense, read(line.posting_group()), amount, base_minor);
    }
    [[nodiscard]] Decision add(
        AccountRole role, const Id& key, Money amount, std::int64_t base_minor
    ) {
        if (is_base_) amount = Money::from_minor(base_minor, currency_);
        if (amount.is_zero() && base_minor == 0) return {};
        const auto account = account_for(state_, role, key);
        if (account.is_refused()) return account.refusal();
        const auto same = std::ranges::find_if(parts_, [&](const Part& part) {
            return part.account == account.value() && part.amount.is_zero() == amount.is_zero();
        });
        if (same == parts_.end()) {
            parts_.push_back({account.value(), amount, base_minor});
            return {};
        }
        if (!can_add(same->amount, amount)) {
            return {
                Refusal::amount_too_large,
                {"lines", to_string(amount) + " more", "amounts that fit 64 bits"}};
        }
        same->amount += amount;
        same->base_minor += base_minor;
        return {};
    }

    const Books& state_;
    bool is_base_;
    Currency currency_;
    std::vector<Part> parts_;
};

// The part of a tax that its code does not recover is an expense of what was bought with it.
struct LostTax {
    Id tax_code;
    Money amount;
};
Decision add_lost_tax(
    const Books& state, EntryDraft& draft, const purchasing::BillMatched& event, const LostTax& lost
) {
    if (lost.amount.is_zero()) return {};
    Id group;
    for (const purchasing::MatchedLine* line : *event.lines()) {
        if (read(line->tax_code()) != lost.tax_code) continue;
        group = read(line->posting_group());
        break;
    }
    const auto account = account_for(state, AccountRole::expense, group);
    if (account.is_refused()) return account.refusal();
    const auto base = to_base(state, lost.amount, read(event.rate()));
    if (base.is_refused()) return base.refusal();
    draft.add({account.value(), Id{}, lost.amount, base.value()});
    return {};
}

Decision add_tax(
    const Books& state, EntryDraft& draft, const purchasing::BillMatched& event, std::size_t index
) {
    const purchasing::TaxTotal& total =
        *event.taxes()->Get(static_cast<flatbuffers::uoffset_t>(index));
    const Id code = read(total.tax_code());
    if (code.is_none()) return {};
    if (!state.tax_codes.contains(code)) {
        return {
            Refusal::tax_code_unknown,
            {at_line("taxes", index, "tax_code"),
             to_string(code),
             "a code that DefineTaxCode made"}};
    }
    const ExchangeRate rate = read(event.rate());
    const auto base = to_base(state, read(total.base()), rate);
    if (base.is_refused()) return base.refusal();
    const Money lost =
        read(total.tax()).times(state.tax_codes.get(code).not_recoverable, Rounding::half_up);
    if (Decision no = add_lost_tax(state, draft, event, {code, lost}); no.is_refused()) return no;
    for (const TaxSide side : {TaxSide::input, TaxSide::output}) {
        if (side == TaxSide::output && !total.is_reverse_charge()) continue;
        const Money tax = side == TaxSide::input ? read(total.tax()) - lost : -read(total.tax());
        const auto tax_base = to_base(state, tax, rate);
        if (tax_base.is_refused()) return tax_base.refusal();
        Decision no = add_tax_line(
            state,
            draft,
            {.tax_code = code,
             .rate = read(total.rate()),
             .side = side,
             .tax = tax,
             .tax_base_minor = tax_base.value(),
             .base_minor = base.value()}
        );
        if (no.is_refused()) return no;
    }
    return {};
}

// What the supplier is owed, by instalments: a credit.
Decision add_payable(const Books& state, EntryDraft& draft, const purchasing::BillMatched& event) {
    std::int64_t base_minor = 0;
    for (const EntryLine& line : draft.event.lines) base_minor += line.base_minor();
    const Money gross = read(event.gross());
    if (gross.is_zero()) return {};
    const Id party = surviving_party(state, read(event.supplier()));
    const auto payable = account_for(state, AccountRole::payable, party);
    if (payable.is_refused()) return payable.refusal();
    std::vector<DueAmount> due;
    if (event.instalments() != nullptr) {
        for (const purchasing::Instalment* instalment : *event.instalments()) {
            const Money amount = read(instalment->amount());
            if (!amount.is_zero()) due.push_back({read(instalment->due()), -amount});
        }
    }
    if (due.empty()) due.push_back({read(event.date()), -gross});
    add_due_lines(draft, {payable.value(), party, Money{}, -base_minor}, due);
    return {};
}

// With what rate a line came to its base amount: taxes and what is owed, and all that is not kept
// at another rate.
void add_rates(EntryDraft& draft, ExchangeRate rate, std::size_t first) {
    for (std::size_t i = first; i < draft.event.lines.size(); ++i) {
        draft.event.rates.emplace_back(wired(rate), static_cast<std::uint16_t>(i));
    }
}

Decision add_bill(const Books& state, EntryDraft& draft, const purchasing::BillMatched& event) {
    BillParts parts{state, read(event.currency())};
    for (const purchasing::MatchedLine* line : *event.lines()) {
        if (Decision no = parts.add(*line); no.is_refused()) return no;
    }
    parts.put_into(draft);
    const std::size_t first = draft.event.lines.size();
    const std::size_t taxes = event.taxes() == nullptr ? 0 : event.taxes()->size();
    for (std::size_t i = 0; i < taxes; ++i) {
        if (Decision no = add_tax(state, draft, event, i); no.is_refused()) return no;
    }
    if (Decision no = add_payable(state, draft, event); no.is_refused()) return no;
    if (read(event.currency()) != state.book.get().base) {
        add_rates(draft, read(event.rate()), first);
    }
    return {};
}

Decision check_bill(const Books& state, const purchasing::BillMatched& event) {
    if (Decision no = check_book(state); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, read(event.bill())); no.is_refused()) return no;
    if (Decision no = check_party(state, read(event.supplier())); no.is_refused()) return no;
    if (event.is_release()) return {};
    return check_bill_number(state, read(event.supplier()), text(event.number()));
}

Money without_sign(Money amount) {
    return amount.is_negative() ? -amount : amount;
}

// Sets an advance against the instalments of the bill, the first one first.
Decision apply_prepayment(
    Posting& posting,
    std::span<const ItemKey> instalments,
    const purchasing::BillMatched& event,
    const purchasing::AppliedPrepayment& applied
) {
    const Id payment = read(applied.payment());
    AllocationDraft draft{
        .allocation = id_from_text(
            "prepayment " + to_string(payment) + " of " + to_string(read(event.bill()))
        ),
        .date = read(event.date())};
    Money left = read(applied.amount());
    for (const ItemKey& key : instalments) {
        const Money open = -posting.find_item(key)->open;
        if (left.is_zero() || open.minor() <= 0) continue;
        const Money part = is_less(left, open) ? left : open;
        draft.parts.push_back({key, -part});
        left -= part;
    }
    left = read(applied.amount()) - left;
    for (ItemKey key{payment, 1}; !left.is_zero(); ++key.part) {
        const OpenItem* item = posting.find_item(key);
        if (item == nullptr) break;
        if (!item->open.same_currency(left) || item->open.minor() <= 0) continue;
        const Money part = is_less(left, item->open) ? left : item->open;
        draft.parts.push_back({key, part});
        left -= part;
    }
    if (draft.parts.empty()) return {};
    return posting.allocate(std::move(draft));
}

}  // namespace

Decision react(const Books& state, const purchasing::BillMatched& event, const Context&) {
    if (Decision no = check_bill(state, event); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::purchase, Id{});
    if (journal.is_refused()) return journal.refusal();
    const Id bill = read(event.bill());
    const std::string number = event.is_release() ? to_string(bill) : copy(event.number());
    const char* words = event.is_release()       ? "Not to be billed "
                        : event.is_credit_note() ? "Supplier's credit note "
                                                 : "Bill ";
    EntryDraft draft{
        .event =
            {.entry = bill,
             .journal = journal.value(),
             .kind = EntryKind::goods_bill,
             .date = read(event.date()),
             .piece = number,
             .piece_date = read(event.date()),
             .text = words + number,
             .source = bill},
        .not_before = read(event.accounting_date())};
    if (Decision no = add_bill(state, draft, event); no.is_refused()) return no;

    Posting posting{state};
    if (!event.is_release()) {
        posting.record(BillRecordedT{
            .bill = bill,
            .number = number,
            .party = surviving_party(state, read(event.supplier())),
            .date = read(event.date()),
            .is_credit_note = event.is_credit_note(),
            .net = without_sign(read(event.net())),
            .tax = without_sign(read(event.tax())),
            .gross = without_sign(read(event.gross()))});
    }
    if (draft.event.lines.empty()) return posting.take();
    if (Decision no = posting.post(std::move(draft)); no.is_refused()) return no;
    if (event.prepayments() == nullptr) return posting.take();
    const std::vector<ItemKey> instalments{
        posting.opened_items().begin(), posting.opened_items().end()};
    for (const purchasing::AppliedPrepayment* applied : *event.prepayments()) {
        Decision no = apply_prepayment(posting, instalments, event, *applied);
        if (no.is_refused()) return no;
    }
    return posting.take();
}

}  // namespace daybook::accounting
