// Words for types, choices and examples, worked out from the tables of layout.
#include "engine/codec/describe.hpp"

#include <fmt/format.h>

#include "engine/codec/words.hpp"

namespace daybook::codec {
namespace {

// A table may hold itself; deeper than this its fields are not repeated.
constexpr int depth_max = 6;

std::vector<FieldDescription> describe_fields(const Shape& shape, int depth);
std::vector<FieldDescription> describe_members(const Choices& choices, int depth);

std::string type_of(const Slot& slot) {
    switch (slot.kind) {
        case Kind::choice: return fmt::format("one of {}", slot.choices->name);
        case Kind::flags: return fmt::format("some of {}", slot.choices->name);
        case Kind::one_of: return fmt::format("one of {}, with its value", slot.choices->name);
        case Kind::record:
        case Kind::table: return std::string{slot.shape->name};
        default: return std::string{name_of(slot.kind)};
    }
}

std::vector<std::string> choices_of(const Slot& slot) {
    std::vector<std::string> names;
    if (slot.choices == nullptr) return names;
    for (std::size_t i = 0; i < slot.choices->values.size(); ++i) {
        const bool is_no_member = slot.kind == Kind::one_of && !slot.choices->members[i];
        if (!is_no_member) names.emplace_back(slot.choices->values[i].first);
    }
    return names;
}

std::string example_of(const FieldDescription& field, const Slot& slot);

// {"item": "C-17850", "quantity": "3.000"}
std::string example_of_fields(const std::vector<FieldDescription>& fields) {
    std::string out = "{";
    for (const FieldDescription& field : fields) {
        if (out.size() > 1) out += ", ";
        out += fmt::format("\"{}\": {}", field.name, field.example);
    }
    return out + "}";
}

std::string example_of(const FieldDescription& field, const Slot& slot) {
    const std::string first = field.choices.empty() ? "" : field.choices.front();
    switch (slot.kind) {
        case Kind::boolean: return "true";
        case Kind::integer: return "1";
        case Kind::text: return "\"text\"";
        case Kind::choice: return fmt::format("\"{}\"", first);
        case Kind::flags: return fmt::format("[\"{}\"]", first);
        case Kind::one_of: return fmt::format("{{\"type\": \"{}\", \"value\": {{}}}}", first);
        case Kind::record:
        case Kind::table: return example_of_fields(field.fields);
        default: return fmt::format("\"{}\"", codec::example_of(slot.kind));
    }
}

FieldDescription describe_field(const Field& from, int depth) {
    const bool is_list = from.slot.kind == Kind::list || from.slot.kind == Kind::array;
    const Slot& slot = is_list ? from.element : from.slot;
    FieldDescription field{
        .name = std::string{from.name},
        .type = (is_list ? "list of " : "") + type_of(slot),
        .kind = slot.kind,
        .is_list = is_list,
        .list_length_max = from.length,
        .is_required = from.is_required,
        .is_document = from.is_document,
        .is_effective = from.is_effective,
        .is_personal = from.is_personal,
        .choices = choices_of(slot),
    };
    if (slot.kind == Kind::integer) {
        const IntegerRange range = range_of(slot);
        field.integer_min = range.min;
        field.integer_max = range.max;
    }
    if (slot.kind == Kind::one_of && depth < depth_max) {
        field.fields = describe_members(*slot.choices, depth);
    }
    const bool has_fields = slot.kind == Kind::record || slot.kind == Kind::table;
    if (has_fields && depth < depth_max) field.fields = describe_fields(*slot.shape, depth + 1);
    field.example = example_of(field, slot);
    if (is_list) field.example = "[" + field.example + "]";
    return field;
}

std::vector<FieldDescription> describe_members(const Choices& choices, int depth) {
    std::vector<FieldDescription> members;
    for (std::size_t i = 0; i < choices.values.size(); ++i) {
        if (choices.members[i] == nullptr) continue;
        members.push_back(
            {.name = std::string{choices.values[i].first},
             .type = std::string{choices.members[i]->name},
             .kind = Kind::table,
             .fields = describe_fields(*choices.members[i], depth + 1)}
        );
        members.back().example = example_of_fields(members.back().fields);
    }
    return members;
}

std::vector<FieldDescription> describe_fields(const Shape& shape, int depth) {
    std::vector<FieldDescription> fields;
    for (const Field& field : shape.fields) fields.push_back(describe_field(field, depth));
    return fields;
}

}  // namespace

RecordDescription describe(std::string_view module, const Choices& members, std::size_t member) {
    const Shape& shape = *members.members[member];
    return {
        .module = std::string{module},
        .name = std::string{members.values[member].first},
        .type = static_cast<std::uint8_t>(members.values[member].second),
        .fields = describe_fields(shape, 0),
    };
}

}  // namespace daybook::codec
