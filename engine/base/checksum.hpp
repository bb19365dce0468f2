// XXH3: fast checksums against accidents, not against people. Against people there is SHA-256.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace daybook {

struct Digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Digest128&, const Digest128&) = default;
};

[[nodiscard]] std::uint64_t checksum_64(std::span<const std::byte> bytes);
[[nodiscard]] Digest128 checksum_128(std::string_view text);

}  // namespace daybook
