// A claim as an event: made by the log itself, never by a command.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connectors/kafka/headers.hpp"
#include "engine/log/log.hpp"

namespace daybook::kafka {

// Owns the bytes of one event.
class OwnedEvent {
 public:
    OwnedEvent(const EventHeader& header, std::span<const std::byte> payload);
    [[nodiscard]] EventBytes bytes() const {
        return {reinterpret_cast<const std::byte*>(words_.data()), bytes_};
    }

 private:
    std::vector<std::uint64_t> words_;
    std::size_t bytes_;
};

[[nodiscard]] OwnedEvent claim_event(
    const ClaimWords& words, std::uint64_t position, Instant recorded_at
);

}  // namespace daybook::kafka
