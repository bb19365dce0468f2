#include "projections/core/known_at.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "engine/base/assert.hpp"
#include "engine/base/wire.hpp"

namespace daybook {
namespace {

Result<EventHeader> header_at(const Log& log, std::uint64_t position) {
    DAYBOOK_TRY(const auto reader, log.read(position));
    DAYBOOK_TRY(const auto events, reader->next());
    DAYBOOK_ASSERT(!events.empty());
    return header_of(events.front());
}

Result<std::uint64_t> whole_batches_before(const Log& log, std::uint64_t position) {
    if (position >= log.end()) return log.end();
    DAYBOOK_TRY(const EventHeader header, header_at(log, position));
    return position - header.batch_index();
}

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Instant> end_of(std::string_view text) {
    if (text.size() != 10) return parse_instant(text);
    DAYBOOK_TRY(const Date day, parse_date(text));
    return parse_instant(to_string(day) + "T23:59:59.999999999Z");
}

}  // namespace

// Recording times never go back, so the events can be bisected.
Result<std::uint64_t> position_known_at(const Log& log, Instant instant) {
    std::uint64_t known = 0;
    std::uint64_t unknown = log.end();
    while (known < unknown) {
        const std::uint64_t middle = known + (unknown - known) / 2;
        DAYBOOK_TRY(const EventHeader header, header_at(log, middle));
        if (flatbuffers::UnPack(header.recorded_at()) <= instant) {
            known = middle + 1;
        } else {
            unknown = middle;
        }
    }
    return known;
}

Result<std::uint64_t> position_known_at(const Log& log, std::string_view moment) {
    if (moment.empty()) return log.end();
    if (!is_number(moment)) {
        DAYBOOK_TRY(const Instant instant, end_of(moment));
        return position_known_at(log, instant);
    }
    std::uint64_t position = 0;
    const auto [end, problem] =
        std::from_chars(moment.data(), moment.data() + moment.size(), position);
    if (problem != std::errc{}) {
        return Error{
            ErrorCode::invalid, "\"" + std::string{moment} + "\" is too large a position"};
    }
    return whole_batches_before(log, position);
}

}  // namespace daybook
