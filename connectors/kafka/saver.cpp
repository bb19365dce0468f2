// The events first, then the note that says they are there.
#include "connectors/kafka/saver.hpp"

#include <utility>

namespace daybook::kafka {
namespace {

constexpr std::chrono::seconds save_every{2};
// A little at a time, so that little is left when the copy is closed.
constexpr std::uint64_t unsynced_bytes_max = std::uint64_t{4} << 20;

}  // namespace

Saver::Saver(SaverParts parts, const Origin& saved)
    : parts_(std::move(parts)), saved_offset_(saved.offset), safe_(saved) {
    thread_ = std::thread{[this] { run(); }};
}

Saver::~Saver() {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
        changed_.notify_all();
    }
    thread_.join();
}

void Saver::note(Origin safe, std::uint64_t bytes) {
    const std::scoped_lock lock{mutex_};
    safe_ = std::move(safe);
    const bool was_little = unsynced_bytes_ < unsynced_bytes_max;
    unsynced_bytes_ += bytes;
    if (was_little && unsynced_bytes_ >= unsynced_bytes_max) changed_.notify_all();
}

void Saver::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait_for(lock, save_every, [this] {
            return is_stopping_ || unsynced_bytes_ >= unsynced_bytes_max;
        });
        const bool is_last = is_stopping_;
        if (!save(lock) || is_last) return;
    }
}

// False when the disk has failed. The note only saves time, so it may fail: without it the topic is
// read from where the one before says.
bool Saver::save(std::unique_lock<std::mutex>& lock) {
    const bool is_last = is_stopping_;
    const Origin safe = safe_;
    const std::uint64_t bytes = std::exchange(unsynced_bytes_, 0);
    lock.unlock();
    Result<void> synced;
    if (bytes > 0) synced = parts_.copy.sync_beside();
    if (!synced.ok()) parts_.fail(synced.error());
    const auto now = parts_.clock.elapsed();
    const bool is_due = safe.offset != saved_offset_ && (is_last || now - saved_at_ >= save_every);
    if (synced.ok() && is_due) {
        saved_at_ = now;
        if (store_origin(parts_.files, parts_.folder, safe).ok()) saved_offset_ = safe.offset;
    }
    lock.lock();
    return synced.ok();
}

}  // namespace daybook::kafka
