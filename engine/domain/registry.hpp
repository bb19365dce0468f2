// The business modules that this program was built with. The list is generated from schemas/*.fbs.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/domain/module.hpp"

namespace daybook {

// One member of a union Command or Event, inside bytes that were verified.
struct RecordView {
    std::uint8_t type = 0;       // Its number in the union; never 0.
    const void* body = nullptr;  // The member's table; valid as long as the bytes are.
};

struct DomainModule {
    std::string_view name;                 // "sales"
    const char* identifier;                // The four letters of its file_identifier.
    std::span<const std::uint8_t> schema;  // The compiled schema (.bfbs), for reflection.
    // Null for bytes that are not a whole, well-formed record of this schema.
    std::optional<RecordView> (*verify_command)(std::span<const std::byte>);
    std::optional<RecordView> (*verify_event)(std::span<const std::byte>);
    // The same for bytes that were verified before they were stored.
    RecordView (*open_event)(std::span<const std::byte>);
    const Module* module;

    // The identifier as EventHeader::module carries it.
    [[nodiscard]] std::uint32_t code() const {
        return flatbuffers::ReadScalar<std::uint32_t>(identifier);
    }
};

// In the order of their names. The list never changes while the program runs.
[[nodiscard]] std::span<const DomainModule> domain_modules();

namespace registry_detail {

template <class CommandRecord>
std::optional<RecordView> verify_command(std::span<const std::byte> bytes) {
    flatbuffers::Verifier verifier{
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    if (!verifier.VerifyBuffer<CommandRecord>(nullptr)) return std::nullopt;
    const auto* record = flatbuffers::GetRoot<CommandRecord>(bytes.data());
    if (static_cast<std::uint8_t>(record->command_type()) == 0) return std::nullopt;
    return RecordView{static_cast<std::uint8_t>(record->command_type()), record->command()};
}

template <class EventRecord>
RecordView open_event(std::span<const std::byte> bytes) {
    const auto* record = flatbuffers::GetRoot<EventRecord>(bytes.data());
    return {static_cast<std::uint8_t>(record->event_type()), record->event()};
}

template <class EventRecord>
std::optional<RecordView> verify_event(std::span<const std::byte> bytes, const char* identifier) {
    flatbuffers::Verifier verifier{
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    if (!verifier.VerifyBuffer<EventRecord>(identifier)) return std::nullopt;
    const RecordView view = open_event<EventRecord>(bytes);
    if (view.type == 0) return std::nullopt;
    return view;
}

}  // namespace registry_detail

}  // namespace daybook
