#include "connectors/http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace daybook::http {
namespace {

struct Answering {
    int status;
    std::string_view title;
};

Answering answering(ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found: return {404, "There is no such thing"};
        case ErrorCode::invalid: return {400, "The request is not valid"};
        case ErrorCode::too_large: return {413, "The request is too large"};
        case ErrorCode::busy: return {503, "Busy: come again"};
        case ErrorCode::denied: return {403, "Not allowed"};
        case ErrorCode::unavailable: return {503, "Not available now"};
        case ErrorCode::io: return {500, "The disk or the operating system failed"};
        case ErrorCode::disk_full: return {507, "The disk is full"};
        case ErrorCode::corrupt: return {500, "Stored bytes are damaged"};
        case ErrorCode::too_new: return {500, "Written by a newer version"};
        case ErrorCode::conflict: return {409, "It exists already, or changed meanwhile"};
    }
    return {500, "An error"};
}

bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string reason_text(const RefusalReport& refusal) {
    const Reason& reason = refusal.reason;
    std::string text = fmt::format("{}.{}", refusal.module, refusal.rule);
    if (!reason.at.empty()) text += fmt::format(" at {}", reason.at);
    if (!reason.found.empty()) text += fmt::format(": found {}", reason.found);
    if (!reason.needed.empty())
        text += fmt::format("{} needed {}", reason.found.empty() ? ":" : ",", reason.needed);
    return text;
}

// Well-formed as far as lengths go: what a client sent in a path may be any bytes.
bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text[0]);
        const auto ones = static_cast<std::size_t>(std::countl_one(first));
        const std::size_t size = ones == 0 ? 1 : ones;
        if (ones == 1 || ones > 4 || size > text.size()) return false;
        for (std::size_t i = 1; i < size; ++i) {
            if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
        }
        text.remove_prefix(size);
    }
    return true;
}

// What stands beside the body in a command's JSON.
bool is_of_envelope(std::string_view pointer) {
    static constexpr std::string_view fields[] = {
        "/id", "/actor", "/trace", "/expected_version", "/command"};
    return std::ranges::find(fields, pointer) != std::end(fields);
}

}  // namespace

std::string json_text(std::string_view text) {
    const bool is_clean = is_utf8(text);
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += byte < 0x80 || is_clean ? c : '?';
        }
    }
    return out + "\"";
}

std::string pointer_in(std::string_view message) {
    const std::string_view path = message.substr(0, message.find(": "));
    if (path.size() == message.size()) return "";
    std::string pointer = "/";
    for (const char c : path) {
        if (c == '.' || c == '[') {
            pointer += '/';
        } else if (is_of_name(c)) {
            pointer += c;
        } else if (c != ']') {
            return "";
        }
    }
    return pointer;
}

Response response_of(const Problem& problem, std::string_view route) {
    std::string body = fmt::format(
        R"({{"type": "urn:daybook:problem:{}", "title": {}, "status": {}, "detail": {})",
        problem.kind,
        json_text(problem.title),
        problem.status,
        json_text(problem.detail)
    );
    for (const auto& [name, value] : problem.members) {
        body += fmt::format(", \"{}\": {}", name, value);
    }
    return {
        .status = problem.status,
        .type = "application/problem+json",
        .body = body + "}\n",
        .headers = problem.headers,
        .stream = nullptr,
        .route = route};
}

Problem problem_of(const Error& error) {
    const Answering answer = answering(error.code);
    Problem problem{
        .status = answer.status,
        .kind = name_of(error.code),
        .title = answer.title,
        .detail = error.message};
    if (answer.status == 503) {
        problem.headers.emplace_back("Retry-After", error.code == ErrorCode::busy ? "1" : "5");
    }
    return problem;
}

Problem problem_of_command(const Error& error, std::optional<std::size_t> index) {
    // A command that does not exist is the request's fault: its address was found.
    const bool is_unknown = error.code == ErrorCode::not_found;
    Problem problem = problem_of({is_unknown ? ErrorCode::invalid : error.code, error.message});
    std::string pointer = pointer_in(error.message);
    if (!pointer.empty() && !is_of_envelope(pointer)) pointer = "/body" + pointer;
    if (index) pointer = fmt::format("/{}{}", *index, pointer);
    if (!pointer.empty()) {
        problem.members.emplace_back(
            "errors",
            fmt::format(
                R"([{{"pointer": {}, "detail": {}}}])",
                json_text("#" + pointer),
                json_text(error.message)
            )
        );
    }
    return problem;
}

Problem problem_of_refusal(const RefusalReport& refusal, std::string_view command_id) {
    return {
        .status = 409,
        .kind = "refused",
        .title = "A rule of the books refuses the command",
        .detail = reason_text(refusal),
        .members = {
            {"id", json_text(command_id)},
            {"outcome", "\"refused\""},
            {"rule", json_text(fmt::format("{}.{}", refusal.module, refusal.rule))},
            {"at", json_text(refusal.reason.at)},
            {"found", json_text(refusal.reason.found)},
            {"needed", json_text(refusal.reason.needed)}}};
}

Problem outcome_is_open(std::string detail) {
    return {
        .status = 503,
        .kind = "outcome-open",
        .title = "Not known yet whether the command was stored",
        .detail = std::move(detail),
        .members = {{"outcome", "\"open\""}},
        .headers = {{"Retry-After", "2"}}};
}

}  // namespace daybook::http
