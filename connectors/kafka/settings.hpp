// Properties of librdkafka that a user passes through, such as those for TLS and SASL. Those on
// which the log's promises rest are refused by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook::kafka {

struct Property {
    std::string name;
    std::string value;
    friend bool operator==(const Property&, const Property&) = default;
};

using Settings = std::vector<Property>;

// "security.protocol=SSL". `denied` for a property that must not be changed, and why; `invalid` for
// one that librdkafka does not know or whose value it refuses.
[[nodiscard]] Result<Property> parse_property(std::string_view text);

}  // namespace daybook::kafka
