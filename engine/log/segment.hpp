// One segment file, mapped: what it says of itself, how far it is durable, where its frames are.
// Opening a folder of them, with recovery as FORMAT.md describes it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/log/frame.hpp"
#include "engine/os/file.hpp"

namespace daybook {

inline constexpr std::uint32_t segments_max = 1'000'000;  // Their names have six digits.
inline constexpr const char* spare_name = "next.segment";
inline constexpr const char* lock_name = "lock";

[[nodiscard]] std::string segment_name(std::uint32_t number);  // "000017.segment"

struct Segment {
    SegmentHead head;
    std::unique_ptr<Mapping> mapping;
    // Frames before this offset are shown; durable too, unless the segment syncs later. Written by
    // the thread that appends.
    std::atomic<std::uint64_t> limit{first_frame_offset};
    bool is_sealed = false;  // When it was opened: index, positions and sums come from the seal.
    std::vector<IndexEntry> index;   // Of an unsealed one. Guarded by the log's mutex.
    std::uint64_t end_position = 0;  // Guarded by the log's mutex.
    std::uint64_t event_bytes = 0;   // Guarded by the log's mutex.
    std::uint64_t link = 0;          // Of its last frame. Of the thread that appends.
    std::uint64_t frame_count = 0;   // Guarded by the log's mutex.

    [[nodiscard]] std::span<const std::byte> bytes() const { return mapping->bytes(); }
    [[nodiscard]] std::uint32_t number() const { return head.number; }
    [[nodiscard]] bool syncs_later() const { return (head.flags & syncs_later_flag) != 0; }
    // The frame that holds the position, which lies in this segment.
    [[nodiscard]] IndexEntry frame_of(std::uint64_t position) const;
    [[nodiscard]] IndexEntry sealed_entry(std::uint64_t count) const;
    // The place of a frame here.
    [[nodiscard]] FramePlace place(
        std::uint64_t offset, std::uint64_t position, std::optional<std::uint64_t> frame_link
    ) const;
};

struct OpenedSegments {
    std::vector<std::unique_ptr<Segment>> segments;  // In order, at least one.
    Commitment commitment;                           // To all events.
    std::uint64_t torn_bytes = 0;                    // After the last frame of the last segment.
    bool is_seal_missing = false;                    // Of the last segment but one.
};

// The numbers of the segments in a folder; corrupt if one is missing or a name is strange.
[[nodiscard]] Result<std::vector<std::uint32_t>> find_segments(
    FileSystem& files, const std::string& folder
);
// Maps and checks the segments; changes nothing on the disk.
[[nodiscard]] Result<OpenedSegments> open_segments(
    FileSystem& files, const std::string& folder, const std::vector<std::uint32_t>& numbers
);
// A segment without frames from its file, whose head has just been written.
[[nodiscard]] Result<std::unique_ptr<Segment>> map_segment(File& file, std::uint32_t number);

}  // namespace daybook
