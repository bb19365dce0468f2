// A document's command as JSON, from its template in the mapping.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "connectors/files/documents.hpp"
#include "connectors/files/mapping.hpp"

namespace daybook::files {

struct ShownRow {
    const Document& document;
    std::size_t row = 0;
};

// Appends the command's body. Fields without a value are left out, and so are objects without
// fields. What is outside of [] comes from the row that is shown, which is the document's `row`. A
// problem shows in reader.evaluator(); if it is one row's of a [], that row is answered.
std::optional<std::size_t> append_body(
    std::string& out, const CommandTemplate& command, const ShownRow& shown, PassReader& reader
);

}  // namespace daybook::files
