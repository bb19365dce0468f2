#include "connectors/files/undone.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <map>

#include "connectors/files/undo.hpp"
#include "connectors/files/undo_rules.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::files {
namespace {

namespace json = boost::json;

constexpr std::string_view number_field = "number";      // Of a document, beside its name.
constexpr std::string_view document_field = "document";  // Names a document of any module.
// What commands call a movement.
constexpr std::array<std::string_view, 9> movement_fields{
    "movement",
    "receipt",
    "issue",
    "goods_return",
    "transfer",
    "arrival",
    "scrap",
    "repack",
    "adjustment"};

Id again(const Id& id) {
    return id_from_text("again\n" + to_string(id));
}

// After so many undoings, of a name as the file has it.
std::string again(const std::string& name, int times) {
    std::string text = fmt::format("{}-{}", name, times + 1);
    const bool is_id = parse_id(name).ok();
    return !is_id || parse_id(text).ok() ? text : to_string(id_from_text("again\n" + text));
}

std::string module_of(std::string_view full_name) {
    return std::string{full_name.substr(0, full_name.find('.'))};
}

template <class Use>
Result<void> each_event(const Log& log, Use&& use) {
    DAYBOOK_TRY(const auto reader, log.read(0));
    for (;;) {
        DAYBOOK_TRY(const auto events, reader->next());
        if (events.empty()) return {};
        for (const EventBytes event : events) DAYBOOK_TRY_VOID(use(event));
    }
}

// As an event's header has it; nothing in a program without that event.
struct EventKind {
    std::uint32_t module = 0;
    std::uint8_t type = 0;
};
EventKind find_kind(
    const Codec& codec, std::span<const DomainModule> modules, std::string_view full_name
) {
    EventKind kind;
    for (const DomainModule& module : modules) {
        if (module.name == module_of(full_name)) kind.module = module.code();
    }
    for (const RecordDescription& event : codec.events()) {
        if (event.full_name() == full_name) kind.type = event.type;
    }
    return kind;
}

Id trace_of(EventBytes event) {
    return flatbuffers::UnPack(header_of(event).trace());
}
Id command_of(EventBytes event) {
    return flatbuffers::UnPack(header_of(event).command());
}

}  // namespace

struct Undone::Reader {
    Undone& undone;
    Codec codec;
    EventKind reactivated;
    std::set<Id> undoings = {};                // Ids of the batches that took imports back.
    std::map<Id, Id> imports_by_undoing = {};  // Of every import seen so far.
    std::string text = {};

    Result<void> find_imports(EventBytes event) {
        const Id trace = trace_of(event);
        if (!trace.is_none()) imports_by_undoing.try_emplace(undo_id(trace), trace);
        const auto found = imports_by_undoing.find(command_of(event));
        if (found == imports_by_undoing.end()) return {};
        undoings.insert(found->first);
        undone.imports_.insert(found->second);
        return {};
    }

    Result<void> note(EventBytes event) {
        const EventHeader& header = header_of(event);
        const bool is_direct = header.cause_index() == caused_by_command;
        const bool is_undone = is_direct && undone.imports_.contains(trace_of(event));
        const bool is_undoing = undoings.contains(command_of(event));
        const bool is_reactivated =
            header.module_() == reactivated.module && header.type() == reactivated.type;
        if (!is_undone && !is_undoing && !is_reactivated) return {};
        text.clear();
        DAYBOOK_TRY_VOID(codec.append_event(event, text));
        const json::value parsed = json::parse(text);
        const std::string name = json::value_to<std::string>(parsed.at("event"));
        if (is_undoing && name == "crm.PartyDeactivated") {
            undone.inactive_.insert(flatbuffers::UnPack(header.document()));
        }
        if (is_reactivated) {
            undone.inactive_.erase(flatbuffers::UnPack(header.document()));
        }
        if (is_undone) note_undone(name, parsed.at("body").as_object(), command_of(event));
        return {};
    }

    void note_undone(const std::string& name, const json::object& body, const Id& command) {
        const UndoRule* const rule = find_undo_rule(name);
        if (rule == nullptr) return;
        if (rule->made.empty()) {
            undone.commands_.insert(command);
            return;
        }
        const std::string made = json::value_to<std::string>(body.at(rule->made));
        add_name(module_of(name), rule->made, made);
        add_name("", document_field, made);
        if (rule->made == movement_fields.front()) {
            for (const auto field : movement_fields) add_name(module_of(name), field, made);
        }
        const json::value* const number = body.if_contains(number_field);
        if (number == nullptr || !number->is_string()) return;
        add_name(module_of(name), number_field, json::value_to<std::string>(*number));
    }
    void add_name(std::string module, std::string_view field, const std::string& name) {
        undone.names_.insert({std::move(module), std::string{field}, name});
    }
};

Result<Undone> Undone::read(const Log& log, std::span<const DomainModule> modules) {
    Undone undone;
    Codec codec{modules};
    const EventKind reactivated = find_kind(codec, modules, "crm.PartyReactivated");
    Reader reader{undone, std::move(codec), reactivated};
    DAYBOOK_TRY_VOID(each_event(log, [&](EventBytes event) { return reader.find_imports(event); }));
    if (undone.is_empty()) return undone;
    DAYBOOK_TRY_VOID(each_event(log, [&](EventBytes event) { return reader.note(event); }));
    return undone;
}

Id Undone::import(const Id& import) const {
    Id id = import;
    while (imports_.contains(id)) id = again(id);
    return id;
}

Id Undone::command(const Id& command) const {
    Id id = command;
    while (commands_.contains(id)) id = again(id);
    return id;
}

std::string Undone::name_of(Name name) const {
    const std::string original = std::get<2>(name);
    for (int times = 1; names_.contains(name); ++times) std::get<2>(name) = again(original, times);
    return std::get<2>(name);
}

// Walks a body and gives each name of a document the one that stands for it.
class Renaming {
 public:
    Renaming(const Undone& undone, std::string module)
        : undone_(undone), module_(std::move(module)) {}

    void walk(json::value& value) {
        if (json::object* const object = value.if_object()) {
            for (auto& [field, inner] : *object) rename(field, inner);
        }
        if (json::array* const array = value.if_array()) {
            for (json::value& inner : *array) walk(inner);
        }
    }
    [[nodiscard]] bool has_changed() const { return has_changed_; }

 private:
    void rename(std::string_view field, json::value& value) {
        if (!value.is_string()) return walk(value);
        const std::string before{value.as_string()};
        const std::string module = field == document_field ? "" : module_;
        const std::string after = undone_.name_of({module, std::string{field}, before});
        if (after == before) return;
        has_changed_ = true;
        value = after;
    }

    const Undone& undone_;
    std::string module_;
    bool has_changed_ = false;
};

std::string Undone::renamed(std::string_view command, std::string_view body) const {
    json::error_code failed;
    json::value value = json::parse(body, failed);
    DAYBOOK_ASSERT(!failed);
    Renaming renaming{*this, module_of(command)};
    renaming.walk(value);
    // As it stood, if nothing is renamed: a command's id comes from its body's text.
    return renaming.has_changed() ? json::serialize(value) : std::string{body};
}

}  // namespace daybook::files
