// Each way to break what was released is found; the ways in which a schema may grow are not. And
// every schema keeps what its last release promised.
#include "tests/schemas/evolution.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using daybook::broken_promises;

namespace {

const std::string released = R"(
namespace daybook.bakery;
attribute "personal";
attribute "document";
enum Crust : ubyte { soft, crisp }
struct Line { item: ulong; crust: Crust; }
table BreadBaked { order: string (required, document); customer: string (personal); count: int; }
table ShopClosed { reason: string; }
union Event { BreadBaked, ShopClosed }
table EventRecord { event: Event (required); }
root_type EventRecord;
file_identifier "BAKE";
)";

// What is broken when one text of the released schema is replaced.
std::vector<std::string> after(const std::string& from, const std::string& to) {
    std::string changed = released;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    return broken_promises({released, ""}, {changed, ""});
}

using Broken = std::vector<std::string>;

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("a schema may grow at the end") {
    CHECK(broken_promises({released, ""}, {released, ""}).empty());
    CHECK(after("count: int;", "count: int; baker: string;").empty());
    CHECK(after("soft, crisp", "soft, crisp, burnt").empty());
    CHECK(
        after("BreadBaked, ShopClosed }", "BreadBaked, ShopClosed, Line2 }\ntable Line2 {}").empty()
    );
    CHECK(after("count: int;", "count: int (deprecated);").empty());
    CHECK(after("reason: string;", "reason: string (personal);").empty());
}

TEST_CASE("another file_identifier is refused") {
    CHECK(
        after("\"BAKE\"", "\"BAKR\"") ==
        Broken{"the file_identifier was \"BAKE\" and is \"BAKR\"; it is the module's name on disk"}
    );
}

TEST_CASE("a renamed, removed or retyped field is refused") {
    CHECK(
        after("count:", "number:") == Broken{"daybook.bakery.BreadBaked.count is called number now"}
    );
    CHECK(
        after(" count: int;", "") ==
        Broken{"daybook.bakery.BreadBaked.count is gone; mark it deprecated instead"}
    );
    CHECK(
        after("count: int", "count: long") ==
        Broken{"daybook.bakery.BreadBaked.count was Int and is Long"}
    );
    CHECK(
        after("count: int", "count: int = 1") ==
        Broken{"daybook.bakery.BreadBaked.count means something else when it is absent"}
    );
    CHECK_FALSE(after(
                    "order: string (required, document); customer: string (personal);",
                    "customer: string (personal); order: string (required, document);"
    )
                    .empty());
}

TEST_CASE("a field that is required later is refused") {
    CHECK(
        after("count: int;", "count: int; baker: string (required);") ==
        Broken{"daybook.bakery.BreadBaked.baker is new and required: no old event has it"}
    );
    CHECK(
        after("reason: string;", "reason: string (required);") ==
        Broken{"daybook.bakery.ShopClosed.reason is required now: old events may lack it"}
    );
}

TEST_CASE("a removed or renumbered member is refused, also the last one") {
    CHECK(
        after("BreadBaked, ShopClosed }", "BreadBaked }") ==
        Broken{"daybook.bakery.Event.ShopClosed is gone"}
    );
    CHECK(after("soft, crisp", "soft") == Broken{"daybook.bakery.Crust.crisp is gone"});
    CHECK_FALSE(after("BreadBaked, ShopClosed }", "ShopClosed, BreadBaked }").empty());
    CHECK_FALSE(after("soft, crisp", "crisp, soft").empty());
}

TEST_CASE("a changed struct is refused") {
    CHECK_FALSE(after("crust: Crust; }", "crust: Crust; note: ulong; }").empty());
    CHECK_FALSE(after("item: ulong; crust: Crust;", "crust: Crust; item: ulong;").empty());
    CHECK_FALSE(after("struct Line", "table Line").empty());
}

TEST_CASE("a lost mark is refused") {
    CHECK(
        after("string (personal)", "string") ==
        Broken{"daybook.bakery.BreadBaked.customer lost the mark \"personal\""}
    );
    CHECK(
        after("(required, document)", "(required)") ==
        Broken{"daybook.bakery.BreadBaked.order lost the mark \"document\""}
    );
    CHECK(
        after("reason: string;", "reason: string (document);") ==
        Broken{"daybook.bakery.ShopClosed.reason gained the mark \"document\""}
    );
}

TEST_CASE("every schema keeps what its last release promised") {
    const std::filesystem::path schemas = DAYBOOK_SOURCE_DIR "/schemas";
    const std::filesystem::path frozen = schemas / "frozen";
    if (!std::filesystem::exists(frozen)) {
        MESSAGE("nothing is in schemas/frozen: no schema has been released yet");
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator{frozen}) {
        if (entry.path().extension() != ".fbs") continue;
        const std::filesystem::path current = schemas / entry.path().filename();
        INFO(current.string());
        REQUIRE(std::filesystem::exists(current));
        const auto broken = broken_promises(
            {content_of(entry.path()), frozen.string()}, {content_of(current), schemas.string()}
        );
        for (const std::string& promise : broken) FAIL_CHECK(promise);
    }
}
