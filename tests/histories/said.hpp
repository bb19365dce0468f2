// What inventory's events alone say of quantities: how much is where at every moment.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {

class SaidQuantities {
 public:
    // Checks, too, what one movement must keep: a transfer takes nothing and adds nothing.
    void learn(const StockMoved& event, bool receipts_first) {
        std::int64_t carried = 0;
        std::int64_t worth = 0;
        touched_.clear();
        for (const StockLine* line : *event.lines()) {
            const std::int64_t milli = line->quantity().milli();
            if (line->reason() == MoveReason::transfer) {
                carried += milli;
                worth += line->value().minor() + variance_of(event, line->sequence());
            }
            if (milli == 0) continue;
            const bool is_first =
                receipts_first && line->original() == 0 && comes_by_itself(line->reason());
            add({read(line->item()), read(line->location()), read(line->lot())},
                {read(event.date()), is_first ? 1 : 2, milli});
        }
        REQUIRE(carried == 0);
        REQUIRE(worth == 0);
    }
    // Whether every place that the last movement touched has something, or nothing, at every
    // moment.
    [[nodiscard]] bool is_never_short() const {
        return std::ranges::all_of(touched_, [&](std::size_t place) {
            std::int64_t running = 0;
            return std::ranges::all_of(places_[place].changes, [&](const Change& change) {
                running += change.milli;
                return running >= 0;
            });
        });
    }

 private:
    struct Key {
        Id item;
        Id location;
        Id lot;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct Change {
        Date date;
        int rank = 0;
        std::int64_t milli = 0;
    };
    struct Place {
        Key key;
        std::vector<Change> changes;  // In the order in which they count.
    };

    static bool comes_by_itself(MoveReason reason) {
        return reason == MoveReason::opening || reason == MoveReason::count_gain;
    }
    static std::int64_t variance_of(const StockMoved& event, std::uint64_t sequence) {
        if (event.variances() == nullptr) return 0;
        for (const LineVariance* variance : *event.variances()) {
            if (variance->sequence() == sequence) return variance->amount().minor();
        }
        return 0;
    }
    void add(const Key& key, const Change& change) {
        auto place = std::ranges::find(places_, key, &Place::key);
        if (place == places_.end()) place = places_.insert(place, Place{key, {}});
        touched_.push_back(static_cast<std::size_t>(place - places_.begin()));
        const auto later = std::ranges::find_if(place->changes, [&](const Change& other) {
            return std::tie(change.date, change.rank) < std::tie(other.date, other.rank);
        });
        place->changes.insert(later, change);
    }

    std::vector<Place> places_;
    std::vector<std::size_t> touched_;
};

}  // namespace daybook::inventory
