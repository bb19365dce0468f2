// What sales remembers between commands: what its rules ask for and nothing that only a report
// shows. A quotation, order or invoice that can no longer change leaves the state; its id stays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/module.hpp"
#include "schemas/sales.hpp"

namespace daybook::sales {

using Decision = daybook::Decision<EventRecordT, Refusal>;

inline constexpr std::size_t lines_max = 10'000;      // Of one document.
inline constexpr std::size_t instalments_max = 36;    // Of one set of payment terms.
inline constexpr std::size_t text_bytes_max = 4'096;  // Of one line.
inline constexpr std::size_t number_bytes_max = 35;   // Of a document's number.
inline constexpr std::size_t country_bytes_max = 64;
// Of one document, all its lines without their signs. Ninety thousand such documents still add up
// within 64 bits, so that no total of any report can overflow.
inline constexpr std::int64_t amount_minor_max = 100'000'000'000'000;
inline constexpr std::int64_t quantity_milli_max = 100'000'000'000'000;
inline constexpr std::uint64_t first_number_max = 1'000'000'000'000;
static_assert(lines_max <= 65'535, "a line's number has 16 bits");

// A party as crm registered it.
struct Party {
    bool is_active = false;
    Id merged_into;          // None, or the party that now stands for this one.
    std::vector<Id> merged;  // Those that this one stands for.
};

struct Item {
    Id posting_group;
    Id tax_code;  // None: not taxed.
    bool is_active = false;
};

struct PriceList {
    Currency currency = Currency::none;
    bool includes_tax = false;
};
struct PriceKey {
    Id price_list;
    Id item;
    Date valid_from;
    Quantity from_quantity;
    friend auto operator<=>(const PriceKey&, const PriceKey&) = default;
};
struct Price {
    UnitPrice price;
    Date valid_until;  // None: for ever.
};

struct Term {
    Rate share;
    std::uint16_t days = 0;
    bool end_of_month = false;
};
struct PaymentTerms {
    std::vector<Term> instalments;
};
struct CustomerTerms {
    Currency currency = Currency::none;
    Id payment_terms;
    Id price_list;
    Id tax_code;
    std::string country;
    bool has_credit_limit = false;
    Money credit_limit;
};

struct Series {
    std::string pattern;
    std::uint64_t first_number = 1;
    bool is_external = false;
    Date last_date;  // Of its last document: numbers and dates rise together.
};
struct CounterKey {
    Id series;
    std::int32_t year = 0;  // 0 when the pattern has no year.
    friend auto operator<=>(const CounterKey&, const CounterKey&) = default;
};
struct SeriesNumber {
    Id series;
    std::string number;
    friend auto operator<=>(const SeriesNumber&, const SeriesNumber&) = default;
};
struct Policy {
    InvoiceBasis basis = InvoiceBasis::ordered;
    Rate over_delivery;
};
struct DefaultSeries {
    Id invoices;
    Id credit_notes;
};

// A tax code's rates in the order of their first days.
struct DatedRate {
    Date from;
    Rate rate;
};
struct TaxCode {
    bool is_for_sales = true;
    bool is_charged = true;  // Not when exempt, nor when the customer owes the tax himself.
    std::vector<DatedRate> rates;
};

enum class DocumentKind : std::uint8_t {
    none,
    quotation,
    order,
    invoice,
    credit_note,
    delivery,
    goods_return
};
struct Document {
    DocumentKind kind = DocumentKind::none;
    Id party;
};

// A line of a quotation or an order, and of any document while it is worked out.
struct DraftLine {
    LineKind kind = LineKind::item;
    Id item;
    Id tax_code;
    Id posting_group;
    Quantity quantity;
    UnitPrice price;
    Rate discount;
    Money net;
    Money tax;
    std::uint16_t source_line = 0;
    std::uint16_t order_line = 0;
    std::uint16_t delivery_line = 0;
    bool is_goods = false;
    std::string text;
};

enum class QuotationStatus : std::uint8_t { drafted, sent, accepted, ordered };

struct Quotation {
    QuotationStatus status = QuotationStatus::drafted;
    Id party;
    Date date;
    Date valid_until;
    Currency currency = Currency::none;
    bool includes_tax = false;
    std::string reference;
    std::vector<DraftLine> lines;
};

struct OrderLine {
    DraftLine line;
    Quantity invoiced;   // Of the line's sign.
    Quantity delivered;  // Less what came back to be replaced. Zero or more.
    Quantity returned;   // Came back for good: at most what was delivered.

    // Lines that go the other way are not delivered.
    [[nodiscard]] bool is_delivered() const { return line.is_goods && line.quantity.milli() > 0; }
};
struct Order {
    Id party;
    Date date;
    Currency currency = Currency::none;
    bool includes_tax = false;
    bool is_held = false;
    bool is_closed_short = false;  // Only what was delivered may still be invoiced.
    InvoiceBasis basis = InvoiceBasis::ordered;
    Rate over_delivery;
    std::string reference;
    std::vector<OrderLine> lines;
    Money open;  // What is still to invoice, taxes included: its part of the exposure.
};
// An order that is not cancelled, be it open or over: what of it stands.
struct ConfirmedOrder {
    Id quotation;
    Date date;
    std::uint32_t invoices = 0;    // Not credited in full.
    std::uint32_t deliveries = 0;  // Not returned in full.
};

// A delivery for the returns and invoices that may follow.
struct DeliveryPart {
    Id item;
    Id lot;
    Quantity quantity;
    Quantity returned;
    Quantity invoiced;  // By invoices of this delivery.
    std::uint16_t order_line = 0;
    bool is_goods = false;
};
struct Delivery {
    Id party;
    Id order;
    Id warehouse;
    Date date;
    std::vector<DeliveryPart> lines;
};
// What came back, for the credit notes that may follow.
struct ReturnPart {
    Quantity quantity;
    Quantity credited;
    std::uint16_t delivery_line = 0;
    std::uint16_t order_line = 0;
};
struct Return {
    Id delivery;
    Id order;
    std::vector<ReturnPart> lines;
};

// An invoice for the credit notes that may follow: half a million lines must fit in memory, so
// that a line names its tax code and posting group by their place in the invoice's lists.
struct InvoicedLine {
    Id item;
    std::int64_t quantity_milli = 0;
    std::int64_t price_micro = 0;
    std::int64_t net_minor = 0;
    std::int64_t tax_minor = 0;
    std::int32_t discount_ppm = 0;
    std::uint16_t tax_code_index = 0;
    std::uint16_t posting_group_index = 0;
    std::uint16_t order_line = 0;
    std::uint16_t delivery_line = 0;
    LineKind kind = LineKind::item;
    bool is_goods = false;
};
struct CreditedLine {
    Quantity quantity;
    std::int64_t net_minor = 0;
    std::int64_t tax_minor = 0;
};
struct InvoiceTax {
    Id tax_code;  // None: not taxed.
    Rate rate;
};
struct Invoice {
    Id party;
    Id order;
    Id delivery;
    Date date;
    Currency currency = Currency::none;
    ExchangeRate exchange_rate;
    bool includes_tax = false;
    std::string country;
    std::vector<InvoiceTax> taxes;
    std::vector<Id> posting_groups;
    std::vector<InvoicedLine> lines;
    std::vector<CreditedLine> credited;  // Empty, or one for each line.
};

// What a party owes and has ordered, in one currency, taxes included.
struct ExposureKey {
    Id party;
    Currency currency = Currency::none;
    friend auto operator<=>(const ExposureKey&, const ExposureKey&) = default;
};
struct Exposure {
    Money orders;
    Money receivables;
};

struct Sales {
    Keyed<Party> parties;
    Keyed<TaxCode> tax_codes;
    Keyed<Item> items;
    Keyed<bool> goods;  // The items that inventory keeps: they have to be delivered.
    Keyed<PriceList> price_lists;
    Sorted<Price, PriceKey> prices;
    Keyed<PaymentTerms> payment_terms;
    Keyed<CustomerTerms> customer_terms;
    Keyed<Series> series;
    Keyed<Id, std::string> patterns;            // Who uses a pattern.
    Keyed<std::uint64_t, CounterKey> counters;  // The next number.
    Keyed<bool, SeriesNumber> external_numbers;
    Single<DefaultSeries> default_series;
    Single<Policy> policy;
    Keyed<Document> documents;    // Every one there ever was.
    Keyed<Quotation> quotations;  // Open ones, and those of orders that are not cancelled.
    Keyed<Order> orders;          // With something left to deliver or to invoice.
    Keyed<ConfirmedOrder> confirmed_orders;
    Keyed<Delivery> deliveries;  // That did not come back in full.
    Keyed<Return> returns;       // With something left to credit.
    Keyed<Invoice> invoices;     // With something left to credit.
    Keyed<Exposure, ExposureKey> exposures;
};

// A rule that said no, before it has become a Decision.
struct Refused {
    Refusal refusal = Refusal::none;
    Reason reason;
    operator Decision() const { return {refusal, reason}; }
};

// What a step of a decision worked out, or the rule that stopped it.
template <class T>
class [[nodiscard]] Judged {
 public:
    Judged(T value) : value_(std::move(value)) {}
    Judged(Refused refused) : refused_(std::move(refused)) {}
    Judged(Refusal refusal) : refused_{refusal, {}} {}

    [[nodiscard]] bool ok() const { return refused_.refusal == Refusal::none; }
    [[nodiscard]] const Refused& refused() const { return refused_; }
    [[nodiscard]] T& value() {
        DAYBOOK_ASSERT(ok());
        return value_;
    }
    [[nodiscard]] const T& value() const {
        DAYBOOK_ASSERT(ok());
        return value_;
    }

 private:
    T value_{};
    Refused refused_;
};

// A date that a command may leave out.
[[nodiscard]] inline Date date_or_today(const wire::Date* date, const Context& context) {
    const Date given = read_or_none(date);
    return given.is_none() ? context.today : given;
}
// "lines[2].price"
[[nodiscard]] std::string line_path(std::size_t index, std::string_view field);

}  // namespace daybook::sales
