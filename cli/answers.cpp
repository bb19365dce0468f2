#include "cli/answers.hpp"

#include <fmt/format.h>

#include "projections/core/render.hpp"

namespace daybook::cli {
namespace {

std::string reason_text(const Reason& reason) {
    std::string text;
    if (!reason.at.empty()) text += fmt::format(" at {}", reason.at);
    if (!reason.found.empty()) text += fmt::format(": found {}", reason.found);
    if (!reason.needed.empty())
        text += fmt::format("{} needed {}", reason.found.empty() ? ":" : ",", reason.needed);
    return text;
}

}  // namespace

std::string json_text(std::string_view text) {
    std::string out;
    append_json_text(out, text);
    return out;
}

std::string answer_text(const Answer& answer) {
    switch (answer.outcome) {
        case Answer::Outcome::refused:
            return fmt::format(
                "refused: {}.{}{}",
                answer.refusal.module,
                answer.refusal.rule,
                reason_text(answer.refusal.reason)
            );
        case Answer::Outcome::failed: return fmt::format("failed: {}", answer.error.message);
        case Answer::Outcome::accepted: break;
    }
    const char* again = answer.is_repeated ? " (it was accepted before)" : "";
    if (answer.event_count == 0) return fmt::format("accepted: nothing to record{}", again);
    if (answer.event_count == 1)
        return fmt::format("accepted: event {}{}", answer.first_position, again);
    const std::uint64_t last = answer.first_position + answer.event_count - 1;
    return fmt::format("accepted: events {} to {}{}", answer.first_position, last, again);
}

std::string answer_json(const Answer& answer, const Id& command) {
    const std::string id = json_text(to_string(command));
    switch (answer.outcome) {
        case Answer::Outcome::refused:
            return fmt::format(
                R"({{"id": {}, "outcome": "refused", "rule": "{}.{}", )"
                R"("at": {}, "found": {}, "needed": {}}})",
                id,
                answer.refusal.module,
                answer.refusal.rule,
                json_text(answer.refusal.reason.at),
                json_text(answer.refusal.reason.found),
                json_text(answer.refusal.reason.needed)
            );
        case Answer::Outcome::failed:
            return fmt::format(
                R"({{"id": {}, "outcome": "failed", "code": "{}", "message": {}}})",
                id,
                name_of(answer.error.code),
                json_text(answer.error.message)
            );
        case Answer::Outcome::accepted: break;
    }
    return fmt::format(
        R"({{"id": {}, "outcome": "accepted", "first_position": {}, "event_count": {}, )"
        R"("document_version": {}, "repeated": {}}})",
        id,
        answer.first_position,
        answer.event_count,
        answer.document_version,
        answer.is_repeated
    );
}

}  // namespace daybook::cli
