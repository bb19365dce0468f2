// Events for tests that care about bytes and order, not about meaning.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/log/log.hpp"

namespace daybook::support {

// A group of events that owns its bytes. The views stay valid when the group is moved.
class SampleGroup {
 public:
    // Adds a batch of `count` events with payloads of `payload_bytes`, filled from the seed.
    void add_batch(std::uint64_t position, std::uint32_t count, std::uint32_t payload_bytes) {
        for (std::uint32_t index = 0; index < count; ++index) {
            const auto none = flatbuffers::Pack(Id{});
            const auto code = flatbuffers::Pack(id_from_code("A-1"));
            const auto time =
                flatbuffers::Pack(Instant::from_nanos(static_cast<std::int64_t>(position)));
            const EventHeader header(
                position + index,
                time,
                code,
                code,
                code,
                none,
                0x54534554,
                flatbuffers::Pack(Date::of(2026, 3, 31)),
                1,
                payload_bytes,
                index,
                count,
                caused_by_command,
                1,
                1,
                0
            );
            auto& words = storage_.emplace_back((sizeof header + payload_bytes + 7) / 8);
            auto* bytes = reinterpret_cast<std::byte*>(words.data());
            std::memcpy(bytes, &header, sizeof header);
            Prng random(position + index);
            for (std::uint32_t at = 0; at < payload_bytes; ++at) {
                bytes[sizeof header + at] = static_cast<std::byte>(random.next());
            }
            events_.emplace_back(bytes, sizeof header + payload_bytes);
        }
    }
    [[nodiscard]] const std::vector<EventBytes>& events() const { return events_; }

 private:
    std::vector<std::vector<std::uint64_t>> storage_;
    std::vector<EventBytes> events_;
};

// Whether the payload is the one that a sample at this position has.
[[nodiscard]] inline bool is_sample(EventBytes event) {
    Prng random(header_of(event).position());
    for (const std::byte byte : payload_of(event)) {
        if (byte != static_cast<std::byte>(random.next())) return false;
    }
    return true;
}

// One batch at the position.
[[nodiscard]] inline SampleGroup sample_batch(
    std::uint64_t position, std::uint32_t count, std::uint32_t payload_bytes
) {
    SampleGroup group;
    group.add_batch(position, count, payload_bytes);
    return group;
}

}  // namespace daybook::support
