// The only place that reads compiled schemas for the codec. Whatever a schema may hold that has no
// JSON form is a mistake of ours and stops the program when it starts.
#include "engine/codec/layout.hpp"

#include <flatbuffers/reflection.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <string>

#include "engine/base/assert.hpp"

namespace daybook::codec {
namespace {

std::string_view view(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

// "daybook.sales.OrderLine" -> "OrderLine"
std::string_view last_word(const flatbuffers::String* name) {
    const std::string_view full = view(name);
    return full.substr(full.rfind('.') + 1);
}

template <class Definition>
bool has_attribute(const Definition& definition, std::string_view key) {
    if (definition.attributes() == nullptr) return false;
    for (const reflection::KeyValue* attribute : *definition.attributes()) {
        if (view(attribute->key()) == key) return true;
    }
    return false;
}

struct WireWord {
    std::string_view name;
    Kind kind;
};
constexpr WireWord wire_words[] = {
    {"daybook.wire.Money", Kind::money},
    {"daybook.wire.UnitPrice", Kind::unit_price},
    {"daybook.wire.ExchangeRate", Kind::exchange_rate},
    {"daybook.wire.Quantity", Kind::quantity},
    {"daybook.wire.Rate", Kind::rate},
    {"daybook.wire.Currency", Kind::currency},
    {"daybook.wire.Date", Kind::date},
    {"daybook.wire.Instant", Kind::instant},
    {"daybook.wire.Id", Kind::id},
};

// Turns the reflection of one schema into shapes and choices. The two vectors have their final
// size, so pointers into them stay valid.
class Builder {
 public:
    Builder(
        const reflection::Schema& schema, std::vector<Choices>& choices, std::vector<Shape>& shapes
    )
        : schema_(schema), choices_(choices), shapes_(shapes) {
        choices_.resize(schema.enums()->size());
        shapes_.resize(schema.objects()->size());
    }

    void build() {
        for (std::uint32_t i = 0; i < schema_.enums()->size(); ++i) {
            build_choices(*schema_.enums()->Get(i), choices_[i]);
        }
        for (std::uint32_t i = 0; i < schema_.objects()->size(); ++i) {
            build_shape(*schema_.objects()->Get(i), shapes_[i]);
        }
        for (Shape& shape : shapes_) {
            if (shape.is_struct && shape.empty.empty()) build_empty(shape);
        }
    }

 private:
    void build_choices(const reflection::Enum& from, Choices& choices) {
        choices.name = last_word(from.name());
        for (const reflection::EnumVal* value : *from.values()) {
            choices.values.emplace_back(view(value->name()), value->value());
            if (!from.is_union()) continue;
            const reflection::Type* type = value->union_type();
            const bool is_table = type != nullptr && type->base_type() == reflection::Obj;
            choices.members.push_back(is_table ? &shapes_[index_of(*type)] : nullptr);
        }
    }

    void build_shape(const reflection::Object& from, Shape& shape) {
        shape.name = last_word(from.name());
        shape.is_struct = from.is_struct();
        shape.bytes = static_cast<std::uint32_t>(from.bytesize());
        shape.align = static_cast<std::uint32_t>(std::max(from.minalign(), 1));
        std::vector<const reflection::Field*> ordered(from.fields()->begin(), from.fields()->end());
        std::ranges::sort(ordered, {}, [](const auto* field) { return field->id(); });
        for (const reflection::Field* field : ordered) {
            if (field->deprecated() || is_union_type(*field)) continue;
            shape.fields.push_back(field_of(*field, shape.is_struct));
        }
        DAYBOOK_ASSERT(shape.fields.size() <= fields_max);
        if (!shape.is_struct) order_by_size(shape);
    }

    static bool is_union_type(const reflection::Field& field) {
        return field.type()->base_type() == reflection::UType;
    }

    Field field_of(const reflection::Field& from, bool in_struct) const {
        Field field;
        field.name = view(from.name());
        field.place = from.offset();
        field.absent = from.default_integer();
        field.is_nullable = from.optional() && !in_struct && is_scalar(from.type()->base_type());
        field.is_required = from.required();
        field.is_document = has_attribute(from, "document");
        field.is_effective = has_attribute(from, "effective");
        field.is_personal = has_attribute(from, "personal");
        const reflection::Type& type = *from.type();
        field.slot = slot_of(type.base_type(), type);
        if (field.slot.kind == Kind::list || field.slot.kind == Kind::array) {
            field.element = slot_of(type.element(), type);
            field.length = type.fixed_length();
        }
        // flatc places a union's type one entry before its value.
        if (field.slot.kind == Kind::one_of) {
            field.type_place = static_cast<std::uint16_t>(field.place - sizeof(std::uint16_t));
        }
        return field;
    }

    static bool is_scalar(reflection::BaseType type) {
        return type >= reflection::UType && type <= reflection::Double;
    }

    Slot slot_of(reflection::BaseType base, const reflection::Type& type) const {
        DAYBOOK_ASSERT(base != reflection::Float);
        DAYBOOK_ASSERT(base != reflection::Double);
        if (base == reflection::Obj) return object_slot(type);
        Slot slot;
        slot.stride = sizeof(flatbuffers::uoffset_t);
        if (base == reflection::String) {
            slot.kind = Kind::text;
        } else if (base == reflection::Vector) {
            slot.kind = Kind::list;
        } else if (base == reflection::Array) {
            slot.kind = Kind::array;
        } else if (base == reflection::Union) {
            slot.kind = Kind::one_of;
            slot.choices = &choices_[index_of(type)];
        } else {
            scalar_slot(base, type, slot);
        }
        return slot;
    }

    void scalar_slot(reflection::BaseType base, const reflection::Type& type, Slot& slot) const {
        DAYBOOK_ASSERT(is_scalar(base));
        slot.bytes = static_cast<std::uint8_t>(flatbuffers::GetTypeSize(base));
        slot.stride = slot.bytes;
        slot.align = slot.bytes;
        slot.is_signed = base == reflection::Byte || base == reflection::Short ||
                         base == reflection::Int || base == reflection::Long;
        slot.kind = base == reflection::Bool ? Kind::boolean : Kind::integer;
        if (type.index() < 0) return;
        slot.choices = &choices_[index_of(type)];
        const bool is_flags = has_attribute(*schema_.enums()->Get(index_of(type)), "bit_flags");
        slot.kind = is_flags ? Kind::flags : Kind::choice;
    }

    Slot object_slot(const reflection::Type& type) const {
        const reflection::Object& object = *schema_.objects()->Get(index_of(type));
        Slot slot;
        slot.shape = &shapes_[index_of(type)];
        slot.stride = sizeof(flatbuffers::uoffset_t);
        slot.kind = Kind::table;
        if (!object.is_struct()) return slot;
        slot.stride = static_cast<std::uint32_t>(object.bytesize());
        slot.align = static_cast<std::uint32_t>(object.minalign());
        slot.kind = Kind::record;
        const auto* word = std::ranges::find(wire_words, view(object.name()), &WireWord::name);
        if (word != std::end(wire_words)) slot.kind = word->kind;
        return slot;
    }

    static std::uint32_t index_of(const reflection::Type& type) {
        DAYBOOK_ASSERT(type.index() >= 0);
        return static_cast<std::uint32_t>(type.index());
    }

    // flatc's own code adds the widest scalars first and counts all else as an offset; the later
    // fields of equal width come first. In the same order our bytes are the same as flatc's.
    static void order_by_size(Shape& shape) {
        for (std::size_t i = shape.fields.size(); i > 0; --i) {
            const auto index = static_cast<std::uint16_t>(i - 1);
            shape.steps.push_back({.index = index});
            if (shape.fields[index].slot.kind != Kind::one_of) continue;
            shape.steps.push_back({.index = index, .is_union_type = true});
        }
        std::ranges::stable_sort(shape.steps, std::greater{}, [&](const Step& step) {
            if (step.is_union_type) return std::size_t{1};
            const Slot& slot = shape.fields[step.index].slot;
            return slot.bytes > 0 ? std::size_t{slot.bytes} : sizeof(flatbuffers::uoffset_t);
        });
    }

    void build_empty(Shape& shape) {
        shape.empty.resize(shape.bytes);
        for (const Field& field : shape.fields) {
            const Slot& slot = field.slot.kind == Kind::array ? field.element : field.slot;
            const std::size_t count = field.slot.kind == Kind::array ? field.length : 1;
            for (std::size_t i = 0; i < count; ++i) {
                put_empty(slot, shape.empty.data() + field.place + i * slot.stride);
            }
        }
    }

    void put_empty(const Slot& slot, std::byte* to) {
        if (slot.kind == Kind::date) {
            constexpr std::int32_t none = std::numeric_limits<std::int32_t>::min();
            std::memcpy(to, &none, sizeof(none));
        }
        if (slot.kind != Kind::record) return;
        Shape& inner = shapes_[static_cast<std::size_t>(slot.shape - shapes_.data())];
        if (inner.empty.empty()) build_empty(inner);
        std::memcpy(to, inner.empty.data(), inner.empty.size());
    }

    const reflection::Schema& schema_;
    std::vector<Choices>& choices_;
    std::vector<Shape>& shapes_;
};

}  // namespace

IntegerRange range_of(const Slot& slot) {
    const unsigned bits = slot.bytes * 8U;
    const std::uint64_t unsigned_max = std::numeric_limits<std::uint64_t>::max() >> (64U - bits);
    if (!slot.is_signed) return {0, unsigned_max};
    const std::uint64_t signed_max = unsigned_max >> 1U;
    return {-static_cast<std::int64_t>(signed_max) - 1, signed_max};
}

Layout::Layout(std::string_view module, std::span<const std::uint8_t> bytes) : module_(module) {
    flatbuffers::Verifier verifier{bytes.data(), bytes.size()};
    DAYBOOK_ASSERT(reflection::VerifySchemaBuffer(verifier));
    const reflection::Schema& schema = *reflection::GetSchema(bytes.data());
    Builder{schema, choices_, shapes_}.build();
    const std::string prefix = "daybook." + std::string{module} + ".";
    for (std::uint32_t i = 0; i < schema.enums()->size(); ++i) {
        const std::string_view name = view(schema.enums()->Get(i)->name());
        if (name == prefix + "Command") commands_ = &choices_[i];
        if (name == prefix + "Event") events_ = &choices_[i];
        if (name == prefix + "Refusal") refusals_ = &choices_[i];
    }
    DAYBOOK_ASSERT(commands_ != nullptr);
    DAYBOOK_ASSERT(events_ != nullptr);
}

}  // namespace daybook::codec
