// What a copy remembers of its topic survives, or is not believed.
#include "connectors/kafka/origin.hpp"

#include <doctest/doctest.h>

#include <fstream>

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

}  // namespace daybook::kafka
