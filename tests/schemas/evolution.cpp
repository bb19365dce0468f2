// flatc's own comparison finds reordered members, fields removed from the middle and changed
// structs. It lets through what is checked here: another file_identifier, a renamed field, a
// removed last member or last field, a field that is required from now on, and lost marks.
#include "tests/schemas/evolution.hpp"

#include <flatbuffers/idl.h>
#include <flatbuffers/reflection.h>
#include <fmt/format.h>

#include <map>
#include <string_view>

namespace daybook {
namespace {

using Promises = std::vector<std::string>;

std::string_view view(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

bool has_attribute(const reflection::Field& field, const char* key) {
    return field.attributes() != nullptr && field.attributes()->LookupByKey(key) != nullptr;
}

// Null if there is none of that name.
template <class Definition>
const Definition* named(
    const flatbuffers::Vector<flatbuffers::Offset<Definition>>& all, std::string_view name
) {
    for (const Definition* definition : all) {
        if (view(definition->name()) == name) return definition;
    }
    return nullptr;
}

// The type as a text that is the same in both schemas if the type is.
std::string type_text(const reflection::Schema& schema, const reflection::Type& type) {
    std::string text = reflection::EnumNameBaseType(type.base_type());
    if (type.element() != reflection::None) {
        text += fmt::format(
            " of {} {}", reflection::EnumNameBaseType(type.element()), type.fixed_length()
        );
    }
    if (type.index() < 0) return text;
    const auto index = static_cast<flatbuffers::uoffset_t>(type.index());
    const bool is_object = type.base_type() == reflection::Obj || type.element() == reflection::Obj;
    const auto* name =
        is_object ? schema.objects()->Get(index)->name() : schema.enums()->Get(index)->name();
    return fmt::format("{} {}", text, view(name));
}

class Comparison {
 public:
    Comparison(const reflection::Schema& released, const reflection::Schema& current)
        : released_(released), current_(current) {}

    Promises run() {
        if (view(released_.file_ident()) != view(current_.file_ident())) {
            say("the file_identifier was \"{}\" and is \"{}\"; it is the module's name on disk",
                view(released_.file_ident()),
                view(current_.file_ident()));
        }
        for (const reflection::Enum* before : *released_.enums()) compare_enum(*before);
        for (const reflection::Object* before : *released_.objects()) compare_object(*before);
        return std::move(promises_);
    }

 private:
    template <class... Parts>
    void say(fmt::format_string<Parts...> text, Parts&&... parts) {
        promises_.push_back(fmt::format(text, std::forward<Parts>(parts)...));
    }

    void compare_enum(const reflection::Enum& before) {
        const std::string_view name = view(before.name());
        const reflection::Enum* after = named(*current_.enums(), name);
        if (after == nullptr) return say("{} is gone", name);
        if (before.underlying_type()->base_type() != after->underlying_type()->base_type()) {
            say("{} has another width", name);
        }
        for (const reflection::EnumVal* value : *before.values()) {
            const reflection::EnumVal* same = named(*after->values(), view(value->name()));
            if (same == nullptr) {
                say("{}.{} is gone", name, view(value->name()));
            } else if (same->value() != value->value()) {
                say("{}.{} was {} and is {}",
                    name,
                    view(value->name()),
                    value->value(),
                    same->value());
            }
        }
    }

    void compare_object(const reflection::Object& before) {
        const std::string_view name = view(before.name());
        const reflection::Object* after = named(*current_.objects(), name);
        if (after == nullptr) return say("{} is gone", name);
        if (before.is_struct() != after->is_struct()) return say("{} changed its kind", name);
        if (before.is_struct() && before.bytesize() != after->bytesize()) {
            say("the struct {} had {} bytes and has {}", name, before.bytesize(), after->bytesize()
            );
        }
        std::map<std::uint16_t, const reflection::Field*> fields;
        for (const reflection::Field* field : *after->fields()) fields[field->id()] = field;
        for (const reflection::Field* field : *before.fields()) {
            const auto found = fields.find(field->id());
            if (found == fields.end()) {
                say("{}.{} is gone; mark it deprecated instead", name, view(field->name()));
            } else {
                compare_field(name, *field, *found->second);
                fields.erase(found);
            }
        }
        for (const auto& [id, field] : fields) {
            if (field->required()) {
                say("{}.{} is new and required: no old event has it", name, view(field->name()));
            }
        }
    }

    void compare_field(
        std::string_view object, const reflection::Field& before, const reflection::Field& after
    ) {
        const std::string_view name = view(before.name());
        if (name != view(after.name())) {
            say("{}.{} is called {} now", object, name, view(after.name()));
        }
        const std::string was = type_text(released_, *before.type());
        const std::string is = type_text(current_, *after.type());
        if (was != is) say("{}.{} was {} and is {}", object, name, was, is);
        const bool is_scalar = before.type()->base_type() <= reflection::Double;
        if (before.default_integer() != after.default_integer() ||
            (is_scalar && before.optional() != after.optional())) {
            say("{}.{} means something else when it is absent", object, name);
        }
        if (!before.required() && after.required()) {
            say("{}.{} is required now: old events may lack it", object, name);
        }
        for (const char* mark : {"document", "effective", "personal"}) {
            const bool had = has_attribute(before, mark);
            const bool may_gain = std::string_view{mark} == "personal";
            if (had == has_attribute(after, mark) || (!had && may_gain)) continue;
            say("{}.{} {} the mark \"{}\"", object, name, had ? "lost" : "gained", mark);
        }
    }

    const reflection::Schema& released_;
    const reflection::Schema& current_;
    Promises promises_;
};

bool parse(const SchemaText& schema, flatbuffers::Parser& parser, Promises& failures) {
    const char* folders[] = {schema.include_folder.c_str(), nullptr};
    if (parser.Parse(schema.text.c_str(), folders)) return true;
    failures.push_back("the schema cannot be read: " + parser.error_);
    return false;
}

}  // namespace

std::vector<std::string> broken_promises(const SchemaText& released, const SchemaText& current) {
    flatbuffers::IDLOptions options;
    options.binary_schema_builtins = true;
    flatbuffers::Parser before{options};
    flatbuffers::Parser after{options};
    Promises failures;
    if (!parse(released, before, failures) || !parse(current, after, failures)) return failures;
    const std::string conflict = after.ConformTo(before);
    before.Serialize();
    after.Serialize();
    Promises promises =
        Comparison{
            *reflection::GetSchema(before.builder_.GetBufferPointer()),
            *reflection::GetSchema(after.builder_.GetBufferPointer())}
            .run();
    if (!conflict.empty() && promises.empty()) promises.push_back(conflict);
    return promises;
}

}  // namespace daybook
