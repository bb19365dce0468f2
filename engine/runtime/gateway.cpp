#include "engine/runtime/gateway.hpp"

#include <fmt/format.h>

namespace daybook {

Gateway::Gateway(std::vector<ModuleFacts> facts, std::size_t command_bytes_max)
    : facts_(std::move(facts)), command_bytes_max_(command_bytes_max) {}

Result<AdmittedCommand> Gateway::admit(CommandMessage message) const {
    if (message.id.is_none()) return Error{ErrorCode::invalid, "a command needs an id"};
    if (message.actor.is_none()) {
        return Error{ErrorCode::denied, "a command needs an actor: who asks?"};
    }
    const ModuleFacts* facts = find(message.module);
    if (facts == nullptr) return Error{ErrorCode::invalid, "a command needs a module of this book"};
    if (message.payload.size() > command_bytes_max_) {
        return Error{
            ErrorCode::too_large,
            fmt::format(
                "the command has {} bytes, more than the limit of {}",
                message.payload.size(),
                command_bytes_max_
            )};
    }
    const auto record = message.module->verify_command(message.payload);
    // The verifier lets members pass that the schema does not have.
    if (!record || record->type >= facts->commands.size()) {
        return Error{
            ErrorCode::invalid,
            fmt::format("the bytes are not a whole command of module {}", message.module->name)};
    }
    if (message.expected_version && facts->commands[record->type].document == 0) {
        return Error{
            ErrorCode::invalid,
            "expected_version: this command has no document that could have a version"};
    }
    return AdmittedCommand{
        .message = std::move(message),
        .record = *record,
        .slot = static_cast<std::size_t>(facts - facts_.data())};
}

const ModuleFacts* Gateway::find(const DomainModule* module) const {
    for (const ModuleFacts& facts : facts_) {
        if (facts.module == module) return &facts;
    }
    return nullptr;
}

}  // namespace daybook
