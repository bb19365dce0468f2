#include "engine/runtime/module_facts.hpp"

#include <flatbuffers/reflection.h>
#include <fmt/format.h>

#include <string>

#include "engine/domain/read.hpp"

namespace daybook {

Id MarkedFields::document_of(const void* body) const {
    if (document == 0) return {};
    const auto* table = static_cast<const flatbuffers::Table*>(body);
    return read_or_none(table->GetStruct<const wire::Id*>(document));
}

Date MarkedFields::effective_of(const void* body) const {
    if (effective == 0) return {};
    const auto* table = static_cast<const flatbuffers::Table*>(body);
    const auto* date = table->GetStruct<const wire::Date*>(effective);
    return date == nullptr ? Date{} : read(*date);
}

namespace {

bool has_mark(const reflection::Field& field, std::string_view mark) {
    if (field.attributes() == nullptr) return false;
    for (const reflection::KeyValue* attribute : *field.attributes()) {
        if (attribute->key()->string_view() == mark) return true;
    }
    return false;
}

// Finds the one field of a table that carries a mark, and checks its type.
class MarkFinder {
 public:
    MarkFinder(const reflection::Schema& schema, std::string_view module)
        : schema_(schema), module_(module) {}

    Result<flatbuffers::voffset_t> find(
        const reflection::Object& table, const char* mark, std::string_view type_name
    ) const {
        flatbuffers::voffset_t found = 0;
        for (const reflection::Field* field : *table.fields()) {
            if (!has_mark(*field, mark)) continue;
            if (found != 0) {
                return Error{
                    ErrorCode::invalid,
                    fmt::format(
                        "schema {}: {} has two fields marked '{}'",
                        module_,
                        table.name()->string_view(),
                        mark
                    )};
            }
            if (!is_struct(*field, type_name)) {
                return Error{
                    ErrorCode::invalid,
                    fmt::format(
                        "schema {}: {}.{} is marked '{}' and must be a {}",
                        module_,
                        table.name()->string_view(),
                        field->name()->string_view(),
                        mark,
                        type_name
                    )};
            }
            found = field->offset();
        }
        return found;
    }

 private:
    bool is_struct(const reflection::Field& field, std::string_view type_name) const {
        if (field.type()->base_type() != reflection::Obj) return false;
        const auto index = static_cast<flatbuffers::uoffset_t>(field.type()->index());
        return schema_.objects()->Get(index)->name()->string_view() == type_name;
    }

    const reflection::Schema& schema_;
    std::string_view module_;
};

const reflection::Enum* find_enum(const reflection::Schema& schema, const std::string& name) {
    for (const reflection::Enum* found : *schema.enums()) {
        if (found->name()->string_view() == name) return found;
    }
    return nullptr;
}

// The marks of every member of a union, in the order of their numbers.
Result<std::vector<MarkedFields>> marks_of_union(
    const reflection::Schema& schema, const DomainModule& module, std::string_view union_name
) {
    const auto* members = find_enum(schema, fmt::format("daybook.{}.{}", module.name, union_name));
    if (members == nullptr) {
        return Error{
            ErrorCode::invalid, fmt::format("schema {} has no union {}", module.name, union_name)};
    }
    const MarkFinder finder{schema, module.name};
    std::vector<MarkedFields> marks;
    for (const reflection::EnumVal* member : *members->values()) {
        DAYBOOK_ASSERT(member->value() == static_cast<std::int64_t>(marks.size()));
        MarkedFields& fields = marks.emplace_back();
        if (member->value() == 0) continue;
        const auto index = static_cast<flatbuffers::uoffset_t>(member->union_type()->index());
        const reflection::Object& table = *schema.objects()->Get(index);
        DAYBOOK_TRY(fields.document, finder.find(table, "document", "daybook.wire.Id"));
        DAYBOOK_TRY(fields.effective, finder.find(table, "effective", "daybook.wire.Date"));
    }
    return marks;
}

std::vector<std::string_view> rules_of(
    const reflection::Schema& schema, const DomainModule& module
) {
    std::vector<std::string_view> names;
    const auto* rules = find_enum(schema, fmt::format("daybook.{}.Refusal", module.name));
    if (rules == nullptr) return names;
    for (const reflection::EnumVal* rule : *rules->values()) {
        const auto number = static_cast<std::size_t>(rule->value());
        if (names.size() <= number) names.resize(number + 1);
        names[number] = rule->name()->string_view();
    }
    return names;
}

Result<ModuleFacts> facts_of_one(const DomainModule& module) {
    flatbuffers::Verifier verifier{module.schema.data(), module.schema.size()};
    DAYBOOK_ASSERT(reflection::VerifySchemaBuffer(verifier));
    const reflection::Schema& schema = *reflection::GetSchema(module.schema.data());
    ModuleFacts facts{.module = &module, .code = module.code()};
    DAYBOOK_TRY(facts.commands, marks_of_union(schema, module, "Command"));
    DAYBOOK_TRY(const auto events, marks_of_union(schema, module, "Event"));
    for (const MarkedFields& fields : events) facts.events.push_back({.fields = fields});
    facts.rules = rules_of(schema, module);
    return facts;
}

EventFacts* find_event(std::vector<ModuleFacts>& all, const Interest& interest) {
    for (ModuleFacts& facts : all) {
        if (facts.module->name != interest.module) continue;
        DAYBOOK_ASSERT(interest.type < facts.events.size());
        return &facts.events[interest.type];
    }
    return nullptr;
}

}  // namespace

Result<std::vector<ModuleFacts>> facts_of(std::span<const DomainModule> modules) {
    std::vector<ModuleFacts> all;
    for (const DomainModule& module : modules) {
        DAYBOOK_TRY(ModuleFacts facts, facts_of_one(module));
        for (const ModuleFacts& other : all) DAYBOOK_ASSERT(other.code != facts.code);
        all.push_back(std::move(facts));
    }
    for (std::size_t slot = 0; slot < modules.size(); ++slot) {
        const Module& module = *modules[slot].module;
        for (std::size_t index = 0; index < module.listens.size(); ++index) {
            EventFacts* event = find_event(all, module.listens[index]);
            DAYBOOK_ASSERT(event != nullptr);
            event->listeners.push_back({slot, index});
        }
        for (std::size_t index = 0; index < module.reactions.size(); ++index) {
            EventFacts* event = find_event(all, module.reactions[index]);
            DAYBOOK_ASSERT(event != nullptr);
            event->reactors.push_back({slot, index});
        }
    }
    return all;
}

}  // namespace daybook
