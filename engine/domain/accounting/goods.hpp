// What the postings of goods have in common: sums by account, the accounts of stock and of what
// stands against it, and what waits for an invoice.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/accounting/posting.hpp"

namespace daybook::accounting {

// Amounts in base currency by account, in the order in which the accounts first occur.
class AccountSums {
 public:
    struct Sum {
        Id account;
        Wide minor = 0;
    };
    void add(const Id& account, Wide minor) {
        for (Sum& sum : sums_) {
            if (sum.account != account) continue;
            sum.minor += minor;
            return;
        }
        sums_.push_back({account, minor});
    }
    // To the account of a role; refused if there is none.
    [[nodiscard]] Decision add(const Books& state, AccountRole role, const Id& key, Wide minor);
    // To the stock: of a cost pool with an account of its own, or else of the posting group.
    [[nodiscard]] Decision add_stock(
        const Books& state, const Id& pool, const Id& group, Wide minor
    );
    [[nodiscard]] std::span<const Sum> sums() const { return sums_; }

 private:
    std::vector<Sum> sums_;
};

// An entry in base currency only.
struct GoodsEntry {
    Id entry;
    EntryKind kind = EntryKind::goods;
    Date date;
    std::string piece;
    std::string text;
    Id source;
    Date not_before;  // The first day on which it may be accounted for, or none.
};
// Posts what the sums come to; nothing if all of them are zero.
[[nodiscard]] Decision post_goods(Posting& posting, GoodsEntry entry, const AccountSums& sums);

// A name of its own for an entry, so that it never meets one that people chose.
[[nodiscard]] Id entry_name(const Id& document, std::uint64_t salt);

[[nodiscard]] bool follows_stock(const Books& state);
// What stands against the stock when it moves or changes its cost for a reason; none where the
// lines of one fact stand against each other.
[[nodiscard]] AccountRole role_against(const Books& state, inventory::MoveReason reason);

// What goods that leave, come back, are invoiced or credited change of what waits, in the order in
// which they are told. The state does not change meanwhile, so it remembers what it changed.
class GoodsMatcher {
 public:
    explicit GoodsMatcher(const Books& state) : state_(state) {}

    struct Issue {
        std::uint64_t sequence = 0;
        Id posting_group;
        Date day;
        Quantity quantity;            // More than zero.
        std::int64_t cost_minor = 0;  // What the stock loses, or gets back.
    };
    void deliver(const GoodsKey& key, Issue issue);
    // `original` is the sequence of the issue that comes back.
    void take_back(const GoodsKey& key, std::uint64_t original, Issue issue);
    void invoice(const GoodsKey& key, const Id& group, Quantity quantity);
    void credit(const GoodsKey& key, const Id& group, Quantity quantity);
    // The cost of an issue changes by so much: of all its goods, of those that did not come back by
    // now, or of so many of them. Answers the part that waits, if any does.
    struct Restated {
        Id posting_group;
        Date day;
        std::int64_t minor = 0;
    };
    [[nodiscard]] Restated restate(std::uint64_t sequence, std::int64_t minor);
    [[nodiscard]] Restated restate_kept(std::uint64_t sequence, std::int64_t minor);
    [[nodiscard]] Restated restate(std::uint64_t sequence, std::int64_t minor, Quantity sharing);
    // Goes to cost of sales.
    void expense(const Id& group, std::int64_t minor);

    [[nodiscard]] bool has_changed() const { return !lines_.empty(); }
    // To cost of sales and to goods delivered, not invoiced.
    [[nodiscard]] Decision add_to(AccountSums& sums) const;
    // The event that makes the state follow.
    [[nodiscard]] GoodsMatchedT take(const Id& cause, Date date);

 private:
    [[nodiscard]] WaitingGoods& goods_of(const GoodsKey& key);
    void change(const GoodsKey& key, GoodsWaiting waiting, const Issue& change);
    [[nodiscard]] const WaitingIssue* find_waiting(std::uint64_t sequence);

    const Books& state_;
    std::map<GoodsKey, WaitingGoods> changed_;
    std::vector<MatchedGoods> lines_;
    std::vector<std::pair<Id, std::int64_t>> expenses_;  // Cost of sales by posting group.
    std::int64_t waiting_minor_ = 0;
};

}  // namespace daybook::accounting
