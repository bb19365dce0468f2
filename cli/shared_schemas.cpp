#include "cli/shared_schemas.hpp"

#include <fmt/format.h>

#include "connectors/kafka/schemas.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds broker_patience{10'000};

}  // namespace

void share_schemas(
    const Session& session, const kafka::Place& place, const kafka::Settings& settings
) {
    const auto published =
        kafka::publish_schemas(place, settings, domain_modules(), broker_patience);
    if (published.ok()) {
        if (published.value() == 0) return;
        return session.terminal->detail(fmt::format(
            "{} schemas were added to the topic {}",
            published.value(),
            place.shared("schemas").topic()
        ));
    }
    session.terminal->say(fmt::format("schemas are not published: {}", published.error().message));
}

}  // namespace daybook::cli
