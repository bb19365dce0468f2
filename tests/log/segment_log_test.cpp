// The embedded log when all goes well, and its refusals when it is used wrongly.
#include "engine/log/segment_log.hpp"

#include <doctest/doctest.h>

#include "tests/log/disk.hpp"

using namespace daybook;
using support::sample_batch;
using tests::Disk;

TEST_CASE("events come back in order after closing and opening, from any position") {
    Disk disk;
    std::uint64_t position = 0;
    {
        const auto log = disk.open().value();
        for (std::uint32_t count = 1; count <= 40; ++count) {
            REQUIRE(log->append(sample_batch(position, count, 37 * count).events()).ok());
            position += count;
        }
        CHECK(log->end() == position);
        CHECK(tests::positions_from(*log, 0) == position);
    }
    const auto log = disk.open().value();
    CHECK(log->end() == position);
    CHECK(log->statistics().segments > 3);
    CHECK(log->statistics().frames == 40);
    for (std::uint64_t from = 0; from <= position; from += 7) {
        CHECK(tests::positions_from(*log, from) == position);
    }
    CHECK_FALSE(log->read(position + 1).ok());
}

TEST_CASE("memory log and segment log commit to the same events with the same hashes") {
    Disk disk;
    const auto log = disk.open().value();
    MemoryLog memory;
    CHECK(log->head() == memory.head());
    for (std::uint64_t position = 0; position < 500; position += 5) {
        const auto group = sample_batch(position, 5, 100);
        REQUIRE(log->append(group.events()).ok());
        REQUIRE(memory.append(group.events()).ok());
        CHECK(log->head() == memory.head());
    }
    CHECK(log->verify(VerifyDepth::full).value() == memory.head());
}

TEST_CASE("hashes that the caller knows are taken as they are") {
    Disk disk;
    const auto log = disk.open().value();
    MemoryLog memory;
    Hasher hasher;
    std::vector<EventHashes> hashes;
    for (std::uint64_t position = 0; position < 100; position += 5) {
        const auto group = sample_batch(position, 5, 100);
        hashes.clear();
        Hash chain = memory.head().chain;
        for (const EventBytes event : group.events()) {
            const Hash leaf = hasher.leaf(event);
            chain = hasher.chain(chain, leaf);
            hashes.push_back({.leaf = leaf, .chain = chain});
        }
        REQUIRE(log->append(group.events(), hashes).ok());
        REQUIRE(memory.append(group.events()).ok());
        CHECK(log->head() == memory.head());
    }
    CHECK(log->verify(VerifyDepth::full).value() == memory.head());
    const auto last = sample_batch(100, 5, 100);
    REQUIRE(log->append(last.events(), hashes).ok());
    CHECK(log->verify(VerifyDepth::fast).ok());
    CHECK(log->verify(VerifyDepth::full).error().code == ErrorCode::corrupt);
}

TEST_CASE("the head is the same after opening again, whatever the segments") {
    Disk disk;
    TreeHead head = MemoryLog{}.head();
    for (std::uint64_t position = 0; position < 300; position += 3) {
        const auto log = disk.open().value();
        CHECK(log->head() == head);
        REQUIRE(log->append(sample_batch(position, 3, 200).events()).ok());
        head = log->head();
    }
    CHECK(disk.open().value()->verify(VerifyDepth::full).value() == head);
}

TEST_CASE("a second writer is refused and told who the first one is; a reader is let in") {
    Disk disk;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(0, 2, 10).events()).ok());
    const Error error = disk.open().error();
    CHECK(error.code == ErrorCode::busy);
    CHECK(
        error.message == "the log in book/log is open for writing by process " +
                             std::to_string(process_id()) +
                             "; wait until it ends, or ask it, if it is a server"
    );
    const auto reader = disk.open_to_read().value();
    CHECK(reader->end() == 2);
    CHECK(reader->append(sample_batch(2, 1, 10).events()).error().code == ErrorCode::denied);
}

TEST_CASE("a log is made only when asked for") {
    Disk disk;
    disk.options.create = false;
    CHECK(disk.open().error().message == "there is no log in book/log");
    CHECK(disk.open_to_read().error().code == ErrorCode::not_found);
}

TEST_CASE("a group that does not continue the log is refused and changes nothing") {
    Disk disk;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(0, 2, 10).events()).ok());
    const TreeHead head = log->head();
    CHECK(log->append(sample_batch(3, 1, 10).events()).error().code == ErrorCode::invalid);
    const auto three = sample_batch(2, 3, 10);
    const std::span events{three.events()};
    CHECK(log->append(events.first(2)).error().message == "event 3: its batch is not whole");
    CHECK(log->head() == head);
    CHECK(log->append(events).ok());
}

TEST_CASE("a group larger than a segment gets a segment of its own size") {
    Disk disk;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(0, 1, 10).events()).ok());
    REQUIRE(log->append(sample_batch(1, 4, 30'000).events()).ok());
    REQUIRE(log->append(sample_batch(5, 1, 10).events()).ok());
    CHECK(tests::positions_from(*log, 0) == 6);
    CHECK(log->verify(VerifyDepth::full).ok());
}

TEST_CASE("verifying reports how far it is and stops when asked to") {
    Disk disk;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(0, 10, 10).events()).ok());
    std::uint64_t total = 0;
    const auto count = [&](const LogProgress& progress) {
        total = progress.events_total;
        return false;
    };
    CHECK(log->verify(VerifyDepth::fast, count).error().code == ErrorCode::busy);
    CHECK(total == 10);
    CHECK(log->append(sample_batch(10, 1, 10).events()).ok());
}
