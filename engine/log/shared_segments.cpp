// A frame is published by moving its segment's limit: readers never look beyond it.
#include "engine/log/shared_segments.hpp"

#include <algorithm>
#include <utility>

namespace daybook {

SharedSegments::SharedSegments(OpenedSegments opened)
    : segments_(std::move(opened.segments)), commitment_(std::move(opened.commitment)) {
    DAYBOOK_ASSERT(!segments_.empty());
    DAYBOOK_ASSERT(segments_.back()->end_position == commitment_.tree.size());
}

Segment& SharedSegments::last() {
    const std::scoped_lock lock(mutex_);
    return *segments_.back();
}

void SharedSegments::publish(const DurableFrame& frame, const Commitment& commitment) {
    const std::scoped_lock lock(mutex_);
    Segment& segment = *segments_.back();
    const std::uint64_t offset = segment.limit.load(std::memory_order_relaxed);
    DAYBOOK_ASSERT(segment.end_position + frame.events == commitment.tree.size());
    DAYBOOK_ASSERT(offset + frame.bytes <= segment.bytes().size());
    segment.index.push_back({.first_position = segment.end_position, .offset = offset});
    segment.frame_count += 1;
    segment.end_position += frame.events;
    segment.event_bytes += frame.event_bytes;
    segment.link = frame.link;
    segment.limit.store(offset + frame.bytes, std::memory_order_release);
    commitment_ = commitment;
    grown_.notify_all();
}

void SharedSegments::publish(std::unique_ptr<Segment> segment) {
    const std::scoped_lock lock(mutex_);
    DAYBOOK_ASSERT(segment->head.first_position == segments_.back()->end_position);
    DAYBOOK_ASSERT(segment->number() == segments_.back()->number() + 1);
    segments_.push_back(std::move(segment));
}

std::uint64_t SharedSegments::end() const {
    const std::scoped_lock lock(mutex_);
    return commitment_.tree.size();
}

std::uint64_t SharedSegments::log_id() const {
    const std::scoped_lock lock(mutex_);
    return segments_.front()->head.log_id;
}

std::uint32_t SharedSegments::last_number() const {
    const std::scoped_lock lock(mutex_);
    return segments_.back()->number();
}

Commitment SharedSegments::commitment() const {
    const std::scoped_lock lock(mutex_);
    return commitment_;
}

std::uint64_t SharedSegments::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
    const {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, timeout, [&] { return commitment_.tree.size() > position; });
    return commitment_.tree.size();
}

SharedSegments::FramePosition SharedSegments::find(std::uint64_t position) const {
    const std::scoped_lock lock(mutex_);
    DAYBOOK_ASSERT(position <= commitment_.tree.size());
    if (position == commitment_.tree.size()) {
        const Segment& segment = *segments_.back();
        const std::uint64_t limit = segment.limit.load(std::memory_order_relaxed);
        return {.segment = &segment, .frame = {.first_position = position, .offset = limit}};
    }
    // The first segment that ends beyond the position holds it; empty segments are passed over.
    const auto holder =
        std::partition_point(segments_.begin(), segments_.end(), [position](const auto& segment) {
            return segment->end_position <= position;
        });
    DAYBOOK_ASSERT(holder != segments_.end());
    return {.segment = holder->get(), .frame = (*holder)->frame_of(position)};
}

const Segment* SharedSegments::after(const Segment& segment) const {
    const std::scoped_lock lock(mutex_);
    const std::size_t next = std::size_t{segment.number()} + 1;
    return next < segments_.size() ? segments_[next].get() : nullptr;
}

SharedSegments::Snapshot SharedSegments::snapshot() const {
    const std::scoped_lock lock(mutex_);
    Snapshot snapshot{.segments = {}, .commitment = commitment_};
    for (const auto& segment : segments_) {
        snapshot.segments.push_back({
            .segment = segment.get(),
            .limit = segment->limit.load(std::memory_order_relaxed),
            .frame_count = segment->frame_count,
            .end_position = segment->end_position,
            .event_bytes = segment->event_bytes,
        });
    }
    return snapshot;
}

void SharedSegments::report_damage(const Error& error) const {
    const std::scoped_lock lock(mutex_);
    if (!damage_) damage_ = error;
}

std::optional<Error> SharedSegments::damage() const {
    const std::scoped_lock lock(mutex_);
    return damage_;
}

}  // namespace daybook
