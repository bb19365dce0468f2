// Inventory over random histories of back-dated movements: whatever is accepted keeps quantities
// and values right after each command, and taking everything back leaves nothing behind.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>

#include "engine/base/prng.hpp"
#include "engine/domain/inventory/rules.hpp"
#include "tests/support/seed.hpp"

namespace daybook::inventory {
extern const Module module;
namespace {

constexpr int histories = 1'500;
constexpr int commands_each = 25;
const Date first_day = Date::of(2026, 1, 1);
constexpr std::int32_t days = 40;

// The module alone, with no book around it.
class Depot {
 public:
    Depot() {
        arena_.set_identifier(EventRecordIdentifier());
        flatbuffers::FlatBufferBuilder builder;
        accounting::BookConfiguredT book;
        book.name = "Test";
        book.base_currency = eur;
        builder.Finish(accounting::BookConfigured::Pack(builder, &book));
        configured_.assign(
            builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()
        );
        configure(state());
    }

    template <class CommandT>
    bool send(CommandT command) {
        using Table = typename CommandT::TableType;
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(Table::Pack(builder, &command));
        const auto* table = flatbuffers::GetRoot<Table>(builder.GetBufferPointer());
        const Context context{
            .command = id_from_code("c"),
            .actor = id_from_code("a"),
            .recorded_at = {},
            .today = first_day.plus_days(days)};
        const Decision decision = answer(*table, context);
        rule = decision.refusal();
        reason = decision.reason();
        if (decision.is_refused()) return false;
        arena_.clear();
        for (const auto& record : decision.events()) arena_.add(record);
        fresh.clear();
        for (const EventArena::Entry& entry : arena_.entries()) {
            const auto bytes = arena_.bytes_of(entry);
            fresh.emplace_back(entry.type, Bytes{bytes.begin(), bytes.end()});
        }
        for (const auto& event : fresh) apply_to(state_.get(), event);
        log.insert(log.end(), fresh.begin(), fresh.end());
        return true;
    }
    template <class CommandT>
    void must(CommandT command) {
        const bool accepted = send(std::move(command));
        REQUIRE_MESSAGE(accepted, EnumNameRefusal(rule), " ", reason.at, " ", reason.found);
    }

    [[nodiscard]] Stock& state() { return *static_cast<Stock*>(state_.get()); }
    [[nodiscard]] static Bytes saved(const void* state) {
        Bytes bytes;
        module.save(state, bytes);
        return bytes;
    }
    void check_replay() {
        OwnedState replayed = module.create();
        configure(*static_cast<Stock*>(replayed.get()));
        for (const auto& event : log) apply_to(replayed.get(), event);
        const Bytes now = saved(state_.get());
        REQUIRE(saved(replayed.get()) == now);
        OwnedState loaded = module.create();
        REQUIRE(module.load(loaded.get(), now));
        REQUIRE(saved(loaded.get()) == now);
    }

    using Event = std::pair<std::uint8_t, Bytes>;
    std::vector<Event> log;
    std::vector<Event> fresh;  // Of the last command.
    Refusal rule = Refusal::none;
    Reason reason;
    static constexpr Currency eur{978};

 private:
    template <class Command>
    Decision answer(const Command& command, const Context& context) {
        if constexpr (requires { decide(state(), command, context); }) {
            return decide(state(), command, context);
        } else {
            return decide(state(), command);
        }
    }
    void configure(Stock& state) {
        listen(state, *flatbuffers::GetRoot<accounting::BookConfigured>(configured_.data()));
    }
    static void apply_to(void* state, const Event& event) {
        module.apply(state, event.first, GetEventRecord(event.second.data())->event(), {});
    }

    OwnedState state_ = module.create();
    EventArena arena_;
    std::vector<std::uint8_t> configured_;
};

Id code(std::string_view text) {
    return id_from_code(text);
}
Quantity units(std::int64_t milli) {
    return Quantity::from_milli(milli);
}
Money euros(std::int64_t minor) {
    return Money::from_minor(minor, Depot::eur);
}

// What the events alone say: quantities by place and moment, values by pool.
struct Books {
    using Place = std::tuple<Id, Id, Id>;
    std::map<Place, std::map<Date, std::vector<std::int64_t>>> moved;
    std::map<std::pair<Id, Id>, std::int64_t> value;

    void add(const Depot::Event& event) {
        const EventRecord& record = *GetEventRecord(event.second.data());
        if (const auto* movement = record.event_as_StockMoved()) add(*movement);
        if (const auto* restated = record.event_as_CostRestated()) {
            for (const RestatedLine* line : *restated->lines()) {
                value[{read(line->item()), read(line->scope())}] +=
                    read(line->old_cost()).minor() - read(line->new_cost()).minor();
            }
        }
        if (const auto* revalued = record.event_as_StockRevalued()) {
            for (const RevaluedLine* line : *revalued->lines()) {
                REQUIRE(read(line->amount()) == read(line->to_stock()) + read(line->to_sold()));
                value[{read(line->item()), read(line->scope())}] += read(line->to_stock()).minor();
            }
        }
    }
    void add(const StockMoved& event) {
        std::int64_t carried = 0;
        std::int64_t worth = 0;
        for (const StockLine* line : *event.lines()) {
            const std::int64_t milli = read(line->quantity()).milli();
            value[{read(line->item()), read(line->scope())}] += read(line->value()).minor();
            if (line->reason() == MoveReason::transfer) {
                carried += milli;
                worth += read(line->value()).minor();
            }
            if (milli == 0) continue;
            moved[{read(line->item()), read(line->location()), read(line->lot())}]
                 [read(event.date())]
                     .push_back(milli);
        }
        for (const LineVariance* variance : variances(event)) {
            for (const StockLine* line : *event.lines()) {
                if (line->sequence() != variance->sequence()) continue;
                if (line->reason() == MoveReason::transfer) {
                    worth += read(variance->amount()).minor();
                }
            }
        }
        REQUIRE(carried == 0);
        REQUIRE(worth == 0);
    }
    static std::vector<const LineVariance*> variances(const StockMoved& event) {
        if (event.variances() == nullptr) return {};
        return {event.variances()->begin(), event.variances()->end()};
    }
};

void check(Depot& depot, const Books& books) {
    std::map<std::pair<Id, Id>, std::int64_t> on_hand;
    for (const auto& [place, by_day] : books.moved) {
        std::int64_t running = 0;
        for (const auto& [day, changes] : by_day) {
            for (const std::int64_t change : changes) {
                running += change;
                REQUIRE_MESSAGE(running >= 0, "short on ", to_string(day));
            }
        }
        on_hand[{std::get<0>(place), std::get<1>(place)}] += running;
    }
    std::map<std::pair<Id, Id>, std::int64_t> pools;
    for (std::uint32_t number = 0; number < depot.state().pools.count(); ++number) {
        const Pool& pool = depot.state().pools.get(number);
        pools[{pool.key.item, pool.key.scope}] += pool.cost.value().minor();
    }
    for (const auto& [key, value] : books.value) {
        REQUIRE_MESSAGE(pools[key] == value, to_string(key.first), " in ", to_string(key.second));
    }
    for (const auto& [key, quantity] : on_hand) {
        const Held held = depot.state().held.get({key.first, key.second, {}});
        REQUIRE(held.on_hand >= held.reserved);
    }
}

class Keeper {
 public:
    Keeper(std::uint64_t seed, bool reverses) : prng_(seed), reverses_(reverses) {
        for (const char* name : {"A", "B"}) {
            DefineStockItemT item;
            item.item = code(name);
            item.name = name;
            item.kind = ItemKind::stockable;
            item.group = code("G");
            item.posting_group = code("GOODS");
            item.is_active = true;
            item.weight = units(prng_.between(0, 5'000));
            depot_.must(std::move(item));
        }
        for (const char* name : {"W1", "W2", "T"}) {
            DefineLocationT place;
            place.location = code(name);
            place.name = name;
            place.kind = name[0] == 'T' ? LocationKind::transit : LocationKind::internal;
            place.is_active = true;
            depot_.must(std::move(place));
        }
        set_policy(first_day.plus_days(-1));
        if (prng_.chance(50)) {
            SetStockRulesT rules;
            rules.receipts_first = true;
            depot_.must(std::move(rules));
            receipts_first_ = true;
        }
    }

    void work() {
        switch (prng_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3: receive(); break;
            case 4:
            case 5:
            case 6: issue(); break;
            case 7:
            case 8: transfer(); break;
            case 9: send_and_receive(); break;
            case 10: give_back(); break;
            case 11:
                if (reverses_) reverse();
                break;
            case 12: landed(); break;
            case 13: adjust(); break;
            case 14: repack(); break;
            default: reserve(); break;
        }
    }
    void learn() {
        for (const Depot::Event& event : depot_.fresh) {
            books_.add(event);
            const auto* moved = GetEventRecord(event.second.data())->event_as_StockMoved();
            if (moved == nullptr) continue;
            if (moved->lines()->Get(0)->reason() == MoveReason::policy_change) continue;
            if (read_or_none(moved->reverses()).is_none())
                movements_.push_back(read(moved->movement()));
            dates_[read(moved->movement())] = read(moved->date());
        }
        depot_.fresh.clear();
        if (!receipts_first_) check(depot_, books_);
    }
    // Another policy, from a day after all that has moved; then days around it.
    void change_policy() {
        set_policy(first_day.plus_days(days / 2 + 5));
        last_offset_ = days;
    }
    // Newest first, so that nothing stands in the way.
    void take_all_back() {
        for (const Id& reservation : reservations_) {
            ReleaseReservationT release;
            release.reservation = reservation;
            (void)depot_.send(std::move(release));
        }
        for (auto id = movements_.rbegin(); id != movements_.rend(); ++id) {
            const bool is_back = take_back(*id);
            REQUIRE_MESSAGE(
                is_back, to_string(*id), " ", EnumNameRefusal(depot_.rule), " ", depot_.reason.found
            );
        }
        for (std::uint32_t number = 0; number < depot_.state().pools.count(); ++number) {
            const Pool& pool = depot_.state().pools.get(number);
            INFO(
                to_string(pool.key.item),
                " from ",
                to_string(pool.key.from),
                " ",
                to_string(pool.key.scope),
                ": ",
                to_string(pool.cost.on_hand())
            );
            REQUIRE(pool.cost.on_hand().is_zero());
            REQUIRE(pool.cost.value().is_zero());
        }
        for (const auto& [key, value] : books_.value) REQUIRE(value == 0);
    }
    void check_replay() { depot_.check_replay(); }

 private:
    bool take_back(const Id& movement) {
        ReverseMovementT back;
        back.movement = movement;
        back.reversal = fresh("Z");
        back.date = first_day.plus_days(days);
        back.reason = "end";
        if (!depot_.send(std::move(back))) return false;
        for (const Depot::Event& event : depot_.fresh) books_.add(event);
        reversed_.insert(movement);
        return true;
    }
    Id fresh(const char* letter) { return code(fmt::format("{}{}", letter, ++made_)); }
    Id item() { return code(prng_.chance(70) ? "A" : "B"); }
    Id warehouse() { return code(prng_.chance(60) ? "W1" : "W2"); }
    Date day() { return first_day.plus_days(static_cast<std::int32_t>(prng_.below(last_offset_))); }
    Date later(const Id& movement) { return std::max(day(), dates_[movement]); }
    Quantity some() { return units(prng_.between(1, 9) * (prng_.chance(20) ? 333 : 1'000)); }
    Id any_movement() {
        if (movements_.empty()) return code("none");
        return movements_[prng_.below(movements_.size())];
    }

    void set_policy(Date from) {
        SetValuationPolicyT policy;
        policy.group = code("G");
        policy.method = prng_.chance(50) ? ValuationMethod::fifo : ValuationMethod::moving_average;
        policy.scope = prng_.chance(50) ? ValuationScope::company : ValuationScope::warehouse;
        policy.from = from;
        depot_.must(std::move(policy));
    }
    void receive() {
        ReceiveStockT command;
        command.receipt = fresh("R");
        command.reason = MoveReason::opening;
        command.location = warehouse();
        command.date = day();
        for (auto left = prng_.between(1, 2); left > 0; --left) {
            auto line = std::make_unique<ReceiptLineT>();
            line->item = item();
            line->quantity = some();
            line->value = euros(prng_.between(0, 5'000));
            command.lines.push_back(std::move(line));
        }
        depot_.must(std::move(command));
    }
    std::unique_ptr<IssueLineT> issue_line() {
        auto line = std::make_unique<IssueLineT>();
        line->item = item();
        line->quantity = some();
        return line;
    }
    void issue() {
        IssueStockT command;
        command.issue = fresh("I");
        command.reason = MoveReason::consumption;
        command.location = warehouse();
        command.date = day();
        command.lines.push_back(issue_line());
        (void)depot_.send(std::move(command));
    }
    std::unique_ptr<TransferLineT> transfer_line() {
        auto line = std::make_unique<TransferLineT>();
        line->item = item();
        line->quantity = some();
        return line;
    }
    void transfer() {
        TransferStockT command;
        command.transfer = fresh("T");
        command.from = warehouse();
        command.to = warehouse();
        command.date = day();
        command.lines.push_back(transfer_line());
        (void)depot_.send(std::move(command));
    }
    void send_and_receive() {
        SendTransferT command;
        command.transfer = fresh("S");
        command.from = warehouse();
        command.to = warehouse();
        command.transit = code("T");
        command.date = day();
        command.lines.push_back(transfer_line());
        const Date sent = command.date;
        const Id id = command.transfer;
        if (!depot_.send(std::move(command))) return;
        learn();
        ReceiveTransferT arrival;
        arrival.arrival = fresh("V");
        arrival.transfer = id;
        arrival.date = sent.plus_days(static_cast<std::int32_t>(prng_.below(5)));
        if (arrival.date > first_day.plus_days(days)) return;
        auto line = std::make_unique<ArrivalLineT>();
        line->line = 1;
        line->quantity = some();
        if (prng_.chance(50)) arrival.lines.push_back(std::move(line));
        (void)depot_.send(std::move(arrival));
    }
    void give_back() {
        ReturnStockT command;
        command.goods_return = fresh("B");
        command.original = any_movement();
        command.date = later(command.original);
        auto line = std::make_unique<ReturnLineT>();
        line->line = 1;
        line->quantity = some();
        if (prng_.chance(60)) command.lines.push_back(std::move(line));
        (void)depot_.send(std::move(command));
    }
    void reverse() {
        ReverseMovementT command;
        command.movement = any_movement();
        command.reversal = fresh("X");
        command.date = later(command.movement);
        command.reason = "wrong";
        const Id id = command.movement;
        if (depot_.send(std::move(command))) reversed_.insert(id);
    }
    void landed() {
        AllocateLandedCostT command;
        command.allocation = fresh("L");
        command.amount = euros(prng_.between(-300, 900));
        command.basis = prng_.chance(50) ? AllocationBasis::quantity : AllocationBasis::weight;
        auto target = std::make_unique<LandedCostTargetT>();
        target->movement = any_movement();
        command.date = later(target->movement);
        command.receipts.push_back(std::move(target));
        (void)depot_.send(std::move(command));
    }
    void adjust() {
        AdjustStockT command;
        command.adjustment = fresh("J");
        command.location = warehouse();
        command.date = day();
        auto line = std::make_unique<AdjustmentLineT>();
        line->item = item();
        line->quantity = prng_.chance(50) ? some() : -some();
        command.lines.push_back(std::move(line));
        (void)depot_.send(std::move(command));
    }
    void repack() {
        RepackStockT command;
        command.repack = fresh("P");
        command.location = warehouse();
        command.date = day();
        command.inputs.push_back(issue_line());
        for (const char* name : {"A", "B"}) {
            auto output = std::make_unique<RepackOutputT>();
            output->item = code(name);
            output->quantity = some();
            output->share = units(prng_.between(0, 3'000));
            command.outputs.push_back(std::move(output));
        }
        (void)depot_.send(std::move(command));
    }
    void reserve() {
        ReserveStockT command;
        command.reservation = fresh("H");
        command.item = item();
        command.quantity = some();
        command.location = warehouse();
        const Id id = command.reservation;
        if (depot_.send(std::move(command))) reservations_.push_back(id);
    }

    Prng prng_;
    bool reverses_ = false;  // On the way already.
    Depot depot_;
    Books books_;
    bool receipts_first_ = false;
    std::uint64_t last_offset_ = days / 2;
    int made_ = 0;
    std::vector<Id> movements_;
    std::map<Id, Date> dates_;
    std::set<Id> reversed_;
    std::vector<Id> reservations_;
};

TEST_CASE("stock and its value stay right over random back-dated histories") {
    const std::uint64_t seed = test_seed();
    for (std::uint64_t history = 0; history < histories; ++history) {
        INFO("DAYBOOK_SEED=", seed, " history ", history);
        const bool reverses = history % 4 < 2;
        Keeper keeper{seed + history, reverses};
        for (int i = 0; i < commands_each; ++i) {
            INFO("command ", i);
            if (i == commands_each / 2 && history % 2 == 0) keeper.change_policy();
            keeper.work();
            keeper.learn();
        }
        if (history % 20 == 0) keeper.check_replay();
        // What was taken back on the way may have used goods that others still need.
        if (!reverses) keeper.take_all_back();
    }
}

}  // namespace
}  // namespace daybook::inventory
