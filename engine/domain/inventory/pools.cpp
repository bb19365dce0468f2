// The cost pools by their numbers.

#include "engine/domain/inventory/pools.hpp"

#include "engine/base/assert.hpp"

namespace daybook::inventory {

void Pools::put(std::uint32_t number, Pool pool) {
    DAYBOOK_ASSERT(number <= pools_.size());
    if (number == pools_.size()) {
        pools_.push_back(std::move(pool));
        return;
    }
    std::swap(pools_[number], pool);
    if (noting_ && number < count_before_) before_.emplace_back(number, std::move(pool));
}

void Pools::compact(Date through, const cost::BroughtBack& brought_back) {
    for (std::uint32_t number = 0; number < count(); ++number) {
        if (noting_ && number < count_before_) before_.emplace_back(number, pools_[number]);
        cost::CostPool& pool = pools_[number].cost;
        const auto end = cost::Moment::end_of(through).next();
        pool.compact(through, pool.ahead_before(end, brought_back));
    }
}

void Pools::begin() {
    DAYBOOK_ASSERT(!noting_);
    noting_ = true;
    count_before_ = pools_.size();
}

void Pools::commit() {
    noting_ = false;
    before_.clear();
}

void Pools::rollback() {
    noting_ = false;
    for (auto noted = before_.rbegin(); noted != before_.rend(); ++noted) {
        pools_[noted->first] = std::move(noted->second);
    }
    before_.clear();
    pools_.erase(pools_.begin() + static_cast<std::ptrdiff_t>(count_before_), pools_.end());
}

void Pools::save(Packer& packer) const {
    packer.put(count());
    for (const Pool& pool : pools_) {
        packer.put(pool.key);
        pool.cost.save(packer);
        packer.put(pool.handed_over.bits());
        packer.put(pool.tie);
    }
}

void Pools::load(Unpacker& unpacker) {
    pools_.clear();
    for (auto left = unpacker.next<std::uint32_t>(); left > 0 && unpacker.is_whole(); --left) {
        Pool& pool = pools_.emplace_back();
        unpacker.get(pool.key);
        pool.cost.load(unpacker);
        pool.handed_over = cost::Moment::from_bits(unpacker.next<std::uint64_t>());
        unpacker.get(pool.tie);
    }
}

}  // namespace daybook::inventory
