// How far what was short of a pool is covered: in quantities, so that no change of a value touches
// it.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/domain/cost/moment.hpp"

namespace daybook::cost {

// Before a moment. Nothing of this counts while stock is not short then.
struct Covered {
    struct Part {
        Moment issue;
        std::int64_t quantity = 0;  // Thousandths.
    };
    Moment before;
    Moment issue;             // Whatever was short of the issues before this moment is covered,
    std::vector<Part> parts;  // and so much of later ones, in their order.

    [[nodiscard]] std::int64_t of(Moment later_issue) const;
    // So much more of it is covered.
    void cover(Moment later_issue, std::int64_t more);
    // All that is short is covered through this issue, the first that was left.
    void pass(Moment first);
};

// What was found out at some moments of a pool, so that nobody has to read it again from the
// beginning: many near the last of them, few far from it. Copies share it in constant time.
class CoveredMarks {
 public:
    // Reading again what is nearer costs less than a mark.
#ifdef DAYBOOK_COST_SMALL_NODES
    static constexpr std::size_t movements_between = 2;
    static constexpr std::size_t marks_max = 6;
#else
    static constexpr std::size_t movements_between = 16;
    static constexpr std::size_t marks_max = 32;
#endif

    // At the last mark that lies at `moment` or before; the pool's beginning if there is none.
    [[nodiscard]] Covered at_or_before(Moment moment) const;
    // The last mark behind a short issue at which nothing of it is covered; none if there is none.
    [[nodiscard]] Moment last_untouched(Moment issue) const;
    void add(Covered covered);
    // A quantity at this moment is another one now.
    void forget_behind(Moment moment);

 private:
    struct Shared {
        std::uint32_t holders = 0;
        std::vector<Covered> marks;  // In order; never empty, not changed any more.

        friend void intrusive_ptr_add_ref(Shared* shared) { ++shared->holders; }
        friend void intrusive_ptr_release(Shared* shared) {
            if (--shared->holders == 0) (void)std::unique_ptr<Shared>{shared};
        }
    };
    void hold(std::vector<Covered> marks);

    boost::intrusive_ptr<Shared> shared_;  // None as long as there is no mark.
};

}  // namespace daybook::cost
