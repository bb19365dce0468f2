// "One command, once": finds the batch of a command that was accepted earlier, in the group that is
// being made or on the log, and tells again what was answered then.
#pragma once

#include <memory>
#include <optional>

#include "engine/domain/read.hpp"
#include "engine/engine.hpp"
#include "engine/runtime/command_memory.hpp"
#include "engine/runtime/group_buffer.hpp"

namespace daybook {

// Of the writer's thread.
class FirstAnswers {
 public:
    explicit FirstAnswers(const Log& log) : log_(&log) {}

    // Nothing for a new command. An Error if the log cannot be read.
    [[nodiscard]] Result<std::optional<Answer>> find(const Id& command, const GroupBuffer& group);
    void note(const Id& command, std::uint64_t position) { memory_.add(command, position); }

    [[nodiscard]] CommandMemory& memory() { return memory_; }
    [[nodiscard]] const CommandMemory& memory() const { return memory_; }

 private:
    // The event at a durable position. Repeats come in the order of the log when a client sends
    // everything again, so the last page that was read is kept.
    [[nodiscard]] Result<EventBytes> event_at(std::uint64_t position);

    const Log* log_;
    CommandMemory memory_;
    std::unique_ptr<LogReader> reader_;
    std::span<const EventBytes> page_;  // The last that reader_ gave.
};

// What was answered for the batch that begins at an event. `event_at` gives the event at a
// position, or an Error.
template <class EventAt>
[[nodiscard]] Result<Answer> answer_of_batch(std::uint64_t first_position, EventAt&& event_at) {
    DAYBOOK_TRY(const EventBytes first, event_at(first_position));
    const EventHeader& header = header_of(first);
    Answer answer{
        .outcome = Answer::Outcome::accepted,
        .first_position = first_position,
        .event_count = header.batch_count(),
        .document_version = header.document_version()};
    const Id document = read(header.document());
    for (std::uint64_t index = 1; index < answer.event_count && !document.is_none(); ++index) {
        DAYBOOK_TRY(const EventBytes event, event_at(first_position + index));
        const EventHeader& later = header_of(event);
        if (read(later.document()) == document) answer.document_version = later.document_version();
    }
    return answer;
}

}  // namespace daybook
