// What went wrong, as application/problem+json (RFC 9457): what was tried, what was found, and what
// to do about it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/message.hpp"
#include "engine/base/result.hpp"
#include "engine/engine.hpp"

namespace daybook::http {

struct Problem {
    int status = 500;
    std::string_view kind;  // The last word of its type: "invalid", "busy", "unauthorized"
    std::string_view title;
    std::string detail;  // One sentence.
    // More members: each a name and its value as JSON.
    std::vector<std::pair<std::string_view, std::string>> members = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
};

[[nodiscard]] Response response_of(const Problem& problem, std::string_view route);
// The status and title that belong to the code; busy and unavailable say when to come again.
[[nodiscard]] Problem problem_of(const Error& error);
// Of a command's JSON. The message's path, if it begins with one, becomes a JSON pointer; `index`
// is the command's place if several came.
[[nodiscard]] Problem problem_of_command(const Error& error, std::optional<std::size_t> index);
[[nodiscard]] Problem problem_of_refusal(const RefusalReport& refusal, std::string_view command_id);
// The command may or may not have been stored: its id tells, when it is sent again.
[[nodiscard]] Problem outcome_is_open(std::string detail);

[[nodiscard]] std::string json_text(std::string_view text);  // With its quotes.
// "lines[2].net: too large" begins with a path, which is "/lines/2/net"; else "".
[[nodiscard]] std::string pointer_in(std::string_view message);

}  // namespace daybook::http
