// Snapshots only make opening quicker: whatever happens to one, the state is that of the log.
#include "engine/runtime/snapshot.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/base/prng.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/runtime/standby.hpp"
#include "engine/runtime/writer.hpp"
#include "tests/runtime/toys/toys.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::toys {
namespace {

using Outcome = Answer::Outcome;

struct Desk {
    TempFolder folder;
    PosixFileSystem files;
    FakeClock clock;
    MemoryLog log;
    int commands = 0;

    [[nodiscard]] EngineOptions options(std::uint64_t snapshot_events_min = 1) {
        return {
            .limits = {.snapshot_events_min = snapshot_events_min},
            .clock = &clock,
            .files = &files,
            .snapshot_folder = snapshots_path(),
            .modules = toy_modules()};
    }
    [[nodiscard]] std::string snapshots_path() const { return folder.path() + "/snapshots"; }
    [[nodiscard]] std::string path_of(std::uint64_t position) const {
        const std::string digits = std::to_string(position);
        return snapshots_path() + "/snapshot-" + std::string(20 - digits.size(), '0') + digits;
    }
    [[nodiscard]] SnapshotFolder snapshots() {
        return {files, snapshots_path(), fingerprint_of(toy_modules())};
    }

    // Opens, sends some commands, and closes: one snapshot if there is enough new.
    void work(int count, std::uint64_t snapshot_events_min = 1) {
        Engine engine = std::move(Engine::open(log, options(snapshot_events_min))).value();
        for (int left = count; left > 0; --left) {
            const std::string name = "T" + std::to_string(++commands);
            REQUIRE(engine.submit_and_wait(open_till(name, name)).outcome == Outcome::accepted);
        }
        REQUIRE(engine.stop().ok());
    }
    [[nodiscard]] RestoredBook restore_with(const SnapshotFolder* folder_or_null) {
        return std::move(restore_book(log, options(), folder_or_null)).value();
    }
    [[nodiscard]] Bytes full_replay() { return bytes_of(restore_with(nullptr)); }
    static Bytes bytes_of(const RestoredBook& restored) {
        Bytes bytes;
        restored.book.save(bytes);
        return bytes;
    }
};

void flip_byte(const std::string& path, std::uint64_t offset) {
    PosixFileSystem files;
    const auto file = std::move(files.open(path, OpenMode::write)).value();
    std::byte byte{};
    REQUIRE(file->read_at({&byte, 1}, offset).value() == 1);
    byte ^= std::byte{0x40};
    REQUIRE(file->write_at({&byte, 1}, offset).ok());
}

}  // namespace

TEST_CASE("a snapshot and the tail give the state of the whole log") {
    Desk desk;
    desk.work(5);
    desk.work(3, 100);
    const SnapshotFolder folder = desk.snapshots();
    REQUIRE(folder.positions().value() == std::vector<std::uint64_t>{5});
    const RestoredBook restored = desk.restore_with(&folder);
    CHECK(restored.replayed_from == 5);
    CHECK(Desk::bytes_of(restored) == desk.full_replay());
    // It remembers the commands from before the snapshot and after it.
    Engine engine = std::move(Engine::open(desk.log, desk.options())).value();
    CHECK(engine.replayed_from() == 5);
    CHECK(engine.submit_and_wait(open_till("T2", "T2")).first_position == 1);
    CHECK(engine.submit_and_wait(open_till("T7", "T7")).is_repeated);
    CHECK(engine.submit_and_wait(open_till("T9", "T9")).document_version == 1);
}

TEST_CASE("a standby follows in steps, and who takes its state replays only the rest") {
    Desk desk;
    desk.work(5, 100);
    Standby standby = std::move(Standby::open(desk.log, desk.options())).value();
    CHECK(standby.follow(3).value());
    CHECK(standby.position() == 3);
    CHECK_FALSE(standby.follow(3).value());
    CHECK(standby.position() == 5);
    CHECK_FALSE(standby.follow(3).value());
    desk.work(2, 100);
    CHECK(standby.follow(1).value());
    CHECK(standby.position() == 6);

    const auto writer = Writer::open(desk.log, desk.options(), std::move(standby).take()).value();
    CHECK(writer->replayed_from() == 6);
    CHECK(writer->submit_and_wait(open_till("T2", "T2")).first_position == 1);
    CHECK(writer->submit_and_wait(open_till("T7", "T7")).is_repeated);
    CHECK(writer->submit_and_wait(open_till("T8", "T8")).first_position == 7);
    REQUIRE(writer->stop().ok());
    const SnapshotFolder folder = desk.snapshots();
    const RestoredBook restored = desk.restore_with(&folder);
    CHECK(restored.replayed_from == 8);
    CHECK(Desk::bytes_of(restored) == desk.full_replay());
}

TEST_CASE("a standby that closes leaves a snapshot of just where it stands") {
    Desk desk;
    desk.work(6, 100);
    {
        Standby standby = std::move(Standby::open(desk.log, desk.options(7))).value();
        CHECK_FALSE(standby.follow(100).value());
        REQUIRE(standby.close().ok());
        CHECK(desk.snapshots().positions().value().empty());
    }
    Standby standby = std::move(Standby::open(desk.log, desk.options())).value();
    CHECK(standby.follow(4).value());
    desk.work(3, 100);
    REQUIRE(standby.close().ok());
    const SnapshotFolder folder = desk.snapshots();
    REQUIRE(folder.positions().value() == std::vector<std::uint64_t>{6});
    const RestoredBook restored = desk.restore_with(&folder);
    CHECK(restored.replayed_from == 6);
    CHECK(Desk::bytes_of(restored) == desk.full_replay());
    CHECK(std::move(Standby::open(desk.log, desk.options())).value().position() == 6);
}

TEST_CASE("closing takes a snapshot only when enough was added") {
    Desk desk;
    desk.work(5, 6);
    CHECK(desk.snapshots().positions().value().empty());
    desk.work(1, 6);
    CHECK(desk.snapshots().positions().value() == std::vector<std::uint64_t>{6});
    desk.work(5, 6);
    CHECK(desk.snapshots().positions().value() == std::vector<std::uint64_t>{6});
}

TEST_CASE("a snapshot can be asked for while the book is open") {
    Desk desk;
    Engine engine = std::move(Engine::open(desk.log, desk.options(1'000))).value();
    REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
    CHECK(engine.take_snapshot().ok());
    CHECK(desk.snapshots().positions().value() == std::vector<std::uint64_t>{1});
    const EngineOptions without{.clock = &desk.clock, .modules = toy_modules()};
    MemoryLog other_log;
    Engine other = std::move(Engine::open(other_log, without)).value();
    CHECK(other.take_snapshot().error().message == "the book was opened without snapshots");
}

TEST_CASE("only the newest two snapshots are kept, and the older one serves when one is damaged") {
    Desk desk;
    for (int round = 0; round < 4; ++round) desk.work(2);
    const SnapshotFolder folder = desk.snapshots();
    REQUIRE(folder.positions().value() == std::vector<std::uint64_t>{8, 6});
    CHECK(desk.restore_with(&folder).replayed_from == 8);
    flip_byte(desk.path_of(8), 130);
    CHECK(desk.restore_with(&folder).replayed_from == 6);
    flip_byte(desk.path_of(6), 130);
    const RestoredBook restored = desk.restore_with(&folder);
    CHECK(restored.replayed_from == 0);
    CHECK(Desk::bytes_of(restored) == desk.full_replay());
}

TEST_CASE("a snapshot with any one byte changed, or cut anywhere, is passed over") {
    Desk desk;
    desk.work(3);
    const SnapshotFolder folder = desk.snapshots();
    const std::string path = desk.path_of(3);
    const auto size = std::filesystem::file_size(path);
    for (std::uint64_t offset = 0; offset < size; ++offset) {
        flip_byte(path, offset);
        REQUIRE(!folder.read(3).ok());
        flip_byte(path, offset);
    }
    REQUIRE(folder.read(3).ok());
    for (std::uint64_t left = size; left > 0; --left) {
        std::filesystem::resize_file(path, left - 1);
        REQUIRE(!folder.read(3).ok());
    }
    CHECK(desk.restore_with(&folder).replayed_from == 0);
}

TEST_CASE("a snapshot of other code is passed over") {
    Desk desk;
    desk.work(3);
    const SnapshotFolder other{desk.files, desk.snapshots_path(), Digest128{1, 2}};
    const auto read = other.read(3);
    REQUIRE(!read.ok());
    CHECK(read.error().code == ErrorCode::conflict);
    CHECK(desk.restore_with(&other).replayed_from == 0);
}

TEST_CASE("a snapshot of another log is passed over, at its end and before it") {
    Desk desk;
    desk.work(3);
    const SnapshotFolder folder = desk.snapshots();
    Desk other;
    other.commands = 100;
    other.work(3);
    std::filesystem::copy(
        desk.path_of(3), other.path_of(3), std::filesystem::copy_options::overwrite_existing
    );
    const SnapshotFolder foreign = other.snapshots();
    CHECK(other.restore_with(&foreign).replayed_from == 0);
    other.work(2, 100);
    const RestoredBook restored = other.restore_with(&foreign);
    CHECK(restored.replayed_from == 0);
    CHECK(Desk::bytes_of(restored) == other.full_replay());
    // Of a log that was longer.
    Desk shorter;
    shorter.work(2, 100);
    std::filesystem::create_directories(shorter.snapshots_path());
    std::filesystem::copy(desk.path_of(3), shorter.path_of(3));
    const SnapshotFolder longer = shorter.snapshots();
    CHECK(shorter.restore_with(&longer).replayed_from == 0);
}

TEST_CASE("after a full disk the state comes from the snapshot and the tail") {
    Desk desk;
    desk.work(5);
    Engine engine = std::move(Engine::open(desk.log, desk.options())).value();
    REQUIRE(engine.submit_and_wait(open_till("U1", "U1")).outcome == Outcome::accepted);
    desk.log.fail_appends(Error{ErrorCode::disk_full, "no space left"});
    REQUIRE(engine.submit_and_wait(open_till("U2", "U2")).outcome == Outcome::failed);
    CHECK(!engine.take_snapshot().ok());
    desk.log.fail_appends({});
    REQUIRE(engine.resume().ok());
    CHECK(engine.submit_and_wait(open_till("U1", "U1")).is_repeated);
    CHECK(engine.submit_and_wait(open_till("U2", "U2")).first_position == 6);
    REQUIRE(engine.stop().ok());
    const SnapshotFolder folder = desk.snapshots();
    CHECK(desk.restore_with(&folder).replayed_from == 7);
    CHECK(Desk::bytes_of(desk.restore_with(&folder)) == desk.full_replay());
}

TEST_CASE("of a log that another goes on with, the one that stops makes no snapshot") {
    Desk desk;
    desk.work(3);
    Engine engine = std::move(Engine::open(desk.log, desk.options())).value();
    REQUIRE(engine.submit_and_wait(open_till("mine", "mine")).outcome == Outcome::accepted);
    {
        // Who has taken a shared log over writes there before the one before him has noticed.
        Engine other = std::move(Engine::open(desk.log, desk.options(100))).value();
        REQUIRE(other.submit_and_wait(open_till("other", "other")).outcome == Outcome::accepted);
    }
    const auto asked = engine.take_snapshot();
    REQUIRE_FALSE(asked.ok());
    CHECK(asked.error().code == ErrorCode::conflict);
    CHECK(
        asked.error().message ==
        "no snapshot at position 4: another writes the log, which has events up to 5"
    );
    CHECK_FALSE(engine.stop().ok());
    CHECK(desk.snapshots().positions().value() == std::vector<std::uint64_t>{3});
    const SnapshotFolder snapshots = desk.snapshots();
    CHECK(Desk::bytes_of(desk.restore_with(&snapshots)) == desk.full_replay());
}

}  // namespace daybook::toys
