// How long a function is and how many parameters it takes, found by matching braces.
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/rules.hpp"

namespace daybook::tidy {
namespace {

struct Scope {
    bool is_function;
    std::size_t open;  // The offset of its brace.
};

// The code between the end of the last statement and this brace.
std::string_view head_before(std::string_view code, std::size_t brace) {
    std::size_t depth = 0;
    std::size_t at = brace;
    while (at > 0) {
        const char c = code[at - 1];
        if (c == ')') ++depth;
        if (c == '(') {
            if (depth == 0) break;
            --depth;
        }
        if (depth == 0 && (c == ';' || c == '{' || c == '}')) break;
        --at;
    }
    return code.substr(at, brace - at);
}

// A definition has a name, then parentheses, and is neither a loop, a type nor an initialiser.
bool is_function_head(std::string_view head) {
    static const std::regex other{
        R"(^\s*(?:else\s+)?(if|for|while|switch|do|else|catch|namespace|class|struct|enum|union)\b)"
        R"(|^\s*(return|extern)\b)"};
    static const std::regex call{R"([\w>\]]\s*\()"};
    if (std::regex_search(head.begin(), head.end(), other)) {
        static const std::regex with_body{
            R"(^\s*(struct|class|enum|extern)\b[^{]*\w\s*\([^=]*\)\s*(const)?\s*$)"};
        return std::regex_search(head.begin(), head.end(), with_body);
    }
    const std::size_t close = head.rfind(')');
    if (close == std::string_view::npos || !std::regex_search(head.begin(), head.end(), call))
        return false;
    // "x = f(y) {" is none, "[=](x) {" and operator== are.
    const std::size_t open = head.find('(');
    const std::string_view before = head.substr(0, open);
    const bool assigned = before.find('=') != std::string_view::npos &&
                          before.find("operator") == std::string_view::npos;
    return !assigned;
}

// The parameters between the first parenthesis after the name and its partner.
std::size_t parameters_of(std::string_view head) {
    const std::size_t open = head.find('(');
    int round = 0;
    int angle = 0;
    std::size_t commas = 0;
    bool any = false;
    for (std::size_t at = open; at < head.size(); ++at) {
        const char c = head[at];
        if (c == '(' || c == '{' || c == '[') ++round;
        if (c == ')' || c == '}' || c == ']') --round;
        if (c == '<') ++angle;
        if (c == '>' && at > 0 && head[at - 1] != '-') --angle;
        if (round == 0) break;
        if (c == ',' && round == 1 && angle == 0) ++commas;
        if (at > open && std::isspace(static_cast<unsigned char>(c)) == 0) any = true;
    }
    return any ? commas + 1 : 0;
}

std::string name_in(std::string_view head) {
    const std::string_view before = head.substr(0, head.find('('));
    const std::size_t end = before.find_last_not_of(" \n");
    const std::size_t begin = before.find_last_of(" \n*&", end);
    return std::string{before.substr(begin + 1, end - begin)};
}

// A projection's project() takes the rows of each of its tables: as many as it has.
bool takes_any_number(const Source& source, std::string_view head) {
    return source.path == "engine/domain/module.hpp" ||
           (source.path.starts_with("projections/") && name_in(head) == "project");
}

}  // namespace

void check_functions(const Source& source, Findings& findings) {
    std::vector<Scope> scopes;
    for (std::size_t at = 0; at < source.code.size(); ++at) {
        const char c = source.code[at];
        if (c == '{') {
            const std::string_view head = head_before(source.code, at);
            const bool inside = std::ranges::any_of(scopes, &Scope::is_function);
            const bool is_function = !inside && is_function_head(head);
            if (is_function && parameters_of(head) > parameters_max &&
                !takes_any_number(source, head)) {
                findings.push_back({
                    source.path,
                    line_of(source.code, at),
                    fmt::format(
                        "{}: more than {} parameters: make a struct", name_in(head), parameters_max
                    ),
                });
            }
            scopes.push_back({is_function, at});
        }
        if (c != '}' || scopes.empty()) continue;
        const Scope scope = scopes.back();
        scopes.pop_back();
        if (!scope.is_function) continue;
        const std::size_t first = line_of(source.code, scope.open);
        const std::size_t lines = line_of(source.code, at) - first + 1;
        if (lines <= function_lines_max) continue;
        const std::string name = name_in(head_before(source.code, scope.open));
        findings.push_back(
            {source.path,
             first,
             fmt::format("{}: {} lines, more than {}", name, lines, function_lines_max)}
        );
    }
}

}  // namespace daybook::tidy
