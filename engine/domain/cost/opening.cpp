#include "engine/domain/cost/opening.hpp"

#include <algorithm>
#include <memory>

#include "engine/domain/cost/running.hpp"

namespace daybook::cost {

std::int64_t OpenLayer::given_before() const {
    return share_of(value, gone, quantity);
}

const OpenLayer* Opening::find(Moment receipt) const {
    const auto found = std::ranges::lower_bound(layers, receipt, {}, &OpenLayer::receipt);
    return found != layers.end() && found->receipt == receipt ? &*found : nullptr;
}

void intrusive_ptr_add_ref(Opening* opening) {
    ++opening->holders;
}
void intrusive_ptr_release(Opening* opening) {
    DAYBOOK_ASSERT(opening->holders > 0);
    if (--opening->holders == 0) std::unique_ptr<Opening>{opening}.reset();
}

}  // namespace daybook::cost
