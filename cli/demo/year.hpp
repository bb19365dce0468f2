// A year of the company, day by day: people call, deals move, orders are confirmed, delivered and
// invoiced, goods are bought, money comes late, bills are paid, months are closed, and now and then
// something is corrected.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo/agenda.hpp"
#include "cli/demo/company.hpp"

namespace daybook::demo {

struct YearPlan {
    int year = 2025;
    std::uint64_t size = 1'000;  // Of the business, in thousandths of the usual.
};

// What happens now and then: so many thousandths of it each day, and what is left the next.
class Pace {
 public:
    [[nodiscard]] std::uint64_t today(std::uint64_t thousandths) {
        owed_ += thousandths;
        return std::exchange(owed_, owed_ % 1'000) / 1'000;
    }

 private:
    std::uint64_t owed_ = 0;
};

class Year {
 public:
    Year(const Company& company, Stream& stream, Prng random, const YearPlan& plan);

    // Called after each day with the days done and their number; answer false to stop.
    using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;
    // True if the whole year was played.
    [[nodiscard]] Result<bool> play(const Progress& progress);

 private:
    struct Order {
        std::string id;
        std::size_t customer;
    };

    Result<void> open_books(Date day);
    Result<void> play_day(Date day);
    // year_sales.cpp
    Result<void> take_orders(Date day);
    Result<void> take_order(Date day, std::size_t customer, const std::string& quotation);
    Result<void> invoice_order(Date day, const Order& order);
    Result<void> take_back(Date day, const std::string& invoice, const std::string& delivery);
    Result<void> talk_to_customers(Date day);
    Result<void> open_deals(Date day);
    Result<void> open_deal(Date day);
    Result<void> move_deal(const std::string& deal, std::size_t stage, Date day);
    Result<void> close_deal(const std::string& deal, std::size_t customer, Date day);
    Result<void> quote(const std::string& quotation, std::size_t customer, Date day);
    // year_goods.cpp
    struct Purchased {
        std::size_t item;
        std::int64_t quantity;
        std::int64_t price_minor;
    };
    struct Purchase {
        std::string id;
        std::size_t supplier;
        std::vector<Purchased> lines;
    };
    Result<void> open_warehouse(Date day);
    Result<Money> stock_up(Date day);
    Result<void> order_goods(Date day);
    Result<void> place_order(Date day, Purchase purchase);
    Result<void> receive_goods(Date day, Date came, const Purchase& purchase);
    Result<void> bill_goods(Date day, const Purchase& purchase);
    Result<void> count_stock(Date day);
    Result<void> scrap_goods(Date day);
    void hear_movement(EventBytes event);
    [[nodiscard]] std::int64_t demand(std::size_t item, std::int64_t days, Date day) const;
    // When fewer pieces are left than this, more are ordered.
    [[nodiscard]] std::int64_t reorder_point(std::size_t item, Date day) const;
    // year_books.cpp
    void hear(EventBytes event, Date day);
    void hear_entry(EventBytes event, Date day);
    Result<void> pay_item(const std::string& document, unsigned part, Date day);
    Result<void> receive_bills(Date day);
    Result<void> receive_bill(Date dated);
    Result<void> run_month(Date day);
    Result<void> pay_wages(Date day);
    Result<void> pay_rent(Date day);
    Result<void> post_and_reverse(Date day);
    Result<void> file_tax_return(Date last, Date day);

    // In thousandths, on this day: the year has its seasons.
    [[nodiscard]] std::uint64_t orders_on(Date day) const;
    [[nodiscard]] std::string next_id(std::string_view prefix);
    [[nodiscard]] std::size_t some_customer();
    [[nodiscard]] std::vector<Body> some_lines();

    struct OpenItem {
        Id party;
        Money amount;  // Positive: they owe us.
    };

    const Company& company_;
    Stream& stream_;
    Prng random_;
    YearPlan plan_;
    Agenda agenda_;
    Pace orders_;
    Pace deals_;
    Pace calls_;
    Pace bills_;
    std::map<std::string, std::uint64_t> counters_;
    std::map<std::pair<std::string, unsigned>, OpenItem> open_items_;
    std::set<std::string> being_credited_;         // Invoices: what stays open is not known yet.
    std::map<std::string, std::int64_t> on_hand_;  // By item, as of the last evening.
    std::map<std::string, std::int64_t> on_order_;
    std::vector<std::int64_t> customer_shares_;  // Running sums.
    std::vector<std::int64_t> item_shares_;
};

}  // namespace daybook::demo
