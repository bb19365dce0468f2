// What may not be passed through, and why. The rest librdkafka itself knows best.
#include "connectors/kafka/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/kafka/librdkafka.hpp"

namespace daybook::kafka {
namespace {

struct Denied {
    std::string_view name;  // Also the beginning of a family, when it ends in a dot.
    std::string_view why;
};

constexpr std::string_view durability =
    "what is acknowledged must stand on all in-sync replicas, once and in order";
constexpr std::string_view offsets = "the log keeps its own offsets";
constexpr std::string_view placement = "the place says it";

constexpr Denied denied[] = {
    {"acks", durability},
    {"request.required.acks", durability},
    {"enable.idempotence", durability},
    {"enable.gapless.guarantee", durability},
    {"max.in.flight", durability},
    {"max.in.flight.requests.per.connection", durability},
    {"queuing.strategy", durability},
    {"delivery.report.only.error", durability},
    {"transactional.id", "the log uses no transactions; see topics.md"},
    {"transaction.timeout.ms", "the log uses no transactions; see topics.md"},
    {"isolation.level", "the log uses no transactions; see topics.md"},
    {"enable.auto.commit", offsets},
    {"auto.commit.enable", offsets},
    {"auto.commit.interval.ms", offsets},
    {"enable.auto.offset.store", offsets},
    {"auto.offset.reset", offsets},
    {"offset.store.method", offsets},
    {"offset.store.path", offsets},
    {"offset.store.sync.interval.ms", offsets},
    {"enable.partition.eof", "the log must hear where the topic ends"},
    {"group.id", "the log reads its partition without a group"},
    {"group.instance.id", "the log reads its partition without a group"},
    {"partition.assignment.strategy", "the log reads its partition without a group"},
    {"bootstrap.servers", placement},
    {"metadata.broker.list", placement},
    {"message.max.bytes", "every event that a log may hold must fit"},
    {"receive.message.max.bytes", "every event that a log may hold must fit"},
    {"allow.auto.create.topics", "a topic made with the broker's defaults would lose events"},
    {"plugin.library.paths", "code from elsewhere would stand between the log and Kafka"},
    {"interceptors", "code from elsewhere would stand between the log and Kafka"},
    {"test.mock.num.brokers", "an imitation of Kafka keeps no promise"},
    {"test.mock.broker.rtt", "an imitation of Kafka keeps no promise"},
    {"ut_handle_ProduceResponse", "it exists for librdkafka's own tests"},
};

}  // namespace

Result<Property> parse_property(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "\"{}\": a property is written name=value, as security.protocol=SSL", text
            )};
    }
    Property property{std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}};
    // librdkafka takes the topic's properties with this prefix as well.
    std::string_view name = property.name;
    if (name.starts_with("topic.") && name != "topic.metadata.refresh.interval.ms") {
        const std::string_view bare = name.substr(std::string_view{"topic."}.size());
        if (std::ranges::any_of(denied, [&](const Denied& one) { return one.name == bare; })) {
            name = bare;
        }
    }
    for (const Denied& one : denied) {
        if (one.name != name) continue;
        return Error{
            ErrorCode::denied, fmt::format("{} cannot be set: {}", property.name, one.why)};
    }
    const Configuration trial{rd_kafka_conf_new()};
    DAYBOOK_TRY_VOID(set(trial.get(), property.name.c_str(), property.value));
    return property;
}

}  // namespace daybook::kafka
