// Goods in the books: random histories of receipts, bills, deliveries, invoices, returns, counts
// and restatements, told to accounting as inventory, purchasing and sales would tell them, in each
// of the three ways of matching. The shelf here keeps its own sums, with no rule of accounting's.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "engine/base/prng.hpp"
#include "tests/histories/part.hpp"
#include "tests/properties/goods_ledger.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using namespace daybook::accounting;
using inventory::MoveReason;

namespace {

Money euros(std::int64_t minor) {
    return Money::from_minor(minor, GoodsLedger::eur);
}
template <class T>
auto wire_of(const T& value) {
    return flatbuffers::Pack(value);
}

const wire::Id none = wire_of(Id{});
const wire::Quantity no_quantity = wire_of(Quantity{});
const wire::Money nothing = wire_of(euros(0));

struct Match {
    purchasing::MatchKind kind = purchasing::MatchKind::received;
    std::int64_t value = 0;
    std::int64_t variance = 0;
    std::int64_t difference = 0;
};

purchasing::ReceivedLine received_line(std::int64_t billed_before) {
    return {
        none,
        none,
        none,
        none,
        no_quantity,
        no_quantity,
        no_quantity,
        wire_of(UnitPrice{}),
        nothing,
        nothing,
        wire_of(euros(billed_before)),
        no_quantity,
        nothing,
        0,
        0,
        wire_of(Date{}),
        1,
        purchasing::RejectReason::none,
        true};
}
purchasing::ReturnedLine sent_back_line(std::int64_t accrued, std::int64_t credit_expected) {
    return {
        none,
        none,
        none,
        none,
        no_quantity,
        no_quantity,
        wire_of(euros(accrued + credit_expected)),
        wire_of(euros(accrued)),
        wire_of(euros(credit_expected)),
        nothing,
        nothing,
        nothing,
        nothing,
        1,
        1,
        true};
}
purchasing::MatchedLine matched_line(const Match& match, Money net) {
    return {
        none,
        wire_of(id_from_code("GOODS")),
        none,
        none,
        none,
        none,
        no_quantity,
        wire_of(net),
        wire_of(euros(match.value)),
        wire_of(euros(match.variance)),
        wire_of(euros(match.difference)),
        nothing,
        1,
        1,
        1,
        match.kind,
        purchasing::MatchEffect{},
        true};
}

struct Movement {
    MoveReason reason = MoveReason::none;
    Id source;
    std::int64_t quantity = 0;
    std::int64_t value = 0;
    std::int64_t variance = 0;
    std::uint64_t original = 0;
    Date day;
};
inventory::StockLine stock_line(const Movement& movement, std::uint64_t sequence) {
    return {
        wire_of(id_from_code("PEN")),
        wire_of(id_from_code("GOODS")),
        none,
        none,
        none,
        none,
        wire_of(Quantity::from_milli(movement.quantity)),
        wire_of(euros(movement.value)),
        sequence,
        movement.original,
        std::uint16_t{1},
        movement.reason,
        false};
}

struct Receipt {
    Id id;
    std::int64_t unbilled = 0;  // Value that no bill has cleared yet.
};
struct Issue {
    Id delivery;
    std::uint64_t sequence = 0;
    std::uint16_t key = 0;  // The line of the one order.
    Date day;
    std::int64_t quantity = 0;
    std::int64_t returned = 0;
    std::int64_t cost = 0;           // As it is known now.
    std::int64_t returned_cost = 0;  // What of it went back to the shelf.
};
struct Line {
    std::int64_t delivered = 0;  // Less what came back.
    std::int64_t invoiced = 0;   // Less what was credited.
};

constexpr std::uint16_t line_count = 5;
const Id order = id_from_code("O-1");
const Id party = id_from_code("P-1");

class Shelf {
 public:
    Shelf(const GoodsLedger& empty, std::uint64_t seed)
        : ledger{empty}, prng_(seed), lines_(line_count + 1U) {}

    void work() {
        switch (prng_.below(14)) {
            case 0:
            case 1:
            case 2: return receive();
            case 3:
            case 4:
            case 5: return deliver();
            case 6: return bill();
            case 7: return invoice(some(9'000));
            case 8: return take_back();
            case 9: return credit(some(5'000));
            case 10: return count();
            case 11: return restate();
            case 12: return prng_.chance(50) ? landed_cost() : bill_before_receipt();
            default: return prng_.chance(50) ? send_back() : write_down();
        }
    }
    void close_period(std::string_view period) {
        ledger.decide_and_apply(ClosePeriodT{.period = id_from_code(period)});
        CHECK(ledger.refusal == Refusal::none);
    }
    // Everything received is billed, everything delivered invoiced, everything returned credited.
    void settle() {
        while (in_transit_ != 0) receive();
        while (!unbilled().empty()) bill();
        for (const auto& [supplier_return, credit_due] : credits_due_) {
            match({.kind = purchasing::MatchKind::returned, .value = -credit_due});
        }
        credits_due_.clear();
        for (std::uint16_t key = 1; key <= line_count; ++key) {
            const std::int64_t more = lines_[key].delivered - lines_[key].invoiced;
            if (more > 0) invoice_line(key, more);
            if (more < 0) credit_line(key, -more);
        }
    }
    void empty_the_shelf() {
        if (on_hand_ == 0) return;
        const std::int64_t value = value_;
        move({.reason = MoveReason::scrap, .quantity = -on_hand_, .value = -value});
    }
    void check() {
        CHECK(ledger.stock() == value_);
        CHECK(ledger.balance_of(AccountRole::price_variance) == 0);
        CHECK(ledger.balance_of(AccountRole::landed_cost_clearing) == 0);
        std::int64_t received = 0;
        for (const Receipt& receipt : receipts_) received += receipt.unbilled;
        const bool is_perpetual =
            ledger.books.goods.get().matching != GoodsMatching::stock_variation;
        CHECK(
            ledger.balance_of(AccountRole::goods_received_not_invoiced) ==
            (is_perpetual ? -received : 0)
        );
        CHECK(ledger.balance_of(AccountRole::goods_in_transit) == (is_perpetual ? in_transit_ : 0));
    }
    // What the stock account was at the end of each day, by the days on which it counts.
    void check_days() {
        std::int64_t ledger_value = 0;
        std::set<Date> days;
        for (const auto& [day, changes] : ledger.day_changes) days.insert(day);
        for (const auto& [day, change] : day_values_) days.insert(day);
        std::int64_t shelf_value = 0;
        const Id stock = *ledger.books.roles.find({AccountRole::stock, Id{}});
        for (const Date day : days) {
            shelf_value += day_values_[day];
            ledger_value += ledger.day_changes[day][stock];
            CHECK(ledger_value == shelf_value);
        }
    }
    [[nodiscard]] std::int64_t value() const { return value_; }
    GoodsLedger ledger;

 private:
    // The least there is, all there is, or anything between.
    std::int64_t some(std::int64_t most) {
        if (prng_.chance(10)) return 1;
        return prng_.chance(15) ? most : prng_.between(1, most);
    }
    Id new_id(const char* prefix) { return id_from_code(prefix + std::to_string(++made_)); }
    Date some_day() {
        return Date::of(2026, 1, 1).plus_days(static_cast<std::int32_t>(prng_.between(0, 364)));
    }
    Date counted_on(Date day) const { return ledger.books.days.accounting_date(day); }

    std::uint64_t move(Movement movement) {
        if (movement.day.is_none()) movement.day = some_day();
        inventory::StockMovedT event;
        event.movement = new_id("M-");
        event.source = movement.source;
        event.date = movement.day;
        event.accounting_date = counted_on(movement.day);
        const std::uint64_t sequence = ++sequence_;
        event.lines.push_back(stock_line(movement, sequence));
        if (movement.variance != 0) {
            event.variances.emplace_back(sequence, wire_of(euros(movement.variance)));
        }
        on_hand_ += movement.quantity;
        add_value(movement.day, movement.value);
        REQUIRE(ledger.post(event));
        return sequence;
    }
    void add_value(Date day, std::int64_t value) {
        value_ += value;
        day_values_[counted_on(day)] += value;
    }
    void revalue(MoveReason reason, std::int64_t amount) {
        if (amount == 0) return;
        const bool is_standard = prng_.chance(20);
        const bool has_stock = on_hand_ > 0 && !is_standard;
        const std::int64_t to_stock = has_stock ? amount * prng_.between(0, 100) / 100 : 0;
        const std::int64_t rest = amount - to_stock;
        const Date day = some_day();
        inventory::StockRevaluedT event;
        event.revaluation = new_id("V-");
        event.date = day;
        event.accounting_date = counted_on(day);
        event.lines.emplace_back(
            wire_of(id_from_code("PEN")),
            wire_of(id_from_code("GOODS")),
            wire_of(Id{}),
            wire_of(Id{}),
            std::uint64_t{0},
            wire_of(euros(amount)),
            wire_of(euros(to_stock)),
            wire_of(euros(is_standard ? 0 : rest)),
            wire_of(euros(is_standard ? rest : 0)),
            ++sequence_,
            reason
        );
        add_value(day, to_stock);
        REQUIRE(ledger.post(event));
    }

    void receive() {
        const std::int64_t value = prng_.chance(10) ? prng_.between(0, 1) : some(100'000);
        const std::int64_t before = std::min(in_transit_, prng_.chance(60) ? value : 0);
        const std::int64_t least = std::max<std::int64_t>(-50, before - value);
        const std::int64_t variance = prng_.chance(20) ? prng_.between(least, 50) : 0;
        const Id id = new_id("R-");
        if (before != 0) {
            purchasing::GoodsReceivedT said;
            said.receipt = id;
            said.lines.push_back(received_line(before));
            ledger.tell(said);
        }
        move(
            {.reason = MoveReason::purchase_receipt,
             .source = id,
             .quantity = some(10'000),
             .value = value,
             .variance = variance}
        );
        in_transit_ -= before;
        receipts_.push_back({id, value + variance - before});
    }
    std::vector<std::size_t> unbilled() const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < receipts_.size(); ++i) {
            if (receipts_[i].unbilled != 0) found.push_back(i);
        }
        return found;
    }
    void match(const Match& match) {
        purchasing::BillMatchedT event;
        event.bill = new_id("B-");
        event.number = to_string(event.bill);
        event.supplier = party;
        event.date = some_day();
        event.accounting_date = counted_on(event.date);
        event.currency = GoodsLedger::eur;
        event.rate = ExchangeRate::from_micro(1'000'000);
        const Money net = euros(match.value + match.variance + match.difference);
        event.lines.push_back(matched_line(match, net));
        event.net = event.gross = net;
        event.tax = euros(0);
        event.is_credit_note = net.is_negative();
        REQUIRE(ledger.post(event));
        revalue(MoveReason::price_variance, match.variance);
    }
    void bill() {
        const std::vector<std::size_t> open = unbilled();
        if (open.empty()) return;
        Receipt& receipt = receipts_[open[prng_.below(open.size())]];
        const std::int64_t part = prng_.chance(50) ? receipt.unbilled : receipt.unbilled / 2;
        const std::int64_t value = part == 0 ? receipt.unbilled : part;
        receipt.unbilled -= value;
        const std::int64_t size = std::abs(value);
        match(
            {.value = value,
             .variance = prng_.chance(50) ? prng_.between(-size / 10, size / 10) : 0,
             .difference = prng_.chance(30) ? prng_.between(-size / 20, size / 20) : 0}
        );
    }
    void bill_before_receipt() {
        const std::int64_t value = some(20'000);
        in_transit_ += value;
        match({.kind = purchasing::MatchKind::before_receipt, .value = value});
    }
    void landed_cost() {
        const std::int64_t value = prng_.between(1, 5'000);
        match({.kind = purchasing::MatchKind::landed_cost, .value = value});
        revalue(MoveReason::landed_cost, value);
    }
    void send_back() {
        const std::vector<std::size_t> open = unbilled();
        if (open.empty() || on_hand_ == 0) return;
        Receipt& receipt = receipts_[open[prng_.below(open.size())]];
        if (receipt.unbilled < 0) return;
        const std::int64_t accrued = prng_.between(0, receipt.unbilled);
        const std::int64_t credit_due = prng_.between(0, 1'000);
        if (accrued + credit_due == 0) return;
        receipt.unbilled -= accrued;
        const Id id = new_id("T-");
        purchasing::GoodsReturnedToSupplierT said;
        said.goods_return = id;
        said.lines.push_back(sent_back_line(accrued, credit_due));
        ledger.tell(said);
        if (credit_due != 0) credits_due_.emplace_back(id, credit_due);
        const std::int64_t quantity = some(on_hand_);
        const std::int64_t cost = cost_of(quantity);
        const bool names_variance = prng_.chance(50);
        move(
            {.reason = MoveReason::purchase_return,
             .source = id,
             .quantity = -quantity,
             .value = -cost,
             .variance = names_variance ? cost - accrued - credit_due : 0}
        );
    }
    std::int64_t cost_of(std::int64_t quantity) const {
        return quantity == on_hand_ ? value_ : value_ / on_hand_ * quantity;
    }
    void deliver() {
        if (on_hand_ == 0) return;
        const auto key = static_cast<std::uint16_t>(prng_.between(1, line_count));
        const std::int64_t quantity = some(on_hand_);
        Issue issue{
            .delivery = new_id("D-"),
            .key = key,
            .day = some_day(),
            .quantity = quantity,
            .cost = cost_of(quantity)};
        sales::GoodsDeliveredT said;
        said.delivery = issue.delivery;
        said.order = order;
        said.lines.emplace_back(
            none, none, none, wire_of(Quantity::from_milli(quantity)), key, true
        );
        ledger.tell(said);
        issue.sequence = move(
            {.reason = MoveReason::delivery,
             .source = issue.delivery,
             .quantity = -quantity,
             .value = -issue.cost,
             .day = issue.day}
        );
        lines_[key].delivered += quantity;
        issues_.push_back(issue);
    }
    void take_back() {
        if (issues_.empty()) return;
        Issue& issue = issues_[prng_.below(issues_.size())];
        const std::int64_t left = issue.quantity - issue.returned;
        if (left == 0) return;
        const std::int64_t quantity = some(left);
        const std::int64_t cost_left = issue.cost - issue.returned_cost;
        const std::int64_t cost = quantity == left ? cost_left : cost_left * quantity / left;
        const Id id = new_id("X-");
        sales::GoodsReturnedT said;
        said.goods_return = id;
        said.delivery = issue.delivery;
        said.order = order;
        said.lines.emplace_back(
            none,
            none,
            none,
            wire_of(Quantity::from_milli(quantity)),
            std::uint16_t{1},
            issue.key,
            true,
            true
        );
        ledger.tell(said);
        issue.returned += quantity;
        issue.returned_cost += cost;
        lines_[issue.key].delivered -= quantity;
        move(
            {.reason = MoveReason::customer_return,
             .source = id,
             .quantity = quantity,
             .value = cost,
             .original = issue.sequence}
        );
    }
    template <class Paper>
    void fill(Paper& paper, std::uint16_t key, std::int64_t quantity) {
        paper.number = to_string(new_id("F-"));
        paper.party = party;
        paper.date = some_day();
        paper.order = order;
        paper.net = paper.gross = euros(100);
        paper.tax = euros(0);
        paper.currency = GoodsLedger::eur;
        paper.lines.emplace_back(
            none,
            none,
            wire_of(id_from_code("GOODS")),
            wire_of(Quantity::from_milli(quantity)),
            wire_of(UnitPrice{}),
            wire_of(Rate{}),
            wire_of(euros(100)),
            wire_of(euros(0)),
            key,
            sales::LineKind::item,
            true,
            key,
            std::uint16_t{0}
        );
    }
    void invoice(std::int64_t quantity) {
        invoice_line(static_cast<std::uint16_t>(prng_.between(1, line_count)), quantity);
    }
    void invoice_line(std::uint16_t key, std::int64_t quantity) {
        sales::InvoiceIssuedT event;
        event.invoice = new_id("I-");
        fill(event, key, quantity);
        lines_[key].invoiced += quantity;
        REQUIRE(ledger.post(event));
    }
    void credit(std::int64_t quantity) {
        credit_line(static_cast<std::uint16_t>(prng_.between(1, line_count)), quantity);
    }
    void credit_line(std::uint16_t key, std::int64_t quantity) {
        sales::CreditNoteIssuedT event;
        event.credit_note = new_id("C-");
        fill(event, key, quantity);
        lines_[key].invoiced -= quantity;
        REQUIRE(ledger.post(event));
    }
    void count() {
        const bool is_more = on_hand_ == 0 || prng_.chance(50);
        const std::int64_t quantity = is_more ? some(500) : some(on_hand_);
        const std::int64_t cost = is_more ? prng_.between(0, 5'000) : -cost_of(quantity);
        constexpr MoveReason more[]{
            MoveReason::count_gain, MoveReason::opening, MoveReason::production_receipt};
        constexpr MoveReason less[]{
            MoveReason::count_loss, MoveReason::scrap, MoveReason::consumption};
        move(
            {.reason = (is_more ? more : less)[prng_.below(3)],
             .quantity = is_more ? quantity : -quantity,
             .value = cost}
        );
    }
    // Some issues cost something else after all; goods on hand make up for it. What came back of
    // them does, too.
    void restate() {
        if (on_hand_ == 0) return;
        inventory::CostRestatedT event;
        event.restatement = new_id("Y-");
        event.cause = new_id("M-");
        event.date = some_day();
        std::map<Date, std::int64_t> days;
        for (Issue& issue : issues_) {
            if (issue.returned != 0 || !prng_.chance(20)) continue;
            const std::int64_t change = std::max(prng_.between(-50, 50), -issue.cost);
            if (change == 0 || change > value_) continue;
            issue.cost += change;
            days[issue.day] += change;
            add_value(issue.day, -change);
            event.issues.emplace_back(issue.sequence, change);
        }
        if (event.issues.empty()) return;
        for (const auto& [day, change] : days) {
            event.lines.emplace_back(
                wire_of(id_from_code("PEN")),
                wire_of(id_from_code("GOODS")),
                wire_of(Id{}),
                wire_of(Id{}),
                wire_of(day),
                wire_of(counted_on(day)),
                wire_of(euros(10'000)),
                wire_of(euros(10'000 + change)),
                MoveReason::delivery
            );
        }
        REQUIRE(ledger.post(event));
    }
    void write_down() {
        inventory::StockWrittenDownT event;
        event.write_down = new_id("W-");
        event.posting_group = id_from_code("GOODS");
        event.date = some_day();
        event.old_allowance = euros(allowance_);
        allowance_ = prng_.between(0, 1'000);
        event.new_allowance = euros(allowance_);
        REQUIRE(ledger.post(event));
        CHECK(ledger.balance_of(AccountRole::stock_allowance) == -allowance_);
    }

    Prng prng_;
    std::uint64_t made_ = 0;
    std::uint64_t sequence_ = 0;
    std::int64_t on_hand_ = 0;
    std::int64_t value_ = 0;
    std::int64_t in_transit_ = 0;
    std::int64_t allowance_ = 0;
    std::vector<Receipt> receipts_;
    std::vector<std::pair<Id, std::int64_t>> credits_due_;
    std::vector<Issue> issues_;
    std::vector<Line> lines_;
    std::map<Date, std::int64_t> day_values_;
};

constexpr GoodsMatching ways[]{
    GoodsMatching::cost_at_delivery,
    GoodsMatching::cost_at_invoice,
    GoodsMatching::stock_variation};

constexpr std::uint64_t long_histories = 60;

struct Outcome {
    std::int64_t result = 0;
    std::int64_t stock = 0;
};
Outcome work_through(const GoodsLedger& empty, std::uint64_t seed, int steps) {
    Shelf shelf{empty, seed};
    for (int i = 0; i < steps; ++i) {
        shelf.work();
        shelf.check();
        if (i == steps / 3) shelf.close_period("2026-01");
        if (i == steps / 2) shelf.close_period("2026-02");
    }
    shelf.check_days();
    shelf.settle();
    shelf.check();
    CHECK(shelf.ledger.balance_of(AccountRole::goods_received_not_invoiced) == 0);
    CHECK(shelf.ledger.balance_of(AccountRole::supplier_credit_expected) == 0);
    CHECK(shelf.ledger.balance_of(AccountRole::goods_delivered_not_invoiced) == 0);
    CHECK(shelf.ledger.books.waiting.size() == 0);
    CHECK(shelf.ledger.books.waiting_issues.size() == 0);
    CHECK(shelf.ledger.books.purchased.size() == 0);
    CHECK(shelf.ledger.books.sold.size() == 0);
    const Outcome outcome{shelf.ledger.result(), shelf.value()};
    shelf.empty_the_shelf();
    CHECK(shelf.ledger.stock() == 0);
    return outcome;
}

}  // namespace

TEST_CASE("stock accounts are the value on the shelf, and what waits ends at zero, in each way") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    std::vector<std::vector<GoodsLedger>> empty(2);
    for (const GoodsMatching way : ways) {
        empty[0].emplace_back("general", way);
        empty[1].emplace_back("pcg", way);
    }
    const HistoryPart part = history_part(100'000);
    for (std::uint64_t history = part.first; history < part.first + part.count; ++history) {
        CAPTURE(history);
        const std::vector<GoodsLedger>& ledgers = empty[history % 2];
        const int steps = history < long_histories ? 120 : 6;
        const Outcome first = work_through(ledgers[0], seed + history, steps);
        for (const std::size_t way : {1U, 2U}) {
            const Outcome other = work_through(ledgers[way], seed + history, steps);
            CHECK(other.stock == first.stock);
            // The ways differ in when goods become an expense, never in how much of them does.
            CHECK(other.result == first.result);
        }
    }
}

TEST_CASE("a credit that was less than nothing by the rates is booked") {
    GoodsLedger ledger{"general", GoodsMatching::cost_at_delivery};
    purchasing::BillMatchedT event;
    event.bill = id_from_code("B-1");
    event.number = "F-1";
    event.supplier = id_from_code("P-1");
    event.date = event.accounting_date = Date::of(2026, 1, 1);
    event.currency = static_cast<Currency>(840);
    event.rate = ExchangeRate::from_micro(932'963);
    const Money net = Money::from_minor(-38, event.currency);
    event.lines.push_back(matched_line(
        {.kind = purchasing::MatchKind::returned, .value = 149, .difference = -184}, net
    ));
    event.net = event.gross = net;
    event.tax = Money::from_minor(0, event.currency);
    event.is_credit_note = true;
    REQUIRE_MESSAGE(ledger.post(event), EnumNameRefusal(ledger.refusal));
    CHECK(ledger.balance_of(AccountRole::supplier_credit_expected) == 149);
}

TEST_CASE("goods that are sent back at no cost leave nothing to remember, in each way") {
    for (const GoodsMatching way : ways) {
        GoodsLedger ledger{"general", way};
        purchasing::GoodsReturnedToSupplierT said;
        said.goods_return = id_from_code("T-1");
        said.lines.push_back(sent_back_line(100, 0));
        ledger.tell(said);
        inventory::StockMovedT moved;
        moved.movement = id_from_code("M-1");
        moved.source = said.goods_return;
        moved.date = moved.accounting_date = Date::of(2026, 1, 1);
        moved.lines.push_back(stock_line({.reason = MoveReason::purchase_return, .quantity = -1}, 1)
        );
        REQUIRE(ledger.post(moved));
        CHECK(ledger.books.purchased.size() == 0);
    }
}
