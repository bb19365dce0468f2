// When a movement of goods counts: its effective day, its rank within the day, and the order in
// which the book learned of it. One integer, so that movements compare quickly.
#pragma once

#include <compare>
#include <cstdint>

#include "engine/base/assert.hpp"
#include "engine/base/date.hpp"

namespace daybook::cost {

// Ranks are the company's policy: with receipts before issues of the same day, a receipt has rank 0
// and an issue rank 1; without, all have the same rank.
inline constexpr std::uint8_t rank_max = 3;
// The module's movements are numbered from 1 to this.
inline constexpr std::uint64_t sequence_max = (std::uint64_t{1} << 40) - 1;

class Moment {
 public:
    constexpr Moment() = default;  // Before every movement.
    [[nodiscard]] static constexpr Moment of(Date day, std::uint8_t rank, std::uint64_t sequence) {
        DAYBOOK_ASSERT(day >= date_min);
        DAYBOOK_ASSERT(day <= date_max);
        DAYBOOK_ASSERT(rank <= rank_max);
        DAYBOOK_ASSERT(sequence <= sequence_max);
        const std::uint64_t days = static_cast<std::uint32_t>(day.days() - date_min.days()) + 1;
        return from_bits(days << day_shift | std::uint64_t{rank} << rank_shift | sequence);
    }
    // Before and after every movement of the day.
    [[nodiscard]] static constexpr Moment start_of(Date day) { return of(day, 0, 0); }
    [[nodiscard]] static constexpr Moment end_of(Date day) {
        return of(day, rank_max, sequence_max);
    }
    [[nodiscard]] static constexpr Moment from_bits(std::uint64_t bits) {
        Moment moment;
        moment.bits_ = bits;
        return moment;
    }

    [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
    [[nodiscard]] constexpr bool is_none() const { return bits_ == 0; }
    // No day for the moment before every movement.
    [[nodiscard]] constexpr Date day() const {
        if (bits_ >> day_shift == 0) return Date{};
        return date_min.plus_days(static_cast<std::int32_t>(bits_ >> day_shift) - 1);
    }
    [[nodiscard]] constexpr std::uint8_t rank() const {
        return static_cast<std::uint8_t>(bits_ >> rank_shift & rank_max);
    }
    [[nodiscard]] constexpr std::uint64_t sequence() const { return bits_ & sequence_max; }
    // The very next moment: what has happened through this one is what happened before that one.
    [[nodiscard]] constexpr Moment next() const { return from_bits(bits_ + 1); }
    friend constexpr auto operator<=>(Moment, Moment) = default;

 private:
    static constexpr int rank_shift = 40;
    static constexpr int day_shift = 42;
    std::uint64_t bits_ = 0;
};

}  // namespace daybook::cost
