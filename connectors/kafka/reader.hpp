// Reads a topic's one partition record by record, from an offset of the caller's choice. No group
// and no stored offsets: the caller knows where it is. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

struct rd_kafka_message_s;

namespace daybook::kafka {

// One record as it came; nothing was checked.
struct RawRecord {
    std::uint64_t offset = 0;
    std::span<const std::byte> value;
    std::span<const Header> headers;
};

class RecordRun;

class TopicReader {
 public:
    static constexpr std::size_t records_max = 4096;  // Given by one call.
    static constexpr std::size_t run_max = 64;        // Of one run.
    // Gets one record, which is valid during the call; an Error ends the reading.
    using Take = std::function<Result<void>(const RawRecord&)>;
    // Gets some records, one behind the other, which are valid during the call.
    using TakeRun = std::function<Result<void>(RecordRun&)>;

    // Waits until a broker has named the topic's leader.
    [[nodiscard]] static Result<std::unique_ptr<TopicReader>> open(
        const Place& place,
        const Settings& settings,
        std::uint64_t offset,
        std::chrono::milliseconds patience
    );
    struct Parts;
    explicit TopicReader(std::unique_ptr<Parts> parts);  // Use open().
    ~TopicReader();

    // wait() and then take(), record by record.
    [[nodiscard]] Result<std::size_t> next(std::chrono::milliseconds wait, const Take& take);
    // Waits until something has arrived, or for so long. It may go on beside what another thread
    // does here.
    void wait(std::chrono::milliseconds patience);
    // Gives what has arrived, in order, and answers how many records it gave. `corrupt` when the
    // topic does not hold the offset (any more).
    [[nodiscard]] Result<std::size_t> take(const TakeRun& take);
    // Nothing is fetched until resume(), which goes on at offset().
    void pause();
    void resume();
    [[nodiscard]] bool is_paused() const;
    // Records before this offset are not given any more.
    void skip_to(std::uint64_t offset);
    // Ends the waiting of a next() that another thread is in, or the next one that waits. From any
    // thread.
    void interrupt();
    // The offset after the last record that next() gave or skipped.
    [[nodiscard]] std::uint64_t offset() const;
    // The end of the topic as the broker last told with the records; never behind offset().
    [[nodiscard]] std::uint64_t end_offset() const;
    // Whether the end of the topic was reached at offset().
    [[nodiscard]] bool is_at_end() const;
    // Asks the broker for the end of the topic now.
    [[nodiscard]] Result<std::uint64_t> ask_end(std::chrono::milliseconds patience) const;

 private:
    std::unique_ptr<Parts> parts_;
};

// What librdkafka makes of a record's headers costs more than all else that it does with the
// record: who can do without looks at values alone.
class RecordRun {
 public:
    [[nodiscard]] std::size_t size() const { return messages_.size(); }
    [[nodiscard]] std::uint64_t offset(std::size_t index) const;
    [[nodiscard]] std::span<const std::byte> value(std::size_t index) const;
    // With its headers, which are valid until the next call.
    [[nodiscard]] RawRecord record(std::size_t index);

 private:
    friend class TopicReader;
    RecordRun(TopicReader::Parts& parts, std::span<rd_kafka_message_s* const> messages)
        : parts_(parts), messages_(messages) {}
    TopicReader::Parts& parts_;
    std::span<rd_kafka_message_s* const> messages_;
};

}  // namespace daybook::kafka
