// Looking through the registered projections.
#include "projections/core/registry.hpp"

namespace daybook {

const Report* find_report(
    std::span<const RegisteredProjection> projections, std::string_view name
) {
    for (const RegisteredProjection& registered : projections) {
        for (const Report& report : registered.projection->reports) {
            if (report.name == name) return &report;
        }
    }
    return nullptr;
}

}  // namespace daybook
