// Envelopes, names and the choice of a schema; the bodies are read and written by json_reader and
// json_writer along the tables of layout.
#include "engine/codec/codec.hpp"

#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <iterator>
#include <utility>

#include "engine/base/nearest.hpp"
#include "engine/codec/describe.hpp"
#include "engine/codec/json_reader.hpp"
#include "engine/codec/json_writer.hpp"
#include "engine/codec/layout.hpp"
#include "engine/codec/words.hpp"
#include "schemas/envelope.hpp"

namespace daybook {
namespace {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <class Value>
using ByName = boost::unordered_flat_map<std::string, Value, TextHash, std::equal_to<>>;

struct CommandPlace {
    std::size_t module = 0;  // Index of its module.
    std::size_t member = 0;  // Index in its union.
    std::size_t description = 0;
};

Result<Id> id_of(std::string_view field, std::string_view text, const Id& otherwise) {
    if (text.empty()) return otherwise;
    Result<Id> id = parse_id(text);
    if (id.ok()) return id;
    return Error{ErrorCode::invalid, fmt::format("{}: {}", field, id.error().message)};
}

// For names that other systems give, which may be longer than an id.
Id id_of_any(std::string_view text, const Id& otherwise) {
    if (text.empty()) return otherwise;
    const Result<Id> id = parse_id(text);
    return id.ok() ? id.value() : id_from_text(text);
}

}  // namespace

struct Codec::Parts {
    std::span<const DomainModule> modules;
    std::vector<codec::Layout> layouts;  // Of each module.
    std::vector<RecordDescription> commands;
    std::vector<RecordDescription> events;
    ByName<CommandPlace> places;  // By "crm.RegisterParty".
    codec::JsonReader reader;

    [[nodiscard]] Result<CommandPlace> place_of(std::string_view name) const;
    [[nodiscard]] Result<CommandMessage> message(
        const codec::Envelope& envelope, const CommandDefaults& defaults
    );
};

Codec::Codec(std::span<const DomainModule> modules, CodecOptions options)
    : parts_(std::make_unique<Parts>(Parts{
          .modules = modules,
          .reader = codec::JsonReader{codec::ReaderOptions{
              .json_bytes_max = options.command_bytes_max,
              .payload_bytes_max = options.payload_bytes_max,
              .accepts_texts_for_numbers = options.accepts_texts_for_numbers}}})) {
    parts_->layouts.reserve(modules.size());
    for (std::size_t i = 0; i < modules.size(); ++i) {
        parts_->layouts.emplace_back(modules[i].name, modules[i].schema);
        const codec::Choices& commands = parts_->layouts.back().commands();
        for (std::size_t member = 0; member < commands.members.size(); ++member) {
            if (commands.members[member] == nullptr) continue;
            parts_->commands.push_back(codec::describe(modules[i].name, commands, member));
            parts_->places.emplace(
                parts_->commands.back().full_name(),
                CommandPlace{
                    .module = i, .member = member, .description = parts_->commands.size() - 1}
            );
        }
        const codec::Choices& events = parts_->layouts.back().events();
        for (std::size_t member = 0; member < events.members.size(); ++member) {
            if (events.members[member] == nullptr) continue;
            parts_->events.push_back(codec::describe(modules[i].name, events, member));
        }
    }
}
Codec::Codec(Codec&&) noexcept = default;
Codec& Codec::operator=(Codec&&) noexcept = default;
Codec::~Codec() = default;

Result<CommandPlace> Codec::Parts::place_of(std::string_view name) const {
    const auto found = places.find(name);
    if (found != places.end()) return found->second;
    std::vector<std::string> full_names;
    std::vector<std::string_view> names;
    for (const RecordDescription& command : commands) full_names.push_back(command.full_name());
    for (const std::string& full_name : full_names) names.push_back(full_name);
    return Error{
        ErrorCode::not_found,
        fmt::format("there is no command \"{}\"{}", name.substr(0, 80), suggestion(name, names))};
}

Result<CommandMessage> Codec::Parts::message(
    const codec::Envelope& envelope, const CommandDefaults& defaults
) {
    DAYBOOK_TRY(const CommandPlace place, place_of(envelope.command));
    CommandMessage message;
    message.module = &modules[place.module];
    message.id = id_of_any(envelope.id, defaults.id);
    message.trace = id_of_any(envelope.trace, Id{});
    message.expected_version = envelope.expected_version;
    DAYBOOK_TRY(message.actor, id_of("actor", envelope.actor, defaults.actor));
    DAYBOOK_TRY(message.payload, reader.body(layouts[place.module].commands(), place.member));
    return message;
}

Result<CommandMessage> Codec::command(std::string_view json, const CommandDefaults& defaults) {
    DAYBOOK_TRY(const codec::Envelope envelope, parts_->reader.open_command(json));
    return parts_->message(envelope, defaults);
}

Result<CommandMessage> Codec::command_of_body(
    std::string_view name, std::string_view body, const CommandDefaults& defaults
) {
    DAYBOOK_TRY_VOID(parts_->reader.open_body(body));
    return parts_->message({.command = name}, defaults);
}

namespace {

void append_name(std::string_view module, std::string_view record, std::string& out) {
    out += '"';
    out += module;
    out += '.';
    out += record;
    out += '"';
}

void append_id(std::string_view name, const Id& id, std::string& out) {
    if (id.is_none()) return;
    fmt::format_to(std::back_inserter(out), ", \"{}\": ", name);
    codec::append_text(to_string(id), out);
}

// The index of the member with that number, or the size.
std::size_t member_of(const codec::Choices& choices, std::uint8_t type) {
    std::size_t member = 0;
    while (member < choices.values.size() && choices.values[member].second != type) ++member;
    return member;
}

}  // namespace

Result<void> Codec::append_event(std::span<const std::byte> event, std::string& out) const {
    constexpr std::size_t header_bytes = sizeof(EventHeader);
    if (event.size() < header_bytes) {
        return Error{
            ErrorCode::corrupt, fmt::format("an event of {} bytes has no header", event.size())};
    }
    const auto& header = *reinterpret_cast<const EventHeader*>(event.data());
    std::size_t index = 0;
    while (index < parts_->modules.size() && parts_->modules[index].code() != header.module_())
        ++index;
    if (index == parts_->modules.size()) {
        return Error{
            ErrorCode::too_new,
            fmt::format(
                "event {} belongs to a module that this program does not have", header.position()
            )};
    }
    const DomainModule& module = parts_->modules[index];
    const auto view = module.verify_event(event.subspan(header_bytes));
    const codec::Choices& events = parts_->layouts[index].events();
    const std::size_t member = view ? member_of(events, view->type) : events.values.size();
    if (member == events.values.size()) {
        return Error{
            ErrorCode::corrupt,
            fmt::format("event {} of {} is not well-formed", header.position(), module.name)};
    }
    const auto to = std::back_inserter(out);
    fmt::format_to(to, "{{\"position\": {}, \"recorded_at\": \"", header.position());
    codec::append_word(
        codec::Kind::instant, reinterpret_cast<const std::byte*>(&header.recorded_at()), out
    );
    out += '"';
    append_id("actor", flatbuffers::UnPack(header.actor()), out);
    append_id("command", flatbuffers::UnPack(header.command()), out);
    append_id("trace", flatbuffers::UnPack(header.trace()), out);
    append_id("document", flatbuffers::UnPack(header.document()), out);
    if (header.document_version() > 0) {
        fmt::format_to(to, ", \"version\": {}", header.document_version());
    }
    const Date effective = flatbuffers::UnPack(header.effective());
    if (!effective.is_none()) fmt::format_to(to, ", \"effective\": \"{}\"", to_string(effective));
    out += ", \"event\": ";
    append_name(module.name, events.values[member].first, out);
    out += ", \"body\": ";
    codec::append_table(*events.members[member], view->body, out);
    out += '}';
    return {};
}

Result<void> Codec::append_command(const CommandMessage& command, std::string& out) const {
    DAYBOOK_ASSERT(command.module != nullptr);
    std::size_t index = 0;
    const std::uint32_t code = command.module->code();
    while (index < parts_->modules.size() && parts_->modules[index].code() != code) ++index;
    DAYBOOK_ASSERT(index < parts_->modules.size());
    const auto view = command.module->verify_command(command.payload);
    const codec::Choices& commands = parts_->layouts[index].commands();
    const std::size_t member = view ? member_of(commands, view->type) : commands.values.size();
    if (member == commands.values.size()) {
        return Error{
            ErrorCode::corrupt,
            fmt::format("a command of {} is not well-formed", command.module->name)};
    }
    out += "{\"command\": ";
    append_name(command.module->name, commands.values[member].first, out);
    append_id("id", command.id, out);
    append_id("actor", command.actor, out);
    append_id("trace", command.trace, out);
    if (command.expected_version) {
        fmt::format_to(
            std::back_inserter(out), ", \"expected_version\": {}", *command.expected_version
        );
    }
    out += ", \"body\": ";
    codec::append_table(*commands.members[member], view->body, out);
    out += '}';
    return {};
}

std::span<const RecordDescription> Codec::commands() const {
    return parts_->commands;
}
std::span<const RecordDescription> Codec::events() const {
    return parts_->events;
}

Result<const RecordDescription*> Codec::describe_command(std::string_view name) const {
    DAYBOOK_TRY(const CommandPlace place, parts_->place_of(name));
    return &parts_->commands[place.description];
}

std::string_view Codec::refusal_name(std::string_view module, std::uint16_t number) const {
    for (const codec::Layout& layout : parts_->layouts) {
        if (layout.module() != module || layout.refusals() == nullptr) continue;
        for (const auto& [name, value] : layout.refusals()->values) {
            if (value == number) return name;
        }
    }
    return {};
}

}  // namespace daybook
