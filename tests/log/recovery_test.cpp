// What a crash leaves: an unfinished last write is dropped, whatever part of it arrived, and
// nothing else is.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/log/disk.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using support::sample_batch;
using tests::copy_of;
using tests::Disk;
using tests::head_at;

namespace {

using Content = std::vector<std::byte>;

const std::string first_segment = "book/log/000000.segment";

// A segment as it stands before and after its last frame was written.
struct LastFrame {
    Content before;
    Content after;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t position = 0;  // Of its first event.
};

LastFrame frame_of(std::uint32_t events, std::uint32_t payload_bytes) {
    Disk disk;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(0, 2, 150).events()).ok());
    REQUIRE(log->append(sample_batch(2, 1, 33).events()).ok());
    LastFrame frame{.before = disk.files.content(first_segment), .position = 3};
    REQUIRE(log->append(sample_batch(3, events, payload_bytes).events()).ok());
    frame.after = disk.files.content(first_segment);
    const auto differs =
        std::mismatch(frame.before.begin(), frame.before.end(), frame.after.begin());
    frame.begin = static_cast<std::size_t>(differs.first - frame.before.begin());
    frame.end = frame.after.size();
    while (frame.after[frame.end - 1] == std::byte{0}) --frame.end;
    return frame;
}

// Opens a log with this one segment, checks its end, and that it can go on.
void check_end(const Content& segment, std::uint64_t expected_end) {
    Disk disk;
    REQUIRE(disk.files.make_folder("book/log").ok());
    disk.files.overwrite(first_segment, segment);
    REQUIRE(disk.open_to_read().value()->end() == expected_end);
    {
        const auto log = disk.open();
        REQUIRE_MESSAGE(log.ok(), log.error().message);
        REQUIRE(log.value()->end() == expected_end);
        REQUIRE(log.value()->append(sample_batch(expected_end, 2, 60).events()).ok());
    }
    const auto log = disk.open().value();
    REQUIRE(log->dropped_bytes() == 0);
    REQUIRE(tests::positions_from(*log, 0) == expected_end + 2);
    REQUIRE(log->verify(VerifyDepth::full).ok());
}

}  // namespace

TEST_CASE("a last frame cut at any byte is dropped and the rest is kept") {
    for (const std::uint32_t payload_bytes : {0U, 5U, 700U}) {
        const LastFrame frame = frame_of(2, payload_bytes);
        for (std::size_t cut = frame.begin; cut < frame.end; ++cut) {
            CAPTURE(payload_bytes);
            CAPTURE(cut - frame.begin);
            Content torn = frame.before;
            std::copy(
                frame.after.begin(),
                frame.after.begin() + static_cast<std::ptrdiff_t>(cut),
                torn.begin()
            );
            check_end(torn, frame.position);
        }
        check_end(frame.after, frame.position + 2);
    }
}

TEST_CASE("a last frame of which any sectors are missing is dropped and the rest is kept") {
    constexpr std::size_t sector = 512;
    const LastFrame frame = frame_of(3, 900);
    const std::size_t first_sector = frame.begin / sector;
    const std::size_t sectors = (frame.end - 1) / sector - first_sector + 1;
    REQUIRE(sectors >= 6);
    for (std::size_t arrived = 0; arrived < (std::size_t{1} << sectors); ++arrived) {
        CAPTURE(arrived);
        Content torn = frame.before;
        for (std::size_t index = 0; index < sectors; ++index) {
            if ((arrived >> index & 1) == 0) continue;
            const std::size_t at = (first_sector + index) * sector;
            std::copy_n(&frame.after[at], sector, &torn[at]);
        }
        const bool is_whole = arrived + 1 == std::size_t{1} << sectors;
        check_end(torn, is_whole ? frame.position + 3 : frame.position);
    }
}

TEST_CASE("events full of zeros are no unfinished write") {
    Disk disk;
    {
        const auto log = disk.open().value();
        auto group = sample_batch(0, 1, 4000);
        auto* payload = const_cast<std::byte*>(payload_of(group.events()[0]).data());
        std::fill_n(payload, 4000, std::byte{0});
        REQUIRE(log->append(group.events()).ok());
    }
    Content content = disk.files.content(first_segment);
    std::fill_n(&content[4096], 64, std::byte{0});  // No close mark: it was a crash.
    disk.files.overwrite(first_segment, content);
    CHECK(disk.open_to_read().value()->end() == 1);
    content[8192 + 300] ^= std::byte{4};
    disk.files.overwrite(first_segment, content);
    CHECK(disk.open().error().code == ErrorCode::corrupt);
}

namespace {

// Appends random groups until the disk stops, then answers how far appends were acknowledged.
std::uint64_t append_until_failure(Disk& disk, Prng& random, MemoryLog& model) {
    std::uint64_t acknowledged = model.end();
    const auto opened = disk.open();
    if (!opened.ok()) return acknowledged;
    SegmentLog& log = *opened.value();
    for (int groups = 0; groups < 60; ++groups) {
        const auto count = static_cast<std::uint32_t>(1 + random.below(4));
        const auto payload_bytes = static_cast<std::uint32_t>(random.below(3000));
        const auto group = sample_batch(model.end(), count, payload_bytes);
        if (!log.append(group.events()).ok()) {
            // It may have reached the disk all the same: the model tries it too.
            REQUIRE(model.append(group.events()).ok());
            return acknowledged;
        }
        REQUIRE(model.append(group.events()).ok());
        acknowledged = model.end();
    }
    return acknowledged;
}

}  // namespace

TEST_CASE("a power failure at any operation loses nothing acknowledged, again and again") {
    for (std::uint64_t round = 0; round < 12; ++round) {
        const std::uint64_t this_seed = test_seed() * 1000 + round;
        CAPTURE(this_seed);
        Prng random(this_seed);
        Disk disk;
        auto model = std::make_unique<MemoryLog>();
        for (int crashes = 0; crashes < 20; ++crashes) {
            CAPTURE(crashes);
            disk.files.fail_after(random.below(90), {ErrorCode::io, "the power failed"}, true);
            const std::uint64_t acknowledged = append_until_failure(disk, random, *model);
            disk.files.crash(random);
            disk.files.mend();

            const auto log = disk.open();
            REQUIRE_MESSAGE(log.ok(), log.error().message);
            const std::uint64_t end = log.value()->end();
            REQUIRE(end >= acknowledged);
            REQUIRE(end <= model->end());
            REQUIRE((end == acknowledged || end == model->end()));
            REQUIRE(log.value()->verify(VerifyDepth::full).value() == head_at(*model, end));
            model = copy_of(*log.value());
        }
    }
}
