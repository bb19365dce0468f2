#include "cli/doctor_kafka.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "cli/wiring.hpp"
#include "connectors/kafka/examination.hpp"
#include "connectors/kafka/placement.hpp"
#include "connectors/kafka/topic.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds broker_patience{10'000};
constexpr int replicas_wanted = 3;
constexpr kafka::Release release_wanted{4, 0};
constexpr kafka::Release release_needed{0, 11};
constexpr std::chrono::milliseconds clock_ahead_warned{500};
constexpr std::chrono::milliseconds round_trip_warned{100};

// ---- Brokers ------------------------------------------------------------------------------------

void check_broker(Checks& checks, const kafka::BrokerState& broker) {
    const std::string what = "broker " + broker.address;
    if (!broker.release) {
        checks.push_back(
            {what,
             Health::problem,
             "it does not answer at this address",
             "look whether it runs, and whether its advertised.listeners can be reached from here"}
        );
        return;
    }
    const kafka::Release release = *broker.release;
    const std::string found = fmt::format("Kafka {}.{} or newer", release.major, release.minor);
    if (release < release_needed) {
        checks.push_back({what, Health::problem, "older than Kafka 0.11", "have Kafka 4.0 or newer"}
        );
    } else if (release < release_wanted) {
        checks.push_back(
            {what,
             Health::warning,
             found + ", older than 4.0",
             "have Kafka 4.0 or newer: faults are tried with 4.1 alone"}
        );
    } else {
        checks.push_back({what, Health::ok, found, ""});
    }
}

void check_brokers(Checks& checks, const kafka::Place& place, const kafka::Settings& settings) {
    const auto brokers = kafka::look_at_brokers(place, settings, broker_patience);
    if (!brokers.ok()) {
        checks.push_back(
            {"brokers", Health::problem, brokers.error().message, "look whether they run"}
        );
        return;
    }
    for (const kafka::BrokerState& broker : brokers.value()) check_broker(checks, broker);
}

void check_right(
    Checks& checks, const std::string& what, const Result<void>& tried, const std::string& change
) {
    if (tried.ok()) {
        checks.push_back({what, Health::ok, "allowed", ""});
        return;
    }
    const bool is_denied = tried.error().code == ErrorCode::denied;
    checks.push_back(
        {what, Health::problem, tried.error().message, is_denied ? change : "look at the brokers"}
    );
}

void check_probe(Checks& checks, const kafka::Place& place, const kafka::Settings& settings) {
    const std::string topic = place.shared("probe").topic();
    const auto probe = kafka::probe(place, settings, broker_patience);
    if (!probe.ok()) {
        checks.push_back(
            {"writing",
             Health::problem,
             probe.error().message,
             fmt::format("give the rights Create and Write on topics that begin as {}", topic)}
        );
        return;
    }
    const kafka::Probe& found = probe.value();
    const bool is_slow = found.round_trip > round_trip_warned;
    checks.push_back(
        {"writing",
         is_slow ? Health::warning : Health::ok,
         fmt::format("a record stood on all replicas after {} us", found.round_trip.count()),
         is_slow ? "a command takes that long at least: look at the network and the brokers' disks"
                 : ""}
    );
    const auto ahead = found.clock_ahead;
    const bool is_off = std::chrono::abs(ahead) > clock_ahead_warned + found.clock_uncertain;
    checks.push_back(
        {"clock of the broker",
         is_off ? Health::warning : Health::ok,
         fmt::format(
             "{} ms {} this computer's, give or take {}",
             std::abs(ahead.count()),
             ahead.count() < 0 ? "behind" : "before",
             found.clock_uncertain.count()
         ),
         is_off ? "run chrony or systemd-timesyncd on both: recording times of nodes should agree"
                : ""}
    );
}

// ---- Topics -------------------------------------------------------------------------------------

void check_replicas(Checks& checks, const std::string& what, const kafka::TopicState& state) {
    const std::string found = fmt::format(
        "{} replicas on {} brokers, {} in step",
        state.replicas,
        state.brokers,
        state.in_sync_replicas
    );
    if (state.in_sync_replicas < state.replicas) {
        checks.push_back({what, Health::problem, found, "look at the broker that is behind or down"}
        );
    } else if (state.replicas < replicas_wanted) {
        checks.push_back(
            {what,
             Health::warning,
             found,
             "with one broker its disk is the only copy: have three brokers and replicas"}
        );
    } else {
        checks.push_back({what, Health::ok, found, ""});
    }
}

void check_topic(Checks& checks, const kafka::Place& place, const kafka::Settings& settings) {
    const std::string what = "topic " + place.topic();
    const auto state = kafka::look_at_topic(place, settings, broker_patience);
    if (!state.ok()) {
        checks.push_back({what, Health::problem, state.error().message, "look at the brokers"});
        return;
    }
    if (!state.value().exists) {
        checks.push_back(
            {what, Health::problem, "it is not there", "begin the book, or copy it there"}
        );
        return;
    }
    for (const kafka::TopicFinding& finding : state.value().findings) {
        checks.push_back(
            {fmt::format("{}: {}", what, finding.setting),
             Health::problem,
             finding.found,
             "set it to " + finding.needed}
        );
    }
    if (state.value().findings.empty()) {
        checks.push_back({what + ": settings", Health::ok, "they keep the promises", ""});
    }
    check_replicas(checks, what + ": replication", state.value());
    check_right(
        checks,
        what + ": reading",
        kafka::try_to_read(place, settings, broker_patience),
        "give the right Read on the topic"
    );
}

void check_schemas(Checks& checks, const kafka::Place& place, const kafka::Settings& settings) {
    const kafka::Place shared = place.shared("schemas");
    const std::string what = "topic " + shared.topic();
    const auto policy = kafka::topic_setting(shared, settings, "cleanup.policy", broker_patience);
    if (!policy.ok()) {
        checks.push_back(
            {what, Health::problem, policy.error().message, "give the right DescribeConfigs on it"}
        );
    } else if (!policy.value()) {
        checks.push_back(
            {what,
             Health::warning,
             "it is not there, so readers find no schemas",
             "start a node that may make it"}
        );
    } else if (*policy.value() != "compact") {
        checks.push_back(
            {what + ": cleanup.policy",
             Health::problem,
             *policy.value(),
             "set it to compact: a schema is never deleted"}
        );
    } else {
        checks.push_back({what, Health::ok, "it is compacted", ""});
    }
}

}  // namespace

Result<void> check_kafka(Checks& checks, const Session& session, const KafkaQuestion& question) {
    std::string text = question.log;
    while (text.ends_with('/')) text.pop_back();
    DAYBOOK_TRY(const kafka::Place any, kafka::parse_place(text + "/any"));
    DAYBOOK_TRY(const kafka::Settings settings, kafka_settings(place_of(session)));
    std::vector<std::string> books = question.books;
    auto found = kafka::books_at(any.brokers, any.environment, settings, broker_patience);
    if (!found.ok()) {
        checks.push_back(
            {"brokers", Health::problem, found.error().message, "look whether they run"}
        );
        return {};
    }
    checks.push_back({"brokers", Health::ok, fmt::format("{} books", found.value().size()), ""});
    if (books.empty()) books = std::move(found).value();
    check_brokers(checks, any, settings);
    if (question.probe) check_probe(checks, any, settings);
    check_right(
        checks,
        "group " + kafka::group_of_owners(any.environment),
        kafka::try_to_see_owners(any, settings, broker_patience),
        "give the rights Read and Describe on the group"
    );
    check_schemas(checks, any, settings);
    for (const std::string& book : books) {
        kafka::Place place = any;
        place.book = book;
        check_topic(checks, place, settings);
    }
    return {};
}

}  // namespace daybook::cli
