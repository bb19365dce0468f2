#include "cli/demo/body.hpp"

#include "cli/answers.hpp"

namespace daybook::demo {

Body& Body::raw(std::string_view name, std::string_view json) {
    if (!fields_.empty()) fields_ += ", ";
    fields_ += '"';
    fields_ += name;
    fields_ += "\": ";
    fields_ += json;
    return *this;
}

Body& Body::text(std::string_view name, std::string_view value) {
    return raw(name, cli::json_text(value));
}

Body& Body::list(std::string_view name, const std::vector<Body>& elements) {
    std::string json = "[";
    for (const Body& element : elements) {
        if (json.size() > 1) json += ", ";
        json += element.json();
    }
    return raw(name, json + "]");
}

}  // namespace daybook::demo
