// The order of the writes is the heart of it; FORMAT.md says why each is where it is.
#include "engine/log/segment_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/log/segment_log.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t first_segment_bytes = std::uint64_t{4} << 20;
constexpr std::uint64_t page_bytes = 4096;

std::string path_of(const std::string& folder, std::uint32_t number) {
    return folder + "/" + segment_name(number);
}

std::string parent_of(const std::string& folder) {
    const std::size_t slash = folder.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : folder.substr(0, slash);
}

// Zeros over a range, synced.
Result<void> blank_range(File& file, std::uint64_t offset, std::uint64_t bytes) {
    static constexpr std::array<std::byte, 64 * 1024> zeros{};
    for (std::uint64_t done = 0; done < bytes;) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), bytes - done));
        DAYBOOK_TRY_VOID(file.write_at(std::span{zeros}.first(count), offset + done));
        done += count;
    }
    return file.sync();
}

Result<void> write_seal(File& file, const Segment& segment) {
    const auto bytes = encode_seal(
        {
            .frames_end = segment.limit.load(std::memory_order_relaxed),
            .end_position = segment.end_position,
            .link = segment.link,
            .event_bytes = segment.event_bytes,
        },
        segment.index
    );
    DAYBOOK_ASSERT(bytes.size() == seal_bytes(segment.index.size()));
    DAYBOOK_TRY_VOID(file.write_at(bytes, segment.head.file_bytes - bytes.size()));
    return file.sync();
}

// A process that was killed leaves writes that only the system's memory holds: they can be read,
// and must not be built upon before the disk has them.
Result<void> sync_found(
    FileSystem& files, const std::string& folder, const OpenedSegments& opened
) {
    const Segment& last = *opened.segments.back();
    const auto mark = decode_close_mark(last.bytes());
    const std::uint64_t end = last.limit.load(std::memory_order_relaxed);
    if (mark && mark->end == end) return {};
    if (end == first_frame_offset) {
        // Its name and the seal before it may be as new as the segment.
        DAYBOOK_TRY_VOID(files.sync_folder(folder));
        if (last.number() == 0) return {};
    }
    const std::uint32_t number = end == first_frame_offset ? last.number() - 1 : last.number();
    DAYBOOK_TRY(const auto file, files.open(path_of(folder, number), OpenMode::write));
    return file->sync();
}

std::uint32_t flags_of(const SegmentLogOptions& options) {
    return options.sync_later ? syncs_later_flag : 0;
}

// Books are often small, so the first segments are: each is twice the one before.
std::uint64_t usual_bytes(std::uint64_t segment_bytes, std::uint32_t number) {
    return std::min(segment_bytes, first_segment_bytes << std::min<std::uint32_t>(number, 20));
}

}  // namespace

Result<std::unique_ptr<File>> take_lock(FileSystem& files, const std::string& folder) {
    DAYBOOK_TRY(auto file, files.open(folder + "/" + lock_name, OpenMode::create));
    DAYBOOK_TRY(const bool is_ours, file->try_lock());
    if (!is_ours) {
        std::array<char, 16> text{};
        DAYBOOK_TRY(
            const std::size_t bytes, file->read_at(std::as_writable_bytes(std::span{text}), 0)
        );
        std::string_view holder(text.data(), bytes);
        holder = holder.substr(0, holder.find('\n'));
        return Error{
            ErrorCode::busy,
            fmt::format(
                "the log in {} is open for writing by {}{}; wait until it ends, or ask it, if it "
                "is a server",
                folder,
                holder.empty() ? "another process" : "process ",
                holder
            )};
    }
    const std::string text = fmt::format("{}\n", process_id());
    DAYBOOK_TRY_VOID(file->resize(0));
    DAYBOOK_TRY_VOID(file->write_at(std::as_bytes(std::span{text}), 0));
    return file;
}

Result<void> create_log(FileSystem& files, Random& random, const SegmentLogOptions& options) {
    const std::string spare_path = options.folder + "/" + spare_name;
    SpareSegment spare(files, spare_path, false, SpareSegment::Zeros::written);
    const SegmentHead head{
        .log_id = random.next(),
        .file_bytes = usual_bytes(options.segment_bytes, 0),
        .flags = flags_of(options)};
    DAYBOOK_TRY(const auto file, spare.take(head.file_bytes));
    DAYBOOK_TRY_VOID(file->write_at(encode_segment_head(head, {}), 0));
    DAYBOOK_TRY_VOID(file->sync());
    DAYBOOK_TRY_VOID(files.rename(spare_path, path_of(options.folder, 0)));
    DAYBOOK_TRY_VOID(files.sync_folder(options.folder));
    return files.sync_folder(parent_of(options.folder));
}

Result<void> repair(FileSystem& files, const std::string& folder, const OpenedSegments& opened) {
    const Segment& last = *opened.segments.back();
    DAYBOOK_TRY_VOID(sync_found(files, folder, opened));
    if (opened.is_seal_missing) {
        const Segment& segment = *opened.segments[opened.segments.size() - 2];
        DAYBOOK_TRY(
            const auto file, files.open(path_of(folder, segment.number()), OpenMode::write)
        );
        DAYBOOK_TRY_VOID(write_seal(*file, segment));
    }
    if (opened.torn_bytes > 0) {
        DAYBOOK_TRY(const auto file, files.open(path_of(folder, last.number()), OpenMode::write));
        const std::uint64_t end = last.limit.load(std::memory_order_relaxed);
        DAYBOOK_TRY_VOID(blank_range(*file, end, opened.torn_bytes));
    }
    const std::string spare_path = folder + "/" + spare_name;
    if (files.open(spare_path, OpenMode::read).ok()) DAYBOOK_TRY_VOID(files.remove(spare_path));
    return {};
}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::open(
    FileSystem& files, const SegmentLogOptions& options, SharedSegments& segments
) {
    const std::string path = path_of(options.folder, segments.last().number());
    DAYBOOK_TRY(auto file, files.open(path, OpenMode::write));
    return std::make_unique<SegmentWriter>(files, options, segments, std::move(file));
}

SegmentWriter::SegmentWriter(
    FileSystem& files,
    const SegmentLogOptions& options,
    SharedSegments& segments,
    std::unique_ptr<File> file
)
    : files_(files),
      segments_(segments),
      folder_(options.folder),
      segment_bytes_(options.segment_bytes),
      syncs_later_(options.sync_later),
      segment_(&segments.last()),
      file_(std::move(file)),
      commitment_(segments.commitment()),
      spare_(
          files,
          options.folder + "/" + spare_name,
          options.prepare_ahead,
          // Who syncs later need not sync quickly, and is spared writing everything twice.
          options.sync_later ? SpareSegment::Zeros::read : SpareSegment::Zeros::written
      ) {}

SegmentWriter::~SegmentWriter() {
    leave_close_mark();
}

Result<void> SegmentWriter::append(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    if (stopped_) return *stopped_;
    if (auto damage = segments_.damage()) {
        stopped_ = std::move(damage);
        return *stopped_;
    }
    DAYBOOK_TRY_VOID(check_group(group, commitment_.tree.size()));
    if (group.empty()) return {};

    auto written = write_group(group, hashes);
    if (!written.ok()) stopped_ = written.error();
    return written;
}

void SegmentWriter::prepare(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    DAYBOOK_ASSERT(hashes.size() == group.size());
    prepared_.reset();
    if (stopped_ || group.empty() || !check_group(group, commitment_.tree.size()).ok()) return;
    if (!must_roll(frame_bytes_of(group))) prepared_ = make_frame(group, hashes);
}

// What was published cannot be taken back, so that no failure here is one to resume from.
Result<void> SegmentWriter::sync() {
    if (is_synced_) return {};
    if (stopped_) return *stopped_;
    const auto synced = file_->sync();
    if (!synced.ok()) {
        stopped_ = Error{ErrorCode::io, synced.error().message};
        return *stopped_;
    }
    is_synced_ = true;
    return {};
}

Result<void> SegmentWriter::resume() {
    if (!stopped_) return {};
    if (stopped_->code != ErrorCode::disk_full) return *stopped_;
    // The next segment is what needs space: with it in hand the log can go on for a while.
    if (!successor_ && !successor_file_) {
        DAYBOOK_TRY(successor_file_, spare_.take(successor_bytes(0)));
    }
    stopped_.reset();
    return {};
}

Result<void> SegmentWriter::write_group(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    const std::size_t bytes = frame_bytes_of(group);
    while (must_roll(bytes)) DAYBOOK_TRY_VOID(roll(bytes));

    const PreparedFrame frame = take_frame(group, hashes);
    DAYBOOK_ASSERT(frame.bytes.size() == bytes);
    DAYBOOK_TRY_VOID(write_frame(frame));
    std::swap(commitment_, next_commitment_);
    std::uint64_t event_bytes = 0;
    for (const EventBytes event : group) event_bytes += event.size();
    segments_.publish(
        {.bytes = bytes,
         .link = frame_writer_.link(),
         .events = group.size(),
         .event_bytes = event_bytes},
        commitment_
    );
    if (frame.offset > segment_->head.file_bytes / 2 && !successor_file_) {
        spare_.prepare(successor_bytes(0));
    }
    return {};
}

SegmentWriter::PreparedFrame SegmentWriter::make_frame(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    const std::uint64_t offset = segment_->limit.load(std::memory_order_relaxed);
    const std::uint64_t position = commitment_.tree.size();
    next_commitment_ = commitment_;
    const auto bytes = frame_writer_.encode(
        group, hashes, segment_->place(offset, position, segment_->link), next_commitment_
    );
    return {
        .bytes = bytes,
        .offset = offset,
        .first_position = position,
        .event_count = group.size(),
        .chain = next_commitment_.chain,
    };
}

SegmentWriter::PreparedFrame SegmentWriter::take_frame(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    const auto prepared = std::exchange(prepared_, std::nullopt);
    // The chain value stands for the events, as long as the hashes are believed.
    if (!prepared || hashes.empty() || prepared->event_count != group.size() ||
        prepared->chain != hashes.back().chain || prepared->bytes.size() != frame_bytes_of(group)) {
        return make_frame(group, hashes);
    }
    DAYBOOK_ASSERT(prepared->offset == segment_->limit.load(std::memory_order_relaxed));
    DAYBOOK_ASSERT(prepared->first_position == commitment_.tree.size());
    return *prepared;
}

Result<void> SegmentWriter::write_frame(const PreparedFrame& frame) {
    auto written = file_->write_at(frame.bytes, frame.offset);
    if (written.ok()) is_synced_ = false;
    if (written.ok() && !syncs_later_) {
        written = file_->sync();
        is_synced_ = written.ok();
    }
    if (written.ok() || written.error().code != ErrorCode::disk_full) return written;
    // Nothing of it may stay: the group was refused, and its place is used again.
    const auto blanked = blank_range(*file_, frame.offset, frame.bytes.size());
    if (!blanked.ok()) return Error{ErrorCode::io, blanked.error().message};
    is_synced_ = true;
    return written;
}

bool SegmentWriter::must_roll(std::uint64_t frame_bytes) const {
    // An ordinary log puts nothing into a segment whose frames may be missing.
    return successor_ || segment_->syncs_later() != syncs_later_ || !fits(frame_bytes);
}

bool SegmentWriter::fits(std::uint64_t frame_bytes) const {
    const std::uint64_t offset = segment_->limit.load(std::memory_order_relaxed);
    const std::uint64_t after = seal_bytes(segment_->frame_count + 1);
    return offset + frame_bytes + after <= segment_->head.file_bytes;
}

// The next segment gets its name before this one is sealed: so a log whose last segment is sealed
// has lost one. And it gets it after this one is durable: so only the last one may lack frames.
Result<void> SegmentWriter::roll(std::uint64_t frame_bytes) {
    prepared_.reset();
    DAYBOOK_TRY_VOID(sync());
    if (!successor_) DAYBOOK_TRY_VOID(make_successor(frame_bytes));
    DAYBOOK_TRY_VOID(files_.sync_folder(folder_));
    DAYBOOK_TRY_VOID(write_seal(*file_, *segment_));
    segment_ = successor_.get();
    file_ = std::move(successor_file_);
    segments_.publish(std::move(successor_));
    DAYBOOK_ASSERT(segment_->head.first_position == commitment_.tree.size());
    return {};
}

Result<void> SegmentWriter::make_successor(std::uint64_t frame_bytes) {
    if (segment_->number() + 1 >= segments_max) {
        return Error{
            ErrorCode::too_large, fmt::format("the log has {} segments, the most", segments_max)};
    }
    const std::uint64_t bytes = successor_bytes(frame_bytes);
    std::uint64_t file_bytes = 0;
    if (successor_file_) {
        DAYBOOK_TRY(file_bytes, successor_file_->size());
    }
    if (file_bytes < bytes) {
        DAYBOOK_TRY(successor_file_, spare_.take(bytes));
        DAYBOOK_TRY(file_bytes, successor_file_->size());
    }
    const SegmentHead head{
        .number = segment_->number() + 1,
        .log_id = segment_->head.log_id,
        .first_position = commitment_.tree.size(),
        .link = segment_->link,
        .file_bytes = file_bytes,
        .flags = syncs_later_ ? syncs_later_flag : 0,
    };
    DAYBOOK_TRY_VOID(successor_file_->write_at(encode_segment_head(head, commitment_), 0));
    DAYBOOK_TRY_VOID(successor_file_->sync());
    DAYBOOK_TRY(auto successor, map_segment(*successor_file_, head.number));
    DAYBOOK_TRY_VOID(files_.rename(folder_ + "/" + spare_name, path_of(folder_, head.number)));
    successor_ = std::move(successor);
    return {};
}

std::uint64_t SegmentWriter::successor_bytes(std::uint64_t frame_bytes) const {
    const std::uint64_t needed = first_frame_offset + frame_bytes + seal_bytes(1);
    const std::uint64_t whole_pages = (needed + page_bytes - 1) / page_bytes * page_bytes;
    return std::max(usual_bytes(segment_bytes_, segment_->number() + 1), whole_pages);
}

// Only a help for the next opening, so a failure is no failure.
void SegmentWriter::leave_close_mark() {
    if (!sync().ok() || stopped_ || successor_) return;
    const std::uint64_t end = segment_->limit.load(std::memory_order_relaxed);
    const auto before = decode_close_mark(segment_->bytes());
    if (end == first_frame_offset || (before && before->end == end)) return;
    const CloseMark mark{
        .end = end, .end_position = segment_->end_position, .link = segment_->link};
    if (file_->write_at(encode_close_mark(mark), close_mark_offset).ok()) {
        static_cast<void>(file_->sync());
    }
}

}  // namespace daybook
