#include "connectors/kafka/schemas.hpp"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/reader.hpp"
#include "connectors/kafka/topic.hpp"

namespace daybook::kafka {
namespace {

Result<void> make_topic(
    const Place& shared, const Settings& settings, std::chrono::milliseconds patience
) {
    auto made = create_shared_topic(shared, settings, patience, {{"cleanup.policy", "compact"}});
    if (made.ok() || made.error().code == ErrorCode::conflict) return {};
    return made;
}

Result<std::set<Hash>> read_published(
    const Place& shared, const Settings& settings, const Deadline& deadline
) {
    DAYBOOK_TRY(const auto reader, TopicReader::open(shared, settings, 0, deadline.left()));
    Hasher hasher;
    std::set<Hash> found;
    const auto note = [&](const RawRecord& record) -> Result<void> {
        found.insert(hasher.plain(record.value));
        return {};
    };
    while (!reader->is_at_end()) {
        if (deadline.is_over()) {
            return Error{
                ErrorCode::unavailable,
                fmt::format("topic {} was not read to its end in time", shared.topic())};
        }
        DAYBOOK_TRY_VOID(reader->next(deadline.left(), note));
    }
    return found;
}

}  // namespace

Result<std::size_t> publish_schemas(
    const Place& place,
    const Settings& settings,
    std::span<const DomainModule> modules,
    std::chrono::milliseconds patience
) {
    const Place shared = place.shared("schemas");
    const Deadline deadline{patience};
    DAYBOOK_TRY(const auto policy, topic_setting(shared, settings, "cleanup.policy", patience));
    if (!policy) DAYBOOK_TRY_VOID(make_topic(shared, settings, patience));
    if (policy && *policy != "compact") {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "topic {}: cleanup.policy is {}, must be compact: a schema is never deleted",
                shared.topic(),
                *policy
            )};
    }
    DAYBOOK_TRY(const auto published, read_published(shared, settings, deadline));
    Hasher hasher;
    std::vector<const DomainModule*> missing;
    for (const DomainModule& module : modules) {
        if (!published.contains(hasher.plain(std::as_bytes(module.schema)))) {
            missing.push_back(&module);
        }
    }
    if (missing.empty()) return std::size_t{0};
    DAYBOOK_TRY(const auto producer, GroupProducer::open(shared, settings, patience));
    for (const DomainModule* const module : missing) {
        const auto schema = std::as_bytes(module->schema);
        const Header headers[] = {
            {"daybook_module", module->name}, {"content-type", "application/x-flatbuffers-schema"}};
        DAYBOOK_TRY_VOID(producer->send(hex(hasher.plain(schema)), schema, headers));
    }
    DAYBOOK_TRY_VOID(producer->confirm(deadline.left()));
    return missing.size();
}

}  // namespace daybook::kafka
