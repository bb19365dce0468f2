// From the lines that are asked for to the lines, taxes and totals that are decided.

#include "engine/domain/sales/pricing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include "engine/domain/sales/parties.hpp"

namespace daybook::sales {
namespace {

Quantity magnitude(Quantity quantity) {
    const std::int64_t milli = quantity.milli();
    if (milli >= 0) return quantity;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return Quantity::from_milli(milli == -most - 1 ? most : -milli);
}

// The price that holds on a day for a quantity, or null. Later starts and larger quantities win.
const Price* find_price(const Sales& state, const Draft& draft, const DraftLine& line) {
    const Price* found = nullptr;
    const Quantity quantity = magnitude(line.quantity);
    for (auto entry = state.prices.from(PriceKey{draft.price_list, line.item});
         entry != state.prices.end();
         ++entry) {
        const auto& [key, price] = *entry;
        if (key.price_list != draft.price_list || key.item != line.item) break;
        if (key.valid_from > draft.date) break;
        if (!price.valid_until.is_none() && price.valid_until < draft.date) continue;
        if (key.from_quantity > quantity) continue;
        found = &price;
    }
    return found;
}

Judged<UnitPrice> listed_price(
    const Sales& state, const Draft& draft, const DraftLine& line, std::size_t index
) {
    const std::string path = line_path(index, "price");
    if (draft.price_list.is_none() || line.item.is_none()) {
        return Refused{Refusal::price_missing, {path, "no price and no price list", "a price"}};
    }
    const Price* price = find_price(state, draft, line);
    if (price == nullptr) {
        return Refused{
            Refusal::price_missing,
            {path,
             fmt::format(
                 "no price for {} of {} in list {} on {}",
                 to_string(line.quantity),
                 to_string(line.item),
                 to_string(draft.price_list),
                 to_string(draft.date)
             ),
             "a price"}};
    }
    const PriceList list = state.price_lists.get(draft.price_list);
    if (list.includes_tax != draft.includes_tax) {
        return Refused{
            Refusal::price_list_tax_differs,
            {path,
             list.includes_tax ? "a price list with tax" : "a price list without tax",
             draft.includes_tax ? "prices with tax, as the document says"
                                : "prices without tax, as the document says"}};
    }
    return price->price;
}

// What belongs to the kind of the line: an item, words, or a posting group.
Judged<DraftLine> with_item(const Sales& state, DraftLine line, std::size_t index) {
    if (line.kind == LineKind::item && line.item.is_none()) {
        return Refused{Refusal::item_missing, {line_path(index, "item"), "no item", "an item"}};
    }
    if (line.item.is_none()) return line;
    line.is_goods = line.kind == LineKind::item && state.goods.contains(line.item);
    const Item* item = state.items.find(line.item);
    if (item == nullptr) {
        return Refused{
            Refusal::item_unknown,
            {line_path(index, "item"), to_string(line.item), "an item that was defined"}};
    }
    if (!item->is_active) {
        return Refused{
            Refusal::item_inactive,
            {line_path(index, "item"), to_string(line.item), "an item that is active"}};
    }
    if (line.posting_group.is_none()) line.posting_group = item->posting_group;
    if (line.tax_code.is_none()) line.tax_code = item->tax_code;
    return line;
}

Judged<DraftLine> text_line(DraftLine line, std::size_t index) {
    if (line.text.empty()) {
        return Refused{Refusal::text_missing, {line_path(index, "text"), "no text", "a text"}};
    }
    return line;
}

Rate rate_on(const TaxCode& code, Date day) {
    Rate rate;
    for (const DatedRate& dated : code.rates) {
        if (dated.from > day) break;
        rate = dated.rate;
    }
    return rate;
}

Judged<Rate> tax_rate(const Sales& state, const Draft& draft, std::size_t index) {
    const DraftLine& line = draft.lines[index];
    const TaxCode* code = state.tax_codes.find(line.tax_code);
    if (code == nullptr) {
        return Refused{
            Refusal::tax_code_unknown,
            {line_path(index, "tax_code"),
             to_string(line.tax_code),
             "a tax code that accounting has defined"}};
    }
    if (!code->is_for_sales) {
        return Refused{
            Refusal::tax_code_not_for_sales,
            {line_path(index, "tax_code"),
             fmt::format("{}, a code of purchases", to_string(line.tax_code)),
             "a code of sales"}};
    }
    if (!code->is_charged) return Rate{};
    if (code->rates.empty() || code->rates.front().from > draft.tax_point) {
        return Refused{
            Refusal::tax_rate_missing,
            {"tax_point",
             fmt::format(
                 "no rate of {} on {}", to_string(line.tax_code), to_string(draft.tax_point)
             ),
             "a tax code with a rate on that day"}};
    }
    return rate_on(*code, draft.tax_point);
}

Refused too_large(std::size_t index) {
    return {
        Refusal::amount_too_large,
        {line_path(index, "quantity"), "price times quantity beyond 64 bits", "a smaller amount"}};
}
Refused total_too_large() {
    return {
        Refusal::amount_too_large,
        {"lines",
         "more than a document may have",
         fmt::format(
             "at most {} minor units and a quantity of {}",
             amount_minor_max,
             to_string(Quantity::from_milli(quantity_milli_max))
         )}};
}

// Amounts go into `net` first, whether or not they include the tax.
Judged<Draft> with_amounts(Draft draft) {
    for (std::size_t i = 0; i < draft.lines.size(); ++i) {
        DraftLine& line = draft.lines[i];
        line.tax = line.net = Money::from_minor(0, draft.currency);
        if (line.kind == LineKind::text) continue;
        const auto amount = extend(line.price, line.quantity, line.discount, Rounding::half_up);
        if (!amount) return too_large(i);
        line.net = amount.value();
        if (line.kind == LineKind::discount && line.net.minor() > 0) {
            return Refused{
                Refusal::discount_line_positive,
                {line_path(i, "price"), to_string(line.net), "zero or less"}};
        }
    }
    return draft;
}

// One line for each tax code and posting group, so that every tax and revenue is lowered.
Judged<Draft> with_document_discount(Draft draft) {
    if (draft.discount.is_zero()) return draft;
    const std::size_t line_count = draft.lines.size();
    for (std::size_t i = 0; i < line_count; ++i) {
        const DraftLine first = draft.lines[i];
        if (first.kind == LineKind::text) continue;
        const auto belongs = [&first](const DraftLine& line) {
            return line.kind != LineKind::text && line.tax_code == first.tax_code &&
                   line.posting_group == first.posting_group;
        };
        const auto lines = std::span{draft.lines}.first(line_count);
        if (std::ranges::find_if(lines, belongs) - lines.begin() < static_cast<std::ptrdiff_t>(i)) {
            continue;
        }
        Wide sum = 0;
        for (const DraftLine& line : lines) sum += belongs(line) ? line.net.minor() : 0;
        const Wide less = divide(sum * draft.discount.ppm(), Rate::one_ppm, Rounding::half_up);
        const Wide micro = less * power_of_ten(6 - exponent_of(draft.currency));
        if (!fits_64(micro)) return total_too_large();
        const std::int64_t minor = static_cast<std::int64_t>(less);
        if (minor == 0) continue;
        draft.lines.push_back(
            {.kind = LineKind::discount,
             .tax_code = first.tax_code,
             .posting_group = first.posting_group,
             .quantity = Quantity::from_milli(1000),
             .price = UnitPrice::from_micro(-static_cast<std::int64_t>(micro), draft.currency),
             .net = Money::from_minor(-minor, draft.currency),
             .tax = Money::from_minor(0, draft.currency),
             .text = fmt::format("Discount {}", to_string(draft.discount))}
        );
    }
    return draft;
}

// The places of the lines that have one tax code.
std::vector<std::size_t> lines_with(const Draft& draft, const Id& tax_code) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < draft.lines.size(); ++i) {
        if (draft.lines[i].kind != LineKind::text && draft.lines[i].tax_code == tax_code) {
            places.push_back(i);
        }
    }
    return places;
}

Judged<Draft> with_taxes(const Sales& state, Draft draft) {
    for (std::size_t i = 0; i < draft.lines.size(); ++i) {
        const DraftLine& line = draft.lines[i];
        if (line.kind == LineKind::text || line.tax_code.is_none()) continue;
        const bool seen = std::ranges::any_of(draft.taxes, [&](const TaxSum& sum) {
            return sum.tax_code == line.tax_code;
        });
        if (seen) continue;
        const Judged<Rate> rate = tax_rate(state, draft, i);
        if (!rate.ok()) return rate.refused();
        const std::vector<std::size_t> places = lines_with(draft, line.tax_code);
        std::vector<std::int64_t> amounts;
        amounts.reserve(places.size());
        for (const std::size_t place : places) amounts.push_back(draft.lines[place].net.minor());
        const std::int64_t ppm = rate.value().ppm();
        const std::int64_t whole = Rate::one_ppm + (draft.includes_tax ? ppm : 0);
        const std::vector<std::int64_t> taxes = shared_tax(amounts, ppm, whole);
        if (taxes.size() != amounts.size()) return total_too_large();
        for (std::size_t k = 0; k < places.size(); ++k) {
            DraftLine& taxed = draft.lines[places[k]];
            taxed.tax = Money::from_minor(taxes[k], draft.currency);
            if (draft.includes_tax) taxed.net -= taxed.tax;
        }
        draft.taxes.push_back({.tax_code = draft.lines[i].tax_code, .rate = rate.value()});
    }
    return draft;
}

Wide size_of(std::int64_t number) {
    return number < 0 ? -static_cast<Wide>(number) : static_cast<Wide>(number);
}

// quantity x price x (1 - discount) less the line's amount, in 10^-15 of the major unit.
Wide rounding_of(const DraftLine& line, const Draft& draft) {
    const Wide exact = static_cast<Wide>(line.price.micro()) * line.quantity.milli() *
                       (Rate::one_ppm - line.discount.ppm());
    const Wide minor =
        static_cast<Wide>(line.net.minor()) + (draft.includes_tax ? line.tax.minor() : 0);
    return exact - minor * power_of_ten(15 - exponent_of(draft.currency));
}

}  // namespace

std::string line_path(std::size_t index, std::string_view field) {
    return fmt::format("lines[{}].{}", index, field);
}

Judged<Draft> open_draft(const Sales& state, const Wanted& wanted, const Context& context) {
    Judged<Id> party = party_for_document(state, wanted.party);
    if (!party.ok()) return party.refused();
    const CustomerTerms terms = state.customer_terms.get(party.value());
    Draft draft{
        .party = party.value(),
        .date = wanted.date.is_none() ? context.today : wanted.date,
        .tax_point = wanted.tax_point,
        .currency = wanted.currency,
        .price_list = wanted.price_list.is_none() ? terms.price_list : wanted.price_list,
        .includes_tax = wanted.includes_tax,
        .discount = wanted.discount};
    if (draft.tax_point.is_none()) draft.tax_point = draft.date;
    const PriceList* list = state.price_lists.find(draft.price_list);
    if (!draft.price_list.is_none() && list == nullptr) {
        return Refused{
            Refusal::price_list_unknown,
            {"price_list", to_string(draft.price_list), "a price list that was defined"}};
    }
    if (draft.currency == Currency::none) draft.currency = terms.currency;
    if (draft.currency == Currency::none && list != nullptr) draft.currency = list->currency;
    if (draft.currency == Currency::none) {
        return Refused{
            Refusal::currency_missing,
            {"currency", "none here, in the customer's terms or in a price list", "a currency"}};
    }
    if (!is_known(draft.currency)) return Refusal::currency_unknown;
    if (draft.discount.is_negative() || draft.discount.ppm() > Rate::one_ppm) {
        return Refused{
            Refusal::discount_out_of_range, {"discount", to_string(draft.discount), "0% to 100%"}};
    }
    return draft;
}

Judged<DraftLine> free_line(
    const Sales& state, const Draft& draft, const Line& wanted, std::size_t index
) {
    DraftLine line{
        .kind = wanted.kind(),
        .item = read_or_none(wanted.item()),
        .tax_code = read_or_none(wanted.tax_code()),
        .posting_group = read_or_none(wanted.posting_group()),
        .quantity = read_or_none(wanted.quantity()),
        .price = read_or_none(wanted.price()),
        .discount = read_or_none(wanted.discount()),
        .text = copy(wanted.text())};
    if (line.text.size() > text_bytes_max) {
        return Refused{
            Refusal::text_too_long,
            {line_path(index, "text"),
             fmt::format("{} bytes", line.text.size()),
             fmt::format("at most {}", text_bytes_max)}};
    }
    if (line.kind == LineKind::text)
        return text_line({.kind = line.kind, .text = line.text}, index);
    if (line.kind != LineKind::item && wanted.quantity() == nullptr) {
        line.quantity = Quantity::from_milli(1000);
    }
    return completed_line(state, draft, std::move(line), index);
}

Judged<DraftLine> completed_line(
    const Sales& state, const Draft& draft, DraftLine line, std::size_t index
) {
    if (line.tax_code.is_none()) {
        const CustomerTerms* terms = state.customer_terms.find(draft.party);
        if (terms != nullptr) line.tax_code = terms->tax_code;
    }
    Judged<DraftLine> known = with_item(state, std::move(line), index);
    if (!known.ok()) return known.refused();
    line = std::move(known.value());
    if (line.posting_group.is_none()) {
        return Refused{
            Refusal::posting_group_missing,
            {line_path(index, "posting_group"), "none here or in an item", "a posting group"}};
    }
    if (line.quantity.is_zero()) {
        return Refused{Refusal::quantity_zero, {line_path(index, "quantity"), "0", "a quantity"}};
    }
    if (line.discount.is_negative() || line.discount.ppm() > Rate::one_ppm) {
        return Refused{
            Refusal::discount_out_of_range,
            {line_path(index, "discount"), to_string(line.discount), "0% to 100%"}};
    }
    if (line.price.currency() == Currency::none && line.price.is_zero()) {
        const Judged<UnitPrice> price = listed_price(state, draft, line, index);
        if (!price.ok()) return price.refused();
        line.price = price.value();
    }
    if (line.price.currency() != draft.currency) {
        return Refused{
            Refusal::price_currency_differs,
            {line_path(index, "price"),
             to_string(line.price),
             fmt::format("a price in {}", code_of(draft.currency))}};
    }
    return line;
}

Judged<Nothing> check_lines(const Lines* lines) {
    if (lines == nullptr || lines->size() == 0) {
        return Refused{Refusal::lines_missing, {"lines", "none", "at least one line"}};
    }
    if (lines->size() > lines_max) {
        return Refused{
            Refusal::too_many_lines,
            {"lines",
             fmt::format("{} lines", lines->size()),
             fmt::format("at most {}", lines_max)}};
    }
    return Nothing{};
}

Judged<Draft> with_lines(const Sales& state, Draft draft, const Lines* lines) {
    const Judged<Nothing> checked = check_lines(lines);
    if (!checked.ok()) return checked.refused();
    draft.lines.reserve(lines->size());
    for (flatbuffers::uoffset_t i = 0; i < lines->size(); ++i) {
        const Line& wanted = *lines->Get(i);
        if (wanted.source_line() != 0) {
            return Refused{
                Refusal::source_line_unknown,
                {line_path(i, "source_line"),
                 fmt::format("line {}", wanted.source_line()),
                 "a document whose line it is"}};
        }
        Judged<DraftLine> line = free_line(state, draft, wanted, i);
        if (!line.ok()) return line.refused();
        draft.lines.push_back(std::move(line.value()));
    }
    return draft;
}

Judged<Draft> totalled(const Sales& state, Draft draft) {
    Judged<Draft> step = with_amounts(std::move(draft));
    if (step.ok()) step = with_document_discount(std::move(step.value()));
    if (step.ok()) step = with_taxes(state, std::move(step.value()));
    if (step.ok()) step = summed(std::move(step.value()));
    return step;
}

Judged<Draft> summed(Draft draft) {
    Wide net = 0;
    Wide tax = 0;
    Wide rounding = 0;
    Wide size = 0;
    Wide quantity = 0;
    for (const DraftLine& line : draft.lines) {
        if (line.kind == LineKind::text) continue;
        size += size_of(line.net.minor()) + size_of(line.tax.minor());
        quantity += size_of(line.quantity.milli());
        net += line.net.minor();
        tax += line.tax.minor();
        rounding += rounding_of(line, draft);
    }
    if (size > amount_minor_max || quantity > quantity_milli_max) return total_too_large();
    draft.net = Money::from_minor(static_cast<std::int64_t>(net), draft.currency);
    draft.tax = Money::from_minor(static_cast<std::int64_t>(tax), draft.currency);
    draft.gross = draft.net + draft.tax;
    draft.rounding_micro = narrow(divide(rounding, power_of_ten(9), Rounding::half_even));
    for (TaxSum& sum : draft.taxes) {
        sum.base = sum.tax = Money::from_minor(0, draft.currency);
        for (const std::size_t place : lines_with(draft, sum.tax_code)) {
            sum.base += draft.lines[place].net;
            sum.tax += draft.lines[place].tax;
        }
    }
    return draft;
}

std::vector<std::int64_t> shared_tax(
    const std::vector<std::int64_t>& amounts, std::int64_t part, std::int64_t whole
) {
    DAYBOOK_ASSERT(whole > 0);
    std::vector<std::int64_t> shares(amounts.size());
    std::vector<Wide> remainders(amounts.size());
    Wide amount = 0;
    Wide shared = 0;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        const Wide product = static_cast<Wide>(amounts[i]) * part;
        const Wide share = divide(product, whole, Rounding::floor);
        if (!fits_64(share)) return {};
        shares[i] = static_cast<std::int64_t>(share);
        remainders[i] = product - share * whole;
        amount += amounts[i];
        shared += share;
    }
    const Wide left = divide(amount * part, whole, Rounding::half_up) - shared;
    DAYBOOK_ASSERT(left >= 0);
    DAYBOOK_ASSERT(left <= static_cast<Wide>(amounts.size()));
    std::vector<std::size_t> order(amounts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return remainders[a] > remainders[b];
    });
    for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) {
        if (__builtin_add_overflow(shares[order[i]], 1, &shares[order[i]])) return {};
    }
    return shares;
}

std::vector<Instalment> instalments_of(const PaymentTerms& terms, Date date, Money gross) {
    std::vector<Instalment> instalments;
    if (terms.instalments.empty()) {
        instalments.emplace_back(wired(date), wired(gross));
        return instalments;
    }
    std::vector<std::int64_t> shares;
    for (const Term& term : terms.instalments) shares.push_back(term.share.ppm());
    const std::vector<Money> amounts = allocate(gross, shares);
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        const Term& term = terms.instalments[i];
        const Date due = date.plus_days(term.days);
        instalments.emplace_back(
            wired(term.end_of_month ? due.end_of_month() : due), wired(amounts[i])
        );
    }
    return instalments;
}

DraftLine draft_line(const PricedLine& line) {
    return {
        .kind = line.kind(),
        .item = read(line.item()),
        .tax_code = read(line.tax_code()),
        .posting_group = read(line.posting_group()),
        .quantity = read(line.quantity()),
        .price = read(line.price()),
        .discount = read(line.discount()),
        .net = read(line.net()),
        .tax = read(line.tax()),
        .source_line = line.source_line(),
        .order_line = line.order_line(),
        .delivery_line = line.delivery_line(),
        .is_goods = line.is_goods()};
}

std::vector<DraftLine> draft_lines(const PricedLines& lines, const LineTexts* texts) {
    std::vector<DraftLine> drafts;
    drafts.reserve(lines.size());
    for (const PricedLine* line : lines) drafts.push_back(draft_line(*line));
    if (texts == nullptr) return drafts;
    for (const LineText* words : *texts) {
        DAYBOOK_ASSERT(words->line() >= 1);
        DAYBOOK_ASSERT(words->line() <= drafts.size());
        drafts[words->line() - 1U].text = copy(words->text());
    }
    return drafts;
}

PricedLine priced_line(const DraftLine& line) {
    return PricedLine{
        wired(line.item),
        wired(line.tax_code),
        wired(line.posting_group),
        wired(line.quantity),
        wired(line.price),
        wired(line.discount),
        wired(line.net),
        wired(line.tax),
        line.source_line,
        line.kind,
        line.is_goods,
        line.order_line,
        line.delivery_line};
}

}  // namespace daybook::sales
