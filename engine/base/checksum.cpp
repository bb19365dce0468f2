#include "engine/base/checksum.hpp"

#include <xxhash.h>

namespace daybook {

std::uint64_t checksum_64(std::span<const std::byte> bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

Digest128 checksum_128(std::string_view text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return {.high = hash.high64, .low = hash.low64};
}

}  // namespace daybook
