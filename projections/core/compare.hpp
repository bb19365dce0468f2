// Comparing the stored rows of two folds of the same events, byte by byte.
#pragma once

#include "engine/base/result.hpp"
#include "engine/store/store.hpp"
#include "projections/core/fold.hpp"
#include "projections/core/follower.hpp"

namespace daybook {

// A projection's rows, all written to the store.
struct StoredRows {
    const Store& store;
    const ProjectionRows& rows;
};

// Adds what differs.
[[nodiscard]] Result<void> compare_rows(
    const StoredRows& stored, const StoredRows& fresh, RowDifferences& differences
);

}  // namespace daybook
