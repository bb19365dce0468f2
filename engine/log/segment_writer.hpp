// The one writer of a segment log: holds the lock, repairs what a crash left, writes a frame for
// each group, and rolls to the next segment. All on the thread that appends.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/log/frame.hpp"
#include "engine/log/shared_segments.hpp"
#include "engine/log/spare_segment.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"

namespace daybook {

struct SegmentLogOptions;

// The lock of the folder; busy while another process has it.
[[nodiscard]] Result<std::unique_ptr<File>> take_lock(FileSystem& files, const std::string& folder);
// Makes the folder's first segment.
[[nodiscard]] Result<void> create_log(
    FileSystem& files, Random& random, const SegmentLogOptions& options
);
// Finishes on the disk what a crash interrupted: cuts the torn end off, writes a missing seal. What
// is left is durable then.
[[nodiscard]] Result<void> repair(
    FileSystem& files, const std::string& folder, const OpenedSegments& opened
);

class SegmentWriter {
 public:
    // The folder is locked and repaired.
    [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> open(
        FileSystem& files, const SegmentLogOptions& options, SharedSegments& segments
    );
    // Use open().
    SegmentWriter(
        FileSystem& files,
        const SegmentLogOptions& options,
        SharedSegments& segments,
        std::unique_ptr<File> file
    );
    ~SegmentWriter();  // Leaves the close mark.

    [[nodiscard]] Result<void> append(
        std::span<const EventBytes> group, std::span<const EventHashes> hashes
    );
    void prepare(std::span<const EventBytes> group, std::span<const EventHashes> hashes);
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] Result<void> resume();

 private:
    struct PreparedFrame {
        std::span<const std::byte> bytes;  // In frame_writer_; next_commitment_ goes with them.
        std::uint64_t offset = 0;
        std::uint64_t first_position = 0;
        std::size_t event_count = 0;
        Hash chain{};  // After its last event.
    };

    [[nodiscard]] Result<void> write_group(
        std::span<const EventBytes> group, std::span<const EventHashes> hashes
    );
    [[nodiscard]] PreparedFrame make_frame(
        std::span<const EventBytes> group, std::span<const EventHashes> hashes
    );
    // The prepared frame if it is this group's, else a new one.
    [[nodiscard]] PreparedFrame take_frame(
        std::span<const EventBytes> group, std::span<const EventHashes> hashes
    );
    [[nodiscard]] Result<void> write_frame(const PreparedFrame& frame);
    [[nodiscard]] bool must_roll(std::uint64_t frame_bytes) const;
    [[nodiscard]] bool fits(std::uint64_t frame_bytes) const;
    [[nodiscard]] Result<void> roll(std::uint64_t frame_bytes);
    [[nodiscard]] Result<void> make_successor(std::uint64_t frame_bytes);
    [[nodiscard]] std::uint64_t successor_bytes(std::uint64_t frame_bytes) const;
    void leave_close_mark();

    FileSystem& files_;
    SharedSegments& segments_;
    const std::string folder_;
    const std::uint64_t segment_bytes_;
    const bool syncs_later_;
    Segment* segment_;            // The last one, to which frames are added.
    std::unique_ptr<File> file_;  // Its file.
    FrameWriter frame_writer_;
    Commitment commitment_;       // To what is shown.
    Commitment next_commitment_;  // With the group that is being written or was prepared.
    std::optional<PreparedFrame> prepared_;  // Always for the end of segment_.
    bool is_synced_ = true;                  // False only while a copy has frames to sync.
    // Set while the log refuses appends: disk_full until resume(), anything else for good.
    std::optional<Error> stopped_;
    SpareSegment spare_;
    std::unique_ptr<File> successor_file_;  // Zeroed, on its way to become the next segment.
    std::unique_ptr<Segment> successor_;  // Has its name already: nothing more goes into segment_.
};

}  // namespace daybook
