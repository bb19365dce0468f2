// The warehouse's part of the year: goods are ordered before they run out, come in and are billed,
// now and then a receipt is written down days later, some goods are refused, come back, are counted
// or thrown away.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/demo/accounts.hpp"
#include "cli/demo/year.hpp"
#include "engine/domain/read.hpp"
#include "schemas/inventory.hpp"

namespace daybook::demo {
namespace {

constexpr std::string_view warehouse = "PARIS";
constexpr std::int64_t opening_days = 30;      // Of sales, on hand when the year begins.
constexpr std::int64_t reorder_days = 12;      // When so few are left, as much is ordered as
constexpr std::int64_t order_days = 25;        // is sold in these.
constexpr std::int64_t safety_pieces = 96;     // Two large lines of an order, beside all that.
constexpr std::int64_t units_per_order = 110;  // 4.5 lines of 24.5 pieces.
constexpr std::size_t opening_lines = 100;     // Of a document.

// What an item costs when it is bought: a bit more than half of its price.
std::int64_t cost_minor(const Item& item) {
    return item.price_minor * 55 / 100;
}

Body quantity_line(std::string_view item, std::int64_t quantity) {
    return Body{}.text("item", item).text("quantity", fmt::format("{}", quantity));
}

}  // namespace

// How many of an item are sold in so many business days like this one, about.
std::int64_t Year::demand(std::size_t item, std::int64_t days, Date day) const {
    const auto orders = static_cast<std::int64_t>(orders_on(day));
    const std::int64_t sold = orders * units_per_order * days / 1'000;
    return std::max<std::int64_t>(1, sold * company_.items[item].sells / item_shares_.back());
}

std::int64_t Year::reorder_point(std::size_t item, Date day) const {
    return demand(item, reorder_days, day) + safety_pieces;
}

Result<void> Year::open_warehouse(Date day) {
    // The accounts of goods are a chart of their own, for not everyone keeps stock in the books.
    const Body chart = Body{}.text("chart", "pcg_goods");
    DAYBOOK_TRY_VOID(stream_.send("accounting.AdoptChart", "pcg_goods", chart));
    const Body place =
        Body{}.text("location", warehouse).text("name", "Paris").text("kind", "internal");
    DAYBOOK_TRY_VOID(stream_.send("inventory.DefineLocation", warehouse, place));
    const Body policy = Body{}.text("method", "fifo").text("scope", "company").day("from", day);
    DAYBOOK_TRY_VOID(stream_.send("inventory.SetValuationPolicy", "fifo", policy));
    // Receipts are sometimes written down after their goods have left.
    const Body rules = Body{}.raw("allows_negative", "true").raw("receipts_first", "true");
    DAYBOOK_TRY_VOID(stream_.send("inventory.SetStockRules", "rules", rules));
    // A larger company orders more at once.
    const auto size = static_cast<std::int64_t>(1 + plan_.size / 4'000);
    const Body buying =
        Body{}
            .money("order_free_up_to", Money::from_minor(100'000'000 * size, Currency::eur))
            .text("bill_price", "5%")
            .money("bill_price_max", Money::from_minor(1'000'000 * size, Currency::eur));
    DAYBOOK_TRY_VOID(stream_.send("purchasing.SetPurchasingPolicy", "buying", buying));
    for (const Item& item : company_.items) {
        const Body stocked = Body{}
                                 .text("item", item.id)
                                 .text("kind", "stockable")
                                 .text("name", item.name)
                                 .text("posting_group", item.group);
        DAYBOOK_TRY_VOID(stream_.send("inventory.DefineStockItem", item.id, stocked));
        const Body bought = Body{}
                                .text("item", item.id)
                                .text("kind", "goods")
                                .text("name", item.name)
                                .text("posting_group", item.group)
                                .text("tax_code", purchase_tax);
        DAYBOOK_TRY_VOID(stream_.send("purchasing.DefinePurchaseItem", item.id, bought));
    }
    for (std::size_t i = 0; i < company_.items.size(); ++i) {
        const std::string& item = company_.items[i].id;
        const std::int64_t point = reorder_point(i, day);
        const Body rule =
            Body{}
                .text("item", item)
                .text("warehouse", warehouse)
                .text("reorder_point", fmt::format("{}", point))
                .text("maximum", fmt::format("{}", point + demand(i, order_days, day)));
        DAYBOOK_TRY_VOID(stream_.send("purchasing.SetReorderRule", item, rule));
    }
    return {};
}

// What is there on the first day; answers what it is worth.
Result<Money> Year::stock_up(Date day) {
    std::vector<Body> lines;
    Money worth = Money::from_minor(0, Currency::eur);
    for (std::size_t i = 0; i < company_.items.size(); ++i) {
        const Item& item = company_.items[i];
        const std::int64_t quantity = demand(i, opening_days, day) + safety_pieces;
        const Money cost = Money::from_minor(cost_minor(item), Currency::eur);
        worth += Money::from_minor(cost_minor(item) * quantity, Currency::eur);
        lines.push_back(quantity_line(item.id, quantity).money("unit_cost", cost));
        if (lines.size() < opening_lines && i + 1 < company_.items.size()) continue;
        const std::string receipt = next_id("OS");
        const Body body = Body{}
                              .text("receipt", receipt)
                              .text("location", warehouse)
                              .day("date", day)
                              .text("text", "Opening stock")
                              .list("lines", lines);
        DAYBOOK_TRY_VOID(stream_.send("inventory.ReceiveStock", receipt, body));
        lines.clear();
    }
    return worth;
}

void Year::hear_movement(EventBytes event) {
    const auto* record = flatbuffers::GetRoot<inventory::EventRecord>(payload_of(event).data());
    const auto* moved = record->event_as_StockMoved();
    if (moved == nullptr) return;
    for (const inventory::StockLine* line : *moved->lines()) {
        on_hand_[to_string(read(line->item()))] += read(line->quantity()).milli() / 1'000;
    }
}

// Orders what runs out, of one supplier after the other.
Result<void> Year::order_goods(Date day) {
    std::map<std::size_t, std::vector<Purchased>> wanted;
    for (std::size_t i = 0; i < company_.items.size(); ++i) {
        const Item& item = company_.items[i];
        if (on_hand_[item.id] + on_order_[item.id] >= reorder_point(i, day)) continue;
        const std::int64_t price = cost_minor(item) * random_.between(97, 103) / 100;
        wanted[i % company_.suppliers.size()].push_back({i, demand(i, order_days, day), price});
    }
    for (auto& [supplier, lines] : wanted) {
        DAYBOOK_TRY_VOID(place_order(day, {next_id("PO"), supplier, std::move(lines)}));
    }
    return {};
}

Result<void> Year::place_order(Date day, Purchase purchase) {
    std::vector<Body> lines;
    for (const Purchased& line : purchase.lines) {
        const Item& item = company_.items[line.item];
        on_order_[item.id] += line.quantity;
        lines.push_back(quantity_line(item.id, line.quantity)
                            .money("price", Money::from_minor(line.price_minor, Currency::eur)));
    }
    const Body body = Body{}
                          .text("order", purchase.id)
                          .text("supplier", company_.suppliers[purchase.supplier].id)
                          .day("date", day)
                          .text("currency", "EUR")
                          .text("warehouse", warehouse)
                          .list("lines", lines);
    DAYBOOK_TRY_VOID(stream_.send("purchasing.PlaceOrder", purchase.id, body));
    const Date comes = day.plus_days(static_cast<std::int32_t>(random_.between(2, 6)));
    // One receipt in twenty lies in a drawer for some days: it counts from the day it came.
    const auto late = static_cast<std::int32_t>(random_.chance(5) ? random_.between(3, 15) : 0);
    // When the year ends, nothing lies there any more.
    const Date written =
        std::min(comes.plus_days(late), std::max(comes, Date::of(plan_.year, 12, 30)));
    agenda_.note(written, [this, purchase, comes](Date on) {
        return receive_goods(on, comes, purchase);
    });
    return {};
}

Result<void> Year::receive_goods(Date day, Date came, const Purchase& purchase) {
    const std::string receipt = next_id("GR");
    std::vector<Body> lines;
    for (std::size_t i = 0; i < purchase.lines.size(); ++i) {
        const Purchased& line = purchase.lines[i];
        on_order_[company_.items[line.item].id] -= line.quantity;
        Body body = Body{}
                        .raw("order_line", fmt::format("{}", i + 1))
                        .text("quantity", fmt::format("{}", line.quantity));
        // Of a single one there would be nothing left to bill.
        if (random_.chance(3) && line.quantity > 1) {
            body.text("rejected", "1").text("reject_reason", "damaged");
        }
        lines.push_back(std::move(body));
    }
    const Body body = Body{}
                          .text("receipt", receipt)
                          .text("order", purchase.id)
                          .day("date", came)
                          .list("lines", lines);
    DAYBOOK_TRY_VOID(stream_.send("purchasing.ReceiveGoods", receipt, body));
    const Date billed = day.plus_days(static_cast<std::int32_t>(random_.between(1, 8)));
    agenda_.note(billed, [this, purchase](Date on) { return bill_goods(on, purchase); });
    return {};
}

// One bill in ten asks for a little more than was agreed.
Result<void> Year::bill_goods(Date day, const Purchase& purchase) {
    const Supplier& supplier = company_.suppliers[purchase.supplier];
    const std::string bill = next_id("PB");
    const bool is_dearer = random_.chance(10);
    std::vector<Body> lines;
    for (std::size_t i = 0; i < purchase.lines.size(); ++i) {
        Body line = Body{}.text("order", purchase.id).raw("order_line", fmt::format("{}", i + 1));
        if (is_dearer) {
            const std::int64_t price = purchase.lines[i].price_minor * 102 / 100;
            line.money("price", Money::from_minor(price, Currency::eur));
        }
        lines.push_back(std::move(line));
    }
    const Body body = Body{}
                          .text("bill", bill)
                          .text("number", fmt::format("{}/{}", supplier.id, bill))
                          .text("supplier", supplier.id)
                          .day("date", day)
                          .list("lines", lines);
    return stream_.send("purchasing.RecordSupplierBill", bill, body);
}

// Five items are counted each month, and one or two of them are not what the books say.
Result<void> Year::count_stock(Date day) {
    std::vector<Body> lines;
    std::string items;
    for (int i = 0; i < 5; ++i) {
        const Item& item = company_.items[random_.below(company_.items.size())];
        const std::int64_t there = on_hand_[item.id] + (random_.chance(30) ? -1 : 0);
        if (there < 0 || items.find(item.id) != std::string::npos) continue;
        items += fmt::format("{}\"{}\"", items.empty() ? "" : ", ", item.id);
        lines.push_back(quantity_line(item.id, there));
    }
    if (lines.empty()) return {};
    const std::string count = next_id("CT");
    const Body start = Body{}
                           .text("count", count)
                           .text("location", warehouse)
                           .day("date", day.plus_days(-1))
                           .raw("items", "[" + items + "]");
    DAYBOOK_TRY_VOID(stream_.send("inventory.StartCount", count, start));
    const Body found = Body{}.text("count", count).list("lines", lines);
    DAYBOOK_TRY_VOID(stream_.send("inventory.RecordCount", count, found));
    const Body approved = Body{}.text("count", count).text("movement", count + "M");
    return stream_.send("inventory.ApproveCount", count, approved);
}

Result<void> Year::scrap_goods(Date day) {
    const Item& item = company_.items[random_.below(company_.items.size())];
    if (on_hand_[item.id] < 10) return {};
    const std::string scrap = next_id("SC");
    const Body body = Body{}
                          .text("scrap", scrap)
                          .text("location", warehouse)
                          .day("date", day)
                          .text("text", "Broken")
                          .list("lines", {quantity_line(item.id, 2)});
    return stream_.send("inventory.ScrapStock", scrap, body);
}

}  // namespace daybook::demo
