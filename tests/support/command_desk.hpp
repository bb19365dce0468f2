// A book of all modules in memory, to which commands are sent as people write them.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "engine/codec/codec.hpp"
#include "engine/runtime/book.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook {

class CommandDesk {
 public:
    explicit CommandDesk(Date today) : clock(today) { group.start(0); }

    // Whether it was accepted. Then its events are batch(), else rule names what said no.
    [[nodiscard]] bool send(std::string_view command, const std::string& body) {
        const CommandDefaults defaults{
            .id = id_from_code(fmt::format("c-{}", ++sent_)), .actor = id_from_code("anna")};
        const auto message = codec_.command_of_body(command, body, defaults);
        REQUIRE_MESSAGE(message.ok(), message.error().message);
        const auto slot =
            static_cast<std::size_t>(message.value().module - domain_modules().data());
        const auto record = message.value().module->verify_command(message.value().payload);
        REQUIRE(record.has_value());
        before_ = group.event_count();
        const auto refusal = book_.decide(
            {.message = message.value(), .record = *record, .slot = slot, .now = clock.now()}, group
        );
        rule = refusal ? refusal->rule : "";
        if (refusal) REQUIRE(group.event_count() == before_);
        return !refusal;
    }
    // Valid until the next command.
    [[nodiscard]] std::span<const EventBytes> batch() { return group.events().subspan(before_); }

    FakeClock clock;
    GroupBuffer group;  // Of all events since it was last started.
    std::string rule;

 private:
    Codec codec_{domain_modules()};
    Book book_ = std::move(Book::make(domain_modules(), {})).value();
    std::uint64_t sent_ = 0;
    std::size_t before_ = 0;
};

}  // namespace daybook
