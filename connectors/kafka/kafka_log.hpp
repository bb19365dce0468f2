// The log port over a topic of Kafka; see topics.md. Everything is read from a verified local copy,
// a segment log that a thread keeps up with the topic. Who wants to append claims the book first.
//
// An append is acknowledged when Kafka confirmed every record to us and our own reader has found
// them valid. Anything else is a failure that stops the log: whether the group is kept is known
// after the next claim(), which reads the topic to its end, or when another node's claim was read.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/rule.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/log/log.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"

namespace daybook::kafka {

// What a test switches off to see that it then finds the harm. Nothing a user can reach sets it.
struct SwitchedOff {
    Guard rule = Guard::whole;
    bool read_back = false;       // An append counts as soon as Kafka has confirmed it.
    bool topic_settings = false;  // A topic is written whatever its settings are.
};

struct KafkaLogOptions {
    Place place;
    Settings settings;     // Each as parse_property() answered it.
    std::string folder;    // Of the local copy; made if it is missing.
    bool create = false;   // Make the topic if there is none.
    bool catch_up = true;  // open() waits until the copy holds what the topic held then.
    std::uint32_t segment_bytes = std::uint32_t{64} << 20;
    // How long an append, a claim or a catching up may take before it has failed.
    std::chrono::milliseconds patience{30'000};
    SwitchedOff switched_off;  // For tests alone.
};

// Who wants to write.
struct Claimant {
    Id node;
    std::string url;  // Where it takes commands; empty: it takes none.
};

// The newest claim in the book: the directory by which nodes find the one that writes.
struct Holder {
    std::uint64_t term = 0;
    std::uint64_t position = 0;  // Of the claim.
    Id node;
    std::string url;
    bool is_us = false;  // This log made the claim and may append.
};

// How long things took: counts for up to 2^i microseconds, the last one for everything longer.
struct Histogram {
    std::array<std::uint64_t, 32> counts{};
    std::uint64_t count = 0;
    std::uint64_t sum = 0;  // Of the values themselves.

    void add(std::uint64_t value);
};

struct KafkaMetrics {
    std::uint64_t position = 0;        // The next position of the local copy.
    std::uint64_t offset = 0;          // The next offset that will be read,
    std::uint64_t end_offset = 0;      // and the end of the topic as last heard.
    std::uint64_t term = 0;            // Of the newest claim, valid or fencing.
    std::uint64_t led_term = 0;        // The term in which this log leads; 0: it does not.
    std::uint64_t void_records = 0;    // Read since the log was opened.
    std::uint64_t unread_records = 0;  // Appended here, and known from Kafka's answer unread.
    std::uint64_t recycles = 0;        // Producers thrown away after a failure or for a claim.
    std::uint64_t claims = 0;          // Made by this log and found valid.
    std::chrono::nanoseconds lag{};    // Age of the newest event when it was read; 0 at the end.
    Histogram append_micros;           // From append() to its answer.
    Histogram group_events;            // Events of each group appended.

    [[nodiscard]] std::uint64_t lag_records() const {
        return end_offset > offset ? end_offset - offset : 0;
    }
};

class KafkaLog final : public Log {
 public:
    // Reads from now on, on a thread of its own. Fails with not_found when there is no such topic,
    // `unavailable` when no broker answers, `conflict` when the topic breaks the promises (each
    // setting is named), is a mirror of another cluster's, or is another book than the copy;
    // otherwise as SegmentLog::open(). What is borrowed must outlive the log.
    [[nodiscard]] static Result<std::unique_ptr<KafkaLog>> open(
        FileSystem& files, Random& random, const Clock& clock, const KafkaLogOptions& options
    );
    struct Parts;
    explicit KafkaLog(std::unique_ptr<Parts> parts);  // Use open().
    ~KafkaLog() override;

    // Takes the book over: reads to the end, appends a claim one term above the highest seen, reads
    // it back. From then on append() works, until a failure or another node's claim. After either
    // it may be called again; the state of an engine on this log is of no more use then.
    // By the thread that appends, or while none does.
    [[nodiscard]] Result<void> claim(const Claimant& claimant);
    // Waits until the local copy holds all that the topic held at the call. Any thread.
    [[nodiscard]] Result<void> catch_up();
    // Moves a book here: appends events that another log holds at the same positions, as they are
    // and without a claim of our own. `conflict` if the topic went another way. By one thread.
    [[nodiscard]] Result<void> append_copied(std::span<const EventBytes> group);
    // Nothing while nobody ever claimed the book. Any thread.
    [[nodiscard]] std::optional<Holder> holder() const;
    // Whether append() would be accepted now. Any thread.
    [[nodiscard]] bool leads() const;
    // Nothing, or why the copy follows the topic no more (damage, another book, a failed disk); or
    // why append() is refused, if the log led. Any thread.
    [[nodiscard]] std::optional<Error> failure() const;
    [[nodiscard]] KafkaMetrics metrics() const;        // Any thread.
    [[nodiscard]] const SegmentLog& copy() const;      // The local copy, for verify and statistics.
    [[nodiscard]] const std::string& cluster() const;  // The id of the Kafka cluster.

    // `denied` without a claim. Every failure but invalid and too_large is `io`.
    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override;
    [[nodiscard]] Result<void> resume() override;
    [[nodiscard]] std::uint64_t end() const override;
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override;
    [[nodiscard]] TreeHead head() const override;
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override;

 private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook::kafka
