// A storekeeper's random history.

#include "tests/histories/keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daybook::inventory {
namespace {

const Date first_day = Date::of(2026, 1, 1);
constexpr std::int32_t days = 40;
constexpr std::int32_t closed_days = 12;  // Of each of the first two years.

Date last_of_year(int year) {
    return first_day.plus_days(year == 3 ? 400 : year * closed_days - 1);
}
Date first_of_year(int year) {
    return year == 1 ? first_day.plus_days(-9) : last_of_year(year - 1).plus_days(1);
}
// A year is one period.
accounting::Period period_of(int year) {
    return {
        wired(code(fmt::format("Y{}", year))),
        wired(first_of_year(year)),
        wired(last_of_year(year))};
}

}  // namespace

Keeper::Keeper(std::uint64_t seed)
    : prng_(seed), depot_(first_day.plus_days(days)), naive_(first_day), last_offset_(days / 2) {
    has_.standard = prng_.chance(30);
    has_.closing = prng_.chance(30);
    has_.second_closing = has_.closing && prng_.chance(40);
    has_.reopening = has_.closing && prng_.chance(40);
    has_.new_policy = prng_.chance(35);
    has_.second_policy = has_.new_policy && prng_.chance(40);
    has_.reversals = prng_.chance(50);
    has_.receipts_first = prng_.chance(25);
    has_.shortages = prng_.chance(25);
    // The new policy may hold from a day of the year that is closed.
    if (has_.new_policy && has_.closing && prng_.chance(40)) last_offset_ = closed_days / 2;
    if (has_.closing) open_years();
    define();
}

void Keeper::define() {
    for (const char* name : {"A", "B", "L"}) {
        DefineStockItemT item;
        item.item = code(name);
        item.name = name;
        item.kind = ItemKind::stockable;
        item.group = code(name[0] == 'L' ? "LOTS" : "G");
        item.posting_group = code("GOODS");
        item.tracking = name[0] == 'L' ? Tracking::lot : Tracking::none;
        item.is_active = true;
        item.weight = units(prng_.between(0, 5'000));
        must(std::move(item));
    }
    for (const char* name : {"W1", "W2", "T"}) {
        DefineLocationT place;
        place.location = code(name);
        place.name = name;
        place.kind = name[0] == 'T' ? LocationKind::transit : LocationKind::internal;
        place.is_active = true;
        must(std::move(place));
    }
    SetStockRulesT rules;
    rules.group = code("G");
    rules.receipts_first = has_.receipts_first;
    rules.allows_negative = has_.shortages;
    must(std::move(rules));
    set_policy("G", first_day.plus_days(-1));
    SetValuationPolicyT by_lot;
    by_lot.group = code("LOTS");
    by_lot.method = prng_.chance(50) ? ValuationMethod::specific_lot : ValuationMethod::fifo;
    by_lot.scope = ValuationScope::lot;
    by_lot.from = first_day.plus_days(-1);
    must(std::move(by_lot));
}

void Keeper::set_policy(const char* group, Date from) {
    SetValuationPolicyT policy;
    policy.group = code(group);
    policy.method = prng_.chance(50) ? ValuationMethod::fifo : ValuationMethod::moving_average;
    if (has_.standard && prng_.chance(60)) policy.method = ValuationMethod::standard_cost;
    policy.scope = prng_.chance(50) ? ValuationScope::company : ValuationScope::warehouse;
    policy.from = from;
    const bool is_standard = policy.method == ValuationMethod::standard_cost;
    must(std::move(policy));
    if (!is_standard) return;
    standard_days_.push_back(std::max(from, first_day));
    for (const char* item : {"A", "B"}) {
        if (prng_.chance(5)) {
            has_.forgotten = true;
        } else {
            set_standard(item, standard_days_.back());
        }
    }
}

// From a day on on which nothing has moved yet.
void Keeper::change_policy() {
    const std::uint64_t from = last_offset_ + prng_.below(4);
    set_policy("G", first_day.plus_days(static_cast<std::int32_t>(from)));
    last_offset_ = days;
}

void Keeper::open_years() {
    for (const int number : {1, 2, 3}) {
        accounting::FiscalYearOpenedT year;
        year.year = code(fmt::format("Y{}", number));
        year.first = first_of_year(number);
        year.last = last_of_year(number);
        year.periods.push_back(period_of(number));
        depot_.hear(std::move(year));
    }
}

void Keeper::close_year(int year) {
    accounting::PeriodClosedT period;
    period.period = std::make_unique<accounting::Period>(period_of(year));
    depot_.hear(std::move(period));
    accounting::FiscalYearClosedT closed;
    closed.year = code(fmt::format("Y{}", year));
    depot_.hear(std::move(closed));
    naive_.close(last_of_year(year));
    check();
}

// Its days may be written to again; what its goods cost in the end stays.
void Keeper::reopen_year() {
    accounting::FiscalYearReopenedT reopened;
    reopened.year = code("Y1");
    reopened.reason = "late";
    depot_.hear(std::move(reopened));
    accounting::PeriodReopenedT period;
    period.period = std::make_unique<accounting::Period>(period_of(1));
    period.reason = "late";
    depot_.hear(std::move(period));
    check();
}

template <class CommandT>
bool Keeper::send(CommandT command) {
    if (!depot_.send(std::move(command))) return false;
    ++accepted;
    learn();
    return true;
}

template <class CommandT>
void Keeper::must(CommandT command) {
    const bool is_accepted = send(std::move(command));
    REQUIRE_MESSAGE(
        is_accepted, EnumNameRefusal(depot_.rule), " ", depot_.reason.at, " ", depot_.reason.found
    );
}

void Keeper::learn() {
    for (const Depot::Event& event : depot_.fresh) {
        const EventRecord& record = *GetEventRecord(event.second.data());
        naive_.learn(record);
        log_.push_back(event);
        if (record.event_as_CostRestated() != nullptr) ++restated;
        const auto* moved = record.event_as_StockMoved();
        if (moved == nullptr) continue;
        quantities_.learn(*moved, has_.receipts_first);
        if (!has_.shortages) REQUIRE(quantities_.is_never_short());
        check_promises(*moved);
        if (moved->lines()->Get(0)->reason() == MoveReason::policy_change) continue;
        dates_[read(moved->movement())] = read(moved->date());
        const bool is_reversal = !read_or_none(moved->reverses()).is_none();
        if (!is_reversal) movements_.push_back(read(moved->movement()));
    }
    check();
}

// Every pool is worth, on every day, what the plain replay says, and so says the state.
void Keeper::check() {
    const Curves& plain = naive_.replay();
    const Curves& told = naive_.told();
    std::array<std::int64_t, naive_items * naive_scopes> worth{};
    for (std::size_t i = 0; i < plain.size(); ++i) {
        worth[i / naive_days] += plain[i];
        if (plain[i] == told[i]) continue;
        const auto day = static_cast<std::int32_t>(i % naive_days);
        FAIL(
            to_string(naive_.items[i / naive_days / naive_scopes]),
            " changes on ",
            to_string(first_day.plus_days(day)),
            " by ",
            told[i],
            ", by a plain replay by ",
            plain[i]
        );
    }
    for (std::uint32_t number = 0; number < depot_.state().pools.count(); ++number) {
        const Pool& pool = depot_.state().pools.get(number);
        const std::size_t item = naive_.items.of(pool.key.item);
        worth[item * naive_scopes + naive_.scopes.of(pool.key.scope)] -= pool.cost.value().minor();
    }
    for (const std::int64_t difference : worth) REQUIRE(difference == 0);
}

void Keeper::check_promises(const StockMoved& event) {
    for (const StockLine* line : *event.lines()) {
        const HeldKey place{read(line->item()), read(line->warehouse()), {}};
        const Held held = depot_.state().held.get(place);
        REQUIRE(held.reserved <= std::max<std::int64_t>(held.on_hand, 0));
    }
}

void Keeper::work() {
    const std::int64_t count = prng_.between(8, 16);
    for (std::int64_t i = 0; i < count; ++i) {
        if (i == count / 3 && has_.second_policy) {
            change_policy();
            last_offset_ = days * 2 / 3;
        }
        if (i == count / 2 && has_.new_policy) change_policy();
        if (i == count * 2 / 3 && has_.closing) close_year(1);
        if (i == count * 3 / 4 && has_.reopening) reopen_year();
        if (i == count * 5 / 6 && has_.reopening && prng_.chance(50)) close_year(1);
        if (i == count * 5 / 6 && has_.second_closing) close_year(2);
        do_something();
    }
}

void Keeper::do_something() {
    switch (prng_.below(20)) {
        case 0:
        case 1:
        case 2:
        case 3: return receive();
        case 4:
        case 5:
        case 6: return issue();
        case 7:
        case 8: return transfer();
        case 9: return send_and_receive();
        case 10: return give_back();
        case 11: return has_.reversals ? reverse() : issue();
        case 12: return landed();
        case 13: return adjust();
        case 14: return repack();
        case 15: return scrap();
        case 16:
        case 17: return count();
        case 18: return has_.standard ? set_standard() : receive();
        default: return reserve();
    }
}

void Keeper::take_all_back() {
    for (const Id& reservation : reservations_) {
        ReleaseReservationT release;
        release.reservation = reservation;
        (void)send(std::move(release));
    }
    if (has_.forgotten) remember_standards();
    const std::vector<Id> movements = movements_;
    for (auto id = movements.rbegin(); id != movements.rend(); ++id) {
        const bool is_back = take_back(*id);
        if (is_short_at_policy_change()) return;
        REQUIRE_MESSAGE(
            is_back, to_string(*id), " ", EnumNameRefusal(depot_.rule), " ", depot_.reason.found
        );
    }
    for (std::uint32_t number = 0; number < depot_.state().pools.count(); ++number) {
        const Pool& pool = depot_.state().pools.get(number);
        REQUIRE(pool.cost.on_hand().is_zero());
        REQUIRE(pool.cost.value().is_zero());
    }
}

void Keeper::check_replay() {
    const Bytes now = depot_.saved();
    Depot replayed{first_day};
    replayed.take(log_);
    REQUIRE(replayed.saved() == now);
    Depot loaded{first_day};
    loaded.load(now);
    REQUIRE(loaded.saved() == now);
}

bool Keeper::take_back(const Id& movement) {
    ReverseMovementT back;
    back.movement = movement;
    back.reversal = fresh('Z');
    back.date = first_day.plus_days(days);
    back.reason = "end";
    return send(std::move(back));
}

// What lacks cannot be handed over, before something covers it.
bool Keeper::is_short_at_policy_change() const {
    const bool is_it = depot_.rule == Refusal::negative_at_policy_change;
    if (is_it) REQUIRE(has_.shortages);
    return is_it;
}

Keeper::Goods Keeper::goods() {
    const std::uint64_t choice = prng_.below(10);
    if (choice < 6) return {code("A"), {}};
    if (choice < 8) return {code("B"), {}};
    return {code("L"), code(choice == 8 ? "L1" : "L2")};
}
Id Keeper::fresh(char letter) {
    return code(fmt::format("{}{}", letter, ++made_));
}
Id Keeper::warehouse() {
    return code(prng_.chance(60) ? "W1" : "W2");
}
Id Keeper::any_movement() {
    return movements_.empty() ? code("none") : movements_[prng_.below(movements_.size())];
}
Date Keeper::day() {
    return first_day.plus_days(static_cast<std::int32_t>(prng_.below(last_offset_)));
}
Date Keeper::later(const Id& movement) {
    return std::max(day(), dates_[movement]);
}
Quantity Keeper::some() {
    if (prng_.chance(5)) return units(1);
    return units(prng_.between(1, 9) * (prng_.chance(20) ? 333 : 1'000));
}
Money Keeper::worth(std::int64_t most) {
    return euros(prng_.chance(10) ? prng_.between(0, 1) : prng_.between(0, most));
}
template <class Line>
std::unique_ptr<Line> Keeper::line() {
    const Goods chosen = goods();
    auto made = std::make_unique<Line>();
    made->item = chosen.item;
    made->lot = chosen.lot;
    made->quantity = some();
    return made;
}

void Keeper::receive() {
    ReceiveStockT command;
    command.receipt = fresh('R');
    command.reason = MoveReason::opening;
    command.location = warehouse();
    command.date = day();
    for (auto left = prng_.between(1, 2); left > 0; --left) {
        command.lines.push_back(line<ReceiptLineT>());
        command.lines.back()->value = worth(5'000);
    }
    const bool is_accepted = send(std::move(command));
    if (is_accepted) return;
    const bool lacks_standard = depot_.rule == Refusal::standard_cost_missing;
    if (lacks_standard) REQUIRE(has_.forgotten);
    if (!lacks_standard) REQUIRE(is_short_at_policy_change());
}

void Keeper::issue() {
    IssueStockT command;
    command.issue = fresh('I');
    command.reason = MoveReason::consumption;
    command.location = warehouse();
    command.date = day();
    for (auto left = prng_.chance(15) ? 2 : 1; left > 0; --left) {
        command.lines.push_back(line<IssueLineT>());
    }
    (void)send(std::move(command));
}

void Keeper::scrap() {
    ScrapStockT command;
    command.scrap = fresh('S');
    command.location = warehouse();
    command.date = day();
    command.lines.push_back(line<IssueLineT>());
    (void)send(std::move(command));
}

void Keeper::transfer() {
    TransferStockT command;
    command.transfer = fresh('T');
    command.from = warehouse();
    command.to = warehouse();
    command.date = day();
    command.lines.push_back(line<TransferLineT>());
    (void)send(std::move(command));
}

void Keeper::send_and_receive() {
    SendTransferT command;
    command.transfer = fresh('S');
    command.from = warehouse();
    command.to = warehouse();
    command.transit = code("T");
    command.date = day();
    command.lines.push_back(line<TransferLineT>());
    const Date sent = command.date;
    const Id id = command.transfer;
    if (!send(std::move(command))) return;
    ReceiveTransferT arrival;
    arrival.arrival = fresh('V');
    arrival.transfer = id;
    arrival.date = sent.plus_days(static_cast<std::int32_t>(prng_.below(5)));
    if (arrival.date >= first_day.plus_days(static_cast<std::int32_t>(last_offset_))) return;
    if (prng_.chance(50)) {
        auto part = std::make_unique<ArrivalLineT>();
        part->line = 1;
        part->quantity = some();
        arrival.lines.push_back(std::move(part));
    }
    (void)send(std::move(arrival));
    if (!prng_.chance(30)) return;
    CloseTransferT close;
    close.transfer = id;
    close.loss = fresh('Q');
    close.date = later(id);
    close.reason = "lost";
    (void)send(std::move(close));
}

void Keeper::give_back() {
    ReturnStockT command;
    command.goods_return = fresh('B');
    command.original = any_movement();
    command.date = later(command.original);
    if (prng_.chance(60)) {
        auto part = std::make_unique<ReturnLineT>();
        part->line = 1;
        part->quantity = some();
        command.lines.push_back(std::move(part));
    }
    (void)send(std::move(command));
}

void Keeper::reverse() {
    ReverseMovementT command;
    command.movement = any_movement();
    command.reversal = fresh('X');
    command.date = later(command.movement);
    command.reason = "wrong";
    (void)send(std::move(command));
}

void Keeper::landed() {
    AllocateLandedCostT command;
    command.allocation = fresh('L');
    command.amount = prng_.chance(15) ? euros(1) : euros(prng_.between(-300, 900));
    command.basis = prng_.chance(50) ? AllocationBasis::quantity : AllocationBasis::weight;
    auto target = std::make_unique<LandedCostTargetT>();
    target->movement = any_movement();
    command.date = later(target->movement);
    // The plain replay has all of it at one moment. At the end of a closed time what several items
    // hand over to a new policy would lie between its parts.
    if (has_.new_policy) {
        command.date = std::max(command.date, naive_.closed_through().plus_days(1));
    }
    command.receipts.push_back(std::move(target));
    (void)send(std::move(command));
}

void Keeper::adjust() {
    AdjustStockT command;
    command.adjustment = fresh('J');
    command.location = warehouse();
    command.date = day();
    command.lines.push_back(line<AdjustmentLineT>());
    if (prng_.chance(50)) command.lines[0]->quantity = -command.lines[0]->quantity;
    (void)send(std::move(command));
}

void Keeper::repack() {
    RepackStockT command;
    command.repack = fresh('P');
    command.location = warehouse();
    command.date = day();
    for (auto left = prng_.between(1, 2); left > 0; --left) {
        command.inputs.push_back(line<IssueLineT>());
    }
    for (const char* name : {"A", "B"}) {
        auto output = std::make_unique<RepackOutputT>();
        output->item = code(name);
        output->quantity = some();
        output->share = units(prng_.between(0, 3'000));
        command.outputs.push_back(std::move(output));
    }
    (void)send(std::move(command));
}

// Of what is counted some is more and some is less than there was; what is not counted may be gone.
void Keeper::count() {
    StartCountT start;
    start.count = fresh('C');
    start.location = warehouse();
    start.date = day();
    if (prng_.chance(50)) start.items.push_back(goods().item);
    const Id id = start.count;
    must(std::move(start));
    RecordCountT record;
    record.count = id;
    record.lines.push_back(line<CountedLineT>());
    if (!send(std::move(record))) return;
    if (prng_.chance(30)) do_something();
    ApproveCountT approve;
    approve.count = id;
    approve.movement = fresh('K');
    approve.takes_missing_as_zero = prng_.chance(30);
    (void)send(std::move(approve));
}

void Keeper::set_standard() {
    set_standard(prng_.chance(60) ? "A" : "B", day());
}

// Whatever was accepted without one can go on with it.
void Keeper::remember_standards() {
    for (const Date from : standard_days_) {
        for (const char* item : {"A", "B"}) set_standard(item, from);
    }
}

void Keeper::set_standard(const char* item, Date from) {
    SetStandardCostT command;
    command.item = code(item);
    command.revaluation = fresh('C');
    const std::int64_t micro = prng_.chance(10) ? 0 : prng_.between(0, 9'000'000);
    command.cost = UnitPrice::from_micro(micro, Currency{978});
    command.date = from;
    (void)send(std::move(command));
}

void Keeper::reserve() {
    const Goods chosen = goods();
    ReserveStockT command;
    command.reservation = fresh('H');
    command.item = chosen.item;
    command.quantity = some();
    command.location = warehouse();
    const Id id = command.reservation;
    if (send(std::move(command))) reservations_.push_back(id);
}

}  // namespace daybook::inventory
