// Many short histories of sales, each with an order and an item of its own, through sales, stock
// and books: reserved, delivered, invoiced, returned and credited in parts and in any order, with
// receipts and costs that become known late, and policies of valuation that change on the way.
// Every batch is checked as trade_company.hpp says; what left and is paid for by nobody yet is cost
// of sales or waits for its invoice; where policies change, every pool is worth on every day what a
// plain replay comes to; in the end all is invoiced and nothing waits, or all is taken back and
// nothing is left.
#include <doctest/doctest.h>

#include "tests/histories/naive_stock.hpp"
#include "tests/properties/lived_rows.hpp"
#include "tests/properties/trade_company.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using namespace daybook::sales;
using namespace daybook::trade;

namespace {

constexpr std::uint64_t histories_of_a_company = 200;
const Date first_day = Date::of(2026, 1, 1);
const Date last_day = first_day.plus_days(inventory::naive_days - 1);

struct Seen {
    std::uint64_t deliveries = 0;
    std::uint64_t invoices = 0;
    std::uint64_t returns = 0;
    std::uint64_t credit_notes = 0;
    std::uint64_t reservations = 0;
    std::uint64_t late_receipts = 0;
    std::uint64_t late_costs = 0;
    std::uint64_t waiting = 0;   // Batches after which something waits for its invoice.
    std::uint64_t policies = 0;  // That took over from others.
};

class Sale {
 public:
    Sale(Company& company, Prng& prng, Seen& seen, const Setting& setting)
        : company_(company), prng_(prng), seen_(seen), setting_(setting) {
        company.start_history();
        has_policies_ = prng.chance(30);
        if (has_policies_) {
            company.on_stock = [this](const inventory::EventRecord& each) { naive_.learn(each); };
        }
        for (Id& warehouse : warehouses_) warehouse = company.new_warehouse();
        has_standard_ = has_policies_ && prng.chance(40);
        if (has_standard_) setting_.lands_costs = false;
        if (has_policies_) {
            group_ = company.new_id("G-");
            today_ = first_day.plus_days(33);
            set_policy(first_day);
        }
        item_ = company.new_item(group_);
        set_standard(first_day);
        DefineItemT sold;
        sold.item = item_;
        sold.name = "Pen";
        sold.posting_group = id("GOODS");
        company.must(company.sell(std::move(sold)));
        stock_up(first_day, 40'000);
        stock_up(first_day.plus_days(31), 40'000);
        confirm();
    }
    ~Sale() { company_.on_stock = nullptr; }
    Sale(const Sale&) = delete;
    Sale& operator=(const Sale&) = delete;

    void step() {
        if (today_ < last_day && prng_.chance(30)) change_policy();
        const std::uint64_t choice = prng_.below(24);
        if (choice < 6) {
            deliver(some(8'000, ordered_ - delivered_ - returned_));
        } else if (choice < 10) {
            invoice(some(8'000, delivered_ - invoiced_));
        } else if (choice < 13) {
            take_some_back();
        } else if (choice < 15) {
            credit(some(4'000, invoiced_ - delivered_));
        } else if (choice < 18) {
            reserve();
        } else if (choice < 20) {
            stock_up(day(), some(9'000, delivered_));
            ++seen_.late_receipts;
        } else if (choice < 21) {
            transfer();
        } else if (choice < 22) {
            if (has_policies_) set_standard(day());
        } else if (setting_.lands_costs) {
            land();
        }
        check();
    }
    // All that is kept is invoiced, and what is invoiced beyond it credited.
    void settle() {
        if (today_ < last_day) change_policy();
        deliver(ordered_ - delivered_ - returned_);
        if (invoiced_ < delivered_ && !invoice(delivered_ - invoiced_)) {
            take_all_back_but(invoiced_);
        }
        while (invoiced_ > delivered_) credit(invoiced_ - delivered_);
        check();
        CHECK(company_.sums.delivered_not_invoiced == 0);
    }
    // All comes back and is credited.
    void take_back() {
        if (today_ < last_day) change_policy();
        for (Delivery& delivery : deliveries_) {
            if (delivery.left > 0) take(delivery, delivery.left);
        }
        while (invoiced_ > 0) credit(invoiced_);
        check();
        CHECK(company_.sums.delivered_not_invoiced == 0);
        CHECK(company_.sums.receivable == 0);
        const bool is_variation = setting_.matching == accounting::GoodsMatching::stock_variation;
        // By a standard what goods cost beyond it is an expense; where purchases are, it is one
        // already.
        if (has_standard_) {
            if (!is_variation) CHECK(company_.sums.stock + company_.sums.result == stocked_);
            return;
        }
        CHECK(company_.sums.stock == stocked_);
        if (!is_variation || !has_landed_) CHECK(company_.sums.result == 0);
        if (!is_variation) CHECK(company_.sums.cost_of_sales == 0);
    }

 private:
    struct Delivery {
        Id id;
        std::int64_t left = 0;
    };
    struct Invoice {
        Id id;
        std::int64_t left = 0;
    };

    // The least there is, all that is left, or anything.
    std::int64_t some(std::int64_t most, std::int64_t left) {
        if (prng_.chance(10)) return 1;
        return left > 0 && prng_.chance(20) ? left : prng_.between(1, most);
    }
    // Where later cost went is settled once: what is learned after it has no earlier day.
    Date day() const {
        if (has_landed_) return today_;
        return first_day.plus_days(
            static_cast<std::int32_t>(prng_.between(0, today_.days() - first_day.days()))
        );
    }
    void check() {
        if (has_policies_ && !has_landed_) REQUIRE(naive_.replay() == naive_.told());
        if (setting_.matching == accounting::GoodsMatching::stock_variation) return;
        const std::int64_t waits = company_.sums.delivered_not_invoiced;
        if (waits != 0) ++seen_.waiting;
        REQUIRE(company_.sums.cost_of_sales + waits == company_.sums.left_cost);
        if (delivered_ == invoiced_) REQUIRE(waits == 0);
    }

    void set_policy(Date from) {
        inventory::SetValuationPolicyT policy;
        policy.group = group_;
        policy.method = prng_.chance(50) ? inventory::ValuationMethod::fifo
                                         : inventory::ValuationMethod::moving_average;
        if (has_standard_ && prng_.chance(60)) {
            policy.method = inventory::ValuationMethod::standard_cost;
        }
        policy.scope = prng_.chance(50) ? inventory::ValuationScope::company
                                        : inventory::ValuationScope::warehouse;
        policy.from = from;
        company_.must(company_.stock(std::move(policy)));
    }
    // From a day on on which nothing has moved yet.
    void change_policy() {
        const Date from = today_.plus_days(static_cast<std::int32_t>(prng_.between(1, 3)));
        set_policy(from);
        set_standard(from);
        today_ = std::min(last_day, today_.plus_days(prng_.chance(50) ? 15 : 30));
        ++seen_.policies;
    }
    // Refused where the item is not valued by one.
    void set_standard(Date from) {
        inventory::SetStandardCostT standard;
        standard.item = item_;
        standard.revaluation = company_.new_id("C-");
        standard.cost = UnitPrice::from_micro(prng_.between(0, 9'000'000), Currency::eur);
        standard.date = from;
        (void)company_.stock(std::move(standard));
    }
    const Id& any_warehouse() { return warehouses_[prng_.chance(80) ? 0 : 1]; }
    void transfer() {
        inventory::TransferStockT transfer;
        transfer.transfer = company_.new_id("T-");
        transfer.from = any_warehouse();
        transfer.to = transfer.from == warehouses_[0] ? warehouses_[1] : warehouses_[0];
        transfer.date = day();
        transfer.lines.push_back(std::make_unique<inventory::TransferLineT>());
        transfer.lines.back()->item = item_;
        transfer.lines.back()->quantity = pieces(prng_.between(1, 20'000));
        (void)company_.stock(std::move(transfer));
    }

    void stock_up(Date on, std::int64_t milli) {
        inventory::ReceiveStockT receipt;
        receipt.receipt = company_.new_id("R-");
        receipt.location = receipts_.size() < 2 ? warehouses_[0] : any_warehouse();
        receipt.date = on;
        auto line = std::make_unique<inventory::ReceiptLineT>();
        line->item = item_;
        line->quantity = pieces(milli);
        line->value = euros(prng_.chance(10) ? prng_.between(0, 1) : prng_.between(0, 30'000));
        const std::int64_t value = line->value.minor();
        receipt.lines.push_back(std::move(line));
        const Id made = receipt.receipt;
        if (!company_.stock(std::move(receipt))) return;
        stocked_ += value;
        receipts_.push_back(made);
    }
    // More cost on goods of which some are sold, and some of those are back.
    void land() {
        inventory::AllocateLandedCostT cost;
        cost.allocation = company_.new_id("L-");
        cost.amount = euros(prng_.chance(10) ? 1 : prng_.between(-500, 3'000));
        cost.basis = inventory::AllocationBasis::quantity;
        cost.date = today_;
        cost.receipts.push_back(std::make_unique<inventory::LandedCostTargetT>());
        cost.receipts.back()->movement = receipts_[prng_.below(receipts_.size())];
        const std::int64_t amount = cost.amount.minor();
        if (!company_.stock(std::move(cost))) return;
        stocked_ += amount;
        has_landed_ = true;
        ++seen_.late_costs;
    }
    void confirm() {
        ConfirmOrderT order;
        order.order = order_ = company_.new_id("O-");
        order.party = id("C-1");
        order.date = first_day;
        order.currency = Currency::eur;
        auto line = std::make_unique<LineT>();
        line->item = item_;
        line->quantity = pieces(ordered_ = prng_.chance(5) ? 1 : prng_.between(1, 20'000));
        line->price = UnitPrice::from_micro(prng_.between(1'000'000, 50'000'000), Currency::eur);
        order.lines.push_back(std::move(line));
        company_.must(company_.sell(std::move(order)));
    }
    void reserve() {
        inventory::ReserveStockT reservation;
        reservation.reservation = company_.new_id("H-");
        reservation.item = item_;
        reservation.quantity = pieces(prng_.between(1, 10'000));
        reservation.location = any_warehouse();
        reservation.order = order_;
        reservation.order_line = 1;
        reservation.date = day();
        if (company_.stock(std::move(reservation))) ++seen_.reservations;
    }
    void deliver(std::int64_t milli) {
        if (milli <= 0) return;
        DeliverOrderT delivery;
        delivery.delivery = company_.new_id("D-");
        delivery.order = order_;
        delivery.warehouse = any_warehouse();
        delivery.date = prng_.chance(50) ? today_ : day();
        auto line = std::make_unique<DeliveryLineT>();
        line->order_line = 1;
        line->quantity = pieces(milli);
        delivery.lines.push_back(std::move(line));
        const Id made = delivery.delivery;
        if (!company_.sell(std::move(delivery))) return;
        deliveries_.push_back({made, milli});
        delivered_ += milli;
        ++seen_.deliveries;
    }
    std::unique_ptr<LineT> line_of(std::int64_t milli) const {
        auto line = std::make_unique<LineT>();
        line->source_line = 1;
        line->quantity = pieces(milli);
        return line;
    }
    bool invoice(std::int64_t milli) {
        IssueInvoiceT invoice;
        invoice.invoice = company_.new_id("F-");
        invoice.order = order_;
        invoice.date = last_day;
        invoice.lines.push_back(line_of(milli));
        const Id made = invoice.invoice;
        if (!company_.sell(std::move(invoice))) return false;
        invoices_.push_back({made, milli});
        invoiced_ += milli;
        ++seen_.invoices;
        return true;
    }
    // What was invoiced and credited is not invoiced again: its goods come back.
    void take_all_back_but(std::int64_t milli) {
        for (Delivery& delivery : deliveries_) {
            const std::int64_t more = std::min(delivery.left, delivered_ - milli);
            if (more > 0) take(delivery, more);
        }
    }
    void take(Delivery& delivery, std::int64_t milli) {
        AcceptReturnT back;
        back.goods_return = company_.new_id("X-");
        back.delivery = delivery.id;
        if (prng_.chance(20)) back.warehouse = any_warehouse();
        back.date = today_;
        auto line = std::make_unique<ReturnLineT>();
        line->delivery_line = 1;
        line->quantity = pieces(milli);
        back.lines.push_back(std::move(line));
        if (!company_.sell(std::move(back))) return;
        delivery.left -= milli;
        delivered_ -= milli;
        returned_ += milli;
        ++seen_.returns;
    }
    void take_some_back() {
        if (deliveries_.empty()) return;
        Delivery& delivery = deliveries_[prng_.below(deliveries_.size())];
        if (delivery.left > 0) take(delivery, some(delivery.left, delivery.left));
    }
    void credit(std::int64_t milli) {
        for (Invoice& invoice : invoices_) {
            if (invoice.left == 0) continue;
            const std::int64_t part = std::min(milli, invoice.left);
            IssueCreditNoteT note;
            note.credit_note = company_.new_id("A-");
            note.invoice = invoice.id;
            note.date = last_day;
            note.reason = "Agreed";
            note.lines.push_back(line_of(part));
            company_.must(company_.sell(std::move(note)));
            invoice.left -= part;
            invoiced_ -= part;
            ++seen_.credit_notes;
            return;
        }
    }

    Company& company_;
    Prng& prng_;
    Seen& seen_;
    Setting setting_;
    inventory::NaiveStock naive_{first_day};
    bool has_policies_ = false;  // Of its own.
    bool has_standard_ = false;
    Date today_ = last_day;  // Later when another policy holds.
    Id group_;
    std::array<Id, 2> warehouses_;
    Id item_;
    Id order_;
    std::int64_t stocked_ = 0;  // What came in without a purchase is worth.
    std::int64_t ordered_ = 0;
    std::int64_t delivered_ = 0;  // Less what came back.
    std::int64_t returned_ = 0;
    std::int64_t invoiced_ = 0;  // Less what was credited.
    bool has_landed_ = false;
    std::vector<Id> receipts_;
    std::vector<Delivery> deliveries_;
    std::vector<Invoice> invoices_;
};

constexpr accounting::GoodsMatching ways[]{
    accounting::GoodsMatching::cost_at_invoice,
    accounting::GoodsMatching::cost_at_delivery,
    accounting::GoodsMatching::cost_at_invoice,
    accounting::GoodsMatching::stock_variation};

Setting setting_of(std::uint64_t company) {
    constexpr inventory::ValuationMethod methods[]{
        inventory::ValuationMethod::fifo, inventory::ValuationMethod::moving_average};
    return {.matching = ways[company % 4], .method = methods[company / 4 % 2]};
}

Seen sold(std::uint64_t seed, std::uint64_t companies, void (Sale::*end)()) {
    Seen seen;
    for (std::uint64_t number = 0; number < companies; ++number) {
        CAPTURE(seed);
        CAPTURE(number);
        Prng prng{seed + number};
        Setting setting = setting_of(number);
        // Landed cost waits for its bill, and so for the way to be chosen anew.
        const bool changes_ways = number % 5 == 4;
        const bool closes = number % 3 == 2;
        setting.lands_costs = !changes_ways;
        Company company{setting};
        for (std::uint64_t history = 0; history < histories_of_a_company; ++history) {
            CAPTURE(history);
            if (changes_ways && prng.chance(30)) {
                setting.matching = ways[prng.below(std::size(ways))];
                company.choose(setting.matching);
            }
            Sale sale{company, prng, seen, setting};
            for (std::int64_t steps = prng.between(2, 10); steps > 0; --steps) {
                if (closes && steps == 2 && history % 25 == 24) company.close_next_period();
                sale.step();
            }
            (sale.*end)();
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("whatever is delivered, invoiced, returned and credited, in the end nothing waits") {
    const Seen seen = sold(test_seed() + 3'000'000, 250, &Sale::settle);
    CHECK(seen.deliveries > 20'000);
    CHECK(seen.invoices > 20'000);
    CHECK(seen.returns > 5'000);
    CHECK(seen.credit_notes > 4'000);
    CHECK(seen.reservations > 5'000);
    CHECK(seen.late_receipts > 5'000);
    CHECK(seen.late_costs > 5'000);
    CHECK(seen.waiting > 5'000);
    CHECK(seen.policies > 5'000);
}

TEST_CASE("sales that are taken back whole leave the stock as it was, and no debt and no cost") {
    const Seen seen = sold(test_seed() + 4'000'000, 250, &Sale::take_back);
    CHECK(seen.returns > 5'000);
    CHECK(seen.credit_notes > 5'000);
}

TEST_CASE("rows of random sales are those of a fresh fold") {
    const std::uint64_t seed = test_seed() + 5'000'000;
    CAPTURE(seed);
    Prng prng{seed};
    Seen seen;
    const Setting setting = setting_of(seed % 8);
    Company company{setting, Company::Keeping::events};
    LivedRows rows;
    for (std::uint64_t history = 0; history < 60; ++history) {
        Sale sale{company, prng, seen, setting};
        for (std::int64_t steps = prng.between(2, 10); steps > 0; --steps) sale.step();
        if (history % 2 == 0) sale.settle();
        rows.take(company, history % 10 == 0);
    }
    rows.check();
}
