#include "cli/demo/backdating.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "cli/answers.hpp"
#include "engine/domain/read.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"

namespace daybook::demo {
namespace {

constexpr std::string_view item = backdating_item;
constexpr std::string_view warehouse = "MAIN";
constexpr std::string_view customer = "C-1";

bool is_from(EventBytes event, const char* identifier) {
    return header_of(event).module_() == flatbuffers::ReadScalar<std::uint32_t>(identifier);
}

Money cents(std::int64_t minor) {
    return Money::from_minor(minor, Currency::eur);
}

// value x part / whole to the nearest cent, ties to even.
std::int64_t share(std::int64_t value, std::int64_t part, std::int64_t whole) {
    return narrow(divide(static_cast<Wide>(value) * part, whole, Rounding::half_even));
}

// A queue of layers, taken from the front: first in, first out as a clerk would do it.
std::int64_t fifo_value(const auto& movements) {
    struct Layer {
        std::int64_t milli;
        std::int64_t value;
        std::int64_t gone;
    };
    std::deque<Layer> layers;
    std::int64_t value = 0;
    for (const auto& movement : movements) {
        if (movement.milli > 0) {
            layers.push_back({movement.milli, movement.value, 0});
            value += movement.value;
            continue;
        }
        for (std::int64_t left = -movement.milli; left > 0;) {
            Layer& layer = layers.front();
            const std::int64_t taken = std::min(left, layer.milli - layer.gone);
            value += share(layer.value, layer.gone, layer.milli);
            layer.gone += taken;
            value -= share(layer.value, layer.gone, layer.milli);
            left -= taken;
            if (layer.gone == layer.milli) layers.pop_front();
        }
    }
    return value;
}

std::int64_t average_value(const auto& movements) {
    std::int64_t milli = 0;
    std::int64_t value = 0;
    for (const auto& movement : movements) {
        value += movement.milli > 0 ? movement.value : -share(value, -movement.milli, milli);
        milli += movement.milli;
    }
    return value;
}

std::int64_t sum_through(const std::map<Date, std::int64_t>& by_day, Date day) {
    std::int64_t sum = 0;
    for (const auto& [each, amount] : by_day) {
        if (each <= day) sum += amount;
    }
    return sum;
}

std::int64_t microseconds_since(std::chrono::steady_clock::time_point begin) {
    const auto taken = std::chrono::steady_clock::now() - begin;
    return std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
}

}  // namespace

Backdating::Backdating(Engine& engine, Codec& codec, const BackdatingPlan& plan)
    : engine_(engine), codec_(codec), stream_(engine, codec), plan_(plan) {}

Result<void> Backdating::fill(
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress
) {
    const auto send = [&](std::string_view command, const Body& body) {
        return stream_.send(command, std::to_string(++commands_), body);
    };
    const Body group = Body{}.text("group", "GOODS");
    DAYBOOK_TRY_VOID(send("accounting.AdoptChart", Body{}.text("chart", "pcg_goods")));
    DAYBOOK_TRY_VOID(send(
        "inventory.DefineLocation",
        Body{}.text("location", warehouse).text("name", "Main warehouse").text("kind", "internal")
    ));
    DAYBOOK_TRY_VOID(send(
        "inventory.DefineStockItem",
        Body{}
            .text("item", item)
            .text("name", "Kettle")
            .text("kind", "stockable")
            .text("group", "GOODS")
            .text("posting_group", "GOODS")
    ));
    DAYBOOK_TRY_VOID(send(
        "sales.DefineItem",
        Body{}
            .text("item", item)
            .text("name", "Kettle")
            .text("posting_group", "GOODS")
            .text("tax_code", standard_tax)
    ));
    DAYBOOK_TRY_VOID(send(
        "inventory.SetValuationPolicy",
        Body{group}
            .text("method", plan_.method)
            .text("scope", "company")
            .day("from", Date::of(plan_.year, 1, 1))
    ));
    DAYBOOK_TRY_VOID(send(
        "crm.RegisterParty",
        Body{}
            .text("party", customer)
            .text("kind", "organisation")
            .text("name", "Dupont et fils SARL")
            .raw("roles", R"(["customer"])")
    ));
    const auto days = static_cast<std::uint64_t>(
        Date::of(plan_.year, 12, 31).days() - Date::of(plan_.year, 1, 1).days()
    );
    for (std::uint64_t day = 1; day <= days; ++day) {
        const std::uint64_t due = plan_.movements * day / days;
        const std::uint64_t deliveries = due - std::min(due, std::uint64_t{movements_.size()});
        const Date date = Date::of(plan_.year, 1, 1).plus_days(static_cast<std::int32_t>(day));
        DAYBOOK_TRY_VOID(fill_day(date, deliveries));
        progress(day, days);
    }
    return stream_.settle([this](EventBytes event) { hear(event); });
}

// Receipts for a month ahead, and one delivery with as many lines as the day has issues.
Result<void> Backdating::fill_day(Date day, std::uint64_t deliveries) {
    while (on_hand_ < static_cast<std::int64_t>(deliveries) * 30 * 2'000 + 10'000) {
        const std::int64_t milli = prng_.between(50, 400) * 1'000;
        DAYBOOK_TRY_VOID(receive(day, milli, milli * prng_.between(900, 1'300) / 1'000));
    }
    if (deliveries == 0) return {};
    std::vector<Body> lines;
    for (std::uint64_t line = 0; line < deliveries; ++line) {
        const std::int64_t milli = prng_.between(500, 3'500);
        lines.push_back(
            Body{}.text("item", item).text("quantity", to_string(Quantity::from_milli(milli)))
        );
        note(day, -milli, 0);
    }
    return stream_.send(
        "sales.DeliverOrder",
        std::to_string(++commands_),
        Body{}
            .text("delivery", fmt::format("D-{}", to_string(day)))
            .text("party", customer)
            .day("date", day)
            .text("warehouse", warehouse)
            .list("lines", lines)
    );
}

Result<void> Backdating::receive(Date day, std::int64_t milli, std::int64_t value) {
    return stream_.send(
        "inventory.ReceiveStock", std::to_string(++commands_), receipt_body(day, milli, value)
    );
}

Body Backdating::receipt_body(Date day, std::int64_t milli, std::int64_t value) {
    note(day, milli, value);
    const Body line = Body{}
                          .text("item", item)
                          .text("quantity", to_string(Quantity::from_milli(milli)))
                          .money("value", cents(value));
    return Body{}
        .text("receipt", fmt::format("R-{}", movements_.size()))
        .text("location", warehouse)
        .day("date", day)
        .list("lines", {line});
}

void Backdating::note(Date day, std::int64_t milli, std::int64_t value) {
    movements_.push_back({day, movements_.size(), milli, value});
    on_hand_ += milli;
}

// Sends one command and waits until it is decided and on the disk.
Result<Backdating::Submitted> Backdating::submit(std::string_view command, const Body& body) {
    const CommandDefaults defaults{
        .id = id_from_text(fmt::format("backdating {}", ++commands_)),
        .actor = id_from_code("demo")};
    DAYBOOK_TRY(const auto message, codec_.command_of_body(command, body.json(), defaults));
    const auto begin = std::chrono::steady_clock::now();
    const Answer answer = engine_.submit_and_wait(message);
    const std::int64_t taken = microseconds_since(begin);
    if (answer.outcome != Answer::Outcome::accepted) {
        return Error{ErrorCode::conflict, fmt::format("{}: {}", command, cli::answer_text(answer))};
    }
    stream_.note(answer);
    return Submitted{answer, taken};
}

Result<Round> Backdating::play_round(const std::function<Result<void>()>& follow) {
    Round round;
    const std::int64_t closed_before = closed_ledger();
    for (std::uint64_t i = 0; i < plan_.receipts; ++i) {
        const std::int64_t milli = prng_.between(1, 40) * 1'000;
        const std::int64_t value = milli * prng_.between(800, 1'500) / 1'000;
        const Body body = receipt_body(Date::of(plan_.year, 1, 1), milli, value);
        DAYBOOK_TRY(const Submitted done, submit("inventory.ReceiveStock", body));
        const auto answered = std::chrono::steady_clock::now();
        DAYBOOK_TRY_VOID(follow());
        round.row_microseconds.push_back(microseconds_since(answered));
        round.microseconds.push_back(done.microseconds);
        round.from = done.answer.first_position;
        round.to = round.from + done.answer.event_count;
        changed_days_ = changed_issues_ = bytes_ = 0;
        DAYBOOK_TRY_VOID(stream_.settle([this](EventBytes event) { hear(event); }));
    }
    std::ranges::sort(round.microseconds);
    std::ranges::sort(round.row_microseconds);
    round.changed_days = changed_days_;
    round.changed_issues = changed_issues_;
    round.bytes = bytes_;
    round.closed_ledger_change = closed_ledger() - closed_before;
    return round;
}

Result<void> Backdating::close_half() {
    for (unsigned month = 1; month <= 6; ++month) {
        const std::string period = fmt::format("{}-{:02}", plan_.year, month);
        const auto closed = submit("accounting.ClosePeriod", Body{}.text("period", period));
        if (!closed.ok()) return closed.error();
    }
    return {};
}

Result<StockFigures> Backdating::figures(Date day) {
    DAYBOOK_TRY_VOID(stream_.settle([this](EventBytes event) { hear(event); }));
    return StockFigures{
        .by_movements = sum_through(stock_by_day_, day),
        .by_ledger = sum_through(stock_ledger_by_day_, day),
        .by_replay = replayed_value(day)};
}

std::int64_t Backdating::replayed_value(Date day) const {
    std::vector<Movement> ordered = movements_;
    std::erase_if(ordered, [&](const Movement& movement) { return movement.day > day; });
    std::ranges::stable_sort(ordered, {}, &Movement::day);
    return plan_.method == "fifo" ? fifo_value(ordered) : average_value(ordered);
}

std::int64_t Backdating::closed_ledger() const {
    return sum_through(ledger_by_day_, Date::of(plan_.year, 6, 30));
}

void Backdating::hear(EventBytes event) {
    bytes_ += event.size();
    if (is_from(event, inventory::EventRecordIdentifier())) return hear_inventory(event);
    if (!is_from(event, accounting::EventRecordIdentifier())) return;
    const auto* record = flatbuffers::GetRoot<accounting::EventRecord>(payload_of(event).data());
    const auto* posted = record->event_as_EntryPosted();
    if (posted == nullptr) return;
    for (const accounting::EntryLine* line : *posted->lines()) {
        const std::int64_t minor = line->base_minor();
        const Date day = read(posted->accounting_date());
        ledger_by_day_[day] += minor < 0 ? -minor : minor;
        // In the French chart the accounts of class 3 are those of stock.
        if (to_string(read(line->account())).starts_with('3')) stock_ledger_by_day_[day] += minor;
    }
}

void Backdating::hear_inventory(EventBytes event) {
    const auto* record = flatbuffers::GetRoot<inventory::EventRecord>(payload_of(event).data());
    if (const auto* moved = record->event_as_StockMoved(); moved != nullptr) {
        for (const inventory::StockLine* line : *moved->lines()) {
            stock_by_day_[read(moved->accounting_date())] += read(line->value()).minor();
        }
    }
    if (const auto* restated = record->event_as_CostRestated(); restated != nullptr) {
        for (const inventory::RestatedLine* line : *restated->lines()) {
            stock_by_day_[read(line->accounting_date())] +=
                read(line->old_cost()).minor() - read(line->new_cost()).minor();
            ++changed_days_;
        }
        if (restated->issues() != nullptr) changed_issues_ += restated->issues()->size();
    }
}

}  // namespace daybook::demo
