// A command on its way to the engine: who wants what, once.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/id.hpp"
#include "engine/base/pack.hpp"

namespace daybook {

struct DomainModule;

struct CommandMessage {
    Id id;     // Chosen by the client: the same id gives the first answer again.
    Id actor;  // Who asks. None is refused.
    Id trace;  // None, or the trace id of W3C Trace Context.
    // The version that the command's document must have: 0 for one that must not exist yet.
    std::optional<std::uint32_t> expected_version;
    const DomainModule* module = nullptr;  // Borrowed from domain_modules().
    Bytes payload;                         // The FlatBuffer of the module's CommandRecord.
};

}  // namespace daybook
