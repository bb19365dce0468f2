// Any bytes as the JSON of a command: either a clear Error, or bytes that verify and that come back
// the same from their own JSON.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/codec/codec.hpp"
#include "tests/codec/bakery_module.hpp"

namespace {

using namespace daybook;

// The made-up module, whose schema holds every kind of field, and all real ones.
std::span<const DomainModule> all_modules() {
    static const std::vector<DomainModule> modules = [] {
        std::vector<DomainModule> all{bakery::modules().begin(), bakery::modules().end()};
        all.insert(all.end(), domain_modules().begin(), domain_modules().end());
        return all;
    }();
    return modules;
}

void check_accepted(Codec& codec, const CommandMessage& message) {
    DAYBOOK_ASSERT(message.module->verify_command(message.payload).has_value());
    std::string written;
    DAYBOOK_ASSERT(codec.append_command(message, written).ok());
    const auto again = codec.command(written);
    DAYBOOK_ASSERT(again.ok());
    DAYBOOK_ASSERT(again.value().payload == message.payload);
    DAYBOOK_ASSERT(again.value().id == message.id);
    DAYBOOK_ASSERT(again.value().actor == message.actor);
    DAYBOOK_ASSERT(again.value().expected_version == message.expected_version);
}

}  // namespace

// The first byte chooses: a whole command, or the body of one of the commands.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    static Codec strict{all_modules()};
    static Codec relaxed{all_modules(), {.accepts_texts_for_numbers = true}};
    Codec& codec = (bytes[0] & 1U) != 0 ? strict : relaxed;
    const std::string_view json{reinterpret_cast<const char*>(bytes) + 1, size - 1};
    const std::size_t choice = bytes[0] / 2U % 128U;
    const auto commands = codec.commands();
    const auto message =
        choice == 0
            ? codec.command(json)
            : codec.command_of_body(commands[(choice - 1) % commands.size()].full_name(), json);
    if (message.ok()) {
        check_accepted(strict, message.value());
    } else {
        DAYBOOK_ASSERT(!message.error().message.empty());
        DAYBOOK_ASSERT(message.error().message.size() < 4096);
    }
    return 0;
}
