#include "cli/moment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/domain/read.hpp"

namespace daybook::cli {
namespace {

Result<Instant> recorded_at(const Log& log, std::uint64_t position) {
    DAYBOOK_TRY(const auto reader, log.read(position));
    DAYBOOK_TRY(const auto events, reader->next());
    DAYBOOK_ASSERT(!events.empty());
    return read(header_of(events.front()).recorded_at());
}

// The number of events recorded at or before the instant, by bisection: time never goes back.
Result<std::uint64_t> count_recorded_by(const Log& log, Instant instant) {
    std::uint64_t low = 0;
    std::uint64_t high = log.end();
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        DAYBOOK_TRY(const Instant recorded, recorded_at(log, middle));
        if (recorded <= instant) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

Result<Instant> end_of(std::string_view text) {
    if (text.size() != 10) return parse_instant(text);
    DAYBOOK_TRY(const Date day, parse_date(text));
    return parse_instant(fmt::format("{}T23:59:59.999999999Z", to_string(day)));
}

}  // namespace

void add_moment_options(CLI::App& command, Moment& moment) {
    command.add_option("--as-of,-D", moment.as_of, "Count facts effective up to this day")
        ->type_name("DAY");
    command
        .add_option(
            "--known-at,-L",
            moment.known_at,
            "With the knowledge had at this position, day or instant"
        )
        ->type_name("WHEN");
}

Result<Date> as_of(const Moment& moment) {
    return moment.as_of.empty() ? Result<Date>{date_max} : parse_date(moment.as_of);
}

Result<std::uint64_t> known_at(const Moment& moment, const Log& log) {
    const std::string& text = moment.known_at;
    if (text.empty()) return log.end();
    if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
        DAYBOOK_TRY(const Instant instant, end_of(text));
        return count_recorded_by(log, instant);
    }
    std::uint64_t position = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (problem != std::errc{}) {
        return Error{ErrorCode::invalid, fmt::format("\"{}\" is too large a position", text)};
    }
    return std::min(position, log.end());
}

}  // namespace daybook::cli
