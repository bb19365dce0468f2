// Encoding and checking of the records. A checked frame is safe to walk, whoever wrote it: every
// length and offset in it has been compared with the bytes at hand.
#include "engine/log/frame.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/base/checksum.hpp"

namespace daybook {
namespace {

constexpr std::size_t head_checksum_offset = offsetof(FrameHead, checksum);
constexpr std::size_t segment_checksum_offset = 4088;
constexpr std::size_t buffer_bytes_kept = std::size_t{8} << 20;
static_assert(head_checksum_offset == 96);
static_assert(sizeof(SegmentHead) <= segment_checksum_offset);

template <class Record>
Record record_at(std::span<const std::byte> bytes) {
    DAYBOOK_ASSERT(bytes.size() >= sizeof(Record));
    Record record;
    std::memcpy(&record, bytes.data(), sizeof record);
    return record;
}

template <class Record>
std::span<const std::byte> bytes_of(const Record& record) {
    return std::as_bytes(std::span{&record, 1});
}

std::size_t events_offset(std::size_t event_count) {
    return sizeof(FrameHead) + event_count * sizeof(Hash) +
           align_8(event_count * sizeof(std::uint32_t));
}

std::size_t offsets_offset(std::size_t event_count) {
    return sizeof(FrameHead) + event_count * sizeof(Hash);
}

// The part of `frame`, which starts at `offset` of its file, that lies in its first sector.
std::size_t first_piece_bytes(std::uint64_t offset) {
    return static_cast<std::size_t>(sector_bytes - offset % sector_bytes);
}

std::uint32_t count_blank_pieces(std::span<const std::byte> frame, std::uint64_t offset) {
    std::uint32_t count = 0;
    for (std::size_t size = first_piece_bytes(offset); !frame.empty(); size = sector_bytes) {
        size = std::min<std::size_t>(size, frame.size());
        if (is_blank(frame.first(size))) ++count;
        frame = frame.subspan(size);
    }
    return count;
}

}  // namespace

bool is_blank(std::span<const std::byte> bytes) {
    // Comparing the bytes with themselves, one further, runs at the speed of memcmp.
    if (bytes.empty()) return true;
    return bytes[0] == std::byte{0} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

Error segment_error(ErrorCode code, std::uint32_t segment, std::string_view where_and_what) {
    return {code, fmt::format("segment {:06}: {}", segment, where_and_what)};
}

Error damage_at(const FramePlace& place, std::string_view found) {
    return segment_error(
        ErrorCode::corrupt,
        place.segment,
        fmt::format("byte {}, position {}: {}", place.offset, place.position, found)
    );
}

std::vector<std::byte> encode_segment_head(const SegmentHead& head, const Commitment& before) {
    const auto& roots = before.tree.subtree_roots();
    DAYBOOK_ASSERT(before.tree.size() == head.first_position);
    DAYBOOK_ASSERT(roots.size() <= subtree_roots_max);
    SegmentHead full = head;
    full.chain = before.chain;
    full.subtree_root_count = static_cast<std::uint32_t>(roots.size());
    std::copy(roots.begin(), roots.end(), full.subtree_roots.begin());

    std::vector<std::byte> bytes(close_mark_offset);
    std::memcpy(bytes.data(), &full, sizeof full);
    const std::uint64_t checksum = checksum_64(std::span{bytes}.first(segment_checksum_offset));
    std::memcpy(bytes.data() + segment_checksum_offset, &checksum, sizeof checksum);
    return bytes;
}

Result<SegmentHead> decode_segment_head(std::span<const std::byte> bytes, std::uint32_t number) {
    if (bytes.size() < close_mark_offset) {
        return segment_error(
            ErrorCode::corrupt, number, fmt::format("cut short after {} bytes", bytes.size())
        );
    }
    const auto head = record_at<SegmentHead>(bytes);
    if (head.magic != segment_magic) {
        return segment_error(ErrorCode::corrupt, number, "not a segment of a Daybook log");
    }
    if (head.format > log_format || head.domain > hash_domain) {
        return segment_error(
            ErrorCode::too_new,
            number,
            fmt::format(
                "written in format {} with hash domain {}, this program knows {} and {}: upgrade "
                "it",
                head.format,
                head.domain,
                log_format,
                hash_domain
            )
        );
    }
    const auto stored = record_at<std::uint64_t>(bytes.subspan(segment_checksum_offset));
    if (checksum_64(bytes.first(segment_checksum_offset)) != stored) {
        return segment_error(ErrorCode::corrupt, number, "byte 0: the head's checksum differs");
    }
    if (head.number != number) {
        return segment_error(
            ErrorCode::corrupt, number, fmt::format("its head says segment {:06}", head.number)
        );
    }
    // The checksum is right, so that a program that knows more has set them.
    if ((head.flags & ~syncs_later_flag) != 0) {
        return segment_error(
            ErrorCode::too_new,
            number,
            fmt::format(
                "written with flags {:#x}, this program knows {:#x}: upgrade it",
                head.flags,
                syncs_later_flag
            )
        );
    }
    return head;
}

Result<Commitment> commitment_before(const SegmentHead& head) {
    const std::span roots{head.subtree_roots};
    std::optional<TreeFrontier> tree;
    if (head.subtree_root_count <= roots.size()) {
        tree = TreeFrontier::of(head.first_position, roots.first(head.subtree_root_count));
    }
    if (!tree) {
        return segment_error(
            ErrorCode::corrupt, head.number, "byte 0: its subtree roots do not fit its position"
        );
    }
    return Commitment{.tree = *std::move(tree), .chain = head.chain};
}

std::vector<std::byte> encode_close_mark(CloseMark mark) {
    mark.checksum = checksum_64(bytes_of(mark).first(offsetof(CloseMark, checksum)));
    const auto bytes = bytes_of(mark);
    return {bytes.begin(), bytes.end()};
}

std::optional<CloseMark> decode_close_mark(std::span<const std::byte> segment) {
    if (segment.size() < close_mark_offset + sizeof(CloseMark)) return std::nullopt;
    const auto mark = record_at<CloseMark>(segment.subspan(close_mark_offset));
    if (mark.magic != close_magic) return std::nullopt;
    const auto checked = bytes_of(mark).first(offsetof(CloseMark, checksum));
    if (checksum_64(checked) != mark.checksum) return std::nullopt;
    return mark;
}

std::vector<std::byte> encode_seal(Seal seal, std::span<const IndexEntry> index) {
    const auto entries = std::as_bytes(index);
    seal.frame_count = static_cast<std::uint32_t>(index.size());
    seal.index_checksum = checksum_64(entries);
    seal.checksum = checksum_64(bytes_of(seal).first(offsetof(Seal, checksum)));
    std::vector<std::byte> bytes(entries.begin(), entries.end());
    const auto last = bytes_of(seal);
    bytes.insert(bytes.end(), last.begin(), last.end());
    return bytes;
}

std::optional<Seal> decode_seal(std::span<const std::byte> segment) {
    if (segment.size() < first_frame_offset + sizeof(Seal)) return std::nullopt;
    const std::size_t seal_offset = segment.size() - sizeof(Seal);
    const auto seal = record_at<Seal>(segment.subspan(seal_offset));
    if (seal.magic != seal_magic) return std::nullopt;
    const auto checked = bytes_of(seal).first(offsetof(Seal, checksum));
    if (checksum_64(checked) != seal.checksum) return std::nullopt;
    const std::uint64_t whole_bytes = seal_bytes(seal.frame_count);
    if (whole_bytes > segment.size() - first_frame_offset || seal.frames_end % 8 != 0 ||
        seal.frames_end < first_frame_offset || seal.frames_end > segment.size() - whole_bytes ||
        (seal.frame_count == 0) != (seal.frames_end == first_frame_offset)) {
        return std::nullopt;
    }
    const auto entries = segment.last(static_cast<std::size_t>(whole_bytes))
                             .first(static_cast<std::size_t>(whole_bytes) - sizeof(Seal));
    if (checksum_64(entries) != seal.index_checksum) return std::nullopt;
    return seal;
}

std::size_t frame_bytes_of(std::span<const EventBytes> group) {
    std::size_t bytes = events_offset(group.size()) + frame_end_magic.size();
    for (const EventBytes event : group) bytes += align_8(event.size());
    return bytes;
}

std::span<const std::byte> FrameWriter::encode(
    std::span<const EventBytes> group,
    std::span<const EventHashes> hashes,
    const FramePlace& place,
    Commitment& commitment
) {
    const std::size_t bytes = frame_bytes_of(group);
    DAYBOOK_ASSERT(!group.empty());
    DAYBOOK_ASSERT(hashes.empty() || hashes.size() == group.size());
    DAYBOOK_ASSERT(place.link.has_value());
    DAYBOOK_ASSERT(place.offset % 8 == 0);
    DAYBOOK_ASSERT(place.position == commitment.tree.size());
    if (buffer_.size() > buffer_bytes_kept && bytes <= buffer_bytes_kept) {
        std::vector<std::byte>{}.swap(buffer_);
    }
    if (buffer_.size() < bytes) buffer_.resize(bytes);
    put_body(group, hashes, commitment);

    const std::span frame = std::span{buffer_}.first(bytes);
    std::memcpy(&frame[bytes - 8], frame_end_magic.data(), frame_end_magic.size());
    FrameHead head{
        .frame_bytes = static_cast<std::uint32_t>(bytes),
        .event_count = static_cast<std::uint32_t>(group.size()),
        .first_position = place.position,
        .log_id = place.log_id,
        .segment = place.segment,
        .offset = static_cast<std::uint32_t>(place.offset),
        .link = *place.link,
        .body_checksum =
            checksum_64(frame.subspan(sizeof(FrameHead), bytes - sizeof(FrameHead) - 8)),
        .chain = commitment.chain,
    };
    // The magic makes the first piece not blank, whatever the rest of the head will be; a head that
    // crosses a sector has its checksum in the second piece.
    head.checksum = ~std::uint64_t{0};
    std::memcpy(frame.data(), &head, sizeof head);
    head.blank_pieces = count_blank_pieces(frame, place.offset);
    head.checksum = checksum_64(bytes_of(head).first(head_checksum_offset));
    std::memcpy(frame.data(), &head, sizeof head);
    link_ = head.checksum;
    return frame;
}

void FrameWriter::put_body(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes, Commitment& commitment
) {
    std::byte* offset_entry = buffer_.data() + offsets_offset(group.size());
    std::byte* const first_event = buffer_.data() + events_offset(group.size());
    std::byte* at = first_event;
    for (const EventBytes event : group) {
        const auto offset = static_cast<std::uint32_t>(at - buffer_.data());
        std::memcpy(offset_entry, &offset, sizeof offset);
        offset_entry += sizeof offset;
        std::memcpy(at, event.data(), event.size());
        std::memset(at + event.size(), 0, align_8(event.size()) - event.size());
        at += align_8(event.size());
    }
    std::memset(offset_entry, 0, static_cast<std::size_t>(first_event - offset_entry));
    leaves_.resize(group.size());
    if (hashes.empty()) {
        lanes_.leaves(group, leaves_);
        commitment.add(lanes_, leaves_);
    } else {
        std::ranges::transform(hashes, leaves_.begin(), &EventHashes::leaf);
        commitment.tree.add(lanes_, leaves_);
        commitment.chain = hashes.back().chain;
    }
    std::memcpy(buffer_.data() + sizeof(FrameHead), leaves_.data(), leaves_.size() * sizeof(Hash));
}

std::optional<FrameHead> good_head_at(std::span<const std::byte> rest, const FramePlace& place) {
    if (rest.size() < sizeof(FrameHead)) return std::nullopt;
    const auto head = record_at<FrameHead>(rest);
    if (head.magic != frame_magic || head.log_id != place.log_id || head.segment != place.segment ||
        head.offset != place.offset) {
        return std::nullopt;
    }
    if (checksum_64(rest.first(head_checksum_offset)) != head.checksum) return std::nullopt;
    return head;
}

Result<FrameHead> check_frame(std::span<const std::byte> rest, const FramePlace& place) {
    const auto head = good_head_at(rest, place);
    if (!head) return damage_at(place, "there is no whole frame head");
    if (head->format > log_format || head->domain > hash_domain) {
        return segment_error(
            ErrorCode::too_new,
            place.segment,
            fmt::format("byte {}: a frame in format {}", place.offset, head->format)
        );
    }
    if (head->first_position != place.position) {
        return damage_at(place, fmt::format("the frame says position {}", head->first_position));
    }
    if (place.link && head->link != *place.link) {
        return damage_at(place, "the frame does not link to the one before");
    }
    if (head->frame_bytes > rest.size() || head->frame_bytes % 8 != 0 || head->event_count == 0 ||
        head->event_count > group_events_max ||
        head->frame_bytes < events_offset(head->event_count) + frame_end_magic.size()) {
        return damage_at(place, "the frame's lengths are impossible");
    }
    const std::size_t end = head->frame_bytes - frame_end_magic.size();
    if (std::memcmp(&rest[end], frame_end_magic.data(), frame_end_magic.size()) != 0) {
        return damage_at(place, "the frame's end mark differs");
    }
    const auto body = rest.subspan(sizeof(FrameHead), end - sizeof(FrameHead));
    if (checksum_64(body) != head->body_checksum) {
        return damage_at(place, "the frame's checksum differs");
    }
    return *head;
}

std::span<const std::byte> leaf_bytes(std::span<const std::byte> rest, const FrameHead& head) {
    return rest.subspan(sizeof(FrameHead), head.event_count * sizeof(Hash));
}

Result<void> list_events(
    std::span<const std::byte> rest, const FramePlace& place, std::vector<EventBytes>& events
) {
    const auto head = record_at<FrameHead>(rest);
    const std::byte* offset_entry = rest.data() + offsets_offset(head.event_count);
    const std::size_t end = head.frame_bytes - frame_end_magic.size();
    std::size_t at = events_offset(head.event_count);
    for (std::uint32_t index = 0; index < head.event_count; ++index) {
        std::uint32_t offset = 0;
        std::memcpy(&offset, offset_entry + index * sizeof offset, sizeof offset);
        if (offset != at || end - at < sizeof(EventHeader)) {
            return damage_at(place, fmt::format("event {} of the frame is misplaced", index));
        }
        const auto& header = *reinterpret_cast<const EventHeader*>(&rest[at]);
        const std::size_t bytes = sizeof(EventHeader) + std::size_t{header.payload_bytes()};
        if (align_8(bytes) > end - at || bytes > event_bytes_max ||
            header.position() != head.first_position + index) {
            return damage_at(place, fmt::format("event {} of the frame is misplaced", index));
        }
        events.push_back(rest.subspan(at, bytes));
        at += align_8(bytes);
    }
    if (at != end) return damage_at(place, "the events do not fill the frame");
    return {};
}

namespace {

bool has_later_head(std::span<const std::byte> rest, const FramePlace& place) {
    FramePlace later = place;
    for (std::size_t at = 8; at + sizeof(FrameHead) <= rest.size(); at += 8) {
        if (std::memcmp(&rest[at], frame_magic.data(), frame_magic.size()) != 0) continue;
        later.offset = place.offset + at;
        if (good_head_at(rest.subspan(at), later)) return true;
    }
    return false;
}

}  // namespace

bool is_torn(std::span<const std::byte> rest, const FramePlace& place) {
    if (has_later_head(rest, place)) return false;
    if (const auto head = good_head_at(rest, place)) {
        if (head->frame_bytes > rest.size() || head->frame_bytes < sizeof(FrameHead)) return false;
        const auto frame = rest.first(head->frame_bytes);
        if (!is_blank(rest.subspan(frame.size()))) return false;
        if (frame.back() == std::byte{0}) return true;
        return count_blank_pieces(frame, place.offset) > head->blank_pieces;
    }
    if (rest.size() <= sizeof(FrameHead) || is_blank(rest.subspan(sizeof(FrameHead)))) return true;
    const std::size_t first = first_piece_bytes(place.offset);
    if (first >= rest.size()) return false;
    if (is_blank(rest.first(first))) return true;
    if (first >= sizeof(FrameHead)) return false;
    return is_blank(rest.subspan(first, std::min<std::size_t>(sector_bytes, rest.size() - first)));
}

}  // namespace daybook
