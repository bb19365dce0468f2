// What purchasing remembers between commands: what its rules ask for and nothing that only a report
// shows. Orders stay, because what they brought can be billed and sent back years later; cancelled
// ones and rejected requests leave.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/module.hpp"
#include "engine/domain/open_days.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"
#include "schemas/purchasing.hpp"

namespace daybook::purchasing {

using Decision = daybook::Decision<EventRecordT, Refusal>;

inline constexpr std::size_t lines_max = 10'000;      // Of one document.
inline constexpr std::size_t suppliers_max = 100;     // Of one request for quotations.
inline constexpr std::size_t instalments_max = 36;    // Of one bill.
inline constexpr std::size_t text_bytes_max = 4'096;  // Of one line or reason.
inline constexpr std::size_t number_bytes_max = 35;   // Of a supplier's bill.
// Of one document, all its lines without their signs, in each currency.
inline constexpr std::int64_t amount_minor_max = 100'000'000'000'000;
inline constexpr std::int64_t quantity_milli_max = 100'000'000'000'000;
static_assert(lines_max <= 65'535, "a line's number has 16 bits");

// What is in the state for being there.
struct Presence {
    bool is_there = true;
};

struct Book {
    Currency base = Currency::none;  // None: not configured yet.
};
struct Policy {
    Rate over_delivery;
    Rate under_delivery;
    Rate bill_quantity;
    Rate bill_price;
    Money bill_price_max;
    Money order_free_up_to;
    BillControl bill_control = BillControl::on_receipt;
};
struct ActorRole {
    Id actor;
    Id role;
    friend auto operator<=>(const ActorRole&, const ActorRole&) = default;
};

// A party as crm registered it.
struct Party {
    bool is_active = false;
    Id merged_into;  // None, or the party that now stands for this one.
};
// A tax code's rates in the order of their first days.
struct DatedRate {
    Date from;
    Rate rate;
};
struct TaxCode {
    bool is_for_purchases = true;
    bool is_exempt = false;
    bool is_reverse_charge = false;
    std::vector<DatedRate> rates;
};
struct CurrencyDay {
    Currency currency = Currency::none;
    Date day;
    friend auto operator<=>(const CurrencyDay&, const CurrencyDay&) = default;
};

// What this module's DefinePurchaseItem says of an item, and what inventory says.
struct Item {
    ItemKind kind = ItemKind::none;  // None: only inventory knows it.
    Id posting_group;
    Id tax_code;
    bool is_active = false;
    inventory::ItemKind stock_kind =
        inventory::ItemKind::none;  // None: inventory does not know it.
    Id stock_posting_group;
    bool stock_is_active = false;
};
struct SupplierTerms {
    Currency currency = Currency::none;
    Id tax_code;
    std::uint16_t due_days = 0;
    bool due_end_of_month = false;
    BillControl bill_control = BillControl::on_receipt;
};
struct SourceKey {
    Id item;
    Id supplier;
    friend auto operator<=>(const SourceKey&, const SourceKey&) = default;
};
struct Source {
    std::uint16_t lead_days = 0;
    std::uint16_t rank = 1;
    bool is_active = true;
    Quantity minimum_quantity;
    Quantity multiple;
};
struct PriceKey {
    Id supplier;
    Id item;
    Date valid_from;
    Quantity from_quantity;
    Currency currency = Currency::none;
    friend auto operator<=>(const PriceKey&, const PriceKey&) = default;
};
struct Price {
    UnitPrice price;
    Date valid_until;  // None: for ever.
};
struct ItemPlace {
    Id item;
    Id warehouse;
    friend auto operator<=>(const ItemPlace&, const ItemPlace&) = default;
};
struct ReorderRule {
    Quantity reorder_point;
    Quantity maximum;
    bool is_active = true;
};

// Inventory's places and reservations, as far as reordering asks.
struct Place {
    Id warehouse;
    bool is_internal = false;
};
struct Reservation {
    ItemPlace place;
    Quantity quantity;
};

struct RequestLineState {
    Id item;
    Id warehouse;
    Quantity quantity;
    Quantity ordered;  // Of orders that were not cancelled.
    UnitPrice estimate;
    Date needed_by;
};
enum class RequestStatus : std::uint8_t { draft, submitted, approved };
struct PurchaseRequest {
    RequestStatus status = RequestStatus::draft;
    std::vector<Id> askers;  // Who wrote it: none of them may approve it.
    Date date;
    Money amount;
    std::vector<RequestLineState> lines;
};

struct AskedSupplier {
    Id supplier;
    bool has_answered = false;
};
struct RfqLineState {
    Id item;
    Quantity quantity;
    std::uint16_t request_line = 0;
};
struct Rfq {
    Id request;
    Date date;
    std::vector<AskedSupplier> suppliers;
    std::vector<RfqLineState> lines;
    std::vector<Id> quotations;
    Id chosen;
    bool is_ordered = false;
};
struct OfferLine {
    Id item;
    Quantity quantity;
    UnitPrice price;
    std::uint16_t rfq_line = 0;
    std::uint16_t lead_days = 0;
};
struct Quotation {
    Id rfq;
    Id supplier;
    Date date;
    Date valid_until;
    Currency currency = Currency::none;
    Money base;
    bool is_complete = false;  // All that was asked for, in full.
    std::vector<OfferLine> lines;
};

// So much of something, what it is worth in base currency, and its net in the order's currency.
// Taking a part of it takes that share of the amounts; the last part takes what is left.
struct Portion {
    Quantity quantity;
    Money value;
    Money net;
};
// What one line of a receipt brought of an order's line. Accepted less sent back is
// unbilled.quantity + billed.quantity. The accrual, goods received not invoiced, is
// unbilled.value: it is never negative, and zero when the quantity is.
struct Received {
    Id receipt;
    std::uint16_t receipt_line = 0;
    bool is_stocked = false;
    ExchangeRate rate;
    Date accrued_since;  // The day on which what is unbilled came to the accrual, the last of it.
    Portion unbilled;
    Portion billed;    // At its received value and the order's price.
    Money variance;    // What bills said beyond, base currency.
    Money billed_net;  // What bills said, in their currency.
};
struct OrderLineState {
    Id item;
    Id tax_code;
    Id posting_group;
    Id warehouse;
    Id request;
    std::uint16_t request_line = 0;
    ItemKind kind = ItemKind::none;
    Quantity quantity;
    UnitPrice price;
    Rate discount;
    Money net;
    Date expected;
    Quantity forgone;   // Sent back, or billed and let go of, and not expected again.
    Quantity accepted;  // Received, less rejected and sent back.
    Quantity billed;    // Less credit notes.
    // What rounding has kept back of the values and nets of its receipts: less than one minor unit,
    // in parts of 10^-18 of the major unit. It joins the next receipt, so that all parts together
    // come to the same as the whole.
    std::int64_t value_carry = 0;
    std::int64_t net_carry = 0;
    Portion transit;          // Billed and not received,
    Date transit_since;       // the last of it on this day.
    Portion credit_expected;  // Sent back after it was billed,
    Date credit_since;        // the last of it on this day.
    std::vector<Received> receipts;
};
struct Prepayment {
    Id payment;
    Money left;
};
struct Order {
    Id supplier;
    Id rfq;
    std::vector<Id> askers;  // Who wrote what is not approved: none of them may approve it.
    Date date;
    Currency currency = Currency::none;
    BillControl bill_control = BillControl::on_receipt;
    Policy policy;   // As it was when the order was placed.
    Money approved;  // Base currency: what needed no approval or was approved.
    Money base;
    std::uint16_t version = 1;
    bool needs_approval = false;
    bool is_held = false;
    bool is_closed = false;
    std::vector<OrderLineState> lines;
    std::vector<Prepayment> prepayments;
};

struct ReceiptLineState {
    std::uint16_t order_line = 0;  // From 1.
    std::uint16_t index = 0;       // In the order line's receipts.
    Id location;
    Id lot;
};
struct Receipt {
    Id order;
    Id warehouse;
    Date date;
    std::vector<ReceiptLineState> lines;
};

// By number first, so that one of suppliers that were merged is found whoever is named.
struct SupplierNumber {
    std::string number;
    Id supplier;
    friend auto operator<=>(const SupplierNumber&, const SupplierNumber&) = default;
};
// A line of a bill before it is matched.
struct GivenLine {
    Id order;
    Id item;
    Id posting_group;
    Id tax_code;
    Quantity quantity;
    UnitPrice price;
    Money net;
    std::uint16_t order_line = 0;
    bool is_final = false;
    std::string text;
};
struct GivenTax {
    Id tax_code;
    Rate rate;
    Money base;
    Money tax;
    bool is_reverse_charge = false;
};
struct GivenInstalment {
    Date due;
    Money amount;
};
// A bill as it was given: what the match works on, and what an exception waits with.
struct GivenBill {
    std::string number;
    Id supplier;
    Id recorder;
    Date date;
    bool is_credit_note = false;
    Currency currency = Currency::none;
    ExchangeRate rate;
    std::string text;
    std::vector<GivenLine> lines;
    std::vector<GivenTax> taxes;
    std::vector<GivenInstalment> instalments;
    Money net;
    Money tax;
    Money gross;
};

// Money paid to a supplier that paid no bill.
struct Advance {
    Id supplier;
    Money left;      // Not yet set against a bill.
    Money assigned;  // To orders, of what is left.
};

struct ProposedLineState {
    Id item;
    Id warehouse;
    Id supplier;
    Quantity quantity;
    UnitPrice price;
    Date expected;
    bool is_ordered = false;
};
struct Proposal {
    Date date;
    std::vector<ProposedLineState> lines;
};

enum class DocumentKind : std::uint8_t {
    none,
    request,
    rfq,
    quotation,
    order,
    receipt,
    goods_return,
    bill,
    release,
    proposal
};
struct Document {
    DocumentKind kind = DocumentKind::none;
};

struct Purchasing {
    Single<Book> book;
    OpenDays days;
    Single<Policy> policy;
    Keyed<Money> limits;  // By person or role.
    Sorted<Presence, ActorRole> roles;
    Keyed<Party> parties;
    Keyed<TaxCode> tax_codes;
    Sorted<ExchangeRate, CurrencyDay> exchange_rates;
    Keyed<Item> items;
    Keyed<SupplierTerms> supplier_terms;
    Sorted<Source, SourceKey> sources;
    Sorted<Price, PriceKey> prices;
    Sorted<ReorderRule, ItemPlace> reorder_rules;
    Keyed<Place> places;
    Keyed<Quantity, ItemPlace> on_hand;  // At internal places.
    Keyed<Quantity, ItemPlace> reserved;
    Keyed<Quantity, ItemPlace> on_order;   // To be received of open orders,
    Keyed<Quantity, ItemPlace> under_way;  // and of transfers from elsewhere.
    Keyed<Reservation> reservations;
    Keyed<Document> documents;  // Every one there ever was.
    Keyed<PurchaseRequest> requests;
    Keyed<Rfq> rfqs;
    Keyed<Quotation> quotations;
    Keyed<Order> orders;
    Keyed<Receipt> receipts;
    Sorted<Presence, SupplierNumber> bill_numbers;
    Keyed<GivenBill> exceptions;  // Bills that wait to be resolved.
    Keyed<Advance> advances;
    Keyed<Proposal> proposals;
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
struct Nothing {};
using Check = Judged<Nothing>;

// A date that a command may leave out.
[[nodiscard]] inline Date date_or_today(const wire::Date* date, const Context& context) {
    const Date given = read_or_none(date);
    return given.is_none() ? context.today : given;
}

}  // namespace daybook::purchasing
