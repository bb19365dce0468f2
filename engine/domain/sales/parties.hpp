// The parties that crm registered, as far as sales asks: whether a document may name one, and who
// stands for one that was merged.
#pragma once

#include <vector>

#include "engine/domain/sales/state.hpp"

namespace daybook::sales {

// The party that stands for this one today: itself, unless it was merged.
[[nodiscard]] Id standing_for(const Sales&, Id party);
// The party of a new document, after merges, or why it may have none.
[[nodiscard]] Judged<Id> party_for_document(const Sales&, Id party);
// The party and all that were merged into it, directly or not.
[[nodiscard]] std::vector<Id> merged_with(const Sales&, Id party);

}  // namespace daybook::sales
