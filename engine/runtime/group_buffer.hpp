// The events of one group as one run of bytes, in the form in which they are stored. Its memory is
// used again for the next group, so that the writer does not allocate for each event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/pack.hpp"
#include "engine/log/log.hpp"

namespace daybook {

class GroupBuffer {
 public:
    // Empties it; the next event takes `position`.
    void start(std::uint64_t position);

    // Puts a header and its payload at the end. batch_count is written by seal().
    void append(const EventHeader& header, std::span<const std::byte> payload);
    // Writes the number of events from `first` to the end into each of them: one batch, whole.
    void seal(std::size_t first);
    // Drops the events from `first` on: a refused batch.
    void truncate(std::size_t first);

    [[nodiscard]] std::size_t event_count() const { return places_.size(); }
    [[nodiscard]] std::size_t bytes() const { return used_; }
    [[nodiscard]] std::uint64_t first_position() const { return first_position_; }
    [[nodiscard]] std::uint64_t next_position() const { return first_position_ + places_.size(); }

    // Valid until the next append().
    [[nodiscard]] EventBytes event(std::size_t index) const;
    // All of them; valid until the next change.
    [[nodiscard]] std::span<const EventBytes> events();

 private:
    struct Place {
        std::size_t offset;  // 8-aligned.
        std::size_t bytes;
    };

    void make_room(std::size_t bytes);

    Bytes memory_;
    std::size_t used_ = 0;  // Of memory_.
    std::vector<Place> places_;
    std::vector<EventBytes> events_;
    std::uint64_t first_position_ = 0;
};

}  // namespace daybook
