// The words of costing: what moves, by which method it is valued, and what a pool answers.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/money.hpp"
#include "engine/domain/cost/moment.hpp"

namespace daybook::cost {

enum class Method : std::uint8_t { none, fifo, average, standard };
enum class Kind : std::uint8_t { none, receipt, issue, revaluation, new_standard };

inline constexpr std::uint8_t reason_max = 63;  // A reason is one bit of a set.
// One movement's quantity, and all that a pool may receive or issue.
inline constexpr Quantity movement_quantity_max = Quantity::from_milli((std::int64_t{1} << 47) - 1);
inline constexpr Quantity pool_quantity_max = Quantity::from_milli(std::int64_t{1} << 61);
inline constexpr std::int64_t pool_value_max = std::int64_t{1} << 61;

struct Movement {
    Moment moment;  // Its own, unlike any other in the pool.
    Kind kind = Kind::none;
    std::uint8_t reason = 0;  // What differences() groups by; at most reason_max.
    bool is_linked = false;   // Others refer to its cost: linked_changes() lists it.
    Quantity quantity;        // receipt and issue: positive. Else zero.
    Money value;              // receipt: what it brings in. revaluation: the amount, signed.
    Date origin;              // receipt: the day from which it ages; none means its own day.
    Moment receipt;           // revaluation: of which receipt.
    UnitPrice standard;       // new_standard: the cost of one unit from now on.
};

// Where the stock runs out: on hand less the wanted quantity is first negative after `moment`.
struct Shortage {
    Moment moment;
    Quantity missing;
};
// A revaluation's amount: what stays in stock, and what fell on goods already gone.
struct Split {
    Money to_stock;
    Money to_sold;
};
// What is left of a receipt, or what an issue took of it.
struct Layer {
    Moment moment;
    Date origin;
    Quantity quantity;
    Money value;
};
// What an issue took of a receipt, and what had left of that before.
struct Taken {
    Moment issue;
    std::uint8_t reason = 0;
    bool is_linked = false;
    std::int64_t before = 0;  // Thousandths, like
    std::int64_t quantity = 0;
};
struct Gone {
    std::int64_t quantity = 0;  // All that has left, in the closed time too.
    std::vector<Taken> taken;   // By the issues since the closed time, in their order.
};
// What of an issue left before it had come, and what it was assumed to cost.
struct IssueAhead {
    Moment issue;
    std::uint8_t reason = 0;
    std::int64_t quantity = 0;  // Thousandths.
    std::int64_t assumed = 0;   // Minor units.
};
// A receipt covers goods of an issue that left before they came: so much more than assumed is what
// they cost by it. `receipt` may be the end of a closed time, for what was learned of it later.
struct TrueUp {
    Moment receipt;
    Moment issue;
    std::uint8_t reason = 0;    // Of the issue.
    std::int64_t quantity = 0;  // Thousandths that it covers,
    std::int64_t assumed = 0;   // what they were assumed to cost (minor units),
    std::int64_t amount = 0;    // and so much more.
    friend bool operator==(const TrueUp&, const TrueUp&) = default;
};
// The issue of which a receipt brings a part back, which only the pool's owner knows; none else.
using BroughtBack = std::function<Moment(Moment receipt)>;
struct TrueUpChange {
    Moment receipt;  // The issue itself: something else of it is short.
    Moment issue;
    std::uint8_t reason = 0;
    std::int64_t before = 0;  // The amounts, which may be equal,
    std::int64_t after = 0;   // if not what was covered or assumed.
};
// The costs of all movements of one day with one reason.
struct CostChange {
    Date day;
    std::uint8_t reason = 0;
    Money before;
    Money after;
};
// A movement whose cost is another one now.
struct LinkedChange {
    Moment moment;
    Money before;
    Money after;
    std::uint8_t reason = 0;
};

}  // namespace daybook::cost
