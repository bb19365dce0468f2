// Reading fields of verified bytes as value types, and writing value types where flatc wants wire
// structs.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>
#include <string_view>

#include "engine/base/assert.hpp"
#include "engine/base/wire.hpp"
#include "schemas/common.hpp"

namespace daybook {

// A required field.
template <class Wire>
[[nodiscard]] auto read(const Wire* field) {
    DAYBOOK_ASSERT(field != nullptr);
    return flatbuffers::UnPack(*field);
}
// A field inside a struct, which is always there.
template <class Wire>
[[nodiscard]] auto read(const Wire& field) {
    return flatbuffers::UnPack(field);
}
// An optional field: an empty value if absent.
template <class Wire>
[[nodiscard]] auto read_or_none(const Wire* field) {
    using Native = decltype(flatbuffers::UnPack(*field));
    return field == nullptr ? Native{} : flatbuffers::UnPack(*field);
}
// An optional text: "" if absent. Valid as long as the bytes are.
[[nodiscard]] inline std::string_view text(const flatbuffers::String* field) {
    return field == nullptr ? std::string_view{} : std::string_view{field->data(), field->size()};
}
[[nodiscard]] inline std::string copy(const flatbuffers::String* field) {
    return std::string{text(field)};
}
// A value type as the wire struct that goes into a struct or a vector of structs.
template <class Value>
[[nodiscard]] auto wired(const Value& value) {
    return flatbuffers::Pack(value);
}

}  // namespace daybook
