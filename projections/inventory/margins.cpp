// What was sold and what it cost. A sale's cost is that of its own issue: the value of the lines
// that its delivery moved, and every later change of it. What comes back counts on its own date, at
// what it had cost.

#include <algorithm>
#include <optional>

#include "projections/inventory/reports.hpp"
#include "projections/inventory/rows.hpp"

namespace daybook::inventory {
namespace {

bool is_of_sales(MoveReason reason) {
    return reason == MoveReason::delivery || reason == MoveReason::customer_return;
}

struct Margin {
    MarginKey key;
    Date day;
    MarginSum sum;
};

// Posts to the margins, and counts what an event posted.
struct Posting {
    const MarginRows& rows;
    std::uint64_t position;
    std::uint32_t sequence = 0;

    void add(const Margin& margin) {
        const MarginSum& sum = margin.sum;
        if (sum.quantity.is_zero() && sum.net.is_zero() && sum.cost.is_zero()) return;
        const PostingPlace<MarginKey> place{
            .key = margin.key, .effective = margin.day, .position = position};
        add_posting(rows.totals, rows.past_totals, place, sum);
        const MarginKey& key = margin.key;
        rows.changes.put(
            {position, ++sequence, key.party, key.item, margin.day, sum.quantity, sum.net, sum.cost}
        );
        rows.days.put({key.item, key.party, margin.day, position});
    }
    // A cost of what a delivery or a return moved.
    void add_cost(const CardRow& line, std::uint16_t source_line, Date day, Money cost) {
        add({{line.party, line.item}, day, {.cost = cost}});
        rows.costs.put({line.source, source_line, position, sequence, day, cost});
    }
};

// What a restated return changed, divided among the returns of its day by what they were worth.
void add_restated_returns(Posting& posting, const MarginRows& rows, const RestatedLine& line) {
    std::vector<CardRow> returns;
    std::vector<std::int64_t> weights;
    rows.card_rows.scan(read(line.item()), read(line.day()), [&](const CardRow& row) {
        if (row.kind != CardKind::moved || row.reason != MoveReason::customer_return) return;
        if (row.quantity <= Quantity{} || row.scope != read(line.scope())) return;
        returns.push_back(row);
        weights.push_back(row.quantity.milli());
    });
    const Money change = read(line.new_cost()) - read(line.old_cost());
    if (returns.empty()) {
        posting.add({{{}, read(line.item())}, read(line.accounting_date()), {.cost = change}});
        return;
    }
    const bool is_negative = change.is_negative();
    const auto parts = allocate(is_negative ? -change : change, weights);
    for (std::size_t i = 0; i < returns.size(); ++i) {
        const Money part = is_negative ? -parts[i] : parts[i];
        posting.add_cost(returns[i], returns[i].source_line, read(line.accounting_date()), part);
    }
}

Currency base_of(const MarginRows& rows) {
    return rows.book_rows.find(std::uint8_t{0})->base_currency;
}

// The delivered line of that sequence, if it is one.
std::optional<CardRow> delivery_of(const MarginRows& rows, std::uint64_t sequence) {
    const LineRow* place = rows.numbered_rows.find(sequence);
    if (place == nullptr) return std::nullopt;
    const CardRow* line =
        rows.card_rows.find(place->item, place->date, place->position, place->line);
    if (line == nullptr || line->reason != MoveReason::delivery) return std::nullopt;
    return *line;
}

// The accounting date of what an issue's pool and day lost more or less.
Date restated_on(const CostRestated& event, const CardRow& issue) {
    for (const RestatedLine* line : *event.lines()) {
        const bool is_its = read(line->item()) == issue.item && read(line->day()) == issue.date &&
                            read(line->scope()) == issue.scope && line->reason() == issue.reason;
        if (is_its) return read(line->accounting_date());
    }
    return issue.accounting_date;
}

struct Paper {
    Id document;
    Id party;
    Date date;
    std::string number;
    bool is_credit_note = false;
    Id order;
    Id delivery;
    Id goods_return;
    Currency currency = Currency::none;
    ExchangeRate rate;
    const flatbuffers::Vector<const sales::PricedLine*>* lines = nullptr;
};

template <class Event>
Paper paper_of(const Event& event) {
    Paper paper{
        .party = read(event.party()),
        .date = read(event.date()),
        .number = copy(event.number()),
        .order = read_or_none(event.order()),
        .delivery = read_or_none(event.delivery()),
        .currency = read(event.currency()),
        .lines = event.lines()};
    if (event.exchange_rate() != nullptr) paper.rate = read(event.exchange_rate());
    return paper;
}

Money in_base(const Paper& paper, Currency base, Money amount) {
    const Money signed_amount = paper.is_credit_note ? -amount : amount;
    if (paper.currency == base) return signed_amount;
    const auto converted = convert(signed_amount, paper.rate, base, Rounding::half_even);
    return converted.ok() ? converted.value() : Money::from_minor(0, base);
}

SoldLineRow sold_line(const Paper& paper, const sales::PricedLine& line, Currency base) {
    SoldLineRow row;
    row.document = paper.document;
    row.item = read(line.item());
    row.net = in_base(paper, base, read(line.net()));
    row.is_goods = line.is_goods();
    row.goods_return = paper.goods_return;
    if (line.kind() == sales::LineKind::item) {
        row.quantity = paper.is_credit_note ? -read(line.quantity()) : read(line.quantity());
    }
    if (!paper.goods_return.is_none()) {
        row.order_line = line.order_line();
        row.delivery_line = line.delivery_line();
    } else if (!paper.delivery.is_none() && line.delivery_line() > 0) {
        row.delivery = paper.delivery;
        row.delivery_line = line.delivery_line();
    } else if (!paper.order.is_none() && line.order_line() > 0) {
        row.order = paper.order;
        row.order_line = line.order_line();
    }
    return row;
}

void add_paper(MarginRows rows, const Paper& paper, std::uint64_t position) {
    const BookRow* book_row = rows.book_rows.find(std::uint8_t{0});
    const Currency base = book_row == nullptr ? paper.currency : book_row->base_currency;
    SoldDocumentRow document{
        .date = paper.date,
        .position = position,
        .document = paper.document,
        .number = paper.number,
        .party = paper.party,
        .is_convertible = paper.currency == base || paper.rate.micro() > 0};
    Posting posting{rows, position};
    for (const sales::PricedLine* line : *paper.lines) {
        ++document.line_count;
        if (line->kind() == sales::LineKind::text || !document.is_convertible) continue;
        SoldLineRow row = sold_line(paper, *line, base);
        row.line = document.line_count;
        posting.add({{paper.party, row.item}, paper.date, {row.quantity, row.net, {}}});
        const PartRow part{
            .document = row.order.is_none() ? row.delivery : row.order,
            .line = row.order.is_none() ? row.delivery_line : row.order_line,
            .date = paper.date,
            .position = position,
            .part_line = row.line,
            .part = paper.document,
            .quantity = row.quantity};
        if (row.is_goods && !paper.is_credit_note && !part.document.is_none()) {
            (row.order.is_none() ? rows.invoiced_deliveries : rows.invoiced_orders).put(part);
        }
        rows.sold.put(row);
    }
    rows.documents.put(document);
}

// What a cost that belongs to no single sale adds to those of its item.
void add_shared(Posting& posting, const Id& item, Date day, Money cost) {
    posting.add({{{}, item}, day, {.cost = cost}});
}

bool is_shared(MoveReason reason) {
    return reason == MoveReason::true_up || reason == MoveReason::landed_cost ||
           reason == MoveReason::price_variance;
}

// A change of cost that is in those of its item becomes one of its delivery.
void move_to_delivery(Posting& posting, std::uint64_t issue, Date day, Money change) {
    const auto line = delivery_of(posting.rows, issue);
    if (!line) return;
    add_shared(posting, line->item, day, -change);
    posting.add_cost(*line, line->source_line, day, change);
}

template <class Event>
void add_true_ups(Posting& posting, const Event& event) {
    if (event.true_ups() == nullptr) return;
    const Currency base = base_of(posting.rows);
    for (const TrueUp* one : *event.true_ups()) {
        const Money change = Money::from_minor(one->minor(), base);
        move_to_delivery(posting, one->issue(), read(one->accounting_date()), change);
    }
}

}  // namespace

void take(MarginRows rows, const StockRevalued& event, const EventHeader& header) {
    Posting posting{rows, header.position()};
    const Date day = read(event.accounting_date());
    for (const RevaluedLine* line : *event.lines()) {
        add_shared(posting, read(line->item()), day, read(line->to_sold()));
    }
    if (event.issues() == nullptr) return;
    const Currency base = base_of(rows);
    for (const IssueChange* changed : *event.issues()) {
        const Money change = Money::from_minor(changed->minor(), base);
        move_to_delivery(posting, changed->sequence(), day, change);
    }
}

void take(MarginRows rows, const StockMoved& event, const EventHeader& header) {
    Posting posting{rows, header.position()};
    for (const StockChange& change : changes_of(event)) {
        if (change.reason == MoveReason::true_up) {
            add_shared(posting, change.item, change.accounting_date, -change.value);
        }
        if (!is_of_sales(change.reason) || change.quantity.is_zero()) continue;
        CardRow line;
        line.item = change.item;
        line.party = change.party;
        line.source = change.source;
        posting.add_cost(line, change.source_line, change.accounting_date, -change.value);
    }
    add_true_ups(posting, event);
}

void take(MarginRows rows, const CostRestated& event, const EventHeader& header) {
    Posting posting{rows, header.position()};
    if (event.issues() != nullptr) {
        for (const IssueChange* changed : *event.issues()) {
            const auto line = delivery_of(rows, changed->sequence());
            if (!line) continue;
            const Money change = Money::from_minor(changed->minor(), base_of(rows));
            posting.add_cost(*line, line->source_line, restated_on(event, *line), change);
        }
    }
    for (const RestatedLine* line : *event.lines()) {
        if (is_shared(line->reason())) {
            const Money change = read(line->new_cost()) - read(line->old_cost());
            add_shared(posting, read(line->item()), read(line->accounting_date()), change);
        }
        if (line->reason() == MoveReason::customer_return) {
            add_restated_returns(posting, rows, *line);
        }
    }
    add_true_ups(posting, event);
}

void take(MarginRows rows, const sales::GoodsDelivered& event, const EventHeader& header) {
    std::uint16_t number = 0;
    for (const sales::DeliveredLine* line : *event.lines()) {
        ++number;
        if (!line->is_goods()) continue;
        const Id delivery = read(event.delivery());
        rows.delivered.put({delivery, number, read(line->item()), read(line->quantity())});
        if (line->order_line() == 0) continue;
        rows.delivered_orders.put(
            {read_or_none(event.order()),
             line->order_line(),
             read(event.date()),
             header.position(),
             number,
             delivery,
             read(line->quantity())}
        );
    }
}

void take(MarginRows rows, const sales::GoodsReturned& event, const EventHeader&) {
    std::uint16_t number = 0;
    for (const sales::ReturnedLine* line : *event.lines()) {
        rows.returned.put(
            {read(event.goods_return()),
             ++number,
             line->delivery_line(),
             line->order_line(),
             read(line->quantity())}
        );
    }
}

void take(MarginRows rows, const sales::InvoiceIssued& event, const EventHeader& header) {
    Paper paper = paper_of(event);
    paper.document = read(event.invoice());
    add_paper(rows, paper, header.position());
}

void take(MarginRows rows, const sales::CreditNoteIssued& event, const EventHeader& header) {
    Paper paper = paper_of(event);
    paper.document = read(event.credit_note());
    paper.is_credit_note = true;
    paper.goods_return = read_or_none(event.goods_return());
    add_paper(rows, paper, header.position());
}

void take(MarginRows rows, const accounting::BookConfigured& event, const EventHeader&) {
    rows.book_rows.at(std::uint8_t{0}).base_currency = read(event.base_currency());
}

void project(Rows<PartyNameRow>& rows, const crm::PartyRegistered& event) {
    rows.put({read(event.party()), copy(event.name())});
}

void project(Rows<PartyNameRow>& rows, const crm::PartyAmended& event) {
    if (event.name() != nullptr) rows.put({read(event.party()), copy(event.name())});
}

}  // namespace daybook::inventory
