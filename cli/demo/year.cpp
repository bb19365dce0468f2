#include "cli/demo/year.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/demo/accounts.hpp"

namespace daybook::demo {
namespace {

// How lively each month is, in per cent of the average: quiet in August, busy before Christmas.
constexpr std::uint64_t season[12] = {80, 85, 95, 100, 105, 100, 85, 55, 100, 115, 145, 135};

constexpr std::uint64_t orders_per_day = 12;  // On an average business day of the usual company.

template <class Element>
std::vector<std::int64_t> running_sums(
    const std::vector<Element>& elements, std::int64_t Element::*share
) {
    std::vector<std::int64_t> sums;
    std::int64_t sum = 0;
    for (const Element& element : elements) sums.push_back(sum += element.*share);
    return sums;
}

std::size_t pick_by_share(Prng& random, const std::vector<std::int64_t>& sums) {
    const auto point =
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sums.back())));
    return static_cast<std::size_t>(std::ranges::upper_bound(sums, point) - sums.begin());
}

}  // namespace

Year::Year(const Company& company, Stream& stream, Prng random, const YearPlan& plan)
    : company_(company),
      stream_(stream),
      random_(random),
      plan_(plan),
      customer_shares_(running_sums(company.customers, &Customer::buys)),
      item_shares_(running_sums(company.items, &Item::sells)) {}

std::uint64_t Year::orders_on(Date day) const {
    return orders_per_day * plan_.size * season[day.month() - 1] / 100;
}

std::string Year::next_id(std::string_view prefix) {
    std::uint64_t& counter = counters_[std::string{prefix}];
    return fmt::format("{}-{:06}", prefix, ++counter);
}

std::size_t Year::some_customer() {
    return pick_by_share(random_, customer_shares_);
}

std::vector<Body> Year::some_lines() {
    std::vector<Body> lines;
    const std::uint64_t count = 1 + random_.below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Item& item = company_.items[pick_by_share(random_, item_shares_)];
        Body line = Body{}
                        .text("item", item.id)
                        .text("quantity", fmt::format("{}", random_.between(1, 48)));
        if (random_.chance(15)) line.text("discount", random_.chance(50) ? "5%" : "10%");
        lines.push_back(std::move(line));
    }
    return lines;
}

Result<void> Year::open_books(Date day) {
    DAYBOOK_TRY_VOID(open_warehouse(day));
    DAYBOOK_TRY(const Money stock, stock_up(day));
    const Money capital = Money::from_minor(11'000'000, Currency::eur) + stock;
    const auto line = [](std::string_view account, std::string_view side, std::string_view amount) {
        return Body{}.text("account", account).text(side, amount);
    };
    const Body entry = Body{}
                           .text("entry", "OPENING")
                           .day("date", day)
                           .text("kind", "opening")
                           .text("text", "Opening balances")
                           .list(
                               "lines",
                               {
                                   line(accounts::bank, "debit", "EUR 180000.00"),
                                   line(accounts::equipment, "debit", "EUR 95000.00"),
                                   line(accounts::opening, "debit", to_string(stock)),
                                   line(accounts::loan, "credit", "EUR 165000.00"),
                                   line(accounts::capital, "credit", to_string(capital)),
                               }
                           );
    return stream_.send("accounting.PostEntry", "OPENING", entry);
}

Result<void> Year::play_day(Date day) {
    DAYBOOK_TRY_VOID(agenda_.work_off(day));
    if (day.weekday() < 5) {
        DAYBOOK_TRY_VOID(talk_to_customers(day));
        DAYBOOK_TRY_VOID(open_deals(day));
        DAYBOOK_TRY_VOID(take_orders(day));
        DAYBOOK_TRY_VOID(order_goods(day));
        DAYBOOK_TRY_VOID(receive_bills(day));
    }
    DAYBOOK_TRY_VOID(run_month(day));
    return stream_.settle([&](EventBytes event) { hear(event, day); });
}

Result<bool> Year::play(const Progress& progress) {
    const Date first = Date::of(plan_.year, 1, 1);
    const Date last = Date::of(plan_.year, 12, 31);
    DAYBOOK_TRY_VOID(register_company(company_, stream_, first));
    DAYBOOK_TRY_VOID(open_books(first));
    const auto total = static_cast<std::uint64_t>(last.days() - first.days()) + 1;
    for (std::uint64_t done = 0; done < total; ++done) {
        DAYBOOK_TRY_VOID(play_day(first.plus_days(static_cast<std::int32_t>(done))));
        if (!progress(done + 1, total)) return false;
    }
    return true;
}

}  // namespace daybook::demo
