// Suppliers' bills and credit notes: taken down, matched, and either posted or held as an exception
// until somebody else than who recorded it decides.

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/purchasing/matching.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

using BillLines = flatbuffers::Vector<flatbuffers::Offset<SupplierBillLine>>;
using BillTaxes = flatbuffers::Vector<flatbuffers::Offset<SupplierBillTax>>;
using Instalments = flatbuffers::Vector<const Instalment*>;

// What a command says of a bill's amounts; a correction says it anew.
struct Said {
    const BillLines* lines = nullptr;
    const BillTaxes* taxes = nullptr;
    const Instalments* instalments = nullptr;
};

Check check_number(const Purchasing& state, Id supplier, std::string_view number) {
    if (number.empty()) {
        return refuse(Refusal::number_missing, "number", "none", "the supplier's number");
    }
    if (number.size() > number_bytes_max) {
        return refuse(
            Refusal::number_too_long,
            "number",
            fmt::format("{} bytes", number.size()),
            fmt::format("at most {}", number_bytes_max)
        );
    }
    for (auto known = state.bill_numbers.from({std::string{number}, Id{}});
         known != state.bill_numbers.end() && known->first.number == number;
         ++known) {
        if (standing_for(state, known->first.supplier) != supplier) continue;
        return refuse(
            Refusal::bill_number_exists,
            "number",
            std::string{number},
            "a number of this supplier not recorded yet"
        );
    }
    return Nothing{};
}

// The order and its line, if the bill's line has one.
struct Ordered {
    const Order* order = nullptr;
    const OrderLineState* line = nullptr;
    bool is_credit_note = false;
};
Judged<Ordered> ordered_of(
    const Purchasing& state, const GivenBill& bill, const GivenLine& given, std::size_t index
) {
    if (given.order.is_none()) return Ordered{.is_credit_note = bill.is_credit_note};
    const Judged<const Order*> order = known_order(state, given.order);
    if (!order.ok()) return order.refused();
    if (standing_for(state, order.value()->supplier) != bill.supplier) {
        return refuse(
            Refusal::order_of_other_supplier,
            line_path(index, "order"),
            fmt::format("{} of {}", to_string(given.order), to_string(order.value()->supplier)),
            fmt::format("an order of {}", to_string(bill.supplier))
        );
    }
    if (order.value()->needs_approval) {
        return refuse(
            Refusal::order_not_approved,
            line_path(index, "order"),
            to_string(given.order),
            "an order that is approved"
        );
    }
    const std::size_t count = order.value()->lines.size();
    if (given.order_line < 1 || given.order_line > count) {
        return refuse(
            Refusal::order_line_unknown,
            line_path(index, "order_line"),
            fmt::format("line {}", given.order_line),
            fmt::format("a line from 1 to {}", count)
        );
    }
    for (const GivenLine& other : bill.lines) {
        if (other.order != given.order || other.order_line != given.order_line) continue;
        return refuse(
            Refusal::line_named_twice,
            line_path(index, "order_line"),
            fmt::format("line {} of {}", given.order_line, to_string(given.order)),
            "each line once"
        );
    }
    return Ordered{
        order.value(), &order.value()->lines[given.order_line - 1U], bill.is_credit_note};
}

// Quantity: as given, or all that can be billed or credited.
Judged<Quantity> billed_quantity(
    const GivenBill& bill, const Ordered& ordered, const SupplierBillLine& line, std::size_t index
) {
    const bool is_given = line.quantity() != nullptr;
    const Quantity given = read_or_none(line.quantity());
    if (given.is_negative() || given.milli() > quantity_milli_max) {
        return refuse(
            Refusal::quantity_negative,
            line_path(index, "quantity"),
            to_string(given),
            "zero or more"
        );
    }
    if (ordered.line == nullptr) return is_given ? given : Quantity::from_milli(1000);
    if (!bill.is_credit_note) {
        if (is_given) return given;
        const Quantity left = left_to_bill(*ordered.order, *ordered.line);
        if (!left.is_zero()) return left;
        return refuse(
            Refusal::nothing_to_bill,
            line_path(index, "quantity"),
            fmt::format("nothing of {} can be billed", to_string(ordered.line->item)),
            "something received and not billed, or a quantity"
        );
    }
    const Quantity left = left_to_credit(*ordered.line);
    const Quantity wanted = is_given ? given : ordered.line->credit_expected.quantity;
    if (wanted <= left && (is_given || !wanted.is_zero())) return wanted;
    return refuse(
        Refusal::nothing_to_credit,
        line_path(index, "quantity"),
        fmt::format("{} of {}", to_string(wanted), to_string(ordered.line->item)),
        is_given ? fmt::format("at most the {} billed", to_string(left))
                 : "something sent back after it was billed, or a quantity"
    );
}

// The net: as given, the price times the quantity, or what the order says; of a credit note what
// the goods were billed at.
Judged<Money> billed_net(
    const Ordered& ordered, const SupplierBillLine& line, Quantity quantity, std::size_t index
) {
    const Money net = read_or_none(line.net());
    const UnitPrice price = read_or_none(line.price());
    const bool has_price = price.currency() != Currency::none;
    const bool has_net = net.currency() != Currency::none;
    if (has_net && has_price) {
        return refuse(
            Refusal::amount_given_twice, line_path(index, "net"), "a net and a price", "one of them"
        );
    }
    if (has_net) return net;
    if (!has_price && ordered.line == nullptr) {
        return refuse(Refusal::price_missing, line_path(index, "net"), "none", "a net or a price");
    }
    if (!has_price && ordered.is_credit_note && ordered.line->kind == ItemKind::goods) {
        return expected_credit(*ordered.line, quantity, ordered.order->currency);
    }
    if (!has_price) return ordered_net(*ordered.order, *ordered.line, quantity, index);
    const Result<Money> extended = extend(price, quantity, Rate{}, Rounding::half_up);
    if (extended.ok()) return extended.value();
    return refuse(
        Refusal::amount_too_large,
        line_path(index, "price"),
        fmt::format("{} of {}", to_string(quantity), to_string(price)),
        "a smaller amount"
    );
}

Check check_net(Money net, Quantity quantity, Currency currency, std::size_t index) {
    const std::string path = line_path(index, "net");
    if (net.currency() != currency) {
        return refuse(
            Refusal::bill_currency_differs,
            path,
            to_string(net),
            fmt::format("an amount in {}", code_of(currency))
        );
    }
    if (net.is_negative()) {
        return refuse(Refusal::net_negative, path, to_string(net), "zero or more");
    }
    if (quantity.is_zero() && net.is_zero()) {
        return refuse(
            Refusal::quantity_not_positive,
            line_path(index, "quantity"),
            "0, and nothing to pay",
            "a quantity, or a net that changes the price"
        );
    }
    if (net.minor() <= amount_minor_max) return Nothing{};
    return refuse(Refusal::amount_too_large, path, to_string(net), "a smaller amount");
}

// A price alone that a credit note gives back, of goods: no more than was billed.
Check check_price_credit(const OrderLineState& line, const GivenLine& given, std::size_t index) {
    if (line.kind != ItemKind::goods || !given.quantity.is_zero()) return Nothing{};
    const Money billed = price_to_credit(line, given.net.currency());
    if (!is_less(billed, given.net)) return Nothing{};
    return refuse(
        Refusal::nothing_to_credit,
        line_path(index, "net"),
        to_string(given.net),
        fmt::format("at most the {} billed", to_string(billed))
    );
}

// A line of no order: a service or a charge, or goods that are not kept in stock.
Check check_free_item(const Purchasing& state, const GivenLine& given, std::size_t index) {
    if (!given.order.is_none()) return Nothing{};
    const Judged<Item> item = item_for(state, line_path(index, "item"), given.item);
    if (!item.ok()) return item.refused();
    if (!is_stocked(item.value())) return Nothing{};
    return refuse(
        Refusal::order_needed,
        line_path(index, "order"),
        fmt::format("{} is kept in stock", to_string(given.item)),
        "the order that it was received for"
    );
}

Judged<GivenLine> given_line(
    const Purchasing& state, GivenBill& bill, const SupplierBillLine& line, std::size_t index
) {
    GivenLine given{
        .order = read_or_none(line.order()),
        .item = read_or_none(line.item()),
        .posting_group = read_or_none(line.posting_group()),
        .tax_code = read_or_none(line.tax_code()),
        .price = read_or_none(line.price()),
        .order_line = line.order_line(),
        .is_final = line.is_final(),
        .text = copy(line.text())};
    const Check words = check_text(line_path(index, "text"), given.text);
    if (!words.ok()) return words.refused();
    const Check free_item = check_free_item(state, given, index);
    if (!free_item.ok()) return free_item.refused();
    const Judged<Ordered> ordered = ordered_of(state, bill, given, index);
    if (!ordered.ok()) return ordered.refused();
    if (given.is_final && bill.is_credit_note) {
        return refuse(
            Refusal::final_on_credit_note,
            line_path(index, "is_final"),
            "a credit note",
            "a bill, which can be the last one"
        );
    }
    const Judged<Quantity> quantity = billed_quantity(bill, ordered.value(), line, index);
    if (!quantity.ok()) return quantity.refused();
    given.quantity = quantity.value();
    const Judged<Money> net = billed_net(ordered.value(), line, given.quantity, index);
    if (!net.ok()) return net.refused();
    given.net = net.value();
    if (bill.currency == Currency::none) {
        bill.currency = ordered.value().order == nullptr ? given.net.currency()
                                                         : ordered.value().order->currency;
    }
    const Check checked = check_net(given.net, given.quantity, bill.currency, index);
    if (!checked.ok()) return checked.refused();
    if (ordered.value().line != nullptr) {
        const OrderLineState& source = *ordered.value().line;
        const Check price = check_price_credit(source, given, index);
        if (bill.is_credit_note && !price.ok()) return price.refused();
        given.item = source.item;
        if (given.posting_group.is_none()) given.posting_group = source.posting_group;
        if (given.tax_code.is_none()) given.tax_code = source.tax_code;
        return given;
    }
    const Item item = state.items.get(given.item);
    if (given.posting_group.is_none()) given.posting_group = posting_group_of(item);
    if (given.tax_code.is_none()) {
        given.tax_code = state.supplier_terms.get(bill.supplier).tax_code;
    }
    if (given.tax_code.is_none()) given.tax_code = item.tax_code;
    return given;
}

// ---- Taxes and instalments

struct TaxGroup {
    GivenTax tax;
    std::int64_t line_count = 0;
};

// The tax as the bill says it, if that is within a minor unit a line of what the rate gives.
Judged<Money> said_tax(const BillTaxes* taxes, const TaxGroup& group) {
    const Money reckoned = group.tax.base.times(group.tax.rate, Rounding::half_up);
    if (taxes == nullptr) return reckoned;
    for (const SupplierBillTax* said : *taxes) {
        if (read(said->tax_code()) != group.tax.tax_code) continue;
        const Money tax = read(said->tax());
        const bool is_close = tax.same_currency(reckoned) &&
                              tax.minor() <= reckoned.minor() + group.line_count &&
                              tax.minor() >= reckoned.minor() - group.line_count;
        if (is_close) return tax;
        return refuse(
            Refusal::tax_differs,
            "taxes",
            fmt::format("{} of {}", to_string(tax), to_string(group.tax.tax_code)),
            fmt::format("{}, give or take rounding", to_string(reckoned))
        );
    }
    return reckoned;
}

Judged<GivenBill> with_taxes(const Purchasing& state, GivenBill bill, const BillTaxes* taxes) {
    std::vector<TaxGroup> groups;
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        const GivenLine& line = bill.lines[i];
        bill.net += line.net;
        if (line.tax_code.is_none()) continue;
        auto group = std::ranges::find_if(groups, [&](const TaxGroup& one) {
            return one.tax.tax_code == line.tax_code;
        });
        if (group == groups.end()) {
            const Judged<TaxOn> tax =
                tax_on(state, line_path(i, "tax_code"), line.tax_code, bill.date);
            if (!tax.ok()) return tax.refused();
            groups.push_back(
                {.tax =
                     {.tax_code = line.tax_code,
                      .rate = tax.value().rate,
                      .base = Money::from_minor(0, bill.currency),
                      .is_reverse_charge = tax.value().is_reverse_charge}}
            );
            group = groups.end() - 1;
        }
        group->tax.base += line.net;
        ++group->line_count;
    }
    for (TaxGroup& group : groups) {
        const Judged<Money> tax = said_tax(taxes, group);
        if (!tax.ok()) return tax.refused();
        group.tax.tax = tax.value();
        if (!group.tax.is_reverse_charge) bill.tax += group.tax.tax;
        bill.taxes.push_back(group.tax);
    }
    bill.gross = bill.net + bill.tax;
    if (bill.gross.minor() > 0 && bill.gross.minor() <= amount_minor_max) return bill;
    return refuse(
        Refusal::gross_not_positive, "lines", to_string(bill.gross), "something to pay or get back"
    );
}

Judged<GivenBill> with_instalments(
    const Purchasing& state, GivenBill bill, const Instalments* instalments
) {
    const std::size_t count = instalments == nullptr ? 0 : instalments->size();
    if (count == 0) {
        const SupplierTerms terms = state.supplier_terms.get(bill.supplier);
        const Date due = bill.date.plus_days(terms.due_days);
        bill.instalments.push_back({terms.due_end_of_month ? due.end_of_month() : due, bill.gross});
        return bill;
    }
    Wide sum = 0;
    bool is_whole = count <= instalments_max;
    for (const Instalment* instalment : *instalments) {
        const Money amount = read(instalment->amount());
        is_whole = is_whole && amount.minor() > 0 && amount.currency() == bill.currency;
        sum += amount.minor();
        bill.instalments.push_back({read(instalment->due()), amount});
    }
    if (is_whole && sum == bill.gross.minor()) return bill;
    return refuse(
        Refusal::instalments_differ,
        "instalments",
        fmt::format("{} of them", count),
        fmt::format(
            "from 1 to {}, each more than zero, that come to {}",
            instalments_max,
            to_string(bill.gross)
        )
    );
}

// The bill with its lines, taxes and instalments.
Judged<GivenBill> with_amounts(
    const Purchasing& state, GivenBill bill, const Said& said, ExchangeRate rate
) {
    const Check counted = check_line_count(said.lines == nullptr ? 0 : said.lines->size());
    if (!counted.ok()) return counted.refused();
    for (flatbuffers::uoffset_t i = 0; i < said.lines->size(); ++i) {
        Judged<GivenLine> line = given_line(state, bill, *said.lines->Get(i), i);
        if (!line.ok()) return line.refused();
        bill.lines.push_back(std::move(line.value()));
    }
    if (!is_known(bill.currency)) {
        return refuse(
            Refusal::currency_unknown, line_path(0, "net"), "none", "a currency of ISO 4217"
        );
    }
    const Judged<ExchangeRate> rated = rate_on(state, bill.currency, bill.date, rate);
    if (!rated.ok()) return rated.refused();
    bill.rate = rated.value();
    bill.net = bill.tax = Money::from_minor(0, bill.currency);
    Judged<GivenBill> taxed = with_taxes(state, std::move(bill), said.taxes);
    if (!taxed.ok()) return taxed;
    return with_instalments(state, std::move(taxed.value()), said.instalments);
}

// ---- Events

Money turned(Money amount, bool is_credit_note) {
    return is_credit_note ? -amount : amount;
}

template <class Event>
void put_texts(Event& event, const GivenBill& bill) {
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        if (bill.lines[i].text.empty()) continue;
        auto words = std::make_unique<LineTextT>();
        words->line = static_cast<std::uint16_t>(i + 1);
        words->text = bill.lines[i].text;
        event.texts.push_back(std::move(words));
    }
}

// Advances that were assigned to the bill's orders, as far as the bill takes them.
std::vector<AppliedPrepayment> prepayments_for(const Purchasing& state, const GivenBill& bill) {
    std::vector<AppliedPrepayment> applied;
    std::vector<Id> orders;
    std::int64_t left = bill.is_credit_note ? 0 : bill.gross.minor();
    for (const GivenLine& line : bill.lines) {
        if (line.order.is_none()) continue;
        if (std::ranges::find(orders, line.order) != orders.end()) continue;
        orders.push_back(line.order);
        for (const Prepayment& prepayment : state.orders.find(line.order)->prepayments) {
            const Advance advance = state.advances.get(prepayment.payment);
            const std::int64_t minor =
                std::min({left, prepayment.left.minor(), advance.left.minor()});
            if (minor <= 0) continue;
            left -= minor;
            applied.emplace_back(
                wired(prepayment.payment),
                wired(line.order),
                wired(Money::from_minor(minor, bill.currency))
            );
        }
    }
    return applied;
}

Judged<BillMatchedT> matched(const Purchasing& state, Id id, const GivenBill& bill, Date posted) {
    Judged<std::vector<MatchedLine>> lines = matched_lines(state, bill);
    if (!lines.ok()) return lines.refused();
    const Judged<Date> day =
        accounting_day(state, std::max(posted, cleared_since(state, lines.value())));
    if (!day.ok()) return day.refused();
    const bool is_credit = bill.is_credit_note;

    BillMatchedT event;
    event.bill = id;
    event.number = bill.number;
    event.supplier = bill.supplier;
    event.recorder = bill.recorder;
    event.date = bill.date;
    event.accounting_date = day.value();
    event.is_credit_note = is_credit;
    event.currency = bill.currency;
    event.rate = bill.rate;
    event.lines = std::move(lines.value());
    put_texts(event, bill);
    for (const GivenTax& tax : bill.taxes) {
        event.taxes.emplace_back(
            wired(tax.tax_code),
            wired(tax.rate),
            wired(turned(tax.base, is_credit)),
            wired(turned(tax.tax, is_credit)),
            tax.is_reverse_charge
        );
    }
    event.net = turned(bill.net, is_credit);
    event.tax = turned(bill.tax, is_credit);
    event.gross = turned(bill.gross, is_credit);
    for (const GivenInstalment& instalment : bill.instalments) {
        event.instalments.emplace_back(
            wired(instalment.due), wired(turned(instalment.amount, is_credit))
        );
    }
    event.prepayments = prepayments_for(state, bill);
    event.text = bill.text;
    return event;
}

MatchExceptionRaisedT raised(
    Id id, const GivenBill& bill, std::vector<LineDifference> differences
) {
    MatchExceptionRaisedT event;
    event.bill = id;
    event.number = bill.number;
    event.supplier = bill.supplier;
    event.recorder = bill.recorder;
    event.date = bill.date;
    event.is_credit_note = bill.is_credit_note;
    event.currency = bill.currency;
    event.rate = bill.rate;
    for (const GivenLine& line : bill.lines) {
        event.lines.emplace_back(
            wired(line.order),
            wired(line.item),
            wired(line.posting_group),
            wired(line.tax_code),
            wired(line.quantity),
            wired(line.price),
            wired(line.net),
            line.order_line,
            line.is_final
        );
    }
    put_texts(event, bill);
    for (const GivenTax& tax : bill.taxes) {
        event.taxes.emplace_back(
            wired(tax.tax_code),
            wired(tax.rate),
            wired(tax.base),
            wired(tax.tax),
            tax.is_reverse_charge
        );
    }
    for (const GivenInstalment& instalment : bill.instalments) {
        event.instalments.emplace_back(wired(instalment.due), wired(instalment.amount));
    }
    event.net = bill.net;
    event.tax = bill.tax;
    event.gross = bill.gross;
    event.differences = std::move(differences);
    event.text = bill.text;
    return event;
}

Check check_resolving(const Purchasing& state, const ResolveMatchException& command, Id actor) {
    const GivenBill* bill = state.exceptions.find(read(command.bill()));
    if (bill == nullptr) {
        return refuse(
            Refusal::exception_unknown,
            "bill",
            to_string(read(command.bill())),
            "a bill that waits to be resolved"
        );
    }
    if (command.resolution() == Resolution::none) {
        return refuse(
            Refusal::resolution_missing, "resolution", "none", "accept, correct or reject"
        );
    }
    const Check reason = check_reason(text(command.reason()));
    if (!reason.ok()) return reason;
    if (bill->recorder == actor) {
        return refuse(
            Refusal::recorder_may_not_resolve,
            "",
            fmt::format("{} recorded it", to_string(actor)),
            "somebody else"
        );
    }
    const bool has_lines = command.lines() != nullptr && command.lines()->size() > 0;
    if (!has_lines || command.resolution() == Resolution::correct) return Nothing{};
    return refuse(
        Refusal::correction_given_to_none,
        "lines",
        fmt::format("lines to {}", EnumNameResolution(command.resolution())),
        "lines only to correct"
    );
}

// The bill that waits, as far as what it refers to still stands.
Check check_still_there(const Purchasing& state, const GivenBill& bill) {
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        const GivenLine& given = bill.lines[i];
        if (given.order.is_none()) continue;
        const Judged<const Order*> order = known_order(state, given.order);
        if (!order.ok()) return order.refused();
        if (given.order_line > order.value()->lines.size()) {
            return refuse(
                Refusal::order_line_unknown,
                line_path(i, "order_line"),
                fmt::format("line {}", given.order_line),
                fmt::format("a line from 1 to {}", order.value()->lines.size())
            );
        }
        const OrderLineState& line = order.value()->lines[given.order_line - 1U];
        if (!bill.is_credit_note) continue;
        const Check price = check_price_credit(line, given, i);
        if (!price.ok()) return price;
        const Quantity left = left_to_credit(line);
        if (given.quantity <= left) continue;
        return refuse(
            Refusal::nothing_to_credit,
            line_path(i, "quantity"),
            to_string(given.quantity),
            fmt::format("at most the {} billed", to_string(left))
        );
    }
    return Nothing{};
}

Judged<GivenBill> corrected(const Purchasing& state, const ResolveMatchException& command) {
    GivenBill bill = state.exceptions.get(read(command.bill()));
    const ExchangeRate rate = bill.rate;
    bill.lines.clear();
    bill.taxes.clear();
    bill.instalments.clear();
    Judged<GivenBill> anew = with_amounts(
        state, std::move(bill), {command.lines(), command.taxes(), command.instalments()}, rate
    );
    if (!anew.ok()) return anew;
    const std::vector<LineDifference> differences = differences_of(state, anew.value());
    if (differences.empty()) return anew;
    return refuse(
        Refusal::still_beyond_tolerance,
        line_path(differences.front().line() - 1U, "order_line"),
        EnumNameMatchDifference(differences.front().kind()),
        "lines that agree with the order and what was received"
    );
}

Judged<GivenBill> resolved(const Purchasing& state, const ResolveMatchException& command) {
    if (command.resolution() == Resolution::correct) return corrected(state, command);
    GivenBill bill = state.exceptions.get(read(command.bill()));
    const Check still_there = check_still_there(state, bill);
    if (!still_there.ok()) return still_there.refused();
    return bill;
}

}  // namespace

Decision decide(
    const Purchasing& state, const RecordSupplierBill& command, const Context& context
) {
    const Id id = read(command.bill());
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
    const Check is_new = check_new(state, "bill", id);
    if (!is_new.ok()) return is_new.refused();
    GivenBill bill{
        .number = copy(command.number()),
        .recorder = context.actor,
        .date = date_or_today(command.date(), context),
        .is_credit_note = command.is_credit_note(),
        .text = copy(command.text())};
    const Check dated = check_date(bill.date);
    if (!dated.ok()) return dated.refused();
    const Judged<Id> supplier = supplier_for(state, "supplier", read(command.supplier()));
    if (!supplier.ok()) return supplier.refused();
    bill.supplier = supplier.value();
    const Check number = check_number(state, bill.supplier, bill.number);
    if (!number.ok()) return number.refused();
    const Check words = check_text("text", bill.text);
    if (!words.ok()) return words.refused();
    const Judged<GivenBill> given = with_amounts(
        state,
        std::move(bill),
        {command.lines(), command.taxes(), command.instalments()},
        read_or_none(command.exchange_rate())
    );
    if (!given.ok()) return given.refused();
    std::vector<LineDifference> differences = differences_of(state, given.value());
    if (!differences.empty()) return raised(id, given.value(), std::move(differences));
    Judged<BillMatchedT> event = matched(state, id, given.value(), given.value().date);
    if (!event.ok()) return event.refused();
    return std::move(event.value());
}

Decision decide(
    const Purchasing& state, const ResolveMatchException& command, const Context& context
) {
    const Check checked = check_resolving(state, command, context.actor);
    if (!checked.ok()) return checked.refused();

    MatchExceptionResolvedT event;
    event.bill = read(command.bill());
    event.resolution = command.resolution();
    event.resolver = context.actor;
    event.date = date_or_today(command.date(), context);
    event.reason = copy(command.reason());
    if (command.resolution() == Resolution::reject) return event;
    const Judged<GivenBill> bill = resolved(state, command);
    if (!bill.ok()) return bill.refused();
    const Date posted = std::max(bill.value().date, read_or_none(command.date()));
    Judged<BillMatchedT> counted = matched(state, event.bill, bill.value(), posted);
    if (!counted.ok()) return counted.refused();
    Decision decision;
    decision.add(std::move(event)).add(std::move(counted.value()));
    return decision;
}

void apply(Purchasing& state, const BillMatched& event) {
    const Id id = read(event.bill());
    if (!state.documents.contains(id)) {
        state.documents.at(id) = {event.is_release() ? DocumentKind::release : DocumentKind::bill};
    }
    if (!event.is_release()) {
        state.bill_numbers.at({copy(event.number()), read(event.supplier())}) = Presence{};
    }
    for (const MatchedLine* line : *event.lines()) {
        const Id order = read(line->order());
        if (order.is_none()) continue;
        OrderLineState& ordered = state.orders.at(order).lines[line->order_line() - 1U];
        apply_matched(ordered, *line, read(event.accounting_date()));
    }
    if (event.prepayments() == nullptr) return;
    for (const AppliedPrepayment* applied : *event.prepayments()) {
        const Money amount = read(applied->amount());
        for (Prepayment& prepayment : state.orders.at(read(applied->order())).prepayments) {
            if (prepayment.payment != read(applied->payment())) continue;
            prepayment.left -= amount;
            DAYBOOK_ASSERT(!prepayment.left.is_negative());
        }
        state.advances.at(read(applied->payment())).assigned -= amount;
    }
}

void apply(Purchasing& state, const MatchExceptionRaised& event) {
    const Id id = read(event.bill());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::bill};
    state.bill_numbers.at({copy(event.number()), read(event.supplier())}) = Presence{};
    GivenBill& bill = state.exceptions.at(id);
    bill.number = copy(event.number());
    bill.supplier = read(event.supplier());
    bill.recorder = read(event.recorder());
    bill.date = read(event.date());
    bill.is_credit_note = event.is_credit_note();
    bill.currency = read(event.currency());
    bill.rate = read_or_none(event.rate());
    bill.text = copy(event.text());
    for (const BilledLine* line : *event.lines()) {
        bill.lines.push_back(
            {.order = read(line->order()),
             .item = read(line->item()),
             .posting_group = read(line->posting_group()),
             .tax_code = read(line->tax_code()),
             .quantity = read(line->quantity()),
             .price = read(line->price()),
             .net = read(line->net()),
             .order_line = line->order_line(),
             .is_final = line->is_final()}
        );
    }
    if (event.texts() != nullptr) {
        for (const LineText* words : *event.texts()) {
            bill.lines[words->line() - 1U].text = copy(words->text());
        }
    }
    if (event.taxes() != nullptr) {
        for (const TaxTotal* tax : *event.taxes()) {
            bill.taxes.push_back(
                {read(tax->tax_code()),
                 read(tax->rate()),
                 read(tax->base()),
                 read(tax->tax()),
                 tax->is_reverse_charge()}
            );
        }
    }
    for (const Instalment* instalment : *event.instalments()) {
        bill.instalments.push_back({read(instalment->due()), read(instalment->amount())});
    }
    bill.net = read(event.net());
    bill.tax = read(event.tax());
    bill.gross = read(event.gross());
}

void apply(Purchasing& state, const MatchExceptionResolved& event) {
    const Id id = read(event.bill());
    DAYBOOK_ASSERT(state.exceptions.contains(id));
    if (event.resolution() == Resolution::reject) {
        const GivenBill bill = state.exceptions.get(id);
        state.bill_numbers.erase({bill.number, bill.supplier});
    }
    state.exceptions.erase(id);
}

}  // namespace daybook::purchasing
