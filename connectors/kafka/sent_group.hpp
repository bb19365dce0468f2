// A group on its way into the topic and then into the copy. Its events are copied and hashed once,
// one after the other, so that the first ones are sent while the last ones are still being hashed.
// What is read back is compared with them byte for byte, which costs a tenth of hashing it again
// and proves the same. Where Kafka says that it put them right behind what was read, they need not
// be read at all: it is known what stands there.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "connectors/kafka/event_arena.hpp"
#include "connectors/kafka/headers.hpp"
#include "engine/log/lanes.hpp"

namespace daybook::kafka {

class SentGroup {
 public:
    // The events continue the tip in its term; a claim among them was made elsewhere and begins a
    // term of its own. `skipped` of them, not all, stand in the topic already. The events are
    // borrowed until they are hashed. In the memory of a group before, which nobody looks at any
    // more.
    void begin(std::span<const EventBytes> group, const Tip& tip, std::size_t skipped = 0);

    // Copies and hashes the events: once, by one thread. Whatever follows and needs it waits for
    // it.
    void hash(LaneHasher& hasher);
    void wait_until_hashed() const { wait_for(count_ - 1); }

    // Of what is sent: what was skipped is not counted. Any thread.
    [[nodiscard]] std::size_t count() const { return count_ - skipped_; }
    [[nodiscard]] std::uint64_t first() const { return first_ + skipped_; }
    [[nodiscard]] std::uint64_t end() const { return first_ + count_; }
    [[nodiscard]] std::uint64_t term() const { return record(count() - 1).term; }
    [[nodiscard]] const Record& record(std::size_t index) const;
    [[nodiscard]] EventBytes event(std::size_t index) const;
    // The chain value after the event.
    [[nodiscard]] const Hash& chain_after(std::size_t index) const;
    // The record as it will be read; valid as long as the group.
    [[nodiscard]] Incoming at(std::size_t index) const;
    // The leaf hash of the event that was sent for the position, if it had just these bytes.
    [[nodiscard]] std::optional<Hash> leaf_of(
        std::uint64_t position, std::span<const std::byte> value
    ) const;
    // Whether nothing was skipped.
    [[nodiscard]] bool is_whole() const { return skipped_ == 0; }
    [[nodiscard]] std::size_t bytes() const { return events_.bytes(); }
    // Of all events, of a whole group; by one thread at a time.
    [[nodiscard]] EventArena& events();

 private:
    void copy_until(std::size_t end);
    void wait_for(std::size_t index) const;

    std::span<const EventBytes> group_;
    Tip tip_;  // Before the next event to be copied, but for its position.
    std::size_t count_ = 0;
    std::size_t skipped_ = 0;
    std::uint64_t first_ = 0;
    // There is room for all of them from the beginning: their memory does not move.
    std::vector<Record> records_;
    EventArena events_;
    std::atomic<std::size_t> hashed_ = 0;  // So many of the first ones.
};

}  // namespace daybook::kafka
