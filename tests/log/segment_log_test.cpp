// The embedded log when all goes well, and its refusals when it is used wrongly.
#include "engine/log/segment_log.hpp"

#include <doctest/doctest.h>

#include "tests/log/disk.hpp"

using namespace daybook;
using support::sample_batch;
using tests::Disk;

namespace {

std::vector<EventHashes> hashes_of(std::span<const EventBytes> group, Hash chain) {
    Hasher hasher;
    std::vector<EventHashes> hashes;
    for (const EventBytes event : group) {
        const Hash leaf = hasher.leaf(event);
        chain = hasher.chain(chain, leaf);
        hashes.push_back({.leaf = leaf, .chain = chain});
    }
    return hashes;
}

// What stands in the folder's segments.
std::vector<std::vector<std::byte>> contents_of(const Disk& disk, std::uint64_t segments) {
    std::vector<std::vector<std::byte>> contents;
    for (std::uint64_t number = 0; number < segments; ++number) {
        contents.push_back(
            disk.files.content("book/log/00000" + std::to_string(number) + ".segment")
        );
    }
    return contents;
}

// A log with these groups, after each of which `prepare` was or was not called for the next; now
// and then for another one that does not come.
std::vector<std::vector<std::byte>> appended(bool is_prepared) {
    Disk disk;
    const auto log = disk.open().value();
    for (std::uint64_t index = 0; index < 30; ++index) {
        const auto group = sample_batch(index * 2, 2, static_cast<std::uint32_t>(200 + index * 50));
        const auto other = sample_batch(index * 2, index % 3 == 0 ? 2 : 3, 70);
        const auto hashes = hashes_of(group.events(), log->head().chain);
        const auto other_hashes = hashes_of(other.events(), log->head().chain);
        if (is_prepared && index % 4 < 2) log->prepare(other.events(), other_hashes);
        if (is_prepared && index % 4 > 0) log->prepare(group.events(), hashes);
        if (index % 5 == 0) {
            REQUIRE(log->append(group.events()).ok());
        } else {
            REQUIRE(log->append(group.events(), hashes).ok());
        }
        if (is_prepared && index % 2 == 0) {
            // Of the past: it is not the group that comes next.
            log->prepare(group.events(), hashes);
        }
    }
    REQUIRE(log->statistics().segments > 4);
    REQUIRE(log->verify(VerifyDepth::full).ok());
    return contents_of(disk, log->statistics().segments);
}

}  // namespace

TEST_CASE("a log is the same to the byte whether its groups were prepared or not") {
    CHECK(appended(true) == appended(false));
}

TEST_CASE("a prepared group is written as it was when it was prepared, and nothing before") {
    Disk disk;
    const auto log = disk.open().value();
    const auto group = sample_batch(0, 2, 100);
    const auto hashes = hashes_of(group.events(), {});
    const std::uint64_t before = disk.files.operations();
    log->prepare(group.events(), hashes);
    CHECK(disk.files.operations() == before);
    CHECK(log->end() == 0);
    CHECK(log->head() == MemoryLog{}.head());
    // That the frame is not made again shows only where the caller breaks the promise of hashes.
    auto* payload = const_cast<std::byte*>(payload_of(group.events()[0]).data());
    payload[0] ^= std::byte{1};
    REQUIRE(log->append(group.events(), hashes).ok());
    CHECK(log->verify(VerifyDepth::full).ok());
    CHECK(tests::positions_from(*log, 0) == 2);
}

TEST_CASE("another group than the prepared one is written as it is") {
    Disk disk;
    const auto log = disk.open().value();
    MemoryLog memory;
    const auto prepared = sample_batch(0, 2, 100);
    // Of the same size and count: only the hashes tell.
    auto other = sample_batch(0, 2, 100);
    const_cast<std::byte*>(payload_of(other.events()[1]).data())[5] ^= std::byte{1};
    log->prepare(prepared.events(), hashes_of(prepared.events(), {}));
    REQUIRE(log->append(other.events(), hashes_of(other.events(), {})).ok());
    REQUIRE(memory.append(other.events()).ok());
    CHECK(log->verify(VerifyDepth::full).value() == memory.head());
}

TEST_CASE("a group is prepared for the segment at hand, or not at all") {
    for (const std::uint32_t payload_bytes : {100U, 3000U, 9000U}) {
        CAPTURE(payload_bytes);
        Disk disk;
        const auto log = disk.open().value();
        MemoryLog memory;
        REQUIRE(log->append(sample_batch(0, 1, 4000).events()).ok());
        REQUIRE(memory.append(sample_batch(0, 1, 4000).events()).ok());
        const auto group = sample_batch(1, 1, payload_bytes);
        const auto hashes = hashes_of(group.events(), log->head().chain);
        log->prepare(group.events(), hashes);
        CHECK(log->statistics().segments == 1);
        // A group that was refused by a full disk after a roll: the prepared one is of no use.
        const auto large = sample_batch(1, 1, 12'000);
        disk.files.set_space(0);
        CHECK(log->append(large.events()).error().code == ErrorCode::disk_full);
        disk.files.set_space(1'000'000);
        REQUIRE(log->resume().ok());
        REQUIRE(log->append(group.events(), hashes).ok());
        REQUIRE(memory.append(group.events()).ok());
        CHECK(log->verify(VerifyDepth::full).value() == memory.head());
    }
}

TEST_CASE("a prepared group is of no use after another was refused, rolled or not") {
    const auto small = sample_batch(0, 1, 100);
    const auto hashes = hashes_of(small.events(), {});
    // One fits the segment behind the prepared one's place and one does not.
    auto like_small = sample_batch(0, 1, 100);
    const_cast<std::byte*>(payload_of(like_small.events()[0]).data())[5] ^= std::byte{1};
    const auto large = sample_batch(0, 1, 12'000);
    for (const auto& other : {like_small.events(), large.events()}) {
        std::uint64_t refused = 0;
        for (std::uint64_t operation = 0; operation < 16; ++operation) {
            CAPTURE(operation);
            Disk disk;
            const auto log = disk.open().value();
            log->prepare(small.events(), hashes);
            disk.files.fail_after(operation, {ErrorCode::disk_full, "no space"}, false);
            if (log->append(other).ok()) continue;
            ++refused;
            REQUIRE(log->resume().ok());
            REQUIRE(log->append(small.events(), hashes).ok());
            CHECK(log->verify(VerifyDepth::full).ok());
            CHECK(tests::positions_from(*log, 0) == 1);
        }
        CHECK(refused >= 2);
    }
}

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
