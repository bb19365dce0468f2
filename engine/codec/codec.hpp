// JSON in and out for every command and event of every module, from the compiled schemas alone: no
// code is written for a module. Values stand as people write them: money "EUR 12.50", a unit price
// "EUR 2.555", an exchange rate "1.0825", a quantity "3.000", a rate "20%", a day "2026-03-31", an
// instant "2026-03-31T10:15:00Z", a currency "EUR", an id as its text, an enum by its name, flags
// as a list of names, a union as {"type": "X", "value": {...}}, integers as JSON numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/codec/description.hpp"
#include "engine/domain/command.hpp"
#include "engine/domain/registry.hpp"

namespace daybook {

struct CodecOptions {
    std::size_t command_bytes_max = std::size_t{1} << 20;  // One command's JSON,
    std::size_t payload_bytes_max = std::size_t{8} << 20;  // and the bytes that it becomes.
    // Integers and booleans may also stand as texts ("15"), as CSV and scenario files give them.
    bool accepts_texts_for_numbers = false;
};

// What a command's envelope takes where its JSON says nothing.
struct CommandDefaults {
    Id id;     // None: the command has no id yet, and whoever submits it must give it one.
    Id actor;  // None likewise.
};

// Makes a table of fields for each schema once, then reuses its buffers: one Codec for each thread.
// The modules are borrowed and must outlive it.
class Codec {
 public:
    explicit Codec(std::span<const DomainModule> modules, CodecOptions options = {});
    Codec(Codec&&) noexcept;
    Codec& operator=(Codec&&) noexcept;
    ~Codec();

    // One whole command: {"command": "crm.RegisterParty", "body": {...}} and, where the sender
    // wants them, "id", "actor", "expected_version" and "trace". An id or a trace that is neither a
    // code nor a UUID is kept as the UUID that stands for its text.
    [[nodiscard]] Result<CommandMessage> command(
        std::string_view json, const CommandDefaults& defaults = {}
    );
    // The body alone, of the command named "crm.RegisterParty".
    [[nodiscard]] Result<CommandMessage> command_of_body(
        std::string_view name, std::string_view body, const CommandDefaults& defaults = {}
    );

    // Appends one JSON object without a line end. An Error, and nothing appended, if the bytes are
    // not well-formed or belong to a module or an event that this program does not know.
    [[nodiscard]] Result<void> append_event(std::span<const std::byte> event, std::string& out)
        const;
    [[nodiscard]] Result<void> append_command(const CommandMessage& command, std::string& out)
        const;

    // Every command and every event of every module, in the order of the schemas.
    [[nodiscard]] std::span<const RecordDescription> commands() const;
    [[nodiscard]] std::span<const RecordDescription> events() const;
    // Of "crm.RegisterParty". The Error suggests the nearest name.
    [[nodiscard]] Result<const RecordDescription*> describe_command(std::string_view name) const;
    // "" for a module or a number that does not exist. Valid as long as the codec.
    [[nodiscard]] std::string_view refusal_name(std::string_view module, std::uint16_t number)
        const;

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook
