// Settings and calls that every handle needs, with the traps of librdkafka 2.0 that they avoid.
#include "connectors/kafka/librdkafka.hpp"

#include <fmt/format.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds close_deadline{10'000};
constexpr std::size_t reason_bytes = 512;

// librdkafka writes to standard error unless it is told otherwise. What matters comes back as an
// error of the call that suffered from it.
void keep_silent(const rd_kafka_t*, int, const char*, const char*) {}

struct Latch {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_done = false;  // Guarded by mutex.
};

}  // namespace

bool finished_within(std::chrono::milliseconds deadline, std::function<void()> work) {
    const auto latch = std::make_shared<Latch>();
    std::thread([latch, work = std::move(work)] {
        work();
        const std::scoped_lock lock{latch->mutex};
        latch->is_done = true;
        latch->changed.notify_all();
    }).detach();
    std::unique_lock lock{latch->mutex};
    return latch->changed.wait_for(lock, deadline, [&] { return latch->is_done; });
}

// Closing can hang while a broker is down: the handle is then left to a thread that nobody joins.
void CloseHandle::operator()(rd_kafka_t* handle) const {
    (void)finished_within(close_deadline, [handle, heard = heard] { rd_kafka_destroy(handle); });
}

Result<void> set(rd_kafka_conf_t* configuration, const char* name, const std::string& value) {
    std::array<char, reason_bytes> reason{};
    const auto answer =
        rd_kafka_conf_set(configuration, name, value.c_str(), reason.data(), reason.size());
    if (answer == RD_KAFKA_CONF_OK) return {};
    return Error{
        ErrorCode::invalid, fmt::format("{}={}: librdkafka says: {}", name, value, reason.data())};
}

Result<Configuration> make_configuration(
    const Place& place, std::span<const Property> ours, const Settings& settings
) {
    Configuration configuration{rd_kafka_conf_new()};
    const Property shared[] = {
        {"bootstrap.servers", place.brokers},
        {"client.id", "daybook"},
        // On by default before 2.10, it holds small requests back for 40 ms.
        {"socket.nagle.disable", "true"},
        // Ten seconds by default: a broker that is back would not be noticed.
        {"reconnect.backoff.ms", "50"},
        {"reconnect.backoff.max.ms", "1000"},
        // A leader that moved is looked for at once, not after the usual five minutes.
        {"topic.metadata.refresh.interval.ms", "10000"},
        {"allow.auto.create.topics", "false"},
        {"message.max.bytes", "17825792"},  // One event of 16 MiB with its headers.
        {"receive.message.max.bytes", "536870912"},
    };
    for (const std::span<const Property> some :
         {std::span<const Property>{shared}, ours, std::span<const Property>{settings}}) {
        for (const Property& property : some) {
            DAYBOOK_TRY_VOID(set(configuration.get(), property.name.c_str(), property.value));
        }
    }
    rd_kafka_conf_set_log_cb(configuration.get(), &keep_silent);
    return configuration;
}

void Complaint::listen(rd_kafka_conf_t* configuration) {
    rd_kafka_conf_set_opaque(configuration, this);
    rd_kafka_conf_set_log_cb(configuration, &Complaint::hear);
}

// "[thrd:ssl://host:1/bootstrap]: ssl://host:1/bootstrap: SSL handshake failed: ... (after 4ms in
// state SSL_HANDSHAKE)": what stands between the name and the bracket is of use to people.
void Complaint::hear(const rd_kafka_t* handle, int, const char* kind, const char* line) {
    if (std::string_view{kind} != "FAIL") return;
    std::string_view text{line};
    for (const std::string_view before : {"]: ", ": "}) {
        const std::size_t at = text.find(before);
        if (at != std::string_view::npos) text.remove_prefix(at + before.size());
    }
    text = text.substr(0, text.find(" (after "));
    auto& complaint = *static_cast<Complaint*>(rd_kafka_opaque(handle));
    const std::scoped_lock lock{complaint.mutex_};
    complaint.text_ = text;
}

std::string Complaint::text() const {
    const std::scoped_lock lock{mutex_};
    return text_;
}

Result<Handle> make_handle(
    rd_kafka_type_t type, Configuration configuration, std::shared_ptr<void> heard
) {
    std::array<char, reason_bytes> reason{};
    Handle handle{
        rd_kafka_new(type, configuration.get(), reason.data(), reason.size()),
        CloseHandle{std::move(heard)}};
    if (handle == nullptr) {
        return Error{ErrorCode::invalid, fmt::format("the settings for Kafka: {}", reason.data())};
    }
    // It belongs to the handle now.
    (void)configuration.release();
    return handle;
}

Result<Topic> open_topic(
    rd_kafka_t* handle, const Place& place, std::chrono::milliseconds patience
) {
    const std::string name = place.topic();
    Topic topic{rd_kafka_topic_new(handle, name.c_str(), nullptr)};
    DAYBOOK_ASSERT(topic != nullptr);
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error =
        rd_kafka_metadata(handle, 0, topic.get(), &answer, static_cast<int>(patience.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Error{
            ErrorCode::unavailable,
            fmt::format(
                "no Kafka broker at {} answered within {} ms: {}",
                place.brokers,
                patience.count(),
                rd_kafka_err2str(error)
            )};
    }
    const std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)> owned{
        answer, &rd_kafka_metadata_destroy};
    DAYBOOK_ASSERT(answer->topic_cnt == 1);
    const auto topic_error = answer->topics[0].err;
    if (topic_error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        return Error{
            ErrorCode::not_found, fmt::format("there is no topic {} at {}", name, place.brokers)};
    }
    if (topic_error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return Error{
            ErrorCode::unavailable,
            fmt::format("topic {}: {}", name, rd_kafka_err2str(topic_error))};
    }
    return topic;
}

Result<OffsetsHeld> offsets_held(
    const std::shared_ptr<rd_kafka_t>& handle,
    const std::string& topic,
    std::chrono::milliseconds patience
) {
    struct Answer {
        OffsetsHeld held;
        rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    };
    const auto answer = std::make_shared<Answer>();
    // It may stick to a leader of the past and then ignores its timeout. An old answer is harmless:
    // who claims too early only fences, and claims again.
    const bool is_done = finished_within(patience, [handle, topic, patience, answer] {
        answer->error = rd_kafka_query_watermark_offsets(
            handle.get(),
            topic.c_str(),
            0,
            &answer->held.low,
            &answer->held.high,
            static_cast<int>(patience.count())
        );
    });
    if (is_done && answer->error == RD_KAFKA_RESP_ERR_NO_ERROR) return answer->held;
    return Error{
        ErrorCode::unavailable,
        fmt::format(
            "topic {}: its end could not be asked: {}",
            topic,
            is_done ? rd_kafka_err2str(answer->error) : "no answer"
        )};
}

}  // namespace daybook::kafka
