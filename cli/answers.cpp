#include "cli/answers.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

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

boost::json::object answer_record(const Answer& answer, const Id& command) {
    boost::json::object record{{"id", to_string(command)}};
    switch (answer.outcome) {
        case Answer::Outcome::refused:
            record["outcome"] = "refused";
            record["rule"] = fmt::format("{}.{}", answer.refusal.module, answer.refusal.rule);
            record["at"] = answer.refusal.reason.at;
            record["found"] = answer.refusal.reason.found;
            record["needed"] = answer.refusal.reason.needed;
            break;
        case Answer::Outcome::failed:
            record["outcome"] = "failed";
            record["code"] = name_of(answer.error.code);
            record["message"] = answer.error.message;
            break;
        case Answer::Outcome::accepted:
            record["outcome"] = "accepted";
            record["first_position"] = answer.first_position;
            record["event_count"] = answer.event_count;
            record["document_version"] = answer.document_version;
            record["repeated"] = answer.is_repeated;
            break;
    }
    return record;
}

}  // namespace daybook::cli
