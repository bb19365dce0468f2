#include "connectors/kafka/beginning.hpp"

#include <fmt/format.h>

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
    while (beginning.end > 0) {
        DAYBOOK_TRY(const auto records, reader->next(deadline.left()));
        if (!records.empty()) {
            Hasher hasher;
            const RawRecord& first = records.front();
            const auto found = incoming(first.value, first.headers, hasher);
            beginning.is_claimed = found && found->record.is_claim && !found->is_copied;
            break;
        }
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
