// The description of the interface in OpenAPI 3.1, made from the compiled schemas and the list of
// reports.
#pragma once

#include <span>
#include <string>

#include "connectors/http/books.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::http {

[[nodiscard]] std::string openapi_json(
    const Codec& codec, std::span<const ReportDescription> reports
);

}  // namespace daybook::http
