// What a copy remembers of its topic survives, or is not believed.
#include "connectors/kafka/origin.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "connectors/kafka/tailer.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::kafka {

TEST_CASE("an origin is read as it was written, and a damaged one is none") {
    const TempFolder folder;
    PosixFileSystem files;
    CHECK(!load_origin(files, folder.path()));
    Origin origin{
        .place = "kafka://a:1/acme",
        .cluster = "c-1",
        .pinned = "c-1",
        .offset = 70,
        .tip = {.term = 4, .next = 60},
        .last = Hash{},
        .claim = 50};
    origin.tip.chain[3] = std::byte{9};
    REQUIRE(store_origin(files, folder.path(), origin).ok());
    CHECK(load_origin(files, folder.path()) == origin);
    const Origin bare{.place = "p", .cluster = "c"};
    REQUIRE(store_origin(files, folder.path(), bare).ok());
    CHECK(load_origin(files, folder.path()) == bare);
    for (const char* text :
         {"", "daybook-origin 1\n", "daybook-origin 1\noffset 1\nend .\n", "end .", "x"}) {
        std::ofstream{folder.path() + "/origin"} << text;
        CHECK(!load_origin(files, folder.path()));
    }
}

TEST_CASE("events that wait keep their bytes and places") {
    EventArena arena;
    const auto group = support::sample_batch(0, 5, 13);
    for (const EventBytes event : group.events()) arena.add(event);
    CHECK(arena.count() == 5);
    arena.drop_last(1);
    arena.drop_first(2);
    REQUIRE(arena.count() == 2);
    const auto left = arena.first(2);
    CHECK(header_of(left[0]).position() == 2);
    CHECK(header_of(left[1]).position() == 3);
    CHECK(support::is_sample(left[0]));
    CHECK(support::is_sample(left[1]));
    arena.drop_first(2);
    CHECK(arena.bytes() == 0);
}

}  // namespace daybook::kafka
