// Goes from the first byte to the last, so that what it names is the first thing wrong.
#include "engine/log/segment_verify.hpp"

#include <fmt/core.h>

#include <cstring>

namespace daybook {
namespace {

constexpr std::uint64_t events_between_reports = 65'536;

class Verifier {
 public:
    Verifier(VerifyDepth depth, const LogProgressCallback& progress, std::uint64_t events_total)
        : depth_(depth), progress_(progress), events_total_(events_total) {}

    [[nodiscard]] Result<void> check_segment(const SharedSegments::SegmentSums& sums) {
        const Segment& segment = *sums.segment;
        DAYBOOK_TRY_VOID(check_head(segment));
        std::uint64_t offset = first_frame_offset;
        for (std::uint64_t count = 0; offset < sums.limit; ++count) {
            const FramePlace place = segment.place(offset, position_, link_);
            if (segment.is_sealed) DAYBOOK_TRY_VOID(check_entry(segment, count, place));
            const auto rest = segment.bytes()
                                  .first(static_cast<std::size_t>(sums.limit))
                                  .subspan(static_cast<std::size_t>(offset));
            DAYBOOK_TRY(const FrameHead head, check_frame(rest, place));
            DAYBOOK_TRY_VOID(check_events(rest, head, place));
            offset += head.frame_bytes;
            position_ += head.event_count;
            link_ = head.checksum;
            DAYBOOK_TRY_VOID(report());
        }
        const FramePlace end = segment.place(offset, position_, link_);
        if (position_ != sums.end_position) {
            return damage_at(end, fmt::format("the segment should end at {}", sums.end_position));
        }
        return {};
    }

    [[nodiscard]] TreeHead head() { return commitment_.head(lanes_.single()); }

 private:
    [[nodiscard]] Result<void> check_head(const Segment& segment) {
        DAYBOOK_TRY(const auto head, decode_segment_head(segment.bytes(), segment.number()));
        if (head.first_position != position_ || head.link != link_) {
            return damage_at(segment.place(0, position_, {}), "the head does not continue the log");
        }
        DAYBOOK_TRY(const Commitment before, commitment_before(head));
        if (depth_ == VerifyDepth::full && before != commitment_) {
            return damage_at(segment.place(0, position_, {}), "the head's hashes differ");
        }
        if (segment.is_sealed && !decode_seal(segment.bytes())) {
            return segment_error(ErrorCode::corrupt, segment.number(), "its seal differs");
        }
        return {};
    }

    [[nodiscard]] static Result<void> check_entry(
        const Segment& segment, std::uint64_t count, const FramePlace& place
    ) {
        if (count >= segment.frame_count) return damage_at(place, "the frame is not in the index");
        const IndexEntry entry = segment.sealed_entry(count);
        if (entry.offset != place.offset || entry.first_position != place.position) {
            return damage_at(place, "the index says something else");
        }
        return {};
    }

    [[nodiscard]] Result<void> check_events(
        std::span<const std::byte> rest, const FrameHead& head, const FramePlace& place
    ) {
        events_.clear();
        DAYBOOK_TRY_VOID(list_events(rest, place, events_));
        if (depth_ == VerifyDepth::fast) return {};
        const auto leaves = leaf_bytes(rest, head);
        hashes_.resize(events_.size());
        lanes_.leaves(events_, hashes_);
        for (std::size_t index = 0; index < events_.size(); ++index) {
            const Hash& leaf = hashes_[index];
            if (std::memcmp(leaf.data(), &leaves[index * sizeof leaf], sizeof leaf) != 0) {
                FramePlace wrong = place;
                wrong.position += index;
                wrong.offset += static_cast<std::uint64_t>(events_[index].data() - rest.data());
                return damage_at(wrong, "the event's hash differs");
            }
        }
        commitment_.add(lanes_, hashes_);
        if (commitment_.chain != head.chain) {
            return damage_at(place, "the frame's chain value differs");
        }
        return {};
    }

    [[nodiscard]] Result<void> report() {
        if (!progress_ || position_ < next_report_) return {};
        next_report_ = position_ + events_between_reports;
        if (progress_({.events_done = position_, .events_total = events_total_})) return {};
        return Error{
            ErrorCode::busy, fmt::format("verifying was stopped at position {}", position_)};
    }

    const VerifyDepth depth_;
    const LogProgressCallback& progress_;
    const std::uint64_t events_total_;
    std::uint64_t next_report_ = 0;
    std::uint64_t position_ = 0;
    std::uint64_t link_ = 0;
    Commitment commitment_;  // Only grows when hashes are checked.
    LaneHasher lanes_;
    std::vector<EventBytes> events_;
    std::vector<Hash> hashes_;  // Of them.
};

}  // namespace

Result<TreeHead> verify_segments(
    const SharedSegments& segments, VerifyDepth depth, const LogProgressCallback& progress
) {
    const auto snapshot = segments.snapshot();
    Hasher hasher;
    const TreeHead promised = snapshot.commitment.head(hasher);
    Verifier verifier(depth, progress, promised.size);
    for (const auto& sums : snapshot.segments) {
        if (const auto checked = verifier.check_segment(sums); !checked.ok()) {
            if (checked.error().code != ErrorCode::busy) segments.report_damage(checked.error());
            return checked.error();
        }
    }
    if (depth == VerifyDepth::fast) return promised;
    const TreeHead computed = verifier.head();
    if (computed != promised) {
        return Error{ErrorCode::corrupt, "the log's hashes are not those it was opened with"};
    }
    return computed;
}

}  // namespace daybook
