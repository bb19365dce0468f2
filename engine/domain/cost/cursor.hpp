// Walks a pool's movements forward and steps over whole subtrees. Valid until the tree changes.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/assert.hpp"
#include "engine/domain/cost/tree.hpp"

namespace daybook::cost {

class Cursor {
 public:
    explicit Cursor(const Slot& root) : root_(&root), is_at_end_(root.summary.count == 0) {}

    [[nodiscard]] bool is_at_end() const { return is_at_end_; }
    // Where it stands: before the movement of a leaf that it has entered, or (null) before a
    // subtree.
    [[nodiscard]] const Entry* entry() const {
        return leaf_ == nullptr ? nullptr : &leaf_->entries[index_];
    }
    [[nodiscard]] const Leaf& leaf() const {
        DAYBOOK_ASSERT(leaf_ != nullptr);
        return *leaf_;
    }
    // The subtree before which it stands.
    [[nodiscard]] const Slot& slot() const {
        return depth_ == 0 ? *root_ : path_[depth_ - 1].inner->slots[path_[depth_ - 1].index];
    }
    void enter() {
        const Slot& entered = slot();
        if (entered.leaf) {
            leaf_ = entered.leaf.get();
            index_ = 0;
            return;
        }
        DAYBOOK_ASSERT(depth_ < path_.size());
        path_[depth_++] = {entered.inner.get(), 0};
    }
    // Over the movement, or over the subtree, before which it stands.
    void skip() {
        if (leaf_ != nullptr && ++index_ < leaf_->entries.size()) return;
        leaf_ = nullptr;
        while (depth_ > 0) {
            Level& level = path_[depth_ - 1];
            if (++level.index < level.inner->slots.size()) return;
            --depth_;
        }
        is_at_end_ = true;
    }

    // Steps on while `take_slot` takes the next subtree whole (else it is entered) and `take_entry`
    // the next movement (else the cursor stops before it).
    template <class TakeSlot, class TakeEntry>
    void pass(const TakeSlot& take_slot, const TakeEntry& take_entry) {
        while (!is_at_end_) {
            if (leaf_ != nullptr) {
                if (!take_entry(leaf_->entries[index_])) return;
                skip();
            } else if (take_slot(slot())) {
                skip();
            } else {
                enter();
            }
        }
    }

 private:
    struct Level {
        const Inner* inner;
        std::size_t index;
    };

    const Slot* root_;
    std::array<Level, 16> path_;  // A node is split only when full: far more than memory holds.
    std::size_t depth_ = 0;
    const Leaf* leaf_ = nullptr;
    std::size_t index_ = 0;
    bool is_at_end_;
};

}  // namespace daybook::cost
