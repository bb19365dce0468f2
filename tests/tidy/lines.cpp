// What one line may hold, and what a file must begin with.
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/rules.hpp"

namespace daybook::tidy {
namespace {

struct Banned {
    std::regex pattern;
    std::string_view message;
    std::vector<std::string_view> allowed_below;
};

const std::vector<Banned>& banned_in_code() {
    static const std::vector<Banned> list = {
        {std::regex{R"(\b(float|double)\b)"}, "floating point is for bench/ only", {"bench"}},
        {std::regex{R"(\bnew\s+[A-Za-z_:(])"}, "no new: values, or make_unique", {}},
        {std::regex{R"(\bdelete\b(?!;))"}, "no delete: values, or unique_ptr", {}},
        {std::regex{R"(\bshared_ptr\b)"},
         "no shared_ptr but for a network session",
         // A call into librdkafka that does not come back is left to its thread, with what it uses.
         {"connectors/http", "connectors/kafka"}},
        {std::regex{R"(\bthrow\b)"}, "we do not throw: Result or Decision", {}},
        {std::regex{R"(\b(unsigned )?long( long)?\b)"}, "name the width: std::int64_t", {}},
        {std::regex{R"(\bsleep(_for|_until)?\s*\()"}, "no sleeping", {"engine/os", "bench", "cli"}},
        {std::regex{R"((system|steady|high_resolution)_clock)"},
         "only engine/os reads a clock",
         {"engine/os", "bench", "cli"}},
        {std::regex{R"(\b(std::)?(rand|srand|random_device)\b)"},
         "randomness comes with a seed",
         {"engine/os"}},
    };
    return list;
}

const std::vector<Banned>& banned_in_text() {
    static const std::vector<Banned> list = {
        {std::regex{R"(\b(TO)(DO)\b|\b(FIX)(ME)\b|\b(X)(XX)\b)"},
         "no marks of unfinished work",
         {}},
        {std::regex{R"("/(work|farm|home|root)/)"}, "a path of one machine", {}},
    };
    return list;
}

void check_list(
    const Source& source, std::string_view text, const std::vector<Banned>& list, Findings& findings
) {
    const auto lines = split_lines(text);
    for (const Banned& banned : list) {
        const bool allowed = std::ranges::any_of(
            banned.allowed_below, [&](std::string_view folder) { return source.is_below(folder); }
        );
        if (allowed) continue;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!std::regex_search(lines[i].begin(), lines[i].end(), banned.pattern)) continue;
            findings.push_back({source.path, i + 1, std::string{banned.message}});
        }
    }
}

// Columns as a person counts them: bytes that continue a UTF-8 character are none.
std::size_t columns_of(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

}  // namespace

void check_lengths(const Source& source, Findings& findings) {
    const auto lines = split_lines(source.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (columns_of(lines[i]) <= columns_max) continue;
        findings.push_back({source.path, i + 1, fmt::format("longer than {} columns", columns_max)}
        );
    }
    if (lines.size() > file_lines_max) {
        findings.push_back(
            {source.path,
             lines.size(),
             fmt::format("longer than {} lines: split it", file_lines_max)}
        );
    }
}

void check_opening(const Source& source, Findings& findings) {
    const auto lines = split_lines(source.text);
    if (source.is_header() && source.text.find("\n#pragma once\n") == std::string::npos) {
        findings.push_back({source.path, 1, "a header says #pragma once"});
    }
    if (source.is_header() && source.code.find("using namespace") != std::string::npos) {
        findings.push_back({source.path, 1, "no using namespace in a header"});
    }
    // A .cpp with a header of its own is introduced there.
    const bool introduced = !lines.empty() && lines[0].starts_with("// ");
    const std::string own =
        "#include \"" + source.path.substr(0, source.path.size() - 4) + ".hpp\"";
    const bool has_own_header = !source.is_header() && source.text.find(own) != std::string::npos;
    const bool is_test = source.path.ends_with("_test.cpp");
    if (!introduced && !has_own_header && !is_test) {
        findings.push_back({source.path, 1, "begins with a comment that says what it is"});
    }
}

void check_banned_words(const Source& source, Findings& findings) {
    check_list(source, source.code, banned_in_code(), findings);
    check_list(source, source.text, banned_in_text(), findings);
    static const std::regex macro{R"(^\s*#\s*define\s+(?!DAYBOOK_|DOCTEST_)(\w+))"};
    const auto lines = split_lines(source.code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::regex_search(lines[i].begin(), lines[i].end(), macro)) {
            findings.push_back(
                {source.path, i + 1, "no macros of ours but DAYBOOK_ASSERT and DAYBOOK_TRY"}
            );
        }
    }
}

void check_names(const Source& source, Findings& findings) {
    const std::string name = source.path.substr(source.path.rfind('/') + 1);
    static const std::regex snake{R"([a-z][a-z0-9_]*\.(hpp|cpp))"};
    if (!std::regex_match(name, snake)) {
        findings.push_back({source.path, 1, "file names are snake_case"});
    }
    static const std::regex type{
        R"(\b(?:struct|class|enum class)\s+([A-Za-z_]\w*)\s*(?:final\s*)?(?::(?!:)|\{))"};
    static const std::regex vague{R"(^(do_\w*)$|(Manager|Helper|Util|Utils|Data|Info|Impl)$)"};
    for (auto found =
             std::cregex_iterator{
                 source.code.data(), source.code.data() + source.code.size(), type};
         found != std::cregex_iterator{};
         ++found) {
        const std::string type_name = (*found)[1];
        const std::size_t line = line_of(source.code, static_cast<std::size_t>(found->position()));
        const bool pascal = std::isupper(static_cast<unsigned char>(type_name[0])) != 0 &&
                            type_name.find('_') == std::string::npos;
        if (!pascal && type_name != "hash") {
            findings.push_back(
                {source.path, line, fmt::format("{}: types are PascalCase", type_name)}
            );
        }
        if (std::regex_search(type_name, vague)) {
            findings.push_back(
                {source.path, line, fmt::format("{}: a name that says nothing", type_name)}
            );
        }
    }
}

void check_comments(const Source& source, Findings& findings) {
    // A comment that ends like a statement is code that somebody switched off.
    static const std::regex dead{R"(^\s*//\s*[\w:<>\->.]+(\s+[\w:<>]+)?\s*(\(.*\)|=[^=].*);\s*$)"};
    const auto lines = split_lines(source.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::regex_search(lines[i].begin(), lines[i].end(), dead)) {
            findings.push_back({source.path, i + 1, "commented-out code"});
        }
    }
}

}  // namespace daybook::tidy
