// Sales over random histories: totals add up in every direction, numbers have no gap, nothing is
// invoiced or credited twice, and the exposure is what the documents say.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/prng.hpp"
#include "engine/domain/sales/credit.hpp"
#include "engine/domain/sales/pricing.hpp"
#include "engine/domain/sales/rules.hpp"
#include "tests/support/seed.hpp"

namespace daybook::sales {
extern const Module module;
}

using namespace daybook;
using namespace daybook::sales;

namespace {

Id id(const std::string& text) {
    return id_from_code(text);
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

// The module's state with its own events applied, as the engine would.
class Shop {
 public:
    Sales state;
    Date today = Date::of(2026, 1, 1);
    std::vector<EventRecordT> events;

    template <class Command>
    Refusal submit(const Command& command) {
        const Packed<Command> packed{command};
        const Context context{.actor = id("anna"), .today = today};
        const sales::Decision decision = decided(packed.get(), context);
        if (decision.is_refused()) return decision.refusal();
        for (const EventRecordT& event : decision.events()) {
            apply_event(event);
            events.push_back(event);
        }
        return Refusal::none;
    }
    template <class Event>
    void hear(const Event& event) {
        const Packed<Event> packed{event};
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

 private:
    template <class Command>
    sales::Decision decided(const Command& command, const Context& context) {
        if constexpr (requires { decide(state, command, context); }) {
            return decide(state, command, context);
        } else {
            return decide(state, command);
        }
    }
};

constexpr int party_count = 4;
constexpr int item_count = 6;

void define_tax(Shop& shop, const std::string& code, std::int64_t ppm) {
    accounting::TaxCodeDefinedT defined;
    defined.tax_code = id(code);
    defined.name = code;
    defined.side = accounting::TaxSide::output;
    shop.hear(defined);
    accounting::TaxRateSetT rate;
    rate.tax_code = id(code);
    rate.rate = Rate::from_ppm(ppm);
    rate.from = Date::of(2020, 1, 1);
    shop.hear(rate);
}

Shop open_shop() {
    Shop shop;
    for (int i = 0; i < party_count; ++i) {
        crm::PartyRegisteredT party;
        party.party = id("C-" + std::to_string(i));
        party.name = "Customer";
        shop.hear(party);
    }
    define_tax(shop, "T20", 200'000);
    define_tax(shop, "T55", 55'000);
    for (int i = 0; i < item_count; ++i) {
        DefineItemT item;
        item.item = id("I-" + std::to_string(i));
        item.name = "Item";
        item.posting_group = id(i % 2 == 0 ? "GOODS" : "FOOD");
        if (i % 3 != 0) item.tax_code = id(i % 3 == 1 ? "T20" : "T55");
        REQUIRE(shop.submit(item) == Refusal::none);
    }
    DefineNumberSeriesT series;
    series.series = id("F");
    series.pattern = "F{year}-{number:4}";
    series.is_default_for_invoices = true;
    REQUIRE(shop.submit(series) == Refusal::none);
    series.series = id("A");
    series.pattern = "A{number:4}";
    series.is_default_for_invoices = false;
    series.is_default_for_credit_notes = true;
    REQUIRE(shop.submit(series) == Refusal::none);
    DefinePaymentTermsT terms;
    terms.payment_terms = id("THIRDS");
    terms.name = "In three parts";
    for (const std::int64_t ppm : {333'333, 333'333, 333'334}) {
        auto& part = terms.instalments.emplace_back(std::make_unique<InstalmentTermT>());
        part->share = Rate::from_ppm(ppm);
        part->days = 30;
        part->end_of_month = true;
    }
    REQUIRE(shop.submit(terms) == Refusal::none);
    SetCustomerTermsT customer;
    customer.party = id("C-0");
    customer.currency = Currency::eur;
    customer.payment_terms = id("THIRDS");
    customer.has_credit_limit = true;
    customer.credit_limit = Money::from_minor(500'000, Currency::eur);
    REQUIRE(shop.submit(customer) == Refusal::none);
    return shop;
}

std::unique_ptr<LineT> random_line(Prng& prng) {
    auto line = std::make_unique<LineT>();
    const auto kind = prng.below(10);
    line->kind = kind == 0   ? LineKind::text
                 : kind == 1 ? LineKind::charge
                 : kind == 2 ? LineKind::discount
                             : LineKind::item;
    line->text = kind == 0 ? "words" : "";
    if (line->kind == LineKind::item) {
        line->item = id("I-" + std::to_string(prng.below(item_count + 1)));
    }
    line->posting_group = id("GOODS");
    if (line->kind == LineKind::charge) line->tax_code = id("T20");
    line->quantity = Quantity::from_milli(static_cast<std::int64_t>(prng.below(20'000)) - 1'500);
    if (line->kind == LineKind::discount) line->quantity = Quantity::from_milli(1'000);
    const auto micro = static_cast<std::int64_t>(prng.below(30'000'000));
    line->price = UnitPrice::from_micro(
        line->kind == LineKind::discount ? -micro / 10 : micro, Currency::eur
    );
    if (prng.below(4) == 0) line->discount = Rate::from_ppm(123'456);
    return line;
}

template <class Command>
void put_document(Prng& prng, Command& command) {
    command.party = id("C-" + std::to_string(prng.below(party_count)));
    command.currency = Currency::eur;
    command.prices_include_tax = prng.below(3) == 0;
    if (prng.below(5) == 0) command.discount = Rate::from_ppm(75'000);
    const auto count = prng.below(7);
    for (std::uint64_t i = 0; i < count; ++i) command.lines.push_back(random_line(prng));
}

// What a random history knows of its own documents, to name them again.
struct Names {
    std::uint64_t quotations = 0;
    std::uint64_t orders = 0;
    std::uint64_t invoices = 0;
    std::uint64_t credit_notes = 0;
};
Id name(std::string_view prefix, std::uint64_t number) {
    return id(std::string{prefix} + std::to_string(number));
}

// Some lines of another document, now and then too many of them.
template <class Command>
void take_lines(Prng& prng, Command& command) {
    if (prng.below(2) == 0) return;
    for (std::uint64_t i = prng.below(3) + 1; i > 0; --i) {
        auto line = std::make_unique<LineT>();
        line->source_line = static_cast<std::uint16_t>(prng.below(5) + 1);
        line->quantity = Quantity::from_milli(static_cast<std::int64_t>(prng.below(6'000)));
        command.lines.push_back(std::move(line));
    }
}

Refusal quote(Shop& shop, Prng& prng, Names& names) {
    switch (prng.below(5)) {
        case 0: {
            SendQuotationT send;
            send.quotation = name("Q-", prng.below(names.quotations + 1));
            return shop.submit(send);
        }
        case 1: {
            AcceptQuotationT accept;
            accept.quotation = name("Q-", prng.below(names.quotations + 1));
            return shop.submit(accept);
        }
        case 2: {
            ConfirmOrderT confirm;
            confirm.order = name("O-", names.orders++);
            confirm.quotation = name("Q-", prng.below(names.quotations + 1));
            return shop.submit(confirm);
        }
        default: {
            DraftQuotationT draft;
            draft.quotation = name("Q-", names.quotations++);
            put_document(prng, draft);
            return shop.submit(draft);
        }
    }
}

Refusal order(Shop& shop, Prng& prng, Names& names) {
    const Id some_order = name("O-", prng.below(names.orders + 1));
    switch (prng.below(6)) {
        case 0: {
            HoldOrderT hold;
            hold.order = some_order;
            return shop.submit(hold);
        }
        case 1: {
            ReleaseOrderT release;
            release.order = some_order;
            return shop.submit(release);
        }
        case 2: {
            AmendOrderT amend;
            amend.order = some_order;
            for (int i = 0; i < 5; ++i) amend.lines.push_back(random_line(prng));
            return shop.submit(amend);
        }
        case 3: {
            CloseOrderT close;
            close.order = some_order;
            return prng.below(4) == 0 ? shop.submit(close) : Refusal::none;
        }
        default: {
            ConfirmOrderT confirm;
            confirm.order = name("O-", names.orders++);
            put_document(prng, confirm);
            return shop.submit(confirm);
        }
    }
}

Refusal invoice(Shop& shop, Prng& prng, Names& names) {
    IssueInvoiceT issue;
    issue.invoice = name("N-", names.invoices++);
    issue.date = shop.today.plus_days(-static_cast<std::int32_t>(prng.below(3)));
    if (prng.below(2) == 0) {
        issue.order = name("O-", prng.below(names.orders + 1));
        take_lines(prng, issue);
    } else {
        put_document(prng, issue);
    }
    return shop.submit(issue);
}

Refusal credit(Shop& shop, Prng& prng, Names& names) {
    IssueCreditNoteT issue;
    issue.credit_note = name("K-", names.credit_notes++);
    if (prng.below(3) != 0) {
        issue.invoice = name("N-", prng.below(names.invoices + 1));
        take_lines(prng, issue);
    } else {
        put_document(prng, issue);
    }
    return shop.submit(issue);
}

Refusal step(Shop& shop, Prng& prng, Names& names) {
    if (prng.below(4) == 0) shop.today = shop.today.plus_days(1);
    switch (prng.below(4)) {
        case 0: return quote(shop, prng, names);
        case 1: return order(shop, prng, names);
        case 2: return invoice(shop, prng, names);
        default: return credit(shop, prng, names);
    }
}

// The sum of quantity x price x (1 - discount), in 10^-15 of the major unit.
template <class Event>
Wide exact_of(const Event& event) {
    Wide exact = 0;
    for (const PricedLine& line : event.lines) {
        exact += static_cast<Wide>(line.price().micro()) * line.quantity().milli() *
                 (Rate::one_ppm - line.discount().ppm());
    }
    return exact;
}

template <class Event>
void check_totals(const Event& event) {
    Wide net = 0;
    Wide tax = 0;
    for (const PricedLine& line : event.lines) {
        net += line.net().minor();
        tax += line.tax().minor();
    }
    CHECK(net == event.net.minor());
    CHECK(tax == event.tax.minor());
    CHECK(event.net + event.tax == event.gross);
    Wide taxes = 0;
    for (const TaxTotal& total : event.taxes) taxes += total.tax().minor();
    CHECK(taxes == event.tax.minor());
    const Wide rounded = event.prices_include_tax ? event.gross.minor() : event.net.minor();
    constexpr Wide per_cent = 10'000'000'000'000;  // 10^-15 of the major unit in one cent.
    const Wide difference = exact_of(event) - rounded * per_cent;
    CHECK(divide(difference, 1'000'000'000, Rounding::half_even) == event.rounding_micro);
}

// The tax of each code is that of the code's sum, rounded once.
template <class Event>
void check_taxes(const Event& event) {
    for (const TaxTotal& total : event.taxes) {
        const Wide ppm = total.rate().ppm();
        const Wide base = total.base().minor();
        const Wide whole = base + total.tax().minor();
        const Wide expected = event.prices_include_tax
                                  ? divide(whole * ppm, Rate::one_ppm + ppm, Rounding::half_up)
                                  : divide(base * ppm, Rate::one_ppm, Rounding::half_up);
        CHECK(expected == total.tax().minor());
    }
}

struct Sums {
    Wide quantity = 0;
    Wide net = 0;
    Wide tax = 0;
};
// Quantities and amounts by document and line.
using Taken = std::map<std::pair<Id, std::uint16_t>, Sums>;

template <class Event>
void take(Taken& taken, Id source, const Event& event) {
    for (const PricedLine& line : event.lines) {
        if (line.source_line() == 0) continue;
        Sums& sums = taken[{source, line.source_line()}];
        sums.quantity += line.quantity().milli();
        sums.net += line.net().minor();
        sums.tax += line.tax().minor();
    }
}

void check_within(const Taken& taken, Id source, const std::vector<PricedLine>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto found = taken.find({source, static_cast<std::uint16_t>(i + 1)});
        if (found == taken.end()) continue;
        const Wide whole = lines[i].quantity().milli();
        const Wide part = found->second.quantity;
        CHECK((whole < 0 ? part <= 0 && part >= whole : part >= 0 && part <= whole));
        if (part != whole) continue;
        CHECK(found->second.net == lines[i].net().minor());
        CHECK(found->second.tax == lines[i].tax().minor());
    }
}

void check_numbers(const std::vector<EventRecordT>& events) {
    std::map<std::int32_t, std::uint64_t> next;
    Date last;
    for (const EventRecordT& record : events) {
        const InvoiceIssuedT* event = record.event.AsInvoiceIssued();
        if (event == nullptr) continue;
        CHECK(event->date >= last);
        last = event->date;
        const std::uint64_t number = ++next[event->date.year()];
        CHECK(event->number == fmt::format("F{}-{:04}", event->date.year(), number));
    }
}

}  // namespace

TEST_CASE("a random year of sales keeps every total, number and limit") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng prng{seed};
    Shop shop = open_shop();
    Names names;
    std::map<Refusal, int> refusals;
    for (int i = 0; i < 6'000; ++i) {
        const Bytes before = i % 100 == 0 ? shop.saved() : Bytes{};
        const Refusal refusal = step(shop, prng, names);
        ++refusals[refusal];
        if (refusal != Refusal::none && !before.empty()) CHECK(before == shop.saved());
        CHECK(exposure_minor(shop.state, id("C-0"), Currency::eur) <= 500'000);
    }

    Taken credited;
    std::map<Id, std::vector<PricedLine>> invoiced;
    Wide receivable = 0;
    int invoice_count = 0;
    int credit_count = 0;
    for (const EventRecordT& record : shop.events) {
        if (const auto* event = record.event.AsQuotationDrafted()) check_totals(*event);
        if (const auto* event = record.event.AsOrderConfirmed()) check_totals(*event);
        if (const auto* event = record.event.AsOrderAmended()) check_totals(*event);
        if (const auto* event = record.event.AsInvoiceIssued()) {
            ++invoice_count;
            check_totals(*event);
            check_taxes(*event);
            Money due;
            for (const Instalment& part : event->instalments) due += read(part.amount());
            CHECK(due == event->gross);
            invoiced[event->invoice] = event->lines;
            receivable += event->gross.minor();
        }
        if (const auto* event = record.event.AsCreditNoteIssued()) {
            ++credit_count;
            if (event->invoice.is_none()) check_totals(*event);
            if (!event->invoice.is_none()) take(credited, event->invoice, *event);
            receivable -= event->gross.minor();
        }
    }
    CHECK(invoice_count > 300);
    CHECK(credit_count > 150);
    CHECK(refusals.size() > 15);
    for (const auto& [invoice_id, lines] : invoiced) check_within(credited, invoice_id, lines);
    check_numbers(shop.events);

    Wide open = 0;
    Wide exposure = 0;
    for (int i = 0; i < party_count; ++i) {
        exposure +=
            exposure_minor(shop.state, name("C-", static_cast<std::uint64_t>(i)), Currency::eur);
    }
    for (std::uint64_t i = 0; i < names.orders; ++i) {
        open += shop.state.orders.get(name("O-", i)).open.minor();
    }
    CHECK(exposure == open + receivable);
}

TEST_CASE("a random year replays, saves and loads to the same bytes, and a batch can be undone") {
    const std::uint64_t seed = test_seed() + 1;
    CAPTURE(seed);
    Prng prng{seed};
    Shop shop = open_shop();
    Names names;
    for (int i = 0; i < 800; ++i) (void)step(shop, prng, names);
    Shop replayed = open_shop();
    const std::size_t set_up = replayed.events.size();
    for (std::size_t i = set_up; i < shop.events.size(); ++i) replayed.apply_event(shop.events[i]);
    const Bytes saved = shop.saved();
    CHECK(saved == replayed.saved());

    Sales loaded;
    REQUIRE(module.load(&loaded, saved));
    Bytes again;
    module.save(&loaded, again);
    CHECK(saved == again);

    module.begin(&shop.state);
    for (int i = 0; i < 200; ++i) (void)step(shop, prng, names);
    CHECK(saved != shop.saved());
    module.rollback(&shop.state);
    CHECK(saved == shop.saved());
}

TEST_CASE("an invoice may have as many lines as a wholesaler prints, and a limit has a name") {
    Shop shop = open_shop();
    IssueInvoiceT issue;
    issue.invoice = id("N-1");
    issue.party = id("C-1");
    issue.currency = Currency::eur;
    for (std::size_t i = 0; i < lines_max; ++i) {
        auto line = std::make_unique<LineT>();
        line->item = id("I-1");
        line->quantity = Quantity::from_milli(1'000);
        line->price = UnitPrice::from_micro(2'555'000, Currency::eur);
        issue.lines.push_back(std::move(line));
    }
    REQUIRE(shop.submit(issue) == Refusal::none);
    const InvoiceIssuedT& event = *shop.events.back().event.AsInvoiceIssued();
    check_totals(event);
    check_taxes(event);
    CHECK(event.net == Money::from_minor(2'560'000, Currency::eur));

    issue.invoice = id("N-2");
    auto line = std::make_unique<LineT>(*issue.lines.front());
    issue.lines.push_back(std::move(line));
    CHECK(shop.submit(issue) == Refusal::too_many_lines);
    issue.lines.resize(1);
    issue.lines.front()->text = std::string(text_bytes_max, 'x');
    CHECK(shop.submit(issue) == Refusal::none);
    issue.invoice = id("N-3");
    issue.lines.front()->text += 'x';
    CHECK(shop.submit(issue) == Refusal::text_too_long);

    DefinePaymentTermsT terms;
    terms.payment_terms = id("MANY");
    terms.name = "In many parts";
    for (std::size_t i = 0; i <= instalments_max; ++i) {
        auto& part = terms.instalments.emplace_back(std::make_unique<InstalmentTermT>());
        part->share = Rate::from_ppm(10);
    }
    CHECK(shop.submit(terms) == Refusal::too_many_instalments);
}

TEST_CASE("tax is shared to the last cent, whatever the signs of the lines") {
    const std::uint64_t seed = test_seed() + 2;
    CAPTURE(seed);
    Prng prng{seed};
    for (int round = 0; round < 2'000; ++round) {
        std::vector<std::int64_t> amounts;
        Wide sum = 0;
        for (std::uint64_t i = prng.below(30); i > 0; --i) {
            amounts.push_back(static_cast<std::int64_t>(prng.below(2'000'000)) - 700'000);
            sum += amounts.back();
        }
        const auto part = static_cast<std::int64_t>(prng.below(400'000));
        const std::int64_t whole = Rate::one_ppm + (round % 2 == 0 ? part : 0);
        const auto shares = shared_tax(amounts, part, whole);
        REQUIRE(shares.size() == amounts.size());
        Wide shared = 0;
        for (std::size_t i = 0; i < shares.size(); ++i) {
            shared += shares[i];
            // No line is more than a cent away from its own tax.
            const Wide away =
                static_cast<Wide>(amounts[i]) * part - static_cast<Wide>(shares[i]) * whole;
            CHECK(away < whole);
            CHECK(away > -whole);
        }
        CHECK(shared == divide(sum * part, whole, Rounding::half_up));
    }
}
