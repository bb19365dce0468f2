// Questions that several decisions ask, and the refusals they share.

#include "engine/domain/purchasing/common.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daybook::purchasing {

Refused refuse(Refusal refusal, std::string at, std::string found, std::string needed) {
    return {refusal, {std::move(at), std::move(found), std::move(needed)}};
}

std::string line_path(std::size_t index, std::string_view field) {
    return fmt::format("lines[{}].{}", index, field);
}

Check check_book(const Purchasing& state) {
    if (state.book.get().base != Currency::none) return Nothing{};
    return refuse(Refusal::book_not_configured, "", "no base currency", "accounting.ConfigureBook");
}

Check check_new(const Purchasing& state, std::string_view field, Id id) {
    if (!state.documents.contains(id)) return Nothing{};
    return refuse(
        Refusal::document_exists,
        std::string{field},
        to_string(id),
        "an id that no document of purchasing has"
    );
}

Check check_date(Date date) {
    if (date >= date_min && date <= date_max) return Nothing{};
    return refuse(
        Refusal::date_out_of_range, "date", "no day of the calendar", "0001-01-01 to 9999-12-31"
    );
}

Check check_not_before(Date date, Date earliest) {
    const Check checked = check_date(date);
    if (!checked.ok() || date >= earliest) return checked;
    return refuse(
        Refusal::date_before_document,
        "date",
        to_string(date),
        fmt::format("{} or later", to_string(earliest))
    );
}

Check check_text(std::string_view field, std::string_view text) {
    if (text.size() <= text_bytes_max) return Nothing{};
    return refuse(
        Refusal::text_too_long,
        std::string{field},
        fmt::format("{} bytes", text.size()),
        fmt::format("at most {}", text_bytes_max)
    );
}

Check check_reason(std::string_view reason) {
    if (reason.empty()) {
        return refuse(Refusal::reason_missing, "reason", "none", "why, in words");
    }
    return check_text("reason", reason);
}

Check check_line_count(std::size_t count) {
    if (count == 0) return refuse(Refusal::lines_missing, "lines", "none", "at least one");
    if (count <= lines_max) return Nothing{};
    return refuse(
        Refusal::too_many_lines,
        "lines",
        fmt::format("{}", count),
        fmt::format("at most {}", lines_max)
    );
}

Judged<Date> accounting_day(const Purchasing& state, Date date) {
    const Check checked = check_date(date);
    if (!checked.ok()) return checked.refused();
    const Date day = state.days.accounting_date(date);
    if (!day.is_none()) return day;
    return refuse(
        Refusal::no_open_period,
        "date",
        fmt::format("no period is open on {} or later", to_string(date)),
        "a fiscal year with an open period"
    );
}

Id standing_for(const Purchasing& state, Id party) {
    for (std::size_t steps = 0; steps <= state.parties.size(); ++steps) {
        const Party* found = state.parties.find(party);
        if (found == nullptr || found->merged_into.is_none()) return party;
        party = found->merged_into;
    }
    constexpr bool chain_of_merges_has_an_end = false;
    DAYBOOK_ASSERT(chain_of_merges_has_an_end);
    return party;
}

Judged<Id> supplier_for(const Purchasing& state, std::string_view field, Id supplier) {
    if (supplier.is_none()) {
        return refuse(Refusal::supplier_missing, std::string{field}, "none", "a supplier");
    }
    if (!state.parties.contains(supplier)) {
        return refuse(
            Refusal::supplier_unknown,
            std::string{field},
            to_string(supplier),
            "a party that is registered"
        );
    }
    const Id standing = standing_for(state, supplier);
    if (state.parties.get(standing).is_active) return standing;
    return refuse(
        Refusal::supplier_inactive,
        std::string{field},
        to_string(standing),
        "a party that is active"
    );
}

ItemKind kind_of(const Item& item) {
    if (item.kind != ItemKind::none) return item.kind;
    switch (item.stock_kind) {
        case inventory::ItemKind::none: return ItemKind::none;
        case inventory::ItemKind::service: return ItemKind::service;
        case inventory::ItemKind::stockable:
        case inventory::ItemKind::consumable: return ItemKind::goods;
    }
    return ItemKind::none;
}

bool is_stocked(const Item& item) {
    return kind_of(item) == ItemKind::goods && item.stock_kind == inventory::ItemKind::stockable;
}

bool is_active(const Item& item) {
    if (item.kind != ItemKind::none && !item.is_active) return false;
    return item.stock_kind == inventory::ItemKind::none || item.stock_is_active;
}

Id posting_group_of(const Item& item) {
    return item.posting_group.is_none() ? item.stock_posting_group : item.posting_group;
}

Judged<Item> item_for(const Purchasing& state, std::string field, Id item) {
    if (item.is_none()) return refuse(Refusal::item_missing, std::move(field), "none", "an item");
    const Item* found = state.items.find(item);
    if (found == nullptr) {
        return refuse(
            Refusal::item_unknown,
            std::move(field),
            to_string(item),
            "an item that purchasing or inventory has defined"
        );
    }
    if (is_active(*found)) return *found;
    return refuse(
        Refusal::item_inactive, std::move(field), to_string(item), "an item that is active"
    );
}

Judged<ExchangeRate> rate_on(
    const Purchasing& state, Currency currency, Date date, ExchangeRate given
) {
    if (currency == state.book.get().base) return ExchangeRate::from_micro(1'000'000);
    if (given.micro() < 0) {
        return refuse(
            Refusal::exchange_rate_not_positive, "exchange_rate", to_string(given), "more than zero"
        );
    }
    if (given.micro() > 0) return given;
    auto after = state.exchange_rates.from({currency, date.plus_days(1)});
    if (after != state.exchange_rates.begin_key()) {
        const auto& [day, rate] = *--after;
        if (day.currency == currency) return rate;
    }
    return refuse(
        Refusal::exchange_rate_missing,
        "exchange_rate",
        fmt::format("no rate of {} on {} or before", code_of(currency), to_string(date)),
        "accounting.PublishExchangeRate, or a rate of its own"
    );
}

Judged<Money> to_base(const Purchasing& state, Money amount, ExchangeRate rate) {
    const Currency base = state.book.get().base;
    if (amount.currency() == base) return amount;
    const Result<Money> converted = convert(amount, rate, base, Rounding::half_even);
    const std::int64_t minor = converted.ok() ? converted.value().minor() : 0;
    if (converted.ok() && minor <= amount_minor_max && minor >= -amount_minor_max) {
        return Money::from_minor(minor, base);
    }
    return refuse(
        Refusal::amount_too_large,
        "exchange_rate",
        fmt::format("{} at {}", to_string(amount), to_string(rate)),
        "an amount that base currency can hold"
    );
}

Judged<TaxOn> tax_on(const Purchasing& state, std::string field, Id tax_code, Date day) {
    if (tax_code.is_none()) return TaxOn{};
    const TaxCode* code = state.tax_codes.find(tax_code);
    if (code == nullptr) {
        return refuse(
            Refusal::tax_code_unknown,
            std::move(field),
            to_string(tax_code),
            "a tax code that accounting has defined"
        );
    }
    if (!code->is_for_purchases) {
        return refuse(
            Refusal::tax_code_not_for_purchases,
            std::move(field),
            fmt::format("{}, a code of sales", to_string(tax_code)),
            "a code of purchases"
        );
    }
    if (code->is_exempt) return TaxOn{};
    TaxOn found{.is_reverse_charge = code->is_reverse_charge};
    const DatedRate* dated = nullptr;
    for (const DatedRate& rate : code->rates) {
        if (rate.from <= day) dated = &rate;
    }
    if (dated == nullptr) {
        return refuse(
            Refusal::tax_rate_missing,
            std::move(field),
            fmt::format("no rate of {} on {}", to_string(tax_code), to_string(day)),
            "a tax code with a rate on that day"
        );
    }
    found.rate = dated->rate;
    return found;
}

const Price* price_of(const Purchasing& state, const PriceKey& wanted) {
    const Price* found = nullptr;
    for (auto entry = state.prices.from(PriceKey{wanted.supplier, wanted.item});
         entry != state.prices.end();
         ++entry) {
        const auto& [key, price] = *entry;
        if (key.supplier != wanted.supplier || key.item != wanted.item) break;
        if (key.valid_from > wanted.valid_from) break;
        if (!price.valid_until.is_none() && price.valid_until < wanted.valid_from) continue;
        if (key.from_quantity > wanted.from_quantity) continue;
        if (wanted.currency != Currency::none && key.currency != wanted.currency) continue;
        found = &price;
    }
    return found;
}

Id preferred_supplier(const Purchasing& state, Id item) {
    Id supplier;
    std::uint16_t rank = 0;
    for (auto entry = state.sources.from(SourceKey{item, Id{}}); entry != state.sources.end();
         ++entry) {
        const auto& [key, source] = *entry;
        if (key.item != item) break;
        if (!source.is_active) continue;
        if (!state.parties.get(standing_for(state, key.supplier)).is_active) continue;
        if (supplier.is_none() || source.rank < rank) {
            supplier = key.supplier;
            rank = source.rank;
        }
    }
    return supplier;
}

Check check_approver(const Purchasing& state, Id actor, std::span<const Id> askers, Money amount) {
    if (std::ranges::find(askers, actor) != askers.end()) {
        return refuse(
            Refusal::requester_may_not_approve,
            "",
            fmt::format("{} asked for it", to_string(actor)),
            "somebody else"
        );
    }
    Money limit = Money::from_minor(0, state.book.get().base);
    const auto raise = [&](Id holder) {
        const Money* found = state.limits.find(holder);
        if (found != nullptr && is_less(limit, *found)) limit = *found;
    };
    raise(actor);
    for (auto role = state.roles.from({actor, Id{}});
         role != state.roles.end() && role->first.actor == actor;
         ++role) {
        raise(role->first.role);
    }
    if (!is_less(limit, amount)) return Nothing{};
    return refuse(
        Refusal::approval_limit_exceeded,
        "",
        fmt::format("{}; {} may approve {}", to_string(amount), to_string(actor), to_string(limit)),
        "somebody with a higher limit"
    );
}

void add_asker(std::vector<Id>& askers, Id actor) {
    if (std::ranges::find(askers, actor) == askers.end()) askers.push_back(actor);
    DAYBOOK_ASSERT(!askers.empty());
}

}  // namespace daybook::purchasing
