// How many movements of one item a book takes with their cost by FIFO and their entries in the
// ledger, in process, and whether that stays the same from the first thousand to the last million;
// beside a queue that only reckons the costs. Then what the state holds for them, before and after
// their year is closed, and for each layer that stays open. The times are those of the processor.
#include <malloc.h>
#include <time.h>

#include <deque>

#include "bench/harness.hpp"
#include "engine/base/prng.hpp"
#include "engine/codec/codec.hpp"
#include "engine/runtime/book.hpp"
#include "schemas/inventory.hpp"

namespace daybook::bench {
namespace {

const DomainModule& module_named(std::string_view name) {
    for (const DomainModule& module : domain_modules()) {
        if (module.name == name) return module;
    }
    DAYBOOK_ASSERT(false);
    return domain_modules().front();
}

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// A book in memory, to which commands are sent one after the other.
class Desk {
 public:
    void send(std::string_view command, const std::string& body) {
        const auto message = codec_.command_of_body(
            command, body, {.id = next_id(), .actor = id_from_code("bench")}
        );
        DAYBOOK_ASSERT(message.ok());
        decide(message.value());
    }
    template <class Command>
    void send(Command&& command) {
        inventory::CommandRecordT record;
        record.command.Set(std::forward<Command>(command));
        builder_.Clear();
        builder_.Finish(inventory::CommandRecord::Pack(builder_, &record));
        const auto* begin = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
        message_.id = next_id();
        message_.payload.assign(begin, begin + builder_.GetSize());
        decide(message_);
    }
    [[nodiscard]] std::uint64_t events() const { return book_.position(); }

 private:
    Id next_id() { return id_from_code(fmt::format("c-{}", ++sent_)); }
    void decide(const CommandMessage& message) {
        const auto record = message.module->verify_command(message.payload);
        DAYBOOK_ASSERT(record.has_value());
        const auto slot = static_cast<std::size_t>(message.module - domain_modules().data());
        // As the writer does after each group.
        if (group_.bytes() > (std::size_t{8} << 20)) group_.start(group_.next_position());
        const auto refusal = book_.decide(
            {.message = message, .record = *record, .slot = slot, .now = now_}, group_
        );
        if (refusal) fmt::print(stderr, "refused: {}.{}\n", refusal->module, refusal->rule);
        DAYBOOK_ASSERT(!refusal);
    }

    Codec codec_{domain_modules()};
    Book book_ = std::move(Book::make(domain_modules(), {})).value();
    GroupBuffer group_;
    flatbuffers::FlatBufferBuilder builder_;
    CommandMessage message_{.actor = id_from_code("bench"), .module = &module_named("inventory")};
    Instant now_ =
        Instant::from_nanos(std::int64_t{20'700} * 86'400 * 1'000'000'000);  // 2026-09-04
    std::uint64_t sent_ = 0;
};

void open_book(Desk& desk) {
    desk.send("accounting.ConfigureBook", R"({"name": "Bench", "base_currency": "EUR"})");
    desk.send("accounting.AdoptChart", R"({"chart": "pcg"})");
    desk.send("accounting.AdoptChart", R"({"chart": "pcg_goods"})");
    desk.send(
        "accounting.OpenFiscalYear",
        R"({"year": "2025", "first": "2025-01-01", "last": "2025-12-31"})"
    );
    desk.send(
        "inventory.DefineLocation",
        R"({"location": "MAIN", "name": "Main warehouse", "kind": "internal"})"
    );
    desk.send(
        "inventory.DefineStockItem",
        R"({"item": "KETTLE", "name": "Kettle", "kind": "stockable", "group": "GOODS",
            "posting_group": "GOODS"})"
    );
    desk.send(
        "inventory.SetValuationPolicy",
        R"({"group": "GOODS", "method": "fifo", "scope": "company", "from": "2025-01-01"})"
    );
}

struct Layer {
    std::int64_t milli;
    std::int64_t value;
    std::int64_t gone;
};

// One item's year: a receipt, then four issues, and so on; the days go by as the movements come.
class Trade {
 public:
    Trade(Desk& desk, std::uint64_t movements) : desk_(desk), movements_(movements) {}

    // The seconds that the book took for the next movements, and a queue alone.
    struct Times {
        double book = 0;
        double queue = 0;
    };
    Times play(std::uint64_t count) {
        Times times;
        queue_seconds_ = 0;
        for (std::uint64_t i = 0; i < count; ++i) times.book += play_one();
        times.queue = queue_seconds_;
        return times;
    }
    void receive_only(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto day = static_cast<std::int32_t>(played_++ * 364 / movements_);
            (void)receive(Date::of(2025, 1, 1).plus_days(day), prng_.between(1'000, 9'000));
        }
    }
    [[nodiscard]] std::uint64_t played() const { return played_; }
    [[nodiscard]] std::size_t open_layers() const { return layers_.size(); }

 private:
    double play_one() {
        const auto day = static_cast<std::int32_t>(played_ * 364 / movements_);
        const Date date = Date::of(2025, 1, 1).plus_days(day);
        const std::int64_t milli = prng_.between(1'000, 9'000);
        const bool is_receipt = played_++ % 5 == 0 || on_hand_ < milli;
        if (is_receipt) return receive(date, milli * 5);
        return issue(date, milli);
    }
    double receive(Date date, std::int64_t milli) {
        const std::int64_t value = milli * prng_.between(900, 1'300) / 1'000;
        inventory::ReceiveStockT command;
        command.receipt = id_from_code(fmt::format("R-{}", played_));
        command.location = id_from_code("MAIN");
        command.date = date;
        auto line = std::make_unique<inventory::ReceiptLineT>();
        line->item = id_from_code("KETTLE");
        line->quantity = Quantity::from_milli(milli);
        line->value = Money::from_minor(value, Currency::eur);
        command.lines.push_back(std::move(line));
        on_hand_ += milli;
        layers_.push_back({milli, value, 0});
        return timed(std::move(command));
    }
    double issue(Date date, std::int64_t milli) {
        inventory::IssueStockT command;
        command.issue = id_from_code(fmt::format("I-{}", played_));
        command.location = id_from_code("MAIN");
        command.date = date;
        auto line = std::make_unique<inventory::IssueLineT>();
        line->item = id_from_code("KETTLE");
        line->quantity = Quantity::from_milli(milli);
        command.lines.push_back(std::move(line));
        on_hand_ -= milli;
        const double begin = processor_seconds();
        take(milli);
        queue_seconds_ += processor_seconds() - begin;
        return timed(std::move(command));
    }
    template <class Command>
    double timed(Command&& command) {
        const double begin = processor_seconds();
        desk_.send(std::forward<Command>(command));
        return processor_seconds() - begin;
    }
    void take(std::int64_t milli) {
        while (milli > 0) {
            Layer& layer = layers_.front();
            const std::int64_t taken = std::min(milli, layer.milli - layer.gone);
            layer.gone += taken;
            cost_ += layer.value * layer.gone / layer.milli;
            milli -= taken;
            if (layer.gone == layer.milli) layers_.pop_front();
        }
    }

    Desk& desk_;
    std::uint64_t movements_;
    Prng prng_{1};
    std::uint64_t played_ = 0;
    std::int64_t on_hand_ = 0;
    std::deque<Layer> layers_;
    std::int64_t cost_ = 0;
    double queue_seconds_ = 0;
};

// Large blocks, which the allocator maps by themselves, count too.
std::size_t bytes_held() {
    const auto all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

void print_window(std::uint64_t begin, std::uint64_t end, const Trade::Times& times) {
    const auto count = static_cast<double>(end - begin);
    fmt::print(
        "movements {:>9} to {:>9}: {:8.1f} k/s ({:5.1f} us each; a queue of layers alone {:.3f} "
        "us: "
        "x {:.0f})\n",
        begin,
        end,
        count / times.book / 1e3,
        times.book / count * 1e6,
        times.queue / count * 1e6,
        times.book / times.queue
    );
}

void close_year(Desk& desk) {
    desk.send(
        "accounting.OpenFiscalYear",
        R"({"year": "2026", "first": "2026-01-01", "last": "2026-12-31"})"
    );
    for (int month = 1; month <= 12; ++month) {
        desk.send("accounting.ClosePeriod", fmt::format(R"({{"period": "2025-{:02}"}})", month));
    }
    desk.send("accounting.CloseFiscalYear", R"({"year": "2025"})");
}

void run(std::uint64_t movements) {
    Desk desk;
    open_book(desk);
    Trade trade{desk, movements};
    const std::size_t before = bytes_held();
    for (std::uint64_t mark = 1'000; trade.played() < movements; mark *= 10) {
        const std::uint64_t end = std::min(mark, movements);
        // The last tenth on the way to each power of ten.
        const std::uint64_t measured = std::max<std::uint64_t>(end / 10, 1);
        (void)trade.play(end - trade.played() - measured);
        print_window(end - measured, end, trade.play(measured));
    }
    const auto count = static_cast<double>(trade.played());
    const auto open = static_cast<double>(bytes_held() - before);
    const double begin = processor_seconds();
    close_year(desk);
    const double seconds = processor_seconds() - begin;
    fmt::print(
        "{} events; the state holds {:.0f} bytes for each movement; the year, closed in {:.2f} s "
        "to "
        "{} open layers, {:.0f}; peak memory {} MiB\n",
        desk.events(),
        open / count,
        seconds,
        trade.open_layers(),
        static_cast<double>(bytes_held() - before) / count,
        peak_memory_mib()
    );
}

// Receipts alone, so that every one is a layer that stays.
void run_layers(std::uint64_t layers) {
    Desk desk;
    open_book(desk);
    Trade trade{desk, layers};
    const std::size_t before = bytes_held();
    trade.receive_only(layers);
    const auto count = static_cast<double>(layers);
    const auto open = static_cast<double>(bytes_held() - before) / count;
    close_year(desk);
    fmt::print(
        "{} layers that stay open: {:.0f} bytes each in the open year, {:.0f} when it is closed\n",
        layers,
        open,
        static_cast<double>(bytes_held() - before) / count
    );
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    const auto movements = daybook::bench::option(count, arguments, "--events", 10'000'000);
    daybook::bench::run(movements);
    daybook::bench::run_layers(std::min<std::uint64_t>(movements, 100'000));
}
