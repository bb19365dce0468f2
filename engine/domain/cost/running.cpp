#include "engine/domain/cost/running.hpp"

#include <algorithm>

namespace daybook::cost {
namespace {

// The first units to arrive at an empty or short stock cover what is missing; what is left of them
// is valued at their own cost, and so is what is missing still.
void receive_when_short(Running& running, std::int64_t on_hand, const Entry& entry) {
    const std::int64_t left = on_hand + entry.quantity;
    running.value = scaled(entry.value, left, entry.quantity);
    const bool is_short = left <= 0;
    running.unit_value = is_short ? entry.value : 0;
    running.unit_quantity = is_short ? entry.quantity : 0;
}

void issue(Running& running, std::int64_t on_hand, std::int64_t quantity) {
    if (quantity < on_hand) {
        running.value -= share_of(running.value, quantity, on_hand);
        return;
    }
    if (on_hand > 0) {
        running.unit_value = running.value;
        running.unit_quantity = on_hand;
    }
    running.value = scaled(running.unit_value, on_hand - quantity, running.unit_quantity);
}

void step_average(Running& running, std::int64_t on_hand, const Entry& entry) {
    switch (entry.kind) {
        case Kind::receipt:
            if (on_hand > 0) {
                running.value += entry.value;
            } else if (entry.quantity > 0) {
                receive_when_short(running, on_hand, entry);
            }
            break;
        case Kind::issue: issue(running, on_hand, entry.quantity); break;
        case Kind::revaluation: {
            const auto received = static_cast<std::int64_t>(entry.detail());
            if (on_hand <= 0 || received == 0) break;
            running.value += share_of(entry.value, std::min(on_hand, received), received);
            break;
        }
        case Kind::none:
        case Kind::new_standard: break;
    }
}

// Walks the tree in order, from the leaf of the change on.
class Settling {
 public:
    explicit Settling(const Change& change)
        : change_(change),
          may_meet_(!change.changes_quantity || change.method == Method::standard) {}

    void settle(Slot& slot, Running before, std::int64_t on_hand) {
        if (slot.leaf) {
            settle_leaf(slot, before, on_hand);
            return;
        }
        Inner& inner = own(slot.inner);
        for (Slot& child : inner.slots) {
            if (has_met_) break;
            if (child.summary.last >= change_.from || !child.after.is_known()) {
                settle(child, before, on_hand);
            }
            before = child.after;
            on_hand += child.summary.on_hand();
        }
        slot.after = inner.slots.back().after;
    }

 private:
    void settle_leaf(Slot& slot, Running running, std::int64_t on_hand) {
        for (const Entry& entry : slot.leaf->entries) {
            step(change_.method, running, on_hand, entry);
            if (entry.kind == Kind::receipt) on_hand += entry.quantity;
            if (entry.kind == Kind::issue) on_hand -= entry.quantity;
        }
        has_met_ = may_meet_ && running == slot.after;
        slot.after = running;
    }

    const Change& change_;
    bool may_meet_;
    bool has_met_ = false;
};

}  // namespace

std::int64_t scaled(std::int64_t value, std::int64_t part, std::int64_t whole) {
    if (whole == 0) return 0;
    const Wide exact = divide(static_cast<Wide>(value) * part, whole, Rounding::half_even);
    const Wide limit = pool_value_max;
    return narrow(std::clamp(exact, -limit, limit));
}

void step(Method method, Running& running, std::int64_t on_hand, const Entry& entry) {
    if (method == Method::average) {
        step_average(running, on_hand, entry);
    } else if (method == Method::standard && entry.kind == Kind::new_standard) {
        running.unit_value = entry.value;
        running.unit_quantity = static_cast<std::int64_t>(entry.detail());
    }
}

void settle(Slot& root, const Change& change) {
    if (root.summary.count == 0) return;
    Settling{change}.settle(root, change.opening, 0);
    DAYBOOK_ASSERT(root.after.is_known());
}

}  // namespace daybook::cost
