// Two small modules for tests of the engine: tills that hold money, and a tally that reacts and
// listens to them. They do what business modules do, without their size.
#pragma once

#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/domain/command.hpp"
#include "engine/domain/registry.hpp"
#include "tests/runtime/toys/tally.hpp"
#include "tests/runtime/toys/till.hpp"

namespace daybook {

// The tally, then the till: in the order of their names, as the real registry.
[[nodiscard]] std::span<const DomainModule> toy_modules();

namespace toys {

[[nodiscard]] CommandMessage message_of(const till::CommandRecordT& record, std::string_view id);
[[nodiscard]] CommandMessage message_of(const tally::CommandRecordT& record, std::string_view id);

// Any command of the toys under an id: toys::command("c-1", till::PutInT{...}).
template <class Command>
[[nodiscard]] CommandMessage command(std::string_view id, Command body) {
    using Record = std::conditional_t<
        std::is_same_v<Command, tally::SetCapT>,
        tally::CommandRecordT,
        till::CommandRecordT>;
    Record record;
    record.command.Set(std::move(body));
    return message_of(record, id);
}

[[nodiscard]] CommandMessage open_till(std::string_view id, std::string_view till);
[[nodiscard]] CommandMessage put_in(
    std::string_view id, std::string_view till, std::int64_t amount
);
[[nodiscard]] CommandMessage take_out(
    std::string_view id, std::string_view till, std::int64_t amount
);

}  // namespace toys
}  // namespace daybook
