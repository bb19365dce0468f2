#include "connectors/kafka/examination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/librdkafka.hpp"
#include "connectors/kafka/placement.hpp"
#include "connectors/kafka/reader.hpp"
#include "connectors/kafka/topic.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {
namespace {

using std::chrono::milliseconds;

constexpr int ask_again_ms = 500;

// By the newest version of the request to produce.
struct Step {
    int produce;
    Release release;
};
constexpr std::array steps = {
    Step{13, {4, 1}},
    Step{12, {4, 0}},
    Step{11, {3, 8}},
    Step{10, {3, 7}},
    Step{9, {2, 8}},
    Step{8, {2, 4}},
    Step{3, {0, 11}},
};

// librdkafka tells what a broker understands to its log alone:
// "[thrd:...]: host:1/1:   ApiKey Produce (0) Versions 0..13".
struct Versions {
    static void hear(const rd_kafka_t* handle, int, const char* kind, const char* line) {
        constexpr std::string_view before = "ApiKey Produce (0) Versions ";
        if (std::string_view{kind} != "APIVERSION") return;
        const std::string_view text{line};
        const std::size_t at = text.find(before);
        if (at == std::string_view::npos) return;
        const std::size_t dots = text.find("..", at);
        if (dots == std::string_view::npos) return;
        auto& versions = *static_cast<Versions*>(rd_kafka_opaque(handle));
        const std::scoped_lock lock{versions.mutex};
        versions.produce = std::atoi(text.data() + dots + 2);
    }

    std::mutex mutex;
    int produce = -1;  // Guarded by mutex.
};

Release release_of(int produce) {
    const auto* const step =
        std::ranges::find_if(steps, [&](const Step& one) { return produce >= one.produce; });
    return step == steps.end() ? Release{} : step->release;
}

struct DropMetadata {
    void operator()(const rd_kafka_metadata_t* metadata) const {
        rd_kafka_metadata_destroy(metadata);
    }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, DropMetadata>;

Metadata metadata_of(const Handle& handle, milliseconds patience) {
    const rd_kafka_metadata_t* answer = nullptr;
    (void)rd_kafka_metadata(handle.get(), 0, nullptr, &answer, static_cast<int>(patience.count()));
    return Metadata{answer};
}

std::optional<Release> ask_release(
    const std::string& address, const Settings& settings, milliseconds patience
) {
    Versions versions;  // Outlives the handle.
    const Property ours[] = {{"debug", "feature"}};
    auto configuration =
        make_configuration({.brokers = address, .environment = {}, .book = {}}, ours, settings);
    if (!configuration.ok()) return std::nullopt;
    rd_kafka_conf_set_opaque(configuration.value().get(), &versions);
    rd_kafka_conf_set_log_cb(configuration.value().get(), &Versions::hear);
    const auto handle = make_handle(RD_KAFKA_PRODUCER, std::move(configuration).value());
    if (!handle.ok() || metadata_of(handle.value(), patience) == nullptr) return std::nullopt;
    const std::scoped_lock lock{versions.mutex};
    return release_of(versions.produce);
}

bool is_denied(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

Error denied_or_away(rd_kafka_resp_err_t error, const std::string& what) {
    return {
        is_denied(error) ? ErrorCode::denied : ErrorCode::unavailable,
        fmt::format("{}: {}", what, rd_kafka_err2str(error))};
}

struct Delivery {
    static void hear(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        auto& delivery = *static_cast<Delivery*>(opaque);
        delivery.is_told = true;
        delivery.error = message->err;
        rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        delivery.at_ms = rd_kafka_message_timestamp(message, &kind);
        delivery.is_brokers_time = kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
    }

    bool is_told = false;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::int64_t at_ms = 0;
    bool is_brokers_time = false;
};

Result<void> make_probe_topic(const Place& place, const Settings& settings, milliseconds patience) {
    const Settings kept_for_an_hour = {
        {"cleanup.policy", "delete"},
        {"retention.ms", "3600000"},
        {"message.timestamp.type", "LogAppendTime"}};
    auto made = create_shared_topic(place, settings, patience, kept_for_an_hour);
    if (made.ok() || made.error().code == ErrorCode::conflict) return {};
    return made;
}

}  // namespace

Result<std::vector<BrokerState>> look_at_brokers(
    const Place& place, const Settings& settings, milliseconds patience
) {
    DAYBOOK_TRY(auto configuration, make_configuration(place, {}, settings));
    DAYBOOK_TRY(const Handle handle, make_handle(RD_KAFKA_PRODUCER, std::move(configuration)));
    const Metadata metadata = metadata_of(handle, patience);
    if (metadata == nullptr) {
        return Error{
            ErrorCode::unavailable,
            fmt::format(
                "no Kafka broker at {} answered within {} ms", place.brokers, patience.count()
            )};
    }
    std::vector<BrokerState> brokers;
    for (int index = 0; index < metadata->broker_cnt; ++index) {
        const rd_kafka_metadata_broker_t& broker = metadata->brokers[index];
        const std::string address = fmt::format("{}:{}", broker.host, broker.port);
        brokers.push_back({address, ask_release(address, settings, patience)});
    }
    return brokers;
}

Result<void> try_to_read(const Place& place, const Settings& settings, milliseconds patience) {
    const Deadline deadline{patience};
    DAYBOOK_TRY(const auto reader, TopicReader::open(place, settings, 0, patience));
    const auto pass_over = [](const RawRecord&) { return Result<void>{}; };
    while (!reader->is_at_end() && !deadline.is_over()) {
        DAYBOOK_TRY(const auto records, reader->next(deadline.left(), pass_over));
        if (records > 0) return {};
    }
    if (reader->is_at_end()) return {};
    return Error{
        ErrorCode::unavailable,
        fmt::format("topic {}: nothing came within {} ms", place.topic(), patience.count())};
}

Result<void> try_to_see_owners(
    const Place& place, const Settings& settings, milliseconds patience
) {
    const std::string group = group_of_owners(place.environment);
    const Property ours[] = {{"group.id", group}, {"enable.auto.commit", "false"}};
    DAYBOOK_TRY(auto configuration, make_configuration(place, ours, settings));
    DAYBOOK_TRY(const Handle handle, make_handle(RD_KAFKA_CONSUMER, std::move(configuration)));
    const std::
        unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)>
            list{rd_kafka_topic_partition_list_new(1), &rd_kafka_topic_partition_list_destroy};
    rd_kafka_topic_partition_list_add(list.get(), place.topic().c_str(), 0);
    rd_kafka_poll_set_consumer(handle.get());
    const Deadline deadline{patience};
    auto error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    while (!deadline.is_over() && !is_denied(error)) {
        error = rd_kafka_committed(handle.get(), list.get(), ask_again_ms);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
        // Why the group's coordinator is not found comes in the place of a record.
        rd_kafka_message_t* const told = rd_kafka_consumer_poll(handle.get(), ask_again_ms);
        if (told == nullptr) continue;
        if (is_denied(told->err)) error = told->err;
        rd_kafka_message_destroy(told);
    }
    return denied_or_away(error, "group " + group);
}

Result<Probe> probe(const Place& place, const Settings& settings, milliseconds patience) {
    const Place shared = place.shared("probe");
    DAYBOOK_TRY_VOID(make_probe_topic(shared, settings, patience));
    Delivery delivery;
    const Property ours[] = {
        {"acks", "all"},
        {"linger.ms", "0"},
        {"message.timeout.ms", fmt::format("{}", patience.count())}};
    DAYBOOK_TRY(auto configuration, make_configuration(shared, ours, settings));
    rd_kafka_conf_set_opaque(configuration.get(), &delivery);
    rd_kafka_conf_set_dr_msg_cb(configuration.get(), &Delivery::hear);
    DAYBOOK_TRY(const Handle handle, make_handle(RD_KAFKA_PRODUCER, std::move(configuration)));
    DAYBOOK_TRY(const Topic topic, open_topic(handle.get(), shared, patience));
    const SystemClock clock;
    const Deadline deadline{patience};
    const auto began = clock.elapsed();
    std::string text = "daybook doctor";
    if (rd_kafka_produce(
            topic.get(), 0, RD_KAFKA_MSG_F_COPY, text.data(), text.size(), nullptr, 0, nullptr
        ) != 0) {
        return denied_or_away(rd_kafka_last_error(), "topic " + shared.topic());
    }
    while (!delivery.is_told && !deadline.is_over()) (void)rd_kafka_poll(handle.get(), 1);
    const auto round_trip = clock.elapsed() - began;
    const std::int64_t now_ms = clock.now().nanos() / 1'000'000;
    if (!delivery.is_told) delivery.error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (delivery.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return denied_or_away(delivery.error, "topic " + shared.topic());
    }
    if (!delivery.is_brokers_time) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "topic {}: message.timestamp.type is not LogAppendTime; delete the topic, and it "
                "is "
                "made anew",
                shared.topic()
            )};
    }
    const auto half = std::chrono::duration_cast<milliseconds>(round_trip / 2);
    return Probe{
        .round_trip = std::chrono::duration_cast<std::chrono::microseconds>(round_trip),
        .clock_ahead = milliseconds{delivery.at_ms - now_ms} + half,
        .clock_uncertain = half + milliseconds{1}};
}

}  // namespace daybook::kafka
