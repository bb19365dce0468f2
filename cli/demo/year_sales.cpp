// The selling half of the year: talks, deals, quotations, orders, invoices, credit notes.
#include <fmt/format.h>

#include <array>

#include "cli/demo/year.hpp"

namespace daybook::demo {
namespace {

constexpr std::array<std::string_view, 4> stages = {"new", "qualified", "proposal", "negotiation"};
constexpr std::array<std::string_view, 5> lost_reasons = {
    "price", "timing", "competitor", "no-budget", "no-answer"};
constexpr std::array<std::string_view, 4> subjects = {
    "Reorder", "New catalogue", "Late delivery", "Price request"};

}  // namespace

Result<void> Year::talk_to_customers(Date day) {
    constexpr std::array<std::string_view, 4> kinds = {"call", "call", "email", "meeting"};
    const std::uint64_t calls = calls_.today(10 * plan_.size);
    for (std::uint64_t i = 0; i < calls; ++i) {
        const Customer& customer = company_.customers[some_customer()];
        const std::string_view kind = kinds[random_.below(kinds.size())];
        const std::string id = next_id("X");
        Body body = Body{}
                        .text("interaction", id)
                        .text("kind", kind)
                        .text("direction", random_.chance(60) ? "outbound" : "inbound")
                        .text("party", customer.id)
                        .text("employee", company_.employees[customer.owner].id)
                        .day("on", day)
                        .text("subject", subjects[random_.below(subjects.size())]);
        if (kind == "call") {
            body.raw("duration_seconds", fmt::format("{}", random_.between(30, 1'500)));
            body.text("outcome", random_.chance(80) ? "answered" : "left_message");
        }
        if (kind == "meeting") {
            body.raw("duration_seconds", fmt::format("{}", random_.between(1'200, 7'200)));
            body.text("outcome", "held");
        }
        DAYBOOK_TRY_VOID(stream_.send("crm.RecordInteraction", id, body));
    }
    return {};
}

Result<void> Year::open_deals(Date day) {
    const std::uint64_t deals = deals_.today(orders_on(day) / 4);
    for (std::uint64_t i = 0; i < deals; ++i) DAYBOOK_TRY_VOID(open_deal(day));
    return {};
}

Result<void> Year::open_deal(Date day) {
    const std::size_t customer = random_.below(company_.customers.size());
    const Customer& buyer = company_.customers[customer];
    const std::string deal = next_id("D");
    const Body body =
        Body{}
            .text("deal", deal)
            .text("party", buyer.id)
            .text("owner", company_.employees[buyer.owner].id)
            .text("pipeline", "sales")
            .text("title", fmt::format("Assortment for {}", buyer.name))
            .money("amount", Money::from_minor(random_.between(400, 9'000) * 100, Currency::eur))
            .day("expected_close", day.plus_days(45))
            .day("on", day);
    DAYBOOK_TRY_VOID(stream_.send("crm.OpenDeal", deal, body));
    Date next = day;
    const std::size_t reached = random_.below(stages.size());
    for (std::size_t stage = 1; stage <= reached; ++stage) {
        next = next.plus_days(static_cast<std::int32_t>(random_.between(2, 14)));
        agenda_.note(next, [this, deal, stage](Date on) { return move_deal(deal, stage, on); });
    }
    next = next.plus_days(static_cast<std::int32_t>(random_.between(3, 20)));
    agenda_.note(next, [this, deal, customer, reached](Date on) {
        if (reached >= 2 && random_.chance(65)) return close_deal(deal, customer, on);
        const Body lost = Body{}
                              .text("deal", deal)
                              .text("reason", lost_reasons[random_.below(lost_reasons.size())])
                              .day("on", on);
        return stream_.send("crm.LoseDeal", deal, lost);
    });
    return {};
}

Result<void> Year::move_deal(const std::string& deal, std::size_t stage, Date day) {
    const Body body = Body{}.text("deal", deal).text("stage", stages[stage]).day("on", day);
    return stream_.send("crm.MoveDeal", fmt::format("{} {}", deal, stage), body);
}

// Won: the quotation is accepted and becomes an order.
Result<void> Year::close_deal(const std::string& deal, std::size_t customer, Date day) {
    const std::string quotation = next_id("Q");
    DAYBOOK_TRY_VOID(quote(quotation, customer, day));
    const Body won = Body{}.text("deal", deal).text("quotation", quotation).day("on", day);
    DAYBOOK_TRY_VOID(stream_.send("crm.WinDeal", deal, won));
    return take_order(day, customer, quotation);
}

Result<void> Year::quote(const std::string& quotation, std::size_t customer, Date day) {
    const Body draft = Body{}
                           .text("quotation", quotation)
                           .text("party", company_.customers[customer].id)
                           .day("date", day)
                           .day("valid_until", day.plus_days(30))
                           .list("lines", some_lines());
    DAYBOOK_TRY_VOID(stream_.send("sales.DraftQuotation", quotation, draft));
    const Body dated = Body{}.text("quotation", quotation).day("date", day);
    DAYBOOK_TRY_VOID(stream_.send("sales.SendQuotation", quotation, dated));
    return stream_.send("sales.AcceptQuotation", quotation, dated);
}

Result<void> Year::take_orders(Date day) {
    const std::uint64_t orders = orders_.today(orders_on(day));
    for (std::uint64_t i = 0; i < orders; ++i) {
        DAYBOOK_TRY_VOID(take_order(day, some_customer(), ""));
    }
    return {};
}

Result<void> Year::take_order(Date day, std::size_t customer, const std::string& quotation) {
    const Order order{next_id("O"), customer};
    Body body = Body{}.text("order", order.id).day("date", day);
    if (quotation.empty()) {
        body.text("party", company_.customers[customer].id).list("lines", some_lines());
    } else {
        body.text("quotation", quotation);
    }
    DAYBOOK_TRY_VOID(stream_.send("sales.ConfirmOrder", order.id, body));
    const Date delivered = day.plus_days(static_cast<std::int32_t>(random_.between(0, 6)));
    agenda_.note(delivered, [this, order](Date on) { return invoice_order(on, order); });
    return {};
}

// The goods leave, and the invoice goes with them.
Result<void> Year::invoice_order(Date day, const Order& order) {
    const std::string delivery = next_id("L");
    const Body sent = Body{}
                          .text("delivery", delivery)
                          .text("order", order.id)
                          .day("date", day)
                          .text("warehouse", "PARIS");
    DAYBOOK_TRY_VOID(stream_.send("sales.DeliverOrder", delivery, sent));
    const std::string invoice = next_id("I");
    const Body body = Body{}.text("invoice", invoice).text("order", order.id).day("date", day);
    DAYBOOK_TRY_VOID(stream_.send("sales.IssueInvoice", invoice, body));
    if (!random_.chance(3) || company_.customers[order.customer].terms == "HALVES") return {};
    agenda_.note(day.plus_days(7), [this, invoice, delivery](Date on) {
        return take_back(on, invoice, delivery);
    });
    return {};
}

// The customer sends one of the first line back, if the invoice is still open.
Result<void> Year::take_back(Date day, const std::string& invoice, const std::string& delivery) {
    if (!open_items_.contains({invoice, 1})) return {};
    const std::string goods_return = next_id("GB");
    const Body back = Body{}
                          .text("goods_return", goods_return)
                          .text("delivery", delivery)
                          .day("date", day)
                          .text("reason", "Not wanted")
                          .list("lines", {Body{}.raw("delivery_line", "1").text("quantity", "1")});
    DAYBOOK_TRY_VOID(stream_.send("sales.AcceptReturn", goods_return, back));
    being_credited_.insert(invoice);
    const std::string credit_note = next_id("A");
    const Body body = Body{}
                          .text("credit_note", credit_note)
                          .text("invoice", invoice)
                          .text("goods_return", goods_return)
                          .day("date", day)
                          .text("reason", "Goods returned");
    return stream_.send("sales.IssueCreditNote", credit_note, body);
}

}  // namespace daybook::demo
