// What every log asks of a group before it takes it.
#include "engine/log/log.hpp"

#include <fmt/core.h>

#include <cstring>

namespace daybook {
namespace {

constexpr std::size_t header_bytes = sizeof(EventHeader);
static_assert(alignof(EventHeader) == 8);
static_assert(event_bytes_max <= group_bytes_max && batch_events_max <= group_events_max);

Error invalid(std::uint64_t position, std::string_view found) {
    return {ErrorCode::invalid, fmt::format("event {}: {}", position, found)};
}

Result<void> check_event(EventBytes event, std::uint64_t position) {
    if (event.size() < header_bytes) return invalid(position, "shorter than its header");
    if (event.size() > event_bytes_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format(
                "event {} has {} bytes, the most is {}", position, event.size(), event_bytes_max
            )};
    }
    if (reinterpret_cast<std::uintptr_t>(event.data()) % alignof(EventHeader) != 0) {
        return invalid(position, "not aligned to 8 bytes in memory");
    }
    const auto& header = *reinterpret_cast<const EventHeader*>(event.data());
    if (header.format() != 1) return invalid(position, "its header has an unknown format");
    if (header.position() != position) {
        return invalid(position, fmt::format("it says position {}", header.position()));
    }
    if (header.payload_bytes() != event.size() - header_bytes) {
        return invalid(position, fmt::format("it says {} payload bytes", header.payload_bytes()));
    }
    return {};
}

// The events of a batch carry 0, 1, 2 ... and all the same count.
Result<void> check_batches(std::span<const EventBytes> group) {
    std::uint32_t expected_index = 0;
    std::uint32_t expected_count = 0;
    for (const EventBytes event : group) {
        const EventHeader& header = header_of(event);
        if (expected_index == 0) expected_count = header.batch_count();
        if (header.batch_index() != expected_index || header.batch_count() != expected_count ||
            expected_count == 0) {
            return invalid(header.position(), "its batch is not whole");
        }
        if (expected_count > batch_events_max) {
            return Error{
                ErrorCode::too_large,
                fmt::format(
                    "event {}: a batch of {} events, the most is {}",
                    header.position(),
                    expected_count,
                    batch_events_max
                )};
        }
        expected_index = expected_index + 1 == expected_count ? 0 : expected_index + 1;
    }
    if (expected_index != 0) {
        return invalid(header_of(group.back()).position(), "its batch is not whole");
    }
    return {};
}

}  // namespace

const EventHeader& header_of(EventBytes event) {
    DAYBOOK_ASSERT(event.size() >= header_bytes);
    const auto& header = *reinterpret_cast<const EventHeader*>(event.data());
    DAYBOOK_ASSERT(header.payload_bytes() == event.size() - header_bytes);
    return header;
}

std::span<const std::byte> payload_of(EventBytes event) {
    return event.subspan(header_bytes, header_of(event).payload_bytes());
}

Result<void> check_group(std::span<const EventBytes> group, std::uint64_t end) {
    if (group.size() > group_events_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format("a group of {} events, the most is {}", group.size(), group_events_max)};
    }
    std::size_t bytes = 0;
    for (std::size_t index = 0; index < group.size(); ++index) {
        DAYBOOK_TRY_VOID(check_event(group[index], end + index));
        bytes += group[index].size();
    }
    if (bytes > group_bytes_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format("a group of {} bytes, the most is {}", bytes, group_bytes_max)};
    }
    return check_batches(group);
}

}  // namespace daybook
