// Letting go of what will never be billed, delivered or credited, and money paid in advance.

#include <fmt/format.h>

#include "engine/domain/purchasing/matching.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

Judged<std::vector<MatchedLine>> asked_releases(
    const Purchasing& state, const Order& order, const ReleaseAccruals& command
) {
    const Id id = read(command.order());
    std::vector<std::uint16_t> numbers;
    if (command.order_lines() != nullptr) {
        for (const std::uint16_t number : *command.order_lines()) numbers.push_back(number);
    }
    const bool takes_all = numbers.empty();
    for (std::size_t i = 0; takes_all && i < order.lines.size(); ++i) {
        numbers.push_back(static_cast<std::uint16_t>(i + 1));
    }
    std::vector<MatchedLine> lines;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] < 1 || numbers[i] > order.lines.size()) {
            return refuse(
                Refusal::order_line_unknown,
                fmt::format("order_lines[{}]", i),
                fmt::format("line {}", numbers[i]),
                fmt::format("a line from 1 to {}", order.lines.size())
            );
        }
        if (std::find(
                numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(i), numbers[i]
            ) != numbers.begin() + static_cast<std::ptrdiff_t>(i)) {
            return refuse(
                Refusal::line_named_twice,
                fmt::format("order_lines[{}]", i),
                fmt::format("line {}", numbers[i]),
                "each line once"
            );
        }
        for (const MatchedLine& line : released_lines(state, id, numbers[i])) {
            lines.push_back(line);
        }
    }
    if (!lines.empty()) return lines;
    return refuse(
        Refusal::nothing_to_release,
        "order",
        to_string(id),
        "an order with something received and not billed, billed and not received, or sent back "
        "and not credited"
    );
}

}  // namespace

Decision decide(const Purchasing& state, const ReleaseAccruals& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Id id = read(command.release());
    const Check is_new = check_new(state, "release", id);
    if (!is_new.ok()) return is_new.refused();
    const Judged<const Order*> order = known_order(state, read(command.order()));
    if (!order.ok()) return order.refused();
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason.refused();
    const Check dated = check_not_before(date, order.value()->date);
    if (!dated.ok()) return dated.refused();
    Judged<std::vector<MatchedLine>> lines = asked_releases(state, *order.value(), command);
    if (!lines.ok()) return lines.refused();
    const Judged<Date> day =
        accounting_day(state, std::max(date, cleared_since(state, lines.value())));
    if (!day.ok()) return day.refused();

    AccrualsReleasedT event;
    event.release = id;
    event.order = read(command.order());
    event.date = date;
    event.reason = copy(command.reason());
    const Money none = Money::from_minor(0, order.value()->currency);
    BillMatchedT counted;
    counted.bill = id;
    counted.supplier = order.value()->supplier;
    counted.recorder = context.actor;
    counted.date = date;
    counted.accounting_date = day.value();
    counted.is_release = true;
    counted.currency = order.value()->currency;
    counted.rate = ExchangeRate::from_micro(1'000'000);
    counted.lines = std::move(lines.value());
    counted.net = counted.tax = counted.gross = none;
    counted.text = copy(command.reason());
    Decision decision;
    decision.add(std::move(event)).add(std::move(counted));
    return decision;
}

Decision decide(const Purchasing& state, const AssignPrepayment& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Id payment = read(command.payment());
    const Check dated = check_date(date);
    if (!dated.ok()) return dated.refused();
    const Judged<const Order*> order = known_order(state, read(command.order()));
    if (!order.ok()) return order.refused();
    const Advance* advance = state.advances.find(payment);
    if (advance == nullptr) {
        return refuse(
            Refusal::payment_unknown,
            "payment",
            to_string(payment),
            "a payment to a supplier with an advance"
        );
    }
    const Id supplier = standing_for(state, order.value()->supplier);
    if (standing_for(state, advance->supplier) != supplier) {
        return refuse(
            Refusal::order_of_other_supplier,
            "order",
            to_string(order.value()->supplier),
            fmt::format("an order of {}", to_string(advance->supplier))
        );
    }
    const Money left = advance->left - advance->assigned;
    const Money amount = command.amount() == nullptr ? left : read(command.amount());
    if (left.currency() != order.value()->currency || !amount.same_currency(left)) {
        return refuse(
            Refusal::bill_currency_differs,
            "amount",
            to_string(amount.is_zero() ? left : amount),
            fmt::format("an advance in {}", code_of(order.value()->currency))
        );
    }
    if (amount.minor() <= 0 || is_less(left, amount)) {
        return refuse(
            Refusal::more_than_advance,
            "amount",
            to_string(amount),
            fmt::format("more than zero, at most the {} left of the advance", to_string(left))
        );
    }

    PrepaymentAssignedT event;
    event.payment = payment;
    event.order = read(command.order());
    event.supplier = supplier;
    event.amount = amount;
    event.date = date;
    return event;
}

void apply(Purchasing& state, const AccrualsReleased& event) {
    const Id id = read(event.release());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::release};
}

void apply(Purchasing& state, const PrepaymentAssigned& event) {
    Advance& advance = state.advances.at(read(event.payment()));
    advance.assigned += read(event.amount());
    DAYBOOK_ASSERT(!is_less(advance.left, advance.assigned));
    state.orders.at(read(event.order()))
        .prepayments.push_back({.payment = read(event.payment()), .left = read(event.amount())});
}

}  // namespace daybook::purchasing
