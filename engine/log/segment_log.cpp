// Joins the parts: opening with its refusals, the writer, the readers, the verifier.
#include "engine/log/segment_log.hpp"

#include <fmt/core.h>

#include "engine/log/segment_reader.hpp"
#include "engine/log/segment_verify.hpp"
#include "engine/log/segment_writer.hpp"

namespace daybook {
namespace {

constexpr std::uint32_t segment_bytes_min = 16 * 1024;
constexpr std::uint32_t segment_bytes_max = std::uint32_t{1} << 30;
constexpr int read_only_attempts_max = 5;

Error no_log(const std::string& folder) {
    return {ErrorCode::not_found, fmt::format("there is no log in {}", folder)};
}

Result<OpenedSegments> open_to_read(FileSystem& files, const std::string& folder) {
    // Beside a process that appends, a file may change between two looks at it; what is damage
    // looks the same each time.
    for (int attempt = 1;; ++attempt) {
        DAYBOOK_TRY(const auto numbers, find_segments(files, folder));
        if (numbers.empty()) return no_log(folder);
        auto opened = open_segments(files, folder, numbers);
        if (opened.ok() || attempt == read_only_attempts_max) return opened;
    }
}

// The caller holds the lock.
Result<OpenedSegments> open_to_write(
    FileSystem& files, Random& random, const SegmentLogOptions& options
) {
    DAYBOOK_TRY(auto numbers, find_segments(files, options.folder));
    if (numbers.empty()) {
        if (!options.create) return no_log(options.folder);
        DAYBOOK_TRY_VOID(create_log(files, random, options));
        numbers = {0};
    }
    DAYBOOK_TRY(auto opened, open_segments(files, options.folder, numbers));
    DAYBOOK_TRY_VOID(repair(files, options.folder, opened));
    return opened;
}

Result<void> check_folder(FileSystem& files, const SegmentLogOptions& options) {
    const auto names = files.list(options.folder);
    if (names.ok()) return {};
    if (names.error().code != ErrorCode::not_found) return names.error();
    if (!options.create || options.read_only) return no_log(options.folder);
    return files.make_folder(options.folder);
}

}  // namespace

struct SegmentLog::Parts {
    Parts(FileSystem& with_files, std::string in_folder, OpenedSegments opened)
        : files(with_files),
          folder(std::move(in_folder)),
          dropped_bytes(opened.torn_bytes),
          segments(std::move(opened)) {}

    FileSystem& files;
    std::string folder;
    std::uint64_t dropped_bytes;
    SharedSegments segments;
    std::unique_ptr<File> lock;             // Null when it is read only.
    std::unique_ptr<SegmentWriter> writer;  // Null when it is read only. Goes before the lock.
};

Result<std::unique_ptr<SegmentLog>> SegmentLog::open(
    FileSystem& files, Random& random, const SegmentLogOptions& options
) {
    if (options.segment_bytes < segment_bytes_min || options.segment_bytes > segment_bytes_max) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "segments of {} bytes: they may have {} to {}",
                options.segment_bytes,
                segment_bytes_min,
                segment_bytes_max
            )};
    }
    DAYBOOK_TRY_VOID(check_folder(files, options));
    if (options.read_only) {
        DAYBOOK_TRY(auto opened, open_to_read(files, options.folder));
        return std::make_unique<SegmentLog>(
            std::make_unique<Parts>(files, options.folder, std::move(opened))
        );
    }
    DAYBOOK_TRY(auto lock, take_lock(files, options.folder));
    DAYBOOK_TRY(auto opened, open_to_write(files, random, options));
    auto parts = std::make_unique<Parts>(files, options.folder, std::move(opened));
    parts->lock = std::move(lock);
    DAYBOOK_TRY(parts->writer, SegmentWriter::open(files, options, parts->segments));
    return std::make_unique<SegmentLog>(std::move(parts));
}

SegmentLog::SegmentLog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SegmentLog::~SegmentLog() = default;

Result<void> SegmentLog::append(std::span<const EventBytes> group) {
    return append(group, {});
}

Result<void> SegmentLog::append(
    std::span<const EventBytes> group, std::span<const EventHashes> hashes
) {
    if (!parts_->writer) {
        return Error{ErrorCode::denied, "the log was opened for reading only"};
    }
    return parts_->writer->append(group, hashes);
}

void SegmentLog::prepare(std::span<const EventBytes> group, std::span<const EventHashes> hashes) {
    if (parts_->writer) parts_->writer->prepare(group, hashes);
}

Result<void> SegmentLog::sync() {
    return parts_->writer ? parts_->writer->sync() : Result<void>{};
}

// Segments before the last are durable already, and the disk knows the file, not who has it open.
Result<void> SegmentLog::sync_beside() const {
    const std::string path = parts_->folder + "/" + segment_name(parts_->segments.last_number());
    DAYBOOK_TRY(const auto file, parts_->files.open(path, OpenMode::write));
    const auto synced = file->sync();
    if (synced.ok()) return {};
    const Error error{ErrorCode::io, synced.error().message};
    parts_->segments.report_damage(error);
    return error;
}

Result<void> SegmentLog::resume() {
    if (!parts_->writer) {
        return Error{ErrorCode::denied, "the log was opened for reading only"};
    }
    return parts_->writer->resume();
}

std::uint64_t SegmentLog::end() const {
    return parts_->segments.end();
}

Result<std::unique_ptr<LogReader>> SegmentLog::read(std::uint64_t from) const {
    const std::uint64_t last = end();
    if (from > last) {
        return Error{
            ErrorCode::not_found,
            fmt::format("position {} is beyond the log's end {}", from, last)};
    }
    return std::unique_ptr<LogReader>(std::make_unique<SegmentReader>(parts_->segments, from));
}

TreeHead SegmentLog::head() const {
    Hasher hasher;
    return parts_->segments.commitment().head(hasher);
}

std::uint64_t SegmentLog::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
    const {
    return parts_->segments.wait_beyond(position, timeout);
}

Result<TreeHead> SegmentLog::verify(VerifyDepth depth, const LogProgressCallback& progress) const {
    return verify_segments(parts_->segments, depth, progress);
}

LogStatistics SegmentLog::statistics() const {
    const auto snapshot = parts_->segments.snapshot();
    LogStatistics statistics{
        .segments = snapshot.segments.size(), .events = snapshot.commitment.tree.size()};
    for (const auto& sums : snapshot.segments) {
        statistics.frames += sums.frame_count;
        statistics.file_bytes += sums.segment->bytes().size();
        statistics.event_bytes += sums.event_bytes;
    }
    return statistics;
}

std::uint64_t SegmentLog::log_id() const {
    return parts_->segments.log_id();
}

std::uint64_t SegmentLog::dropped_bytes() const {
    return parts_->dropped_bytes;
}

}  // namespace daybook
