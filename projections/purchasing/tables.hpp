// The tables of purchasing: the rules, items and suppliers as they stand; the documents with what
// became of them; and what each event changed of each line, whose sums up to a day and a position
// are the line as it stood then.
#pragma once

#include "projections/core/projection.hpp"
#include "schemas/crm.hpp"
#include "schemas/purchasing.hpp"

namespace daybook::purchasing {

// The policy that holds: one row.
struct PolicyRow {
    Id policy;
    Rate over_delivery;
    Rate under_delivery;
    Rate bill_quantity;
    Rate bill_price;
    Money bill_price_max;
    Money order_free_up_to;
    BillControl bill_control = BillControl::on_receipt;
};
struct LimitRow {
    Id holder;
    Money limit;
};
struct ApproverRow {
    Id actor;
    Id role;
    bool is_granted = false;
};
struct ItemRow {
    Id item;
    std::string name;
    ItemKind kind = ItemKind::none;
    Id posting_group;
    Id tax_code;
    bool is_active = false;
};
// A party as purchasing knows it: its name and its terms.
struct SupplierRow {
    Id supplier;
    std::string name;
    Currency currency = Currency::none;
    Id tax_code;
    std::uint16_t due_days = 0;
    bool due_end_of_month = false;
    BillControl bill_control = BillControl::on_receipt;
};
struct SourceRow {
    Id item;
    Id supplier;
    std::string supplier_code;
    std::uint16_t lead_days = 0;
    Quantity minimum_quantity;
    Quantity multiple;
    std::uint16_t rank = 1;
    bool is_active = true;
};
struct PriceRow {
    Id supplier;
    Id item;
    Currency currency = Currency::none;
    Date valid_from;
    std::int64_t from_milli = 0;  // The key's part of the quantity.
    Quantity from_quantity;
    UnitPrice price;
    Date valid_until;
};
struct ReorderRuleRow {
    Id item;
    Id warehouse;
    Quantity reorder_point;
    Quantity maximum;
    bool is_active = true;
};

enum class RequestStage : std::uint8_t {
    draft,
    submitted,
    approved,
    partly_ordered,
    ordered,
    rejected,
};
[[nodiscard]] const char* name_of(RequestStage stage);
struct RequestedNow {
    std::int64_t quantity_milli = 0;
    std::int64_t ordered_milli = 0;
};
struct RequestRow {
    Id request;
    Id requester;
    Date date;
    RequestStage stage = RequestStage::draft;
    Money amount;
    std::string text;
    Id approver;  // Or who rejected it.
    std::string reason;
    std::vector<RequestedNow> lines;
    std::uint64_t position = 0;
};
struct RequestChangeRow {
    Id request;
    std::uint64_t position = 0;
    Date date;
    RequestStage stage = RequestStage::draft;
    Money amount;
};

enum class RfqStage : std::uint8_t { sent, received, chosen, ordered, cancelled };
[[nodiscard]] const char* name_of(RfqStage stage);
struct RfqRow {
    Id rfq;
    Id request;
    Date date;
    Date answer_by;
    RfqStage stage = RfqStage::sent;
    std::uint32_t asked = 0;
    std::uint32_t answered = 0;  // Declined counts.
    Id chosen;
    Id lowest;
    Money extra;
    std::string reason;
    std::vector<Quantity> quantities;
    std::uint64_t position = 0;
};
struct OfferRow {
    Id rfq;
    Id quotation;
    std::uint16_t rfq_line = 0;
    Id supplier;
    Id item;
    Date date;
    Quantity quantity;
    UnitPrice price;
    Money net;
    Money base;
    std::uint16_t lead_days = 0;
    Date valid_until;
    bool is_chosen = false;
    std::uint64_t position = 0;
};

// The words that people know; no event carries them.
enum class OrderStage : std::uint8_t {
    to_approve,
    to_receive_and_bill,
    to_receive,
    to_bill,
    completed,
    on_hold,
    closed,
    cancelled,
};
[[nodiscard]] const char* name_of(OrderStage stage);
// What happened to an order beside its lines.
struct OrderFlags {
    bool needs_approval = false;
    bool is_held = false;
    bool is_closed = false;
    bool is_cancelled = false;  // Or rejected.
};
// How much of a line there is.
struct LineStand {
    ItemKind kind = ItemKind::none;
    Quantity quantity;
    Quantity forgone;
    Quantity accepted;  // Less what was sent back.
    Quantity billed;    // Of what is kept or still to come.
};
struct OrderedNow {
    Id item;
    Id request;
    std::uint16_t request_line = 0;
    std::int64_t net_minor = 0;
    Date expected;
    LineStand stand;
};
struct OrderRow {
    Id order;
    Id supplier;
    Id buyer;
    Date date;
    OrderStage stage = OrderStage::to_receive_and_bill;
    std::string reference;
    Id rfq;
    Money net;
    Money base;
    std::uint16_t version = 1;
    Id approver;
    OrderFlags flags;
    Rate under_delivery;
    Rate bill_quantity;
    BillControl bill_control = BillControl::on_receipt;
    std::vector<OrderedNow> lines;
    std::int64_t rounding_micro = 0;
    std::uint64_t position = 0;
};
struct OrderChangeRow {
    Id order;
    std::uint64_t position = 0;
    Date date;
    OrderFlags flags;  // From then on.
    Money base;
};

enum class MoveKind : std::uint8_t {
    ordered,
    amended,
    promised,
    received,
    returned,
    billed,
    released,
};
[[nodiscard]] const char* name_of(MoveKind kind);
// What one event changed of a line of an order.
struct LineMoveRow {
    Id order;
    std::uint16_t line = 0;
    std::uint64_t position = 0;
    std::uint16_t part = 0;  // Of the event.
    MoveKind kind = MoveKind::ordered;
    Id document;
    Id supplier;
    Id item;
    Date date;
    Date accounting_date;
    Date expected;  // From then on; of a receipt: when it should have come. None: unchanged.
    Quantity quantity;
    Quantity forgone;
    Quantity received;
    Quantity rejected;
    Quantity accepted;
    Quantity billed;
    Money net;          // Of the order, its currency.
    Money accrued;      // Goods received not invoiced, base currency; and so are these:
    Money transit;      // billed and not received,
    Money credit;       // sent back and not credited.
    Quantity unbilled;  // The quantities behind those three.
    Quantity ahead;
    Quantity returned;
    RejectReason reason = RejectReason::none;
    ItemKind item_kind = ItemKind::none;
};
// A line of which something is received and not billed, billed and not received, or sent back and
// not credited, now; and the lines that moved, by the day on which it counts and as it became
// known. What a line was before is what it is, less the moves since: a question about a past day
// looks at the open lines and at what moved after it, not at all lines there ever were.
struct OpenLineRow {
    Id order;
    std::uint16_t line = 0;
    Money accrued;
    Money transit;
    Money credit;
    Quantity unbilled;
    Quantity ahead;
    Quantity returned;
};
struct LineDayRow {
    Date day;
    std::uint64_t position = 0;
    Id order;
    std::uint16_t line = 0;
};
struct LinePositionRow {
    std::uint64_t position = 0;
    Id order;
    std::uint16_t line = 0;
};
// A part of a line of a bill, as it was matched.
struct BillLineRow {
    std::uint64_t position = 0;
    std::uint16_t part = 0;
    Id bill;
    std::string number;
    Id supplier;
    Id item;
    Id order;
    std::uint16_t order_line = 0;
    Id receipt;
    MatchKind kind = MatchKind::none;
    Date date;
    Date accounting_date;
    Quantity quantity;
    Money net;
    Money expected;
    Money base;  // value + price_variance + exchange_difference; of a release: none.
    Money value;
    Money price_variance;
    Money exchange_difference;
    bool is_release = false;
};

struct ExceptionRow {
    Id bill;
    std::string number;
    Id supplier;
    Id recorder;
    Date date;
    bool is_credit_note = false;
    Money net;
    Money gross;
    std::string differences;  // "more_than_received line 1: 12.000, allowed 10.100"
    Resolution resolution = Resolution::none;  // None: it waits.
    Id resolver;
    Date resolved;
    std::string reason;
    std::uint64_t position = 0;
    std::uint64_t resolved_position = 0;  // 0: it waits.
};

struct ProposalLineRow {
    Id proposal;
    std::uint16_t line = 0;
    Date date;
    Id item;
    Id warehouse;
    Id supplier;
    Quantity quantity;
    UnitPrice price;
    Quantity on_hand;
    Quantity reserved;
    Quantity on_order;
    Quantity under_way;
    Quantity reorder_point;
    Quantity maximum;
    Date expected;
    bool is_ordered = false;
    std::uint64_t position = 0;
    std::uint64_t ordered_position = 0;
};

inline constexpr auto policies = table<PolicyRow>(
    "policies",
    key("policy", &PolicyRow::policy),
    column("over_delivery", &PolicyRow::over_delivery),
    column("under_delivery", &PolicyRow::under_delivery),
    column("bill_quantity", &PolicyRow::bill_quantity),
    column("bill_price", &PolicyRow::bill_price),
    column("bill_price_max", &PolicyRow::bill_price_max),
    column("order_free_up_to", &PolicyRow::order_free_up_to),
    column("bill_control", &PolicyRow::bill_control, &EnumNameBillControl)
);
inline constexpr auto approval_limits = table<LimitRow>(
    "approval_limits", key("holder", &LimitRow::holder), column("limit", &LimitRow::limit)
);
inline constexpr auto approver_roles = table<ApproverRow>(
    "approver_roles",
    key("actor", &ApproverRow::actor),
    key("role", &ApproverRow::role),
    column("is_granted", &ApproverRow::is_granted)
);
inline constexpr auto items = table<ItemRow>(
    "items",
    key("item", &ItemRow::item),
    column("name", &ItemRow::name),
    column("kind", &ItemRow::kind, &EnumNameItemKind),
    column("posting_group", &ItemRow::posting_group),
    column("tax_code", &ItemRow::tax_code),
    column("is_active", &ItemRow::is_active)
);
inline constexpr auto suppliers = table<SupplierRow>(
    "suppliers",
    key("supplier", &SupplierRow::supplier),
    column("name", &SupplierRow::name),
    column("currency", &SupplierRow::currency),
    column("tax_code", &SupplierRow::tax_code),
    column("due_days", &SupplierRow::due_days),
    column("due_end_of_month", &SupplierRow::due_end_of_month),
    column("bill_control", &SupplierRow::bill_control, &EnumNameBillControl)
);
inline constexpr auto item_sources = table<SourceRow>(
    "item_sources",
    key("item", &SourceRow::item),
    key("supplier", &SourceRow::supplier),
    column("supplier_code", &SourceRow::supplier_code),
    column("lead_days", &SourceRow::lead_days),
    column("minimum_quantity", &SourceRow::minimum_quantity),
    column("multiple", &SourceRow::multiple),
    column("rank", &SourceRow::rank),
    column("is_active", &SourceRow::is_active)
);
inline constexpr auto supplier_prices = table<PriceRow>(
    "supplier_prices",
    key("supplier", &PriceRow::supplier),
    key("item", &PriceRow::item),
    key("currency", &PriceRow::currency),
    key("valid_from", &PriceRow::valid_from),
    key("from_milli", &PriceRow::from_milli),
    column("from_quantity", &PriceRow::from_quantity),
    column("price", &PriceRow::price),
    column("valid_until", &PriceRow::valid_until)
);
inline constexpr auto reorder_rules = table<ReorderRuleRow>(
    "reorder_rules",
    key("item", &ReorderRuleRow::item),
    key("warehouse", &ReorderRuleRow::warehouse),
    column("reorder_point", &ReorderRuleRow::reorder_point),
    column("maximum", &ReorderRuleRow::maximum),
    column("is_active", &ReorderRuleRow::is_active)
);
inline constexpr auto requests = table<RequestRow>(
    "requests",
    key("request", &RequestRow::request),
    column("requester", &RequestRow::requester),
    column("date", &RequestRow::date),
    column("status", &RequestRow::stage, &name_of),
    column("amount", &RequestRow::amount),
    column("text", &RequestRow::text),
    column("approver", &RequestRow::approver),
    column("reason", &RequestRow::reason),
    column("position", &RequestRow::position)
);
inline constexpr auto request_changes = table<RequestChangeRow>(
    "request_changes",
    key("request", &RequestChangeRow::request),
    key("position", &RequestChangeRow::position),
    column("date", &RequestChangeRow::date),
    column("status", &RequestChangeRow::stage, &name_of),
    column("amount", &RequestChangeRow::amount)
);
inline constexpr auto rfqs = table<RfqRow>(
    "rfqs",
    key("rfq", &RfqRow::rfq),
    column("request", &RfqRow::request),
    column("date", &RfqRow::date),
    column("answer_by", &RfqRow::answer_by),
    column("status", &RfqRow::stage, &name_of),
    column("asked", &RfqRow::asked),
    column("answered", &RfqRow::answered),
    column("chosen", &RfqRow::chosen),
    column("lowest", &RfqRow::lowest),
    column("extra", &RfqRow::extra),
    column("reason", &RfqRow::reason),
    column("position", &RfqRow::position)
);
inline constexpr auto offers = table<OfferRow>(
    "offers",
    key("rfq", &OfferRow::rfq),
    key("quotation", &OfferRow::quotation),
    key("rfq_line", &OfferRow::rfq_line),
    column("supplier", &OfferRow::supplier),
    column("item", &OfferRow::item),
    column("date", &OfferRow::date),
    column("quantity", &OfferRow::quantity),
    column("price", &OfferRow::price),
    column("net", &OfferRow::net),
    column("base", &OfferRow::base),
    column("lead_days", &OfferRow::lead_days),
    column("valid_until", &OfferRow::valid_until),
    column("is_chosen", &OfferRow::is_chosen),
    column("position", &OfferRow::position)
);
inline constexpr auto orders = table<OrderRow>(
    "orders",
    key("order", &OrderRow::order),
    column("supplier", &OrderRow::supplier),
    column("buyer", &OrderRow::buyer),
    column("date", &OrderRow::date),
    column("status", &OrderRow::stage, &name_of),
    column("reference", &OrderRow::reference),
    column("rfq", &OrderRow::rfq),
    column("net", &OrderRow::net),
    column("base", &OrderRow::base),
    column("version", &OrderRow::version),
    column("approver", &OrderRow::approver),
    column("rounding_micro", &OrderRow::rounding_micro),
    column("position", &OrderRow::position)
);
inline constexpr auto order_changes = table<OrderChangeRow>(
    "order_changes",
    key("order", &OrderChangeRow::order),
    key("position", &OrderChangeRow::position),
    column("date", &OrderChangeRow::date),
    column("base", &OrderChangeRow::base)
);
inline constexpr auto line_moves = table<LineMoveRow>(
    "line_moves",
    key("order", &LineMoveRow::order),
    key("line", &LineMoveRow::line),
    key("position", &LineMoveRow::position),
    key("part", &LineMoveRow::part),
    column("kind", &LineMoveRow::kind, &name_of),
    column("document", &LineMoveRow::document),
    column("supplier", &LineMoveRow::supplier),
    column("item", &LineMoveRow::item),
    column("date", &LineMoveRow::date),
    column("accounting_date", &LineMoveRow::accounting_date),
    column("expected", &LineMoveRow::expected),
    column("quantity", &LineMoveRow::quantity),
    column("forgone", &LineMoveRow::forgone),
    column("received", &LineMoveRow::received),
    column("rejected", &LineMoveRow::rejected),
    column("accepted", &LineMoveRow::accepted),
    column("billed", &LineMoveRow::billed),
    column("net", &LineMoveRow::net),
    column("accrued", &LineMoveRow::accrued),
    column("transit", &LineMoveRow::transit),
    column("credit", &LineMoveRow::credit)
);
inline constexpr auto open_lines = table<OpenLineRow>(
    "open_lines",
    key("order", &OpenLineRow::order),
    key("line", &OpenLineRow::line),
    column("accrued", &OpenLineRow::accrued),
    column("transit", &OpenLineRow::transit),
    column("credit", &OpenLineRow::credit),
    column("unbilled", &OpenLineRow::unbilled),
    column("ahead", &OpenLineRow::ahead),
    column("returned", &OpenLineRow::returned)
);
inline constexpr auto line_days = table<LineDayRow>(
    "line_days",
    key("day", &LineDayRow::day),
    key("position", &LineDayRow::position),
    key("order", &LineDayRow::order),
    key("line", &LineDayRow::line)
);
inline constexpr auto line_positions = table<LinePositionRow>(
    "line_positions",
    key("position", &LinePositionRow::position),
    key("order", &LinePositionRow::order),
    key("line", &LinePositionRow::line)
);
inline constexpr auto bill_lines = table<BillLineRow>(
    "bill_lines",
    key("position", &BillLineRow::position),
    key("part", &BillLineRow::part),
    column("bill", &BillLineRow::bill),
    column("number", &BillLineRow::number),
    column("supplier", &BillLineRow::supplier),
    column("item", &BillLineRow::item),
    column("order", &BillLineRow::order),
    column("order_line", &BillLineRow::order_line),
    column("receipt", &BillLineRow::receipt),
    column("kind", &BillLineRow::kind, &EnumNameMatchKind),
    column("date", &BillLineRow::date),
    column("accounting_date", &BillLineRow::accounting_date),
    column("quantity", &BillLineRow::quantity),
    column("net", &BillLineRow::net),
    column("expected", &BillLineRow::expected),
    column("base", &BillLineRow::base),
    column("value", &BillLineRow::value),
    column("price_variance", &BillLineRow::price_variance),
    column("exchange_difference", &BillLineRow::exchange_difference),
    column("is_release", &BillLineRow::is_release)
);
inline constexpr auto match_exceptions = table<ExceptionRow>(
    "match_exceptions",
    key("bill", &ExceptionRow::bill),
    column("number", &ExceptionRow::number),
    column("supplier", &ExceptionRow::supplier),
    column("recorder", &ExceptionRow::recorder),
    column("date", &ExceptionRow::date),
    column("is_credit_note", &ExceptionRow::is_credit_note),
    column("net", &ExceptionRow::net),
    column("gross", &ExceptionRow::gross),
    column("differences", &ExceptionRow::differences),
    column("resolution", &ExceptionRow::resolution, &EnumNameResolution),
    column("resolver", &ExceptionRow::resolver),
    column("resolved", &ExceptionRow::resolved),
    column("reason", &ExceptionRow::reason),
    column("position", &ExceptionRow::position)
);
inline constexpr auto proposal_lines = table<ProposalLineRow>(
    "proposal_lines",
    key("proposal", &ProposalLineRow::proposal),
    key("line", &ProposalLineRow::line),
    column("date", &ProposalLineRow::date),
    column("item", &ProposalLineRow::item),
    column("warehouse", &ProposalLineRow::warehouse),
    column("supplier", &ProposalLineRow::supplier),
    column("quantity", &ProposalLineRow::quantity),
    column("price", &ProposalLineRow::price),
    column("on_hand", &ProposalLineRow::on_hand),
    column("reserved", &ProposalLineRow::reserved),
    column("on_order", &ProposalLineRow::on_order),
    column("under_way", &ProposalLineRow::under_way),
    column("reorder_point", &ProposalLineRow::reorder_point),
    column("maximum", &ProposalLineRow::maximum),
    column("expected", &ProposalLineRow::expected),
    column("is_ordered", &ProposalLineRow::is_ordered),
    column("position", &ProposalLineRow::position)
);

// What the lines and what happened to an order beside them come to.
struct Tolerated {
    Rate under_delivery;
    Rate bill_quantity;
};
[[nodiscard]] OrderStage stage_of(
    const OrderFlags& flags, const std::vector<LineStand>& lines, const Tolerated& tolerated
);
// What is still to come of a line.
[[nodiscard]] Quantity to_come(const OrderFlags& flags, const LineStand& line);

}  // namespace daybook::purchasing
