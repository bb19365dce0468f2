// Walks the bytes along the schema's tables. Only what the verifier has accepted may come here.
#include "engine/codec/json_writer.hpp"

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <cstring>
#include <iterator>

#include "engine/codec/words.hpp"

namespace daybook::codec {
namespace {

// Writes `"name":` before each value and commas between them.
class Members {
 public:
    explicit Members(std::string& out) : out_(out) { out_ += '{'; }
    void name(std::string_view name) {
        if (out_.back() != '{') out_ += ", ";
        append_text(name, out_);
        out_ += ": ";
    }
    void end() { out_ += '}'; }

 private:
    std::string& out_;
};

void append_record(const Shape& shape, const std::byte* from, std::string& out);

std::int64_t scalar(const Slot& slot, const std::byte* from) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, from, slot.bytes);
    if (!slot.is_signed) return static_cast<std::int64_t>(bits);
    const unsigned unused = 64U - slot.bytes * 8U;
    return static_cast<std::int64_t>(bits << unused) >> unused;
}

void append_integer(const Slot& slot, std::int64_t value, std::string& out) {
    if (slot.is_signed) {
        fmt::format_to(std::back_inserter(out), "{}", value);
    } else {
        fmt::format_to(std::back_inserter(out), "{}", static_cast<std::uint64_t>(value));
    }
}

// A number that this program's schema does not name stays a number.
void append_choice(const Slot& slot, std::int64_t value, std::string& out) {
    for (const auto& [name, number] : slot.choices->values) {
        if (number == value) return append_text(name, out);
    }
    append_integer(slot, value, out);
}

void append_flags(const Slot& slot, std::int64_t value, std::string& out) {
    out += '[';
    for (const auto& [name, bit] : slot.choices->values) {
        if ((value & bit) == 0) continue;
        if (out.back() != '[') out += ", ";
        append_text(name, out);
    }
    out += ']';
}

void append_scalar(const Slot& slot, std::int64_t value, std::string& out) {
    switch (slot.kind) {
        case Kind::boolean: out += value != 0 ? "true" : "false"; return;
        case Kind::choice: append_choice(slot, value, out); return;
        case Kind::flags: append_flags(slot, value, out); return;
        default: append_integer(slot, value, out);
    }
}

// A value that stands in place: a scalar or a struct.
void append_value(const Slot& slot, const std::byte* from, std::string& out) {
    if (slot.kind == Kind::record) return append_record(*slot.shape, from, out);
    if (!is_word(slot.kind)) return append_scalar(slot, scalar(slot, from), out);
    out += '"';
    const std::size_t begin = out.size();
    append_word(slot.kind, from, out);
    // A code may hold any printable character, also those that JSON escapes.
    if (out.find_first_of("\"\\", begin) != std::string::npos) {
        const std::string word = out.substr(begin);
        out.resize(begin - 1);
        return append_text(word, out);
    }
    out += '"';
}

bool is_empty_value(const Slot& slot, const std::byte* from) {
    if (is_word(slot.kind)) return is_none(slot.kind, from);
    if (slot.kind == Kind::record) {
        return std::memcmp(from, slot.shape->empty.data(), slot.shape->bytes) == 0;
    }
    return false;
}

void append_array(const Field& field, const std::byte* from, std::string& out) {
    const Slot& element = field.element;
    std::size_t count = field.length;
    const auto at = [&](std::size_t index) { return from + index * element.stride; };
    while (count > 0 && is_empty_value(element, at(count - 1))) --count;
    out += '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ", ";
        append_value(element, at(i), out);
    }
    out += ']';
}

void append_record(const Shape& shape, const std::byte* from, std::string& out) {
    Members members{out};
    for (const Field& field : shape.fields) {
        const std::byte* place = from + field.place;
        if (field.slot.kind == Kind::array) {
            if (is_empty_value(field.element, place) && field.length == 1) continue;
            members.name(field.name);
            append_array(field, place, out);
        } else if (!is_empty_value(field.slot, place)) {
            members.name(field.name);
            append_value(field.slot, place, out);
        }
    }
    members.end();
}

std::string_view text_at(const void* text) {
    const auto* string = static_cast<const flatbuffers::String*>(text);
    return {string->data(), string->size()};
}

// What an offset field or element points at.
const void* target(const std::byte* place) {
    return place + flatbuffers::ReadScalar<flatbuffers::uoffset_t>(place);
}

void append_part(const Slot& slot, const void* part, std::string& out) {
    if (slot.kind == Kind::text) {
        append_text(text_at(part), out);
    } else {
        append_table(*slot.shape, part, out);
    }
}

void append_list(const Slot& element, const void* vector, std::string& out) {
    const auto* first = static_cast<const std::byte*>(vector);
    const auto count = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(first);
    first += sizeof(flatbuffers::uoffset_t);
    const bool is_outside = element.kind == Kind::table || element.kind == Kind::text;
    out += '[';
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
        if (i > 0) out += ", ";
        const std::byte* place = first + std::size_t{i} * element.stride;
        if (is_outside) {
            append_part(element, target(place), out);
        } else {
            append_value(element, place, out);
        }
    }
    out += ']';
}

// A member that this program's schema does not name is shown by its number alone.
void append_union(const Choices& choices, std::uint8_t type, const void* value, std::string& out) {
    for (std::size_t i = 0; i < choices.values.size(); ++i) {
        if (choices.values[i].second != type || choices.members[i] == nullptr) continue;
        out += "{\"type\": ";
        append_text(choices.values[i].first, out);
        out += ", \"value\": ";
        append_table(*choices.members[i], value, out);
        out += '}';
        return;
    }
    fmt::format_to(std::back_inserter(out), "{{\"type\": {}}}", type);
}

// Where a table keeps the field, or null when it is absent.
const std::byte* field_at(const void* table, std::uint16_t place) {
    const auto* begin = static_cast<const flatbuffers::Table*>(table);
    return reinterpret_cast<const std::byte*>(begin->GetAddressOf(place));
}

bool is_shown(const Field& field, const std::byte* place) {
    if (place == nullptr) return false;
    if (field.is_required || field.is_nullable) return true;
    if (field.slot.bytes > 0) return scalar(field.slot, place) != field.absent;
    return !is_word(field.slot.kind) || !is_none(field.slot.kind, place);
}

}  // namespace

void append_table(const Shape& shape, const void* table, std::string& out) {
    Members members{out};
    for (const Field& field : shape.fields) {
        const std::byte* place = field_at(table, field.place);
        if (!is_shown(field, place)) continue;
        members.name(field.name);
        switch (field.slot.kind) {
            case Kind::text:
            case Kind::table: append_part(field.slot, target(place), out); break;
            case Kind::list: append_list(field.element, target(place), out); break;
            case Kind::one_of: {
                const std::byte* type = field_at(table, field.type_place);
                const auto number =
                    type == nullptr ? std::uint8_t{0} : flatbuffers::ReadScalar<std::uint8_t>(type);
                append_union(*field.slot.choices, number, target(place), out);
                break;
            }
            default: append_value(field.slot, place, out);
        }
    }
    members.end();
}

void append_text(std::string_view text, std::string& out) {
    out += '"';
    std::size_t begin = 0;  // Of what needs no escape.
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
        out += text.substr(begin, at - begin);
        begin = at + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        }
    }
    out += text.substr(begin);
    out += '"';
}

}  // namespace daybook::codec
