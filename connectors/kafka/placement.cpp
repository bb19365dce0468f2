#include "connectors/kafka/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "connectors/kafka/librdkafka.hpp"

namespace daybook::kafka {
namespace {

constexpr int poll_ms = 100;
constexpr std::string_view topic_end = ".events";

struct DropList {
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        rd_kafka_topic_partition_list_destroy(list);
    }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, DropList>;

struct DropMetadata {
    void operator()(const rd_kafka_metadata_t* metadata) const {
        rd_kafka_metadata_destroy(metadata);
    }
};

std::string topic_begin(const std::string& environment) {
    return environment.empty() ? "daybook." : environment + ".daybook.";
}

// For every book of an environment, as Kafka's clients write a pattern.
std::string pattern_of_topics(const std::string& begin) {
    std::string pattern = "^";
    for (const char letter : begin) pattern += letter == '.' ? "\\." : std::string{letter};
    return pattern + "[^.]+\\.events$";
}

// Of "prod.daybook.acme.events" the book "acme"; "" for another topic.
std::string book_in(const std::string& topic, const std::string& environment) {
    const std::string begin = topic_begin(environment);
    if (!topic.starts_with(begin) || !topic.ends_with(topic_end)) return {};
    if (topic.size() <= begin.size() + topic_end.size()) return {};
    const std::string book =
        topic.substr(begin.size(), topic.size() - begin.size() - topic_end.size());
    return book.find('.') == std::string::npos ? book : std::string{};
}

// What the group's news goes to. Closing may take longer than ~Placement() waits, and is told of
// assignments until it is done: nobody hears of those.
struct Listener {
    void hear(const rd_kafka_topic_partition_list_t& partitions);

    std::string environment;
    std::atomic<std::uint64_t> assignments = 0;
    std::mutex mutex;
    PlacementCallback callback;  // Guarded by mutex. Null once the placement goes.
};

void Listener::hear(const rd_kafka_topic_partition_list_t& partitions) {
    std::vector<std::string> books;
    for (int i = 0; i < partitions.cnt; ++i) {
        std::string book = book_in(partitions.elems[i].topic, environment);
        if (!book.empty()) books.push_back(std::move(book));
    }
    ++assignments;
    const std::scoped_lock lock{mutex};
    if (callback) callback(books);
}

void assign(rd_kafka_t* handle, rd_kafka_topic_partition_list_t& partitions) {
    for (int i = 0; i < partitions.cnt; ++i) partitions.elems[i].offset = RD_KAFKA_OFFSET_END;
    rd_kafka_assign(handle, &partitions);
    rd_kafka_pause_partitions(handle, &partitions);
}

// Between two assignments nothing is revoked from us: every change in the group begins with taking
// all from all, and most of it comes back a moment later.
void on_rebalance(
    rd_kafka_t* handle,
    rd_kafka_resp_err_t code,
    rd_kafka_topic_partition_list_t* partitions,
    void* opaque
) {
    if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        rd_kafka_assign(handle, nullptr);
        return;
    }
    assign(handle, *partitions);
    static_cast<Listener*>(opaque)->hear(*partitions);
}

}  // namespace

struct Placement::Parts {
    std::shared_ptr<Listener> listener;
    Handle handle;
    std::atomic<bool> is_stopping = false;
    std::thread thread;

    void run() {
        while (!is_stopping) {
            // Records are none, as all partitions are paused; errors pass by themselves.
            rd_kafka_message_t* const message = rd_kafka_consumer_poll(handle.get(), poll_ms);
            if (message != nullptr) rd_kafka_message_destroy(message);
        }
    }
};

Placement::Placement(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Placement::~Placement() {
    parts_->is_stopping = true;
    if (parts_->thread.joinable()) parts_->thread.join();
    const std::scoped_lock lock{parts_->listener->mutex};
    parts_->listener->callback = nullptr;
}

Result<std::unique_ptr<Placement>> Placement::open(
    const PlacementOptions& options, PlacementCallback callback
) {
    const auto listener = std::make_shared<Listener>();
    listener->environment = options.environment;
    listener->callback = std::move(callback);
    const std::string begin = topic_begin(options.environment);
    const Property ours[] = {
        {"group.id", group_of_owners(options.environment)},
        {"group.instance.id", options.node},
        // Books have one partition each: `range` would give every one of them to the first member.
        {"partition.assignment.strategy", "roundrobin"},
        {"session.timeout.ms", std::to_string(options.session_timeout.count())},
        {"heartbeat.interval.ms", std::to_string(options.session_timeout.count() / 6)},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "latest"},
    };
    const Place place{.brokers = options.brokers, .environment = {}, .book = {}};
    DAYBOOK_TRY(auto configuration, make_configuration(place, ours, options.settings));
    rd_kafka_conf_set_opaque(configuration.get(), listener.get());
    rd_kafka_conf_set_rebalance_cb(configuration.get(), &on_rebalance);
    auto parts = std::make_unique<Parts>();
    parts->listener = listener;
    DAYBOOK_TRY(parts->handle, make_handle(RD_KAFKA_CONSUMER, std::move(configuration), listener));
    rd_kafka_poll_set_consumer(parts->handle.get());
    const PartitionList topics{
        rd_kafka_topic_partition_list_new(static_cast<int>(options.books.size()))};
    for (const std::string& book : options.books) {
        const std::string topic = begin + book + std::string{topic_end};
        rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    if (options.books.empty()) {
        const std::string pattern = pattern_of_topics(begin);
        rd_kafka_topic_partition_list_add(topics.get(), pattern.c_str(), RD_KAFKA_PARTITION_UA);
    }
    const auto subscribed = rd_kafka_subscribe(parts->handle.get(), topics.get());
    if (subscribed != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Error{
            ErrorCode::unavailable,
            fmt::format("the group of owners cannot be joined: {}", rd_kafka_err2str(subscribed))};
    }
    parts->thread = std::thread{[running = parts.get()] { running->run(); }};
    return std::make_unique<Placement>(std::move(parts));
}

std::uint64_t Placement::assignments() const {
    return parts_->listener->assignments;
}

std::string group_of_owners(const std::string& environment) {
    return topic_begin(environment) + "owners";
}

Result<std::vector<std::string>> books_at(
    const std::string& brokers,
    const std::string& environment,
    const Settings& settings,
    std::chrono::milliseconds patience
) {
    const Place place{.brokers = brokers, .environment = {}, .book = {}};
    DAYBOOK_TRY(auto configuration, make_configuration(place, {}, settings));
    DAYBOOK_TRY(const Handle handle, make_handle(RD_KAFKA_PRODUCER, std::move(configuration)));
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error =
        rd_kafka_metadata(handle.get(), 1, nullptr, &answer, static_cast<int>(patience.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Error{
            ErrorCode::unavailable,
            fmt::format(
                "no Kafka broker at {} answered within {} ms: {}",
                brokers,
                patience.count(),
                rd_kafka_err2str(error)
            )};
    }
    const std::unique_ptr<const rd_kafka_metadata_t, DropMetadata> metadata{answer};
    std::vector<std::string> books;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        std::string book = book_in(metadata->topics[i].topic, environment);
        if (!book.empty()) books.push_back(std::move(book));
    }
    std::ranges::sort(books);
    return books;
}

}  // namespace daybook::kafka
