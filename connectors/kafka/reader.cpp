// librdkafka's simple consumer: one partition, no coordinator, so that closing cannot wait for one.
#include "connectors/kafka/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/librdkafka.hpp"

namespace daybook::kafka {
namespace {

struct DropMessage {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, DropMessage>;

struct DropQueue {
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, DropQueue>;

struct DropPartitions {
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        rd_kafka_topic_partition_list_destroy(list);
    }
};
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DropPartitions>;

// How long the leader may say that it does not hold our offset before it is believed: a new one may
// not know its end yet. And how long it is waited for each time it is asked.
constexpr std::chrono::seconds lost_patience{10};
constexpr std::chrono::seconds ask_patience{2};

// So few records waiting while the topic goes on is a sign that nothing is being fetched.
constexpr std::size_t few_waiting = std::size_t{8} * TopicReader::records_max;
constexpr int wake_wait_ms = 1000;

}  // namespace

struct TopicReader::Parts {
    ~Parts() {
        if (is_started) (void)rd_kafka_consume_stop(topic.get(), 0);
    }
    [[nodiscard]] Result<void> sort_in(Message message);
    [[nodiscard]] Result<void> find_again();
    [[nodiscard]] Result<void> start();
    [[nodiscard]] Error not_held() const;
    [[nodiscard]] Result<void> give(std::span<Message> some, const TakeRun& take);
    void view_headers(rd_kafka_message_t& message);
    void hear_end();
    void wake_fetching();
    [[nodiscard]] Partitions partition() const;

    Place place;
    std::shared_ptr<rd_kafka_t> handle;
    Topic topic;
    Queue queue;  // What was fetched and not taken yet.
    std::shared_ptr<std::atomic<bool>> is_waking = std::make_shared<std::atomic<bool>>(false);
    bool is_started = false;
    bool is_paused = false;
    bool is_lost = false;                // librdkafka has given the offset up, and fetches no more.
    std::optional<Deadline> lost_until;  // Since the leader does not hold it.
    std::uint64_t offset = 0;
    std::uint64_t end_offset = 0;
    bool is_at_end = false;
    Message first;  // Of what has arrived; of the thread that waits and then takes.
    std::array<rd_kafka_message_t*, records_max> arrived{};
    std::vector<Message> messages;         // Those of them that are records.
    std::vector<rd_kafka_message_t*> run;  // Those of them that are given.
    std::vector<Header> headers;           // Of one record.
};

// An error may come in the place of a record. librdkafka then has moved its own offset in some
// versions; ours is counted from records alone.
Result<void> TopicReader::Parts::sort_in(Message message) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        messages.push_back(std::move(message));
        is_at_end = false;
        return {};
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        is_at_end = true;
        return {};
    }
    if (message->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
        return Error{ErrorCode::denied, fmt::format("topic {} may not be read", place.topic())};
    }
    is_lost |= message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
               message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
    // Everything else passes: a broker that is away, a leader that moves.
    return {};
}

// A broker that leads no more gives records all the same, and may lack what the new leader has
// confirmed: it says that our offset is out of range, and librdkafka takes its word. What is asked
// here the leader alone answers.
Result<void> TopicReader::Parts::find_again() {
    const auto held = offsets_held(handle, place.topic(), ask_patience);
    if (!held.ok()) return {};
    const auto wanted = static_cast<std::int64_t>(offset);
    if (wanted >= held.value().low && wanted <= held.value().high) {
        lost_until.reset();
        is_lost = false;
        (void)rd_kafka_consume_stop(topic.get(), 0);
        is_started = false;
        if (std::exchange(is_paused, false)) {
            (void)rd_kafka_resume_partitions(handle.get(), partition().get());
        }
        return start();
    }
    if (!lost_until) lost_until.emplace(lost_patience);
    return lost_until->is_over() ? Result<void>{not_held()} : Result<void>{};
}

Result<void> TopicReader::Parts::start() {
    if (rd_kafka_consume_start(topic.get(), 0, static_cast<std::int64_t>(offset)) != 0) {
        return Error{
            ErrorCode::unavailable,
            fmt::format(
                "topic {} cannot be read: {}",
                place.topic(),
                rd_kafka_err2str(rd_kafka_last_error())
            )};
    }
    is_started = true;
    return {};
}

Error TopicReader::Parts::not_held() const {
    return {
        ErrorCode::corrupt,
        fmt::format(
            "topic {} does not hold offset {}: records were deleted, or it is another topic of the "
            "same name",
            place.topic(),
            offset
        )};
}

void TopicReader::Parts::view_headers(rd_kafka_message_t& message) {
    headers.clear();
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t bytes = 0;
    for (std::size_t index = 0;
         rd_kafka_header_get_all(list, index, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++index) {
        if (value == nullptr) continue;
        headers.push_back({name, {static_cast<const char*>(value), bytes}});
    }
}

// Each is freed as soon as it was taken: what the library makes of its headers is many small
// pieces, and thousands of them at a time are slow to make and to free.
Result<void> TopicReader::Parts::give(std::span<Message> some, const TakeRun& take) {
    run.clear();
    for (const Message& message : some) {
        if (static_cast<std::uint64_t>(message->offset) >= offset) run.push_back(message.get());
    }
    if (!run.empty()) {
        offset = static_cast<std::uint64_t>(run.back()->offset) + 1;
        RecordRun records{*this, run};
        DAYBOOK_TRY_VOID(take(records));
    }
    for (Message& message : some) message.reset();
    return {};
}

void TopicReader::Parts::hear_end() {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const auto known = rd_kafka_get_watermark_offsets(
        handle.get(), rd_kafka_topic_name(topic.get()), 0, &low, &high
    );
    if (known == RD_KAFKA_RESP_ERR_NO_ERROR && high > 0) {
        end_offset = static_cast<std::uint64_t>(high);
    }
}

// librdkafka's thread stops fetching when the queue is full. Before 2.2 it then looks again when
// something else wakes it, or after a second, however soon the queue was emptied: any question to
// the broker wakes it. Nobody waits for the answer.
void TopicReader::Parts::wake_fetching() {
    const std::size_t waiting = rd_kafka_queue_length(queue.get());
    if (waiting >= few_waiting || offset + waiting >= end_offset) return;
    if (is_waking->exchange(true)) return;
    (void)finished_within({}, [handle = handle, name = place.topic(), is_waking = is_waking] {
        std::int64_t low = 0;
        std::int64_t high = 0;
        (void
        )rd_kafka_query_watermark_offsets(handle.get(), name.c_str(), 0, &low, &high, wake_wait_ms);
        *is_waking = false;
    });
}

Partitions TopicReader::Parts::partition() const {
    Partitions list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), place.topic().c_str(), 0);
    return list;
}

Result<std::unique_ptr<TopicReader>> TopicReader::open(
    const Place& place,
    const Settings& settings,
    std::uint64_t offset,
    std::chrono::milliseconds patience
) {
    const Property ours[] = {
        {"enable.partition.eof", "true"},
        // Kafka must not choose another offset than ours when ours is not there.
        {"auto.offset.reset", "error"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"fetch.wait.max.ms", "500"},
        // After an error, and before 2.2 also when the queue below is full, the next fetch waits
        // this long.
        {"fetch.error.backoff.ms", "20"},
        {"queued.min.messages", "100000"},
        {"queued.max.messages.kbytes", "262144"},
        {"fetch.message.max.bytes", "8388608"},
        {"socket.receive.buffer.bytes", "4194304"},
    };
    DAYBOOK_TRY(Configuration configuration, make_configuration(place, ours, settings));
    DAYBOOK_TRY(Handle handle, make_handle(RD_KAFKA_CONSUMER, std::move(configuration)));
    auto parts = std::make_unique<Parts>();
    parts->place = place;
    parts->handle = std::shared_ptr<rd_kafka_t>{handle.release(), CloseHandle{}};
    parts->offset = offset;
    parts->end_offset = offset;
    DAYBOOK_TRY(parts->topic, open_topic(parts->handle.get(), place, patience));
    DAYBOOK_TRY_VOID(parts->start());
    parts->queue.reset(rd_kafka_queue_get_partition(parts->handle.get(), place.topic().c_str(), 0));
    return std::make_unique<TopicReader>(std::move(parts));
}

TopicReader::TopicReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TopicReader::~TopicReader() = default;

void TopicReader::pause() {
    if (std::exchange(parts_->is_paused, true)) return;
    (void)rd_kafka_pause_partitions(parts_->handle.get(), parts_->partition().get());
}

void TopicReader::resume() {
    if (!std::exchange(parts_->is_paused, false)) return;
    constexpr int without_waiting = 0;
    const auto next = static_cast<std::int64_t>(parts_->offset);
    (void)rd_kafka_seek(parts_->topic.get(), 0, next, without_waiting);
    (void)rd_kafka_resume_partitions(parts_->handle.get(), parts_->partition().get());
}

bool TopicReader::is_paused() const {
    return parts_->is_paused;
}

void TopicReader::skip_to(std::uint64_t offset) {
    parts_->offset = std::max(parts_->offset, offset);
    parts_->end_offset = std::max(parts_->end_offset, offset);
}

void TopicReader::interrupt() {
    rd_kafka_queue_yield(parts_->queue.get());
}

Result<std::size_t> TopicReader::next(std::chrono::milliseconds wait, const Take& take) {
    this->wait(wait);
    return this->take([&](RecordRun& run) -> Result<void> {
        for (std::size_t index = 0; index < run.size(); ++index) {
            DAYBOOK_TRY_VOID(take(run.record(index)));
        }
        return {};
    });
}

// One record wakes us at once; what else is there comes with it. A batch alone would wait until it
// is full.
void TopicReader::wait(std::chrono::milliseconds patience) {
    Parts& parts = *parts_;
    parts.first.reset(rd_kafka_consume(parts.topic.get(), 0, static_cast<int>(patience.count())));
    (void)rd_kafka_poll(parts.handle.get(), 0);
}

Result<std::size_t> TopicReader::take(const TakeRun& take) {
    Parts& parts = *parts_;
    if (parts.is_lost) DAYBOOK_TRY_VOID(parts.find_again());
    if (parts.first == nullptr) return std::size_t{0};
    parts.messages.clear();
    Result<void> sorted = parts.sort_in(std::move(parts.first));
    const ssize_t count =
        rd_kafka_consume_batch(parts.topic.get(), 0, 0, parts.arrived.data(), parts.arrived.size());
    for (ssize_t index = 0; index < count; ++index) {
        auto other = parts.sort_in(Message{parts.arrived[static_cast<std::size_t>(index)]});
        if (sorted.ok()) sorted = std::move(other);
    }
    if (!sorted.ok() && parts.messages.empty()) return std::move(sorted).error();
    parts.hear_end();
    parts.wake_fetching();
    const std::span all{parts.messages};
    for (std::size_t index = 0; index < all.size(); index += run_max) {
        const std::size_t some = std::min(run_max, all.size() - index);
        DAYBOOK_TRY_VOID(parts.give(all.subspan(index, some), take));
    }
    parts.end_offset = std::max(parts.end_offset, parts.offset);
    return parts.messages.size();
}

std::uint64_t RecordRun::offset(std::size_t index) const {
    return static_cast<std::uint64_t>(messages_[index]->offset);
}

std::span<const std::byte> RecordRun::value(std::size_t index) const {
    const rd_kafka_message_t& message = *messages_[index];
    return {static_cast<const std::byte*>(message.payload), message.len};
}

RawRecord RecordRun::record(std::size_t index) {
    parts_.view_headers(*messages_[index]);
    return {.offset = offset(index), .value = value(index), .headers = parts_.headers};
}

std::uint64_t TopicReader::offset() const {
    return parts_->offset;
}

std::uint64_t TopicReader::end_offset() const {
    return parts_->end_offset;
}

bool TopicReader::is_at_end() const {
    return parts_->is_at_end;
}

Result<std::uint64_t> TopicReader::ask_end(std::chrono::milliseconds patience) const {
    DAYBOOK_TRY(
        const OffsetsHeld held, offsets_held(parts_->handle, parts_->place.topic(), patience)
    );
    return static_cast<std::uint64_t>(held.high);
}

}  // namespace daybook::kafka
