// The accounting half of the year: what is due is paid, bills come in, months are closed, and what
// was wrong is taken back.
#include <fmt/format.h>

#include <array>

#include "cli/demo/accounts.hpp"
#include "cli/demo/year.hpp"
#include "engine/domain/read.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"
#include "schemas/sales.hpp"

namespace daybook::demo {
namespace {

bool is_from(EventBytes event, const char* identifier) {
    return header_of(event).module_() == flatbuffers::ReadScalar<std::uint32_t>(identifier);
}

Body posted_line(std::string_view account, std::string_view side, Money amount) {
    return Body{}.text("account", account).money(side, amount);
}

Money euros(std::int64_t whole) {
    return Money::from_minor(whole * 100, Currency::eur);
}

Money absolute(Money money) {
    return money.is_negative() ? -money : money;
}

}  // namespace

void Year::hear(EventBytes event, Date day) {
    if (is_from(event, accounting::EventRecordIdentifier())) {
        hear_entry(event, day);
        return;
    }
    if (is_from(event, inventory::EventRecordIdentifier())) return hear_movement(event);
    if (!is_from(event, sales::EventRecordIdentifier())) return;
    const auto* record = flatbuffers::GetRoot<sales::EventRecord>(payload_of(event).data());
    const auto* credited = record->event_as_CreditNoteIssued();
    if (credited == nullptr || credited->invoice() == nullptr) return;
    const std::string invoice = to_string(read(credited->invoice()));
    being_credited_.erase(invoice);
    const Money gross = read(credited->gross());
    const auto open = open_items_.find({invoice, 1});
    if (open == open_items_.end() || is_less(open->second.amount, gross)) return;
    open->second.amount -= gross;  // The credit note settled that much of it.
}

// Notes every item that an invoice or a bill opened, and when it will be paid.
void Year::hear_entry(EventBytes event, Date day) {
    const auto* record = flatbuffers::GetRoot<accounting::EventRecord>(payload_of(event).data());
    if (const auto* filed = record->event_as_TaxReturnFiled(); filed != nullptr) {
        const Money due = read(filed->due());
        if (due.minor() <= 0) return;
        agenda_.note(day.plus_days(1), [this, due](Date on) {
            const std::string entry = next_id("T");
            const Body body = Body{}
                                  .text("entry", entry)
                                  .day("date", on)
                                  .text("text", "VAT paid")
                                  .list(
                                      "lines",
                                      {posted_line(accounts::tax_due, "debit", due),
                                       posted_line(accounts::bank, "credit", due)}
                                  );
            return stream_.send("accounting.PostEntry", entry, body);
        });
    }
    const auto* entry = record->event_as_EntryPosted();
    if (entry == nullptr || entry->items() == nullptr) return;
    const bool is_invoice = entry->kind() == accounting::EntryKind::invoice;
    const bool is_bill = entry->kind() == accounting::EntryKind::bill ||
                         entry->kind() == accounting::EntryKind::goods_bill;
    if (!is_invoice && !is_bill) return;
    for (const accounting::OpenedItem* item : *entry->items()) {
        const accounting::EntryLine* line = entry->lines()->Get(item->line());
        const std::string document = to_string(read(item->document()));
        open_items_[{document, item->part()}] = {read(line->party()), read(line->amount())};
        if (is_invoice && random_.below(1'000) < 8) continue;  // This one never pays.
        const std::size_t payer = hash_of(read(line->party())) % company_.customers.size();
        const std::int64_t late = is_invoice ? company_.customers[payer].late_days : 0;
        const auto days = static_cast<std::int32_t>(late + random_.between(0, 5));
        const Date paid = std::max(day.plus_days(1), read(item->due()).plus_days(days));
        agenda_.note(paid, [this, document, part = item->part()](Date on) {
            return pay_item(document, part, on);
        });
    }
}

Result<void> Year::pay_item(const std::string& document, unsigned part, Date day) {
    const auto open = open_items_.find({document, part});
    if (open == open_items_.end()) return {};
    if (being_credited_.contains(document)) {
        agenda_.note(day.plus_days(1), [this, document, part](Date on) {
            return pay_item(document, part, on);
        });
        return {};
    }
    const OpenItem item = open->second;
    open_items_.erase(open);
    if (item.amount.is_zero()) return {};
    const std::string payment = next_id("PAY");
    const Body body =
        Body{}
            .text("payment", payment)
            .text("direction", item.amount.is_negative() ? "made" : "received")
            .text("party", to_string(item.party))
            .day("date", day)
            .text("account", accounts::bank)
            .money("amount", absolute(item.amount))
            .list(
                "items", {Body{}.text("document", document).raw("part", fmt::format("{}", part))}
            );
    return stream_.send("accounting.RecordPayment", payment, body);
}

Result<void> Year::receive_bills(Date day) {
    const std::uint64_t bills = bills_.today(2 * plan_.size);
    for (std::uint64_t i = 0; i < bills; ++i) DAYBOOK_TRY_VOID(receive_bill(day));
    return {};
}

Result<void> Year::receive_bill(Date dated) {
    constexpr std::array<std::string_view, 2> spent_on = {accounts::transport, accounts::energy};
    const std::size_t number = random_.below(company_.suppliers.size());
    const Supplier& supplier = company_.suppliers[number];
    const std::string bill = next_id("B");
    const std::string_view account = spent_on[random_.below(spent_on.size())];
    const Body line =
        Body{}
            .text("account", account)
            .money("net", Money::from_minor(random_.between(4'000, 20'000), Currency::eur))
            .text("tax_code", purchase_tax);
    const Body body = Body{}
                          .text("bill", bill)
                          .text("number", fmt::format("{}/{}", supplier.id, bill))
                          .text("party", supplier.id)
                          .day("date", dated)
                          .list("lines", {line});
    return stream_.send("accounting.RecordBill", bill, body);
}

Result<void> Year::run_month(Date day) {
    const Date last_month = Date::of(day.year(), day.month(), 1).plus_days(-1);
    const bool has_last_month = last_month.year() == plan_.year;
    if (day.day() == 2) DAYBOOK_TRY_VOID(pay_rent(day));
    if (day.day() == 28) DAYBOOK_TRY_VOID(pay_wages(day));
    if (day.day() == 17) DAYBOOK_TRY_VOID(post_and_reverse(day));
    if (day.day() == 24) DAYBOOK_TRY_VOID(count_stock(day));
    if (day.day() == 26) DAYBOOK_TRY_VOID(scrap_goods(day));
    if (!has_last_month) return {};
    if (day.day() == 12) {
        const std::string period = to_string(last_month).substr(0, 7);
        const Body body = Body{}.text("period", period);
        DAYBOOK_TRY_VOID(stream_.send("accounting.ClosePeriod", period, body));
    }
    // A bill turns up for a month that is closed already.
    if (day.day() == 14) DAYBOOK_TRY_VOID(receive_bill(last_month.plus_days(-3)));
    if (day.day() == 20) return file_tax_return(last_month, day);
    return {};
}

Result<void> Year::pay_wages(Date day) {
    const auto people = static_cast<std::int64_t>(company_.employees.size());
    const Money gross = euros(2'900 * people);
    const Money net = euros(2'260 * people);
    const Money social = euros(1'890 * people);
    const std::string entry = next_id("W");
    const Body wages =
        Body{}
            .text("entry", entry)
            .day("date", day)
            .text("text", fmt::format("Wages {}", to_string(day).substr(0, 7)))
            .list(
                "lines",
                {posted_line(accounts::wages, "debit", gross),
                 posted_line(accounts::social_charges, "debit", social - (gross - net)),
                 posted_line(accounts::wages_due, "credit", net),
                 posted_line(accounts::social_due, "credit", social)}
            );
    DAYBOOK_TRY_VOID(stream_.send("accounting.PostEntry", entry, wages));
    const std::string paid = next_id("W");
    const Body payment = Body{}
                             .text("entry", paid)
                             .day("date", day)
                             .text("text", "Wages and contributions paid")
                             .list(
                                 "lines",
                                 {posted_line(accounts::wages_due, "debit", net),
                                  posted_line(accounts::social_due, "debit", social),
                                  posted_line(accounts::bank, "credit", net + social)}
                             );
    return stream_.send("accounting.PostEntry", paid, payment);
}

Result<void> Year::pay_rent(Date day) {
    const std::string entry = next_id("R");
    const Body body = Body{}
                          .text("entry", entry)
                          .day("date", day)
                          .text("text", "Rent and interest")
                          .list(
                              "lines",
                              {posted_line(accounts::rent, "debit", euros(4'200)),
                               posted_line(accounts::interest, "debit", euros(410)),
                               posted_line(accounts::bank, "credit", euros(4'610))}
                          );
    return stream_.send("accounting.PostEntry", entry, body);
}

// An entry with the wrong account, taken back three days later.
Result<void> Year::post_and_reverse(Date day) {
    const std::string entry = next_id("M");
    const Money amount = euros(random_.between(80, 900));
    const Body wrong = Body{}
                           .text("entry", entry)
                           .day("date", day)
                           .text("text", "Repair of a van")
                           .list(
                               "lines",
                               {posted_line(accounts::rent, "debit", amount),
                                posted_line(accounts::bank, "credit", amount)}
                           );
    DAYBOOK_TRY_VOID(stream_.send("accounting.PostEntry", entry, wrong));
    agenda_.note(day.plus_days(3), [this, entry](Date on) {
        const Body back = Body{}
                              .text("entry", entry)
                              .text("reversal", entry + "R")
                              .day("date", on)
                              .text("reason", "Wrong account");
        return stream_.send("accounting.ReverseEntry", entry, back);
    });
    return {};
}

Result<void> Year::file_tax_return(Date last, Date day) {
    const std::string name = fmt::format("VAT-{}", to_string(last).substr(0, 7));
    const Body body = Body{}.text("tax_return", name).day("last", last).day("date", day);
    return stream_.send("accounting.FileTaxReturn", name, body);
}

}  // namespace daybook::demo
