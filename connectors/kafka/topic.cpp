// Asks and tells Kafka's administration interface.
#include "connectors/kafka/topic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/librdkafka.hpp"
#include "engine/log/log.hpp"

namespace daybook::kafka {
namespace {

constexpr std::string_view needed_message_bytes = "17825792";
constexpr std::size_t reason_bytes = 512;
constexpr int first_right_scram = 0x020601ff;  // 2.6.1: it sent a wrong nonce before.

struct DropQueue {
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DropEvent {
    void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct DropOptions {
    void operator()(rd_kafka_AdminOptions_t* options) const {
        rd_kafka_AdminOptions_destroy(options);
    }
};
struct DropNewTopic {
    void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, DropQueue>;
using Event = std::unique_ptr<rd_kafka_event_t, DropEvent>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t, DropOptions>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, DropNewTopic>;

// One connection for questions and orders.
struct Administrator {
    static Result<Administrator> open(
        const Place& place, const Settings& settings, std::chrono::milliseconds patience
    ) {
        Administrator administrator{.patience = patience};
        DAYBOOK_TRY(Configuration configuration, make_configuration(place, {}, settings));
        administrator.complaint->listen(configuration.get());
        DAYBOOK_TRY(
            administrator.handle,
            make_handle(RD_KAFKA_PRODUCER, std::move(configuration), administrator.complaint)
        );
        administrator.queue.reset(rd_kafka_queue_new(administrator.handle.get()));
        return administrator;
    }
    [[nodiscard]] Options options(rd_kafka_admin_op_t operation) const {
        Options made{rd_kafka_AdminOptions_new(handle.get(), operation)};
        const int timeout_ms = static_cast<int>(patience.count());
        std::array<char, reason_bytes> reason{};
        rd_kafka_AdminOptions_set_request_timeout(
            made.get(), timeout_ms, reason.data(), reason.size()
        );
        if (operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) {
            rd_kafka_AdminOptions_set_operation_timeout(
                made.get(), timeout_ms, reason.data(), reason.size()
            );
        }
        return made;
    }
    [[nodiscard]] Result<Event> answer() const {
        Event event{rd_kafka_queue_poll(queue.get(), static_cast<int>(patience.count()) + 1000)};
        if (event == nullptr) return Error{ErrorCode::unavailable, "Kafka did not answer"};
        if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return Error{
                ErrorCode::unavailable,
                fmt::format("Kafka answered: {}", rd_kafka_event_error_string(event.get()))};
        }
        return event;
    }

    std::shared_ptr<Complaint> complaint = std::make_shared<Complaint>();
    Handle handle;
    Queue queue;
    std::chrono::milliseconds patience;
};

struct MetadataFree {
    void operator()(const rd_kafka_metadata_t* metadata) const {
        rd_kafka_metadata_destroy(metadata);
    }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataFree>;

Result<Metadata> metadata_of(const Administrator& administrator, const Place& place) {
    const std::string name = place.topic();
    const Topic topic{rd_kafka_topic_new(administrator.handle.get(), name.c_str(), nullptr)};
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error = rd_kafka_metadata(
        administrator.handle.get(),
        0,
        topic.get(),
        &answer,
        static_cast<int>(administrator.patience.count())
    );
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        Metadata metadata{answer};
        if (metadata->broker_cnt > 0) return metadata;
        // Its controller has given the broker up that answers, because it was silent for too long.
        return Error{
            ErrorCode::unavailable,
            fmt::format("the Kafka cluster at {} has no broker that is ready", place.brokers)};
    }
    std::string complaint = administrator.complaint->text();
    if (complaint.find("SCRAM") != std::string::npos && rd_kafka_version() < first_right_scram) {
        complaint += fmt::format(
            "; or it is librdkafka {}: before 2.6.1 brokers from 3.7.2 and 3.8.1 on refuse its "
            "SCRAM",
            rd_kafka_version_str()
        );
    }
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "no Kafka broker at {} answered within {} ms: {}",
            place.brokers,
            administrator.patience.count(),
            complaint.empty() ? rd_kafka_err2str(error) : complaint
        )};
}

using Configs = std::map<std::string, std::string>;

Result<Configs> ask_configs(const Administrator& administrator, const std::string& topic) {
    const std::unique_ptr<rd_kafka_ConfigResource_t, void (*)(rd_kafka_ConfigResource_t*)> resource{
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()),
        &rd_kafka_ConfigResource_destroy};
    rd_kafka_ConfigResource_t* resources[] = {resource.get()};
    const Options options = administrator.options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_DescribeConfigs(
        administrator.handle.get(), resources, 1, options.get(), administrator.queue.get()
    );
    DAYBOOK_TRY(const Event event, administrator.answer());
    const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
    std::size_t count = 0;
    const auto* described = rd_kafka_DescribeConfigs_result_resources(result, &count);
    DAYBOOK_ASSERT(count == 1);
    const auto error = rd_kafka_ConfigResource_error(described[0]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        const char* reason = rd_kafka_ConfigResource_error_string(described[0]);
        const bool is_unknown = error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        return Error{
            is_unknown ? ErrorCode::not_found : ErrorCode::denied,
            fmt::format(
                "the settings of topic {} cannot be read: {}", topic, reason ? reason : "no reason"
            )};
    }
    Configs configs;
    const auto* entries = rd_kafka_ConfigResource_configs(described[0], &count);
    for (std::size_t index = 0; index < count; ++index) {
        const char* value = rd_kafka_ConfigEntry_value(entries[index]);
        configs[rd_kafka_ConfigEntry_name(entries[index])] = value == nullptr ? "" : value;
    }
    return configs;
}

// Of a topic that one broker knows. The one that answers may not have heard of it yet.
Result<Configs> configs_of(const Administrator& administrator, const std::string& topic) {
    const Deadline deadline{administrator.patience};
    while (true) {
        auto configs = ask_configs(administrator, topic);
        const bool is_unknown = !configs.ok() && configs.error().code == ErrorCode::not_found;
        if (!is_unknown || deadline.is_over()) return configs;
    }
}

// 0 for what is no number.
std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    (void)std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void check_configs(const Configs& configs, TopicState& state) {
    const auto value = [&](const char* name) {
        const auto found = configs.find(name);
        return found == configs.end() ? std::string{} : found->second;
    };
    const auto want = [&](const char* name, std::string_view needed, std::string_view why) {
        if (value(name) == needed) return;
        state.findings.push_back({name, value(name), fmt::format("{}: {}", needed, why)});
    };
    want("cleanup.policy", "delete", "compaction would remove events");
    want("retention.ms", "-1", "an event is never deleted for its age");
    want("retention.bytes", "-1", "an event is never deleted for want of space");
    want(
        "unclean.leader.election.enable", "false", "a replica that lags must not become the truth"
    );
    const std::uint64_t in_sync = number_of(value("min.insync.replicas"));
    const std::uint64_t in_sync_needed = state.replicas > 1 ? 2 : 1;
    if (in_sync < in_sync_needed) {
        state.findings.push_back(
            {"min.insync.replicas",
             value("min.insync.replicas"),
             fmt::format("{} or more: what is acknowledged stands on two disks", in_sync_needed)}
        );
    }
    if (number_of(value("max.message.bytes")) < number_of(needed_message_bytes)) {
        state.findings.push_back(
            {"max.message.bytes",
             value("max.message.bytes"),
             fmt::format("{} or more: an event may have 16 MiB", needed_message_bytes)}
        );
    }
}

constexpr int replicas_wanted = 3;

int replicas_in(int brokers) {
    return std::min(brokers, replicas_wanted);
}

const char* in_sync_of(int replicas) {
    return replicas > 1 ? "2" : "1";
}

void check_shape(const rd_kafka_metadata_topic_t& topic, TopicState& state) {
    state.partitions = topic.partition_cnt;
    if (topic.partition_cnt != 1) {
        state.findings.push_back(
            {"partitions", fmt::format("{}", topic.partition_cnt), "1: a book has one order"}
        );
    }
    if (topic.partition_cnt == 0) return;
    state.replicas = topic.partitions[0].replica_cnt;
    state.in_sync_replicas = topic.partitions[0].isr_cnt;
    const int needed = replicas_in(state.brokers);
    if (state.replicas < needed) {
        state.findings.push_back(
            {"replication factor",
             fmt::format("{}", state.replicas),
             fmt::format("{} in a cluster of {} brokers", needed, state.brokers)}
        );
    }
}

Result<void> topic_answer(const rd_kafka_topic_result_t* result, const std::string& topic) {
    const auto error = rd_kafka_topic_result_error(result);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    const char* reason = rd_kafka_topic_result_error_string(result);
    const bool exists = error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
    return Error{
        exists ? ErrorCode::conflict : ErrorCode::denied,
        fmt::format("topic {}: {}", topic, reason == nullptr ? rd_kafka_err2str(error) : reason)};
}

// Until every broker knows it, Kafka may say that a topic just made does not exist.
Result<void> wait_for_leader(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
) {
    const Deadline deadline{patience};
    while (true) {
        DAYBOOK_TRY(
            const Administrator administrator, Administrator::open(place, settings, patience)
        );
        DAYBOOK_TRY(const Metadata metadata, metadata_of(administrator, place));
        const rd_kafka_metadata_topic_t& topic = metadata->topics[0];
        const bool is_led = topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0 &&
                            topic.partitions[0].err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                            topic.partitions[0].leader >= 0;
        if (is_led) return {};
        if (deadline.is_over()) {
            return Error{
                ErrorCode::unavailable,
                fmt::format("topic {} was made, but no broker leads it yet", place.topic())};
        }
    }
}

Settings settings_of_book(int replicas, const Settings& others) {
    Settings configs = {
        {"cleanup.policy", "delete"},
        {"retention.ms", "-1"},
        {"retention.bytes", "-1"},
        {"unclean.leader.election.enable", "false"},
        {"min.insync.replicas", in_sync_of(replicas)},
        {"max.message.bytes", std::string{needed_message_bytes}},
    };
    configs.insert(configs.end(), others.begin(), others.end());
    return configs;
}

Result<NewTopic> new_topic(const Place& place, int replicas, const Settings& configs) {
    const std::string name = place.topic();
    std::array<char, reason_bytes> reason{};
    NewTopic topic{rd_kafka_NewTopic_new(name.c_str(), 1, replicas, reason.data(), reason.size())};
    if (topic == nullptr) return Error{ErrorCode::invalid, reason.data()};
    for (const Property& config : configs) {
        rd_kafka_NewTopic_set_config(topic.get(), config.name.c_str(), config.value.c_str());
    }
    return topic;
}

Result<void> make(const Administrator& administrator, const Place& place, NewTopic topic) {
    rd_kafka_NewTopic_t* topics[] = {topic.get()};
    const Options options = administrator.options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_CreateTopics(
        administrator.handle.get(), topics, 1, options.get(), administrator.queue.get()
    );
    DAYBOOK_TRY(const Event event, administrator.answer());
    std::size_t count = 0;
    const auto* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count
    );
    DAYBOOK_ASSERT(count == 1);
    return topic_answer(results[0], place.topic());
}

}  // namespace

Result<TopicState> look_at_topic(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
) {
    DAYBOOK_TRY(const Administrator administrator, Administrator::open(place, settings, patience));
    DAYBOOK_TRY(const Metadata metadata, metadata_of(administrator, place));
    TopicState state;
    state.brokers = metadata->broker_cnt;
    const int patience_ms = static_cast<int>(patience.count());
    if (char* cluster = rd_kafka_clusterid(administrator.handle.get(), patience_ms)) {
        state.cluster = cluster;
        rd_kafka_mem_free(administrator.handle.get(), cluster);
    }
    const rd_kafka_metadata_topic_t& topic = metadata->topics[0];
    if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return state;
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Error{
            ErrorCode::unavailable,
            fmt::format("topic {}: {}", place.topic(), rd_kafka_err2str(topic.err))};
    }
    state.exists = true;
    check_shape(topic, state);
    DAYBOOK_TRY(const Configs configs, configs_of(administrator, place.topic()));
    check_configs(configs, state);
    return state;
}

Result<void> create_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const Settings& others
) {
    DAYBOOK_TRY(const Administrator administrator, Administrator::open(place, settings, patience));
    DAYBOOK_TRY(const Metadata metadata, metadata_of(administrator, place));
    const int replicas = replicas_in(metadata->broker_cnt);
    DAYBOOK_TRY(NewTopic topic, new_topic(place, replicas, settings_of_book(replicas, others)));
    DAYBOOK_TRY_VOID(make(administrator, place, std::move(topic)));
    return wait_for_leader(place, settings, patience);
}

Result<void> create_shared_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const Settings& configs
) {
    DAYBOOK_TRY(const Administrator administrator, Administrator::open(place, settings, patience));
    DAYBOOK_TRY(const Metadata metadata, metadata_of(administrator, place));
    const int replicas = replicas_in(metadata->broker_cnt);
    Settings all = configs;
    all.push_back({"min.insync.replicas", in_sync_of(replicas)});
    DAYBOOK_TRY(NewTopic topic, new_topic(place, replicas, all));
    DAYBOOK_TRY_VOID(make(administrator, place, std::move(topic)));
    return wait_for_leader(place, settings, patience);
}

Result<std::optional<std::string>> topic_setting(
    const Place& place,
    const Settings& settings,
    const std::string& name,
    std::chrono::milliseconds patience
) {
    DAYBOOK_TRY(const Administrator administrator, Administrator::open(place, settings, patience));
    DAYBOOK_TRY(const Metadata metadata, metadata_of(administrator, place));
    if (metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        return std::optional<std::string>{};
    }
    DAYBOOK_TRY(const Configs configs, configs_of(administrator, place.topic()));
    const auto found = configs.find(name);
    return std::optional{found == configs.end() ? std::string{} : found->second};
}

Result<void> delete_topic(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
) {
    DAYBOOK_TRY(const Administrator administrator, Administrator::open(place, settings, patience));
    const std::string name = place.topic();
    const std::unique_ptr<rd_kafka_DeleteTopic_t, void (*)(rd_kafka_DeleteTopic_t*)> topic{
        rd_kafka_DeleteTopic_new(name.c_str()), &rd_kafka_DeleteTopic_destroy};
    rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
    const Options options = administrator.options(RD_KAFKA_ADMIN_OP_DELETETOPICS);
    rd_kafka_DeleteTopics(
        administrator.handle.get(), topics, 1, options.get(), administrator.queue.get()
    );
    DAYBOOK_TRY(const Event event, administrator.answer());
    std::size_t count = 0;
    const auto* results = rd_kafka_DeleteTopics_result_topics(
        rd_kafka_event_DeleteTopics_result(event.get()), &count
    );
    DAYBOOK_ASSERT(count == 1);
    return topic_answer(results[0], name);
}

Result<void> refuse_findings(const Place& place, const TopicState& state) {
    if (state.findings.empty()) return {};
    std::string text;
    for (const TopicFinding& finding : state.findings) {
        text += fmt::format(
            "{}{} is {}, must be {}",
            text.empty() ? "" : "; ",
            finding.setting,
            finding.found.empty() ? "not set" : finding.found,
            finding.needed
        );
    }
    return Error{
        ErrorCode::conflict,
        fmt::format("topic {} does not keep what a log promises: {}", place.topic(), text)};
}

}  // namespace daybook::kafka
