// Suppliers' bills and credit notes. The same number of the same supplier is never booked twice.

#include "engine/domain/accounting/posting.hpp"

#include <algorithm>

namespace daybook::accounting {
namespace {

struct TaxGroup {
    Id tax_code;
    Money base;
    std::int64_t line_count = 0;
    Rate rate;
    Money tax;
    Money lost;  // The part of the tax that is not recoverable: it belongs to what was bought.
};

// A bill worked out. Amounts are as the bill shows them: positive.
struct WorkedOut {
    ExchangeRate rate;
    std::vector<TaxGroup> groups;
    Money net;
    Money tax;  // What the supplier is owed of it: none under reverse charge.
    Money gross;
};

Decision check_bill(const Books& state, const RecordBill& command, Date date) {
    if (text(command.number()).empty()) return Refusal::text_missing;
    if (Decision no = check_book(state); no.is_refused()) return no;
    if (Decision no = check_day(date); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, read(command.bill())); no.is_refused()) return no;
    const std::size_t count = command.lines()->size();
    if (count == 0) return {Refusal::too_few_lines, {"lines", "none", "at least 1"}};
    if (count > entry_lines_max / 2) {
        return {
            Refusal::too_many_lines,
            {"lines", std::to_string(count), "at most " + std::to_string(entry_lines_max / 2)}};
    }
    if (Decision no = check_party(state, read(command.party())); no.is_refused()) return no;
    return check_bill_number(state, read(command.party()), text(command.number()));
}

Checked<std::vector<TaxGroup>> group_lines(const RecordBill& command) {
    std::vector<TaxGroup> groups;
    const Currency currency = read(command.lines()->Get(0)->net()).currency();
    std::size_t index = 0;
    for (const BillLine* line : *command.lines()) {
        const Money net = read(line->net());
        const std::string at = at_line("lines", index++, "net");
        if (Decision no = check_size(net, at); no.is_refused()) return no;
        if (net.is_zero())
            return {Refusal::amount_must_be_positive, {at, to_string(net), "not zero"}};
        if (net.currency() != currency) {
            return {
                Refusal::currency_differs,
                {at, to_string(net), "lines in " + std::string{code_of(currency)}}};
        }
        const Id code = read_or_none(line->tax_code());
        auto group = std::ranges::find(groups, code, &TaxGroup::tax_code);
        if (group == groups.end()) {
            group =
                groups.insert(group, {.tax_code = code, .base = Money::from_minor(0, currency)});
        }
        group->base += net;
        ++group->line_count;
    }
    return groups;
}

// The tax as the bill says it, if that is within a minor unit a line of what the rate gives.
Checked<Money> tax_of(const RecordBill& command, const TaxGroup& group) {
    const Money reckoned = group.base.times(group.rate, Rounding::half_up);
    if (command.taxes() == nullptr) return reckoned;
    for (const BillTax* said : *command.taxes()) {
        if (read(said->tax_code()) != group.tax_code) continue;
        const Money tax = read(said->tax());
        if (Decision no = check_size(tax, "taxes"); no.is_refused()) return no;
        if (!tax.same_currency(reckoned) ||
            std::abs(tax.minor() - reckoned.minor()) > group.line_count) {
            return {
                Refusal::tax_differs,
                {"taxes",
                 to_string(tax) + " of " + to_string(group.tax_code),
                 to_string(reckoned) + ", give or take rounding"}};
        }
        return tax;
    }
    return reckoned;
}

Decision work_out_tax(const Books& state, const RecordBill& command, TaxGroup& group, Date date) {
    group.tax = Money::from_minor(0, group.base.currency());
    group.lost = group.tax;
    if (group.tax_code.is_none()) return {};
    const auto rate = tax_rate_on(state, group.tax_code, date);
    if (rate.is_refused()) return rate.refusal();
    if (state.tax_codes.get(group.tax_code).side != TaxSide::input) {
        return {
            Refusal::tax_side_differs,
            {"tax_code", to_string(group.tax_code) + " is for sales", "a code for purchases"}};
    }
    group.rate = rate.value();
    const auto tax = tax_of(command, group);
    if (tax.is_refused()) return tax.refusal();
    group.tax = tax.value();
    const Rate lost = state.tax_codes.get(group.tax_code).not_recoverable;
    group.lost = group.tax.times(lost, Rounding::half_up);
    return {};
}

bool is_reverse_charge(const Books& state, const Id& code) {
    return state.tax_codes.get(code).treatment == TaxTreatment::reverse_charge;
}

Checked<WorkedOut> work_out(const Books& state, const RecordBill& command, Date date) {
    const auto groups = group_lines(command);
    if (groups.is_refused()) return groups.refusal();
    WorkedOut bill{.groups = groups.value()};
    for (TaxGroup& group : bill.groups) {
        if (Decision no = work_out_tax(state, command, group, date); no.is_refused()) return no;
        bill.net += group.base;
        if (!is_reverse_charge(state, group.tax_code)) bill.tax += group.tax;
    }
    bill.tax += Money::from_minor(0, bill.net.currency());
    bill.gross = bill.net + bill.tax;
    if (Decision no = check_positive(bill.gross, "lines"); no.is_refused()) return no;
    const auto rate =
        exchange_rate_on(state, bill.net.currency(), date, read_or_none(command.rate()));
    if (rate.is_refused()) return rate.refusal();
    bill.rate = rate.value();
    return bill;
}

// A line of the bill or of its tax: a debit, or with a credit note a credit.
Checked<std::uint16_t> add_converted(
    const Books& state, EntryDraft& draft, const Id& account, Money amount
) {
    const auto base = to_base(state, amount, read(draft.event.rates.front().rate()));
    if (base.is_refused()) return base.refusal();
    return draft.add({account, Id{}, amount, base.value()});
}

// What each line bears of the tax that its code does not recover.
std::vector<Money> lost_taxes(const RecordBill& command, const WorkedOut& bill) {
    std::vector<Money> lost(command.lines()->size(), Money::from_minor(0, bill.net.currency()));
    for (const TaxGroup& group : bill.groups) {
        if (group.lost.is_zero()) continue;
        std::vector<std::size_t> places;
        std::vector<std::int64_t> weights;
        for (std::size_t i = 0; i < lost.size(); ++i) {
            const auto& line = *command.lines()->Get(static_cast<flatbuffers::uoffset_t>(i));
            if (read_or_none(line.tax_code()) != group.tax_code) continue;
            places.push_back(i);
            weights.push_back(std::abs(read(line.net()).minor()));
        }
        const std::vector<Money> parts = allocate(group.lost, weights);
        for (std::size_t i = 0; i < parts.size(); ++i) lost[places[i]] = parts[i];
    }
    return lost;
}

Decision add_lines(
    const Books& state, EntryDraft& draft, const RecordBill& command, const WorkedOut& bill
) {
    const std::vector<Money> lost = lost_taxes(command, bill);
    std::size_t index = 0;
    for (const BillLine* line : *command.lines()) {
        Id account = read_or_none(line->account());
        if (account.is_none()) {
            const auto found =
                account_for(state, AccountRole::expense, read_or_none(line->posting_group()));
            if (found.is_refused()) return found.refusal();
            account = found.value();
        }
        const Money cost = read(line->net()) + lost[index++];
        const auto added =
            add_converted(state, draft, account, command.is_credit_note() ? -cost : cost);
        if (added.is_refused()) return added.refusal();
        if (!text(line->text()).empty()) {
            draft.event.texts.push_back(copy(line->text()));
            draft.event.text_lines.push_back(added.value());
        }
        if (line->dimensions() == nullptr) continue;
        for (const LineTag* tag : *line->dimensions()) {
            draft.event.dimensions.emplace_back(*tag->dimension(), *tag->value(), added.value());
        }
    }
    return {};
}

// The tax on one side. Where there is no tax to post its tag is on the first line.
Decision add_tax(const Books& state, EntryDraft& draft, const TaxGroup& group, TaxSide side) {
    const ExchangeRate rate = read(draft.event.rates.front().rate());
    const Money tax = side == TaxSide::input ? group.tax - group.lost : -group.tax;
    const auto base = to_base(state, group.base, rate);
    if (base.is_refused()) return base.refusal();
    const auto tax_base = to_base(state, tax, rate);
    if (tax_base.is_refused()) return tax_base.refusal();
    return add_tax_line(
        state,
        draft,
        {.tax_code = group.tax_code,
         .rate = group.rate,
         .side = side,
         .tax = tax,
         .tax_base_minor = tax_base.value(),
         .base_minor = base.value()}
    );
}

Decision add_taxes(
    const Books& state, EntryDraft& draft, const WorkedOut& bill, bool is_credit_note
) {
    for (TaxGroup group : bill.groups) {
        if (group.tax_code.is_none()) continue;
        if (is_credit_note) {
            group.base = -group.base;
            group.tax = -group.tax;
            group.lost = -group.lost;
        }
        if (Decision no = add_tax(state, draft, group, TaxSide::input); no.is_refused()) return no;
        if (!is_reverse_charge(state, group.tax_code)) continue;
        Decision no = add_tax(state, draft, group, TaxSide::output);
        if (no.is_refused()) return no;
    }
    return {};
}

// What is due and when, as the payable's lines: a bill is a credit.
Checked<std::vector<DueAmount>> due_amounts(
    const RecordBill& command, const WorkedOut& bill, Date date
) {
    std::vector<DueAmount> due;
    Money sum = Money::from_minor(0, bill.gross.currency());
    const std::size_t count = command.instalments() == nullptr ? 0 : command.instalments()->size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto& instalment =
            *command.instalments()->Get(static_cast<flatbuffers::uoffset_t>(i));
        const Money amount = read(instalment.amount());
        const std::string at = at_line("instalments", i, "amount");
        if (Decision no = check_positive(amount, at); no.is_refused()) return no;
        if (!can_add(sum, amount)) {
            return {
                Refusal::currency_differs,
                {at, to_string(amount), "the currency of " + to_string(bill.gross)}};
        }
        sum += amount;
        due.push_back({read(instalment.due()), command.is_credit_note() ? amount : -amount});
    }
    if (due.empty()) {
        sum = bill.gross;
        due.push_back({date, command.is_credit_note() ? sum : -sum});
    }
    if (sum == bill.gross) return due;
    return {
        Refusal::instalments_differ,
        {"instalments", "they come to " + to_string(sum), to_string(bill.gross)}};
}

// The lines of the bill, their taxes, and what the supplier is owed of it all.
Decision add_bill(
    const Books& state, EntryDraft& draft, const RecordBill& command, const WorkedOut& bill
) {
    draft.event.rates.emplace_back(wired(bill.rate), std::uint16_t{0});
    if (Decision no = add_lines(state, draft, command, bill); no.is_refused()) return no;
    Decision no = add_taxes(state, draft, bill, command.is_credit_note());
    if (no.is_refused()) return no;
    const Id party = read(command.party());
    const auto payable = account_for(state, AccountRole::payable, party);
    if (payable.is_refused()) return payable.refusal();
    const auto due = due_amounts(command, bill, draft.event.date);
    if (due.is_refused()) return due.refusal();
    std::int64_t base_minor = 0;
    for (const EntryLine& line : draft.event.lines) base_minor += line.base_minor();
    add_due_lines(draft, {payable.value(), party, Money{}, -base_minor}, due.value());
    draft.event.rates.clear();
    if (bill.gross.currency() == state.book.get().base) return {};
    for (std::uint16_t i = 0; i < draft.event.lines.size(); ++i) {
        draft.event.rates.emplace_back(wired(bill.rate), i);
    }
    return {};
}

}  // namespace

Decision decide(const Books& state, const RecordBill& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);

    if (Decision no = check_bill(state, command, date); no.is_refused()) return no;
    const auto journal = journal_for(state, JournalKind::purchase, Id{});
    if (journal.is_refused()) return journal.refusal();
    const auto bill = work_out(state, command, date);
    if (bill.is_refused()) return bill.refusal();
    EntryDraft draft{
        .event = {
            .entry = read(command.bill()),
            .journal = journal.value(),
            .kind = EntryKind::bill,
            .date = date,
            .piece = copy(command.number()),
            .piece_date = date,
            .text = text(command.text()).empty() ? "Bill " + copy(command.number())
                                                 : copy(command.text())}};
    Decision no = add_bill(state, draft, command, bill.value());
    if (no.is_refused()) return no;

    Posting posting{state};
    posting.record(BillRecordedT{
        .bill = read(command.bill()),
        .number = copy(command.number()),
        .party = surviving_party(state, read(command.party())),
        .date = date,
        .is_credit_note = command.is_credit_note(),
        .net = bill.value().net,
        .tax = bill.value().tax,
        .gross = bill.value().gross});
    if (no = posting.post(std::move(draft)); no.is_refused()) return no;
    return posting.take();
}

void apply(Books& state, const BillRecorded& event) {
    state.bill_numbers.at(bill_number_of(read(event.party()), text(event.number()))) = Presence{};
}

}  // namespace daybook::accounting
