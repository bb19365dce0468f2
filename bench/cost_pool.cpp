// What the cost of one item's movements costs: appended movements at any length of history, a
// back-dated receipt with all that it changes, the value at a past moment, and the memory, beside a
// plain replay in the same run.
// The times are those of the processor, so that they say the same on a machine that is shared.
#include <malloc.h>
#include <time.h>

#include <deque>
#include <map>

#include "bench/harness.hpp"
#include "engine/base/prng.hpp"
#include "engine/base/wide.hpp"
#include "engine/domain/cost/cost_pool.hpp"

namespace daybook {
namespace {

using cost::CostPool;
using cost::Kind;
using cost::Method;
using cost::Moment;
using cost::Movement;

constexpr std::int32_t days_of_history = 365;
constexpr std::uint8_t purchase = 2;
constexpr std::uint8_t delivery = 4;
constexpr std::uint8_t scrap = 9;

Date first_day() {
    return Date::of(2026, 1, 1);
}

// One receipt for four issues, in balance, spread over the days; now and then goods are scrapped.
std::vector<Movement> history(std::uint64_t count, std::uint64_t days) {
    Prng prng{1};
    std::vector<Movement> movements(count);
    std::int64_t on_hand = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        Movement& movement = movements[i];
        const auto day = static_cast<std::int32_t>(1 + i * days / count);
        movement.moment = Moment::of(first_day().plus_days(day), 0, i + 1);
        const std::int64_t wanted = prng.between(1'000, 9'000);
        const bool is_receipt = on_hand < 2'000'000 && (i % 5 == 0 || on_hand < wanted);
        movement.kind = is_receipt ? Kind::receipt : Kind::issue;
        movement.reason = is_receipt ? purchase : (prng.chance(1) ? scrap : delivery);
        movement.quantity = Quantity::from_milli(is_receipt ? wanted * 4 : wanted);
        if (is_receipt) {
            const std::int64_t price = prng.between(900, 1'300);
            movement.value = Money::from_minor(wanted * 4 * price / 1'000, Currency::eur);
        }
        on_hand += is_receipt ? wanted * 4 : -wanted;
    }
    return movements;
}

// The plain way: a queue of layers, or a running quantity and value.
class Replay {
 public:
    explicit Replay(Method method) : method_(method) {}

    std::int64_t take(const Movement& movement) {
        const std::int64_t quantity = movement.quantity.milli();
        const std::int64_t value = movement.value.minor();
        if (method_ == Method::average) {
            const bool is_receipt = movement.kind == Kind::receipt;
            const std::int64_t cost = is_receipt ? 0 : part(value_, quantity, on_hand_);
            on_hand_ += is_receipt ? quantity : -quantity;
            value_ += is_receipt ? value : -cost;
            return cost;
        }
        if (movement.kind == Kind::receipt) {
            layers_.push_back({quantity, value, 0});
            value_ += value;
            return 0;
        }
        const std::int64_t cost = take_from_layers(quantity);
        value_ -= cost;
        return cost;
    }
    [[nodiscard]] std::int64_t value() const { return value_; }

 private:
    struct Layer {
        std::int64_t quantity;
        std::int64_t value;
        std::int64_t gone;
    };
    static std::int64_t part(std::int64_t value, std::int64_t part, std::int64_t whole) {
        return narrow(divide(static_cast<Wide>(value) * part, whole, Rounding::half_even));
    }
    std::int64_t take_from_layers(std::int64_t quantity) {
        std::int64_t cost = 0;
        while (quantity > 0 && !layers_.empty()) {
            Layer& layer = layers_.front();
            const std::int64_t taken = std::min(quantity, layer.quantity - layer.gone);
            const std::int64_t before = part(layer.value, layer.gone, layer.quantity);
            layer.gone += taken;
            cost += part(layer.value, layer.gone, layer.quantity) - before;
            quantity -= taken;
            if (layer.gone == layer.quantity) layers_.pop_front();
        }
        return cost;
    }

    Method method_;
    std::deque<Layer> layers_;
    std::int64_t on_hand_ = 0;
    std::int64_t value_ = 0;
};

std::string_view name_of(Method method) {
    return method == Method::fifo ? "fifo" : "average";
}

template <class Work>
double seconds_of(Work&& work) {
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const double begin = now();
    work();
    return now() - begin;
}

struct Times {
    std::vector<double> seconds;

    [[nodiscard]] double at(std::size_t percent) {
        std::ranges::sort(seconds);
        return seconds[std::min(seconds.size() * percent / 100, seconds.size() - 1)];
    }
};

// Every movement is appended and its cost asked for: at once, and as a journal has it, with the
// pool before the change kept until it is done.
void append(Method method, const std::vector<Movement>& movements, bool keeps_old) {
    std::int64_t sum = 0;
    std::size_t bytes_before = mallinfo2().uordblks;
    CostPool pool{method, Currency::eur};
    const double seconds = seconds_of([&] {
        for (const Movement& movement : movements) {
            const CostPool old = keeps_old ? pool : CostPool{};
            pool.insert(movement);
            if (movement.kind == Kind::issue) sum += pool.cost_of(movement.moment).minor();
        }
    });
    const std::size_t bytes = mallinfo2().uordblks - bytes_before;
    std::int64_t naive_sum = 0;
    Replay replay{method};
    const double naive = seconds_of([&] {
        for (const Movement& movement : movements) naive_sum += replay.take(movement);
    });
    const auto count = static_cast<double>(movements.size());
    fmt::print(
        "append + cost {:<8} {:>10} movements{}  {:7.1f} ns each, a queue that is never asked back "
        "{:5.1f} ns (x {:.1f})  {:.1f} bytes each, sums {}\n",
        name_of(method),
        movements.size(),
        keeps_old ? ", old pool kept" : "                ",
        seconds / count * 1e9,
        naive / count * 1e9,
        seconds / naive,
        static_cast<double>(bytes) / count,
        sum == naive_sum ? "equal" : "DIFFER"
    );
}

CostPool pool_of(Method method, const std::vector<Movement>& movements) {
    CostPool pool{method, Currency::eur};
    for (const Movement& movement : movements) pool.insert(movement);
    return pool;
}

Movement early_receipt(std::uint64_t sequence) {
    return {
        .moment = Moment::of(first_day(), 0, sequence),
        .kind = Kind::receipt,
        .reason = purchase,
        .quantity = Quantity::from_milli(25'000),
        .value = Money::from_minor(60'000, Currency::eur),
    };
}

using DayCosts = std::map<std::pair<Date, std::uint8_t>, std::int64_t>;
DayCosts naive_costs(Method method, const std::vector<Movement>& movements) {
    DayCosts costs;
    Replay replay{method};
    for (const Movement& movement : movements) {
        costs[{movement.moment.day(), movement.reason}] += replay.take(movement);
    }
    return costs;
}

// A receipt before everything, and the costs that it changes by day and reason.
void backdate(Method method, std::vector<Movement> movements, std::uint64_t times) {
    const CostPool pool = pool_of(method, movements);
    Times inserting;
    Times both;
    std::vector<cost::CostChange> changes;
    for (std::uint64_t i = 0; i < times; ++i) {
        CostPool changed = pool;
        const double insertion =
            seconds_of([&] { changed.insert(early_receipt(movements.size() + 1 + i)); });
        inserting.seconds.push_back(insertion);
        both.seconds.push_back(insertion + seconds_of([&] {
                                   changes = differences(pool, changed);
                               }));
    }
    Times naive;
    std::uint64_t naive_changes = 0;
    for (int i = 0; i < bench::runs; ++i) {
        naive.seconds.push_back(seconds_of([&] {
            const DayCosts before = naive_costs(method, movements);
            std::vector<Movement> with = movements;
            with.insert(with.begin(), early_receipt(movements.size() + 1));
            naive_changes = 0;
            for (const auto& [key, cost] : naive_costs(method, with)) {
                const auto old = before.find(key);
                naive_changes += old == before.end() ? cost != 0 : cost != old->second;
            }
        }));
    }
    fmt::print(
        "back-dated receipt {:<8} {:>7} movements later: insert {:.3f} ms, with the {} differences "
        "p50 {:.3f} ms  p99 {:.3f} ms  max {:.3f} ms; plain replay of both {:.1f} ms (x 1/{:.0f}), "
        "{}\n",
        name_of(method),
        movements.size(),
        inserting.at(50) * 1e3,
        changes.size(),
        both.at(50) * 1e3,
        both.at(99) * 1e3,
        both.at(100) * 1e3,
        naive.at(50) * 1e3,
        naive.at(50) / both.at(50),
        naive_changes == changes.size() ? "as many differences" : "DIFFERENT differences"
    );
}

// The new cost of every single delivery.
void changed_deliveries(
    Method method, const std::vector<Movement>& movements, std::uint64_t times
) {
    const CostPool pool = pool_of(method, movements);
    CostPool changed = pool;
    changed.insert(early_receipt(movements.size() + 1));
    Times all;
    std::size_t count = 0;
    for (std::uint64_t i = 0; i < times; ++i) {
        all.seconds.push_back(seconds_of([&] {
            count = changes_of_reason(pool, changed, delivery).size();
        }));
    }
    fmt::print(
        "changed deliveries {:<8} {:>7} movements: {} of them, p50 {:.3f} ms  max {:.3f} ms\n",
        name_of(method),
        movements.size(),
        count,
        all.at(50) * 1e3,
        all.at(100) * 1e3
    );
}

void past_value(Method method, const std::vector<Movement>& movements, std::uint64_t times) {
    const CostPool pool = pool_of(method, movements);
    Prng prng{2};
    std::vector<std::size_t> places(times);
    for (std::size_t& place : places) place = prng.below(movements.size());
    std::int64_t sum = 0;
    const double seconds = seconds_of([&] {
        for (const std::size_t place : places) {
            sum += pool.value_at(movements[place].moment).minor();
        }
    });
    std::int64_t naive_sum = 0;
    const std::size_t naive_times = std::min<std::size_t>(times, 3);
    const double naive = seconds_of([&] {
        for (std::size_t i = 0; i < naive_times; ++i) {
            Replay replay{method};
            for (std::size_t j = 0; j <= places[i]; ++j) replay.take(movements[j]);
            naive_sum += replay.value();
        }
    });
    for (std::size_t i = 0; i < naive_times; ++i) {
        naive_sum -= pool.value_at(movements[places[i]].moment).minor();
    }
    const double each = seconds / static_cast<double>(times);
    const double naive_each = naive / static_cast<double>(naive_times);
    fmt::print(
        "value at a past moment {:<8} {:>10} movements: {:.0f} ns, plain replay {:.0f} ns "
        "(x 1/{:.0f}), {}\n",
        name_of(method),
        movements.size(),
        each * 1e9,
        naive_each * 1e9,
        naive_each / each,
        naive_sum == 0 ? "equal" : "DIFFER"
    );
}

// What each receipt makes good of goods that are short for good.
void cover(Method method, const std::vector<Movement>& movements) {
    CostPool pool{method, Currency::eur};
    pool.insert({
        .moment = Moment::of(first_day(), 0, movements.size() + 1),
        .kind = Kind::issue,
        .reason = delivery,
        .quantity = Quantity::from_milli(100'000'000),
    });
    std::uint64_t receipts = 0;
    std::uint64_t covered = 0;
    double most = 0;
    double seconds = 0;
    for (const Movement& movement : movements) {
        pool.insert(movement);
        if (movement.kind != Kind::receipt) continue;
        const double one =
            seconds_of([&] { covered += pool.true_ups_by(movement.moment, {}).size(); });
        ++receipts;
        seconds += one;
        most = std::max(most, one);
    }
    fmt::print(
        "stays short   {:<8} {:>10} movements  what a receipt makes good {:6.2f} us, at most "
        "{:.0f} us, {} issues made good\n",
        name_of(method),
        movements.size(),
        seconds / static_cast<double>(receipts) * 1e6,
        most * 1e6,
        covered
    );
}

// What a closed year leaves: the layers on hand.
void memory(Method method, const std::vector<Movement>& movements) {
    const std::size_t before = mallinfo2().uordblks;
    CostPool pool = pool_of(method, movements);
    const std::size_t open = mallinfo2().uordblks;
    double seconds =
        seconds_of([&] { pool.compact(first_day().plus_days(days_of_history + 1), {}); });
    const std::size_t closed = mallinfo2().uordblks;
    const auto layers = static_cast<double>(pool.layers_at(pool.last_moment()).size());
    fmt::print(
        "memory {:<8} {} movements: {:.1f} bytes each; closed in {:.2f} ms: {} bytes for {} open "
        "layers ({:.1f} each), and {} for the pool itself\n",
        name_of(method),
        movements.size(),
        static_cast<double>(open - before) / static_cast<double>(movements.size()),
        seconds * 1e3,
        closed - before,
        layers,
        static_cast<double>(closed - before) / layers,
        sizeof(CostPool)
    );
}

// What a hundred thousand items were worth at a day in the past.
void many_items(Method method, std::uint64_t items) {
    const auto movements = history(20, days_of_history);
    const std::size_t before = mallinfo2().uordblks;
    std::vector<CostPool> pools(items);
    for (CostPool& pool : pools) pool = pool_of(method, movements);
    const std::size_t bytes = mallinfo2().uordblks - before;
    const Moment moment = Moment::end_of(first_day().plus_days(days_of_history / 2));
    std::int64_t sum = 0;
    const double seconds = seconds_of([&] {
        for (const CostPool& pool : pools) sum += pool.value_at(moment).minor();
    });
    std::int64_t naive_sum = 0;
    const double naive = seconds_of([&] {
        for (std::uint64_t i = 0; i < items; ++i) {
            Replay replay{method};
            for (const Movement& movement : movements) {
                if (movement.moment <= moment) replay.take(movement);
            }
            naive_sum += replay.value();
        }
    });
    fmt::print(
        "value of {} items at a past day, {:<8} 20 movements each: {:.1f} ms, plain replay {:.1f} "
        "ms "
        "(x 1/{:.1f}), {}; {:.0f} bytes for each item\n",
        items,
        name_of(method),
        seconds * 1e3,
        naive * 1e3,
        naive / seconds,
        sum == naive_sum ? "equal" : "DIFFER",
        static_cast<double>(bytes) / static_cast<double>(items)
    );
}

}  // namespace
}  // namespace daybook

int main(int count, char** arguments) {
    using namespace daybook;
    const std::uint64_t most = bench::option(count, arguments, "--events", 10'000'000);
    const std::uint64_t later =
        bench::option(count, arguments, "--later", std::min<std::uint64_t>(most, 50'000));
    for (const cost::Method method : {cost::Method::fifo, cost::Method::average}) {
        for (std::uint64_t movements = 1'000; movements <= most; movements *= 100) {
            const auto all = history(movements, std::max<std::uint64_t>(movements / 140, 1));
            append(method, all, false);
            append(method, all, true);
            past_value(method, all, 1'000);
            cover(method, all);
        }
        const auto year = history(later, days_of_history);
        backdate(method, year, 200);
        changed_deliveries(method, year, 20);
        memory(method, year);
        many_items(method, std::min<std::uint64_t>(most, 100'000));
    }
    fmt::print("peak memory {} MiB\n", bench::peak_memory_mib());
    return 0;
}
