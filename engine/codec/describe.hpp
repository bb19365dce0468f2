// A schema's tables as descriptions for people.
#pragma once

#include <string_view>

#include "engine/codec/description.hpp"
#include "engine/codec/layout.hpp"

namespace daybook::codec {

// Of one member of a union Command or Event.
[[nodiscard]] RecordDescription describe(
    std::string_view module, const Choices& members, std::size_t member
);

}  // namespace daybook::codec
