// The projection of sales: which tables hear of which events, and its reports.

#include "projections/sales/reports.hpp"
#include "projections/sales/rows.hpp"

namespace daybook::sales {
namespace {

constexpr ReportOption turnover_options[]{
    {"from", ValueType::date, "Sales on or after this day"},
    {"top", ValueType::integer, "Only so many, the largest first"},
};
constexpr ReportOption month_options[]{
    {"from", ValueType::date, "Sales on or after this day"},
};
constexpr ReportOption order_options[]{
    {"party", ValueType::id, "Only the orders of this customer", false, {}, "crm.parties"},
    {"all", ValueType::boolean, "Also orders that are completed, closed or cancelled"},
};
constexpr ReportOption invoice_options[]{
    {"from", ValueType::date, "On or after this day"},
    {"party", ValueType::id, "Only those of this customer", false, {}, "crm.parties"},
    {"kind", ValueType::text, "Only one kind", false, "invoice, credit_note"},
    {"status",
     ValueType::text,
     "Only those that stand so",
     false,
     "Unpaid, Partly Paid, Paid, Overdue, Credit Note Issued, Return"},
};
constexpr ReportOption quotation_options[]{
    {"party", ValueType::id, "Only those of this customer"},
    {"status",
     ValueType::text,
     "Only those that stand so",
     false,
     "Draft, Open, Accepted, Ordered, Lost, Expired, Cancelled"},
};

constexpr Report reports[]{
    {
        .name = "sales-by-customer",
        .title = "Sales by customer",
        .summary = "Invoices less credit notes of each customer, the largest first.",
        .options = turnover_options,
        .run = &run_by_customer,
        .explain = &explain_by_customer,
    },
    {
        .name = "sales-by-item",
        .title = "Sales by item",
        .summary = "Quantity and value sold of each item, the largest first.",
        .options = turnover_options,
        .run = &run_by_item,
        .explain = &explain_by_item,
    },
    {
        .name = "sales-by-country",
        .title = "Sales by country",
        .summary = "Invoices less credit notes by the country that they were billed to.",
        .options = turnover_options,
        .run = &run_by_country,
        .explain = &explain_by_country,
    },
    {
        .name = "sales-by-month",
        .title = "Sales by month",
        .summary = "Invoices less credit notes of each month, and what rounding took.",
        .options = month_options,
        .run = &run_by_month,
        .explain = &explain_by_month,
    },
    {
        .name = "quotations",
        .title = "Quotations",
        .summary = "Every quotation and how it stands: open, ordered, lost, expired.",
        .options = quotation_options,
        .run = &run_quotations,
        .explain = &explain_quotations,
    },
    {
        .name = "order-book",
        .title = "Order book",
        .summary = "Open orders and what is still to be delivered and billed of them.",
        .options = order_options,
        .run = &run_order_book,
        .explain = &explain_order_book,
    },
    {
        .name = "invoices",
        .title = "Invoices and credit notes",
        .summary = "Every invoice and credit note, what is open of it, when the next of that is "
                   "due, and how it "
                   "stands.",
        .options = invoice_options,
        .run = &run_invoices,
        .explain = &explain_invoices,
    },
};

using Papers = Events<EventTraits, InvoiceIssued, CreditNoteIssued>;

using QuotationEvents = Events<
    EventTraits,
    QuotationDrafted,
    QuotationSent,
    QuotationRevised,
    QuotationAccepted,
    QuotationDeclined,
    QuotationExpired,
    QuotationCancelled,
    OrderConfirmed>;

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<items, Events<EventTraits, ItemDefined>>(),
        projection_of<price_lists, Events<EventTraits, PriceListDefined>>(),
        projection_of<prices, Events<EventTraits, PriceSet>>(),
        projection_of<payment_terms, Events<EventTraits, PaymentTermsDefined>>(),
        projection_of<
            customers,
            Events<EventTraits, CustomerTermsSet>,
            Events<crm::EventTraits, crm::PartyRegistered, crm::PartyAmended>>(),
        projection_of<
            number_series,
            Events<EventTraits, NumberSeriesDefined, InvoiceIssued, CreditNoteIssued>>(),
        projection_of<quotations, QuotationEvents>(),
        projection_of<Tables<quotations, quotation_changes>, QuotationEvents>(),
        projection_of<
            Tables<quotations, quotation_changes, orders>,
            Events<EventTraits, OrderCancelled>>(),
        projection_of<
            Tables<orders, order_changes>,
            Events<
                EventTraits,
                OrderConfirmed,
                OrderAmended,
                OrderHeld,
                OrderReleased,
                OrderClosedShort,
                OrderCancelled,
                GoodsDelivered,
                GoodsReturned,
                InvoiceIssued>>(),
        projection_of<
            order_lines,
            Events<
                EventTraits,
                OrderConfirmed,
                OrderAmended,
                OrderClosedShort,
                OrderCancelled,
                GoodsDelivered,
                GoodsReturned,
                InvoiceIssued>>(),
        projection_of<deliveries, Events<EventTraits, GoodsDelivered>>(),
        projection_of<
            delivery_lines,
            Events<EventTraits, GoodsDelivered, GoodsReturned, InvoiceIssued>>(),
        projection_of<returns, Events<EventTraits, GoodsReturned>>(),
        projection_of<return_lines, Events<EventTraits, GoodsReturned>>(),
        projection_of<invoices, Papers>(),
        projection_of<invoice_parts, Papers>(),
        projection_of<invoice_changes, Events<EventTraits, CreditNoteIssued>>(),
        projection_of<
            Tables<invoices, invoice_changes>,
            Events<
                accounting::EventTraits,
                accounting::AllocationMade,
                accounting::AllocationUndone>>(),
        projection_of<last_days, Events<accounting::EventTraits, accounting::EntryPosted>>(),
        projection_of<invoice_days, Papers>(),
        projection_of<party_invoices, Papers>(),
        projection_of<sales_of_items, Papers>(),
        projection_of<Tables<party_totals, past_party_totals>, Papers>(),
        projection_of<Tables<item_totals, past_item_totals>, Papers>(),
        projection_of<Tables<country_totals, past_country_totals>, Papers>(),
        projection_of<Tables<day_totals, past_day_totals>, Papers>()
    )
        .with(std::span<const Report>{reports})
        .revised(1);

}  // namespace daybook::sales
