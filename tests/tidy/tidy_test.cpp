#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "tests/tidy/rules.hpp"

using namespace daybook::tidy;

namespace {

using Check = void (*)(const Source&, Findings&);

constexpr Check checks[] = {
    check_layers,
    check_libraries,
    check_own_header_first,
    check_lengths,
    check_opening,
    check_banned_words,
    check_names,
    check_comments,
    check_functions,
};

Findings findings_of(Check check, std::string path, std::string text) {
    Findings findings;
    check(make_source(std::move(path), std::move(text)), findings);
    return findings;
}

bool trips(Check check, std::string path, std::string text) {
    return !findings_of(check, std::move(path), std::move(text)).empty();
}

}  // namespace

TEST_CASE("every source file keeps the house rules") {
    const auto sources = read_sources(DAYBOOK_SOURCE_DIR);
    REQUIRE(sources.size() > 20);
    Findings findings;
    for (const Source& source : sources) {
        for (const Check check : checks) check(source, findings);
    }
    for (const Finding& finding : findings) {
        FAIL_CHECK(fmt::format("{}:{}: {}", finding.path, finding.line, finding.message));
    }
}

TEST_CASE("only the promised names stand at the top") {
    const std::set<std::string> promised = {
        "CMakeLists.txt",
        "CMakePresets.json",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "dev",
        "engine",
        "projections",
        "schemas",
        "connectors",
        "cli",
        "bench",
        "tests",
        "build",
        "demo-book",        // What ./dev demo fills, as the README says,
        "backdating-book",  // and what daybook demo backdating does.
    };
    for (const auto& entry : std::filesystem::directory_iterator{DAYBOOK_SOURCE_DIR}) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        CHECK((name.starts_with('.') || promised.contains(name)));
    }
}

TEST_CASE("an include that the layering table does not allow is found") {
    CHECK(trips(check_layers, "engine/domain/sales.cpp", "#include \"engine/log/log.hpp\"\n"));
    CHECK(trips(check_layers, "engine/domain/sales/a.cpp", "#include \"engine/domain/crm/b.hpp\"\n")
    );
    CHECK(trips(check_layers, "engine/base/id.cpp", "#include \"engine/domain/module.hpp\"\n"));
    CHECK(trips(check_layers, "connectors/files/a.cpp", "#include \"connectors/http/b.hpp\"\n"));
    CHECK(trips(check_layers, "projections/sales.cpp", "#include \"engine/engine.hpp\"\n"));
    CHECK(trips(check_layers, "engine/log/a.cpp", "#include \"tests/support/b.hpp\"\n"));
    CHECK(trips(check_layers, "somewhere/a.cpp", ""));
    CHECK_FALSE(
        trips(check_layers, "engine/domain/sales/a.cpp", "#include \"engine/domain/sales/b.hpp\"\n")
    );
    CHECK_FALSE(trips(check_layers, "engine/log/a.cpp", "#include \"engine/os/file.hpp\"\n"));
}

TEST_CASE("a library outside its folder is found") {
    CHECK(trips(check_libraries, "projections/core/rows.cpp", "#include <rocksdb/db.h>\n"));
    CHECK_FALSE(trips(check_libraries, "engine/store/rocks_store.cpp", "#include <rocksdb/db.h>\n")
    );
}

TEST_CASE("lengths are bounded") {
    CHECK(trips(check_lengths, "engine/a.cpp", std::string(101, 'x')));
    CHECK_FALSE(trips(check_lengths, "engine/a.cpp", std::string(100, 'x')));
    std::string long_body = "void walk() {\n";
    for (int i = 0; i < 70; ++i) long_body += "    step();\n";
    CHECK(trips(check_functions, "engine/a.cpp", long_body + "}\n"));
    CHECK_FALSE(trips(check_functions, "engine/a.cpp", "void walk() {\n    step();\n}\n"));
    CHECK(trips(
        check_functions,
        "engine/a.cpp",
        "int sum(int a, int b, int c, int d, int e) { return a; }\n"
    ));
    CHECK_FALSE(trips(
        check_functions,
        "engine/a.cpp",
        "int f(std::map<int, int> a, int b, int c, int d) { return b; }\n"
    ));
}

TEST_CASE("banned words are found in code, not in prose") {
    CHECK(trips(check_banned_words, "engine/a.cpp", "double price = 1;\n"));
    CHECK(trips(check_banned_words, "engine/a.cpp", "auto* x = new Item{};\n"));
    CHECK(trips(check_banned_words, "engine/a.cpp", "throw Error{};\n"));
    CHECK(trips(check_banned_words, "engine/a.cpp", "#define SHORT 1\n"));
    CHECK(trips(check_banned_words, "engine/a.cpp", std::string{"// TO"} + "DO later\n"));
    CHECK(trips(check_banned_words, "engine/log/a.cpp", "std::chrono::system_clock::now();\n"));
    CHECK_FALSE(trips(
        check_banned_words,
        "engine/a.cpp",
        "// A double entry; new every day.\nText t{\"double\"};\n"
    ));
    CHECK_FALSE(trips(check_banned_words, "engine/a.cpp", "Row(const Row&) = delete;\n"));
}

TEST_CASE("names, openings and dead code are checked") {
    CHECK(trips(check_names, "engine/Ledger.cpp", ""));
    CHECK(trips(check_names, "engine/ledger.cpp", "struct ledger_row { int a; };\n"));
    CHECK(trips(check_names, "engine/ledger.cpp", "class BookManager { int a; };\n"));
    CHECK(trips(check_opening, "engine/a.hpp", "// A thing.\nint a;\n"));
    CHECK(trips(check_opening, "engine/a.hpp", "#pragma once\n"));
    CHECK(trips(check_comments, "engine/a.cpp", "    // total = sum(lines);\n"));
    CHECK_FALSE(
        trips(check_comments, "engine/a.cpp", "// The total is the sum of the lines; see above.\n")
    );
    CHECK(
        trips(check_own_header_first, "engine/a.cpp", "#include <map>\n#include \"engine/a.hpp\"\n")
    );
}
