// A failure of the thread is forgotten: take() tries again and reports what it meets itself.
#include "engine/log/spare_segment.hpp"

#include <utility>

namespace daybook {

SpareSegment::SpareSegment(FileSystem& files, std::string path, bool ahead, Zeros zeros)
    : files_(files), path_(std::move(path)), zeros_(zeros) {
    if (ahead) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

SpareSegment::~SpareSegment() = default;

void SpareSegment::prepare(std::uint64_t bytes) {
    if (!thread_.joinable()) return;
    const std::scoped_lock lock(mutex_);
    if (stage_ != Stage::none) return;
    stage_ = Stage::wanted;
    bytes_ = bytes;
    changed_.notify_all();
}

Result<std::unique_ptr<File>> SpareSegment::take(std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    if (stage_ == Stage::wanted) stage_ = Stage::none;
    changed_.wait(lock, [this] { return stage_ != Stage::making; });
    const bool is_enough = stage_ == Stage::ready && bytes_ >= bytes;
    stage_ = Stage::none;
    std::unique_ptr<File> file = std::move(file_);
    if (is_enough) return file;
    return make(bytes);
}

void SpareSegment::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return stage_ == Stage::wanted; })) {
        stage_ = Stage::making;
        const std::uint64_t bytes = bytes_;
        lock.unlock();
        auto made = make(bytes);
        lock.lock();
        DAYBOOK_ASSERT(stage_ == Stage::making);
        stage_ = made.ok() ? Stage::ready : Stage::none;
        if (made.ok()) file_ = std::move(made).value();
        changed_.notify_all();
    }
}

Result<std::unique_ptr<File>> SpareSegment::make(std::uint64_t bytes) {
    DAYBOOK_TRY(auto file, files_.open(path_, OpenMode::create));
    // From nothing, so that no byte of an earlier use is left.
    DAYBOOK_TRY_VOID(file->resize(0));
    const bool is_written = zeros_ == Zeros::written;
    auto filled = is_written ? file->fill_with_zeros(bytes) : file->reserve(bytes);
    if (!filled.ok()) {
        // What was taken of a full disk is given back; the first error is the one to tell.
        static_cast<void>(file->resize(0));
        return filled.error();
    }
    DAYBOOK_TRY_VOID(file->sync());
    return file;
}

}  // namespace daybook
