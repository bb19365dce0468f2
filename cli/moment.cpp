#include "cli/moment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "projections/core/query.hpp"

namespace daybook::cli {
namespace {

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
        return position_known_at(log, instant);
    }
    std::uint64_t position = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (problem != std::errc{}) {
        return Error{ErrorCode::invalid, fmt::format("\"{}\" is too large a position", text)};
    }
    return std::min(position, log.end());
}

}  // namespace daybook::cli
