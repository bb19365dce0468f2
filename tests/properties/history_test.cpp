// Properties of the engine over random histories of the toy modules: what was refused left no
// trace, sending everything again changes nothing, and the log alone gives the state, with any
// snapshot or without.
#include <doctest/doctest.h>

#include "engine/base/prng.hpp"
#include "engine/runtime/restore.hpp"
#include "tests/runtime/toys/toy_book.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook::toys {
namespace {

using Outcome = Answer::Outcome;

CommandMessage random_command(Prng& prng, std::uint64_t number) {
    const std::string id = "c-" + std::to_string(number);
    const std::string till = "T" + std::to_string(prng.below(6));
    const std::int64_t amount = prng.between(-2, 50);
    CommandMessage message = [&] {
        switch (prng.below(8)) {
            case 0: return open_till(id, till);
            case 1:
            case 2: return put_in(id, till, amount);
            case 3:
            case 4: return take_out(id, till, amount);
            case 5: return command(id, tally::SetCapT{.cap = prng.between(0, 2'000)});
            case 6:
                return command(id, till::RingT{.left = static_cast<std::uint32_t>(prng.below(12))});
            default: return command(id, till::LookAwayT{});
        }
    }();
    if (prng.chance(20)) message.trace = id_from_code("trace");
    return message;
}

Bytes state_of(const Log& log, const EngineOptions& options, const SnapshotFolder* folder) {
    const RestoredBook restored = std::move(restore_book(log, options, folder)).value();
    Bytes bytes;
    restored.book.save(bytes);
    return bytes;
}

}  // namespace

TEST_CASE("a random history: refusals leave no trace and replay gives the live state") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng prng{seed};
    ToyBook toy{EngineLimits{.reaction_depth_max = 16}};
    std::uint64_t refusals = 0;
    for (std::uint64_t number = 0; number < 3'000; ++number) {
        const Bytes before = toy.state();
        const std::size_t events = toy.events().size();
        toy.clock.advance(std::chrono::milliseconds{prng.between(-500, 1'000)});
        if (!toy.decide(random_command(prng, number))) continue;
        ++refusals;
        REQUIRE(toy.state() == before);
        REQUIRE(toy.events().size() == events);
    }
    CHECK(refusals > 300);
    CHECK(toy.events().size() > 1'000);
    CHECK(replayed_state(toy.events()) == toy.state());
    for (std::size_t index = 1; index < toy.events().size(); ++index) {
        const auto& header = toy.header(index);
        REQUIRE(header.position() == index);
        REQUIRE(read(header.recorded_at()) >= read(toy.header(index - 1).recorded_at()));
    }
}

TEST_CASE("a random history with restarts: everything sent again changes nothing") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng prng{seed + 1};
    TempFolder folder;
    PosixFileSystem files;
    FakeClock clock;
    // Toys know no claims.
    const std::unique_ptr<Log> log = property_log(clock, TopicUse::copied);
    const EngineOptions options{
        .limits = {.snapshot_events_min = 20},
        .clock = &clock,
        .files = &files,
        .snapshot_folder = folder.path(),
        .modules = toy_modules()};
    std::vector<CommandMessage> sent;
    std::vector<Answer> answers;
    for (int round = 0; round < 12; ++round) {
        Engine engine = std::move(Engine::open(*log, options)).value();
        for (std::uint64_t left = prng.below(100); left > 0; --left) {
            sent.push_back(random_command(prng, sent.size()));
            answers.push_back(engine.submit_and_wait(sent.back()));
        }
        const std::uint64_t end = engine.end();
        for (std::size_t index = 0; index < sent.size(); ++index) {
            if (answers[index].outcome != Outcome::accepted) continue;
            if (answers[index].event_count == 0) continue;
            const Answer again = engine.submit_and_wait(sent[index]);
            REQUIRE(again.is_repeated);
            REQUIRE(again.first_position == answers[index].first_position);
            REQUIRE(again.event_count == answers[index].event_count);
            REQUIRE(again.document_version == answers[index].document_version);
        }
        REQUIRE(engine.end() == end);
    }
    const SnapshotFolder snapshots{files, folder.path(), fingerprint_of(toy_modules())};
    REQUIRE(snapshots.positions().value().size() == 2);
    CHECK(state_of(*log, options, &snapshots) == state_of(*log, options, nullptr));
}

}  // namespace daybook::toys
