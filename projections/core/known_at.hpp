// What a book knew at a moment, as the position to ask with: that of the first event not yet known.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"
#include "engine/log/log.hpp"

namespace daybook {

// At the end of this instant.
[[nodiscard]] Result<std::uint64_t> position_known_at(const Log& log, Instant instant);
// As a person says it: "4711" (a position), "2026-03-31" (the end of that day, UTC),
// "2026-03-31T12:00:00Z", or nothing (all there is). A batch is known whole or not at all, so a
// position inside one stands for its beginning. `invalid` if it is none of these.
[[nodiscard]] Result<std::uint64_t> position_known_at(const Log& log, std::string_view moment);

}  // namespace daybook
