// A group as it was sent. Its records are hashed once: what is read back is compared with them byte
// for byte, which costs a tenth of hashing it again and proves the same. Where Kafka says that it
// put them right behind what was read, they need not be read at all: it is known what stands there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "connectors/kafka/headers.hpp"

namespace daybook::kafka {

class SentGroup {
 public:
    // One record for each event; a claim among them was made elsewhere.
    SentGroup(std::span<const EventBytes> group, std::span<const Record> records);

    // The leaf hash of the event that was sent for the position, if it had just these bytes.
    [[nodiscard]] std::optional<Hash> leaf_of(
        std::uint64_t position, std::span<const std::byte> value
    ) const;
    [[nodiscard]] std::size_t count() const { return events_.size(); }
    // The record as it will be read; valid as long as the group.
    [[nodiscard]] Incoming at(std::size_t index) const;

 private:
    struct Event {
        std::size_t begin = 0;
        std::size_t bytes = 0;
        Record record;
    };
    [[nodiscard]] std::span<const std::byte> bytes_of(const Event& event) const {
        return std::span{bytes_}.subspan(event.begin, event.bytes);
    }
    std::uint64_t first_ = 0;
    std::vector<std::byte> bytes_;
    std::vector<Event> events_;
};

}  // namespace daybook::kafka
