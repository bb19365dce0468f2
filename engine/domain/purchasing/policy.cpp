// What is tolerated, and what must be approved.

#include <fmt/format.h>

#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

Judged<Nothing> check_tolerance(std::string_view field, Rate rate) {
    if (!rate.is_negative() && rate.ppm() <= Rate::one_ppm) return Nothing{};
    return Refused{Refusal::rate_out_of_range, {std::string{field}, to_string(rate), "0% to 100%"}};
}

Judged<Money> base_limit(const Purchasing& state, std::string_view field, Money limit) {
    const Currency base = state.book.get().base;
    if (!limit.same_currency(Money::from_minor(0, base))) {
        return Refused{
            Refusal::limit_currency_differs,
            {std::string{field}, to_string(limit), fmt::format("an amount in {}", code_of(base))}};
    }
    if (limit.is_negative()) {
        return Refused{
            Refusal::limit_negative, {std::string{field}, to_string(limit), "zero or more"}};
    }
    return Money::from_minor(limit.minor(), base);
}

}  // namespace

Decision decide(const Purchasing& state, const SetPurchasingPolicy& command) {
    if (state.book.get().base == Currency::none) {
        return Refused{
            Refusal::book_not_configured, {"", "no base currency", "accounting.ConfigureBook"}};
    }
    PurchasingPolicySetT event;
    event.over_delivery = read_or_none(command.over_delivery());
    event.under_delivery = read_or_none(command.under_delivery());
    event.bill_quantity = read_or_none(command.bill_quantity());
    event.bill_price = read_or_none(command.bill_price());
    const std::pair<std::string_view, Rate> rates[]{
        {"over_delivery", event.over_delivery},
        {"under_delivery", event.under_delivery},
        {"bill_quantity", event.bill_quantity},
        {"bill_price", event.bill_price}};
    for (const auto& [field, rate] : rates) {
        const Judged<Nothing> checked = check_tolerance(field, rate);
        if (!checked.ok()) return checked.refused();
    }
    const Judged<Money> price_max =
        base_limit(state, "bill_price_max", read_or_none(command.bill_price_max()));
    if (!price_max.ok()) return price_max.refused();
    const Judged<Money> order_free =
        base_limit(state, "order_free_up_to", read_or_none(command.order_free_up_to()));
    if (!order_free.ok()) return order_free.refused();
    event.bill_price_max = price_max.value();
    event.order_free_up_to = order_free.value();
    event.bill_control = command.bill_control();
    return event;
}

void apply(Purchasing& state, const PurchasingPolicySet& event) {
    DAYBOOK_ASSERT(state.book.get().base != Currency::none);
    state.policy.edit() = {
        .over_delivery = read(event.over_delivery()),
        .under_delivery = read(event.under_delivery()),
        .bill_quantity = read(event.bill_quantity()),
        .bill_price = read(event.bill_price()),
        .bill_price_max = read(event.bill_price_max()),
        .order_free_up_to = read(event.order_free_up_to()),
        .bill_control = event.bill_control()};
}

void listen(Purchasing& state, const accounting::BookConfigured& event) {
    state.book.edit().base = read(event.base_currency());
}

}  // namespace daybook::purchasing
