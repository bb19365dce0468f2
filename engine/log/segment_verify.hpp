// Reads everything again and compares it with everything that was promised about it.
#pragma once

#include "engine/log/segment_log.hpp"
#include "engine/log/shared_segments.hpp"

namespace daybook {

[[nodiscard]] Result<TreeHead> verify_segments(
    const SharedSegments& segments, VerifyDepth depth, const LogProgressCallback& progress
);

}  // namespace daybook
