// The way of the events into the local copy, and when others hear of it.
#include "connectors/kafka/copier.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/sample_events.hpp"

namespace daybook::kafka {
namespace {

class FixedRandom final : public Random {
 public:
    [[nodiscard]] std::uint64_t next() override { return 7; }
};

// A copy on a disk in memory, and what its copier tells.
struct Desk {
    support::FakeFileSystem files;
    FixedRandom random;
    FakeClock clock;
    std::unique_ptr<SegmentLog> copy =
        SegmentLog::open(
            files,
            random,
            {.folder = "copy", .create = true, .segment_bytes = 16 * 1024, .sync_later = true}
        )
            .value();
    Hasher hasher;
    Hash chain{};
    std::uint64_t next = 0;
    std::mutex mutex;
    std::vector<std::uint64_t> published;  // Each block's next position. Guarded by mutex.
    std::optional<Error> failure;          // Guarded by mutex.

    [[nodiscard]] CopierParts parts() {
        return {
            .files = files,
            .clock = clock,
            .copy = *copy,
            .folder = "copy",
            .publish =
                [this](const Block& block) {
                    CHECK(copy->end() == block.state.tip.next);
                    const std::scoped_lock lock{mutex};
                    published.push_back(block.state.tip.next);
                },
            .fail =
                [this](Error error) {
                    const std::scoped_lock lock{mutex};
                    failure = std::move(error);
                }};
    }
    [[nodiscard]] Block block(std::uint32_t count, EventArena arena = {}) {
        Block made{.events = std::move(arena)};
        const auto group = support::sample_batch(next, count, 300);
        for (const EventBytes event : group.events()) {
            const Hash leaf = hasher.leaf(event);
            chain = hasher.chain(chain, leaf);
            made.events.add(event, {.leaf = leaf, .chain = chain});
        }
        next += count;
        made.state.tip.next = next;
        made.safe = {.place = "p", .cluster = "c", .offset = next + 100};
        made.safe.tip.next = next;
        return made;
    }
};

constexpr std::uint64_t space = 60'000;

// How many blocks of one event a copy takes on a disk of that space.
std::uint64_t blocks_until_full() {
    Desk desk;
    desk.files.set_space(space);
    while (true) {
        Block block = desk.block(1);
        const auto appended = desk.copy->append(block.events.events(), block.events.hashes());
        if (appended.ok()) continue;
        REQUIRE(appended.error().code == ErrorCode::disk_full);
        return desk.copy->end();
    }
}

}  // namespace

TEST_CASE("events that wait keep their bytes, places and hashes") {
    EventArena arena;
    const auto group = support::sample_batch(0, 6, 13);
    for (std::uint8_t index = 0; index < 6; ++index) {
        EventHashes hashes;
        hashes.leaf[0] = std::byte{index};
        arena.add(group.events()[index], hashes);
    }
    arena.drop_last(1);
    REQUIRE(arena.count() == 5);
    EventArena rest;
    arena.split(3, rest);
    CHECK(arena.count() == 3);
    REQUIRE(rest.count() == 2);
    for (std::uint64_t index = 0; index < 5; ++index) {
        EventArena& holder = index < 3 ? arena : rest;
        const std::size_t place = index < 3 ? index : index - 3;
        CHECK(header_of(holder.events()[place]).position() == index);
        CHECK(support::is_sample(holder.events()[place]));
        CHECK(holder.hashes()[place].leaf[0] == static_cast<std::byte>(index));
    }
    rest.clear();
    CHECK(rest.count() == 0);
    CHECK(rest.bytes() == 0);
}

TEST_CASE("blocks go into the copy in order, are told once each, and survive a power cut") {
    Desk desk;
    {
        Copier copier{desk.parts(), {}};
        for (std::uint32_t count = 1; count <= 20; ++count) {
            REQUIRE(copier.put(desk.block(count, copier.spare())));
        }
        Block empty;
        empty.state.tip.next = desk.next;
        empty.safe = {.place = "p", .cluster = "c", .offset = desk.next + 100};
        REQUIRE(copier.put(std::move(empty)));
    }
    REQUIRE(desk.published.size() == 21);
    CHECK(std::ranges::is_sorted(desk.published));
    CHECK(desk.copy->end() == 210);
    CHECK(desk.copy->verify(VerifyDepth::full).value().chain == desk.chain);
    CHECK(load_origin(desk.files, "copy")->offset == 310);
    desk.files.fail_after(0, {ErrorCode::io, "the power failed"}, true);
    desk.copy.reset();
    Prng random(1);
    desk.files.crash(random);
    desk.files.mend();
    const auto after =
        SegmentLog::open(desk.files, desk.random, {.folder = "copy", .read_only = true});
    CHECK(after.value()->end() == 210);
}

TEST_CASE("who hands a block over copies it himself when nothing is before it") {
    Desk desk;
    Copier copier{desk.parts(), {}};
    while (!copier.has_room()) std::this_thread::yield();
    const auto group = support::sample_batch(0, 3, 300);
    const auto sent = std::make_shared<SentGroup>();
    sent->begin(group.events(), Tip{});
    while (!copier.prepare(sent)) std::this_thread::yield();
    desk.chain = sent->chain_after(2);
    Block ours;
    ours.sent = sent;
    ours.state.tip.next = desk.next = 3;
    ours.safe = {.place = "p", .cluster = "c", .offset = 103};
    REQUIRE(copier.put_now(std::move(ours)));
    while (desk.copy->end() < 3) std::this_thread::yield();
    for (std::uint32_t round = 0; round < 200; ++round) {
        Block block = desk.block(1 + round % 3, copier.spare());
        REQUIRE((round % 2 == 0 ? copier.put_now(std::move(block)) : copier.put(std::move(block))));
    }
    while (desk.copy->end() < desk.next) std::this_thread::yield();
    CHECK(desk.copy->verify(VerifyDepth::full).value().chain == desk.chain);
    const std::scoped_lock lock{desk.mutex};
    CHECK(!desk.failure);
    CHECK(std::ranges::is_sorted(desk.published));
}

TEST_CASE("what is copied at once is told on the caller's thread") {
    Desk desk;
    std::atomic<std::uint64_t> told_here = 0;
    CopierParts parts = desk.parts();
    parts.publish = [&, caller = std::this_thread::get_id()](const Block&) {
        if (std::this_thread::get_id() == caller) ++told_here;
    };
    Copier copier{std::move(parts), {}};
    // As soon as the thread has nothing to do.
    while (told_here == 0) {
        REQUIRE(copier.put_now(desk.block(1)));
        while (desk.copy->end() < desk.next) std::this_thread::yield();
    }
    CHECK(desk.copy->end() == desk.next);
}

TEST_CASE("a full disk is waited for") {
    const std::uint64_t room = blocks_until_full();
    Desk desk;
    desk.files.set_space(space);
    Copier copier{desk.parts(), {}};
    for (std::uint64_t block = 0; block < room + 2; ++block) REQUIRE(copier.put(desk.block(1)));
    while (desk.copy->end() < room) std::this_thread::yield();
    desk.files.set_space(10 * space);
    while (desk.copy->end() < room + 2) std::this_thread::yield();
    const std::scoped_lock lock{desk.mutex};
    CHECK(!desk.failure);
}

TEST_CASE("who stops waits for no disk, and nothing is told that the copy has not") {
    const std::uint64_t room = blocks_until_full();
    Desk desk;
    desk.files.set_space(space);
    {
        Copier copier{desk.parts(), {}};
        for (std::uint64_t block = 0; block <= room; ++block) REQUIRE(copier.put(desk.block(1)));
        while (desk.copy->end() < room) std::this_thread::yield();
        copier.stop();
        while (copier.put(desk.block(1))) std::this_thread::yield();
    }
    CHECK(desk.published.size() == room);
    REQUIRE(desk.failure);
    CHECK(desk.failure->code == ErrorCode::disk_full);
}

}  // namespace daybook::kafka
