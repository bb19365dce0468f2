// Many short histories of purchases, each with an order, an item and a supplier of its own, through
// purchasing, stock and books in each way of matching: received, billed, credited, sent back, held
// and resolved in parts and on days in any order. Every batch is checked as trade_company.hpp says;
// in the end all is billed and nothing waits, or all is taken back and nothing is left.
#include <doctest/doctest.h>

#include "tests/properties/lived_rows.hpp"
#include "tests/properties/trade_company.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using namespace daybook::purchasing;
using namespace daybook::trade;

namespace {

constexpr std::uint64_t histories_of_a_company = 200;

struct Seen {
    std::uint64_t receipts = 0;
    std::uint64_t bills = 0;
    std::uint64_t credit_notes = 0;
    std::uint64_t returns = 0;
    std::uint64_t exceptions = 0;
    std::uint64_t ahead = 0;
    std::uint64_t moved_days = 0;  // Bills that count on a later day than their own.
};

// A line of the order as its events add up, with no rule of the module's.
struct LineSeen {
    std::int64_t ordered = 0;
    std::int64_t accepted = 0;  // Less what was sent back.
    std::int64_t billed = 0;    // Less credit notes.
    std::int64_t returned = 0;  // Sent back after it was billed, and not credited.
    std::int64_t ahead = 0;
    std::int64_t unbilled = 0;  // Here, and not billed.
    bool is_lenient = false;    // Somebody accepted what differs.
};

class Purchase {
 public:
    struct Manner {
        std::int64_t tolerance_percent = 0;
        bool is_in_euros = false;
        bool accepts_differences = true;
    };

    Purchase(Company& company, Prng& prng, Seen& seen, const Manner& manner)
        : company_(company), prng_(prng), seen_(seen), manner_(manner) {
        company.actor = id("anna");
        company.on_purchase = [this](const EventRecord& record) { notice(record); };
        is_foreign_ = !manner.is_in_euros && prng.chance(30);
        is_by_order_ = prng.chance(40);
        company.start_history(is_foreign_);
        place();
    }
    ~Purchase() { company_.on_purchase = nullptr; }
    Purchase(const Purchase&) = delete;
    Purchase& operator=(const Purchase&) = delete;

    void step() {
        const std::uint64_t choice = prng_.below(20);
        if (choice < 7) return receive();
        if (choice < 13) return bill(false);
        if (choice < 15) return bill(true);
        if (choice < 18) return send_back();
        resolve(prng_.chance(50) ? Resolution::accept : Resolution::reject);
    }
    // Everything that came is billed, what was billed comes or is let go of, what was sent back is
    // credited.
    void settle() {
        resolve(Resolution::reject);
        for (std::uint16_t line = 1; line <= lines_.size(); ++line) {
            bill_rest(line, lines_[line - 1U].unbilled, false);
            bill_rest(line, lines_[line - 1U].returned, true);
        }
        release();
        check_nothing_waits();
    }
    // Everything is sent back and credited.
    void take_back() {
        resolve(Resolution::reject);
        for (const Id& receipt : receipts_) {
            ReturnGoodsT back;
            back.goods_return = company_.new_id("RT-");
            back.receipt = receipt;
            back.reason = RejectReason::poor_quality;
            (void)company_.buy(std::move(back));
        }
        for (std::uint16_t line = 1; line <= lines_.size(); ++line) {
            bill_rest(line, lines_[line - 1U].returned + lines_[line - 1U].ahead, true);
        }
        release();
        check_nothing_waits();
        CHECK(company_.sums.stock == 0);
        CHECK(company_.sums.payable == 0);
        CHECK(company_.sums.result == 0);
    }

 private:
    Date day() const {
        return Date::of(2026, 1, 1).plus_days(static_cast<std::int32_t>(prng_.between(0, 300)));
    }
    ExchangeRate rate() const { return ExchangeRate::from_micro(prng_.between(880'000, 940'000)); }
    // The least there is, all there is, or anything between.
    std::int64_t some(std::int64_t most) {
        if (most <= 1 || prng_.chance(10)) return 1;
        return prng_.chance(25) ? most : prng_.between(1, most);
    }

    void place() {
        PlaceOrderT order;
        order.order = order_ = company_.new_id("PO-");
        order.supplier = id(prng_.chance(50) ? "S-0" : "S-1");
        supplier_ = order.supplier;
        order.currency = is_foreign_ ? usd() : Currency::eur;
        order.warehouse = id("MAIN");
        order.date = Date::of(2026, 1, 1);
        if (is_by_order_) order.bill_control = BillControl::on_order;
        for (std::uint64_t i = prng_.below(2) + 1; i > 0; --i) {
            auto line = std::make_unique<OrderLineT>();
            line->item = company_.new_item();
            line->quantity = pieces(prng_.chance(5) ? 1 : prng_.between(1, 20'000));
            const std::int64_t micro = prng_.chance(5) ? 0 : prng_.between(0, 40'000'000);
            line->price = UnitPrice::from_micro(micro, order.currency);
            if (prng_.chance(20)) line->discount = Rate::from_ppm(123'456);
            lines_.push_back({.ordered = line->quantity.milli()});
            order.lines.push_back(std::move(line));
        }
        company_.must(company_.buy(std::move(order)));
    }
    std::uint16_t any_line() const {
        return static_cast<std::uint16_t>(prng_.below(lines_.size()) + 1);
    }

    void receive() {
        ReceiveGoodsT receipt;
        receipt.receipt = company_.new_id("GR-");
        receipt.order = order_;
        receipt.date = day();
        if (is_foreign_) receipt.exchange_rate = rate();
        for (std::uint64_t i = parts(); i > 0; --i) receipt.lines.push_back(received_line());
        const Id made = receipt.receipt;
        if (!company_.buy(std::move(receipt))) return;
        receipts_.push_back(made);
        ++seen_.receipts;
    }
    // Of a document; without any it is all that is left.
    std::uint64_t parts() {
        if (prng_.chance(25)) return 0;
        return prng_.chance(20) ? 2 : 1;
    }
    std::unique_ptr<ReceivedGoodsT> received_line() {
        auto line = std::make_unique<ReceivedGoodsT>();
        line->order_line = any_line();
        const LineSeen& seen = lines_[line->order_line - 1U];
        const std::int64_t left = seen.ordered - seen.accepted;
        line->quantity = pieces(some(prng_.chance(30) ? left : 12'000));
        if (prng_.chance(20)) {
            const std::int64_t all = line->quantity.milli();
            line->rejected = pieces(prng_.chance(50) ? all : prng_.between(0, all));
            line->reject_reason = RejectReason::damaged;
        }
        return line;
    }

    RecordSupplierBillT paper(bool is_credit_note) {
        RecordSupplierBillT bill;
        bill.bill = company_.new_id("B-");
        bill.number = to_string(bill.bill);
        bill.supplier = supplier_;
        bill.is_credit_note = is_credit_note;
        bill.date = day();
        if (is_foreign_) bill.exchange_rate = rate();
        return bill;
    }
    std::unique_ptr<SupplierBillLineT> line_of(std::uint16_t number, std::int64_t milli) const {
        auto line = std::make_unique<SupplierBillLineT>();
        line->order = order_;
        line->order_line = number;
        line->quantity = pieces(milli);
        return line;
    }
    // All that can be billed or credited, a part of it, more than will ever come, or anything.
    std::int64_t some_quantity(std::uint16_t number, bool is_credit_note) {
        const LineSeen& line = lines_[number - 1U];
        const std::int64_t all = is_credit_note ? line.billed : line.unbilled;
        if (prng_.chance(10)) return line.ordered + some(line.ordered);
        if (all <= 0 || prng_.chance(20)) return some(12'000);
        return prng_.chance(50) ? all : some(all);
    }
    void bill(bool is_credit_note) {
        if (!bill_.is_none()) return resolve(Resolution::reject);
        RecordSupplierBillT bill = paper(is_credit_note);
        for (std::uint64_t i = prng_.chance(15) ? 2 : 1; i > 0; --i) {
            bill.lines.push_back(billed_line(is_credit_note));
        }
        if (!company_.buy(std::move(bill))) return;
        ++(is_credit_note ? seen_.credit_notes : seen_.bills);
    }
    std::unique_ptr<SupplierBillLineT> billed_line(bool is_credit_note) {
        const std::uint16_t number = any_line();
        auto line = line_of(number, some_quantity(number, is_credit_note));
        if ((manner_.accepts_differences || !is_credit_note) && prng_.chance(40)) {
            const std::int64_t minor = prng_.chance(10) ? prng_.between(0, 1) : some(30'000);
            line->net = Money::from_minor(minor, is_foreign_ ? usd() : Currency::eur);
            if (manner_.accepts_differences && prng_.chance(20))
                line->quantity = Quantity{};  // A price and no more.
        }
        line->is_final = manner_.accepts_differences && !is_credit_note && prng_.chance(5);
        return line;
    }
    // What is worth nothing needs no paper.
    void bill_rest(std::uint16_t number, std::int64_t milli, bool is_credit_note) {
        if (milli == 0) return;
        RecordSupplierBillT bill = paper(is_credit_note);
        bill.lines.push_back(line_of(number, milli));
        if (!company_.buy(std::move(bill))) CHECK(company_.rule() == "gross_not_positive");
        resolve(Resolution::accept);
    }
    void send_back() {
        if (receipts_.empty()) return;
        ReturnGoodsT back;
        back.goods_return = company_.new_id("RT-");
        back.receipt = receipts_[prng_.below(receipts_.size())];
        back.reason = RejectReason::poor_quality;
        back.is_replaced = prng_.chance(50);
        back.date = day();
        for (std::uint64_t i = parts(); i > 0; --i) {
            auto line = std::make_unique<ReturnedGoodsT>();
            line->receipt_line = static_cast<std::uint16_t>(i);
            line->quantity = pieces(some(6'000));
            back.lines.push_back(std::move(line));
        }
        if (company_.buy(std::move(back))) ++seen_.returns;
    }
    void resolve(Resolution resolution) {
        if (bill_.is_none()) return;
        if (!manner_.accepts_differences) resolution = Resolution::reject;
        company_.actor = id("ines");
        for (const Resolution way : {resolution, Resolution::reject}) {
            ResolveMatchExceptionT resolving;
            resolving.bill = bill_;
            resolving.resolution = way;
            resolving.reason = "Agreed";
            if (company_.buy(std::move(resolving))) break;
        }
        company_.actor = id("anna");
        CHECK(bill_.is_none());
    }

    void release() {
        ReleaseAccrualsT release;
        release.release = company_.new_id("RL-");
        release.order = order_;
        release.reason = "The end";
        (void)company_.buy(std::move(release));
    }
    void check_nothing_waits() const {
        CHECK(company_.sums.accrued == 0);
        CHECK(company_.sums.received_not_invoiced == 0);
        CHECK(company_.sums.in_transit == 0);
        CHECK(company_.sums.credit_expected == 0);
        for (const LineSeen& line : lines_) {
            CHECK(line.ahead == 0);
            CHECK(line.returned == 0);
            CHECK(line.unbilled == 0);
        }
    }

    void notice(const EventRecord& record) {
        if (const auto* received = record.event_as_GoodsReceived()) {
            for (const ReceivedLine* line : *received->lines()) {
                LineSeen& seen = lines_[line->order_line() - 1U];
                seen.accepted += read(line->accepted()).milli();
                seen.ahead -= read(line->ahead()).milli();
                seen.unbilled += read(line->accepted()).milli() - read(line->ahead()).milli();
                const std::int64_t most = seen.ordered * (100 + manner_.tolerance_percent);
                CHECK(seen.accepted * 100 <= most);
            }
        }
        if (const auto* back = record.event_as_GoodsReturnedToSupplier()) {
            for (const ReturnedLine* line : *back->lines()) {
                LineSeen& seen = lines_[line->order_line() - 1U];
                seen.accepted -= read(line->quantity()).milli();
                seen.returned += read(line->billed()).milli();
                seen.unbilled -= read(line->quantity()).milli() - read(line->billed()).milli();
                CHECK(seen.accepted >= 0);
            }
        }
        if (const auto* raised = record.event_as_MatchExceptionRaised()) {
            bill_ = read(raised->bill());
            ++seen_.exceptions;
        }
        if (const auto* resolved = record.event_as_MatchExceptionResolved()) {
            CHECK(bill_ == read(resolved->bill()));
            bill_ = Id{};
            is_accepted_ = resolved->resolution() == Resolution::accept;
        }
        if (const auto* bill = record.event_as_BillMatched()) notice_bill(*bill);
    }
    void notice_bill(const BillMatched& bill) {
        if (read(bill.accounting_date()) > read(bill.date())) ++seen_.moved_days;
        const bool is_checked = !bill.is_credit_note() && !bill.is_release() && !is_accepted_;
        for (const MatchedLine* line : *bill.lines()) {
            LineSeen& seen = lines_[line->order_line() - 1U];
            const std::int64_t quantity = read(line->quantity()).milli();
            if (line->effect() == MatchEffect::received) seen.unbilled -= quantity;
            if (line->effect() == MatchEffect::returned) seen.returned += quantity;
            if (line->effect() == MatchEffect::ahead) seen.ahead += quantity;
            if (line->effect() == MatchEffect::ahead && quantity > 0) ++seen_.ahead;
            seen.billed += quantity;
            if (is_accepted_) seen.is_lenient = true;
            if (!is_checked || seen.is_lenient) continue;
            // Of what is kept no more than came and is tolerated, or where bills come first than
            // was ordered.
            const std::int64_t whole =
                is_by_order_ ? std::max(seen.ordered, seen.accepted) : seen.accepted;
            const std::int64_t kept = seen.billed - seen.returned;
            CHECK(kept * 200 <= whole * (200 + manner_.tolerance_percent) + 200);
        }
        is_accepted_ = false;
    }

    Company& company_;
    Prng& prng_;
    Seen& seen_;
    Manner manner_;
    Id order_;
    Id supplier_;
    Id bill_;  // That waits to be resolved.
    std::vector<LineSeen> lines_;
    std::vector<Id> receipts_;
    bool is_foreign_ = false;
    bool is_by_order_ = false;
    bool is_accepted_ = false;
};

Setting setting_of(std::uint64_t company) {
    constexpr accounting::GoodsMatching ways[]{
        accounting::GoodsMatching::cost_at_delivery,
        accounting::GoodsMatching::cost_at_invoice,
        accounting::GoodsMatching::stock_variation};
    constexpr inventory::ValuationMethod methods[]{
        inventory::ValuationMethod::fifo, inventory::ValuationMethod::moving_average};
    return {
        .matching = ways[company % 3],
        .method = methods[company / 3 % 2],
        .tolerance_percent = static_cast<std::int64_t>(company % 4 * 3)};
}

}  // namespace

TEST_CASE("whatever is received, billed, credited and sent back, in the end nothing waits") {
    const std::uint64_t seed = test_seed();
    Seen seen;
    for (std::uint64_t number = 0; number < 250; ++number) {
        CAPTURE(seed);
        CAPTURE(number);
        Prng prng{seed + number};
        const Setting setting = setting_of(number);
        Company company{setting};
        for (std::uint64_t history = 0; history < histories_of_a_company; ++history) {
            CAPTURE(history);
            if (history == 100 || history == 150) company.close_next_period();
            Purchase purchase{company, prng, seen, {setting.tolerance_percent}};
            for (std::int64_t steps = prng.between(2, 10); steps > 0; --steps) purchase.step();
            purchase.settle();
        }
    }
    CHECK(seen.receipts > 20'000);
    CHECK(seen.bills > 20'000);
    CHECK(seen.credit_notes > 1'000);
    CHECK(seen.returns > 4'000);
    CHECK(seen.exceptions > 5'000);
    CHECK(seen.ahead > 2'000);
    CHECK(seen.moved_days > 5'000);
}

TEST_CASE("purchases that are taken back whole leave no stock, no debt and no cost") {
    const std::uint64_t seed = test_seed() + 1'000'000;
    Seen seen;
    for (std::uint64_t number = 0; number < 250; ++number) {
        CAPTURE(seed);
        CAPTURE(number);
        Prng prng{seed + number};
        Setting setting = setting_of(number);
        setting.tolerance_percent = 0;  // Nothing is paid for goods that never come.
        Company company{setting};
        for (std::uint64_t history = 0; history < histories_of_a_company; ++history) {
            CAPTURE(history);
            Purchase purchase{company, prng, seen, {0, true, false}};
            for (std::int64_t steps = prng.between(2, 10); steps > 0; --steps) purchase.step();
            purchase.take_back();
        }
    }
    CHECK(seen.receipts > 10'000);
    CHECK(seen.returns > 2'500);
}

TEST_CASE("rows of random purchases are those of a fresh fold") {
    const std::uint64_t seed = test_seed() + 2'000'000;
    CAPTURE(seed);
    Prng prng{seed};
    Seen seen;
    const Setting setting = setting_of(seed % 12);
    Company company{setting, Company::Keeping::events};
    LivedRows rows;
    for (std::uint64_t history = 0; history < 60; ++history) {
        {
            Purchase purchase{company, prng, seen, {setting.tolerance_percent}};
            for (std::int64_t steps = prng.between(2, 10); steps > 0; --steps) purchase.step();
            if (history % 2 == 0) purchase.settle();
        }
        rows.take(company, history % 10 == 0);
    }
    rows.check();
}
