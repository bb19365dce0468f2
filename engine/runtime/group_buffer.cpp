#include "engine/runtime/group_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace daybook {
namespace {

constexpr std::size_t memory_bytes_min = std::size_t{1} << 20;
constexpr std::size_t memory_bytes_kept_max = std::size_t{128} << 20;
// Where a header keeps its batch_count; checked against the accessor whenever it is written.
constexpr std::size_t batch_count_offset = 100;
static_assert(batch_count_offset + 12 == sizeof(EventHeader));

constexpr std::size_t aligned(std::size_t bytes) {
    return (bytes + 7) / 8 * 8;
}

}  // namespace

void GroupBuffer::start(std::uint64_t position) {
    if (memory_.size() > memory_bytes_kept_max) memory_ = {};
    used_ = 0;
    places_.clear();
    first_position_ = position;
}

void GroupBuffer::append(const EventHeader& header, std::span<const std::byte> payload) {
    DAYBOOK_ASSERT(header.position() == next_position());
    DAYBOOK_ASSERT(header.payload_bytes() == payload.size());
    const std::size_t bytes = sizeof(EventHeader) + payload.size();
    make_room(aligned(bytes));
    std::byte* place = memory_.data() + used_;
    std::memcpy(place, &header, sizeof(EventHeader));
    std::memcpy(place + sizeof(EventHeader), payload.data(), payload.size());
    places_.push_back({used_, bytes});
    used_ += aligned(bytes);
}

void GroupBuffer::seal(std::size_t first) {
    DAYBOOK_ASSERT(first <= places_.size());
    const auto count = static_cast<std::uint32_t>(places_.size() - first);
    for (std::size_t index = first; index < places_.size(); ++index) {
        std::byte* place = memory_.data() + places_[index].offset;
        flatbuffers::WriteScalar(place + batch_count_offset, count);
        DAYBOOK_ASSERT(header_of(event(index)).batch_count() == count);
    }
}

void GroupBuffer::truncate(std::size_t first) {
    DAYBOOK_ASSERT(first <= places_.size());
    if (first == places_.size()) return;
    used_ = places_[first].offset;
    places_.resize(first);
}

EventBytes GroupBuffer::event(std::size_t index) const {
    DAYBOOK_ASSERT(index < places_.size());
    return std::span{memory_}.subspan(places_[index].offset, places_[index].bytes);
}

std::span<const EventBytes> GroupBuffer::events() {
    events_.clear();
    for (std::size_t index = 0; index < places_.size(); ++index) events_.push_back(event(index));
    return events_;
}

void GroupBuffer::make_room(std::size_t bytes) {
    if (used_ + bytes <= memory_.size()) return;
    memory_.resize(std::max({memory_bytes_min, memory_.size() * 2, used_ + bytes}));
}

}  // namespace daybook
