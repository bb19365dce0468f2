// What the engine answered, as a line for people or as JSON.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "engine/engine.hpp"

namespace daybook::cli {

// "accepted: events 17 to 19, version 1" or "refused: sales.credit_limit_exceeded at lines[2]: ..."
[[nodiscard]] std::string answer_text(const Answer& answer);
[[nodiscard]] boost::json::object answer_record(const Answer& answer, const Id& command);
// The text as a JSON string with its quotes.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace daybook::cli
