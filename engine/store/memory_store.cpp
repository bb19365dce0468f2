// A sorted map whose values keep their old versions as long as a cursor may want them.
#include "engine/store/memory_store.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "engine/base/assert.hpp"

namespace daybook {

const std::optional<std::string>* MemoryStore::value_at(
    const std::vector<Version>& versions, std::uint64_t number
) {
    const auto newer = std::ranges::upper_bound(versions, number, {}, &Version::number);
    return newer == versions.begin() ? nullptr : &std::prev(newer)->value;
}

Result<std::optional<std::string>> MemoryStore::get(std::string_view key) const {
    const std::shared_lock lock{mutex_};
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::optional<std::string>{};
    return found->second.back().value;
}

void MemoryStore::change(std::string_view key, std::optional<std::string> value) {
    auto found = entries_.find(key);
    if (seen_.empty()) {
        if (!value) {
            if (found != entries_.end()) entries_.erase(found);
            return;
        }
        if (found != entries_.end()) found->second.clear();
    } else if (found != entries_.end()) {
        // Only the newest version that the oldest cursor sees is wanted, and those after it.
        std::vector<Version>& versions = found->second;
        const auto newer = std::ranges::upper_bound(versions, *seen_.begin(), {}, &Version::number);
        if (newer != versions.begin()) versions.erase(versions.begin(), std::prev(newer));
    }
    if (found == entries_.end()) found = entries_.emplace(key, std::vector<Version>{}).first;
    found->second.push_back({write_count_, std::move(value)});
}

Result<void> MemoryStore::write(StoreBatch& batch) {
    batch.sort();
    const std::unique_lock lock{mutex_};
    if (writes_left_ == 0) return Error{ErrorCode::io, "the memory store was told to fail"};
    --writes_left_;
    ++write_count_;
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const StoreBatch::Change entry = batch.at(index);
        change(entry.key, entry.value ? std::optional{std::string{*entry.value}} : std::nullopt);
    }
    return {};
}

Result<void> MemoryStore::erase_range(std::string_view from, std::string_view to) {
    const std::unique_lock lock{mutex_};
    ++write_count_;
    auto at = entries_.lower_bound(from);
    while (at != entries_.end() && (to.empty() || at->first < to)) {
        const std::string key = at->first;
        ++at;
        change(key, std::nullopt);
    }
    return {};
}

void MemoryStore::fail_after(std::uint64_t writes) {
    const std::unique_lock lock{mutex_};
    writes_left_ = writes;
}

class MemoryCursor final : public StoreCursor {
 public:
    explicit MemoryCursor(const MemoryStore& store) : store_(store) {
        const std::unique_lock lock{store_.mutex_};
        number_ = store_.write_count_;
        seen_ = store_.seen_.insert(number_);
        at_ = store_.entries_.end();
    }
    ~MemoryCursor() override {
        const std::unique_lock lock{store_.mutex_};
        store_.seen_.erase(seen_);
    }
    void seek(std::string_view key) override {
        const std::shared_lock lock{store_.mutex_};
        at_ = store_.entries_.lower_bound(key);
        settle();
    }
    [[nodiscard]] bool has_entry() const override { return has_entry_; }
    void next() override {
        DAYBOOK_ASSERT(has_entry_);
        const std::shared_lock lock{store_.mutex_};
        ++at_;
        settle();
    }
    [[nodiscard]] std::string_view key() const override { return key_; }
    [[nodiscard]] std::string_view value() const override { return value_; }
    [[nodiscard]] Result<void> status() const override { return {}; }

 private:
    // Goes on to the first key that existed when the cursor was made. Entries are never removed
    // while a cursor lives, so the place stays good.
    void settle() {
        has_entry_ = false;
        for (; at_ != store_.entries_.end(); ++at_) {
            const auto* value = MemoryStore::value_at(at_->second, number_);
            if (value == nullptr || !*value) continue;
            key_ = at_->first;
            value_ = **value;
            has_entry_ = true;
            return;
        }
    }

    const MemoryStore& store_;
    std::uint64_t number_ = 0;
    std::multiset<std::uint64_t>::iterator seen_;
    MemoryStore::Entries::const_iterator at_;
    bool has_entry_ = false;
    std::string_view key_;
    std::string value_;
};

std::unique_ptr<StoreCursor> MemoryStore::cursor() const {
    return std::make_unique<MemoryCursor>(*this);
}

}  // namespace daybook
