// What sales issues is booked in the same batch: the customer owes the gross, the revenue accounts
// get the net of their posting groups and the tax accounts the tax of their codes. A credit note
// is the same the other way round, and settles what is open of the invoice that it corrects.

#include <algorithm>

#include "engine/domain/accounting/goods.hpp"

namespace daybook::accounting {
namespace {

// An invoice or a credit note, in the one shape that is booked. Amounts are as the paper shows
// them.
struct Paper {
    Id document;
    std::string number;
    Id party;
    Date date;
    bool is_credit_note = false;
    ExchangeRate rate;
    Money gross;
    const flatbuffers::Vector<const sales::PricedLine*>* lines = nullptr;
    const flatbuffers::Vector<const sales::TaxTotal*>* taxes = nullptr;
    std::vector<DueAmount> due;
    std::int64_t sign() const { return is_credit_note ? -1 : 1; }
};

struct RevenueGroup {
    Id posting_group;
    Id tax_code;
    Money net;
    std::uint16_t line = 0;
};

std::vector<RevenueGroup> revenue_groups(const Paper& paper) {
    std::vector<RevenueGroup> groups;
    for (const sales::PricedLine* line : *paper.lines) {
        const Money net = read(line->net());
        if (net.is_zero()) continue;
        const Id posting_group = read(line->posting_group());
        const Id tax_code = read(line->tax_code());
        const auto found = std::ranges::find_if(groups, [&](const RevenueGroup& group) {
            return group.posting_group == posting_group && group.tax_code == tax_code;
        });
        if (found == groups.end()) {
            groups.push_back({posting_group, tax_code, net});
        } else {
            found->net += net;
        }
    }
    return groups;
}

// A credit of the amount: a debit if it is a credit note's.
Checked<std::uint16_t> add_credit(
    const Books& state, EntryDraft& draft, const Paper& paper, const DraftLine& side
) {
    const Money amount = paper.is_credit_note ? side.amount : -side.amount;
    const auto base = to_base(state, amount, paper.rate);
    if (base.is_refused()) return base.refusal();
    return draft.add({side.account, Id{}, amount, base.value()});
}

Decision add_revenue(
    const Books& state, EntryDraft& draft, const Paper& paper, std::vector<RevenueGroup>& groups
) {
    for (RevenueGroup& group : groups) {
        const auto account = account_for(state, AccountRole::revenue, group.posting_group);
        if (account.is_refused()) return account.refusal();
        const auto line = add_credit(state, draft, paper, {account.value(), Id{}, group.net});
        if (line.is_refused()) return line.refusal();
        group.line = line.value();
    }
    return {};
}

// The line that a tag without tax belongs to: the first of its code's revenue.
std::uint16_t net_line(const std::vector<RevenueGroup>& groups, const Id& code) {
    const auto found = std::ranges::find(groups, code, &RevenueGroup::tax_code);
    return found == groups.end() ? std::uint16_t{0} : found->line;
}

Decision add_taxes(
    const Books& state,
    EntryDraft& draft,
    const Paper& paper,
    const std::vector<RevenueGroup>& groups
) {
    if (paper.taxes == nullptr) return {};
    for (const sales::TaxTotal* total : *paper.taxes) {
        const Id code = read(total->tax_code());
        if (code.is_none()) continue;
        const Money tax = paper.is_credit_note ? read(total->tax()) : -read(total->tax());
        const auto base = to_base(state, read(total->base()), paper.rate);
        if (base.is_refused()) return base.refusal();
        const auto tax_base = to_base(state, tax, paper.rate);
        if (tax_base.is_refused()) return tax_base.refusal();
        Decision no = add_tax_line(
            state,
            draft,
            {.tax_code = code,
             .rate = read(total->rate()),
             .side = TaxSide::output,
             .tax = tax,
             .tax_base_minor = tax_base.value(),
             .base_minor = paper.sign() * base.value(),
             .net_line = net_line(groups, code)}
        );
        if (no.is_refused()) return no;
    }
    return {};
}

Decision check_paper(const Books& state, const Paper& paper) {
    if (Decision no = check_book(state); no.is_refused()) return no;
    if (Decision no = check_new_entry(state, paper.document); no.is_refused()) return no;
    if (Decision no = check_day(paper.date); no.is_refused()) return no;
    return check_size(paper.gross, "gross");
}

Decision book(Posting& posting, Paper paper) {
    const Books& state = posting.state();
    const auto rate = exchange_rate_on(state, paper.gross.currency(), paper.date, paper.rate);
    if (rate.is_refused()) return rate.refusal();
    paper.rate = rate.value();
    const auto journal = journal_for(state, JournalKind::sales, Id{});
    if (journal.is_refused()) return journal.refusal();
    EntryDraft draft{
        .event = {
            .entry = paper.document,
            .journal = journal.value(),
            .kind = paper.is_credit_note ? EntryKind::credit_note : EntryKind::invoice,
            .date = paper.date,
            .piece = paper.number,
            .piece_date = paper.date,
            .text = (paper.is_credit_note ? "Credit note " : "Invoice ") + paper.number}};
    std::vector<RevenueGroup> groups = revenue_groups(paper);
    if (Decision no = add_revenue(state, draft, paper, groups); no.is_refused()) return no;
    if (Decision no = add_taxes(state, draft, paper, groups); no.is_refused()) return no;
    // Nothing was charged: there is nothing to book.
    if (draft.event.lines.empty()) return {};

    std::int64_t base_minor = 0;
    for (const EntryLine& line : draft.event.lines) base_minor += line.base_minor();
    if (!paper.gross.is_zero()) {
        const auto receivable = account_for(state, AccountRole::receivable, paper.party);
        if (receivable.is_refused()) return receivable.refusal();
        add_due_lines(draft, {receivable.value(), paper.party, Money{}, -base_minor}, paper.due);
    }
    if (paper.gross.currency() != state.book.get().base) {
        for (std::uint16_t i = 0; i < draft.event.lines.size(); ++i) {
            draft.event.rates.emplace_back(wired(paper.rate), i);
        }
    }
    return posting.post(std::move(draft));
}

// With the cost at the invoice: the goods that are invoiced leave what is delivered and not
// invoiced, those that are credited what came back and is not credited.
Decision book_cost(Posting& posting, const Paper& paper, const Id& order, const Id& delivery) {
    const Books& state = posting.state();
    if (state.goods.get().matching != GoodsMatching::cost_at_invoice) return {};
    if (!follows_stock(state)) return {};
    GoodsMatcher matcher{state};
    for (const sales::PricedLine* line : *paper.lines) {
        const Quantity quantity = read(line->quantity());
        if (!line->is_goods() || quantity.milli() <= 0) continue;
        const GoodsKey key = order.is_none() ? GoodsKey{delivery, line->delivery_line()}
                                             : GoodsKey{order, line->order_line()};
        if (key.document.is_none() || key.line == 0) continue;
        const Id group = read(line->posting_group());
        if (paper.is_credit_note) {
            matcher.credit(key, group, quantity);
        } else {
            matcher.invoice(key, group, quantity);
        }
    }
    if (!matcher.has_changed()) return {};
    AccountSums sums;
    if (Decision no = matcher.add_to(sums); no.is_refused()) return no;
    posting.record(matcher.take(paper.document, paper.date));
    return post_goods(
        posting,
        {.entry = entry_name(paper.document, 0),
         .kind = EntryKind::cost_of_sales,
         .date = paper.date,
         .piece = paper.number,
         .text = "Cost of sales " + paper.number,
         .source = paper.document},
        sums
    );
}

// Sets the credit note against what is open of the invoice, its first instalment first.
Decision settle_invoice(Posting& posting, const Id& invoice, const sales::CreditNoteIssued& event) {
    if (posting.opened_items().empty()) return {};
    const ItemKey credit = posting.opened_items().front();
    const OpenItem& credited = *posting.find_item(credit);
    AllocationDraft draft{.allocation = credit.document, .date = read(event.date())};
    Money left = -credited.open;
    for (ItemKey key{invoice, 1}; !left.is_zero(); ++key.part) {
        const OpenItem* item = posting.find_item(key);
        if (item == nullptr) break;
        if (!item->open.same_currency(left) || item->open.minor() <= 0) continue;
        const Money part = is_less(left, item->open) ? left : item->open;
        draft.parts.push_back({key, part});
        left -= part;
    }
    if (draft.parts.empty()) return {};
    draft.parts.push_back({credit, credited.open + left});
    return posting.allocate(std::move(draft));
}

}  // namespace

Decision react(const Books& state, const sales::InvoiceIssued& event, const Context&) {
    Paper paper{
        .document = read(event.invoice()),
        .number = copy(event.number()),
        .party = read(event.party()),
        .date = read(event.date()),
        .rate = read_or_none(event.exchange_rate()),
        .gross = read(event.gross()),
        .lines = event.lines(),
        .taxes = event.taxes()};
    if (event.instalments() != nullptr) {
        for (const sales::Instalment* instalment : *event.instalments()) {
            const Money amount = read(instalment->amount());
            if (!amount.is_zero()) paper.due.push_back({read(instalment->due()), amount});
        }
    }
    if (paper.due.empty()) paper.due.push_back({paper.date, paper.gross});

    if (Decision no = check_paper(state, paper); no.is_refused()) return no;
    Posting posting{state};
    if (Decision no = book(posting, paper); no.is_refused()) return no;
    Decision no =
        book_cost(posting, paper, read_or_none(event.order()), read_or_none(event.delivery()));
    if (no.is_refused()) return no;
    return posting.take();
}

Decision react(const Books& state, const sales::CreditNoteIssued& event, const Context&) {
    const Id invoice = read_or_none(event.invoice());
    Paper paper{
        .document = read(event.credit_note()),
        .number = copy(event.number()),
        .party = read(event.party()),
        .date = read(event.date()),
        .is_credit_note = true,
        .rate = read_or_none(event.exchange_rate()),
        .gross = read(event.gross()),
        .lines = event.lines(),
        .taxes = event.taxes(),
        .due = {{read(event.date()), -read(event.gross())}}};

    if (Decision no = check_paper(state, paper); no.is_refused()) return no;
    Posting posting{state};
    if (Decision no = book(posting, paper); no.is_refused()) return no;
    if (!invoice.is_none()) {
        if (Decision no = settle_invoice(posting, invoice, event); no.is_refused()) return no;
    }
    Decision no =
        book_cost(posting, paper, read_or_none(event.order()), read_or_none(event.delivery()));
    if (no.is_refused()) return no;
    return posting.take();
}

}  // namespace daybook::accounting
