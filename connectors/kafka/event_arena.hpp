// Events with their hashes on the way into the copy, each 8-aligned, in one run of memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/log/log.hpp"
#include "engine/log/merkle.hpp"

namespace daybook::kafka {

class EventArena {
 public:
    void reserve(std::size_t events, std::size_t bytes);
    void add(std::span<const std::byte> event, const EventHashes& hashes = {});
    void set_hashes(std::size_t index, const EventHashes& hashes) { hashes_[index] = hashes; }
    void drop_last(std::size_t count);
    // Leaves the first `count` here and moves the others to `rest`, which is empty.
    void split(std::size_t count, EventArena& rest);
    void clear();
    [[nodiscard]] std::size_t count() const { return places_.size(); }
    [[nodiscard]] std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
    // Valid until the next change of the arena.
    [[nodiscard]] EventBytes event(std::size_t index) const;
    // Valid until the next call or change.
    [[nodiscard]] std::span<const EventBytes> events();
    [[nodiscard]] std::span<const EventHashes> hashes() const { return hashes_; }

 private:
    struct Place {
        std::size_t word;  // Where it begins.
        std::size_t bytes;
    };
    std::vector<std::uint64_t> words_;
    std::vector<Place> places_;
    std::vector<EventHashes> hashes_;
    std::vector<EventBytes> views_;
};

}  // namespace daybook::kafka
