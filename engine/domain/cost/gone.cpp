// What has left of a receipt. Received goods lie one behind the other on a line, the receipts in
// their order; issues pass along it from its beginning, in theirs.
#include <algorithm>

#include "engine/domain/cost/cost_pool.hpp"
#include "engine/domain/cost/cursor.hpp"

namespace daybook::cost {
namespace {

std::int64_t received_before(const Slot& root, Moment moment) {
    std::int64_t received = 0;
    Cursor cursor{root};
    cursor.pass(
        [&](const Slot& slot) {
            if (slot.summary.last >= moment) return false;
            received += slot.summary.received;
            return true;
        },
        [&](const Entry& entry) {
            if (entry.moment >= moment) return false;
            if (entry.kind == Kind::receipt) received += entry.quantity;
            return true;
        }
    );
    return received;
}

}  // namespace

Gone CostPool::gone_of(Moment receipt, Moment through) const {
    const Entry* found = cost::find(root_, receipt);
    if (found == nullptr) return {};
    DAYBOOK_ASSERT(found->kind == Kind::receipt);
    const OpenLayer* open = opening_ ? opening_->find(receipt) : nullptr;
    const Moment last = opening_ ? std::max(through, opening_->end()) : through;
    const std::int64_t begin = received_before(root_, receipt);
    const std::int64_t end = begin + found->quantity;
    Gone gone{.quantity = open == nullptr ? 0 : open->gone, .taken = {}};
    std::int64_t issued = 0;
    const auto take = [&](std::int64_t quantity) {
        const std::int64_t from = std::clamp(issued, begin, end);
        issued += quantity;
        return std::clamp(issued, begin, end) - from;
    };
    Cursor cursor{root_};
    cursor.pass(
        [&](const Slot& slot) {
            const Summary& summary = slot.summary;
            const bool is_before = issued + summary.issued <= begin;
            if (summary.last > last || !is_before) return false;
            issued += summary.issued;
            return true;
        },
        [&](const Entry& entry) {
            if (entry.moment > last || issued >= end) return false;
            if (entry.kind != Kind::issue) return true;
            const std::int64_t before = gone.quantity;
            const std::int64_t taken = take(entry.quantity);
            gone.quantity += taken;
            if (taken == 0) return true;
            gone.taken.push_back({entry.moment, entry.reason, entry.is_linked, before, taken});
            return true;
        }
    );
    return gone;
}

}  // namespace daybook::cost
