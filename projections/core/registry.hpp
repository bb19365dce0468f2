// The projections that this program was built with. The list is generated from schemas/*.fbs and
// projections/views/*.cpp.
#pragma once

#include <span>
#include <string_view>

#include "projections/core/projection.hpp"

namespace daybook {

struct RegisteredProjection {
    std::string_view name;  // "sales"
    const Projection* projection;
};

// In the order of their names, views last. The list never changes while the program runs.
[[nodiscard]] std::span<const RegisteredProjection> registered_projections();

// Null if no projection has a report of this name.
[[nodiscard]] const Report* find_report(
    std::span<const RegisteredProjection> projections, std::string_view name
);

}  // namespace daybook
