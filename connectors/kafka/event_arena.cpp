// Places are kept as numbers, not as pointers: the memory moves as it grows.
#include "connectors/kafka/event_arena.hpp"

#include <cstring>

#include "engine/base/assert.hpp"

namespace daybook::kafka {
namespace {

std::size_t words_of(std::size_t bytes) {
    return (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
}

}  // namespace

void EventArena::reserve(std::size_t events, std::size_t bytes) {
    words_.reserve(words_of(bytes) + events);
    places_.reserve(events);
    hashes_.reserve(events);
}

void EventArena::add(std::span<const std::byte> event, const EventHashes& hashes) {
    const std::size_t begin = words_.size();
    words_.resize(begin + words_of(event.size()));
    std::memcpy(words_.data() + begin, event.data(), event.size());
    places_.push_back({begin, event.size()});
    hashes_.push_back(hashes);
}

void EventArena::drop_last(std::size_t count) {
    DAYBOOK_ASSERT(count <= places_.size());
    if (count == 0) return;
    words_.resize(places_[places_.size() - count].word);
    places_.resize(places_.size() - count);
    hashes_.resize(places_.size());
}

void EventArena::split(std::size_t count, EventArena& rest) {
    DAYBOOK_ASSERT(count <= places_.size() && rest.count() == 0);
    for (std::size_t index = count; index < places_.size(); ++index) {
        rest.add(event(index), hashes_[index]);
    }
    drop_last(rest.count());
}

void EventArena::clear() {
    words_.clear();
    places_.clear();
    hashes_.clear();
}

EventBytes EventArena::event(std::size_t index) const {
    const Place& place = places_[index];
    return {reinterpret_cast<const std::byte*>(words_.data() + place.word), place.bytes};
}

std::span<const EventBytes> EventArena::events() {
    views_.clear();
    for (std::size_t index = 0; index < places_.size(); ++index) views_.push_back(event(index));
    return views_;
}

}  // namespace daybook::kafka
