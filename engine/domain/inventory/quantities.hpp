// How much was where at every moment: for each place the sums of its days.
//
// A movement that the book learns of counts after those of its day that it knows already, so a day
// needs no more than its sum and the lowest that its running sum came to. Where a policy puts
// receipts before issues, a day has two ranks. That keeps ten million movements of a thousand days
// in a thousand entries, those of closed years too, and a back-dated movement finds the first later
// moment that it would leave short by looking at those entries, sixty-four at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/pack.hpp"

namespace daybook::inventory {

// Of a day, those of rank 0 count first.
struct DayRank {
    Date day;
    std::uint8_t rank = 0;
    friend constexpr auto operator<=>(const DayRank&, const DayRank&) = default;
};

// What one place had, over time.
class QuantityCurve {
 public:
    struct DayTotal {
        DayRank at;
        std::int64_t sum = 0;     // In thousandths.
        std::int64_t lowest = 0;  // Of the running sum from the day's beginning on; zero or less.
    };
    // A moment at which less is there than is needed.
    struct Short {
        Date day;
        std::int64_t on_hand = 0;
    };

    [[nodiscard]] std::int64_t total() const { return total_; }
    [[nodiscard]] std::int64_t at_end_of(Date day) const { return before({day, max_rank}, true); }
    // The first moment, from the end of this one on, at which fewer than `needed` are there.
    [[nodiscard]] std::optional<Short> first_short(const DayRank& from, std::int64_t needed) const;
    // The least that is there from the end of this moment on.
    [[nodiscard]] std::int64_t lowest_from(const DayRank& from) const;

    // Counts after everything of that moment.
    void add(const DayRank& at, std::int64_t change);
    // The entry as it is, to put it back with restore(); none if there is none.
    [[nodiscard]] std::optional<DayTotal> entry(const DayRank& at) const;
    void restore(const DayRank& at, const std::optional<DayTotal>& before);
    [[nodiscard]] const std::vector<DayTotal>& days() const { return days_; }
    void load(std::vector<DayTotal> days);

 private:
    static constexpr std::size_t chunk_days = 64;
    static constexpr std::uint8_t max_rank = 255;
    struct Chunk {
        std::int64_t sum = 0;
        std::int64_t lowest = 0;
    };

    [[nodiscard]] std::size_t first_from(const DayRank& at) const;
    [[nodiscard]] std::int64_t before(const DayRank& at, bool inclusive) const;
    [[nodiscard]] std::int64_t sum_before(std::size_t index) const;
    void recount(std::size_t from);

    std::vector<DayTotal> days_;  // In the order of their moments.
    std::vector<Chunk> chunks_;   // One for each chunk_days of them.
    std::int64_t total_ = 0;
};

// The curves of all places by their numbers: a container of the module's state. A batch that is
// refused is taken back entry by entry, so that no curve is ever copied.
class Quantities {
 public:
    // Null if nothing ever moved there; valid until the next change.
    [[nodiscard]] const QuantityCurve* find(std::uint32_t place) const {
        return place < curves_.size() ? &curves_[place] : nullptr;
    }
    void add(std::uint32_t place, const DayRank& at, std::int64_t change);

    void begin();
    void commit();
    void rollback();
    void save(Packer& packer) const;
    void load(Unpacker& unpacker);

 private:
    struct Noted {
        std::uint32_t place = 0;
        DayRank at;
        std::optional<QuantityCurve::DayTotal> before;
    };

    std::vector<QuantityCurve> curves_;
    std::vector<Noted> noted_;
    std::size_t count_before_ = 0;
    bool noting_ = false;
};

}  // namespace daybook::inventory
