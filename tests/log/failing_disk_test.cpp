// A disk that is full or broken: writing stops, reading goes on, and after a full disk writing
// resumes with nothing of the failed group left.
#include <doctest/doctest.h>

#include <set>

#include "tests/log/disk.hpp"

using namespace daybook;
using support::sample_batch;
using tests::Disk;

TEST_CASE("a full disk refuses writes, keeps reading, and resumes when there is space") {
    Disk disk;
    disk.files.set_space(40'000);
    const auto log = disk.open().value();
    std::uint64_t position = 0;
    Result<void> outcome;
    while (outcome.ok()) {
        outcome = log->append(sample_batch(position, 1, 900).events());
        if (outcome.ok()) ++position;
    }
    CHECK(outcome.error().code == ErrorCode::disk_full);
    CHECK(position > 10);
    CHECK(log->append(sample_batch(position, 1, 9).events()).error().code == ErrorCode::disk_full);
    CHECK(log->resume().error().code == ErrorCode::disk_full);
    CHECK(tests::positions_from(*log, 0) == position);

    disk.files.set_space(1'000'000);
    REQUIRE(log->resume().ok());
    for (int more = 0; more < 40; ++more) {
        REQUIRE(log->append(sample_batch(position++, 1, 900).events()).ok());
    }
    CHECK(tests::positions_from(*log, 0) == position);
    CHECK(log->verify(VerifyDepth::full).ok());
}

TEST_CASE("space that runs out at any operation costs the one group and nothing else") {
    std::set<std::uint64_t> failures;
    for (std::uint64_t operation = 0; operation < 120; ++operation) {
        CAPTURE(operation);
        Disk disk;
        MemoryLog model;
        {
            const auto log = disk.open().value();
            disk.files.fail_after(operation, {ErrorCode::disk_full, "no space"}, false);
            for (int groups = 0; groups < 40; ++groups) {
                const auto group = sample_batch(model.end(), 2, 600);
                const auto outcome = log->append(group.events());
                if (outcome.ok()) {
                    REQUIRE(model.append(group.events()).ok());
                    continue;
                }
                failures.insert(operation);
                REQUIRE(outcome.error().code == ErrorCode::disk_full);
                REQUIRE(log->head() == model.head());
                REQUIRE(log->resume().ok());
            }
            REQUIRE(log->head() == model.head());
            REQUIRE(log->verify(VerifyDepth::full).ok());
        }
        REQUIRE(disk.open().value()->verify(VerifyDepth::full).value() == model.head());
    }
    CHECK(failures.size() > 60);
}

TEST_CASE("after a broken write nothing more is accepted until the log is opened again") {
    for (std::uint64_t operation = 0; operation < 80; ++operation) {
        CAPTURE(operation);
        Disk disk;
        MemoryLog model;
        {
            const auto log = disk.open().value();
            disk.files.fail_after(operation, {ErrorCode::io, "the disk is broken"}, false);
            for (auto outcome = Result<void>{}; outcome.ok();) {
                const auto group = sample_batch(model.end(), 2, 600);
                outcome = log->append(group.events());
                if (outcome.ok()) REQUIRE(model.append(group.events()).ok());
            }
            const auto group = sample_batch(model.end(), 2, 600);
            REQUIRE(log->append(group.events()).error().code == ErrorCode::io);
            REQUIRE(log->resume().error().code == ErrorCode::io);
            REQUIRE(log->head() == model.head());
            REQUIRE(tests::positions_from(*log, 0) == model.end());
        }
        const auto log = disk.open().value();
        REQUIRE(log->verify(VerifyDepth::full).ok());
        const std::uint64_t end = log->end();
        REQUIRE((end == model.end() || end == model.end() + 2));
        REQUIRE(log->append(sample_batch(end, 2, 600).events()).ok());
    }
}

TEST_CASE("a full disk that cannot be cleaned up either is a broken disk") {
    Disk disk;
    const auto log = disk.open().value();
    disk.files.fail_after(0, {ErrorCode::disk_full, "no space"}, true);
    CHECK(log->append(sample_batch(0, 1, 10).events()).error().code == ErrorCode::io);
    disk.files.mend();
    CHECK(log->resume().error().code == ErrorCode::io);
}
