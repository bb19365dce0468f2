// Reads a topic's one partition record by record, from an offset of the caller's choice. No group
// and no stored offsets: the caller knows where it is. One thread.
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

namespace daybook::kafka {

// One record as it came; nothing was checked.
struct RawRecord {
    std::uint64_t offset = 0;
    std::span<const std::byte> value;
    std::span<const Header> headers;
};

class TopicReader {
 public:
    static constexpr std::size_t records_max = 4096;  // Given at once.
    // Gets one record, which is valid during the call; an Error ends the reading.
    using Take = std::function<Result<void>(const RawRecord&)>;

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

    // Gives what has arrived, in order: at once if there is something, else after `wait` at the
    // latest. Answers how many records it gave. `corrupt` when the topic does not hold the offset
    // (any more).
    [[nodiscard]] Result<std::size_t> next(std::chrono::milliseconds wait, const Take& take);
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

}  // namespace daybook::kafka
