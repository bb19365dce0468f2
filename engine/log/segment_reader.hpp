// Reads forward through the segments and checks every frame on the way.
#pragma once

#include <string_view>
#include <vector>

#include "engine/log/shared_segments.hpp"

namespace daybook {

class SegmentReader final : public LogReader {
 public:
    // `from` is at most the end; `segments` outlives the reader.
    SegmentReader(const SharedSegments& segments, std::uint64_t from);
    [[nodiscard]] Result<std::span<const EventBytes>> next() override;

 private:
    // Moves to the next segment if this one has been read to its end; false at the log's end.
    [[nodiscard]] Result<bool> advance();
    [[nodiscard]] Error damaged(const FramePlace& place, std::string_view found);

    const SharedSegments& segments_;
    const Segment* segment_;
    std::uint64_t offset_;
    std::uint64_t position_;             // Of the frame at offset_.
    std::uint64_t from_;                 // Events before it are passed over.
    std::optional<std::uint64_t> link_;  // None before the first frame.
    std::vector<EventBytes> events_;     // Of the frame read last.
};

}  // namespace daybook
