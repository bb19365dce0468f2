// How fast a book takes commands, end to end: through the gateway, the queue and the rules onto the
// disk, and answered when durable. Each command registers one party.
#include <atomic>
#include <optional>
#include <thread>

#include "bench/harness.hpp"
#include "engine/engine.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "schemas/crm.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

const DomainModule& crm_module() {
    for (const DomainModule& module : domain_modules()) {
        if (module.name == "crm") return module;
    }
    DAYBOOK_ASSERT(false);
    return domain_modules().front();
}

CommandMessage register_party(std::uint64_t number) {
    static flatbuffers::FlatBufferBuilder builder;
    crm::RegisterPartyT body;
    body.party = id_from_code(fmt::format("C-{}", number));
    body.kind = crm::PartyKind::organisation;
    body.name = "Dupont et fils SARL";
    body.roles = {crm::Role::customer};
    crm::CommandRecordT record;
    record.command.Set(std::move(body));
    builder.Clear();
    builder.Finish(crm::CommandRecord::Pack(builder, &record));
    const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    return {
        .id = id_from_code(fmt::format("c-{}", number)),
        .actor = id_from_code("bench"),
        .module = &crm_module(),
        .payload = {begin, begin + builder.GetSize()}};
}

struct Desk {
    TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    SystemClock clock;
    std::unique_ptr<SegmentLog> log =
        std::move(
            SegmentLog::open(files, random, {.folder = folder.path() + "/log", .create = true})
        )
            .value();
    Engine engine = std::move(Engine::open(*log, {.clock = &clock})).value();
    std::uint64_t next = 0;
};

// As many as the queue takes; waits only when it is full.
void send_all(Desk& desk, std::uint64_t count) {
    std::atomic<std::uint64_t> answered = 0;
    for (std::uint64_t left = count; left > 0; --left) {
        const CommandMessage message = register_party(desk.next++);
        const auto callback = [&answered](const Answer& answer) {
            DAYBOOK_ASSERT(answer.outcome == Answer::Outcome::accepted);
            answered.fetch_add(1, std::memory_order_release);
        };
        while (!desk.engine.submit(message, callback).ok()) std::this_thread::yield();
    }
    while (answered.load(std::memory_order_acquire) < count) std::this_thread::yield();
}

// One at a time; the seconds of each, shortest first.
std::vector<double> send_each(Desk& desk, std::uint64_t count) {
    std::vector<double> latencies;
    for (std::uint64_t left = count; left > 0; --left) {
        latencies.push_back(seconds_of([&] {
            const Answer answer = desk.engine.submit_and_wait(register_party(desk.next++));
            DAYBOOK_ASSERT(answer.outcome == Answer::Outcome::accepted);
        }));
    }
    std::ranges::sort(latencies);
    return latencies;
}

void run(std::uint64_t commands) {
    Desk desk;
    std::uint64_t number = 0;
    print_rate("make a command", commands, sorted_runs([&] {
                   for (std::uint64_t left = commands; left > 0; --left) {
                       DAYBOOK_ASSERT(!register_party(number++).payload.empty());
                   }
               }));
    print_rate("submit, many at once", commands, sorted_runs([&] { send_all(desk, commands); }));
    const auto latencies = send_each(desk, std::min<std::uint64_t>(commands, 5'000));
    const auto micros = [&](std::size_t percent) {
        return latencies[(latencies.size() - 1) * percent / 100] * 1e6;
    };
    fmt::print(
        "one at a time: p50 {:.0f} us, p99 {:.0f} us, max {:.0f} us\n",
        micros(50),
        micros(99),
        micros(100)
    );
    fmt::print("{} events, peak memory {} MiB\n", desk.engine.end(), peak_memory_mib());
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    daybook::bench::run(daybook::bench::option(count, arguments, "--events", 200'000));
}
