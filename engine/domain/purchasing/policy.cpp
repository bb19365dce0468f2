// What is tolerated, what must be approved, and who may approve how much.

#include <fmt/format.h>

#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/rules.hpp"

namespace daybook::purchasing {
namespace {

Check check_tolerance(std::string_view field, Rate rate) {
    if (!rate.is_negative() && rate.ppm() <= Rate::one_ppm) return Nothing{};
    return refuse(Refusal::rate_out_of_range, std::string{field}, to_string(rate), "0% to 100%");
}

Judged<Money> base_limit(const Purchasing& state, std::string_view field, Money limit) {
    const Currency base = state.book.get().base;
    if (!limit.same_currency(Money::from_minor(0, base))) {
        return refuse(
            Refusal::limit_currency_differs,
            std::string{field},
            to_string(limit),
            fmt::format("an amount in {}", code_of(base))
        );
    }
    if (limit.is_negative()) {
        return refuse(
            Refusal::limit_negative, std::string{field}, to_string(limit), "zero or more"
        );
    }
    return Money::from_minor(limit.minor(), base);
}

Check check_role(Id role) {
    if (!role.is_none()) return Nothing{};
    return refuse(Refusal::role_missing, "role", "none", "a role");
}

}  // namespace

Decision decide(const Purchasing& state, const SetPurchasingPolicy& command) {
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
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
        const Check checked = check_tolerance(field, rate);
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

Decision decide(const Purchasing& state, const SetApprovalLimit& command) {
    const Check book = check_book(state);
    if (!book.ok()) return book.refused();
    const Judged<Money> limit = base_limit(state, "limit", read(command.limit()));
    if (!limit.ok()) return limit.refused();

    ApprovalLimitSetT event;
    event.holder = read(command.holder());
    event.limit = limit.value();
    return event;
}

Decision decide(const Purchasing& state, const GrantApproverRole& command) {
    const ActorRole granted{read(command.actor()), read(command.role())};
    const Check role = check_role(granted.role);
    if (!role.ok()) return role.refused();
    if (state.roles.contains(granted)) {
        return refuse(
            Refusal::role_granted_already,
            "role",
            fmt::format("{} has {}", to_string(granted.actor), to_string(granted.role)),
            "a role that the person does not have"
        );
    }

    ApproverRoleGrantedT event;
    event.actor = granted.actor;
    event.role = granted.role;
    return event;
}

Decision decide(const Purchasing& state, const RevokeApproverRole& command) {
    const ActorRole granted{read(command.actor()), read(command.role())};
    if (!state.roles.contains(granted)) {
        return refuse(
            Refusal::role_not_granted,
            "role",
            fmt::format("{} has not {}", to_string(granted.actor), to_string(granted.role)),
            "a role that the person has"
        );
    }

    ApproverRoleRevokedT event;
    event.actor = granted.actor;
    event.role = granted.role;
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

void apply(Purchasing& state, const ApprovalLimitSet& event) {
    DAYBOOK_ASSERT(!read(event.limit()).is_negative());
    state.limits.at(read(event.holder())) = read(event.limit());
}

void apply(Purchasing& state, const ApproverRoleGranted& event) {
    state.roles.at({read(event.actor()), read(event.role())}) = Presence{};
}

void apply(Purchasing& state, const ApproverRoleRevoked& event) {
    const ActorRole granted{read(event.actor()), read(event.role())};
    DAYBOOK_ASSERT(state.roles.contains(granted));
    state.roles.erase(granted);
}

}  // namespace daybook::purchasing
