// The three-way match.
//
// The accrual of a receipt is cleared at its received value, never at the bill's amount. What the
// bill says beyond is split: what it says beyond the order's price, at the bill's own rate, is the
// price variance; the rest comes from the rates. With the receipt's rate and the order's price
// there is neither.

#include "engine/domain/purchasing/matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/domain/purchasing/portions.hpp"

namespace daybook::purchasing {
namespace {

Money zero(Currency currency) {
    return Money::from_minor(0, currency);
}

// A matched line in the making; amounts in the bill's sign.
struct Part {
    Id receipt;
    std::uint16_t receipt_line = 0;
    Quantity quantity;
    Money net;
    Money value;
    Money price_variance;
    Money exchange_difference;
    Money expected;
    MatchKind kind = MatchKind::none;
    MatchEffect effect = MatchEffect::none;
    bool is_stocked = false;
};

// One line of a bill while it is matched.
class Match {
 public:
    Match(const Purchasing& state, const GivenBill& bill, std::size_t index)
        : state_(state),
          bill_(bill),
          given_(bill.lines[index]),
          index_(index),
          base_(state.book.get().base),
          left_{given_.quantity, zero(base_), given_.net},
          expected_(zero(bill.currency)) {}

    [[nodiscard]] Check match();
    void put_into(std::vector<MatchedLine>& lines) const;

 private:
    [[nodiscard]] Check bill_goods(const Order& order, OrderLineState line);
    [[nodiscard]] Check expect_bill(const Order& order, const OrderLineState& line);
    [[nodiscard]] Check bill_ahead(const Order& order, const OrderLineState& line);
    [[nodiscard]] Check bill_final(const OrderLineState& line);
    [[nodiscard]] Check bill_price(const OrderLineState& line);
    [[nodiscard]] Check credit_goods(OrderLineState line);
    [[nodiscard]] Check add_plain(MatchKind kind, Quantity quantity, Money net);
    // A part whose value is known: what the net says beyond is variance and exchange difference.
    [[nodiscard]] Check add_valued(Part part, ExchangeRate rate);
    [[nodiscard]] Judged<Money> in_base(Money net) const {
        return to_base(state_, net, bill_.rate);
    }
    [[nodiscard]] static MatchKind kind_for(bool is_stocked, MatchKind kind) {
        return is_stocked ? kind : MatchKind::expense;
    }
    void expect(Money all) {
        left_.net -= all;
        expected_ += all;
    }
    // Each part takes what is expected of it. What the net is beyond all that is shared by
    // quantity; what it is less, by what is expected, so that no part costs less than nothing.
    // Parts as expected have no difference, and all of them come to the net.
    [[nodiscard]] Money next(Quantity quantity, Money expected);

    const Purchasing& state_;
    const GivenBill& bill_;
    const GivenLine& given_;
    std::size_t index_;
    Currency base_;
    Portion left_;    // Of the quantity, and of what the net is beyond what is expected.
    Money expected_;  // Of what is left.
    Portion beyond_;  // Billed beyond what came, at the order's price.
    bool line_is_stocked_ = false;
    Id warehouse_;
    std::vector<Part> parts_;
};

Money Match::next(Quantity quantity, Money expected) {
    const Money others = expected_ - expected;
    expected_ = others;
    if (!left_.net.is_negative() || quantity == left_.quantity) {
        return expected + take(left_, quantity).net;
    }
    const Money less = allocate(left_.net, std::array{expected.minor(), others.minor()}).front();
    left_.net -= less;
    left_.quantity -= quantity;
    return expected + less;
}

Check Match::add_plain(MatchKind kind, Quantity quantity, Money net) {
    const Judged<Money> base = in_base(net);
    if (!base.ok()) return base.refused();
    parts_.push_back(
        {.quantity = quantity,
         .net = net,
         .value = base.value(),
         .price_variance = zero(base_),
         .exchange_difference = zero(base_),
         .expected = net,
         .kind = kind}
    );
    return Nothing{};
}

Check Match::add_valued(Part part, ExchangeRate rate) {
    part.price_variance = zero(base_);
    part.exchange_difference = zero(base_);
    // In base currency the value is the net to the cent, or there is a variance.
    const bool is_as_received = bill_.currency == base_
                                    ? part.net == part.value
                                    : part.net == part.expected && rate == bill_.rate;
    if (part.kind == MatchKind::expense) {
        const Judged<Money> base = in_base(part.net);
        if (!base.ok()) return base.refused();
        part.value = base.value();
    } else if (!is_as_received) {
        const Judged<Money> base = in_base(part.net);
        if (!base.ok()) return base.refused();
        const Money beyond = base.value() - part.value;
        part.price_variance = beyond;
        if (bill_.currency != base_ && rate != bill_.rate) {
            const Judged<Money> variance = in_base(part.net - part.expected);
            if (!variance.ok()) return variance.refused();
            part.price_variance = variance.value();
        }
        part.exchange_difference = beyond - part.price_variance;
    }
    parts_.push_back(part);
    return Nothing{};
}

Check Match::match() {
    if (given_.order.is_none()) {
        const Item item = state_.items.get(given_.item);
        const bool is_charge = kind_of(item) == ItemKind::charge;
        const Quantity quantity = bill_.is_credit_note ? -given_.quantity : given_.quantity;
        return add_plain(
            is_charge ? MatchKind::landed_cost : MatchKind::expense,
            quantity,
            bill_.is_credit_note ? -given_.net : given_.net
        );
    }
    const Order& order = *state_.orders.find(given_.order);
    const OrderLineState& line = order.lines[given_.order_line - 1U];
    warehouse_ = line.warehouse;
    line_is_stocked_ = is_stocked(state_.items.get(line.item));
    if (line.kind != ItemKind::goods) {
        return add_plain(
            line.kind == ItemKind::charge ? MatchKind::landed_cost : MatchKind::expense,
            bill_.is_credit_note ? -given_.quantity : given_.quantity,
            bill_.is_credit_note ? -given_.net : given_.net
        );
    }
    if (given_.quantity.is_zero()) return bill_price(line);
    return bill_.is_credit_note ? credit_goods(line) : bill_goods(order, line);
}

Check Match::bill_goods(const Order& order, OrderLineState line) {
    const Check expecting = expect_bill(order, line);
    if (!expecting.ok()) return expecting;
    for (Received& received : line.receipts) {
        const Quantity quantity = std::min(left_.quantity, received.unbilled.quantity);
        if (quantity.is_zero()) continue;
        const Portion cleared = take(received.unbilled, quantity);
        put(received.billed, cleared);
        const Check added = add_valued(
            {.receipt = received.receipt,
             .receipt_line = received.receipt_line,
             .quantity = quantity,
             .net = next(quantity, cleared.net),
             .value = cleared.value,
             .expected = cleared.net,
             .kind = kind_for(received.is_stocked, MatchKind::received),
             .effect = MatchEffect::received,
             .is_stocked = received.is_stocked},
            received.rate
        );
        if (!added.ok()) return added;
    }
    const Check ahead = bill_ahead(order, line);
    if (!ahead.ok() || !given_.is_final) return ahead;
    return bill_final(line);
}

// What came is expected at its net, what is billed beyond it at the order's price.
Check Match::expect_bill(const Order& order, const OrderLineState& line) {
    Quantity left = given_.quantity;
    for (Received received : line.receipts) {
        const Quantity quantity = std::min(left, received.unbilled.quantity);
        expect(take(received.unbilled, quantity).net);
        left -= quantity;
    }
    const Judged<Money> beyond = ordered_net(order, line, left, index_);
    if (!beyond.ok()) return beyond.refused();
    expect(beyond.value());
    beyond_ = {.quantity = left, .value = zero(base_), .net = beyond.value()};
    return Nothing{};
}

// What is billed beyond what came: in transit as far as it may still come, and beyond that a matter
// of price of the goods that came last and are here still.
Check Match::bill_ahead(const Order& order, const OrderLineState& line) {
    const Quantity may_come = std::max(Quantity{}, to_come(order, line) - line.transit.quantity);
    const Quantity ahead = std::min(left_.quantity, may_come);
    if (!ahead.is_zero()) {
        const Money net = next(ahead, take(beyond_, ahead).net);
        const Check added =
            add_plain(kind_for(line_is_stocked_, MatchKind::before_receipt), ahead, net);
        if (!added.ok()) return added;
        parts_.back().effect = MatchEffect::ahead;
        parts_.back().is_stocked = line_is_stocked_;
    }
    if (left_.quantity.is_zero()) return Nothing{};
    const auto kept =
        std::find_if(line.receipts.rbegin(), line.receipts.rend(), [](const auto& one) {
            return !left_of(one).is_zero();
        });
    const bool is_any_kept = kept != line.receipts.rend();
    const Quantity more = left_.quantity;
    Part part{
        .quantity = more,
        .net = next(more, beyond_.net),
        .value = zero(base_),
        .expected = zero(bill_.currency),
        .kind = kind_for(line_is_stocked_, MatchKind::price_only),
        .is_stocked = line_is_stocked_ && is_any_kept};
    if (is_any_kept) {
        part.receipt = kept->receipt;
        part.receipt_line = kept->receipt_line;
    }
    return add_valued(part, bill_.rate);
}

Check Match::bill_final(const OrderLineState& line) {
    for (const Received& received : line.receipts) {
        if (received.unbilled.quantity.is_zero()) continue;
        const Check added = add_valued(
            {.receipt = received.receipt,
             .receipt_line = received.receipt_line,
             .quantity = received.unbilled.quantity,
             .net = zero(bill_.currency),
             .value = received.unbilled.value,
             .expected = received.unbilled.net,
             .kind = kind_for(received.is_stocked, MatchKind::received),
             .effect = MatchEffect::received,
             .is_stocked = received.is_stocked},
            bill_.rate
        );
        if (!added.ok()) return added;
    }
    return Nothing{};
}

// A price and no quantity: on all that was received, by quantity; of a credit note on what was
// billed, by what it was billed at, so that nothing ever costs less than nothing.
Check Match::bill_price(const OrderLineState& line) {
    std::vector<std::int64_t> weights;
    std::vector<const Received*> targets;
    for (const Received& received : line.receipts) {
        const std::int64_t weight =
            bill_.is_credit_note ? received.billed_net.minor() : left_of(received).milli();
        if (weight <= 0) continue;
        weights.push_back(weight);
        targets.push_back(&received);
    }
    const Money net = bill_.is_credit_note ? -given_.net : given_.net;
    if (targets.empty()) return add_plain(MatchKind::expense, Quantity{}, net);
    const std::vector<Money> shares = allocate(net, weights);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Check added = add_valued(
            {.receipt = targets[i]->receipt,
             .receipt_line = targets[i]->receipt_line,
             .net = shares[i],
             .value = zero(base_),
             .expected = zero(bill_.currency),
             .kind = kind_for(targets[i]->is_stocked, MatchKind::price_only),
             .is_stocked = targets[i]->is_stocked},
            bill_.rate
        );
        if (!added.ok()) return added;
    }
    return Nothing{};
}

// A credit note answers goods that were sent back, then those billed that never came, then bills
// of goods that are kept: these wait for another bill.
Check Match::credit_goods(OrderLineState line) {
    expect(expected_credit(line, given_.quantity, bill_.currency));
    const Quantity returned = std::min(left_.quantity, line.credit_expected.quantity);
    if (!returned.is_zero()) {
        const Portion cleared = take(line.credit_expected, returned);
        const Check added = add_valued(
            {.quantity = -returned,
             .net = -next(returned, cleared.net),
             .value = -cleared.value,
             .expected = -cleared.net,
             .kind = kind_for(line_is_stocked_, MatchKind::returned),
             .effect = MatchEffect::returned},
            {}
        );
        if (!added.ok()) return added;
    }
    const Quantity ahead = std::min(left_.quantity, line.transit.quantity);
    if (!ahead.is_zero()) {
        const Portion cleared = take(line.transit, ahead);
        const Check added = add_valued(
            {.quantity = -ahead,
             .net = -next(ahead, cleared.net),
             .value = -cleared.value,
             .expected = -cleared.net,
             .kind = kind_for(line_is_stocked_, MatchKind::before_receipt),
             .effect = MatchEffect::ahead},
            {}
        );
        if (!added.ok()) return added;
    }
    for (auto received = line.receipts.rbegin(); received != line.receipts.rend(); ++received) {
        const Quantity quantity = std::min(left_.quantity, received->billed.quantity);
        if (quantity.is_zero()) continue;
        const Money billed = share_of(received->billed_net, quantity, received->billed.quantity);
        const Portion cleared = take(received->billed, quantity);
        const Check added = add_valued(
            {.receipt = received->receipt,
             .receipt_line = received->receipt_line,
             .quantity = -quantity,
             .net = -next(quantity, billed),
             .value = -cleared.value,
             .expected = -cleared.net,
             .kind = kind_for(received->is_stocked, MatchKind::received),
             .effect = MatchEffect::received,
             .is_stocked = received->is_stocked},
            received->rate
        );
        if (!added.ok()) return added;
    }
    DAYBOOK_ASSERT(left_.quantity.is_zero());
    return Nothing{};
}

void Match::put_into(std::vector<MatchedLine>& lines) const {
    for (const Part& part : parts_) {
        lines.emplace_back(
            wired(given_.item),
            wired(given_.posting_group),
            wired(given_.tax_code),
            wired(given_.order),
            wired(part.receipt),
            wired(warehouse_),
            wired(part.quantity),
            wired(part.net),
            wired(part.value),
            wired(part.price_variance),
            wired(part.exchange_difference),
            wired(part.expected),
            given_.order_line,
            part.receipt_line,
            static_cast<std::uint16_t>(index_ + 1),
            part.kind,
            part.effect,
            part.is_stocked
        );
    }
}

// ---- Tolerances

struct Tolerance {
    const Purchasing& state;
    const GivenBill& bill;
    const Order& order;
    const OrderLineState& line;
    const GivenLine& given;
    std::uint16_t number = 0;
};

LineDifference quantity_difference(const Tolerance& asked) {
    const OrderLineState& line = asked.line;
    const bool by_order =
        line.kind != ItemKind::goods || asked.order.bill_control == BillControl::on_order;
    const Quantity ordered = std::max(line.quantity - line.forgone, line.accepted);
    const Quantity whole = by_order && !asked.order.is_closed ? ordered : line.accepted;
    const Quantity basis = line.kind == ItemKind::goods ? whole : line.quantity;
    const Quantity allowed = tolerated(basis, asked.order.policy.bill_quantity);
    // What was sent back after it was billed is settled by a credit note, not by this bill.
    const Quantity billed = line.billed - line.credit_expected.quantity;
    const Quantity found = billed + asked.given.quantity;
    const MatchDifference kind = found <= allowed ? MatchDifference::none
                                 : by_order       ? MatchDifference::more_than_ordered
                                                  : MatchDifference::more_than_received;
    return LineDifference{
        wired(allowed),
        wired(found),
        wired(zero(asked.bill.currency)),
        wired(zero(asked.bill.currency)),
        asked.number,
        kind};
}

// The price may differ by its tolerance, by the amount that is always tolerated, or by a cent.
LineDifference price_difference(const Tolerance& asked, Money expected) {
    const Money found = asked.given.net;
    const Money beyond = is_less(found, expected) ? expected - found : found - expected;
    const Policy& policy = asked.order.policy;
    const Money by_rate = expected.times(policy.bill_price, Rounding::half_up);
    const Judged<Money> base = to_base(asked.state, beyond, asked.bill.rate);
    const bool is_small = base.ok() && !is_less(policy.bill_price_max, base.value());
    const bool is_tolerated = beyond.minor() <= 1 || !is_less(by_rate, beyond) || is_small;
    const MatchDifference kind = is_tolerated               ? MatchDifference::none
                                 : is_less(found, expected) ? MatchDifference::price_below
                                                            : MatchDifference::price_above;
    return LineDifference{
        wired(Quantity{}), wired(Quantity{}), wired(expected), wired(found), asked.number, kind};
}

void add_line_differences(const Tolerance& asked, std::vector<LineDifference>& differences) {
    const auto add = [&](const LineDifference& difference) {
        if (difference.kind() != MatchDifference::none) differences.push_back(difference);
    };
    const auto flag = [&](MatchDifference kind) {
        const Money none = zero(asked.bill.currency);
        add(LineDifference{
            wired(Quantity{}), wired(Quantity{}), wired(none), wired(none), asked.number, kind});
    };
    const bool is_credit = asked.bill.is_credit_note;
    if (!is_credit && asked.order.is_held) flag(MatchDifference::order_held);
    if (!is_credit) add(quantity_difference(asked));
    if (is_credit && asked.line.kind == ItemKind::goods && !asked.given.quantity.is_zero()) {
        add(price_difference(
            asked, expected_credit(asked.line, asked.given.quantity, asked.bill.currency)
        ));
        return;
    }
    if (is_credit) return;
    const Judged<Money> expected =
        ordered_net(asked.order, asked.line, asked.given.quantity, asked.number - 1U);
    if (expected.ok()) add(price_difference(asked, expected.value()));
}

// Goods that are kept are no longer billed: with them goes their part of what bills said, whatever
// the credit note gave back for it.
void unbill(Received& received, const MatchedLine& matched) {
    const Quantity quantity = -read(matched.quantity());
    const Quantity whole = received.billed.quantity;
    const Money billed_net = share_of(received.billed_net, quantity, whole);
    const Money value = -read(matched.value());
    received.billed_net -= billed_net;
    if (matched.kind() == MatchKind::expense) return;
    const bool is_base = billed_net.same_currency(value);
    received.variance -=
        is_base ? billed_net - value : share_of(received.variance, quantity, whole);
}

bool is_of(const Received& received, const MatchedLine& matched) {
    return received.receipt == read(matched.receipt()) &&
           received.receipt_line == matched.receipt_line();
}

}  // namespace

std::vector<LineDifference> differences_of(const Purchasing& state, const GivenBill& bill) {
    std::vector<LineDifference> differences;
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        const GivenLine& given = bill.lines[i];
        if (given.order.is_none()) continue;
        const Order& order = *state.orders.find(given.order);
        const OrderLineState& line = order.lines[given.order_line - 1U];
        add_line_differences(
            {state, bill, order, line, given, static_cast<std::uint16_t>(i + 1)}, differences
        );
    }
    return differences;
}

Judged<std::vector<MatchedLine>> matched_lines(const Purchasing& state, const GivenBill& bill) {
    std::vector<MatchedLine> lines;
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        Match match{state, bill, i};
        const Check matched = match.match();
        if (!matched.ok()) return matched.refused();
        match.put_into(lines);
    }
    return lines;
}

std::vector<MatchedLine> released_lines(
    const Purchasing& state, Id order_id, std::uint16_t order_line
) {
    const Order& order = *state.orders.find(order_id);
    const OrderLineState& line = order.lines[order_line - 1U];
    const Currency base = state.book.get().base;
    std::vector<MatchedLine> lines;
    const auto add = [&](const Part& part) {
        lines.emplace_back(
            wired(line.item),
            wired(line.posting_group),
            wired(Id{}),
            wired(order_id),
            wired(part.receipt),
            wired(line.warehouse),
            wired(part.quantity),
            wired(zero(order.currency)),
            wired(part.value),
            wired(-part.value),
            wired(zero(base)),
            wired(part.expected),
            order_line,
            part.receipt_line,
            std::uint16_t{0},
            part.kind,
            part.effect,
            part.is_stocked
        );
    };
    for (const Received& received : line.receipts) {
        if (received.unbilled.quantity.is_zero()) continue;
        add(
            {.receipt = received.receipt,
             .receipt_line = received.receipt_line,
             .quantity = received.unbilled.quantity,
             .value = received.unbilled.value,
             .expected = received.unbilled.net,
             .kind = received.is_stocked ? MatchKind::received : MatchKind::expense,
             .effect = MatchEffect::received,
             .is_stocked = received.is_stocked}
        );
    }
    const bool stocked = is_stocked(state.items.get(line.item));
    if (!line.transit.quantity.is_zero()) {
        add(
            {.quantity = -line.transit.quantity,
             .value = zero(base) - line.transit.value,
             .expected = zero(order.currency) - line.transit.net,
             .kind = stocked ? MatchKind::before_receipt : MatchKind::expense,
             .effect = MatchEffect::ahead}
        );
    }
    if (!line.credit_expected.quantity.is_zero()) {
        add(
            {.quantity = -line.credit_expected.quantity,
             .value = zero(base) - line.credit_expected.value,
             .expected = zero(order.currency) - line.credit_expected.net,
             .kind = stocked ? MatchKind::returned : MatchKind::expense,
             .effect = MatchEffect::returned}
        );
    }
    return lines;
}

Quantity left_to_bill(const Order& order, const OrderLineState& line) {
    if (line.kind != ItemKind::goods) {
        return std::max(Quantity{}, line.quantity - line.billed);
    }
    Quantity left;
    for (const Received& received : line.receipts) left += received.unbilled.quantity;
    if (order.bill_control != BillControl::on_order) return left;
    return left + std::max(Quantity{}, to_come(order, line) - line.transit.quantity);
}

Quantity left_to_credit(const OrderLineState& line) {
    if (line.kind != ItemKind::goods) return line.billed;
    Quantity left = line.credit_expected.quantity + line.transit.quantity;
    for (const Received& received : line.receipts) left += received.billed.quantity;
    return left;
}

Money price_to_credit(const OrderLineState& line, Currency currency) {
    Money billed = zero(currency);
    for (const Received& received : line.receipts) billed += received.billed_net;
    return billed.is_zero() ? zero(currency) + line.transit.net : billed;
}

Judged<Money> ordered_net(
    const Order& order, const OrderLineState& line, Quantity quantity, std::size_t index
) {
    const auto net = worth_of(
        {.price = line.price,
         .quantity = quantity,
         .discount = line.discount,
         .rate = ExchangeRate::from_micro(1'000'000),
         .currency = order.currency},
        0
    );
    if (net) return net->money;
    return refuse(
        Refusal::amount_too_large,
        line_path(index, "quantity"),
        fmt::format("{} at {}", to_string(quantity), to_string(line.price)),
        "a smaller amount"
    );
}

Money expected_credit(const OrderLineState& line, Quantity quantity, Currency currency) {
    Money expected = zero(currency);
    Portion returned = line.credit_expected;
    const Portion first = take(returned, std::min(quantity, returned.quantity));
    expected += first.net;
    Quantity left = quantity - first.quantity;
    Portion transit = line.transit;
    const Portion second = take(transit, std::min(left, transit.quantity));
    expected += second.net;
    left -= second.quantity;
    for (auto received = line.receipts.rbegin(); received != line.receipts.rend(); ++received) {
        const Quantity part = std::min(left, received->billed.quantity);
        expected += share_of(received->billed_net, part, received->billed.quantity);
        left -= part;
    }
    return expected;
}

Date cleared_since(const Purchasing& state, std::span<const MatchedLine> lines) {
    Date since = date_min;
    for (const MatchedLine& matched : lines) {
        if (read(matched.order()).is_none()) continue;
        const OrderLineState& line =
            state.orders.find(read(matched.order()))->lines[matched.order_line() - 1U];
        if (matched.effect() == MatchEffect::ahead && read(matched.quantity()).is_negative()) {
            since = std::max(since, line.transit_since);
        }
        if (matched.effect() == MatchEffect::returned) since = std::max(since, line.credit_since);
        const auto received = std::ranges::find_if(line.receipts, [&](const Received& one) {
            return is_of(one, matched);
        });
        if (received != line.receipts.end()) since = std::max(since, received->accrued_since);
    }
    return since;
}

void apply_matched(OrderLineState& line, const MatchedLine& matched, Date day) {
    const Quantity quantity = read(matched.quantity());
    const bool is_expense = matched.kind() == MatchKind::expense;
    const Money value = is_expense ? zero(read(matched.value()).currency()) : read(matched.value());
    line.billed += quantity;
    DAYBOOK_ASSERT(!line.billed.is_negative());
    if (matched.effect() == MatchEffect::ahead) {
        if (!quantity.is_negative()) line.transit_since = std::max(line.transit_since, day);
        put(line.transit, {quantity, value, read(matched.net())});
        if (quantity.is_negative())
            line.transit.net += read(matched.expected()) - read(matched.net());
        DAYBOOK_ASSERT(!line.transit.quantity.is_negative());
    }
    if (matched.effect() == MatchEffect::returned) {
        put(line.credit_expected, {quantity, value, read(matched.expected())});
        DAYBOOK_ASSERT(!line.credit_expected.quantity.is_negative());
    }
    const auto received = std::ranges::find_if(line.receipts, [&](const Received& one) {
        return is_of(one, matched);
    });
    if (received == line.receipts.end()) return;
    if (quantity.is_negative()) {
        unbill(*received, matched);
        received->accrued_since = std::max(received->accrued_since, day);
    } else {
        received->variance += read(matched.price_variance());
        received->billed_net += read(matched.net());
    }
    if (matched.effect() != MatchEffect::received) return;
    const Money expected = read(matched.expected());
    received->unbilled.quantity -= quantity;
    received->unbilled.value -= value;
    received->unbilled.net -= expected;
    put(received->billed, {quantity, value, expected});
    DAYBOOK_ASSERT(!received->unbilled.value.is_negative());
    DAYBOOK_ASSERT(!received->unbilled.quantity.is_zero() || received->unbilled.value.is_zero());
}

}  // namespace daybook::purchasing
