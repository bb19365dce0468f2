#include "connectors/kafka/beginning.hpp"

#include <fmt/format.h>

#include <utility>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/reader.hpp"

namespace daybook::kafka {

Result<Beginning> look_at_beginning(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
) {
    const Deadline deadline{patience};
    DAYBOOK_TRY(const auto reader, TopicReader::open(place, settings, 0, patience));
    Beginning beginning;
    DAYBOOK_TRY(beginning.end, reader->ask_end(deadline.left()));
    bool is_first = true;
    const auto look_at_first = [&](const RawRecord& record) -> Result<void> {
        if (!std::exchange(is_first, false)) return {};
        Hasher hasher;
        const auto found = incoming(record.value, record.headers, hasher);
        beginning.is_claimed = found && found->record.is_claim && !found->is_copied;
        return {};
    };
    while (beginning.end > 0) {
        DAYBOOK_TRY(const auto records, reader->next(deadline.left(), look_at_first));
        if (records > 0) break;
        if (!deadline.is_over()) continue;
        return Error{
            ErrorCode::unavailable,
            fmt::format(
                "topic {}: its first record did not come within {} ms",
                place.topic(),
                patience.count()
            )};
    }
    return beginning;
}

}  // namespace daybook::kafka
