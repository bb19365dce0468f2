// Sealed segments are trusted as far as their seal's checksum goes, which makes opening fast; their
// frames are checked when they are read. The last segment is walked frame by frame.
#include "engine/log/segment.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace daybook {
namespace {

constexpr std::string_view suffix = ".segment";
constexpr std::size_t number_digits = 6;

std::optional<std::uint32_t> number_of(std::string_view name) {
    const std::string_view digits = name.substr(0, name.size() - suffix.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.size() != number_digits || error != std::errc{} ||
        end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return number;
}

// Walks the frames of an unsealed segment to the last good one. Adds their leaves to the
// commitment and answers the place after it.
Result<FramePlace> walk_frames(Segment& segment, Commitment& commitment) {
    const auto bytes = segment.bytes();
    LaneHasher lanes;
    FramePlace place =
        segment.place(first_frame_offset, segment.head.first_position, segment.head.link);
    std::vector<EventBytes> events;
    std::vector<Hash> hashes;
    while (place.offset < bytes.size()) {
        const auto rest = bytes.subspan(static_cast<std::size_t>(place.offset));
        const auto frame = check_frame(rest, place);
        if (!frame.ok() && frame.error().code == ErrorCode::too_new) return frame.error();
        if (!frame.ok()) break;
        const FrameHead& head = frame.value();
        events.clear();
        DAYBOOK_TRY_VOID(list_events(rest, place, events));
        const auto leaves = leaf_bytes(rest, head);
        hashes.resize(head.event_count);
        std::memcpy(hashes.data(), leaves.data(), leaves.size());
        commitment.add(lanes, hashes);
        if (commitment.chain != head.chain) {
            return damage_at(place, "the frame's chain value differs");
        }
        segment.index.push_back({.first_position = place.position, .offset = place.offset});
        for (const EventBytes event : events) segment.event_bytes += event.size();
        place.position += head.event_count;
        place.offset += head.frame_bytes;
        place.link = head.checksum;
    }
    segment.frame_count = segment.index.size();
    segment.end_position = place.position;
    segment.link = *place.link;
    segment.limit.store(place.offset, std::memory_order_release);
    DAYBOOK_ASSERT(commitment.tree.size() == segment.end_position);
    return place;
}

// The number of bytes of unfinished writes after the last good frame, or corrupt.
Result<std::uint64_t> judge_rest(const Segment& segment, const FramePlace& place) {
    const auto mark = decode_close_mark(segment.bytes());
    const auto rest = segment.bytes().subspan(static_cast<std::size_t>(place.offset));
    if (mark && mark->end > place.offset) {
        const auto frame = check_frame(rest, place);
        if (!frame.ok()) return frame.error();
        return damage_at(place, "the log was closed with more events than are found");
    }
    if (is_blank(rest)) return 0;
    const auto frame = check_frame(rest, place);
    // Another process has just completed it: for us the log ends before it.
    if (frame.ok()) return 0;
    // What a copy has not synced may have arrived in any parts and any order.
    if (!segment.syncs_later() && !is_torn(rest, place)) return frame.error();
    std::size_t bytes = rest.size();
    while (rest[bytes - 1] == std::byte{0}) --bytes;
    return bytes;
}

Result<std::unique_ptr<Segment>> open_segment(
    FileSystem& files, const std::string& folder, std::uint32_t number
) {
    DAYBOOK_TRY(const auto file, files.open(folder + "/" + segment_name(number), OpenMode::read));
    return map_segment(*file, number);
}

// What the seal says, taken over; false if there is no good seal.
bool take_seal(Segment& segment) {
    const auto seal = decode_seal(segment.bytes());
    if (!seal || seal->end_position < segment.head.first_position) return false;
    segment.is_sealed = true;
    segment.limit.store(seal->frames_end, std::memory_order_release);
    segment.frame_count = seal->frame_count;
    segment.end_position = seal->end_position;
    segment.event_bytes = seal->event_bytes;
    segment.link = seal->link;
    return true;
}

Error seal_missing(const Segment& segment) {
    return segment_error(
        ErrorCode::corrupt,
        segment.number(),
        fmt::format("its seal before byte {} is damaged or missing", segment.bytes().size())
    );
}

// The positions of a sealed index rise, and its offsets lie among the frames.
Result<void> check_index(const Segment& segment) {
    const std::uint64_t limit = segment.limit.load(std::memory_order_acquire);
    std::uint64_t position = segment.head.first_position;
    std::uint64_t offset = first_frame_offset;
    if (segment.frame_count == 0 && segment.end_position != position) {
        return segment_error(ErrorCode::corrupt, segment.number(), "its index is empty");
    }
    for (std::uint64_t count = 0; count < segment.frame_count; ++count) {
        const IndexEntry entry = segment.sealed_entry(count);
        const bool is_first = count == 0;
        if ((is_first ? entry.first_position != position : entry.first_position <= position) ||
            (is_first ? entry.offset != offset : entry.offset <= offset) || entry.offset % 8 != 0 ||
            entry.offset >= limit || entry.first_position >= segment.end_position) {
            return segment_error(
                ErrorCode::corrupt,
                segment.number(),
                fmt::format("its index is out of order at entry {}", count)
            );
        }
        position = entry.first_position;
        offset = entry.offset;
    }
    return {};
}

// That `next` continues where `segment` ends.
Result<void> check_joint(const Segment& segment, const Segment& next) {
    if (next.head.log_id != segment.head.log_id) {
        return segment_error(
            ErrorCode::corrupt, next.number(), "it belongs to another log than the one before"
        );
    }
    if (next.head.first_position != segment.end_position || next.head.link != segment.link) {
        return segment_error(
            ErrorCode::corrupt,
            next.number(),
            fmt::format(
                "it starts at position {}, but the one before leads to position {}{}",
                next.head.first_position,
                segment.end_position,
                next.head.first_position == segment.end_position ? " by another frame" : ""
            )
        );
    }
    return {};
}

// The last segment but one has no seal: right only if a crash came between making the last one and
// sealing this one.
Result<void> recover_unsealed(Segment& segment, const Segment& last) {
    const std::span<const std::byte> after = last.bytes().subspan(first_frame_offset);
    if (!is_blank(after)) return seal_missing(segment);
    DAYBOOK_TRY(Commitment commitment, commitment_before(segment.head));
    DAYBOOK_TRY(const FramePlace end, walk_frames(segment, commitment));
    if (segment.end_position != last.head.first_position || segment.link != last.head.link) {
        return damage_at(end, "there is no whole frame head");
    }
    return {};
}

}  // namespace

std::string segment_name(std::uint32_t number) {
    return fmt::format("{:06}{}", number, suffix);
}

IndexEntry Segment::sealed_entry(std::uint64_t count) const {
    DAYBOOK_ASSERT(is_sealed && count < frame_count);
    IndexEntry entry;
    const std::uint64_t at = bytes().size() - seal_bytes(frame_count - count);
    std::memcpy(&entry, &bytes()[static_cast<std::size_t>(at)], sizeof entry);
    return entry;
}

IndexEntry Segment::frame_of(std::uint64_t position) const {
    DAYBOOK_ASSERT(position >= head.first_position && position < end_position);
    const auto entry_at = [this](std::uint64_t count) {
        return is_sealed ? sealed_entry(count) : index[static_cast<std::size_t>(count)];
    };
    std::uint64_t low = 0;
    std::uint64_t high = frame_count;
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        (entry_at(middle).first_position <= position ? low : high) = middle;
    }
    return entry_at(low);
}

FramePlace Segment::place(
    std::uint64_t offset, std::uint64_t position, std::optional<std::uint64_t> frame_link
) const {
    return {
        .log_id = head.log_id,
        .segment = head.number,
        .offset = offset,
        .position = position,
        .link = frame_link,
    };
}

Result<std::vector<std::uint32_t>> find_segments(FileSystem& files, const std::string& folder) {
    DAYBOOK_TRY(const auto names, files.list(folder));
    std::vector<std::uint32_t> numbers;
    for (const std::string& name : names) {
        if (!std::string_view(name).ends_with(suffix) || name == spare_name) continue;
        const auto number = number_of(name);
        if (!number) {
            return Error{
                ErrorCode::corrupt,
                fmt::format("{}/{} is not a name of a log segment: move it away", folder, name)};
        }
        if (*number != numbers.size()) {
            return segment_error(
                ErrorCode::corrupt,
                static_cast<std::uint32_t>(numbers.size()),
                fmt::format("the file is missing in {}", folder)
            );
        }
        numbers.push_back(*number);
    }
    DAYBOOK_ASSERT(numbers.size() <= segments_max);
    return numbers;
}

// A file too short to be a segment: the beginning of one, or something else.
Error too_short(File& file, std::uint32_t number, std::uint64_t size) {
    Magic magic{};
    const auto begin = std::as_writable_bytes(std::span{magic});
    const auto count = file.read_at(begin.first(std::min<std::size_t>(size, begin.size())), 0);
    if (!count) return count.error();
    if (std::equal(magic.begin(), magic.begin() + count.value(), segment_magic.begin())) {
        return segment_error(
            ErrorCode::corrupt, number, fmt::format("cut short after {} bytes", size)
        );
    }
    return segment_error(ErrorCode::corrupt, number, "not a segment of a Daybook log");
}

Result<std::unique_ptr<Segment>> map_segment(File& file, std::uint32_t number) {
    DAYBOOK_TRY(const std::uint64_t size, file.size());
    if (size < first_frame_offset) return too_short(file, number, size);
    auto segment = std::make_unique<Segment>();
    DAYBOOK_TRY(segment->mapping, file.map(size));
    DAYBOOK_TRY(segment->head, decode_segment_head(segment->bytes(), number));
    if (segment->head.file_bytes != size) {
        return segment_error(
            ErrorCode::corrupt,
            number,
            fmt::format("it has {} bytes where {} were written", size, segment->head.file_bytes)
        );
    }
    DAYBOOK_TRY(const Commitment before, commitment_before(segment->head));
    if (number == 0 && (before != Commitment{} || segment->head.link != 0)) {
        return segment_error(ErrorCode::corrupt, number, "its head does not start a log");
    }
    segment->end_position = segment->head.first_position;
    segment->link = segment->head.link;
    return segment;
}

Result<OpenedSegments> open_segments(
    FileSystem& files, const std::string& folder, const std::vector<std::uint32_t>& numbers
) {
    DAYBOOK_ASSERT(!numbers.empty());
    OpenedSegments opened;
    for (const std::uint32_t number : numbers) {
        DAYBOOK_TRY(auto segment, open_segment(files, folder, number));
        opened.segments.push_back(std::move(segment));
    }
    Segment& last = *opened.segments.back();
    for (std::size_t at = 0; at + 1 < opened.segments.size(); ++at) {
        Segment& segment = *opened.segments[at];
        if (take_seal(segment)) {
            DAYBOOK_TRY_VOID(check_index(segment));
        } else if (at + 2 < opened.segments.size()) {
            return seal_missing(segment);
        } else {
            DAYBOOK_TRY_VOID(recover_unsealed(segment, last));
            opened.is_seal_missing = true;
        }
        DAYBOOK_TRY_VOID(check_joint(segment, *opened.segments[at + 1]));
    }
    if (decode_seal(last.bytes())) {
        return segment_error(
            ErrorCode::corrupt, last.number() + 1, fmt::format("the file is missing in {}", folder)
        );
    }
    DAYBOOK_TRY(opened.commitment, commitment_before(last.head));
    DAYBOOK_TRY(const FramePlace end, walk_frames(last, opened.commitment));
    DAYBOOK_TRY(opened.torn_bytes, judge_rest(last, end));
    return opened;
}

}  // namespace daybook
