// The cost pools by their numbers: a container of the module's state. Copying a pool takes constant
// time, so a batch that is refused simply gets the old ones back.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/pack.hpp"
#include "engine/domain/cost/cost_pool.hpp"

namespace daybook::inventory {

// What is valued together: an item in one scope, since a day on which its policy changed.
struct PoolKey {
    Id item;
    Date from;  // None: since the beginning.
    Id scope;   // None: the company.
    friend auto operator<=>(const PoolKey&, const PoolKey&) = default;
};
struct Pool {
    PoolKey key;
    cost::CostPool cost;
    cost::Moment handed_over;  // When all that was left went to the pools of a new policy.
    std::uint64_t tie = 0;     // Of that.
};

class Pools {
 public:
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(pools_.size()); }
    // Valid until the next change.
    [[nodiscard]] const Pool& get(std::uint32_t number) const { return pools_[number]; }
    void put(std::uint32_t number, Pool pool);
    void compact(Date through, const cost::BroughtBack& brought_back);

    void begin();
    void commit();
    void rollback();
    void save(Packer& packer) const;
    void load(Unpacker& unpacker);

 private:
    std::vector<Pool> pools_;
    std::vector<std::pair<std::uint32_t, Pool>> before_;
    std::size_t count_before_ = 0;
    bool noting_ = false;
};

}  // namespace daybook::inventory
