// Words for types, choices and examples, worked out from the tables of layout.
#include "engine/codec/describe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/words.hpp"

namespace daybook::codec {
namespace {

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

// What stands for the choice in an example: not the one that says nothing.
std::string first_choice(const FieldDescription& field) {
    if (field.choices.empty()) return {};
    const bool has_more = field.choices.size() > 1;
    return field.choices.front() == "none" && has_more ? field.choices[1] : field.choices.front();
}

// {"item": "C-17850", "quantity": "3.000"}
std::string example_of_fields(const std::vector<FieldDescription>& fields) {
    std::string out = "{";
    for (const FieldDescription& field : fields) {
        if (field.example.empty()) continue;
        if (out.size() > 1) out += ", ";
        out += fmt::format("\"{}\": {}", field.name, field.example);
    }
    return out + "}";
}

// Empty for a table inside itself.
std::string example_of(const FieldDescription& field) {
    switch (field.kind) {
        case Kind::boolean: return "true";
        case Kind::integer: return "1";
        case Kind::text: return "\"text\"";
        case Kind::choice: return fmt::format("\"{}\"", first_choice(field));
        case Kind::flags: return fmt::format("[\"{}\"]", first_choice(field));
        case Kind::one_of:
            if (field.fields.empty()) return {};
            return fmt::format(
                R"({{"type": "{}", "value": {}}})", field.fields[0].name, field.fields[0].example
            );
        case Kind::record:
        case Kind::table: return field.fields.empty() ? "" : example_of_fields(field.fields);
        default: return fmt::format("\"{}\"", codec::example_of(field.kind));
    }
}

// Walks a shape and those inside it. A table that holds itself is entered only once.
class Describer {
 public:
    std::vector<FieldDescription> fields_of(const Shape& shape) {
        std::vector<FieldDescription> fields;
        if (std::ranges::find(entered_, &shape) != entered_.end()) return fields;
        entered_.push_back(&shape);
        for (const Field& field : shape.fields) fields.push_back(describe_field(field));
        entered_.pop_back();
        return fields;
    }

 private:
    FieldDescription describe_field(const Field& from) {
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
        if (slot.kind == Kind::one_of) field.fields = members_of(*slot.choices);
        const bool has_fields = slot.kind == Kind::record || slot.kind == Kind::table;
        if (has_fields) field.fields = fields_of(*slot.shape);
        field.example = example_of(field);
        if (is_list && !field.example.empty()) field.example = "[" + field.example + "]";
        return field;
    }

    std::vector<FieldDescription> members_of(const Choices& choices) {
        std::vector<FieldDescription> members;
        for (std::size_t i = 0; i < choices.values.size(); ++i) {
            if (choices.members[i] == nullptr) continue;
            members.push_back(
                {.name = std::string{choices.values[i].first},
                 .type = std::string{choices.members[i]->name},
                 .kind = Kind::table,
                 .fields = fields_of(*choices.members[i])}
            );
            members.back().example = example_of_fields(members.back().fields);
        }
        return members;
    }

    std::vector<const Shape*> entered_;
};

}  // namespace

RecordDescription describe(std::string_view module, const Choices& members, std::size_t member) {
    RecordDescription record{
        .module = std::string{module},
        .name = std::string{members.values[member].first},
        .type = static_cast<std::uint8_t>(members.values[member].second),
        .fields = Describer{}.fields_of(*members.members[member]),
    };
    record.example = example_of_fields(record.fields);
    return record;
}

}  // namespace daybook::codec
