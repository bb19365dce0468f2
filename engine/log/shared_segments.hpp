// What the writer of a segment log and its readers share: the segments, and what they commit to.
// The mutex is held for moments, never over a write to the disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/log/segment.hpp"

namespace daybook {

class SharedSegments {
 public:
    explicit SharedSegments(OpenedSegments opened);

    // By the thread that appends.
    [[nodiscard]] Segment& last();
    struct DurableFrame {
        std::uint64_t bytes = 0;
        std::uint64_t link = 0;
        std::uint64_t events = 0;
        std::uint64_t event_bytes = 0;
    };
    void publish(const DurableFrame& frame, const Commitment& commitment);
    void publish(std::unique_ptr<Segment> segment);

    // Any thread. Segments live as long as this does.
    [[nodiscard]] std::uint64_t end() const;
    [[nodiscard]] std::uint64_t log_id() const;
    [[nodiscard]] std::uint32_t last_number() const;  // Of the segments.
    [[nodiscard]] Commitment commitment() const;
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout) const;
    struct FramePosition {
        const Segment* segment = nullptr;
        IndexEntry frame;
    };
    // The frame that holds the position; for the end, the place where its frame will be.
    [[nodiscard]] FramePosition find(std::uint64_t position) const;
    [[nodiscard]] const Segment* after(const Segment& segment) const;  // Null after the last.

    struct SegmentSums {
        const Segment* segment = nullptr;
        std::uint64_t limit = 0;
        std::uint64_t frame_count = 0;
        std::uint64_t end_position = 0;
        std::uint64_t event_bytes = 0;
    };
    struct Snapshot {
        std::vector<SegmentSums> segments;
        Commitment commitment;
    };
    [[nodiscard]] Snapshot snapshot() const;

    // Damage that a reader met: from then on nothing is appended. The first one stays.
    void report_damage(const Error& error) const;
    [[nodiscard]] std::optional<Error> damage() const;

 private:
    mutable std::mutex mutex_;
    mutable std::condition_variable grown_;
    std::vector<std::unique_ptr<Segment>> segments_;  // Guarded by mutex_.
    Commitment commitment_;                           // Guarded by mutex_.
    mutable std::optional<Error> damage_;             // Guarded by mutex_.
};

}  // namespace daybook
