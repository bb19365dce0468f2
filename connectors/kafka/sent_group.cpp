// The bytes are copied: whoever sent the group may have given up waiting when they come back.
#include "connectors/kafka/sent_group.hpp"

#include <algorithm>
#include <utility>

namespace daybook::kafka {
namespace {

constexpr std::size_t told_at_once = 64;  // Records that are hashed before those who wait hear.

}  // namespace

void SentGroup::begin(std::span<const EventBytes> group, const Tip& tip, std::size_t skipped) {
    DAYBOOK_ASSERT(skipped < group.size());
    group_ = group;
    tip_ = tip;
    count_ = group.size();
    skipped_ = skipped;
    first_ = header_of(group.front()).position();
    std::size_t bytes = 0;
    for (const EventBytes event : group) bytes += event.size();
    events_.clear();
    events_.reserve(count_, bytes);
    records_.clear();
    records_.reserve(count_);
    hashed_ = 0;
}

void SentGroup::copy_until(std::size_t end) {
    while (records_.size() < end) {
        const EventBytes event = group_[records_.size()];
        const EventHeader& header = header_of(event);
        const auto claim = claim_words(event);
        if (claim) tip_.term = claim->term;
        events_.add(event);
        records_.push_back(
            {.term = tip_.term,
             .position = header.position(),
             .batch_index = header.batch_index(),
             .batch_count = header.batch_count(),
             .is_claim = claim.has_value()}
        );
    }
}

void SentGroup::hash(LaneHasher& hasher) {
    std::vector<Hash> leaves(std::min(told_at_once, count_));
    for (std::size_t begin = 0; begin < count_; begin += leaves.size()) {
        const std::size_t end = std::min(begin + leaves.size(), count_);
        copy_until(end);
        hasher.leaves(group_.subspan(begin, end - begin), std::span{leaves}.first(end - begin));
        for (std::size_t index = begin; index < end; ++index) {
            Record& record = records_[index];
            record.leaf = leaves[index - begin];
            record.prev = std::exchange(tip_.chain, hasher.single().chain(tip_.chain, record.leaf));
            events_.set_hashes(index, {.leaf = record.leaf, .chain = tip_.chain});
        }
        hashed_.store(end, std::memory_order_release);
        hashed_.notify_all();
    }
}

void SentGroup::wait_for(std::size_t index) const {
    while (true) {
        const std::size_t hashed = hashed_.load(std::memory_order_acquire);
        if (hashed > index) return;
        hashed_.wait(hashed, std::memory_order_acquire);
    }
}

const Record& SentGroup::record(std::size_t index) const {
    wait_for(skipped_ + index);
    return records_[skipped_ + index];
}

EventBytes SentGroup::event(std::size_t index) const {
    wait_for(skipped_ + index);
    return events_.event(skipped_ + index);
}

const Hash& SentGroup::chain_after(std::size_t index) const {
    wait_for(skipped_ + index);
    return events_.hashes()[skipped_ + index].chain;
}

Incoming SentGroup::at(std::size_t index) const {
    const Record& sent = record(index);
    return {.record = sent, .is_copied = sent.is_claim, .event = event(index)};
}

std::optional<Hash> SentGroup::leaf_of(std::uint64_t position, std::span<const std::byte> value)
    const {
    if (position < first() || position >= end()) return std::nullopt;
    const auto index = static_cast<std::size_t>(position - first());
    const bool is_same = std::ranges::equal(event(index), value);
    return is_same ? std::optional{record(index).leaf} : std::nullopt;
}

EventArena& SentGroup::events() {
    DAYBOOK_ASSERT(is_whole());
    wait_until_hashed();
    return events_;
}

}  // namespace daybook::kafka
