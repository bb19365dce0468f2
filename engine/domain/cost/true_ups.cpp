#include "engine/domain/cost/true_ups.hpp"

#include <algorithm>
#include <iterator>

#include "engine/domain/cost/running.hpp"

namespace daybook::cost {
namespace {

// A moment before `from`, as near as the tree's nodes tell, at which nothing is short.
Moment start_of(const CostPool& pool, Moment from) {
    const Opening* opening = pool.opening();
    const bool was_short = opening != nullptr && !opening->ahead.empty();
    if (was_short && from <= opening->shortage()) return opening->shortage();
    Moment start;
    std::int64_t on_hand = 0;
    for (const Slot* slot = &pool.movements(); slot->inner;) {
        const Slot* below = nullptr;
        for (const Slot& child : slot->inner->slots) {
            below = &child;
            if (child.summary.last >= from) break;
            on_hand += child.summary.on_hand();
            if (on_hand >= 0) start = child.summary.last.next();
        }
        if (below->summary.last < from) break;
        slot = below;
    }
    return was_short && start <= opening->shortage() ? opening->shortage() : start;
}

std::int64_t slice(std::int64_t value, std::int64_t from, std::int64_t to, std::int64_t whole) {
    return share_of(value, to, whole) - share_of(value, from, whole);
}

}  // namespace

TrueUpReader::TrueUpReader(const CostPool& pool, const BroughtBack& brought_back, Moment from)
    : pool_(pool), brought_back_(brought_back), meter_(pool) {
    meter_.pass_before(start_of(pool, from));
    for (const Entry* entry = meter_.next(); entry != nullptr && entry->moment < from;
         entry = meter_.next()) {
        take(*entry);
    }
}

const std::vector<TrueUp>& TrueUpReader::next() {
    made_.clear();
    while (made_.empty()) {
        // The first may be the shortage of a closed time, which a late receipt covers beforehand.
        if (!is_first_ && meter_.on_hand() >= 0) meter_.pass_while_enough(0);
        is_first_ = false;
        const Entry* entry = meter_.next();
        if (entry == nullptr) break;
        take(*entry);
    }
    return made_;
}

const std::vector<TrueUp>& TrueUpReader::next_movement() {
    made_.clear();
    is_first_ = false;
    if (const Entry* entry = meter_.next()) take(*entry);
    return made_;
}

bool TrueUpReader::waits_for(Moment issue) const {
    const auto is_it = [&](const Waiting& each) { return each.ahead.issue == issue; };
    return std::ranges::any_of(waiting_, is_it);
}

std::vector<IssueAhead> TrueUpReader::left() const {
    std::vector<IssueAhead> all;
    for (const Waiting& waiting : waiting_) {
        IssueAhead& ahead = all.emplace_back(waiting.ahead);
        ahead.assumed = slice(ahead.assumed, waiting.covered, ahead.quantity, ahead.quantity);
        ahead.quantity -= waiting.covered;
    }
    return all;
}

bool TrueUpReader::is_closed_shortage(const Entry& entry) const {
    const Opening* opening = pool_.opening();
    return opening != nullptr && !opening->ahead.empty() && entry.moment == opening->shortage();
}

void TrueUpReader::take(const Entry& entry) {
    if (is_closed_shortage(entry)) return take_closed(entry);
    const std::int64_t on_hand = meter_.on_hand();
    if (entry.kind == Kind::issue && on_hand < entry.quantity) return add(entry);
    meter_.pass();
    if (entry.kind != Kind::receipt || on_hand >= 0) return;
    Covering covering{
        .receipt = entry.moment,
        .quantity = std::min(entry.quantity, -on_hand),
        .value = entry.value - value_on_hand(),
    };
    cover_own(covering, entry);
    cover(covering);
}

// While stock is short its value is less than nothing: by what is assumed.
void TrueUpReader::add(const Entry& issue) {
    const std::int64_t on_hand = meter_.on_hand();
    const std::int64_t value = on_hand < 0 ? meter_.value() : 0;
    meter_.pass();
    const IssueAhead ahead{
        .issue = issue.moment,
        .reason = issue.reason,
        .quantity = std::min<std::int64_t>(on_hand, 0) - meter_.on_hand(),
        .assumed = value - meter_.value(),
    };
    waiting_.push_back({ahead});
    made_.push_back({ahead.issue, ahead.issue, ahead.reason, ahead.quantity, ahead.assumed, 0});
}

// What was short when a time was closed leaves at its end; what was learned of that time later has
// come before.
void TrueUpReader::take_closed(const Entry& entry) {
    const std::int64_t on_hand = meter_.on_hand();
    const std::int64_t value = value_on_hand();
    meter_.pass();
    for (const IssueAhead& ahead : pool_.opening()->ahead) waiting_.push_back({ahead});
    cover({
        .receipt = entry.moment,
        .quantity = std::min(entry.quantity, on_hand),
        .value = value - value_on_hand(),
    });
}

std::int64_t TrueUpReader::value_on_hand() {
    return meter_.on_hand() > 0 ? meter_.value() : 0;
}

void TrueUpReader::cover(Covering covering) {
    while (covering.used < covering.quantity) {
        DAYBOOK_ASSERT(!waiting_.empty());
        const std::int64_t part = part_of(covering, waiting_.front());
        const std::int64_t worth =
            slice(covering.value, covering.used, covering.used + part, covering.quantity);
        covering.used += part;
        settle(waiting_.begin(), {covering.receipt, part, worth});
    }
    std::ranges::sort(made_, {}, &TrueUp::issue);
}

// What is short of the issue that it brings back, at what it is worth itself.
void TrueUpReader::cover_own(Covering& covering, const Entry& receipt) {
    const Moment own = brought_back_ ? brought_back_(receipt.moment) : Moment{};
    const auto found = std::ranges::find_if(waiting_, [&](const Waiting& each) {
        return each.ahead.issue == own;
    });
    if (found == waiting_.end()) return;
    const std::int64_t part = part_of(covering, *found);
    const std::int64_t worth = part == covering.quantity
                                   ? covering.value
                                   : share_of(receipt.value, part, receipt.quantity);
    covering.quantity -= part;
    covering.value -= worth;
    settle(found, {receipt.moment, part, worth});
}

std::int64_t TrueUpReader::part_of(const Covering& covering, const Waiting& waiting) {
    return std::min(waiting.ahead.quantity - waiting.covered, covering.quantity - covering.used);
}

void TrueUpReader::settle(std::deque<Waiting>::iterator waiting, const Settling& by) {
    const IssueAhead& ahead = waiting->ahead;
    const std::int64_t covered = waiting->covered + by.quantity;
    const std::int64_t assumed = slice(ahead.assumed, waiting->covered, covered, ahead.quantity);
    made_.push_back(
        {by.receipt, ahead.issue, ahead.reason, by.quantity, assumed, by.worth - assumed}
    );
    waiting->covered = covered;
    if (covered == ahead.quantity) waiting_.erase(waiting);
}

std::vector<TrueUp> CostPool::true_ups_by(Moment receipt, const BroughtBack& brought_back) const {
    if (method_ == Method::standard || !has_been_short()) return {};
    Meter meter{*this};
    meter.pass_before(receipt);
    if (meter.on_hand() >= 0) return {};
    std::vector<TrueUp> all = TrueUpReader{*this, brought_back, receipt}.next_movement();
    std::erase_if(all, [](const TrueUp& one) { return one.amount == 0; });
    return all;
}

std::vector<TrueUp> CostPool::true_ups_of(Moment issue, const BroughtBack& brought_back) const {
    std::vector<TrueUp> all;
    if (method_ == Method::standard || !has_been_short()) return all;
    const Entry* entry = entry_at(issue);
    if (entry == nullptr && !(opening_ && issue <= opening_->end())) return all;
    const Moment from = entry == nullptr ? opening_->shortage() : entry->moment;
    TrueUpReader reader{*this, brought_back, from};
    const auto add = [&](const std::vector<TrueUp>& made) {
        std::ranges::copy_if(made, std::back_inserter(all), [&](const TrueUp& one) {
            return one.issue == issue && one.amount != 0;
        });
    };
    add(reader.next_movement());
    while (reader.waits_for(issue)) {
        const auto& made = reader.next();
        if (made.empty()) break;
        add(made);
    }
    return all;
}

std::vector<IssueAhead> CostPool::ahead_before(Moment moment, const BroughtBack& brought_back)
    const {
    if (method_ == Method::standard || !has_been_short()) return {};
    return TrueUpReader{*this, brought_back, moment}.left();
}

}  // namespace daybook::cost
