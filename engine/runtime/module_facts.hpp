// What the runtime knows of each module besides its code: which field of a command or event is the
// document and which the effective day, what its rules are called, and who hears of its events.
// All of it is found once, when the book opens, from the compiled schemas and the module tables.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/domain/registry.hpp"

namespace daybook {

// The two marked fields of one table, as places in its vtable; 0 for a table without one.
struct MarkedFields {
    flatbuffers::voffset_t document = 0;
    flatbuffers::voffset_t effective = 0;

    // Of a verified table with these fields; none where the field is absent.
    [[nodiscard]] Id document_of(const void* body) const;
    [[nodiscard]] Date effective_of(const void* body) const;
};

// A module that hears of an event, and the index of its interest.
struct Hearer {
    std::size_t slot = 0;
    std::size_t interest = 0;
};

struct EventFacts {
    MarkedFields fields;
    std::vector<Hearer> listeners;  // In registry order, and
    std::vector<Hearer> reactors;   // so are these.
};

// A module's index in the registry is its slot; positions in these vectors are numbers of the
// schema's unions and enum, so that the entries at 0 are unused.
struct ModuleFacts {
    const DomainModule* module = nullptr;  // Borrowed from the registry.
    std::uint32_t code = 0;
    std::vector<MarkedFields> commands;
    std::vector<EventFacts> events;
    std::vector<std::string_view> rules;  // Names in the compiled schema: valid for ever.
};

// `invalid` with the schema's name if a schema breaks the rules of marks.
[[nodiscard]] Result<std::vector<ModuleFacts>> facts_of(std::span<const DomainModule> modules);

}  // namespace daybook
