// The batch that every store writes.
#include "engine/store/store.hpp"

#include <algorithm>
#include <limits>

#include "engine/base/assert.hpp"

namespace daybook {

void StoreBatch::add(std::string_view key, std::optional<std::string_view> value) {
    constexpr std::size_t part_bytes_max = std::numeric_limits<std::uint32_t>::max();
    DAYBOOK_ASSERT(key.size() < part_bytes_max);
    DAYBOOK_ASSERT(!value || value->size() < part_bytes_max);
    places_.push_back({
        .offset = bytes_.size(),
        .key_bytes = static_cast<std::uint32_t>(key.size()),
        .value_bytes = static_cast<std::uint32_t>(value ? value->size() : 0),
        .is_erased = !value,
    });
    bytes_.append(key);
    if (value) bytes_.append(*value);
}

void StoreBatch::put(std::string_view key, std::string_view value) {
    add(key, value);
}
void StoreBatch::erase(std::string_view key) {
    add(key, std::nullopt);
}

void StoreBatch::clear() {
    bytes_.clear();
    places_.clear();
}

StoreBatch::Change StoreBatch::at(std::size_t index) const {
    const Place& place = places_.at(index);
    if (place.is_erased) return {key_of(place), std::nullopt};
    const std::size_t value_offset = place.offset + place.key_bytes;
    return {key_of(place), std::string_view{bytes_}.substr(value_offset, place.value_bytes)};
}

void StoreBatch::sort() {
    const auto is_before = [this](const Place& a, const Place& b) { return key_of(a) < key_of(b); };
    const auto is_ascending = [&] {
        return std::ranges::adjacent_find(places_, [&](const Place& a, const Place& b) {
                   return !is_before(a, b);
               }) == places_.end();
    };
    if (is_ascending()) return;
    std::ranges::sort(places_, is_before);
    DAYBOOK_ASSERT(is_ascending());
}

}  // namespace daybook
