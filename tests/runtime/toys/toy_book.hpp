// A book of the toy modules without log or thread: commands in, the group and the state to look at.
#pragma once

#include <optional>

#include "engine/runtime/book.hpp"
#include "tests/runtime/toys/toys.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::toys {

class ToyBook {
 public:
    explicit ToyBook(const EngineLimits& limits = {})
        : book_(std::move(Book::make(toy_modules(), limits)).value()) {
        group_.start(0);
    }

    std::optional<RefusalReport> decide(const CommandMessage& message) {
        const auto slot = static_cast<std::size_t>(message.module - toy_modules().data());
        const auto record = message.module->verify_command(message.payload);
        DAYBOOK_ASSERT(record.has_value());
        return book_.decide(
            {.message = message, .record = *record, .slot = slot, .now = clock.now()}, group_
        );
    }
    // As one batch.
    std::optional<RefusalReport> decide_all(const std::vector<CommandMessage>& messages) {
        std::vector<Request> requests;
        for (const CommandMessage& message : messages) {
            const auto slot = static_cast<std::size_t>(message.module - toy_modules().data());
            const auto record = message.module->verify_command(message.payload);
            DAYBOOK_ASSERT(record.has_value());
            requests.push_back({message, *record, slot, clock.now()});
        }
        return book_.decide(requests, group_);
    }
    [[nodiscard]] Bytes state() const {
        Bytes bytes;
        book_.save(bytes);
        return bytes;
    }
    [[nodiscard]] std::span<const EventBytes> events() { return group_.events(); }
    [[nodiscard]] const EventHeader& header(std::size_t index) const {
        return header_of(group_.event(index));
    }
    [[nodiscard]] Book& book() { return book_; }

    FakeClock clock;

 private:
    Book book_;
    GroupBuffer group_;
};

// The state of a new book after these events.
[[nodiscard]] inline Bytes replayed_state(
    std::span<const EventBytes> events, ReplayTrust trust = ReplayTrust::nothing
) {
    Book book = std::move(Book::make(toy_modules(), {})).value();
    const auto replayed = book.replay(events, trust, [](const Id&, std::uint64_t) {});
    DAYBOOK_ASSERT(replayed.ok());
    Bytes bytes;
    book.save(bytes);
    return bytes;
}

}  // namespace daybook::toys
