#include "connectors/http/json_array.hpp"

#include <fmt/format.h>

namespace daybook::http {
namespace {

constexpr std::string_view white_space = " \t\r\n";

Error broken(std::string_view what, std::size_t at) {
    return {ErrorCode::invalid, fmt::format("the JSON array {} at byte {}", what, at)};
}

// Where the element that begins at `at` ends: before the comma or bracket behind it.
Result<std::size_t> end_of_element(std::string_view json, std::size_t at) {
    const std::size_t begin = at;
    std::size_t depth = 0;
    bool is_in_string = false;
    for (; at < json.size(); ++at) {
        const char c = json[at];
        if (is_in_string) {
            if (c == '\\') ++at;
            if (c == '"') is_in_string = false;
            continue;
        }
        if (c == '"') is_in_string = true;
        if (c == '[' || c == '{') ++depth;
        if (depth == 0 && (c == ',' || c == ']')) return at;
        if (c == ']' || c == '}') {
            if (depth == 0) return broken("has a bracket too many", at);
            --depth;
        }
    }
    return broken("has an element without an end", begin);
}

}  // namespace

bool is_json_array(std::string_view json) {
    const std::size_t first = json.find_first_not_of(white_space);
    return first != std::string_view::npos && json[first] == '[';
}

Result<std::vector<std::string_view>> elements_of(std::string_view json, std::size_t count_max) {
    DAYBOOK_ASSERT(is_json_array(json));
    std::vector<std::string_view> elements;
    std::size_t at = json.find_first_not_of(white_space) + 1;
    while (true) {
        at = json.find_first_not_of(white_space, at);
        if (at == std::string_view::npos) return broken("is not closed", json.size());
        if (json[at] == ']' && elements.empty()) break;
        DAYBOOK_TRY(const std::size_t end, end_of_element(json, at));
        if (end == at) return broken("lacks an element", at);
        if (elements.size() == count_max) {
            return Error{
                ErrorCode::too_large,
                fmt::format("the array has more than {} commands", count_max)};
        }
        elements.push_back(json.substr(at, end - at));
        at = end;
        if (json[at] == ']') break;
        ++at;
    }
    const std::size_t rest = json.find_first_not_of(white_space, at + 1);
    if (rest != std::string_view::npos) return broken("is followed by something", rest);
    return elements;
}

}  // namespace daybook::http
