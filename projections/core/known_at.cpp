#include "projections/core/known_at.hpp"

#include <fmt/format.h>

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
    if (position > log.end()) {
        return Error{
            ErrorCode::not_found,
            fmt::format("there is no position {} yet: the log ends at {}", position, log.end())};
    }
    if (position == log.end()) return position;
    DAYBOOK_TRY(const EventHeader header, header_at(log, position));
    return position - header.batch_index();
}

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Instant> end_of(std::string_view text) {
    if (text.size() == 10) {
        DAYBOOK_TRY(const Date day, parse_date(text));
        return parse_instant(to_string(day) + "T23:59:59.999999999Z");
    }
    const Result<Instant> instant = parse_instant(text);
    if (instant) return instant;
    return Error{
        ErrorCode::invalid,
        fmt::format(
            "\"{}\" is no moment; write a position, a day as 2026-03-31 or an instant as "
            "2026-03-31T12:00:00Z",
            text
        )};
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

Result<KnownAt> parse_known_at(std::string_view moment) {
    if (!is_number(moment)) {
        DAYBOOK_TRY(const Instant instant, end_of(moment));
        return KnownAt{instant};
    }
    std::uint64_t position = 0;
    const auto [end, problem] =
        std::from_chars(moment.data(), moment.data() + moment.size(), position);
    if (problem != std::errc{}) {
        return Error{ErrorCode::invalid, fmt::format("\"{}\" is no position", moment)};
    }
    return KnownAt{position};
}

Result<std::uint64_t> position_known_at(const Log& log, std::string_view moment) {
    if (moment.empty()) return log.end();
    DAYBOOK_TRY(const KnownAt known_at, parse_known_at(moment));
    if (const auto* instant = std::get_if<Instant>(&known_at)) {
        return position_known_at(log, *instant);
    }
    return whole_batches_before(log, std::get<std::uint64_t>(known_at));
}

}  // namespace daybook
