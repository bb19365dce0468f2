// Whether a mapping's commands exist and have the fields that it fills.

#include "connectors/files/mapping_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "engine/base/nearest.hpp"

namespace daybook::files {
namespace {

Error error_at(const Mapping& mapping, std::size_t line, const std::string& what) {
    return {ErrorCode::invalid, fmt::format("mapping {} line {}: {}", mapping.name, line, what)};
}

// The depth is that of a path in the mapping.
Result<void> check_fields(
    const Mapping& mapping,
    const CommandTemplate& command,
    const TemplateNode& node,
    std::span<const FieldDescription> fields
) {
    // Without fields to compare, as in a union's value, the codec alone can tell.
    if (fields.empty()) return {};
    for (const std::size_t index : node.children) {
        const TemplateNode& child = command.nodes[index];
        if (node.kind != TemplateNode::Kind::object) {
            DAYBOOK_TRY_VOID(check_fields(mapping, command, child, fields));
            continue;
        }
        const auto field = std::ranges::find(fields, child.name, &FieldDescription::name);
        if (field == fields.end()) {
            std::vector<std::string_view> names;
            for (const FieldDescription& known : fields) names.push_back(known.name);
            return error_at(
                mapping,
                child.line,
                fmt::format(
                    "{} has no field {}{}", command.name, child.name, suggestion(child.name, names)
                )
            );
        }
        DAYBOOK_TRY_VOID(check_fields(mapping, command, child, field->fields));
    }
    return {};
}

}  // namespace

Result<void> check_commands(const Mapping& mapping, const Codec& codec) {
    for (const Pass& pass : mapping.passes) {
        for (const CommandTemplate& command : pass.commands) {
            const auto described = codec.describe_command(command.name);
            if (!described) return error_at(mapping, command.line, described.error().message);
            DAYBOOK_TRY_VOID(
                check_fields(mapping, command, command.nodes.front(), described.value()->fields)
            );
        }
    }
    return {};
}

}  // namespace daybook::files
