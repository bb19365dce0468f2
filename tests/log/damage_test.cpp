// Damage to what was acknowledged: found, named and refused; never read as something else.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/log/disk.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;
using support::sample_batch;
using tests::Disk;

namespace {

using Content = std::vector<std::byte>;
using Folder = std::map<std::string, Content>;

std::string path_of(int number) {
    return "book/log/00000" + std::to_string(number) + ".segment";
}

// Three segments and a bit, closed in order or not.
Folder sample_folder(bool is_closed) {
    Disk disk;
    auto log = disk.open().value();
    for (std::uint64_t position = 0; position < 30; position += 2) {
        REQUIRE(log->append(sample_batch(position, 2, 700).events()).ok());
    }
    REQUIRE(log->statistics().segments == 4);
    if (is_closed) log.reset();
    Folder folder;
    for (int number = 0; number < 4; ++number) {
        folder[path_of(number)] = disk.files.content(path_of(number));
    }
    return folder;
}

void put(Disk& disk, const Folder& folder) {
    REQUIRE(disk.files.make_folder("book/log").ok());
    for (const auto& [path, content] : folder) disk.files.overwrite(path, content);
}

// Why the log is refused, at opening or at verifying; empty if it is whole.
std::string refusal(const Folder& folder) {
    Disk disk;
    put(disk, folder);
    const auto log = disk.open();
    if (!log.ok()) return log.error().message;
    const auto verified = log.value()->verify(VerifyDepth::full);
    if (!verified.ok()) return verified.error().message;
    REQUIRE(verified.value().size == 30);
    return "";
}

// Reads all there is; what can be read must be right.
void check_reading(const Folder& folder) {
    Disk disk;
    put(disk, folder);
    const auto log = disk.open_to_read();
    if (!log.ok()) return;
    REQUIRE(log.value()->end() == 30);
    const auto reader = log.value()->read(0).value();
    std::uint64_t position = 0;
    for (auto events = reader->next(); events.ok() && !events.value().empty();
         events = reader->next()) {
        for (const EventBytes event : events.value()) {
            REQUIRE(header_of(event).position() == position++);
            REQUIRE(support::is_sample(event));
        }
    }
}

}  // namespace

TEST_CASE("one changed bit anywhere is refused, or it lies where nothing is kept") {
    for (const bool is_closed : {false, true}) {
        Folder folder = sample_folder(is_closed);
        REQUIRE(refusal(folder).empty());
        Prng random(test_seed());
        for (auto& entry : folder) {
            const std::string& path = entry.first;
            Content& content = entry.second;
            // What closing changes stands in the last segment.
            if (is_closed && path != path_of(3)) continue;
            for (std::size_t at = 0; at < content.size(); ++at) {
                // Of the long runs of zeros every 37th byte will do.
                const bool is_used = std::any_of(
                    &content[at < 8 ? 0 : at - 8],
                    &content[std::min(at + 9, content.size()) - 1] + 1,
                    [](std::byte byte) { return byte != std::byte{0}; }
                );
                if (!is_used && at % 37 != 0) continue;
                const auto bit = static_cast<std::byte>(1 << random.below(8));
                content[at] ^= bit;
                CAPTURE(is_closed);
                CAPTURE(path);
                CAPTURE(at);
                const std::string message = refusal(folder);
                if (!message.empty()) REQUIRE(message.starts_with("segment 00000"));
                check_reading(folder);
                content[at] ^= bit;
            }
        }
    }
}

TEST_CASE("a changed bit in any frame is refused, also in the last one, by its byte and position") {
    for (const bool is_closed : {false, true}) {
        Folder folder = sample_folder(is_closed);
        Content& last = folder[path_of(3)];
        std::size_t end = last.size();
        while (last[end - 1] == std::byte{0}) --end;
        for (std::size_t at = 8192; at < end; ++at) {
            for (int bit = static_cast<int>(at % 3); bit < 8; bit += 3) {
                CAPTURE(at);
                CAPTURE(bit);
                last[at] ^= static_cast<std::byte>(1 << bit);
                REQUIRE_FALSE(refusal(folder).empty());
                last[at] ^= static_cast<std::byte>(1 << bit);
            }
        }
    }
}

TEST_CASE("the message names segment, byte and position") {
    Folder folder = sample_folder(true);
    Content& second = folder[path_of(1)];
    second[8192 + 400] ^= std::byte{1};
    CHECK(refusal(folder) == "segment 000001: byte 8192, position 8: the frame's checksum differs");
}

TEST_CASE("reading goes on up to the damage and writing stops") {
    Folder folder = sample_folder(true);
    folder[path_of(1)][8192 + 400] ^= std::byte{1};
    Disk disk;
    put(disk, folder);
    const auto log = disk.open().value();
    const auto reader = log->read(0).value();
    std::uint64_t read = 0;
    auto events = reader->next();
    for (; events.ok(); events = reader->next()) read += events.value().size();
    CHECK(read == 8);
    CHECK(events.error().code == ErrorCode::corrupt);
    const auto refused = log->append(sample_batch(30, 1, 10).events());
    CHECK(refused.error().message == events.error().message);
    CHECK_FALSE(log->resume().ok());
    CHECK(tests::positions_from(*log, 16) == 30);
}

TEST_CASE("a missing segment is named, also when it is the last") {
    for (int number = 0; number < 4; ++number) {
        Folder folder = sample_folder(true);
        folder.erase(path_of(number));
        CHECK(
            refusal(folder) ==
            "segment 00000" + std::to_string(number) + ": the file is missing in book/log"
        );
    }
}

TEST_CASE("segments that have changed places or come from another log are refused") {
    Folder folder = sample_folder(true);
    std::swap(folder[path_of(1)], folder[path_of(2)]);
    CHECK(refusal(folder) == "segment 000001: its head says segment 000002");

    folder = sample_folder(true);
    Disk other;
    {
        const auto log = other.open().value();
        for (std::uint64_t position = 0; position < 30; position += 2) {
            REQUIRE(log->append(sample_batch(position, 2, 699).events()).ok());
        }
    }
    folder[path_of(2)] = other.files.content(path_of(2));
    CHECK(
        refusal(folder) ==
        "segment 000002: it starts at position 16, but the one before leads to position 16 by "
        "another frame"
    );
}

TEST_CASE("foreign files are named and refused") {
    Folder folder = sample_folder(true);
    folder[path_of(2)].assign(20'000, std::byte{'x'});
    CHECK(refusal(folder) == "segment 000002: not a segment of a Daybook log");

    folder = sample_folder(true);
    folder["book/log/1.segment"] = {std::byte{1}};
    CHECK(refusal(folder) == "book/log/1.segment is not a name of a log segment: move it away");

    folder = sample_folder(true);
    folder["book/log/notes.txt"] = {std::byte{1}};
    CHECK(refusal(folder).empty());
}

TEST_CASE("a newer format is refused by name, not taken for damage") {
    Folder folder = sample_folder(true);
    folder[path_of(3)][8] = std::byte{2};
    Disk disk;
    put(disk, folder);
    const Error error = disk.open().error();
    CHECK(error.code == ErrorCode::too_new);
    CHECK(
        error.message ==
        "segment 000003: written in format 2 with hash domain 1, this program knows 1 and 1: "
        "upgrade it"
    );
}

TEST_CASE("a segment cut short or grown is refused, wherever it is cut") {
    for (int number = 0; number < 4; ++number) {
        for (const std::size_t bytes :
             {0U, 1U, 4095U, 4096U, 8191U, 8192U, 10'000U, 16'383U, 16'385U}) {
            Folder folder = sample_folder(true);
            folder[path_of(number)].resize(bytes);
            CAPTURE(number);
            CAPTURE(bytes);
            CHECK(refusal(folder).starts_with("segment 00000" + std::to_string(number)));
        }
    }
}

TEST_CASE("what was closed in order is not dropped even where it reads as zeros") {
    Folder folder = sample_folder(true);
    Content& last = folder[path_of(3)];
    std::fill(last.begin() + 8192, last.end(), std::byte{0});
    CHECK(
        refusal(folder) == "segment 000003: byte 8192, position 24: there is no whole frame head"
    );
}

TEST_CASE("a frame with another behind it is never dropped, even where sectors read as zeros") {
    const Folder whole = sample_folder(false);
    for (std::size_t sector = 8192; sector < 8192 + 4096; sector += 512) {
        Folder folder = whole;
        std::fill_n(&folder[path_of(3)][sector], 512, std::byte{0});
        CAPTURE(sector);
        CHECK_FALSE(refusal(folder).empty());
    }
}
