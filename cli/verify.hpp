// Proving that nothing changed, wherever a book stands.
#pragma once

#include "cli/session.hpp"
#include "connectors/kafka/place.hpp"
#include "connectors/kafka/verify.hpp"

namespace daybook::cli {

[[nodiscard]] ExitCode verify_book(const Session& session, const BookPlace& place, bool full);
// Every record of the topic again, by the rule, behind a progress line.
[[nodiscard]] Result<kafka::VerifyReport> verify_records(
    const Session& session, const BookPlace& place, const kafka::Place& topic
);

}  // namespace daybook::cli
