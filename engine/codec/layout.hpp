// Where each field of a schema stands in its bytes and what it means: reflection data as plain
// tables, looked up once when a codec is made and not again for each value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/codec/description.hpp"

namespace daybook::codec {

using Kind = FieldKind;

struct Choices {
    std::string_view name;  // "PartyKind"
    std::vector<std::pair<std::string_view, std::int64_t>> values;
    // For a union: the shape of each value, in the same order; null for NONE.
    std::vector<const struct Shape*> members;
};

// One value's place and meaning; for a list or an array also its elements'.
struct Slot {
    Kind kind = Kind::integer;
    std::uint8_t bytes = 0;  // Of a scalar.
    bool is_signed = false;
    std::uint32_t stride = 0;  // Of an element inside a vector or an array; 4 for offsets.
    std::uint32_t align = 1;   // Of a value stored in place.
    const struct Shape* shape = nullptr;  // Of a record or table.
    const Choices* choices = nullptr;     // Of a choice, flags or one_of.
};

struct Field {
    std::string_view name;
    Slot slot;
    Slot element;                  // For a list or an array.
    std::uint16_t length = 0;      // Of an array.
    std::uint16_t place = 0;       // Its vtable entry in a table, its first byte in a struct.
    std::uint16_t type_place = 0;  // Of a union's type.
    std::int64_t absent = 0;       // The value of an absent scalar.
    bool is_nullable = false;      // An absent scalar is no value at all.
    bool is_required = false;
    bool is_document = false;
    bool is_effective = false;
    bool is_personal = false;
};

// A field to add to a table, or the type of a union field.
struct Step {
    std::uint16_t index = 0;  // In Shape::fields.
    bool is_union_type = false;
};

// A table or a struct.
struct Shape {
    std::string_view name;  // "OrderLine"
    bool is_struct = false;
    std::uint32_t bytes = 0;  // Of a struct.
    std::uint32_t align = 1;
    std::vector<Field> fields;     // In the schema's order, without deprecated ones.
    std::vector<Step> steps;       // Of a table: in what order flatc's code adds its fields.
    std::vector<std::byte> empty;  // Of a struct: a value whose dates are none.
};

struct IntegerRange {
    std::int64_t min = 0;
    std::uint64_t max = 0;
};
// What a scalar of that width holds.
[[nodiscard]] IntegerRange range_of(const Slot& slot);

inline constexpr std::size_t fields_max = 128;  // In one table or struct.

// The tables of one module's schema. Borrows the schema's bytes.
class Layout {
 public:
    Layout(std::string_view module, std::span<const std::uint8_t> schema);
    Layout(const Layout&) = delete;
    Layout& operator=(const Layout&) = delete;
    Layout(Layout&&) = default;
    Layout& operator=(Layout&&) = default;
    ~Layout() = default;

    [[nodiscard]] std::string_view module() const { return module_; }
    [[nodiscard]] const Choices& commands() const { return *commands_; }
    [[nodiscard]] const Choices& events() const { return *events_; }
    // Null if the schema has none.
    [[nodiscard]] const Choices* refusals() const { return refusals_; }

 private:
    std::string_view module_;
    std::vector<Choices> choices_;  // By the index in the schema.
    std::vector<Shape> shapes_;     // By the index in the schema.
    const Choices* commands_ = nullptr;
    const Choices* events_ = nullptr;
    const Choices* refusals_ = nullptr;
};

}  // namespace daybook::codec
