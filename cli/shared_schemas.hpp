// The schemas of this program in a Kafka cluster, for readers of other systems.
#pragma once

#include "cli/session.hpp"
#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"

namespace daybook::cli {

// Readers miss them when that fails, a node does not: it is said, and that is all. Of `place` the
// book is not used.
void share_schemas(
    const Session& session, const kafka::Place& place, const kafka::Settings& settings
);

}  // namespace daybook::cli
