// The made-up module as the registry would describe it. It decides nothing.
#pragma once

#include <array>

#include "engine/domain/registry.hpp"
#include "tests/codec/bakery.hpp"
#include "tests/codec/bakery_bfbs_generated.h"

namespace daybook::bakery {

inline std::span<const DomainModule> modules() {
    using Schema = EventRecordBinarySchema;
    static const std::array<DomainModule, 1> one{DomainModule{
        .name = "bakery",
        .identifier = EventRecordIdentifier(),
        .schema = {Schema::data(), Schema::size()},
        .verify_command = &registry_detail::verify_command<CommandRecord>,
        .verify_event =
            [](std::span<const std::byte> bytes) {
                return registry_detail::verify_event<EventRecord>(bytes, EventRecordIdentifier());
            },
        .open_event = &registry_detail::open_event<EventRecord>,
        .module = nullptr,
    }};
    return one;
}

}  // namespace daybook::bakery
