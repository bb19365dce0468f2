// Reads how shortages of a pool are covered. What leaves before it has come is charged at an
// assumed cost; the receipts that come then cover it, first in first out, and replace the assumed
// cost by their own. What comes back covers first what is short of its own issue. Valid until the
// pool changes.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/meter.hpp"

namespace daybook::cost {

class TrueUpReader {
 public:
    // Reads what is made good at `from` or later.
    TrueUpReader(const CostPool& pool, const BroughtBack& brought_back, Moment from);

    // What the next movement covers that covers anything, in the order of the issues; or one that
    // leaves more than there is, which "covers" all that is short of itself. Nothing at the end.
    // Valid until the next call.
    [[nodiscard]] const std::vector<TrueUp>& next();
    // The same of the movement that comes next, whatever it is.
    [[nodiscard]] const std::vector<TrueUp>& next_movement();
    // Whether something of this issue, which was read, is to be covered yet.
    [[nodiscard]] bool waits_for(Moment issue) const;
    // What is to be covered yet, the first to be covered first.
    [[nodiscard]] std::vector<IssueAhead> left() const;

 private:
    struct Waiting {
        IssueAhead ahead;
        std::int64_t covered = 0;
    };
    struct Covering {  // So much of these goods is used by now.
        Moment receipt;
        std::int64_t quantity = 0;
        std::int64_t value = 0;
        std::int64_t used = 0;
    };
    void take(const Entry& entry);
    void take_closed(const Entry& entry);
    void add(const Entry& issue);
    void cover(Covering covering);
    void cover_own(Covering& covering, const Entry& receipt);
    struct Settling {
        Moment receipt;
        std::int64_t quantity = 0;
        std::int64_t worth = 0;
    };
    void settle(std::deque<Waiting>::iterator waiting, const Settling& by);
    [[nodiscard]] static std::int64_t part_of(const Covering& covering, const Waiting& waiting);
    [[nodiscard]] bool is_closed_shortage(const Entry& entry) const;
    [[nodiscard]] std::int64_t value_on_hand();

    const CostPool& pool_;
    const BroughtBack& brought_back_;
    Meter meter_;
    std::deque<Waiting> waiting_;  // In the order of the issues.
    bool is_first_ = true;
    std::vector<TrueUp> made_;
};

}  // namespace daybook::cost
