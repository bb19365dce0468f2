// Reads how shortages of a pool are covered. What leaves before it has come is charged at an
// assumed cost; the receipts that come then cover it, first in first out, and replace the assumed
// cost by their own. What comes back covers first what is short of its own issue. Valid until the
// pool changes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/covered.hpp"
#include "engine/domain/cost/meter.hpp"

namespace daybook::cost {

// The issues of a shortage, from one on, with what of each was short.
class ShortIssues {
 public:
    struct One {
        Moment issue;
        std::int64_t quantity = 0;  // Thousandths.
    };
    // From the first at `first` or later, where stock is short.
    ShortIssues(const CostPool& pool, Moment first);

    // The one that comes next; nothing behind the last movement.
    [[nodiscard]] std::optional<One> next();
    void pass();  // It.

 private:
    std::span<const IssueAhead> closed_;  // Those of a closed time that are left.
    Meter meter_;
};

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
    // What is to be covered yet, the first to be covered first.
    [[nodiscard]] std::vector<IssueAhead> left();
    // The same of one issue; nothing if there is none.
    [[nodiscard]] std::optional<IssueAhead> left_of(Moment issue) const;
    // Whether this issue is short and nothing of that is covered.
    [[nodiscard]] bool is_untouched(Moment issue) const;

 private:
    struct Covering {  // So much of these goods is used by now.
        Moment receipt;
        std::int64_t quantity = 0;
        std::int64_t value = 0;
        std::int64_t used = 0;
    };
    struct Settling {
        Moment receipt;
        std::int64_t quantity = 0;
        std::int64_t worth = 0;
    };
    void read_before(Moment from);
    void take(const Entry& entry);
    void take_closed(const Entry& entry);
    void add(const Entry& issue);
    void start_shortage(Moment issue);
    void cover(Covering covering);
    void cover_own(Covering& covering, const Entry& receipt);
    void settle(const ShortIssues::One& waiting, const Settling& by);
    void tell(const ShortIssues::One& waiting, const Settling& by);
    [[nodiscard]] std::optional<ShortIssues::One> waiting(Moment issue) const;
    [[nodiscard]] IssueAhead rest_of(const ShortIssues::One& waiting) const;
    [[nodiscard]] IssueAhead whole_of(Moment issue) const;
    [[nodiscard]] bool is_closed_shortage(const Entry& entry) const;
    [[nodiscard]] std::int64_t value_on_hand();

    const CostPool& pool_;
    const BroughtBack& brought_back_;
    Covered covered_;
    Meter meter_;
    std::optional<ShortIssues> front_;  // At the first that is not covered, once it is asked for.
    bool is_telling_ = false;
    bool is_first_ = true;
    std::vector<TrueUp> made_;
};

}  // namespace daybook::cost
