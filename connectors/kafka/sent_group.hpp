// A group as it was sent. Its records are hashed once: what is read back is compared with them byte
// for byte, which costs a tenth of hashing it again and proves the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "connectors/kafka/rule.hpp"

namespace daybook::kafka {

class SentGroup {
 public:
    // One record for each event.
    SentGroup(std::span<const EventBytes> group, std::span<const Record> records);

    // The leaf hash of the event that was sent for the position, if it had just these bytes.
    [[nodiscard]] std::optional<Hash> leaf_of(
        std::uint64_t position, std::span<const std::byte> value
    ) const;

 private:
    struct Event {
        std::size_t begin = 0;
        std::size_t bytes = 0;
        Hash leaf{};
    };
    std::uint64_t first_ = 0;
    std::vector<std::byte> bytes_;
    std::vector<Event> events_;
};

}  // namespace daybook::kafka
