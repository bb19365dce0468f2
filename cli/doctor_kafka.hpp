// What `daybook doctor` looks at in a Kafka cluster: its brokers, the topics of its books, what we
// may do there.
#pragma once

#include <string>
#include <vector>

#include "cli/doctor_check.hpp"
#include "cli/session.hpp"
#include "engine/base/result.hpp"

namespace daybook::cli {

struct KafkaQuestion {
    std::string log;                 // kafka://host:port[,host:port][/environment]
    std::vector<std::string> books;  // Their names; none: all that are there.
    bool probe = false;              // Also append a record beside them.
};

// An Error when the question is none; all else are findings.
[[nodiscard]] Result<void> check_kafka(
    Checks& checks, const Session& session, const KafkaQuestion& question
);

}  // namespace daybook::cli
