// An idempotent producer that stops at its first failure.
#include "connectors/kafka/producer.hpp"

#include <fmt/format.h>

#include <optional>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/librdkafka.hpp"

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds flush_wait{100};

struct DropHeaders {
    void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};
struct DropError {
    void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
};

}  // namespace

struct GroupProducer::Parts {
    ~Parts() {
        // What waits in memory must not be sent any more: whoever closes us has given it up.
        if (handle != nullptr) {
            (void)rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        }
    }
    // Called from rd_kafka_poll() on our own thread.
    static void hear(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        auto& parts = *static_cast<Parts*>(opaque);
        parts.note_offset(message->offset);
        ++parts.answered;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || parts.failure) return;
        parts.failure = Error{
            ErrorCode::io,
            fmt::format("topic {}: {}", parts.topic_name, rd_kafka_err2str(message->err))};
    }
    static void hear_error(rd_kafka_t* handle, int code, const char*, void* opaque) {
        // Anything but a fatal error is tried again by the library, until the records' time is up.
        if (code != RD_KAFKA_RESP_ERR__FATAL) return;
        auto& parts = *static_cast<Parts*>(opaque);
        char reason[512] = "";
        const auto fatal = rd_kafka_fatal_error(handle, reason, sizeof reason);
        if (parts.failure) return;
        parts.failure = Error{
            ErrorCode::io,
            fmt::format("topic {}: {}: {}", parts.topic_name, rd_kafka_err2name(fatal), reason)};
    }

    // Negative when the broker no longer knew where it had put a record that was sent twice.
    void note_offset(std::int64_t offset) {
        const std::uint64_t index = answered - answered_before;
        if (index == 0) first_offset = offset;
        is_run &= offset >= 0 && static_cast<std::uint64_t>(offset - first_offset) == index;
    }

    std::string topic_name;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t answered_before = 0;  // The group that is under way.
    std::int64_t first_offset = 0;      // Of its first record,
    bool is_run = true;                 // and the others stand right behind it.
    std::optional<Error> failure;       // The first one; nothing is sent after it.
    Handle handle;
    Topic topic;  // Goes before its handle.
};

Result<std::unique_ptr<GroupProducer>> GroupProducer::open(
    const Place& place, const Settings& settings, std::chrono::milliseconds patience
) {
    const std::string patience_ms = fmt::format("{}", patience.count());
    const Property ours[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        // A record that failed takes all behind it with it, instead of leaving a hole.
        {"enable.gapless.guarantee", "true"},
        // The group's end is known: what makes no large request waits for it, and is sent at once.
        {"linger.ms", "100"},
        {"message.timeout.ms", patience_ms},
        {"request.timeout.ms", patience_ms},
        {"batch.size", "1000000"},
        {"batch.num.messages", "100000"},
        // A group has its own limits, and all of it must fit.
        {"queue.buffering.max.messages", "2000000"},
        {"queue.buffering.max.kbytes", "2097151"},
    };
    auto parts = std::make_unique<Parts>();
    parts->topic_name = place.topic();
    DAYBOOK_TRY(Configuration configuration, make_configuration(place, ours, settings));
    rd_kafka_conf_set_opaque(configuration.get(), parts.get());
    rd_kafka_conf_set_dr_msg_cb(configuration.get(), &Parts::hear);
    rd_kafka_conf_set_error_cb(configuration.get(), &Parts::hear_error);
    DAYBOOK_TRY(parts->handle, make_handle(RD_KAFKA_PRODUCER, std::move(configuration)));
    DAYBOOK_TRY(parts->topic, open_topic(parts->handle.get(), place, patience));
    return std::make_unique<GroupProducer>(std::move(parts));
}

GroupProducer::GroupProducer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
GroupProducer::~GroupProducer() = default;

Result<void> GroupProducer::send(
    std::string_view key, std::span<const std::byte> value, std::span<const Header> headers
) {
    Parts& parts = *parts_;
    if (parts.failure) return *parts.failure;
    DAYBOOK_ASSERT(!value.empty());
    std::unique_ptr<rd_kafka_headers_t, DropHeaders> list{rd_kafka_headers_new(headers.size())};
    for (const Header& header : headers) {
        (void)rd_kafka_header_add(
            list.get(),
            header.name.data(),
            static_cast<ssize_t>(header.name.size()),
            header.value.data(),
            static_cast<ssize_t>(header.value.size())
        );
    }
    rd_kafka_vu_t arguments[6];
    arguments[0].vtype = RD_KAFKA_VTYPE_RKT;
    arguments[0].u.rkt = parts.topic.get();
    arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[1].u.i32 = 0;
    arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[2].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[3].vtype = RD_KAFKA_VTYPE_VALUE;
    arguments[3].u.mem.ptr = const_cast<std::byte*>(value.data());
    arguments[3].u.mem.size = value.size();
    arguments[4].vtype = RD_KAFKA_VTYPE_HEADERS;
    arguments[4].u.headers = list.get();
    arguments[5].vtype = RD_KAFKA_VTYPE_KEY;
    arguments[5].u.mem.ptr = key.empty() ? nullptr : const_cast<char*>(key.data());
    arguments[5].u.mem.size = key.size();
    const std::unique_ptr<rd_kafka_error_t, DropError> error{
        rd_kafka_produceva(parts.handle.get(), arguments, std::size(arguments))};
    if (error != nullptr) {
        parts.failure = Error{
            ErrorCode::io,
            fmt::format("topic {}: {}", parts.topic_name, rd_kafka_error_string(error.get()))};
        return *parts.failure;
    }
    (void)list.release();  // The record owns them now.
    ++parts.sent;
    constexpr std::uint64_t poll_every = 1024;
    if (parts.sent % poll_every == 0) (void)rd_kafka_poll(parts.handle.get(), 0);
    return {};
}

Result<std::optional<std::uint64_t>> GroupProducer::confirm(std::chrono::milliseconds patience) {
    Parts& parts = *parts_;
    const Deadline deadline{patience};
    while (!parts.failure && parts.answered < parts.sent) {
        (void)rd_kafka_flush(parts.handle.get(), static_cast<int>(flush_wait.count()));
        if (parts.answered == parts.sent || !deadline.is_over()) continue;
        parts.failure = Error{
            ErrorCode::io,
            fmt::format(
                "topic {}: Kafka confirmed {} of {} records within {} ms",
                parts.topic_name,
                parts.answered,
                parts.sent,
                patience.count()
            )};
    }
    if (parts.failure) return *parts.failure;
    std::optional<std::uint64_t> first;
    if (parts.is_run && parts.answered > parts.answered_before) {
        first = static_cast<std::uint64_t>(parts.first_offset);
    }
    parts.answered_before = parts.answered;
    parts.is_run = true;
    return first;
}

}  // namespace daybook::kafka
