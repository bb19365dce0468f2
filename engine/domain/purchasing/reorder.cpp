// What should be ordered again: by the reorder rules, what is on hand, reserved, on order and under
// way from other warehouses, and the preferred suppliers. The same state always gives the same
// proposal.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/domain/purchasing/ordering.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

// At least the supplier's minimum, in whole multiples.
Quantity rounded_up(Quantity quantity, const Source& source) {
    quantity = std::max(quantity, source.minimum_quantity);
    if (source.multiple <= Quantity{}) return quantity;
    const Wide count = divide(quantity.milli(), source.multiple.milli(), Rounding::floor) +
                       (quantity.milli() % source.multiple.milli() == 0 ? 0 : 1);
    const Wide milli = count * source.multiple.milli();
    return Quantity::from_milli(narrow(milli));
}

// What to order for a place, or nothing while there is enough.
std::optional<ProposedLine> proposed(
    const Purchasing& state, const ItemPlace& place, const ReorderRule& rule, Date date
) {
    const Quantity on_hand = state.on_hand.get(place);
    const Quantity reserved = state.reserved.get(place);
    const Quantity on_order = state.on_order.get(place);
    const Quantity under_way = state.under_way.get(place);
    const Quantity projected = on_hand - reserved + on_order + under_way;
    if (projected > rule.reorder_point) return std::nullopt;
    const Id supplier = preferred_supplier(state, place.item);
    const Source source = state.sources.get({place.item, supplier});
    const Quantity quantity = rounded_up(rule.maximum - projected, source);
    const Price* price = price_of(
        state,
        {.supplier = supplier,
         .item = place.item,
         .valid_from = date,
         .from_quantity = quantity,
         .currency = state.supplier_terms.get(supplier).currency}
    );
    return ProposedLine{
        wired(place.item),
        wired(place.warehouse),
        wired(supplier),
        wired(quantity),
        wired(price == nullptr ? UnitPrice{} : price->price),
        wired(on_hand),
        wired(reserved),
        wired(on_order),
        wired(rule.reorder_point),
        wired(rule.maximum),
        wired(date.plus_days(source.lead_days)),
        wired(under_way)};
}

bool is_chosen(const OrderProposal& command, std::size_t index) {
    if (command.lines() == nullptr || command.lines()->size() == 0) return true;
    return std::ranges::find(*command.lines(), static_cast<std::uint16_t>(index + 1)) !=
           command.lines()->end();
}

bool is_named(const OrderProposal& command, Id supplier) {
    return std::ranges::any_of(*command.orders(), [&](const auto* order) {
        return read(order->supplier()) == supplier;
    });
}

Check check_chosen(const Proposal& proposal, const OrderProposal& command) {
    if (command.lines() == nullptr) return Nothing{};
    for (flatbuffers::uoffset_t i = 0; i < command.lines()->size(); ++i) {
        const std::uint16_t number = command.lines()->Get(i);
        const std::string path = fmt::format("lines[{}]", i);
        if (number < 1 || number > proposal.lines.size()) {
            return refuse(
                Refusal::proposal_line_unknown,
                path,
                fmt::format("line {}", number),
                fmt::format("a line from 1 to {}", proposal.lines.size())
            );
        }
        const ProposedLineState& line = proposal.lines[number - 1U];
        if (line.is_ordered) {
            return refuse(
                Refusal::proposal_line_ordered,
                path,
                fmt::format("line {}", number),
                "a line not ordered yet"
            );
        }
        if (is_named(command, line.supplier)) continue;
        return refuse(
            Refusal::supplier_not_proposed,
            path,
            fmt::format("line {} of {}", number, to_string(line.supplier)),
            "a line of one of the orders' suppliers"
        );
    }
    return Nothing{};
}

struct Chosen {
    std::vector<WantedLine> lines;
    std::vector<std::uint16_t> numbers;
    Id warehouse;
    Currency currency = Currency::none;
};
Chosen chosen_lines(const Proposal& proposal, const OrderProposal& command, Id supplier) {
    Chosen chosen;
    for (std::size_t i = 0; i < proposal.lines.size(); ++i) {
        const ProposedLineState& line = proposal.lines[i];
        if (line.supplier != supplier || line.is_ordered || !is_chosen(command, i)) continue;
        chosen.lines.push_back(
            {.item = line.item,
             .quantity = line.quantity,
             .has_quantity = true,
             .price = line.price,
             .warehouse = line.warehouse,
             .expected = line.expected}
        );
        if (chosen.currency == Currency::none) chosen.currency = line.price.currency();
        chosen.numbers.push_back(static_cast<std::uint16_t>(i + 1));
    }
    return chosen;
}

Check check_orders(const Purchasing& state, const OrderProposal& command) {
    const std::size_t count = command.orders() == nullptr ? 0 : command.orders()->size();
    if (count == 0) {
        return refuse(Refusal::suppliers_missing, "orders", "none", "at least one order");
    }
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        const ProposedOrder& order = *command.orders()->Get(i);
        const Check is_new =
            check_new(state, fmt::format("orders[{}].order", i), read(order.order()));
        if (!is_new.ok()) return is_new;
        for (flatbuffers::uoffset_t k = 0; k < i; ++k) {
            const ProposedOrder& other = *command.orders()->Get(k);
            if (read(other.order()) == read(order.order())) {
                return refuse(
                    Refusal::document_exists,
                    fmt::format("orders[{}].order", i),
                    to_string(read(order.order())),
                    "an id for each order"
                );
            }
            if (read(other.supplier()) != read(order.supplier())) continue;
            return refuse(
                Refusal::supplier_named_twice,
                fmt::format("orders[{}].supplier", i),
                to_string(read(order.supplier())),
                "each supplier once"
            );
        }
    }
    return Nothing{};
}

}  // namespace

Decision decide(const Purchasing& state, const ProposeReorder& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Check is_new = check_new(state, "proposal", read(command.proposal()));
    if (!is_new.ok()) return is_new.refused();
    const Check dated = check_date(date);
    if (!dated.ok()) return dated.refused();
    const Id warehouse = read_or_none(command.warehouse());
    if (!warehouse.is_none() && !state.places.contains(warehouse)) {
        return refuse(
            Refusal::warehouse_unknown,
            "warehouse",
            to_string(warehouse),
            "a place that inventory has defined"
        );
    }

    ReorderProposedT event;
    event.proposal = read(command.proposal());
    event.date = date;
    for (auto rule = state.reorder_rules.begin_key(); rule != state.reorder_rules.end(); ++rule) {
        if (!rule->second.is_active) continue;
        if (!warehouse.is_none() && rule->first.warehouse != warehouse) continue;
        if (!is_active(state.items.get(rule->first.item))) continue;
        const auto line = proposed(state, rule->first, rule->second, date);
        if (line) event.lines.push_back(*line);
    }
    if (event.lines.size() > lines_max) event.lines.resize(lines_max);
    if (!event.lines.empty()) return event;
    return refuse(
        Refusal::nothing_to_propose,
        "",
        "every item with a rule has enough",
        "an item at or below its reorder point"
    );
}

Decision decide(const Purchasing& state, const OrderProposal& command, const Context& context) {
    const Date date = date_or_today(command.date(), context);
    const Proposal* proposal = state.proposals.find(read(command.proposal()));
    if (proposal == nullptr) {
        return refuse(
            Refusal::proposal_unknown,
            "proposal",
            to_string(read(command.proposal())),
            "a proposal that was made"
        );
    }
    const Check dated = check_not_before(date, proposal->date);
    if (!dated.ok()) return dated.refused();
    const Check orders = check_orders(state, command);
    if (!orders.ok()) return orders.refused();
    const Check chosen_checked = check_chosen(*proposal, command);
    if (!chosen_checked.ok()) return chosen_checked.refused();

    Decision decision;
    ProposalOrderedT ordered;
    ordered.proposal = read(command.proposal());
    ordered.date = date;
    for (const ProposedOrder* order : *command.orders()) {
        const Judged<Id> supplier = supplier_for(state, "orders", read(order->supplier()));
        if (!supplier.ok()) return supplier.refused();
        Chosen chosen = chosen_lines(*proposal, command, read(order->supplier()));
        if (chosen.lines.empty()) {
            return refuse(
                Refusal::supplier_not_proposed,
                "orders",
                to_string(read(order->supplier())),
                "a supplier with lines that are chosen and not ordered yet"
            );
        }
        Currency currency = chosen.currency;
        if (currency == Currency::none) {
            currency = state.supplier_terms.get(supplier.value()).currency;
        }
        if (currency == Currency::none) currency = state.book.get().base;
        Judged<OrderPlacedT> event = placed_order(
            state,
            {.order = read(order->order()),
             .supplier = supplier.value(),
             .date = date,
             .currency = currency,
             .buyer = context.actor,
             .lines = std::move(chosen.lines)}
        );
        if (!event.ok()) return event.refused();
        event.value().proposal = ordered.proposal;
        decision.add(std::move(event.value()));
        ordered.lines.insert(ordered.lines.end(), chosen.numbers.begin(), chosen.numbers.end());
    }
    std::ranges::sort(ordered.lines);
    decision.add(std::move(ordered));
    return decision;
}

void apply(Purchasing& state, const ReorderProposed& event) {
    const Id id = read(event.proposal());
    DAYBOOK_ASSERT(!state.documents.contains(id));
    state.documents.at(id) = {DocumentKind::proposal};
    Proposal& proposal = state.proposals.at(id);
    proposal.date = read(event.date());
    for (const ProposedLine* line : *event.lines()) {
        proposal.lines.push_back(
            {.item = read(line->item()),
             .warehouse = read(line->warehouse()),
             .supplier = read(line->supplier()),
             .quantity = read(line->quantity()),
             .price = read(line->price()),
             .expected = read(line->expected())}
        );
    }
}

void apply(Purchasing& state, const ProposalOrdered& event) {
    Proposal& proposal = state.proposals.at(read(event.proposal()));
    for (const std::uint16_t number : *event.lines()) {
        DAYBOOK_ASSERT(!proposal.lines[number - 1U].is_ordered);
        proposal.lines[number - 1U].is_ordered = true;
    }
}

}  // namespace daybook::purchasing
