// What a book knew at a moment, as the position to ask with: that of the first event not yet known.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"
#include "engine/log/log.hpp"

namespace daybook {

// A position, or the end of an instant.
using KnownAt = std::variant<std::uint64_t, Instant>;
// As a person says it: "4711" (a position), "2026-03-31" (the end of that day, UTC) or
// "2026-03-31T12:00:00Z". `invalid` if it is none of these.
[[nodiscard]] Result<KnownAt> parse_known_at(std::string_view moment);

// At the end of this instant.
[[nodiscard]] Result<std::uint64_t> position_known_at(const Log& log, Instant instant);
// As parse_known_at() reads it, or nothing: all there is. A batch is known whole or not at all, so
// a position inside one stands for its beginning. `not_found` beyond the end of the log.
[[nodiscard]] Result<std::uint64_t> position_known_at(const Log& log, std::string_view moment);

}  // namespace daybook
