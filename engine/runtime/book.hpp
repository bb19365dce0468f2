// The state of all modules of one book, and the two ways in which it changes: a command is decided
// and its batch applied, or stored events are replayed. No clock, no file and no thread here: the
// same events give the same state, always.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/domain/command.hpp"
#include "engine/domain/registry.hpp"
#include "engine/engine.hpp"
#include "engine/log/log.hpp"
#include "engine/runtime/group_buffer.hpp"
#include "engine/runtime/module_facts.hpp"

namespace daybook {

// A command that the gateway has verified.
struct Request {
    const CommandMessage& message;
    RecordView record;     // Of message.payload.
    std::size_t slot = 0;  // Of message.module.
    Instant now;           // What the clock says; the book's own time never goes back.
};

class Book {
 public:
    // `invalid` if a schema's marks are wrong. The modules must outlive the book.
    [[nodiscard]] static Result<Book> make(
        std::span<const DomainModule> modules, const EngineLimits& limits
    );

    // Decides the requests one after the other, puts their one batch at the end of the group and
    // applies it; or changes nothing at all and answers the rule that said no. The batch carries
    // the id, actor and trace of the first.
    [[nodiscard]] std::optional<RefusalReport> decide(
        std::span<const Request> requests, GroupBuffer& group
    );
    [[nodiscard]] std::optional<RefusalReport> decide(const Request& request, GroupBuffer& group) {
        return decide(std::span{&request, 1}, group);
    }

    // Applies stored events, which must continue at position(). After an Error the book is of no
    // more use. `note_command` hears of each batch: (command id, position).
    template <class NoteCommand>
    [[nodiscard]] Result<void> replay(
        std::span<const EventBytes> events, ReplayTrust trust, NoteCommand&& note_command
    ) {
        // Some at a time, so that the notes' cache misses overlap and the headers are still near.
        constexpr std::size_t some = 64;
        while (!events.empty()) {
            const auto next = events.first(std::min(some, events.size()));
            events = events.subspan(next.size());
            for (const EventBytes& event : next) {
                auto refused = replay_one(header_of(event), payload_of(event), trust);
                if (refused) return std::move(*refused);
            }
            for (const EventBytes& event : next) {
                const EventHeader& header = header_of(event);
                if (header.batch_index() != 0) continue;
                note_command(read(header.command()), header.position());
            }
        }
        return {};
    }

    // The events that the state stands for.
    [[nodiscard]] std::uint64_t position() const { return position_; }
    [[nodiscard]] std::uint32_t version_of(const Id& document) const;
    [[nodiscard]] std::span<const ModuleFacts> modules() const { return facts_; }

    // Everything but the code. Equal books give equal bytes.
    void save(Bytes& out) const;
    // False if the bytes are not whole or of other modules: then the book is of no more use.
    [[nodiscard]] bool load(std::span<const std::byte> in);

 private:
    struct Batch;
    using Versions = Keyed<std::uint32_t>;

    Book(std::vector<ModuleFacts> facts, const EngineLimits& limits);

    std::optional<RefusalReport> run_all(Batch& batch, std::span<const Request> requests);
    std::optional<RefusalReport> run(Batch& batch, const Request& request);
    std::optional<RefusalReport> check_version(const Request& request) const;
    std::optional<RefusalReport> emit(Batch& batch, std::size_t slot, std::uint32_t cause);
    std::optional<RefusalReport> react_to(Batch& batch, std::size_t index);
    [[nodiscard]] RefusalReport report(std::size_t slot, RefusalAnswer refusal) const;
    void apply(std::size_t slot, const RecordView& event, const EventHeader& header);
    void begin_hearers(std::size_t slot, std::uint8_t type);
    void begin(std::size_t slot);
    void end_batch(bool is_accepted);

    std::optional<Error> replay_one(
        const EventHeader& header, std::span<const std::byte> payload, ReplayTrust trust
    );
    [[nodiscard]] std::size_t slot_of(std::uint32_t code) const;

    EngineLimits limits_;
    std::vector<ModuleFacts> facts_;
    std::vector<OwnedState> states_;  // By slot.
    Versions versions_;               // Of every document that ever had an event.
    Instant recorded_at_;             // Of the last event.
    std::uint64_t position_ = 0;

    // Only during decide(), kept for their memory.
    EventArena arena_;
    std::vector<std::uint8_t> depths_;    // Of each event of the batch: 0 for a command's own.
    std::vector<std::size_t> begun_;      // Slots whose states note what changes.
    std::vector<std::uint8_t> is_begun_;  // By slot.
};

}  // namespace daybook
