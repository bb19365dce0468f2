// A copy of a log that is durable elsewhere: what it has not synced may go, in any parts; nothing
// else may, and an ordinary log has no part in it.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/base/checksum.hpp"
#include "engine/log/frame.hpp"
#include "tests/log/disk.hpp"

using namespace daybook;
using support::sample_batch;
using tests::Disk;

namespace {

using Content = std::vector<std::byte>;

constexpr std::size_t sector = 512;

std::string path_of(int number) {
    return "book/log/00000" + std::to_string(number) + ".segment";
}

std::unique_ptr<Disk> copy_disk() {
    auto disk = std::make_unique<Disk>();
    disk->options.sync_later = true;
    return disk;
}

// Groups that were appended to a copy and not synced, in its only segment.
struct Unsynced {
    Content content;
    std::vector<std::size_t> ends{first_frame_offset};  // Of the frames: [0] is where they begin.
    [[nodiscard]] std::size_t frame_at(std::size_t byte) const {
        const auto after = std::upper_bound(ends.begin(), ends.end(), byte);
        return static_cast<std::size_t>(after - ends.begin()) - 1;
    }
};

std::size_t used_bytes(const Content& content) {
    std::size_t end = content.size();
    while (content[end - 1] == std::byte{0}) --end;
    return end;
}

Unsynced unsynced_groups(bool is_copy) {
    Disk disk;
    disk.options.sync_later = is_copy;
    const auto log = disk.open().value();
    Unsynced groups;
    for (std::uint64_t position = 0; position < 5; ++position) {
        const auto payload_bytes = static_cast<std::uint32_t>(position % 2 == 0 ? 1100 : 60);
        REQUIRE(log->append(sample_batch(position, 1, payload_bytes).events()).ok());
        groups.ends.push_back(used_bytes(disk.files.content(path_of(0))));
    }
    groups.content = disk.files.content(path_of(0));
    return groups;
}

void put(Disk& disk, const Content& segment) {
    REQUIRE(disk.files.make_folder("book/log").ok());
    disk.files.overwrite(path_of(0), segment);
}

// Opens a copy with this one segment, whose groups have one event each: checks that it keeps so
// many and leaves zeros after them, and that it can go on.
void check_kept(const Content& segment, const Unsynced& groups, std::size_t kept) {
    const auto disk = copy_disk();
    put(*disk, segment);
    REQUIRE(disk->open_to_read().value()->end() == kept);
    {
        const auto log = disk->open();
        REQUIRE_MESSAGE(log.ok(), log.error().message);
        REQUIRE(log.value()->end() == kept);
        const Content repaired = disk->files.content(path_of(0));
        const std::size_t end = groups.ends[kept];
        REQUIRE(is_blank(std::span{repaired}.subspan(end)));
        REQUIRE(std::equal(
            repaired.begin(), repaired.begin() + static_cast<std::ptrdiff_t>(end), segment.begin()
        ));
        const std::size_t used = used_bytes(segment);
        REQUIRE(log.value()->dropped_bytes() == (used > end ? used - end : 0));
        REQUIRE(log.value()->append(sample_batch(kept, 2, 60).events()).ok());
    }
    const auto log = disk->open().value();
    REQUIRE(log->dropped_bytes() == 0);
    REQUIRE(tests::positions_from(*log, 0) == kept + 2);
    REQUIRE(log->verify(VerifyDepth::full).ok());
}

std::string refusal(Disk& disk) {
    const auto log = disk.open();
    return log.ok() ? "" : log.error().message;
}

}  // namespace

TEST_CASE("a copy that lacks a sector is dropped from the frame that the sector belongs to") {
    const Unsynced groups = unsynced_groups(true);
    check_kept(groups.content, groups, 5);
    std::size_t holes = 0;
    for (std::size_t at = first_frame_offset; at < groups.ends.back(); at += sector) {
        CAPTURE(at);
        Content content = groups.content;
        std::fill_n(&content[at], sector, std::byte{0});
        const std::size_t kept = groups.frame_at(at);
        check_kept(content, groups, kept);
        holes += kept < 4 ? 1U : 0U;
    }
    CHECK(holes > 4);
}

TEST_CASE("a copy of which any sectors are missing keeps the frames before the first one") {
    const Unsynced groups = unsynced_groups(true);
    const std::size_t sectors = (groups.ends.back() - first_frame_offset + sector - 1) / sector;
    REQUIRE(sectors < 12);
    for (std::size_t missing = 1; missing < std::size_t{1} << sectors; ++missing) {
        CAPTURE(missing);
        Content content = groups.content;
        std::size_t first = content.size();
        for (std::size_t index = 0; index < sectors; ++index) {
            if ((missing >> index & 1) == 0) continue;
            const std::size_t at = first_frame_offset + index * sector;
            std::fill_n(&content[at], sector, std::byte{0});
            first = std::min(first, at);
        }
        check_kept(content, groups, groups.frame_at(first));
    }
}

TEST_CASE("a wrong bit in a frame that a copy has not synced drops it and those behind it") {
    const Unsynced groups = unsynced_groups(true);
    for (std::size_t at = first_frame_offset; at < groups.ends.back(); at += 3) {
        CAPTURE(at);
        Content content = groups.content;
        content[at] ^= static_cast<std::byte>(1 << at % 8);
        check_kept(content, groups, groups.frame_at(at));
    }
}

TEST_CASE("an ordinary log with the same holes is refused") {
    const Unsynced groups = unsynced_groups(false);
    for (std::size_t at = first_frame_offset; at < groups.ends[3]; at += sector) {
        CAPTURE(at);
        Content content = groups.content;
        std::fill_n(&content[at], sector, std::byte{0});
        // Opening it as a copy changes nothing: the segment says what it is.
        for (const bool as_copy : {false, true}) {
            Disk disk;
            disk.options.sync_later = as_copy;
            put(disk, content);
            CHECK(refusal(disk).starts_with("segment 000000: byte "));
        }
    }
}

TEST_CASE("what a copy had when it was closed in order is never dropped, what came later is") {
    const auto disk = copy_disk();
    REQUIRE(disk->open().value()->append(sample_batch(0, 2, 900).events()).ok());
    const std::size_t closed = used_bytes(disk->files.content(path_of(0)));
    const auto log = disk->open().value();
    REQUIRE(log->append(sample_batch(2, 2, 900).events()).ok());
    REQUIRE(log->append(sample_batch(4, 2, 900).events()).ok());
    const Content whole = disk->files.content(path_of(0));
    for (std::size_t at = first_frame_offset; at < used_bytes(whole); ++at) {
        CAPTURE(at);
        Content content = whole;
        content[at] ^= std::byte{8};
        const auto other = copy_disk();
        put(*other, content);
        if (at < closed) {
            REQUIRE(refusal(*other).starts_with("segment 000000: byte 8192, position 0: "));
        } else {
            REQUIRE(other->open().value()->end() >= 2);
        }
    }
    Content content = whole;
    std::fill(content.begin() + first_frame_offset, content.end(), std::byte{0});
    const auto other = copy_disk();
    put(*other, content);
    CHECK(refusal(*other) == "segment 000000: byte 8192, position 0: there is no whole frame head");
}

TEST_CASE("damage to a copy's segments before the last is refused") {
    const auto disk = copy_disk();
    const auto log = disk->open().value();
    for (std::uint64_t position = 0; position < 20; ++position) {
        REQUIRE(log->append(sample_batch(position, 1, 1500).events()).ok());
    }
    REQUIRE(log->statistics().segments > 3);
    const Content before = disk->files.content(path_of(1));
    const auto other = copy_disk();
    REQUIRE(other->files.make_folder("book/log").ok());
    for (int number = 0; number < static_cast<int>(log->statistics().segments); ++number) {
        other->files.overwrite(path_of(number), disk->files.content(path_of(number)));
    }
    Content damaged = before;
    damaged[first_frame_offset + 300] ^= std::byte{1};
    other->files.overwrite(path_of(1), damaged);
    const auto verified = other->open().value()->verify(VerifyDepth::fast);
    CHECK(verified.error().message.ends_with("the frame's checksum differs"));
    damaged = before;
    damaged.back() ^= std::byte{1};
    other->files.overwrite(path_of(1), damaged);
    CHECK(refusal(*other) == "segment 000001: its seal before byte 16384 is damaged or missing");
}

TEST_CASE("flags that this program does not know are refused as too new") {
    Content content = unsynced_groups(true).content;
    REQUIRE(content[84] == std::byte{1});
    content[84] = std::byte{5};
    const auto disk = copy_disk();
    put(*disk, content);
    CHECK(refusal(*disk) == "segment 000000: byte 0: the head's checksum differs");
    const std::uint64_t checksum = checksum_64(std::span{content}.first(4088));
    std::memcpy(&content[4088], &checksum, sizeof checksum);
    disk->files.overwrite(path_of(0), content);
    CHECK(disk->open().error().code == ErrorCode::too_new);
    CHECK(
        refusal(*disk) ==
        "segment 000000: written with flags 0x5, this program knows 0x1: upgrade it"
    );
    CHECK(disk->open_to_read().error().code == ErrorCode::too_new);
}

TEST_CASE("a log opened as the other kind goes on in a new segment of its own kind") {
    for (const bool is_copy : {false, true}) {
        for (const std::uint64_t first : {0U, 3U}) {
            CAPTURE(is_copy);
            CAPTURE(first);
            Disk disk;
            disk.options.sync_later = is_copy;
            if (first > 0) {
                REQUIRE(disk.open().value()->append(sample_batch(0, 3, 90).events()).ok());
            } else {
                REQUIRE(disk.open().ok());
            }
            const Content before = disk.files.content(path_of(0));
            disk.options.sync_later = !is_copy;
            {
                const auto log = disk.open().value();
                CHECK(log->statistics().segments == 1);
                REQUIRE(log->append(sample_batch(first, 1, 90).events()).ok());
                REQUIRE(log->append(sample_batch(first + 1, 1, 90).events()).ok());
                CHECK(log->statistics().segments == 2);
                CHECK(tests::positions_from(*log, 0) == first + 2);
            }
            CHECK(disk.files.content(path_of(0))[84] == std::byte{is_copy});
            CHECK(disk.files.content(path_of(1))[84] == std::byte{!is_copy});
            // All that changed in the first one is its seal.
            Content after = disk.files.content(path_of(0));
            const std::size_t seal = seal_bytes(first > 0 ? 1 : 0);
            std::fill(after.end() - static_cast<std::ptrdiff_t>(seal), after.end(), std::byte{0});
            CHECK(after == before);
            const auto log = disk.open().value();
            CHECK(log->statistics().segments == 2);
            REQUIRE(log->append(sample_batch(first + 2, 1, 90).events()).ok());
            CHECK(log->statistics().segments == 2);
            CHECK(log->verify(VerifyDepth::full).ok());
        }
    }
}

TEST_CASE("what a copy's folder takes as an ordinary log is refused when it is damaged") {
    Disk disk;
    disk.options.sync_later = true;
    REQUIRE(disk.open().value()->append(sample_batch(0, 3, 90).events()).ok());
    disk.options.sync_later = false;
    const auto log = disk.open().value();
    REQUIRE(log->append(sample_batch(3, 1, 90).events()).ok());
    Content content = disk.files.content(path_of(1));
    content[first_frame_offset + 200] ^= std::byte{1};
    Disk other;
    REQUIRE(other.files.make_folder("book/log").ok());
    other.files.overwrite(path_of(0), disk.files.content(path_of(0)));
    other.files.overwrite(path_of(1), content);
    CHECK(refusal(other) == "segment 000001: byte 8192, position 3: the frame's checksum differs");
}
