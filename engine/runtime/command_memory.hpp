// Remembers, for every accepted command, at which position its batch begins, in 12 bytes a slot.
// A slot keeps 48 bits of the id's hash and 48 bits of the position. A match is only a candidate:
// the event at that position carries the whole id and is the proof. So the memory stays small and
// the answer exact, and two ids whose hashes agree are merely both looked at.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/id.hpp"
#include "engine/base/pack.hpp"

namespace daybook {

class CommandMemory {
 public:
    CommandMemory();

    void add(const Id& command, std::uint64_t position);
    // Calls `is_it(position)` for each candidate until one answers true; true if one did.
    template <class IsIt>
    [[nodiscard]] bool find(const Id& command, IsIt&& is_it) const {
        const std::uint64_t hash = short_hash(command);
        for (std::size_t at = home_of(hash); !slots_[at].is_free(); at = next(at)) {
            if (slots_[at].hash() == hash && is_it(slots_[at].position())) return true;
        }
        return false;
    }
    [[nodiscard]] std::size_t size() const { return size_; }

    void save(Packer& packer) const;
    void load(Unpacker& unpacker);

 private:
    // Six bytes of hash, then six of position. A free slot's hash is 0, which no id has.
    struct Slot {
        std::uint32_t hash_low = 0;
        std::uint32_t position_low = 0;
        std::uint16_t hash_high = 0;
        std::uint16_t position_high = 0;

        [[nodiscard]] bool is_free() const { return hash_low == 0 && hash_high == 0; }
        [[nodiscard]] std::uint64_t hash() const {
            return std::uint64_t{hash_high} << 32 | hash_low;
        }
        [[nodiscard]] std::uint64_t position() const {
            return std::uint64_t{position_high} << 32 | position_low;
        }
    };
    static_assert(sizeof(Slot) == 12);

    static std::uint64_t short_hash(const Id& command);
    static Slot make_slot(std::uint64_t hash, std::uint64_t position);
    [[nodiscard]] std::size_t home_of(std::uint64_t hash) const { return hash & mask(); }
    [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
    [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
    void put(const Slot& slot);
    void grow();

    std::vector<Slot> slots_;  // A power of two, at most three quarters full.
    std::size_t size_ = 0;
};

}  // namespace daybook
