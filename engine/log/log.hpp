// The port to the immutable event log: append groups, read from a position, know the tree head.
// Everything else in Daybook is computed from what stands here.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/base/result.hpp"
#include "schemas/envelope.hpp"

namespace daybook {

// One event as it is stored, hashed, sent and exported: an EventHeader, then its payload, the
// FlatBuffer of its module's EventRecord. The first byte is 8-aligned in memory.
using EventBytes = std::span<const std::byte>;

// Asserts that the bytes hold a header and a payload of the length that the header states.
[[nodiscard]] const EventHeader& header_of(EventBytes event);
[[nodiscard]] std::span<const std::byte> payload_of(EventBytes event);

using Hash = std::array<std::byte, 32>;  // SHA-256

// What the log commits to after its first `size` events.
struct TreeHead {
    std::uint64_t size = 0;
    Hash root{};   // Of the RFC 6962 Merkle tree over the events' bytes.
    Hash chain{};  // chain(n) = SHA-256(chain(n-1) || leaf hash n); all zero for the empty log.
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// Reads forward. Used by one thread; must not outlive its log.
class LogReader {
 public:
    virtual ~LogReader() = default;
    // The next events in order, some at a time; empty at the end of what was durable when asked.
    // Call again later to see more. The bytes stay valid as long as the reader lives.
    [[nodiscard]] virtual Result<std::span<const EventBytes>> next() = 0;
};

class Log {
 public:
    virtual ~Log() = default;

    // Makes the events durable, all or none, and then visible. Positions continue end(), and the
    // batches inside are whole. One thread appends.
    // A group that breaks these rules is refused (invalid, too_large) and the log goes on. After
    // disk_full nothing of the group is kept, and every append is refused until resume()
    // succeeded. After io the log accepts no more; whether the group is kept shows when the log is
    // opened again. Reading goes on in both cases.
    [[nodiscard]] virtual Result<void> append(std::span<const EventBytes> group) = 0;
    // After disk_full: removes what was written of the failed group and makes sure that there is
    // room again. Does nothing when append would be accepted. By the thread that appends.
    [[nodiscard]] virtual Result<void> resume() = 0;

    // The position that the next event will take. Any thread.
    [[nodiscard]] virtual std::uint64_t end() const = 0;
    // A reader of the events at and after `from`, which is at most end(). Any thread.
    [[nodiscard]] virtual Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const = 0;
    // The commitment to everything durable. Any thread.
    [[nodiscard]] virtual TreeHead head() const = 0;
    // Waits until end() > position or the time is over; answers end(). Any thread.
    virtual std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const = 0;
};

// Limits that hold for every log, so that a book can move between them. One batch may be large: the
// undoing of an import is one fact.
inline constexpr std::size_t event_bytes_max = std::size_t{16} << 20;  // One event with its header.
inline constexpr std::size_t group_bytes_max = std::size_t{512} << 20;  // One append.
inline constexpr std::size_t group_events_max = 1'000'000;              // One append.
inline constexpr std::size_t batch_events_max = 1'000'000;              // One command's events.
// In EventHeader::cause_index.
inline constexpr std::uint32_t caused_by_command = 0xFFFF'FFFF;

static_assert(sizeof(EventHeader) == 112);

// Whether the events may follow the first `end` of a log: within the limits, positions in order,
// lengths true, batches whole.
[[nodiscard]] Result<void> check_group(std::span<const EventBytes> group, std::uint64_t end);

}  // namespace daybook
