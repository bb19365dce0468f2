// The copy first; then those who wait; then, as it may, the disk.
#include "connectors/kafka/copier.hpp"

#include <utility>

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds disk_full_wait{500};

}  // namespace

// ---- The tailer's side --------------------------------------------------------------------------

Copier::Copier(CopierParts parts, const Origin& saved)
    : parts_(std::move(parts)),
      saver_(
          {.files = parts_.files,
           .clock = parts_.clock,
           .copy = parts_.copy,
           .folder = parts_.folder,
           .fail = parts_.fail},
          saved
      ) {
    thread_ = std::thread{[this] { run(); }};
}

Copier::~Copier() {
    stop();
    thread_.join();
}

void Copier::stop() {
    const std::scoped_lock lock{mutex_};
    is_stopping_ = true;
    changed_.notify_all();
}

bool Copier::put(Block block) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !waiting_ || has_ended_; });
    if (has_ended_) return false;
    waiting_ = std::move(block);
    changed_.notify_all();
    return true;
}

// The caller holds the mutex.
bool Copier::is_free() const {
    return is_idle_ && !waiting_ && !unhashed_ && !is_stopping_;
}

bool Copier::put_now(Block block) {
    {
        const std::scoped_lock lock{mutex_};
        // A disk that is full is waited for by the thread.
        if (is_free() && append(block).ok()) {
            parts_.publish(block);
            return true;
        }
    }
    return put(std::move(block));
}

bool Copier::has_room() {
    const std::scoped_lock lock{mutex_};
    return !waiting_ && !has_ended_;
}

bool Copier::prepare(const std::shared_ptr<SentGroup>& group) {
    const std::scoped_lock lock{mutex_};
    if (!is_free()) return false;
    unhashed_ = group;
    changed_.notify_all();
    return true;
}

EventArena Copier::spare() {
    const std::scoped_lock lock{mutex_};
    if (spares_.empty()) return {};
    EventArena arena = std::move(spares_.back());
    spares_.pop_back();
    return arena;
}

// ---- The thread ---------------------------------------------------------------------------------

void Copier::run() {
    std::unique_lock lock{mutex_};
    while (do_next(lock)) continue;
    has_ended_ = true;
    changed_.notify_all();
}

// False when it is to end and nothing waits, or when nothing can be copied any more.
bool Copier::do_next(std::unique_lock<std::mutex>& lock) {
    is_idle_ = true;
    changed_.wait(lock, [this] { return waiting_ || unhashed_ || is_stopping_; });
    is_idle_ = false;
    std::shared_ptr<SentGroup> unhashed = std::exchange(unhashed_, nullptr);
    std::optional<Block> block = std::exchange(waiting_, std::nullopt);
    const bool is_last = !block && !unhashed;
    changed_.notify_all();
    lock.unlock();
    if (unhashed) prepare(*std::exchange(unhashed, nullptr));
    Result<void> done;
    if (block) done = copy(*block);
    if (!done.ok()) parts_.fail(done.error());
    lock.lock();
    if (block && block->events.count() > 0) {
        block->events.clear();
        spares_.push_back(std::move(block->events));
    }
    return done.ok() && !is_last;
}

void Copier::prepare(SentGroup& group) {
    group.hash(hasher_);
    if (group.is_whole()) parts_.copy.prepare(group.events().events(), group.events().hashes());
}

Result<void> Copier::copy(Block& block) {
    // A full disk stops nobody for good: the topic keeps what the copy has no room for.
    while (true) {
        auto appended = append(block);
        if (appended.ok()) break;
        if (appended.error().code != ErrorCode::disk_full) return appended;
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, disk_full_wait, [this] { return is_stopping_; })) {
            return appended;
        }
        lock.unlock();
        (void)parts_.copy.resume();
    }
    parts_.publish(block);
    return {};
}

Result<void> Copier::append(Block& block) {
    EventArena& events = block.sent ? block.sent->events() : block.events;
    DAYBOOK_TRY_VOID(parts_.copy.append(events.events(), events.hashes()));
    saver_.note(std::move(block.safe), events.bytes());
    return {};
}

}  // namespace daybook::kafka
