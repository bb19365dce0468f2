// Request targets taken apart, by Boost.URL, whose sources are compiled here.
#include <boost/url/parse.hpp>
#include <boost/url/src.hpp>
#include <boost/url/url_view.hpp>

#include "connectors/http/message.hpp"

namespace daybook::http {

Result<Target> parse_target(std::string_view target) {
    const auto parsed = boost::urls::parse_origin_form(target);
    if (!parsed) {
        return Error{
            ErrorCode::invalid,
            "the request target must be a path, and its other characters written as %XX; found \"" +
                std::string{target.substr(0, 80)} + "\""};
    }
    Target parts;
    for (const auto& segment : parsed->segments()) {
        if (!segment.empty()) parts.path.push_back(segment);
    }
    for (const auto& parameter : parsed->params()) {
        parts.query[parameter.key] = parameter.value;
    }
    return parts;
}

}  // namespace daybook::http
