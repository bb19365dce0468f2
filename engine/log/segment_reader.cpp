// Each frame is one step: its checksum costs less than reading its events from memory.
#include "engine/log/segment_reader.hpp"

#include <algorithm>

namespace daybook {

SegmentReader::SegmentReader(const SharedSegments& segments, std::uint64_t from)
    : segments_(segments), from_(from) {
    const auto found = segments.find(from);
    segment_ = found.segment;
    offset_ = found.frame.offset;
    position_ = found.frame.first_position;
    DAYBOOK_ASSERT(position_ <= from_);
}

Result<std::span<const EventBytes>> SegmentReader::next() {
    DAYBOOK_TRY(const bool has_frame, advance());
    if (!has_frame) return std::span<const EventBytes>{};
    const FramePlace place = segment_->place(offset_, position_, link_);
    const std::uint64_t limit = segment_->limit.load(std::memory_order_acquire);
    const auto rest = segment_->bytes()
                          .first(static_cast<std::size_t>(limit))
                          .subspan(static_cast<std::size_t>(offset_));
    const auto frame = check_frame(rest, place);
    events_.clear();
    auto listed = frame.ok() ? list_events(rest, place, events_) : frame.error();
    if (!listed.ok()) {
        segments_.report_damage(listed.error());
        return std::move(listed).error();
    }
    const auto skipped = static_cast<std::size_t>(from_ > position_ ? from_ - position_ : 0);
    if (skipped >= events_.size()) {
        return damaged(place, "the frame has fewer events than the index says");
    }
    offset_ += frame.value().frame_bytes;
    position_ += frame.value().event_count;
    link_ = frame.value().checksum;
    return std::span<const EventBytes>{events_}.subspan(skipped);
}

Result<bool> SegmentReader::advance() {
    while (offset_ >= segment_->limit.load(std::memory_order_acquire)) {
        // Asked in this order: once there is a next segment, nothing more is added to this one.
        const Segment* next = segments_.after(*segment_);
        if (offset_ < segment_->limit.load(std::memory_order_acquire)) break;
        if (next == nullptr) return false;
        if (position_ != next->head.first_position) {
            return damaged(segment_->place(offset_, position_, link_), "frames are missing");
        }
        segment_ = next;
        offset_ = first_frame_offset;
    }
    return true;
}

Error SegmentReader::damaged(const FramePlace& place, std::string_view found) {
    Error error = damage_at(place, found);
    segments_.report_damage(error);
    return error;
}

}  // namespace daybook
