// A document's command as JSON, from its template in the mapping.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "connectors/files/documents.hpp"
#include "connectors/files/mapping.hpp"

namespace daybook::files {

// Appends the command's body. Fields without a value are left out, and so are objects without
// fields. A problem shows in reader.evaluator(); if it is one row's, that row is answered. Leaves
// the document's first row shown.
std::optional<std::size_t> append_body(
    std::string& out, const CommandTemplate& command, const Document& document, PassReader& reader
);

}  // namespace daybook::files
