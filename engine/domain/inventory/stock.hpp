// What inventory remembers between commands: what may be moved, where everything is, and what it
// cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/module.hpp"
#include "schemas/inventory.hpp"

namespace daybook::inventory {

using Decision = daybook::Decision<EventRecordT, Refusal>;

inline constexpr std::size_t units_max = 50;       // Of one item, beside its stock unit.
inline constexpr std::size_t attributes_max = 50;  // Of one item.
inline constexpr std::uint64_t conversion_max = 1'000'000'000;

// So many of the unit are so many of the stock unit.
struct Conversion {
    Id unit;
    std::uint64_t numerator = 1;
    std::uint64_t denominator = 1;
};
struct Item {
    ItemKind kind = ItemKind::none;
    Tracking tracking = Tracking::none;
    bool is_active = false;
    bool has_moved = false;  // Its unit, tracking and kind are fixed.
    std::uint32_t shelf_life_days = 0;
    Id unit;
    Id group;
    Id posting_group;
    Quantity weight;
    Quantity volume;
    std::vector<Conversion> units;
};
struct Place {
    LocationKind kind = LocationKind::none;
    bool is_active = false;
    Id parent;
    Id warehouse;  // The root; the place itself if it has no parent.
};

struct Stock {
    Keyed<Item> items;
    Keyed<Place> locations;
};

// A rule that said no, before it has become a Decision.
struct Refused {
    Refusal refusal = Refusal::none;
    Reason reason;
    operator Decision() const { return {refusal, reason}; }
};
struct Nothing {};

// What a step of a decision worked out, or the rule that stopped it.
template <class T>
class [[nodiscard]] Judged {
 public:
    Judged(T value) : value_(std::move(value)) {}
    Judged(Refused refused) : refused_(std::move(refused)) {
        DAYBOOK_ASSERT(refused_.refusal != Refusal::none);
    }

    [[nodiscard]] bool ok() const { return refused_.refusal == Refusal::none; }
    [[nodiscard]] const Refused& refused() const { return refused_; }
    [[nodiscard]] T& value() {
        DAYBOOK_ASSERT(ok());
        return value_;
    }
    [[nodiscard]] const T& value() const {
        DAYBOOK_ASSERT(ok());
        return value_;
    }

 private:
    T value_{};
    Refused refused_;
};

}  // namespace daybook::inventory
