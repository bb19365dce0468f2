#include "cli/session.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <utility>

namespace daybook::cli {

ExitCode Session::refuse(std::string_view what, std::string_view command) const {
    std::cerr << fmt::format("daybook: {}\nSee: {} --help\n", what, command);
    return ExitCode::usage;
}

BookPlace place_of(const Session& session) {
    return place_of(session, session.options.book);
}

BookPlace place_of(const Session& session, std::string text) {
    return {
        .text = std::move(text),
        .local = session.options.local,
        .kafka = session.options.kafka,
        .node = session.options.node};
}

Id actor_of(const Session& session) {
    std::string name = session.options.actor;
    for (const char* variable : {"LOGNAME", "USER"}) {
        const char* value = std::getenv(variable);
        if (name.empty() && value != nullptr) name = value;
    }
    if (name.empty()) name = "daybook";
    const auto id = parse_id(name);
    return id ? id.value() : id_from_text(name);
}

}  // namespace daybook::cli
