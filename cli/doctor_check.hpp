// What `daybook doctor` found of one thing.
#pragma once

#include <string>
#include <vector>

namespace daybook::cli {

enum class Health : unsigned char { ok, warning, problem };

struct Check {
    std::string what;  // "topic daybook.acme.events: retention.ms"
    Health health = Health::ok;
    std::string found;
    std::string change;  // "" when there is nothing to change.
};
using Checks = std::vector<Check>;

}  // namespace daybook::cli
