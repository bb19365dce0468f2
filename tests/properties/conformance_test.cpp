// What every registered module must keep, whatever it is about: no command, however strange, brings
// the program down; what it refuses leaves no trace; what it accepts replays to the same state; and
// its state and its events survive being written down. New modules are tested without being named.
#include <doctest/doctest.h>

#include <map>

#include "engine/codec/codec.hpp"
#include "engine/runtime/book.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/plausible_command.hpp"
#include "tests/support/seed.hpp"

namespace daybook {
namespace {

constexpr int rounds = 400;

Bytes saved(const Book& book) {
    Bytes bytes;
    book.save(bytes);
    return bytes;
}

Book new_book() {
    return std::move(Book::make(domain_modules(), {})).value();
}

// All modules in one book, and random commands for it.
struct Bench {
    explicit Bench(std::uint64_t seed) : commands(seed) { group.start(0); }

    std::optional<RefusalReport> decide(const CommandMessage& message) {
        const auto slot = static_cast<std::size_t>(message.module - domain_modules().data());
        const auto record = message.module->verify_command(message.payload);
        REQUIRE(record.has_value());
        return book.decide(
            {.message = message, .record = *record, .slot = slot, .now = clock.now()}, group
        );
    }

    Codec codec{domain_modules()};
    PlausibleCommands commands;
    FakeClock clock;
    Book book = new_book();
    GroupBuffer group;
    std::map<std::string, int> accepted;  // By command.
};

void send_random_commands(Bench& bench, std::uint64_t seed) {
    const CommandDefaults defaults{.id = id_from_code("c"), .actor = id_from_code("anna")};
    for (int round = 0; round < rounds; ++round) {
        bench.clock.advance(std::chrono::hours{6});
        for (const RecordDescription& command : bench.codec.commands()) {
            const std::string body = bench.commands.body(command);
            INFO("DAYBOOK_SEED=", seed, " ", command.full_name(), " ", body);
            const auto message = bench.codec.command_of_body(command.full_name(), body, defaults);
            REQUIRE_MESSAGE(message.ok(), message.error().message);
            const Bytes before = round % 8 == 0 ? saved(bench.book) : Bytes{};
            const std::uint64_t position = bench.book.position();
            const auto refusal = bench.decide(message.value());
            if (!refusal) {
                ++bench.accepted[command.full_name()];
                continue;
            }
            REQUIRE(!refusal->rule.empty());
            REQUIRE(refusal->rule != "none");
            REQUIRE(bench.book.position() == position);
            if (round % 8 == 0) REQUIRE(saved(bench.book) == before);
        }
    }
}

}  // namespace

TEST_CASE("every module survives random commands, and replay gives its state") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Bench bench{seed};
    send_random_commands(bench, seed);
    const Bytes live = saved(bench.book);
    for (int twice = 0; twice < 2; ++twice) {
        Book book = new_book();
        const auto replayed = book.replay(
            bench.group.events(), ReplayTrust::nothing, [](const Id&, std::uint64_t) {}
        );
        REQUIRE_MESSAGE(replayed.ok(), replayed.error().message);
        CHECK(saved(book) == live);
    }
    Book loaded = new_book();
    REQUIRE(loaded.load(live));
    CHECK(saved(loaded) == live);
    for (const EventBytes& event : bench.group.events()) {
        std::string json;
        REQUIRE(bench.codec.append_event(event, json).ok());
    }
    MESSAGE(
        bench.accepted.size(),
        " of ",
        bench.codec.commands().size(),
        " kinds of command were accepted at least once, in ",
        bench.group.event_count(),
        " events"
    );
}

}  // namespace daybook
