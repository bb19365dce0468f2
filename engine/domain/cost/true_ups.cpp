#include "engine/domain/cost/true_ups.hpp"

#include <algorithm>

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

// What had moved late in a closed time may stand behind its end.
Covered nothing_short_at(const CostPool& pool, Moment moment) {
    Covered covered{.before = moment, .issue = moment};
    const Opening* opening = pool.opening();
    if (opening != nullptr && !opening->ahead.empty() && moment > opening->shortage()) {
        covered.issue = std::max(moment, opening->ahead.back().issue.next());
    }
    return covered;
}

std::int64_t slice(std::int64_t value, std::int64_t from, std::int64_t to, std::int64_t whole) {
    return share_of(value, to, whole) - share_of(value, from, whole);
}

// What an issue leaves short of its own.
std::int64_t short_of(std::int64_t on_hand_before, std::int64_t on_hand) {
    return std::min<std::int64_t>(on_hand_before, 0) - on_hand;
}

}  // namespace

ShortIssues::ShortIssues(const CostPool& pool, Moment first) : meter_(pool) {
    const Opening* opening = pool.opening();
    if (opening == nullptr || opening->ahead.empty()) {
        meter_.pass_before(first);
        return;
    }
    closed_ = std::span{
        std::ranges::lower_bound(opening->ahead, first, {}, &IssueAhead::issue),
        opening->ahead.end()};
    meter_.pass_before(std::max(first, opening->shortage().next()));
}

std::optional<ShortIssues::One> ShortIssues::next() {
    if (!closed_.empty()) return One{closed_.front().issue, closed_.front().quantity};
    while (const Entry* entry = meter_.next()) {
        if (entry->kind == Kind::issue) {
            const std::int64_t on_hand = meter_.on_hand();
            return One{entry->moment, short_of(on_hand, on_hand - entry->quantity)};
        }
        meter_.pass();
    }
    return std::nullopt;
}

void ShortIssues::pass() {
    if (closed_.empty()) {
        meter_.pass();
    } else {
        closed_ = closed_.subspan(1);
    }
}

TrueUpReader::TrueUpReader(const CostPool& pool, const BroughtBack& brought_back, Moment from)
    : pool_(pool),
      brought_back_(brought_back),
      covered_(pool.covered().at_or_before(from)),
      meter_(pool) {
    const Moment start = start_of(pool, from);
    if (start > covered_.before) covered_ = nothing_short_at(pool, start);
    meter_.pass_before(covered_.before);
    read_before(from);
    is_telling_ = true;
}

void TrueUpReader::read_before(Moment from) {
    std::size_t read = 0;
    for (const Entry* entry = meter_.next(); entry != nullptr && entry->moment < from;
         entry = meter_.next()) {
        covered_.before = entry->moment.next();
        take(*entry);
        if (++read % CoveredMarks::movements_between == 0) pool_.covered().add(covered_);
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

std::vector<IssueAhead> TrueUpReader::left() {
    std::vector<IssueAhead> all;
    if (meter_.on_hand() >= 0) return all;
    const Entry* end = meter_.next();
    ShortIssues issues{pool_, covered_.issue};
    for (auto one = issues.next(); one; one = issues.next()) {
        if (end != nullptr && one->issue >= end->moment) break;
        if (covered_.of(one->issue) < one->quantity) all.push_back(rest_of(*one));
        issues.pass();
    }
    return all;
}

std::optional<IssueAhead> TrueUpReader::left_of(Moment issue) const {
    if (meter_.on_hand() >= 0) return std::nullopt;
    const auto found = waiting(issue);
    if (!found) return std::nullopt;
    return rest_of(*found);
}

bool TrueUpReader::is_untouched(Moment issue) const {
    return meter_.on_hand() < 0 && waiting(issue) && covered_.of(issue) == 0;
}

IssueAhead TrueUpReader::rest_of(const ShortIssues::One& waiting) const {
    IssueAhead rest = whole_of(waiting.issue);
    const std::int64_t covered = covered_.of(waiting.issue);
    rest.assumed = slice(rest.assumed, covered, rest.quantity, rest.quantity);
    rest.quantity -= covered;
    return rest;
}

// With what it was assumed to cost: while stock is short its value is less than nothing by what is
// assumed.
IssueAhead TrueUpReader::whole_of(Moment issue) const {
    Meter meter{pool_};
    meter.pass_before(issue);
    const Entry* entry = meter.next();
    if (entry == nullptr || entry->moment != issue) {
        const auto& closed = pool_.opening()->ahead;
        return *std::ranges::lower_bound(closed, issue, {}, &IssueAhead::issue);
    }
    const std::int64_t on_hand = meter.on_hand();
    const std::int64_t value = on_hand < 0 ? meter.value() : 0;
    meter.pass();
    return {
        .issue = issue,
        .reason = entry->reason,
        .quantity = short_of(on_hand, meter.on_hand()),
        .assumed = value - meter.value(),
    };
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
    Covering covering{.receipt = entry.moment, .quantity = std::min(entry.quantity, -on_hand)};
    if (is_telling_) covering.value = entry.value - value_on_hand();
    cover_own(covering, entry);
    cover(covering);
}

void TrueUpReader::add(const Entry& issue) {
    if (meter_.on_hand() >= 0) start_shortage(issue.moment);
    meter_.pass();
    if (!is_telling_) return;
    const IssueAhead ahead = whole_of(issue.moment);
    made_.push_back({ahead.issue, ahead.issue, ahead.reason, ahead.quantity, ahead.assumed, 0});
}

void TrueUpReader::start_shortage(Moment issue) {
    covered_.issue = issue;
    covered_.parts.clear();
    front_.reset();
}

// What was short when a time was closed leaves at its end; what was learned of that time later has
// come before.
void TrueUpReader::take_closed(const Entry& entry) {
    start_shortage({});
    const std::int64_t on_hand = meter_.on_hand();
    const std::int64_t value = is_telling_ ? value_on_hand() : 0;
    meter_.pass();
    Covering covering{.receipt = entry.moment, .quantity = std::min(entry.quantity, on_hand)};
    if (is_telling_) covering.value = value - value_on_hand();
    cover(covering);
}

std::int64_t TrueUpReader::value_on_hand() {
    return meter_.on_hand() > 0 ? meter_.value() : 0;
}

void TrueUpReader::cover(Covering covering) {
    while (covering.used < covering.quantity) {
        if (!front_) front_.emplace(pool_, covered_.issue);
        const auto waiting = front_->next();
        DAYBOOK_ASSERT(waiting);
        const std::int64_t part = std::min(
            waiting->quantity - covered_.of(waiting->issue), covering.quantity - covering.used
        );
        if (part > 0) {
            const std::int64_t worth =
                slice(covering.value, covering.used, covering.used + part, covering.quantity);
            covering.used += part;
            settle(*waiting, {covering.receipt, part, worth});
        }
        if (covered_.of(waiting->issue) < waiting->quantity) continue;
        covered_.pass(waiting->issue);
        front_->pass();
    }
    std::ranges::sort(made_, {}, &TrueUp::issue);
}

// What is short of the issue that it brings back, at what it is worth itself.
void TrueUpReader::cover_own(Covering& covering, const Entry& receipt) {
    const Moment own = brought_back_ ? brought_back_(receipt.moment) : Moment{};
    if (own.is_none() || own >= receipt.moment) return;
    const auto found = waiting(own);
    if (!found) return;
    const std::int64_t part = std::min(found->quantity - covered_.of(own), covering.quantity);
    const std::int64_t worth = part == covering.quantity
                                   ? covering.value
                                   : share_of(receipt.value, part, receipt.quantity);
    covering.quantity -= part;
    covering.value -= worth;
    settle(*found, {receipt.moment, part, worth});
}

// The issue, if something of it is to be covered yet.
std::optional<ShortIssues::One> TrueUpReader::waiting(Moment issue) const {
    if (issue < covered_.issue) return std::nullopt;
    const auto found = ShortIssues{pool_, issue}.next();
    if (!found || found->issue != issue || covered_.of(issue) == found->quantity)
        return std::nullopt;
    return found;
}

void TrueUpReader::settle(const ShortIssues::One& waiting, const Settling& by) {
    if (is_telling_) tell(waiting, by);
    covered_.cover(waiting.issue, by.quantity);
}

void TrueUpReader::tell(const ShortIssues::One& waiting, const Settling& by) {
    const IssueAhead ahead = whole_of(waiting.issue);
    const std::int64_t covered = covered_.of(waiting.issue);
    const std::int64_t assumed =
        slice(ahead.assumed, covered, covered + by.quantity, ahead.quantity);
    made_.push_back(
        {by.receipt, ahead.issue, ahead.reason, by.quantity, assumed, by.worth - assumed}
    );
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

std::vector<TrueUp> CostPool::true_ups_of(
    Moment issue, Moment before, const BroughtBack& brought_back
) const {
    std::vector<TrueUp> all;
    if (method_ == Method::standard || !has_been_short()) return all;
    const Entry* entry = entry_at(issue);
    if (entry == nullptr && !(opening_ && issue <= opening_->end())) return all;
    if (entry != nullptr) issue = entry->moment;
    if (TrueUpReader{*this, brought_back, before}.is_untouched(issue)) return all;
    const Moment from = entry == nullptr ? opening_->shortage() : issue;
    const Moment untouched = covered_.last_untouched(issue);
    TrueUpReader reader{*this, brought_back, std::max(from, untouched)};
    const auto add = [&](const std::vector<TrueUp>& made) {
        std::int64_t covered = 0;
        for (const TrueUp& one : made) {
            if (one.issue != issue || one.receipt >= before) continue;
            if (one.amount != 0) all.push_back(one);
            covered += one.quantity;
        }
        return covered;
    };
    if (from >= untouched) (void)add(reader.next_movement());
    const auto left = reader.left_of(issue);
    for (std::int64_t waiting = left ? left->quantity : 0; waiting > 0;) {
        const auto& made = reader.next();
        if (made.empty() || made.front().receipt >= before) break;
        waiting -= add(made);
    }
    return all;
}

std::vector<IssueAhead> CostPool::ahead_before(Moment moment, const BroughtBack& brought_back)
    const {
    if (method_ == Method::standard || !has_been_short()) return {};
    return TrueUpReader{*this, brought_back, moment}.left();
}

std::optional<IssueAhead> CostPool::ahead_of(
    Moment issue, Moment moment, const BroughtBack& brought_back
) const {
    if (method_ == Method::standard || !has_been_short()) return std::nullopt;
    return TrueUpReader{*this, brought_back, moment}.left_of(issue);
}

}  // namespace daybook::cost
