// The body of a command as JSON, field by field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/money.hpp"

namespace daybook::demo {

class Body {
 public:
    Body& text(std::string_view name, std::string_view value);
    Body& day(std::string_view name, Date value) { return text(name, to_string(value)); }
    Body& money(std::string_view name, Money value) { return text(name, to_string(value)); }
    Body& raw(std::string_view name, std::string_view json);  // A number, a list, an object.
    Body& list(std::string_view name, const std::vector<Body>& elements);

    [[nodiscard]] std::string json() const { return "{" + fields_ + "}"; }

 private:
    std::string fields_;
};

}  // namespace daybook::demo
