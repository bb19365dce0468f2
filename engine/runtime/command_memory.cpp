#include "engine/runtime/command_memory.hpp"

#include <bit>

#include "engine/base/assert.hpp"

namespace daybook {
namespace {

constexpr std::size_t slots_min = 1'024;
constexpr std::uint64_t hash_mask = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t position_end = std::uint64_t{1} << 48;

}  // namespace

CommandMemory::CommandMemory() : slots_(slots_min) {}

void CommandMemory::add(const Id& command, std::uint64_t position) {
    DAYBOOK_ASSERT(position < position_end);
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    put(make_slot(short_hash(command), position));
}

void CommandMemory::save(Packer& packer) const {
    packer.put(static_cast<std::uint64_t>(slots_.size()));
    packer.put(static_cast<std::uint64_t>(size_));
    for (const Slot& slot : slots_) {
        if (!slot.is_free()) packer.put(slot);
    }
}

// Into as many slots as it was saved from: in their order, a smaller table would clot.
void CommandMemory::load(Unpacker& unpacker) {
    const auto slots = unpacker.next<std::uint64_t>();
    const auto count = unpacker.next<std::uint64_t>();
    const bool fits = std::has_single_bit(slots) && slots >= slots_min && count <= slots / 4 * 3;
    slots_.assign(fits ? slots : slots_min, Slot{});
    size_ = 0;
    for (std::uint64_t left = fits ? count : 0; left > 0 && unpacker.is_whole(); --left) {
        const Slot slot = unpacker.next<Slot>();
        if (!slot.is_free()) put(slot);
    }
    DAYBOOK_ASSERT(!unpacker.is_whole() || size_ == count);
}

std::uint64_t CommandMemory::short_hash(const Id& command) {
    const std::uint64_t hash = hash_of(command) & hash_mask;
    return hash == 0 ? 1 : hash;
}

CommandMemory::Slot CommandMemory::make_slot(std::uint64_t hash, std::uint64_t position) {
    return {
        .hash_low = static_cast<std::uint32_t>(hash),
        .position_low = static_cast<std::uint32_t>(position),
        .hash_high = static_cast<std::uint16_t>(hash >> 32),
        .position_high = static_cast<std::uint16_t>(position >> 32)};
}

void CommandMemory::put(const Slot& slot) {
    std::size_t at = home_of(slot.hash());
    while (!slots_[at].is_free()) at = next(at);
    slots_[at] = slot;
    ++size_;
}

void CommandMemory::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    size_ = 0;
    for (const Slot& slot : old) {
        if (!slot.is_free()) put(slot);
    }
}

}  // namespace daybook
