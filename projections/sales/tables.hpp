// The tables of sales: what there is to sell and to whom, the documents with what became of them,
// and the totals that the reports add up.
#pragma once

#include "projections/core/projection.hpp"
#include "projections/core/two_time.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/sales.hpp"

namespace daybook::sales {

struct ItemRow {
    Id item;
    std::string name;
    std::string unit;
    Id posting_group;
    Id tax_code;
    bool is_active = false;
};
struct PriceListRow {
    Id price_list;
    std::string name;
    Currency currency = Currency::none;
    bool includes_tax = false;
};
struct PriceRow {
    Id price_list;
    Id item;
    Date valid_from;
    std::int64_t from_milli = 0;  // The key's part of the quantity.
    Quantity from_quantity;
    UnitPrice price;
    Date valid_until;
};
struct PaymentTermsRow {
    Id payment_terms;
    std::string name;
    std::string instalments;  // "50% after 30 days, 50% after 60 days to the end of the month"
};
// A party as sales knows it: its name and its terms.
struct CustomerRow {
    Id party;
    std::string name;
    Currency currency = Currency::none;
    Id payment_terms;
    Id price_list;
    Id tax_code;
    std::string country;
    bool has_credit_limit = false;
    Money credit_limit;
};
struct NumberSeriesRow {
    Id series;
    std::string pattern;
    bool is_external = false;
    std::uint64_t document_count = 0;
    std::string last_number;
    Date last_date;
};

// The words that people know; no event carries them.
enum class QuotationStage : std::uint8_t {
    draft,
    open,
    accepted,
    ordered,
    lost,
    expired,
    cancelled,
};
[[nodiscard]] const char* name_of(QuotationStage status);
struct QuotationRow {
    Id quotation;
    Id party;
    Date date;
    Date valid_until;
    QuotationStage status = QuotationStage::draft;
    std::string reference;
    Money net;
    Money tax;
    Money gross;
    Id order;
    std::uint32_t revision = 0;
    std::uint64_t position = 0;
};

// The quotation from each of its events on.
struct QuotationChangeRow {
    Id quotation;
    std::uint64_t position = 0;
    Date on;  // The event's day; `date` is that of the offer.
    QuotationStage status = QuotationStage::draft;
    Date date;
    Date valid_until;
    std::string reference;
    Money net;
    Money tax;
    Money gross;
    Id order;
};

enum class OrderStage : std::uint8_t {
    to_deliver_and_bill,
    to_deliver,
    to_bill,
    completed,
    on_hold,
    closed,
    cancelled,
};
[[nodiscard]] const char* name_of(OrderStage status);
// What an order's line still waits for.
struct OrderedLine {
    Id item;
    bool is_goods = false;
    std::int64_t quantity_milli = 0;
    std::int64_t delivered_milli = 0;  // Less what came back to be replaced.
    std::int64_t returned_milli = 0;   // Came back for good.
    std::int64_t invoiced_milli = 0;
    std::int64_t net_minor = 0;
    std::int64_t gross_minor = 0;
};
// What decides, beside a line's quantities, what it waits for.
struct OrderTerms {
    InvoiceBasis invoice_basis = InvoiceBasis::ordered;
    bool is_closed_short = false;
    bool is_cancelled = false;
};
struct OrderRow {
    Id order;
    Id party;
    Date date;
    OrderStage status = OrderStage::to_bill;
    OrderTerms terms;
    bool is_held = false;
    std::string reference;
    Id quotation;
    Money net;
    Money tax;
    Money gross;
    Money to_deliver_net;
    Money to_bill_net;
    Money to_bill_gross;
    std::vector<OrderedLine> lines;
    std::uint64_t position = 0;
};
// What each event changed of an order: its sums up to a day and a position are the order as it
// stood then.
struct OrderChangeRow {
    Id order;
    Date date;
    std::uint64_t position = 0;
    OrderStage status = OrderStage::to_bill;  // From then on.
    Money net;
    Money to_deliver_net;
    Money to_bill_net;
    Money to_bill_gross;
};
// A line of an order: what became of it, and what it still waits for.
struct OrderLineRow {
    Id order;
    std::uint16_t line = 0;
    Id item;
    Quantity ordered;
    Quantity delivered;
    Quantity returned;
    Quantity invoiced;
    Quantity to_deliver;
    Quantity to_bill;
    OrderTerms terms;
    OrderedLine figures;
};

struct DeliveryRow {
    Id delivery;
    Id order;  // None: delivered without one.
    Id party;
    Date date;
    Id warehouse;
    std::string reference;
    std::uint64_t position = 0;
};
struct DeliveryLineRow {
    Id delivery;
    std::uint16_t line = 0;
    Id item;
    Id lot;
    std::uint16_t order_line = 0;
    Quantity quantity;
    Quantity returned;
    Quantity invoiced;  // By invoices of the delivery; those of the order are in its lines.
};
struct ReturnRow {
    Id goods_return;
    Id delivery;
    Id order;
    Id party;
    Date date;
    Id warehouse;
    bool is_replaced = false;
    std::string reason;
    std::uint64_t position = 0;
};
struct ReturnLineRow {
    Id goods_return;
    std::uint16_t line = 0;
    Id item;
    Id lot;
    std::uint16_t delivery_line = 0;
    Quantity quantity;
    bool is_restocked = false;
};

enum class PaperKind : std::uint8_t { invoice, credit_note };
[[nodiscard]] const char* name_of(PaperKind kind);
// An invoice, or a credit note with negative amounts.
struct InvoiceRow {
    Id invoice;
    PaperKind kind = PaperKind::invoice;
    std::string number;
    Id party;
    Date date;
    Date due;  // The last instalment.
    std::string country;
    Id source;  // The order that is invoiced, or the invoice that is credited.
    std::string reference;
    Money net;
    Money tax;
    Money gross;
    Money credited;  // Gross, of an invoice.
    std::int64_t rounding_micro = 0;
    std::uint64_t position = 0;
};
// An instalment of an invoice; of one without instalments, and of a credit note, all of it.
struct InvoicePartRow {
    Id invoice;
    std::uint16_t part = 0;  // From 1.
    Date due;
    Money amount;  // Negative in a credit note.
};
// What was settled of an invoice or credit note, or opened again, and what was credited of it.
struct InvoiceChangeRow {
    Id invoice;
    std::uint64_t position = 0;
    std::uint16_t sequence = 0;
    Date date;  // From which it counts.
    std::uint16_t part = 0;
    Money open;      // So much more is to be paid of the part.
    Money credited;  // Gross.
};
// The last day on which anything was posted: the day of those who name none.
struct LastDayRow {
    std::uint8_t only = 0;  // There is one row.
    Date last = date_min;
};
// The words that people know; no event carries them.
enum class InvoiceStage : std::uint8_t {
    unpaid,
    partly_paid,
    paid,
    overdue,
    credit_note_issued,
    is_return,  // A credit note.
};
[[nodiscard]] const char* name_of(InvoiceStage status);
// Invoices in the order of their days.
struct InvoiceDayRow {
    Date date;
    std::uint64_t position = 0;
    Id invoice;
};
// Invoices of a party in the order of their days.
struct PartyInvoiceRow {
    Id party;
    Date date;
    std::uint64_t position = 0;
    Id invoice;
};
// What one document sold of one item; a credit note takes it back. No item: charges and discounts.
struct SaleRow {
    Id item;
    Date date;
    std::uint64_t position = 0;
    Id invoice;
    Id party;
    std::string country;
    Quantity quantity;
    Money net;
};

struct PartyKey {
    Id party;
    Currency currency = Currency::none;
};
struct ItemKey {
    Id item;
    Currency currency = Currency::none;
};
struct CountryKey {
    std::string country;
    Currency currency = Currency::none;
};
struct CurrencyKey {
    Currency currency = Currency::none;
};
struct SalesSum {
    Quantity quantity;
    Money net;
    Money tax;
    std::int64_t invoices = 0;
    std::int64_t credit_notes = 0;
    std::int64_t rounding_micro = 0;
};

inline constexpr auto items = table<ItemRow>(
    "items",
    key("item", &ItemRow::item),
    column("name", &ItemRow::name),
    column("unit", &ItemRow::unit),
    column("posting_group", &ItemRow::posting_group),
    column("tax_code", &ItemRow::tax_code),
    column("is_active", &ItemRow::is_active)
);
inline constexpr auto price_lists = table<PriceListRow>(
    "price_lists",
    key("price_list", &PriceListRow::price_list),
    column("name", &PriceListRow::name),
    column("currency", &PriceListRow::currency),
    column("includes_tax", &PriceListRow::includes_tax)
);
inline constexpr auto prices = table<PriceRow>(
    "prices",
    key("price_list", &PriceRow::price_list),
    key("item", &PriceRow::item),
    key("valid_from", &PriceRow::valid_from),
    key("from_milli", &PriceRow::from_milli),
    column("from_quantity", &PriceRow::from_quantity),
    column("price", &PriceRow::price),
    column("valid_until", &PriceRow::valid_until)
);
inline constexpr auto payment_terms = table<PaymentTermsRow>(
    "payment_terms",
    key("payment_terms", &PaymentTermsRow::payment_terms),
    column("name", &PaymentTermsRow::name),
    column("instalments", &PaymentTermsRow::instalments)
);
inline constexpr auto customers = table<CustomerRow>(
    "customers",
    key("party", &CustomerRow::party),
    column("name", &CustomerRow::name),
    column("currency", &CustomerRow::currency),
    column("payment_terms", &CustomerRow::payment_terms),
    column("price_list", &CustomerRow::price_list),
    column("tax_code", &CustomerRow::tax_code),
    column("country", &CustomerRow::country),
    column("has_credit_limit", &CustomerRow::has_credit_limit),
    column("credit_limit", &CustomerRow::credit_limit)
);
inline constexpr auto number_series = table<NumberSeriesRow>(
    "number_series",
    key("series", &NumberSeriesRow::series),
    column("pattern", &NumberSeriesRow::pattern),
    column("is_external", &NumberSeriesRow::is_external),
    column("document_count", &NumberSeriesRow::document_count),
    column("last_number", &NumberSeriesRow::last_number),
    column("last_date", &NumberSeriesRow::last_date)
);
inline constexpr auto quotations = table<QuotationRow>(
    "quotations",
    key("quotation", &QuotationRow::quotation),
    column("party", &QuotationRow::party),
    column("date", &QuotationRow::date),
    column("valid_until", &QuotationRow::valid_until),
    column("status", &QuotationRow::status, &name_of),
    column("reference", &QuotationRow::reference),
    column("net", &QuotationRow::net),
    column("tax", &QuotationRow::tax),
    column("gross", &QuotationRow::gross),
    column("order", &QuotationRow::order),
    column("revision", &QuotationRow::revision),
    column("position", &QuotationRow::position)
);
inline constexpr auto quotation_changes = table<QuotationChangeRow>(
    "quotation_changes",
    key("quotation", &QuotationChangeRow::quotation),
    key("position", &QuotationChangeRow::position),
    column("on", &QuotationChangeRow::on),
    column("status", &QuotationChangeRow::status, &name_of),
    column("date", &QuotationChangeRow::date),
    column("valid_until", &QuotationChangeRow::valid_until),
    column("reference", &QuotationChangeRow::reference),
    column("net", &QuotationChangeRow::net),
    column("tax", &QuotationChangeRow::tax),
    column("gross", &QuotationChangeRow::gross),
    column("order", &QuotationChangeRow::order)
);
inline constexpr auto orders = table<OrderRow>(
    "orders",
    key("order", &OrderRow::order),
    column("party", &OrderRow::party),
    column("date", &OrderRow::date),
    column("status", &OrderRow::status, &name_of),
    column("reference", &OrderRow::reference),
    column("quotation", &OrderRow::quotation),
    column("net", &OrderRow::net),
    column("tax", &OrderRow::tax),
    column("gross", &OrderRow::gross),
    column("to_deliver_net", &OrderRow::to_deliver_net),
    column("to_bill_net", &OrderRow::to_bill_net),
    column("to_bill_gross", &OrderRow::to_bill_gross),
    column("position", &OrderRow::position)
);
inline constexpr auto order_changes = table<OrderChangeRow>(
    "order_changes",
    key("order", &OrderChangeRow::order),
    key("date", &OrderChangeRow::date),
    key("position", &OrderChangeRow::position),
    column("status", &OrderChangeRow::status, &name_of),
    column("net", &OrderChangeRow::net),
    column("to_deliver_net", &OrderChangeRow::to_deliver_net),
    column("to_bill_net", &OrderChangeRow::to_bill_net),
    column("to_bill_gross", &OrderChangeRow::to_bill_gross)
);
inline constexpr auto order_lines = table<OrderLineRow>(
    "order_lines",
    key("order", &OrderLineRow::order),
    key("line", &OrderLineRow::line),
    column("item", &OrderLineRow::item),
    column("ordered", &OrderLineRow::ordered),
    column("delivered", &OrderLineRow::delivered),
    column("returned", &OrderLineRow::returned),
    column("invoiced", &OrderLineRow::invoiced),
    column("to_deliver", &OrderLineRow::to_deliver),
    column("to_bill", &OrderLineRow::to_bill)
);
inline constexpr auto deliveries = table<DeliveryRow>(
    "deliveries",
    key("delivery", &DeliveryRow::delivery),
    column("order", &DeliveryRow::order),
    column("party", &DeliveryRow::party),
    column("date", &DeliveryRow::date),
    column("warehouse", &DeliveryRow::warehouse),
    column("reference", &DeliveryRow::reference),
    column("position", &DeliveryRow::position)
);
inline constexpr auto delivery_lines = table<DeliveryLineRow>(
    "delivery_lines",
    key("delivery", &DeliveryLineRow::delivery),
    key("line", &DeliveryLineRow::line),
    column("item", &DeliveryLineRow::item),
    column("lot", &DeliveryLineRow::lot),
    column("order_line", &DeliveryLineRow::order_line),
    column("quantity", &DeliveryLineRow::quantity),
    column("returned", &DeliveryLineRow::returned),
    column("invoiced", &DeliveryLineRow::invoiced)
);
inline constexpr auto returns = table<ReturnRow>(
    "returns",
    key("goods_return", &ReturnRow::goods_return),
    column("delivery", &ReturnRow::delivery),
    column("order", &ReturnRow::order),
    column("party", &ReturnRow::party),
    column("date", &ReturnRow::date),
    column("warehouse", &ReturnRow::warehouse),
    column("is_replaced", &ReturnRow::is_replaced),
    column("reason", &ReturnRow::reason),
    column("position", &ReturnRow::position)
);
inline constexpr auto return_lines = table<ReturnLineRow>(
    "return_lines",
    key("goods_return", &ReturnLineRow::goods_return),
    key("line", &ReturnLineRow::line),
    column("item", &ReturnLineRow::item),
    column("lot", &ReturnLineRow::lot),
    column("delivery_line", &ReturnLineRow::delivery_line),
    column("quantity", &ReturnLineRow::quantity),
    column("is_restocked", &ReturnLineRow::is_restocked)
);
inline constexpr auto invoices = table<InvoiceRow>(
    "invoices",
    key("invoice", &InvoiceRow::invoice),
    column("kind", &InvoiceRow::kind, &name_of),
    column("number", &InvoiceRow::number),
    column("party", &InvoiceRow::party),
    column("date", &InvoiceRow::date),
    column("due", &InvoiceRow::due),
    column("country", &InvoiceRow::country),
    column("source", &InvoiceRow::source),
    column("reference", &InvoiceRow::reference),
    column("net", &InvoiceRow::net),
    column("tax", &InvoiceRow::tax),
    column("gross", &InvoiceRow::gross),
    column("credited", &InvoiceRow::credited),
    column("rounding_micro", &InvoiceRow::rounding_micro),
    column("position", &InvoiceRow::position)
);
inline constexpr auto invoice_parts = table<InvoicePartRow>(
    "invoice_parts",
    key("invoice", &InvoicePartRow::invoice),
    key("part", &InvoicePartRow::part),
    column("due", &InvoicePartRow::due),
    column("amount", &InvoicePartRow::amount)
);
inline constexpr auto invoice_changes = table<InvoiceChangeRow>(
    "invoice_changes",
    key("invoice", &InvoiceChangeRow::invoice),
    key("position", &InvoiceChangeRow::position),
    key("sequence", &InvoiceChangeRow::sequence),
    column("date", &InvoiceChangeRow::date),
    column("part", &InvoiceChangeRow::part),
    column("open", &InvoiceChangeRow::open),
    column("credited", &InvoiceChangeRow::credited)
);
inline constexpr auto last_days = table<LastDayRow>(
    "last_days", key("only", &LastDayRow::only), column("last", &LastDayRow::last)
);
inline constexpr auto invoice_days = table<InvoiceDayRow>(
    "invoice_days",
    key("date", &InvoiceDayRow::date),
    key("position", &InvoiceDayRow::position),
    column("invoice", &InvoiceDayRow::invoice)
);
inline constexpr auto party_invoices = table<PartyInvoiceRow>(
    "party_invoices",
    key("party", &PartyInvoiceRow::party),
    key("date", &PartyInvoiceRow::date),
    key("position", &PartyInvoiceRow::position),
    column("invoice", &PartyInvoiceRow::invoice)
);
inline constexpr auto sales_of_items = table<SaleRow>(
    "sales_of_items",
    key("item", &SaleRow::item),
    key("date", &SaleRow::date),
    key("position", &SaleRow::position),
    column("invoice", &SaleRow::invoice),
    column("party", &SaleRow::party),
    column("country", &SaleRow::country),
    column("quantity", &SaleRow::quantity),
    column("net", &SaleRow::net)
);

// The totals of one key: now, and as they were at the end of earlier blocks of the log.
template <class Key, class... KeyColumns>
constexpr auto sales_totals(std::string_view name, const KeyColumns&... keys) {
    return totals_table<Key, SalesSum>(
        name,
        keys...,
        column("quantity", &SalesSum::quantity),
        column("net", &SalesSum::net),
        column("tax", &SalesSum::tax),
        column("invoices", &SalesSum::invoices),
        column("credit_notes", &SalesSum::credit_notes),
        column("rounding_micro", &SalesSum::rounding_micro)
    );
}
template <class Key, class... KeyColumns>
constexpr auto past_sales_totals(std::string_view name, const KeyColumns&... keys) {
    return past_totals_table<Key, SalesSum>(
        name,
        keys...,
        column("quantity", &SalesSum::quantity),
        column("net", &SalesSum::net),
        column("tax", &SalesSum::tax),
        column("invoices", &SalesSum::invoices),
        column("credit_notes", &SalesSum::credit_notes),
        column("rounding_micro", &SalesSum::rounding_micro)
    );
}
inline constexpr auto party_totals = sales_totals<PartyKey>(
    "party_totals", key("party", &PartyKey::party), key("currency", &PartyKey::currency)
);
inline constexpr auto past_party_totals = past_sales_totals<PartyKey>(
    "past_party_totals", key("party", &PartyKey::party), key("currency", &PartyKey::currency)
);
inline constexpr auto item_totals = sales_totals<ItemKey>(
    "item_totals", key("item", &ItemKey::item), key("currency", &ItemKey::currency)
);
inline constexpr auto past_item_totals = past_sales_totals<ItemKey>(
    "past_item_totals", key("item", &ItemKey::item), key("currency", &ItemKey::currency)
);
inline constexpr auto country_totals = sales_totals<CountryKey>(
    "country_totals", key("country", &CountryKey::country), key("currency", &CountryKey::currency)
);
inline constexpr auto past_country_totals = past_sales_totals<CountryKey>(
    "past_country_totals",
    key("country", &CountryKey::country),
    key("currency", &CountryKey::currency)
);
inline constexpr auto day_totals =
    sales_totals<CurrencyKey>("day_totals", key("currency", &CurrencyKey::currency));
inline constexpr auto past_day_totals =
    past_sales_totals<CurrencyKey>("past_day_totals", key("currency", &CurrencyKey::currency));

using PartyTotals = SchemaOf<party_totals>::Row;
using PastPartyTotals = SchemaOf<past_party_totals>::Row;
using ItemTotals = SchemaOf<item_totals>::Row;
using PastItemTotals = SchemaOf<past_item_totals>::Row;
using CountryTotals = SchemaOf<country_totals>::Row;
using PastCountryTotals = SchemaOf<past_country_totals>::Row;
using DayTotals = SchemaOf<day_totals>::Row;
using PastDayTotals = SchemaOf<past_day_totals>::Row;

}  // namespace daybook::sales
