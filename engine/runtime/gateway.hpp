// The one door for commands: nothing reaches the writer that is not a whole, well-formed command of
// a known module, small enough, with an id and an actor. It works on the caller's thread.
#pragma once

#include <span>

#include "engine/engine.hpp"
#include "engine/runtime/mailbox.hpp"
#include "engine/runtime/module_facts.hpp"

namespace daybook {

class Gateway {
 public:
    Gateway(std::vector<ModuleFacts> facts, std::size_t command_bytes_max);

    // The command ready for the writer, or why not. Any thread.
    [[nodiscard]] Result<AdmittedCommand> admit(CommandMessage message) const;

 private:
    [[nodiscard]] const ModuleFacts* find(const DomainModule* module) const;

    const std::vector<ModuleFacts> facts_;
    const std::size_t command_bytes_max_;
};

}  // namespace daybook
