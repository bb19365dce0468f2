// Pseudo-random numbers that are the same on every machine (SplitMix64, Steele, Lea & Flood 2014).
#pragma once

#include <cstdint>

#include "engine/base/assert.hpp"

namespace daybook {

class Prng {
 public:
    explicit constexpr Prng(std::uint64_t seed) : state_(seed) {}

    constexpr std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        return mixed ^ (mixed >> 31);
    }
    // Uniform in [0, bound); bound must be positive.
    constexpr std::uint64_t below(std::uint64_t bound) {
        DAYBOOK_ASSERT(bound > 0);
        __extension__ using Product = unsigned __int128;
        return static_cast<std::uint64_t>(static_cast<Product>(next()) * bound >> 64);
    }
    // Uniform in [low, high].
    constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
        DAYBOOK_ASSERT(low <= high);
        const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + below(span));
    }
    constexpr bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
    std::uint64_t state_;
};

}  // namespace daybook
