#include "engine/log/memory_log.hpp"

#include <doctest/doctest.h>

#include "tests/support/sample_events.hpp"

using namespace daybook;
using support::sample_batch;

TEST_CASE("events come back in order, from any position") {
    MemoryLog log;
    REQUIRE(log.append(sample_batch(0, 3, 40).events()).ok());
    REQUIRE(log.append(sample_batch(3, 2, 7).events()).ok());
    CHECK(log.end() == 5);
    for (std::uint64_t from = 0; from <= 5; ++from) {
        const auto reader = log.read(from).value();
        std::uint64_t position = from;
        for (auto events = reader->next().value(); !events.empty();
             events = reader->next().value()) {
            for (const EventBytes event : events) CHECK(header_of(event).position() == position++);
        }
        CHECK(position == 5);
    }
    CHECK_FALSE(log.read(6).ok());
}

TEST_CASE("after a failed disk nothing is appended until it is resumed") {
    MemoryLog log;
    REQUIRE(log.append(sample_batch(0, 1, 8).events()).ok());
    const TreeHead before = log.head();
    log.fail_appends(Error{ErrorCode::disk_full, "no space"});
    CHECK(log.append(sample_batch(1, 1, 8).events()).error().code == ErrorCode::disk_full);
    CHECK(log.resume().error().code == ErrorCode::disk_full);
    log.fail_appends({});
    CHECK_FALSE(log.append(sample_batch(1, 1, 8).events()).ok());
    CHECK(log.head() == before);
    REQUIRE(log.resume().ok());
    CHECK(log.append(sample_batch(1, 1, 8).events()).ok());
    CHECK(log.end() == 2);
}
