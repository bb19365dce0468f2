// The bytes are copied: whoever sent the group may have given up waiting when they come back.
#include "connectors/kafka/sent_group.hpp"

#include <algorithm>

namespace daybook::kafka {

SentGroup::SentGroup(std::span<const EventBytes> group, std::span<const Record> records) {
    DAYBOOK_ASSERT(!records.empty() && group.size() == records.size());
    first_ = records.front().position;
    std::size_t bytes = 0;
    for (const EventBytes event : group) bytes += event.size();
    bytes_.reserve(bytes);
    events_.reserve(group.size());
    for (std::size_t index = 0; index < group.size(); ++index) {
        DAYBOOK_ASSERT(records[index].position == first_ + index);
        events_.push_back({bytes_.size(), group[index].size(), records[index]});
        bytes_.insert(bytes_.end(), group[index].begin(), group[index].end());
    }
}

std::optional<Hash> SentGroup::leaf_of(std::uint64_t position, std::span<const std::byte> value)
    const {
    if (position < first_ || position - first_ >= events_.size()) return std::nullopt;
    const Event& event = events_[static_cast<std::size_t>(position - first_)];
    const bool is_same = std::ranges::equal(bytes_of(event), value);
    return is_same ? std::optional{event.record.leaf} : std::nullopt;
}

Incoming SentGroup::at(std::size_t index) const {
    const Event& event = events_[index];
    return {.record = event.record, .is_copied = event.record.is_claim, .event = bytes_of(event)};
}

}  // namespace daybook::kafka
