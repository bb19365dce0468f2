// A copy of a log that is durable elsewhere, on a disk that fails: a power cut, the end of the
// process or a full disk take what was not synced, and nothing else.
#include <doctest/doctest.h>

#include <array>

#include "tests/log/disk.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using support::sample_batch;
using tests::copy_of;
using tests::Disk;
using tests::head_at;

namespace {

std::unique_ptr<Disk> copy_disk() {
    auto disk = std::make_unique<Disk>();
    disk->options.sync_later = true;
    return disk;
}

// What a copy has promised: all before `synced` is durable.
struct Copied {
    std::unique_ptr<MemoryLog> model = std::make_unique<MemoryLog>();  // What was tried at least.
    std::uint64_t synced = 0;
    std::uint64_t shown = 0;
};

// Appends random groups and syncs now and then, until the disk stops or it has enough.
void append_and_sync(Disk& disk, Prng& random, Copied& copied) {
    const auto opened = disk.open();
    if (!opened.ok()) return;
    SegmentLog& log = *opened.value();
    copied.synced = copied.shown = log.end();
    for (auto groups = random.below(80); groups > 0; --groups) {
        const auto count = static_cast<std::uint32_t>(1 + random.below(3));
        const auto payload_bytes = static_cast<std::uint32_t>(random.below(400));
        const auto group = sample_batch(copied.model->end(), count, payload_bytes);
        const std::uint64_t segments = log.statistics().segments;
        const auto appended = log.append(group.events());
        REQUIRE(copied.model->append(group.events()).ok());
        // All segments but the last are durable.
        if (log.statistics().segments > segments) copied.synced = copied.shown;
        if (!appended.ok()) return;
        copied.shown = log.end();
        if (!random.chance(5)) continue;
        if (!log.sync().ok()) return;
        copied.synced = copied.shown;
    }
}

struct Losses {
    std::uint64_t all = 0;      // Crashes that took all that was not synced.
    std::uint64_t some = 0;     // That took a part of it.
    std::uint64_t dropped = 0;  // After which something had to be cleaned.
};

// After a crash, or only the end of the process.
void check_opening(Disk& disk, Copied& copied, Losses& losses) {
    const std::uint64_t end_read = [&disk] {
        const auto reader = disk.open_to_read();
        return reader.ok() ? reader.value()->end() : 0;
    }();
    const auto log = disk.open();
    REQUIRE_MESSAGE(log.ok(), log.error().message);
    const std::uint64_t end = log.value()->end();
    REQUIRE(end == end_read);
    REQUIRE(end >= copied.synced);
    REQUIRE(end <= copied.model->end());
    REQUIRE(log.value()->verify(VerifyDepth::full).value() == head_at(*copied.model, end));
    losses.all += end == copied.synced && end < copied.shown ? 1U : 0U;
    losses.some += end > copied.synced && end < copied.shown ? 1U : 0U;
    losses.dropped += log.value()->dropped_bytes() > 0 ? 1U : 0U;
    copied = {.model = copy_of(*log.value()), .synced = end, .shown = end};
    // What it shows when it was opened is durable, whatever it does next.
    disk.files.fail_after(0, {ErrorCode::io, "the process is killed"}, true);
}

}  // namespace

TEST_CASE("a copy keeps in a power failure what it synced, and of the rest a beginning") {
    constexpr std::array<std::uint64_t, 3> arriving{50, 90, 98};  // Percent of the sectors.
    Losses losses;
    for (std::uint64_t round = 0; round < 60; ++round) {
        const std::uint64_t this_seed = test_seed() * 1000 + round;
        CAPTURE(this_seed);
        Prng random(this_seed);
        const auto disk = copy_disk();
        Copied copied;
        for (std::size_t crashes = 0; crashes < 20; ++crashes) {
            CAPTURE(crashes);
            disk->files.fail_after(random.below(90), {ErrorCode::io, "the power failed"}, true);
            append_and_sync(*disk, random, copied);
            const bool is_only_killed = random.chance(25);
            if (!is_only_killed) disk->files.crash(random, arriving[crashes % 3]);
            disk->files.mend();
            check_opening(*disk, copied, losses);
            if (random.chance(50)) disk->files.crash(random);
            disk->files.mend();
        }
    }
    MESSAGE(losses.all, " lost all, ", losses.some, " some, ", losses.dropped, " dropped bytes");
    CHECK(losses.all > 50);
    CHECK(losses.some > 50);
    CHECK(losses.dropped > 50);
}

TEST_CASE("what is found when a log is opened is durable with what follows it") {
    for (std::uint64_t round = 0; round < 180; ++round) {
        const std::uint64_t operation = round / 2;
        CAPTURE(operation);
        Prng random(test_seed() + operation);
        const auto disk = std::make_unique<Disk>();
        disk->options.sync_later = round % 2 == 0;
        CAPTURE(disk->options.sync_later);
        // Three times, so that all that a roll does is interrupted and also what repairs it.
        for (const std::uint64_t operations : {operation, operation % 7, operation % 11}) {
            disk->files.fail_after(operations, {ErrorCode::io, "the process is killed"}, true);
            auto log = disk->open();
            for (auto outcome = Result<void>{}; log.ok() && outcome.ok();) {
                outcome = log.value()->append(sample_batch(log.value()->end(), 1, 1500).events());
            }
            if (log.ok()) log.value().reset();
            disk->files.mend();
        }
        auto found = disk->open();
        REQUIRE_MESSAGE(found.ok(), found.error().message);
        auto log = std::move(found).value();
        REQUIRE(log->append(sample_batch(log->end(), 1, 60).events()).ok());
        REQUIRE(log->sync().ok());
        const TreeHead head = log->head();
        disk->files.fail_after(0, {ErrorCode::io, "the power failed"}, true);
        log.reset();
        disk->files.crash(random);
        disk->files.mend();
        const auto opened = disk->open();
        REQUIRE_MESSAGE(opened.ok(), opened.error().message);
        REQUIRE(opened.value()->verify(VerifyDepth::full).value() == head);
    }
}

TEST_CASE("what a copy has synced is durable, and so is what it had when it was closed") {
    for (std::uint64_t round = 0; round < 20; ++round) {
        for (const bool is_closed : {false, true}) {
            Prng random(test_seed() * 1000 + round);
            const auto disk = copy_disk();
            auto log = disk->open().value();
            REQUIRE(log->append(sample_batch(0, 3, 700).events()).ok());
            REQUIRE(log->append(sample_batch(3, 3, 700).events()).ok());
            if (is_closed) log.reset();
            if (!is_closed) REQUIRE(log->sync().ok());
            disk->files.fail_after(0, {ErrorCode::io, "the power failed"}, true);
            log.reset();
            disk->files.crash(random);
            disk->files.mend();
            CHECK(disk->open_to_read().value()->end() == 6);
        }
    }
}

TEST_CASE("an append to a copy writes and does not sync") {
    const auto disk = copy_disk();
    const auto log = disk->open().value();
    for (std::uint64_t position = 0; position < 10; ++position) {
        const std::uint64_t before = disk->files.operations();
        REQUIRE(log->append(sample_batch(position, 1, 60).events()).ok());
        CHECK(disk->files.operations() == before + 1);
    }
    const std::uint64_t before = disk->files.operations();
    REQUIRE(log->sync().ok());
    REQUIRE(log->sync().ok());
    CHECK(disk->files.operations() == before + 1);
}

TEST_CASE("a sync of a copy that failed is final") {
    for (const auto code : {ErrorCode::io, ErrorCode::disk_full}) {
        const auto disk = copy_disk();
        const auto log = disk->open().value();
        REQUIRE(log->append(sample_batch(0, 1, 60).events()).ok());
        disk->files.fail_after(0, {code, "it does not sync"}, false);
        CHECK(log->sync().error().code == ErrorCode::io);
        CHECK(log->sync().error().code == ErrorCode::io);
        CHECK(log->resume().error().code == ErrorCode::io);
        CHECK(log->append(sample_batch(1, 1, 60).events()).error().code == ErrorCode::io);
        CHECK(tests::positions_from(*log, 0) == 1);
    }
}

TEST_CASE("space that runs out costs a copy the one group, and what it showed becomes durable") {
    std::uint64_t refused = 0;
    for (std::uint64_t operation = 0; operation < 60; ++operation) {
        CAPTURE(operation);
        Prng random(test_seed() + operation);
        const auto disk = copy_disk();
        MemoryLog model;
        auto log = disk->open().value();
        disk->files.fail_after(operation, {ErrorCode::disk_full, "no space"}, false);
        Result<void> outcome;
        while (outcome.ok()) {
            const auto group = sample_batch(model.end(), 2, 600);
            outcome = log->append(group.events());
            if (outcome.ok()) REQUIRE(model.append(group.events()).ok());
        }
        REQUIRE(log->head() == model.head());
        // A failed sync is final; all else can be gone on from.
        if (outcome.error().code == ErrorCode::io) continue;
        ++refused;
        REQUIRE(outcome.error().code == ErrorCode::disk_full);
        REQUIRE(log->sync().ok());
        if (operation % 2 == 0) {
            REQUIRE(log->resume().ok());
            const auto group = sample_batch(model.end(), 1, 100);
            REQUIRE(log->append(group.events()).ok());
            REQUIRE(model.append(group.events()).ok());
            REQUIRE(log->sync().ok());
        }
        disk->files.fail_after(0, {ErrorCode::io, "the power failed"}, true);
        log.reset();
        disk->files.crash(random);
        disk->files.mend();
        REQUIRE(disk->open().value()->verify(VerifyDepth::full).value() == model.head());
    }
    CHECK(refused > 30);
}
