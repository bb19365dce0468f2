// simdjson reads the text into its tree; the tree is walked along the schema's tables, children
// before parents as FlatBuffers wants it. A table's keys are first matched to its fields, so its
// parts are built in the schema's order whatever the order of the keys.
#include "engine/codec/json_reader.hpp"

#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/base/nearest.hpp"
#include "engine/codec/syntax.hpp"
#include "engine/codec/words.hpp"

namespace daybook::codec {
namespace {

namespace dom = simdjson::dom;
using dom::element_type;

constexpr std::size_t depth_max = 32;        // Of objects and lists inside one another.
constexpr std::size_t shown_bytes_max = 40;  // Of a wrong value, in a message.
constexpr std::size_t buffer_bytes_min = 4096;

// Where in the JSON the reader is: names of fields and indexes of lists.
class Path {
 public:
    struct Part {
        std::string_view name;  // Empty for an index.
        std::size_t index = 0;
    };
    class Step {
     public:
        Step(Path& path, std::string_view name) : path_(path) { path_.parts_.push_back({name, 0}); }
        Step(Path& path, std::size_t index) : path_(path) { path_.parts_.push_back({{}, index}); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        ~Step() { path_.parts_.pop_back(); }

     private:
        Path& path_;
    };

    // "lines[2].price: what is wrong"
    [[nodiscard]] Error invalid(std::string_view what) const {
        const std::string at = text();
        return Error{
            ErrorCode::invalid, at.empty() ? std::string{what} : at + ": " + std::string{what}};
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const Part& part : parts_) {
            if (part.name.empty()) {
                out += fmt::format("[{}]", part.index);
            } else {
                if (!out.empty()) out += '.';
                out += part.name;
            }
        }
        return out;
    }
    [[nodiscard]] std::size_t depth() const { return parts_.size(); }
    void clear() { parts_.clear(); }

 private:
    std::vector<Part> parts_;
};

std::string_view name_of_type(dom::element value) {
    switch (value.type()) {
        case element_type::ARRAY: return "a list";
        case element_type::OBJECT: return "an object";
        case element_type::STRING: return "a text";
        case element_type::BOOL: return "true or false";
        case element_type::NULL_VALUE: return "null";
        case element_type::DOUBLE: return "a number with a fraction or an exponent";
        case element_type::INT64:
        case element_type::UINT64: break;
    }
    return "a number";
}

bool is_number(dom::element value) {
    return value.is<std::int64_t>() || value.is<std::uint64_t>() || value.is_double();
}

std::vector<std::string_view> field_names(const Shape& shape) {
    std::vector<std::string_view> names;
    for (const Field& field : shape.fields) names.push_back(field.name);
    return names;
}

std::vector<std::string_view> choice_names(const Choices& choices) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < choices.values.size(); ++i) {
        const bool is_no_member = !choices.members.empty() && choices.members[i] == nullptr;
        if (!is_no_member) names.push_back(choices.values[i].first);
    }
    return names;
}

// The index of the field, looked for first where it is expected; fields.size() if there is none.
std::size_t field_index(const Shape& shape, std::string_view name, std::size_t expected) {
    if (expected < shape.fields.size() && shape.fields[expected].name == name) return expected;
    std::size_t index = 0;
    while (index < shape.fields.size() && shape.fields[index].name != name) ++index;
    return index;
}

// Walks one document and fills the builder.
class BodyReader {
 public:
    BodyReader(flatbuffers::FlatBufferBuilder& builder, Path& path, const ReaderOptions& options)
        : builder_(builder), path_(path), options_(options) {}

    // Forgets what an earlier failure left behind.
    void clear() {
        frame_.clear();
        offsets_.clear();
    }

    Result<flatbuffers::uoffset_t> table(const Shape& shape, dom::element value) {
        dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return expected("an object", value);
        if (path_.depth() >= depth_max) return too_deep();
        const std::size_t base = frame_.size();
        const Result<flatbuffers::uoffset_t> made = table_in_frame(shape, object, base);
        frame_.resize(base);
        return made;
    }

 private:
    // What is known of one field of a table that is being read.
    struct Entry {
        dom::element value;
        flatbuffers::uoffset_t offset = 0;  // Of a part that was built before the table.
        std::uint8_t union_type = 0;
        bool is_there = false;
    };

    Result<flatbuffers::uoffset_t> table_in_frame(
        const Shape& shape, dom::object object, std::size_t base
    ) {
        frame_.resize(base + shape.fields.size());
        DAYBOOK_TRY_VOID(match_keys(shape, object, base));
        for (std::size_t i = 0; i < shape.fields.size(); ++i) {
            DAYBOOK_TRY_VOID(build_part(shape.fields[i], base + i));
        }
        const flatbuffers::uoffset_t start = builder_.StartTable();
        for (const Step& step : shape.steps) {
            const Field& field = shape.fields[step.index];
            const Entry& entry = frame_[base + step.index];
            if (!entry.is_there) continue;
            if (step.is_union_type) {
                builder_.AddElement<std::uint8_t>(field.type_place, entry.union_type, 0);
            } else if (entry.offset != 0) {
                builder_.AddOffset(field.place, flatbuffers::Offset<void>{entry.offset});
            } else {
                DAYBOOK_TRY_VOID(add_inline(field, entry.value));
            }
        }
        return builder_.EndTable(start);
    }

    Result<void> match_keys(const Shape& shape, dom::object object, std::size_t base) {
        std::size_t expected_index = 0;
        for (const auto [key, value] : object) {
            const std::size_t index = field_index(shape, key, expected_index);
            if (index == shape.fields.size()) return unknown_field(shape, key);
            Entry& entry = frame_[base + index];
            if (entry.is_there) return twice(key);
            entry.value = value;
            entry.is_there = true;
            expected_index = index + 1;
        }
        for (std::size_t i = 0; i < shape.fields.size(); ++i) {
            Entry& entry = frame_[base + i];
            if (entry.is_there && entry.value.is_null()) entry.is_there = false;
            if (shape.fields[i].is_required && !entry.is_there) {
                return missing(shape.fields[i]);
            }
        }
        return {};
    }

    // What stands outside the table: texts, lists, tables and unions.
    Result<void> build_part(const Field& field, std::size_t at) {
        if (!frame_[at].is_there) return {};
        const dom::element value = frame_[at].value;
        const Path::Step step{path_, field.name};
        flatbuffers::uoffset_t offset = 0;
        switch (field.slot.kind) {
            case Kind::text: {
                DAYBOOK_TRY(const std::string_view text, text_of(value));
                if (!text.empty() || field.is_required) {
                    offset = builder_.CreateString(text.data(), text.size()).o;
                }
                break;
            }
            case Kind::table: {
                DAYBOOK_TRY(offset, table(*field.slot.shape, value));
                break;
            }
            case Kind::list: {
                DAYBOOK_TRY(offset, list(field, value));
                break;
            }
            case Kind::one_of: return build_union(*field.slot.choices, at);
            default: return {};
        }
        frame_[at].offset = offset;
        frame_[at].is_there = offset != 0;
        return {};
    }

    Result<void> build_union(const Choices& choices, std::size_t at) {
        dom::object object;
        if (frame_[at].value.get(object) != simdjson::SUCCESS) {
            return expected("an object with \"type\" and \"value\"", frame_[at].value);
        }
        dom::element value;
        std::string_view type;
        std::size_t keys = 0;
        for (const auto [key, part] : object) {
            ++keys;
            if (key == "value") value = part;
            if (key == "type" && part.get(type) != simdjson::SUCCESS)
                return expected("a text", part);
        }
        const bool has_value = object["value"].error() == simdjson::SUCCESS;
        if (keys != 2 || !has_value || type.empty()) {
            return path_.invalid("needs \"type\" and \"value\", once each and nothing else");
        }
        for (std::size_t i = 0; i < choices.values.size(); ++i) {
            if (choices.values[i].first != type || choices.members[i] == nullptr) continue;
            const Path::Step step{path_, "value"};
            DAYBOOK_TRY(const flatbuffers::uoffset_t offset, table(*choices.members[i], value));
            frame_[at].offset = offset;
            frame_[at].union_type = static_cast<std::uint8_t>(choices.values[i].second);
            return {};
        }
        return unknown_choice(choices, type);
    }

    // 0 for an empty list that need not be there.
    Result<flatbuffers::uoffset_t> list(const Field& field, dom::element value) {
        dom::array array;
        if (value.get(array) != simdjson::SUCCESS) return expected("a list", value);
        if (path_.depth() >= depth_max) return too_deep();
        const std::size_t count = array.size();
        // The tree counts the elements of a list only up to this many.
        constexpr std::size_t countable_max = 0xFFFFFF;
        if (count >= countable_max) return too_large();
        if (count == 0 && !field.is_required) return flatbuffers::uoffset_t{0};
        const bool is_outside =
            field.element.kind == Kind::table || field.element.kind == Kind::text;
        if (is_outside) return list_of_parts(field.element, array);
        return list_in_place(field.element, array, count);
    }

    Result<flatbuffers::uoffset_t> list_of_parts(const Slot& element, dom::array array) {
        const std::size_t base = offsets_.size();
        std::size_t index = 0;
        for (const dom::element value : array) {
            const Path::Step step{path_, index++};
            DAYBOOK_TRY(const flatbuffers::uoffset_t offset, part(element, value));
            offsets_.emplace_back(offset);
        }
        const auto made = builder_.CreateVector(offsets_.data() + base, offsets_.size() - base);
        offsets_.resize(base);
        return made.o;
    }

    Result<flatbuffers::uoffset_t> part(const Slot& element, dom::element value) {
        if (element.kind == Kind::table) return table(*element.shape, value);
        DAYBOOK_TRY(const std::string_view text, text_of(value));
        return builder_.CreateString(text.data(), text.size()).o;
    }

    Result<flatbuffers::uoffset_t> list_in_place(
        const Slot& element, dom::array array, std::size_t count
    ) {
        // A short "{}" may stand for a long struct.
        if (builder_.GetSize() + count * element.stride > options_.payload_bytes_max) {
            return too_large();
        }
        bytes_.assign(count * element.stride, std::byte{0});
        std::size_t index = 0;
        for (const dom::element value : array) {
            const Path::Step step{path_, index};
            DAYBOOK_TRY_VOID(put(element, value, bytes_.data() + index * element.stride));
            ++index;
        }
        builder_.StartVector(count * element.stride / element.align, element.align);
        builder_.PushBytes(reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size());
        return builder_.EndVector(count);
    }

    // A scalar or a struct of a table.
    Result<void> add_inline(const Field& field, dom::element value) {
        const Path::Step step{path_, field.name};
        const Slot& slot = field.slot;
        if (slot.shape != nullptr) {
            struct_.assign(slot.stride, std::byte{0});
            DAYBOOK_TRY_VOID(put(slot, value, struct_.data()));
            const bool says_nothing = is_word(slot.kind) && is_none(slot.kind, struct_.data());
            if (says_nothing && !field.is_required) return {};
            builder_.Align(slot.align);
            builder_.PushBytes(reinterpret_cast<const std::uint8_t*>(struct_.data()), slot.stride);
            builder_.TrackField(field.place, builder_.GetSize());
            return {};
        }
        std::uint64_t bits = 0;
        DAYBOOK_TRY_VOID(put(slot, value, reinterpret_cast<std::byte*>(&bits)));
        switch (slot.bytes) {
            case 1: add_scalar<std::uint8_t>(field, bits); break;
            case 2: add_scalar<std::uint16_t>(field, bits); break;
            case 4: add_scalar<std::uint32_t>(field, bits); break;
            default: add_scalar<std::uint64_t>(field, bits); break;
        }
        return {};
    }

    template <class T>
    void add_scalar(const Field& field, std::uint64_t bits) {
        const auto value = static_cast<T>(bits);
        if (field.is_nullable) {
            builder_.AddElement<T>(field.place, value);
        } else {
            builder_.AddElement<T>(field.place, value, static_cast<T>(field.absent));
        }
    }

    // A value that stands in place: a scalar or a struct. `to` was filled with zeros.
    Result<void> put(const Slot& slot, dom::element value, std::byte* to) {
        switch (slot.kind) {
            case Kind::boolean: return put_boolean(value, to);
            case Kind::integer: return put_integer(slot, value, to);
            case Kind::choice: return put_choice(slot, value, to);
            case Kind::flags: return put_flags(slot, value, to);
            case Kind::record: return put_record(*slot.shape, value, to);
            default: break;
        }
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS) return expected_word(slot.kind, value);
        Result<void> done = put_word(slot.kind, text, to);
        if (!done.ok()) return path_.invalid(done.error().message);
        return done;
    }

    Result<void> put_boolean(dom::element value, std::byte* to) {
        bool is_true = false;
        std::string_view text;
        if (options_.accepts_texts_for_numbers && value.get(text) == simdjson::SUCCESS) {
            if (text != "true" && text != "false") return expected("true or false", value);
            is_true = text == "true";
        } else if (value.get(is_true) != simdjson::SUCCESS) {
            return expected("true or false", value);
        }
        *to = std::byte{is_true};
        return {};
    }

    Result<void> put_integer(const Slot& slot, dom::element value, std::byte* to) {
        std::int64_t number = 0;
        std::uint64_t large = 0;
        std::string_view text;
        if (options_.accepts_texts_for_numbers && value.get(text) == simdjson::SUCCESS) {
            const Result<std::int64_t> parsed = parse_decimal(text, 0);
            if (!parsed.ok()) return path_.invalid(parsed.error().message);
            number = parsed.value();
        } else if (value.get(number) != simdjson::SUCCESS) {
            if (value.get(large) != simdjson::SUCCESS) return expected("an integer", value);
        }
        const IntegerRange range = range_of(slot);
        const bool is_large = large != 0;
        if (!is_large && number > 0) large = static_cast<std::uint64_t>(number);
        if ((!is_large && number < range.min) || large > range.max) {
            return path_.invalid(fmt::format(
                "{} is out of range; it must be from {} to {}",
                is_large ? fmt::to_string(large) : fmt::to_string(number),
                range.min,
                range.max
            ));
        }
        const std::uint64_t bits = is_large ? large : static_cast<std::uint64_t>(number);
        std::memcpy(to, &bits, slot.bytes);
        return {};
    }

    Result<void> put_choice(const Slot& slot, dom::element value, std::byte* to) {
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS) return expected("a name as a text", value);
        DAYBOOK_TRY(const std::int64_t number, choice(*slot.choices, text));
        std::memcpy(to, &number, slot.bytes);
        return {};
    }

    Result<void> put_flags(const Slot& slot, dom::element value, std::byte* to) {
        dom::array array;
        if (value.get(array) != simdjson::SUCCESS) return expected("a list of names", value);
        std::int64_t all = 0;
        std::size_t index = 0;
        for (const dom::element name : array) {
            const Path::Step step{path_, index++};
            std::string_view text;
            if (name.get(text) != simdjson::SUCCESS) return expected("a name as a text", name);
            DAYBOOK_TRY(const std::int64_t bit, choice(*slot.choices, text));
            all |= bit;
        }
        std::memcpy(to, &all, slot.bytes);
        return {};
    }

    Result<std::int64_t> choice(const Choices& choices, std::string_view name) {
        for (const auto& [known, number] : choices.values) {
            if (known == name) return number;
        }
        return unknown_choice(choices, name);
    }

    Result<void> put_record(const Shape& shape, dom::element value, std::byte* to) {
        dom::object object;
        if (value.get(object) != simdjson::SUCCESS) return expected("an object", value);
        if (path_.depth() >= depth_max) return too_deep();
        std::memcpy(to, shape.empty.data(), shape.empty.size());
        std::bitset<fields_max> seen;
        std::size_t expected_index = 0;
        for (const auto [key, part] : object) {
            const std::size_t index = field_index(shape, key, expected_index);
            if (index == shape.fields.size()) return unknown_field(shape, key);
            if (seen.test(index)) return twice(key);
            seen.set(index);
            expected_index = index + 1;
            if (part.is_null()) continue;
            const Field& field = shape.fields[index];
            const Path::Step step{path_, field.name};
            if (field.slot.kind == Kind::array) {
                DAYBOOK_TRY_VOID(put_array(field, part, to + field.place));
            } else {
                DAYBOOK_TRY_VOID(put(field.slot, part, to + field.place));
            }
        }
        return {};
    }

    Result<void> put_array(const Field& field, dom::element value, std::byte* to) {
        dom::array array;
        if (value.get(array) != simdjson::SUCCESS) return expected("a list", value);
        if (array.size() > field.length) {
            return path_.invalid(fmt::format("has more than {} elements", field.length));
        }
        std::size_t index = 0;
        for (const dom::element part : array) {
            const Path::Step step{path_, index};
            DAYBOOK_TRY_VOID(put(field.element, part, to + index * field.element.stride));
            ++index;
        }
        return {};
    }

    Result<std::string_view> text_of(dom::element value) {
        std::string_view text;
        if (value.get(text) != simdjson::SUCCESS) return expected("a text", value);
        return text;
    }

    Error expected(std::string_view what, dom::element value) const {
        return path_.invalid(fmt::format("must be {}, not {}", what, name_of_type(value)));
    }
    Error expected_word(Kind kind, dom::element value) const {
        const std::string_view advice = is_number(value) ? "write it as a string, " : "";
        return path_.invalid(fmt::format(
            "must be a text, not {}; {}like \"{}\"", name_of_type(value), advice, example_of(kind)
        ));
    }
    Error too_large() const {
        Error error = path_.invalid(
            fmt::format("makes the command larger than {} bytes", options_.payload_bytes_max)
        );
        error.code = ErrorCode::too_large;
        return error;
    }
    Error too_deep() const {
        return path_.invalid(fmt::format("is nested more than {} levels deep", depth_max));
    }
    Error twice(std::string_view key) const {
        return path_.invalid(fmt::format("\"{}\" is given twice", key.substr(0, shown_bytes_max)));
    }
    Error missing(const Field& field) const {
        return path_.invalid(fmt::format("\"{}\" is missing", field.name));
    }
    Error unknown_field(const Shape& shape, std::string_view key) const {
        return path_.invalid(fmt::format(
            "{} has no field \"{}\"{}",
            shape.name,
            key.substr(0, shown_bytes_max),
            suggestion(key, field_names(shape))
        ));
    }
    Error unknown_choice(const Choices& choices, std::string_view name) const {
        return path_.invalid(fmt::format(
            "\"{}\" is not a {}; use one of {}",
            name.substr(0, shown_bytes_max),
            choices.name,
            fmt::join(choice_names(choices), ", ")
        ));
    }

    flatbuffers::FlatBufferBuilder& builder_;
    Path& path_;
    const ReaderOptions& options_;
    std::vector<Entry> frame_;  // A stack: the fields of each table being read.
    std::vector<flatbuffers::Offset<void>> offsets_;  // A stack: the parts of each list.
    std::vector<std::byte> bytes_;
    std::vector<std::byte> struct_;
};

}  // namespace

struct JsonReader::Parts {
    explicit Parts(const ReaderOptions& given) : options(given) {}

    ReaderOptions options;
    dom::parser parser;
    std::vector<char> text;  // The JSON and the zeros that simdjson reads beyond it.
    Path path;
    flatbuffers::FlatBufferBuilder builder;
    BodyReader reader{builder, path, options};
    dom::element body;

    Result<dom::element> parse(std::string_view json);
    Result<void> envelope_field(std::string_view key, dom::element value, Envelope& envelope);
};

JsonReader::JsonReader(const ReaderOptions& options) : parts_(std::make_unique<Parts>(options)) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

Result<dom::element> JsonReader::Parts::parse(std::string_view json) {
    path.clear();
    if (json.size() > options.json_bytes_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format(
                "a command has at most {} bytes of JSON; this one has {}",
                options.json_bytes_max,
                json.size()
            )};
    }
    const std::size_t room = std::max(std::bit_ceil(json.size() + 1), buffer_bytes_min);
    if (text.size() < room + simdjson::SIMDJSON_PADDING) {
        text.resize(room + simdjson::SIMDJSON_PADDING);
        if (parser.allocate(room, depth_max + 4) != simdjson::SUCCESS) {
            return Error{ErrorCode::unavailable, "there is no memory to read this JSON"};
        }
    }
    std::memcpy(text.data(), json.data(), json.size());
    std::memset(text.data() + json.size(), 0, simdjson::SIMDJSON_PADDING);
    dom::element root;
    const auto error = parser.parse(text.data(), json.size(), false).get(root);
    if (error == simdjson::SUCCESS) return root;
    return Error{ErrorCode::invalid, json_fault(json, depth_max)};
}

Result<Envelope> JsonReader::open_command(std::string_view json) {
    DAYBOOK_TRY(const dom::element root, parts_->parse(json));
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) {
        return Error{
            ErrorCode::invalid,
            fmt::format("a command must be a JSON object, not {}", name_of_type(root))};
    }
    Envelope envelope;
    parts_->body = dom::element{};
    bool has_body = false;
    static constexpr std::string_view keys[] = {
        "id", "actor", "trace", "expected_version", "command", "body"};
    std::bitset<std::size(keys)> seen;
    for (const auto [key, value] : object) {
        const auto* known = std::ranges::find(keys, std::string_view{key});
        if (known == std::end(keys)) {
            return Error{
                ErrorCode::invalid,
                fmt::format(
                    "a command has no field \"{}\"{}",
                    std::string_view{key}.substr(0, shown_bytes_max),
                    suggestion(key, {std::begin(keys), std::end(keys)})
                )};
        }
        const auto index = static_cast<std::size_t>(known - std::begin(keys));
        if (seen.test(index)) {
            return Error{ErrorCode::invalid, fmt::format("\"{}\" is given twice", *known)};
        }
        seen.set(index);
        if (*known == "body") {
            parts_->body = value;
            has_body = true;
        } else {
            DAYBOOK_TRY_VOID(parts_->envelope_field(*known, value, envelope));
        }
    }
    if (envelope.command.empty()) return Error{ErrorCode::invalid, "\"command\" is missing"};
    if (!has_body) return Error{ErrorCode::invalid, "\"body\" is missing"};
    return envelope;
}

Result<void> JsonReader::Parts::envelope_field(
    std::string_view key, dom::element value, Envelope& envelope
) {
    const Path::Step step{path, key};
    if (value.is_null()) return {};
    if (key == "expected_version") {
        std::uint64_t version = 0;
        const bool fits = value.get(version) == simdjson::SUCCESS &&
                          version <= std::numeric_limits<std::uint32_t>::max();
        if (!fits) {
            return path.invalid(
                fmt::format("must be an integer from 0 to 4294967295, not {}", name_of_type(value))
            );
        }
        envelope.expected_version = static_cast<std::uint32_t>(version);
        return {};
    }
    std::string_view given;
    if (value.get(given) != simdjson::SUCCESS) {
        return path.invalid(fmt::format("must be a text, not {}", name_of_type(value)));
    }
    if (key == "id") envelope.id = given;
    if (key == "actor") envelope.actor = given;
    if (key == "trace") envelope.trace = given;
    if (key == "command") envelope.command = given;
    return {};
}

Result<void> JsonReader::open_body(std::string_view json) {
    DAYBOOK_TRY(parts_->body, parts_->parse(json));
    return {};
}

Result<Bytes> JsonReader::body(const Choices& commands, std::size_t member) {
    DAYBOOK_ASSERT(member < commands.members.size());
    DAYBOOK_ASSERT(commands.members[member] != nullptr);
    constexpr flatbuffers::voffset_t type_place = 4;
    constexpr flatbuffers::voffset_t value_place = 6;
    parts_->path.clear();
    parts_->reader.clear();
    flatbuffers::FlatBufferBuilder& builder = parts_->builder;
    builder.Clear();
    DAYBOOK_TRY(
        const flatbuffers::uoffset_t offset,
        parts_->reader.table(*commands.members[member], parts_->body)
    );
    const flatbuffers::uoffset_t start = builder.StartTable();
    builder.AddOffset(value_place, flatbuffers::Offset<void>{offset});
    builder.AddElement<std::uint8_t>(
        type_place, static_cast<std::uint8_t>(commands.values[member].second), 0
    );
    builder.Finish(flatbuffers::Offset<void>{builder.EndTable(start)});
    const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    return Bytes{begin, begin + builder.GetSize()};
}

}  // namespace daybook::codec
