// Reads a pool's curves at a position that only moves forward: what is on hand, what has been
// brought in, and the expense, each in constant time per movement passed or in logarithmic time per
// jump. Valid until the pool changes.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/cursor.hpp"
#include "engine/domain/cost/running.hpp"

namespace daybook::cost {

// A receipt at the position of the fifo curve: what of it has left, and what its revaluations
// amount to at the meter's moment.
struct CurvePoint {
    const Entry* receipt = nullptr;
    std::int64_t gone = 0;
    std::int64_t noted = 0;
};

// Which movements are looked for: those that others refer to, or those of some reasons (receipts
// apart).
struct Wanted {
    bool is_linked = false;
    std::uint64_t reason_bits = 0;

    [[nodiscard]] bool has(const Entry& entry) const {
        if (is_linked) return entry.is_linked;
        return entry.kind != Kind::receipt && (entry.reason_bit() & reason_bits) != 0;
    }
    [[nodiscard]] bool has_any(const Summary& summary) const {
        return is_linked ? summary.linked > 0 : (summary.step_reasons & reason_bits) != 0;
    }
};

class Meter {
 public:
    explicit Meter(const CostPool& pool);

    // The movement that comes next; null at the end.
    [[nodiscard]] const Entry* next();
    void pass();  // It.
    // All movements before the moment.
    void pass_before(Moment end);
    // All before `end` that have this reason or cannot change the expense.
    void pass_run(Moment end, std::uint64_t reason_bits);
    // All that is not wanted.
    void pass_others(const Wanted& wanted);
    // All after which at least this quantity is on hand.
    void pass_while_enough(std::int64_t quantity);
    // Whether this movement, the next one, may change the expense.
    [[nodiscard]] bool may_step(const Entry& entry) const {
        return entry.kind != Kind::receipt || method_ == Method::standard || on_hand() < 0;
    }

    [[nodiscard]] std::int64_t on_hand() const { return received_ - issued_; }
    [[nodiscard]] std::int64_t brought_in() const { return received_value_ + revalued_; }
    [[nodiscard]] const Running& running() const { return running_; }
    [[nodiscard]] std::int64_t expense();
    [[nodiscard]] std::int64_t value() { return brought_in() - expense(); }

    // The receipts passed that are not all gone, the first to be used up first, as far as they
    // cover the quantity.
    [[nodiscard]] std::vector<CurvePoint> open_receipts(std::int64_t quantity);
    // By fifo: what the gone part of the receipt has given to the expense since the opening, and
    // what the rest of it is worth.
    [[nodiscard]] std::int64_t given(const CurvePoint& point) const;
    [[nodiscard]] std::int64_t left_value(const CurvePoint& point) const;

 private:
    template <class MayTakeSlot, class MayTakeEntry>
    void pass_while(const MayTakeSlot& may_take_slot, const MayTakeEntry& may_take_entry) {
        at_.pass(
            [&](const Slot& slot) {
                const bool taken = may_take_slot(slot);
                if (taken) take(slot);
                return taken;
            },
            [&](const Entry& entry) {
                const bool taken = may_take_entry(entry);
                if (taken) take(entry);
                return taken;
            }
        );
    }
    void take(const Slot& slot);
    void take(const Entry& entry);
    [[nodiscard]] std::int64_t fifo_expense();
    [[nodiscard]] std::int64_t short_expense() const;
    [[nodiscard]] std::int64_t given_behind(Moment receipt) const;
    void find_layer();

    const CostPool& pool_;
    const Method method_;
    Cursor at_;
    Moment now_;  // The last movement passed.
    std::int64_t received_ = 0;
    std::int64_t received_value_ = 0;
    std::int64_t issued_ = 0;
    std::int64_t revalued_ = 0;
    std::int64_t lost_ = 0;
    Running running_;

    // The place on the fifo curve: the first receipt of which something is left, what was received
    // before it, and what that is worth by now.
    Cursor layer_;
    bool layer_is_known_ = false;
    std::int64_t quantity_before_ = 0;
    std::int64_t value_before_ = 0;
};

}  // namespace daybook::cost
