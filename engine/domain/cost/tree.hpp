// The movements of a pool in order of their moments: a tree whose nodes are counted and shared by
// the copies of a pool. Leaves hold movements, inner nodes hold what their children add up to. A
// node that only one tree holds is changed in place, any other is copied first.
#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/wide.hpp"
#include "engine/domain/cost/movement.hpp"

namespace daybook::cost {

#ifdef DAYBOOK_COST_SMALL_NODES  // For tests: a few movements make a tall tree.
inline constexpr std::size_t leaf_entries_max = 4;
inline constexpr std::size_t inner_slots_max = 3;
#else
inline constexpr std::size_t leaf_entries_max = 64;
inline constexpr std::size_t inner_slots_max = 16;
#endif
inline constexpr std::uint64_t detail_max = (std::uint64_t{1} << 48) - 1;

// One movement, 32 bytes.
struct Entry {
    Moment moment;
    std::int64_t quantity = 0;  // Thousandths; of a revaluation: the bits of its receipt's moment.
    std::int64_t value = 0;     // Minor units; of a new standard: micro units of the currency.
    std::uint32_t detail_low = 0;
    std::uint16_t detail_high = 0;
    std::uint8_t reason = 0;
    Kind kind : 7 = Kind::none;
    bool is_linked : 1 = false;

    // receipt: the day of origin, counted from date_min, plus one; zero if it is its own day.
    // revaluation: the quantity of its receipt. new_standard: thousandths for `value`.
    [[nodiscard]] std::uint64_t detail() const {
        return std::uint64_t{detail_high} << 32 | detail_low;
    }
    void set_detail(std::uint64_t detail) {
        DAYBOOK_ASSERT(detail <= detail_max);
        detail_low = static_cast<std::uint32_t>(detail);
        detail_high = static_cast<std::uint16_t>(detail >> 32);
    }
    [[nodiscard]] Moment receipt() const {
        return Moment::from_bits(static_cast<std::uint64_t>(quantity));
    }
    [[nodiscard]] std::uint64_t reason_bit() const { return std::uint64_t{1} << reason; }
    friend bool operator==(const Entry&, const Entry&) = default;
};
static_assert(sizeof(Entry) == 32);

// A revaluation, kept where its receipt is.
struct Note {
    Moment receipt;
    Moment moment;
    std::int64_t amount = 0;
    friend auto operator<=>(const Note&, const Note&) = default;
};

// What a run of movements adds up to.
struct Summary {
    Moment last;
    std::uint64_t count = 0;
    std::int64_t received = 0;
    std::int64_t received_value = 0;
    std::int64_t issued = 0;
    std::int64_t revalued = 0;
    std::int64_t lost = 0;    // Of `revalued`, what concerns receipts that are not here any more.
    std::int64_t lowest = 0;  // The least on hand after any of them, less that before the first.
    std::uint64_t receipt_reasons = 0;
    std::uint64_t step_reasons = 0;  // Of all but receipts: what may change the expense.
    std::uint32_t linked = 0;
    std::uint32_t revaluations = 0;
    std::uint32_t new_standards = 0;
    // The revaluations of the receipts among them, whenever those count.
    std::uint32_t notes = 0;
    std::int64_t noted = 0;
    Moment first_note;
    Moment last_note;

    [[nodiscard]] std::int64_t on_hand() const { return received - issued; }
    [[nodiscard]] std::int64_t brought_in() const { return received_value + revalued; }
};
[[nodiscard]] Summary summary_of(const Entry& entry);
// `a`, followed by `b`.
[[nodiscard]] Summary combine(const Summary& a, const Summary& b);

// What average and standard carry from movement to movement; see running.hpp.
struct Running {
    std::int64_t value = 0;
    std::int64_t unit_value = 0;
    std::int64_t unit_quantity = 0;  // Zero: there is no unit cost.

    [[nodiscard]] static constexpr Running unknown() { return {.unit_quantity = -1}; }
    [[nodiscard]] constexpr bool is_known() const { return unit_quantity >= 0; }
    friend bool operator==(const Running&, const Running&) = default;
};

struct Leaf {
    std::uint32_t holders = 0;
    std::vector<Entry> entries;
    std::vector<Note> notes;  // In order of the receipts, then of their own moments.

    // The revaluations of one receipt.
    [[nodiscard]] std::span<const Note> notes_of(Moment receipt) const;
    // What they amount to through the moment.
    [[nodiscard]] std::int64_t noted(Moment receipt, Moment through) const;
};
void intrusive_ptr_add_ref(Leaf* leaf);
void intrusive_ptr_release(Leaf* leaf);

struct Inner;
void intrusive_ptr_add_ref(Inner* inner);
void intrusive_ptr_release(Inner* inner);

// A subtree: a leaf or an inner node (neither: empty), and what it adds up to.
struct Slot {
    boost::intrusive_ptr<Leaf> leaf;
    boost::intrusive_ptr<Inner> inner;
    Summary summary;
    Running after;  // The running state behind its last movement.

    [[nodiscard]] bool same_node(const Slot& other) const {
        return leaf == other.leaf && inner == other.inner;
    }
};

struct Inner {
    std::uint32_t holders = 0;
    boost::container::static_vector<Slot, inner_slots_max> slots;
};

inline void intrusive_ptr_add_ref(Leaf* leaf) {
    ++leaf->holders;
}
inline void intrusive_ptr_add_ref(Inner* inner) {
    ++inner->holders;
}

// The node, to be changed: copied first if other trees hold it too.
[[nodiscard]] Leaf& own(boost::intrusive_ptr<Leaf>& leaf);
[[nodiscard]] Inner& own(boost::intrusive_ptr<Inner>& inner);

// Puts a movement in its place. If it comes last, `after` is the running state behind it; the
// states of a leaf that was split are unknown until they are settled.
void insert(Slot& root, const Entry& entry, const Running& after);
// Puts a revaluation where its receipt is.
void add_note(Slot& root, const Note& note);
// Changes a movement that is here: its value or its mark, nothing else.
void replace(Slot& root, const Entry& entry);
// A tree of these movements, in order; their revaluations' notes follow from them. All running
// states are unknown.
[[nodiscard]] Slot build(std::span<const Entry> entries);

// Null if there is none. Valid until the next change.
[[nodiscard]] const Entry* find(const Slot& root, Moment moment);
// The last receipt on or before the moment; null if there is none.
[[nodiscard]] const Entry* last_receipt(const Slot& root, Moment through);
// What the revaluations of a receipt amount to through a moment.
[[nodiscard]] std::int64_t noted_through(const Slot& root, Moment receipt, Moment through);

}  // namespace daybook::cost
