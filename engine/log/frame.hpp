// The bytes of FORMAT.md: each record as a struct, made and checked here and nowhere else. All
// functions are pure; what they read may be anything at all.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/log/lanes.hpp"
#include "engine/log/log.hpp"
#include "engine/log/merkle.hpp"

namespace daybook {

static_assert(std::endian::native == std::endian::little, "records are copied as they stand");

using Magic = std::array<char, 8>;
using FrameMagic = std::array<char, 4>;

inline constexpr Magic segment_magic{'D', 'A', 'Y', 'B', 'K', 'L', 'O', 'G'};
inline constexpr Magic close_magic{'D', 'A', 'Y', 'B', 'K', 'E', 'N', 'D'};
inline constexpr Magic seal_magic{'D', 'A', 'Y', 'B', 'S', 'E', 'A', 'L'};
inline constexpr FrameMagic frame_magic{'F', 'R', 'A', 'M'};
inline constexpr Magic frame_end_magic{'F', 'R', 'A', 'M', 'E', 'E', 'N', 'D'};

inline constexpr std::uint16_t log_format = 1;
inline constexpr std::uint64_t close_mark_offset = 4096;
inline constexpr std::uint64_t first_frame_offset = 8192;
inline constexpr std::uint64_t sector_bytes = 512;
inline constexpr std::size_t subtree_roots_max = 64;
// A flag of a segment: it is of a copy, whose frames after the last sync may be missing.
inline constexpr std::uint32_t syncs_later_flag = 1;

struct SegmentHead {
    Magic magic = segment_magic;
    std::uint16_t format = log_format;
    std::uint16_t domain = hash_domain;
    std::uint32_t number = 0;
    std::uint64_t log_id = 0;
    std::uint64_t first_position = 0;
    std::uint64_t link = 0;
    std::uint64_t file_bytes = 0;
    Hash chain{};
    std::uint32_t subtree_root_count = 0;
    std::uint32_t flags = 0;
    std::array<Hash, subtree_roots_max> subtree_roots{};
};
static_assert(sizeof(SegmentHead) == 88 + subtree_roots_max * sizeof(Hash));
static_assert(offsetof(SegmentHead, flags) == 84);

struct CloseMark {
    Magic magic = close_magic;
    std::uint64_t end = 0;
    std::uint64_t end_position = 0;
    std::uint64_t link = 0;
    std::uint64_t checksum = 0;
};
static_assert(sizeof(CloseMark) == 40);

struct FrameHead {
    FrameMagic magic = frame_magic;
    std::uint16_t format = log_format;
    std::uint16_t domain = hash_domain;
    std::uint32_t frame_bytes = 0;
    std::uint32_t event_count = 0;
    std::uint64_t first_position = 0;
    std::uint64_t log_id = 0;
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;
    std::uint64_t link = 0;
    std::uint64_t body_checksum = 0;
    std::uint32_t blank_pieces = 0;
    std::uint32_t reserved = 0;
    Hash chain{};
    std::uint64_t checksum = 0;
};
static_assert(sizeof(FrameHead) == 104);

struct IndexEntry {
    std::uint64_t first_position = 0;
    std::uint64_t offset = 0;
};
static_assert(sizeof(IndexEntry) == 16);

struct Seal {
    Magic magic = seal_magic;
    std::uint64_t frames_end = 0;
    std::uint32_t frame_count = 0;
    std::uint32_t reserved = 0;
    std::uint64_t end_position = 0;
    std::uint64_t link = 0;
    std::uint64_t event_bytes = 0;
    std::uint64_t index_checksum = 0;
    std::uint64_t checksum = 0;
};
static_assert(sizeof(Seal) == 64);

// Where the next frame goes and what it must say.
struct FramePlace {
    std::uint64_t log_id = 0;
    std::uint32_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t position = 0;
    std::optional<std::uint64_t> link;  // None: any.
};

[[nodiscard]] constexpr std::size_t align_8(std::size_t bytes) {
    return (bytes + 7) & ~std::size_t{7};
}
[[nodiscard]] bool is_blank(std::span<const std::byte> bytes);

// "segment 000017: byte 4096, position 123: <found>"
[[nodiscard]] Error segment_error(
    ErrorCode code, std::uint32_t segment, std::string_view where_and_what
);
[[nodiscard]] Error damage_at(const FramePlace& place, std::string_view found);

// Segment heads. The bytes are the file's first 4096, or fewer in a file cut short.
[[nodiscard]] std::vector<std::byte> encode_segment_head(
    const SegmentHead& head, const Commitment& before
);
[[nodiscard]] Result<SegmentHead> decode_segment_head(
    std::span<const std::byte> bytes, std::uint32_t number
);
// The commitment to the events before the segment.
[[nodiscard]] Result<Commitment> commitment_before(const SegmentHead& head);

[[nodiscard]] std::vector<std::byte> encode_close_mark(CloseMark mark);
[[nodiscard]] std::optional<CloseMark> decode_close_mark(std::span<const std::byte> segment);

// Index and seal, as one piece that ends where the file ends.
[[nodiscard]] constexpr std::uint64_t seal_bytes(std::uint64_t frame_count) {
    return frame_count * sizeof(IndexEntry) + sizeof(Seal);
}
[[nodiscard]] std::vector<std::byte> encode_seal(Seal seal, std::span<const IndexEntry> index);
// None if the file does not end with a good seal and index.
[[nodiscard]] std::optional<Seal> decode_seal(std::span<const std::byte> segment);

// Frames.
[[nodiscard]] std::size_t frame_bytes_of(std::span<const EventBytes> group);
// Makes a frame in a buffer that is kept from one to the next. One thread.
class FrameWriter {
 public:
    // Adds the group to the commitment. `hashes` are those of its events, or none: then they are
    // computed. Valid until the next call.
    [[nodiscard]] std::span<const std::byte> encode(
        std::span<const EventBytes> group,
        std::span<const EventHashes> hashes,
        const FramePlace& place,
        Commitment& commitment
    );
    // The head checksum of the frame made last.
    [[nodiscard]] std::uint64_t link() const { return link_; }

 private:
    void put_body(
        std::span<const EventBytes> group,
        std::span<const EventHashes> hashes,
        Commitment& commitment
    );

    std::vector<std::byte> buffer_;  // Only grows, but for very large frames.
    std::vector<Hash> leaves_;
    LaneHasher lanes_;
    std::uint64_t link_ = 0;
};

// The head at the start of `rest`, the bytes from the place to the end of the segment, if it is
// whole and stands where it says; does not compare position and link.
[[nodiscard]] std::optional<FrameHead> good_head_at(
    std::span<const std::byte> rest, const FramePlace& place
);
// The head of a frame that must be whole, and follow what the place says.
[[nodiscard]] Result<FrameHead> check_frame(
    std::span<const std::byte> rest, const FramePlace& place
);
[[nodiscard]] std::span<const std::byte> leaf_bytes(
    std::span<const std::byte> rest, const FrameHead& head
);
// The events of a checked frame, appended to `events`; corrupt if they do not tile the frame.
[[nodiscard]] Result<void> list_events(
    std::span<const std::byte> rest, const FramePlace& place, std::vector<EventBytes>& events
);

// Whether what stands at the place is an unfinished write (true), or damage (false), as FORMAT.md
// judges it. `rest` is not blank and holds no whole frame at its start.
[[nodiscard]] bool is_torn(std::span<const std::byte> rest, const FramePlace& place);

}  // namespace daybook
