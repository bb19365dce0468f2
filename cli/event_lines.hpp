// Events as they come, in the form that was asked for: a JSON object a line unless it was CSV or a
// table.
#pragma once

#include <string>

#include "cli/session.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::cli {

class EventLines {
 public:
    // Writes the head of a table or of CSV. Both borrowed.
    EventLines(const Session& session, const Codec& codec);
    // An Error, and nothing written, if the event is not one that this program knows.
    [[nodiscard]] Result<void> add(EventBytes event);

 private:
    const Session& session_;
    const Codec& codec_;
    std::string line_;
};

}  // namespace daybook::cli
