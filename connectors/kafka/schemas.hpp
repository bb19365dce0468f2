// The compiled schemas of all modules, in a topic of their own: whoever reads a book's events finds
// there the schema that `ce_dataschema` names.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"
#include "engine/domain/registry.hpp"

namespace daybook::kafka {

// Adds those that the topic lacks, and says how many they were. The topic is made if it is missing;
// `conflict` when it is not compacted, for then schemas would go. Of `place` the book is not used.
[[nodiscard]] Result<std::size_t> publish_schemas(
    const Place& place,
    const Settings& settings,
    std::span<const DomainModule> modules,
    std::chrono::milliseconds patience
);

}  // namespace daybook::kafka
