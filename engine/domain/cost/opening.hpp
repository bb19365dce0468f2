// What a closed time leaves of a pool, beside the receipts of which something is left.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/domain/cost/tree.hpp"

namespace daybook::cost {

// A receipt of which a part had left when the time was closed. Its movement has the quantity and
// the value that are left; later slices and revaluations still divide by the original figures, so
// that they cost what they would have cost without the closing.
struct OpenLayer {
    Moment receipt;
    std::int64_t quantity = 0;  // As received.
    std::int64_t gone = 0;      // Before the opening; all of it if only the unit cost is of use.
    std::int64_t value = 0;     // Of all of it, with the revaluations through the closing.

    [[nodiscard]] std::int64_t given_before() const;
};

// Not changed any more; shared by the copies of a pool.
struct Opening {
    std::uint32_t holders = 0;
    Date through;
    Running running;
    std::vector<OpenLayer> layers;  // In order of their receipts.
    std::vector<IssueAhead> ahead;  // What is short by then, the first to be covered first.

    [[nodiscard]] const OpenLayer* find(Moment receipt) const;  // Null if none of it had left.
    // Behind every receipt of the closed time, and before everything after it.
    [[nodiscard]] Moment end() const { return Moment::end_of(through); }
    // When all that is short leaves, as one issue.
    [[nodiscard]] Moment shortage() const { return Moment::of(through, rank_max, 0); }
};
void intrusive_ptr_add_ref(Opening* opening);
void intrusive_ptr_release(Opening* opening);

}  // namespace daybook::cost
