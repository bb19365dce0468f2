// Whether a mapping's commands exist and have the fields that it fills.
#pragma once

#include "connectors/files/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::files {

// The Error names the mapping's line and suggests the nearest name.
[[nodiscard]] Result<void> check_commands(const Mapping& mapping, const Codec& codec);

}  // namespace daybook::files
