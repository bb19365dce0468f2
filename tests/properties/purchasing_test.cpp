// Purchasing over random histories: nothing is received or billed beyond what is tolerated, the
// accrual is never negative and ends at zero, approvals obey limits and four eyes, and the parts of
// every document come to the whole.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/base/prng.hpp"
#include "engine/domain/purchasing/common.hpp"
#include "engine/domain/purchasing/ordering.hpp"
#include "engine/domain/purchasing/portions.hpp"
#include "engine/domain/purchasing/rules.hpp"
#include "tests/support/seed.hpp"

namespace daybook::purchasing {
extern const Module module;
}

using namespace daybook;
using namespace daybook::purchasing;

namespace {

Id id(const std::string& text) {
    return id_from_code(text);
}
Id name(std::string_view prefix, std::uint64_t number) {
    return id(std::string{prefix} + std::to_string(number));
}
Money eur(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}
Currency usd() {
    return *currency_from_code("USD");
}

// A table of the object API as bytes that a rule can read.
template <class Table>
class Packed {
 public:
    explicit Packed(const Table& table) {
        builder_.Finish(Table::TableType::Pack(builder_, &table));
    }
    [[nodiscard]] const typename Table::TableType& get() const {
        return *flatbuffers::GetRoot<typename Table::TableType>(builder_.GetBufferPointer());
    }

 private:
    flatbuffers::FlatBufferBuilder builder_;
};

// The module's state with its own events applied, as the engine would; and what the history must
// not do, looked at while it goes on.
class Desk {
 public:
    Purchasing state;
    Date today = Date::of(2026, 1, 1);
    Id actor = id("anna");
    std::vector<EventRecordT> events;
    std::set<std::pair<Id, std::uint16_t>> lenient;  // Order lines with an accepted exception.
    std::int64_t accrued_minor = 0;

    template <class Command>
    Refusal submit(const Command& command) {
        const Packed<Command> packed{command};
        const Context context{.actor = actor, .today = today};
        const purchasing::Decision decision = decided(packed.get(), context);
        if (decision.is_refused()) return decision.refusal();
        const bool resolved = !decision.events().empty() &&
                              decision.events().front().event.type == Event::MatchExceptionResolved;
        for (const EventRecordT& event : decision.events()) {
            check_before(event);
            apply_event(event);
            check_after(event, resolved);
            events.push_back(event);
        }
        return Refusal::none;
    }
    template <class Heard>
    void hear(const Heard& event) {
        const Packed<Heard> packed{event};
        listen(state, packed.get());
    }
    void apply_event(const EventRecordT& event) {
        const Packed<EventRecordT> packed{event};
        const EventRecord& record = packed.get();
        const auto type = static_cast<std::uint8_t>(record.event_type());
        module.apply(&state, type, record.event(), EventHeader{});
    }
    [[nodiscard]] Bytes saved() const {
        Bytes bytes;
        module.save(&state, bytes);
        return bytes;
    }
    void check_orders() const;
    [[nodiscard]] std::int64_t unbilled_minor() const;
    [[nodiscard]] std::vector<Id> orders() const;

 private:
    template <class Command>
    purchasing::Decision decided(const Command& command, const Context& context) {
        if constexpr (requires { decide(state, command, context); }) {
            return decide(state, command, context);
        } else {
            return decide(state, command);
        }
    }
    void check_before(const EventRecordT& record) const;
    void check_after(const EventRecordT& record, bool resolved);
    void check_received(const GoodsReceivedT& event);
    void check_returned(const GoodsReturnedToSupplierT& event);
    void check_matched(const BillMatchedT& event, bool resolved);
};

std::vector<Id> Desk::orders() const {
    std::vector<Id> all;
    for (const EventRecordT& record : events) {
        const auto* placed = record.event.AsOrderPlaced();
        if (placed != nullptr && state.orders.contains(placed->order)) all.push_back(placed->order);
    }
    return all;
}

std::int64_t Desk::unbilled_minor() const {
    std::int64_t sum = 0;
    for (const Id& order : orders()) {
        for (const OrderLineState& line : state.orders.find(order)->lines) {
            for (const Received& received : line.receipts) sum += received.unbilled.value.minor();
        }
    }
    return sum;
}

void check_line(const Order& order, const OrderLineState& line) {
    CHECK(line.accepted <= tolerated(line.quantity, order.policy.over_delivery));
    CHECK(!line.accepted.is_negative());
    CHECK(!line.billed.is_negative());
    Quantity here;
    Quantity billed = line.transit.quantity + line.credit_expected.quantity;
    for (const Received& received : line.receipts) {
        CHECK(!received.unbilled.quantity.is_negative());
        CHECK(!received.unbilled.value.is_negative());
        CHECK(!received.billed.quantity.is_negative());
        if (received.unbilled.quantity.is_zero()) CHECK(received.unbilled.value.is_zero());
        if (received.billed.quantity.is_zero()) CHECK(received.billed.value.is_zero());
        here += received.unbilled.quantity + received.billed.quantity;
        billed += received.billed.quantity;
    }
    CHECK(here == line.accepted);
    if (line.kind != ItemKind::goods) return;
    CHECK(line.billed >= billed);
    CHECK(!line.transit.quantity.is_negative());
    CHECK(!line.transit.value.is_negative());
    if (line.transit.quantity.is_zero()) CHECK(line.transit.value.is_zero());
    if (line.credit_expected.quantity.is_zero()) CHECK(line.credit_expected.value.is_zero());
}

void Desk::check_orders() const {
    std::map<std::pair<Id, Id>, Quantity> coming;
    for (const Id& id : orders()) {
        const Order& order = *state.orders.find(id);
        for (const OrderLineState& line : order.lines) {
            check_line(order, line);
            coming[{line.item, line.warehouse}] += to_come(order, line);
        }
    }
    for (const auto& [place, quantity] : coming) {
        CHECK(state.on_order.get({place.first, place.second}) == quantity);
    }
    CHECK(accrued_minor == unbilled_minor());
}

void Desk::check_before(const EventRecordT& record) const {
    if (const auto* event = record.event.AsOrderApproved()) {
        const Order& order = *state.orders.find(event->order);
        CHECK(std::ranges::find(order.askers, event->approver) == order.askers.end());
        const Money* limit = state.limits.find(event->approver);
        REQUIRE(limit != nullptr);
        CHECK(order.base.minor() <= limit->minor());
    }
    if (const auto* event = record.event.AsMatchExceptionResolved()) {
        CHECK(state.exceptions.find(event->bill)->recorder != event->resolver);
    }
    if (const auto* event = record.event.AsGoodsReceived()) {
        CHECK(!state.orders.find(event->order)->needs_approval);
    }
}

void Desk::check_after(const EventRecordT& record, bool resolved) {
    if (const auto* event = record.event.AsGoodsReceived()) check_received(*event);
    if (const auto* event = record.event.AsGoodsReturnedToSupplier()) check_returned(*event);
    if (const auto* event = record.event.AsBillMatched()) check_matched(*event, resolved);
    if (const auto* event = record.event.AsOrderPlaced()) {
        Money net = Money::from_minor(0, event->currency);
        for (const OrderedLine& line : event->lines) net += read(line.net());
        CHECK(net == event->net);
    }
}

void Desk::check_received(const GoodsReceivedT& event) {
    Money value = eur(0);
    for (const ReceivedLine& line : event.lines) {
        CHECK(read(line.received()) == read(line.rejected()) + read(line.accepted()));
        CHECK(!read(line.value()).is_negative());
        if (!line.is_stocked()) CHECK(read(line.value()).is_zero());
        value += read(line.value());
        accrued_minor += line.value().minor() - line.billed_before().minor();
    }
    CHECK(value == event.value);
}

void Desk::check_returned(const GoodsReturnedToSupplierT& event) {
    Money value = eur(0);
    for (const ReturnedLine& line : event.lines) {
        CHECK(read(line.value()) == read(line.accrued()) + read(line.credit_expected()));
        value += read(line.value());
        accrued_minor -= line.accrued().minor();
    }
    CHECK(value == event.value);
}

void Desk::check_matched(const BillMatchedT& event, bool resolved) {
    Money net = Money::from_minor(0, event.currency);
    for (const MatchedLine& line : event.lines) {
        net += read(line.net());
        const Money base =
            read(line.value()) + read(line.price_variance()) + read(line.exchange_difference());
        if (event.currency == Currency::eur) {
            CHECK(base == read(line.net()));
            CHECK(line.exchange_difference().minor() == 0);
        }
        if (line.kind() == MatchKind::received) accrued_minor -= line.value().minor();
        if (read(line.order()).is_none()) continue;
        const std::pair<Id, std::uint16_t> place{read(line.order()), line.order_line()};
        if (resolved) lenient.insert(place);
        if (resolved || event.is_credit_note || event.is_release || lenient.contains(place))
            continue;
        const Order& order = *state.orders.find(place.first);
        const OrderLineState& ordered = order.lines[place.second - 1U];
        const bool by_order = order.bill_control == BillControl::on_order;
        const Quantity most = by_order || ordered.kind != ItemKind::goods
                                  ? std::max(ordered.quantity, ordered.accepted)
                                  : ordered.accepted;
        const Quantity kept = ordered.billed - ordered.credit_expected.quantity;
        // What is_final lets go of was received, so that it is within the tolerance as well.
        CHECK(kept <= tolerated(most, order.policy.bill_quantity));
    }
    CHECK(net == event.net);
    CHECK(event.net + event.tax == event.gross);
    if (event.is_release) {
        CHECK(event.gross.is_zero());
        return;
    }
    Money due = Money::from_minor(0, event.currency);
    for (const Instalment& instalment : event.instalments) due += read(instalment.amount());
    CHECK(due == event.gross);
}

// ---- A desk with suppliers, items, rules and open books

void open_books(Desk& desk) {
    accounting::BookConfiguredT book;
    book.name = "Dupont";
    book.base_currency = Currency::eur;
    desk.hear(book);
    accounting::FiscalYearOpenedT year;
    year.year = id("2026");
    year.first = Date::of(2026, 1, 1);
    year.last = Date::of(2026, 12, 31);
    year.periods.emplace_back(wired(id("2026-01")), wired(year.first), wired(year.last));
    desk.hear(year);
    accounting::TaxCodeDefinedT tax;
    tax.tax_code = id("B20");
    tax.name = "Purchases";
    tax.side = accounting::TaxSide::input;
    desk.hear(tax);
    accounting::TaxRateSetT rate;
    rate.tax_code = id("B20");
    rate.rate = Rate::from_ppm(200'000);
    rate.from = Date::of(2020, 1, 1);
    desk.hear(rate);
    accounting::ExchangeRatePublishedT dollar;
    dollar.currency = usd();
    dollar.rate = ExchangeRate::from_micro(912'345);
    dollar.date = Date::of(2025, 12, 31);
    desk.hear(dollar);
}

Desk open_desk(std::uint64_t tolerance) {
    Desk desk;
    open_books(desk);
    for (const char* party : {"S-0", "S-1", "S-2"}) {
        crm::PartyRegisteredT registered;
        registered.party = id(party);
        registered.name = party;
        desk.hear(registered);
    }
    inventory::LocationDefinedT place;
    place.location = place.warehouse = id("WH");
    place.kind = inventory::LocationKind::internal;
    desk.hear(place);
    for (const char* item : {"I-0", "I-1", "I-2"}) {
        inventory::StockItemDefinedT stocked;
        stocked.item = id(item);
        stocked.kind = inventory::ItemKind::stockable;
        stocked.posting_group = id("GOODS");
        desk.hear(stocked);
    }
    for (const auto& [item, kind] :
         {std::pair{"I-2", ItemKind::goods},
          std::pair{"I-3", ItemKind::goods},
          std::pair{"I-4", ItemKind::service}}) {
        DefinePurchaseItemT bought;
        bought.item = id(item);
        bought.name = item;
        bought.kind = kind;
        bought.posting_group = id("OFFICE");
        bought.tax_code = id("B20");
        REQUIRE(desk.submit(bought) == Refusal::none);
    }
    SetPurchasingPolicyT policy;
    policy.over_delivery = Rate::from_ppm(static_cast<std::int64_t>(tolerance) * 10'000);
    policy.bill_quantity = Rate::from_ppm(static_cast<std::int64_t>(tolerance) * 5'000);
    policy.bill_price = Rate::from_ppm(20'000);
    policy.order_free_up_to = eur(50'000);
    REQUIRE(desk.submit(policy) == Refusal::none);
    for (const auto& [holder, limit] : {std::pair{"anna", 80'000}, std::pair{"ines", 900'000}}) {
        SetApprovalLimitT set;
        set.holder = id(holder);
        set.limit = eur(limit);
        REQUIRE(desk.submit(set) == Refusal::none);
    }
    return desk;
}

// ---- Random commands

struct Counts {
    std::uint64_t orders = 0;
    std::uint64_t receipts = 0;
    std::uint64_t returns = 0;
    std::uint64_t bills = 0;
    std::uint64_t releases = 0;
};

Quantity some_quantity(Prng& prng, std::int64_t most = 20'000) {
    return Quantity::from_milli(prng.between(1, most));
}

std::unique_ptr<OrderLineT> order_line(Prng& prng, Currency currency) {
    auto line = std::make_unique<OrderLineT>();
    line->item = name("I-", prng.below(5));
    line->quantity = some_quantity(prng);
    line->price = UnitPrice::from_micro(prng.between(0, 40'000'000), currency);
    if (prng.chance(20)) line->discount = Rate::from_ppm(123'456);
    return line;
}

Refusal place(Desk& desk, Prng& prng, Counts& counts) {
    PlaceOrderT order;
    order.order = name("PO-", counts.orders++);
    order.supplier = name("S-", prng.below(3));
    order.currency = prng.chance(30) ? usd() : Currency::eur;
    order.warehouse = id("WH");
    if (prng.chance(30)) order.bill_control = BillControl::on_order;
    for (std::uint64_t i = prng.below(3) + 1; i > 0; --i) {
        order.lines.push_back(order_line(prng, order.currency));
    }
    return desk.submit(order);
}

Refusal change(Desk& desk, Prng& prng, Counts& counts) {
    const Id order = name("PO-", prng.below(counts.orders + 1));
    switch (prng.below(8)) {
        case 0: {
            HoldOrderT hold;
            hold.order = order;
            hold.reason = "why";
            return desk.submit(hold);
        }
        case 1: {
            CloseOrderT close;
            close.order = order;
            close.reason = "why";
            return prng.chance(30) ? desk.submit(close) : Refusal::none;
        }
        case 2: {
            CancelOrderT cancel;
            cancel.order = order;
            cancel.reason = "why";
            return desk.submit(cancel);
        }
        case 3:
        case 4: {
            ReleaseOrderT release;
            release.order = order;
            return desk.submit(release);
        }
        case 5: {
            const Order* known = desk.state.orders.find(order);
            if (known == nullptr) return Refusal::order_unknown;
            AmendOrderT amend;
            amend.order = order;
            amend.reason = "why";
            for (std::size_t i = 0; i < known->lines.size() + prng.below(2); ++i) {
                amend.lines.push_back(order_line(prng, known->currency));
                if (i < known->lines.size()) amend.lines.back()->item = known->lines[i].item;
            }
            return desk.submit(amend);
        }
        default: {
            ApproveOrderT approve;
            approve.order = order;
            return desk.submit(approve);
        }
    }
}

Refusal receive(Desk& desk, Prng& prng, Counts& counts) {
    ReceiveGoodsT receipt;
    receipt.receipt = name("GR-", counts.receipts++);
    receipt.order = name("PO-", prng.below(counts.orders + 1));
    receipt.exchange_rate = ExchangeRate::from_micro(prng.between(880'000, 940'000));
    if (prng.chance(70)) {
        for (std::uint64_t i = prng.below(3) + 1; i > 0; --i) {
            auto line = std::make_unique<ReceivedGoodsT>();
            line->order_line = static_cast<std::uint16_t>(prng.below(3) + 1);
            line->quantity = some_quantity(prng, 9'000);
            if (prng.chance(20)) {
                line->rejected = Quantity::from_milli(prng.between(0, line->quantity.milli()));
                line->reject_reason = RejectReason::damaged;
            }
            receipt.lines.push_back(std::move(line));
        }
    }
    return desk.submit(receipt);
}

Refusal send_back(Desk& desk, Prng& prng, Counts& counts) {
    ReturnGoodsT back;
    back.goods_return = name("RT-", counts.returns++);
    back.receipt = name("GR-", prng.below(counts.receipts + 1));
    back.reason = RejectReason::poor_quality;
    back.is_replaced = prng.chance(50);
    if (prng.chance(80)) {
        auto line = std::make_unique<ReturnedGoodsT>();
        line->receipt_line = static_cast<std::uint16_t>(prng.below(2) + 1);
        if (prng.chance(70)) line->quantity = some_quantity(prng, 4'000);
        back.lines.push_back(std::move(line));
    }
    return desk.submit(back);
}

Refusal bill(Desk& desk, Prng& prng, Counts& counts) {
    const Id order_id = name("PO-", prng.below(counts.orders + 1));
    const Order* order = desk.state.orders.find(order_id);
    RecordSupplierBillT bill;
    bill.bill = name("B-", counts.bills);
    bill.number = "F-" + std::to_string(counts.bills++);
    bill.supplier = order == nullptr ? id("S-0") : order->supplier;
    bill.is_credit_note = prng.chance(20);
    bill.exchange_rate = ExchangeRate::from_micro(prng.between(880'000, 940'000));
    for (std::uint64_t i = prng.below(2) + 1; i > 0; --i) {
        auto line = std::make_unique<SupplierBillLineT>();
        line->order = order_id;
        line->order_line = static_cast<std::uint16_t>(prng.below(3) + 1);
        if (prng.chance(50)) {
            line->quantity = some_quantity(prng, 9'000);
        }
        if (prng.chance(30) && order != nullptr && line->order_line <= order->lines.size()) {
            const std::int64_t micro = order->lines[line->order_line - 1U].price.micro();
            line->price = UnitPrice::from_micro(
                micro + prng.between(-micro / 30, micro / 30), order->currency
            );
        }
        line->is_final = !bill.is_credit_note && prng.chance(10);
        bill.lines.push_back(std::move(line));
    }
    return desk.submit(bill);
}

Refusal resolve(Desk& desk, Prng& prng, Counts& counts) {
    ResolveMatchExceptionT resolving;
    resolving.bill = name("B-", prng.below(counts.bills + 1));
    resolving.resolution = prng.chance(60) ? Resolution::accept : Resolution::reject;
    resolving.reason = "why";
    return desk.submit(resolving);
}

Refusal release(Desk& desk, Prng& prng, Counts& counts) {
    ReleaseAccrualsT release;
    release.release = name("RL-", counts.releases++);
    release.order = name("PO-", prng.below(counts.orders + 1));
    release.reason = "why";
    return desk.submit(release);
}

Refusal step(Desk& desk, Prng& prng, Counts& counts) {
    constexpr const char* people[]{"anna", "bruno", "ines"};
    desk.actor = id(people[prng.below(3)]);
    const std::uint64_t choice = prng.below(100);
    if (choice < 12) return place(desk, prng, counts);
    if (choice < 30) return change(desk, prng, counts);
    if (choice < 55) return receive(desk, prng, counts);
    if (choice < 65) return send_back(desk, prng, counts);
    if (choice < 90) return bill(desk, prng, counts);
    if (choice < 98) return resolve(desk, prng, counts);
    return release(desk, prng, counts);
}

}  // namespace

TEST_CASE("random purchases stay within tolerances, limits and four eyes, and add up") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng prng{seed};
    std::map<Refusal, int> refusals;
    std::map<Event, int> seen;
    for (std::uint64_t history = 0; history < 800; ++history) {
        Desk desk = open_desk(history % 4 * 3);
        Counts counts;
        for (int i = 0; i < 250; ++i) {
            const Bytes before = i % 50 == 0 ? desk.saved() : Bytes{};
            const Refusal refusal = step(desk, prng, counts);
            ++refusals[refusal];
            if (refusal != Refusal::none && !before.empty()) CHECK(before == desk.saved());
            if (i % 10 == 0) desk.check_orders();
        }
        desk.check_orders();
        for (const EventRecordT& record : desk.events) ++seen[record.event.type];
    }
    for (const Event wanted :
         {Event::OrderPlaced,
          Event::OrderApproved,
          Event::OrderAmended,
          Event::GoodsReceived,
          Event::GoodsReturnedToSupplier,
          Event::BillMatched,
          Event::MatchExceptionRaised,
          Event::MatchExceptionResolved,
          Event::AccrualsReleased}) {
        CAPTURE(std::string{EnumNameEvent(wanted)});
        CHECK(seen[wanted] > 20);
    }
    for (const Refusal wanted :
         {Refusal::more_than_tolerated,
          Refusal::requester_may_not_approve,
          Refusal::approval_limit_exceeded,
          Refusal::recorder_may_not_resolve,
          Refusal::nothing_to_credit,
          Refusal::less_than_received}) {
        CAPTURE(std::string{EnumNameRefusal(wanted)});
        CHECK(refusals[wanted] > 0);
    }
}

TEST_CASE("when all is billed, sent back or let go of, nothing is accrued") {
    const std::uint64_t seed = test_seed() + 1;
    CAPTURE(seed);
    Prng prng{seed};
    for (std::uint64_t history = 0; history < 400; ++history) {
        Desk desk = open_desk(history % 3 * 4);
        Counts counts;
        for (int i = 0; i < 150; ++i) (void)step(desk, prng, counts);
        for (const Id& order : desk.orders()) {
            ReleaseOrderT held;
            held.order = order;
            (void)desk.submit(held);
            const std::size_t count = desk.state.orders.find(order)->lines.size();
            for (std::size_t i = 0; i < count; ++i) {
                RecordSupplierBillT bill;
                bill.bill = name("B-", counts.bills);
                bill.number = "F-" + std::to_string(counts.bills++);
                bill.supplier = desk.state.orders.find(order)->supplier;
                auto line = std::make_unique<SupplierBillLineT>();
                line->order = order;
                line->order_line = static_cast<std::uint16_t>(i + 1);
                bill.lines.push_back(std::move(line));
                (void)desk.submit(bill);
            }
            ReleaseAccrualsT release;
            release.release = name("RL-", counts.releases++);
            release.order = order;
            release.reason = "the end";
            (void)desk.submit(release);
        }
        desk.check_orders();
        CHECK(desk.accrued_minor == 0);
        for (const Id& order : desk.orders()) {
            for (const OrderLineState& line : desk.state.orders.find(order)->lines) {
                CHECK(line.transit.quantity.is_zero());
                CHECK(line.credit_expected.quantity.is_zero());
            }
        }
    }
}

TEST_CASE("random purchases replay, save and load to the same bytes, and a batch can be undone") {
    const std::uint64_t seed = test_seed() + 2;
    CAPTURE(seed);
    Prng prng{seed};
    Desk desk = open_desk(5);
    Counts counts;
    for (int i = 0; i < 500; ++i) (void)step(desk, prng, counts);
    Desk replayed = open_desk(5);
    const std::size_t set_up = replayed.events.size();
    for (std::size_t i = set_up; i < desk.events.size(); ++i) replayed.apply_event(desk.events[i]);
    const Bytes saved = desk.saved();
    CHECK(saved == replayed.saved());

    Purchasing loaded;
    REQUIRE(module.load(&loaded, saved));
    Bytes again;
    module.save(&loaded, again);
    CHECK(saved == again);

    module.begin(&desk.state);
    for (int i = 0; i < 100; ++i) (void)step(desk, prng, counts);
    CHECK(saved != desk.saved());
    module.rollback(&desk.state);
    CHECK(saved == desk.saved());
}

TEST_CASE("a line received in any parts comes to the same as received at once") {
    const std::uint64_t seed = test_seed() + 3;
    CAPTURE(seed);
    Prng prng{seed};
    for (int round = 0; round < 20'000; ++round) {
        const Currency currency =
            *currency_from_code(std::array{"EUR", "JPY", "TND"}[prng.below(3)]);
        Worth whole{
            .price = UnitPrice::from_micro(prng.between(0, 9'999'999), currency),
            .quantity = Quantity::from_milli(prng.between(1, 50'000)),
            .discount = Rate::from_ppm(prng.chance(50) ? 0 : prng.between(0, 1'000'000)),
            .rate =
                ExchangeRate::from_micro(prng.chance(50) ? 1'000'000 : prng.between(1, 3'000'000)),
            .currency = currency};
        const auto at_once = worth_of(whole, 0);
        REQUIRE(at_once.has_value());
        std::int64_t carry = 0;
        Money sum = Money::from_minor(0, currency);
        std::int64_t left = whole.quantity.milli();
        while (left > 0) {
            Worth part = whole;
            part.quantity = Quantity::from_milli(prng.between(0, left));
            left -= part.quantity.milli();
            const auto worth = worth_of(part, carry);
            REQUIRE(worth.has_value());
            CHECK(!worth->money.is_negative());
            carry = worth->carry;
            sum += worth->money;
        }
        CHECK(sum == at_once->money);
    }
}

TEST_CASE("what is taken out of a portion in any parts leaves nothing behind") {
    const std::uint64_t seed = test_seed() + 4;
    CAPTURE(seed);
    Prng prng{seed};
    for (int round = 0; round < 5'000; ++round) {
        const Portion whole{
            .quantity = Quantity::from_milli(prng.between(1, 9'000)),
            .value = eur(prng.between(0, 100'000)),
            .net = Money::from_minor(prng.between(0, 100'000), usd())};
        Portion left = whole;
        Portion taken;
        while (!left.quantity.is_zero()) {
            const Portion part =
                take(left, Quantity::from_milli(prng.between(0, left.quantity.milli())));
            CHECK(!part.value.is_negative());
            CHECK(!left.value.is_negative());
            put(taken, part);
        }
        CHECK(taken.quantity == whole.quantity);
        CHECK(taken.value.minor() == whole.value.minor());
        CHECK(taken.net.minor() == whole.net.minor());
        CHECK(left.value.is_zero());
    }
}

TEST_CASE("a document has a day of the calendar, and limits with names") {
    Desk desk = open_desk(0);
    DraftRequestT draft;
    draft.request = id("PR-1");
    draft.date = date_max.plus_days(1);
    auto line = std::make_unique<RequestLineT>();
    line->item = id("I-3");
    line->quantity = Quantity::from_milli(1'000);
    line->estimate = UnitPrice::from_micro(1'000'000, Currency::eur);
    draft.lines.push_back(std::move(line));
    CHECK(desk.submit(draft) == Refusal::date_out_of_range);
    draft.date = date_max;
    draft.lines.front()->text = std::string(text_bytes_max + 1, 'x');
    CHECK(desk.submit(draft) == Refusal::text_too_long);
    draft.lines.front()->text.pop_back();
    while (draft.lines.size() <= lines_max) {
        draft.lines.push_back(std::make_unique<RequestLineT>(*draft.lines.front()));
        draft.lines.back()->text.clear();
    }
    CHECK(desk.submit(draft) == Refusal::too_many_lines);
    draft.lines.pop_back();
    CHECK(desk.submit(draft) == Refusal::none);
    CHECK(desk.state.requests.get(id("PR-1")).amount == eur(1'000'000));
}
