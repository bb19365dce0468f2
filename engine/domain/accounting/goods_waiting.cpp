// Goods that left and are not invoiced, and those that came back and are not credited, when their
// cost becomes an expense with the invoice. What is invoiced before it leaves, or credited before
// it comes back, goes straight to the cost of sales once it does. A cost is taken from the very
// issue that it belongs to, and the last of an issue takes all that is left, so that nothing stays
// behind.

#include <algorithm>

#include "engine/domain/accounting/goods.hpp"

namespace daybook::accounting {
namespace {

// The part of an amount that belongs to the first `part` of a quantity.
std::int64_t share(std::int64_t minor, Quantity part, Quantity whole) {
    if (part == whole) return minor;
    return narrow(
        divide(static_cast<Wide>(minor) * part.milli(), whole.milli(), Rounding::half_even)
    );
}

// Takes the next `quantity` off an issue and answers it with its cost.
GoodsMatcher::Issue cut(GoodsMatcher::Issue& issue, Quantity quantity) {
    DAYBOOK_ASSERT(quantity <= issue.quantity);
    GoodsMatcher::Issue part = issue;
    part.quantity = quantity;
    part.cost_minor = share(issue.cost_minor, quantity, issue.quantity);
    issue.quantity -= quantity;
    issue.cost_minor -= part.cost_minor;
    return part;
}

// What leaves a waiting issue when so much of it is settled: negative.
GoodsMatcher::Issue settled(const WaitingIssue& issue, Quantity quantity) {
    return {
        .sequence = issue.sequence,
        .posting_group = issue.posting_group,
        .day = issue.day,
        .quantity = -quantity,
        .cost_minor = -share(issue.cost_minor, quantity, issue.left)};
}

// One change of what waits, on the state or on a copy of it.
void change_waiting(WaitingGoods& goods, const MatchedGoods& change) {
    const Quantity quantity = read(change.quantity());
    if (change.waiting() == GoodsWaiting::invoiced_ahead) {
        goods.invoiced_ahead += quantity;
        DAYBOOK_ASSERT(!goods.invoiced_ahead.is_negative());
        return;
    }
    if (change.waiting() == GoodsWaiting::credited_ahead) {
        goods.credited_ahead += quantity;
        DAYBOOK_ASSERT(!goods.credited_ahead.is_negative());
        return;
    }
    auto& issues = change.waiting() == GoodsWaiting::delivered ? goods.delivered : goods.returned;
    auto found = std::ranges::find(issues, change.sequence(), &WaitingIssue::sequence);
    if (found == issues.end()) {
        DAYBOOK_ASSERT(!quantity.is_negative());
        issues.push_back(
            {.sequence = change.sequence(),
             .whole = quantity,
             .day = read(change.day()),
             .posting_group = read(change.posting_group())}
        );
        found = issues.end() - 1;
    }
    found->left += quantity;
    found->cost_minor += read(change.cost()).minor();
    DAYBOOK_ASSERT(!found->left.is_negative());
    if (!found->left.is_zero()) return;
    DAYBOOK_ASSERT(found->cost_minor == 0);
    issues.erase(found);
}

}  // namespace

WaitingGoods& GoodsMatcher::goods_of(const GoodsKey& key) {
    const auto [place, is_new] = changed_.try_emplace(key);
    if (is_new) place->second = state_.waiting.get(key);
    return place->second;
}

void GoodsMatcher::change(const GoodsKey& key, GoodsWaiting waiting, const Issue& change) {
    const bool has_issue = waiting == GoodsWaiting::delivered || waiting == GoodsWaiting::returned;
    const MatchedGoods& line = lines_.emplace_back(
        wired(key.document),
        wired(change.posting_group),
        wired(change.quantity),
        wired(in_base(state_, has_issue ? change.cost_minor : 0)),
        has_issue ? change.sequence : 0,
        wired(has_issue ? change.day : Date{}),
        key.line,
        waiting
    );
    change_waiting(goods_of(key), line);
    if (waiting == GoodsWaiting::delivered) waiting_minor_ += change.cost_minor;
    if (waiting == GoodsWaiting::returned) waiting_minor_ -= change.cost_minor;
}

void GoodsMatcher::expense(const Id& group, std::int64_t minor) {
    for (auto& [known, sum] : expenses_) {
        if (known != group) continue;
        sum += minor;
        return;
    }
    expenses_.emplace_back(group, minor);
}

void GoodsMatcher::deliver(const GoodsKey& key, Issue issue) {
    const Issue whole = issue;
    const Quantity ahead = std::min(issue.quantity, goods_of(key).invoiced_ahead);
    if (!ahead.is_zero()) {
        const Issue part = cut(issue, ahead);
        expense(part.posting_group, part.cost_minor);
        change(
            key,
            GoodsWaiting::invoiced_ahead,
            {.posting_group = part.posting_group, .quantity = -ahead}
        );
    }
    // What replaces goods that came back and were not credited is invoiced already, as those were.
    while (!issue.quantity.is_zero() && !goods_of(key).returned.empty()) {
        const WaitingIssue& back = goods_of(key).returned.front();
        const Issue part = cut(issue, std::min(issue.quantity, back.left));
        const Issue replaced = settled(back, part.quantity);
        expense(part.posting_group, part.cost_minor + replaced.cost_minor);
        change(key, GoodsWaiting::returned, replaced);
    }
    if (issue.quantity.is_zero()) return;
    change(key, GoodsWaiting::delivered, whole);
    if (issue.quantity == whole.quantity) return;
    issue.quantity -= whole.quantity;
    issue.cost_minor -= whole.cost_minor;
    change(key, GoodsWaiting::delivered, issue);
}

void GoodsMatcher::take_back(const GoodsKey& key, std::uint64_t original, Issue issue) {
    const Quantity ahead = std::min(issue.quantity, goods_of(key).credited_ahead);
    if (!ahead.is_zero()) {
        const Issue part = cut(issue, ahead);
        expense(part.posting_group, -part.cost_minor);
        change(
            key,
            GoodsWaiting::credited_ahead,
            {.posting_group = part.posting_group, .quantity = -ahead}
        );
    }
    // Goods of another issue that wait make up for it: what is to be invoiced is less by them.
    while (!issue.quantity.is_zero() && !goods_of(key).delivered.empty()) {
        const auto& delivered = goods_of(key).delivered;
        const auto own = std::ranges::find(delivered, original, &WaitingIssue::sequence);
        const WaitingIssue& waiting = own != delivered.end() ? *own : delivered.front();
        const Issue part = cut(issue, std::min(issue.quantity, waiting.left));
        const Issue uninvoiced = settled(waiting, part.quantity);
        expense(part.posting_group, -(part.cost_minor + uninvoiced.cost_minor));
        change(key, GoodsWaiting::delivered, uninvoiced);
    }
    if (!issue.quantity.is_zero()) change(key, GoodsWaiting::returned, issue);
}

void GoodsMatcher::invoice(const GoodsKey& key, const Id& group, Quantity quantity) {
    const Quantity again = std::min(quantity, goods_of(key).credited_ahead);
    if (!again.is_zero()) {
        change(key, GoodsWaiting::credited_ahead, {.posting_group = group, .quantity = -again});
        quantity -= again;
    }
    while (!quantity.is_zero() && !goods_of(key).delivered.empty()) {
        const WaitingIssue& first = goods_of(key).delivered.front();
        const Issue part = settled(first, std::min(quantity, first.left));
        expense(part.posting_group, -part.cost_minor);
        quantity += part.quantity;
        change(key, GoodsWaiting::delivered, part);
    }
    if (!quantity.is_zero()) {
        change(key, GoodsWaiting::invoiced_ahead, {.posting_group = group, .quantity = quantity});
    }
}

void GoodsMatcher::credit(const GoodsKey& key, const Id& group, Quantity quantity) {
    while (!quantity.is_zero() && !goods_of(key).returned.empty()) {
        const WaitingIssue& first = goods_of(key).returned.front();
        const Issue part = settled(first, std::min(quantity, first.left));
        expense(part.posting_group, part.cost_minor);
        quantity += part.quantity;
        change(key, GoodsWaiting::returned, part);
    }
    const Quantity ahead = std::min(quantity, goods_of(key).invoiced_ahead);
    if (!ahead.is_zero()) {
        change(key, GoodsWaiting::invoiced_ahead, {.posting_group = group, .quantity = -ahead});
        quantity -= ahead;
    }
    if (!quantity.is_zero()) {
        change(key, GoodsWaiting::credited_ahead, {.posting_group = group, .quantity = quantity});
    }
}

GoodsMatcher::Restated GoodsMatcher::restate(std::uint64_t sequence, std::int64_t minor) {
    const WaitingIssue* issue = find_waiting(sequence);
    return issue == nullptr ? Restated{} : restate(sequence, minor, issue->whole);
}

GoodsMatcher::Restated GoodsMatcher::restate_kept(std::uint64_t sequence, std::int64_t minor) {
    const WaitingIssue* issue = find_waiting(sequence);
    if (issue == nullptr) return {};
    return restate(sequence, minor, issue->whole - issue->came_back);
}

GoodsMatcher::Restated GoodsMatcher::restate(
    std::uint64_t sequence, std::int64_t minor, Quantity sharing
) {
    const WaitingIssue* issue = find_waiting(sequence);
    if (issue == nullptr || sharing <= Quantity{}) return {};
    const std::int64_t part = share(minor, std::min(issue->left, sharing), sharing);
    const Restated answer{issue->posting_group, issue->day, part};
    if (part == 0) return answer;
    change(
        *state_.waiting_issues.find(sequence),
        GoodsWaiting::delivered,
        {.sequence = sequence,
         .posting_group = issue->posting_group,
         .day = issue->day,
         .cost_minor = part}
    );
    return answer;
}

// Null if nothing of it waits. Valid until the next change.
const WaitingIssue* GoodsMatcher::find_waiting(std::uint64_t sequence) {
    const GoodsKey* key = state_.waiting_issues.find(sequence);
    if (key == nullptr) return nullptr;
    const auto& delivered = goods_of(*key).delivered;
    const auto found = std::ranges::find(delivered, sequence, &WaitingIssue::sequence);
    return found == delivered.end() ? nullptr : &*found;
}

Decision GoodsMatcher::add_to(AccountSums& sums) const {
    for (const auto& [group, minor] : expenses_) {
        Decision no = sums.add(state_, AccountRole::cost_of_sales, group, minor);
        if (no.is_refused()) return no;
    }
    if (waiting_minor_ == 0) return {};
    return sums.add(state_, AccountRole::goods_delivered_not_invoiced, Id{}, waiting_minor_);
}

GoodsMatchedT GoodsMatcher::take(const Id& cause, Date date) {
    return {.cause = cause, .date = date, .lines = std::move(lines_)};
}

// What of a waiting issue comes back brings its part of every later cost back as well.
void listen(Books& state, const inventory::StockMoved& event) {
    if (state.waiting_issues.size() == 0) return;
    for (const inventory::StockLine* line : *event.lines()) {
        const GoodsKey* key = state.waiting_issues.find(line->original());
        if (key == nullptr) continue;
        auto& delivered = state.waiting.at(*key).delivered;
        const auto issue = std::ranges::find(delivered, line->original(), &WaitingIssue::sequence);
        DAYBOOK_ASSERT(issue != delivered.end());
        issue->came_back += read(line->quantity());
    }
}

void apply(Books& state, const GoodsMatched& event) {
    state.sold.erase(read(event.cause()));
    for (const MatchedGoods* line : *event.lines()) {
        const GoodsKey key{read(line->document()), line->line()};
        WaitingGoods& goods = state.waiting.at(key);
        change_waiting(goods, *line);
        if (line->waiting() == GoodsWaiting::delivered) {
            const auto left =
                std::ranges::find(goods.delivered, line->sequence(), &WaitingIssue::sequence);
            if (left == goods.delivered.end()) {
                state.waiting_issues.erase(line->sequence());
            } else {
                state.waiting_issues.at(line->sequence()) = key;
            }
        }
        if (goods.is_settled()) state.waiting.erase(key);
    }
}

}  // namespace daybook::accounting
