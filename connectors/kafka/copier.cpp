// The copy first; then those who wait; then the disk; then how far the topic need not be read
// again.
#include "connectors/kafka/copier.hpp"

#include <cstring>

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds disk_full_wait{500};
constexpr std::chrono::seconds save_every{2};

}  // namespace

// ---- Events in memory ---------------------------------------------------------------------------

void EventArena::add(std::span<const std::byte> event, const EventHashes& hashes) {
    const std::size_t begin = words_.size();
    words_.resize(begin + (event.size() + 7) / 8);
    std::memcpy(words_.data() + begin, event.data(), event.size());
    places_.push_back({begin, event.size()});
    hashes_.push_back(hashes);
}

void EventArena::drop_last(std::size_t count) {
    DAYBOOK_ASSERT(count <= places_.size());
    if (count == 0) return;
    words_.resize(places_[places_.size() - count].word);
    places_.resize(places_.size() - count);
    hashes_.resize(places_.size());
}

void EventArena::split(std::size_t count, EventArena& rest) {
    DAYBOOK_ASSERT(count <= places_.size() && rest.count() == 0);
    const auto all = events();
    for (std::size_t index = count; index < all.size(); ++index) {
        rest.add(all[index], hashes_[index]);
    }
    drop_last(rest.count());
}

void EventArena::clear() {
    words_.clear();
    places_.clear();
    hashes_.clear();
}

std::span<const EventBytes> EventArena::events() {
    views_.clear();
    for (const Place& place : places_) {
        const auto* bytes = reinterpret_cast<const std::byte*>(words_.data() + place.word);
        views_.emplace_back(bytes, place.bytes);
    }
    return views_;
}

// ---- The tailer's side --------------------------------------------------------------------------

Copier::Copier(CopierParts parts, const Origin& saved)
    : parts_(std::move(parts)), safe_(saved), saved_offset_(saved.offset) {
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

EventArena Copier::spare() {
    const std::scoped_lock lock{mutex_};
    if (spares_.empty()) return {};
    EventArena arena = std::move(spares_.back());
    spares_.pop_back();
    return arena;
}

// ---- The thread ---------------------------------------------------------------------------------

void Copier::run() {
    bool is_well = true;
    while (is_well) {
        std::optional<Block> block = next();
        if (!block) break;
        auto copied = copy(*block);
        is_well = copied.ok();
        if (!is_well) parts_.fail(std::move(copied).error());
        block->events.clear();
        const std::scoped_lock lock{mutex_};
        spares_.push_back(std::move(block->events));
    }
    if (is_well) save_origin(true);
    const std::scoped_lock lock{mutex_};
    has_ended_ = true;
    changed_.notify_all();
}

Result<void> Copier::copy(Block& block) {
    DAYBOOK_TRY_VOID(append(block.events));
    parts_.publish(block);
    DAYBOOK_TRY_VOID(parts_.copy.sync());
    safe_ = std::move(block.safe);
    save_origin(false);
    return {};
}

// Nothing when it is to end and nothing waits.
std::optional<Block> Copier::next() {
    std::unique_lock lock{mutex_};
    const auto is_called = [this] { return waiting_ || is_stopping_; };
    while (!changed_.wait_for(lock, save_every, is_called)) {
        lock.unlock();
        save_origin(false);
        lock.lock();
    }
    std::optional<Block> block = std::move(waiting_);
    waiting_.reset();
    changed_.notify_all();
    return block;
}

// A full disk stops nobody for good: the topic keeps what the copy has no room for.
Result<void> Copier::append(EventArena& events) {
    while (true) {
        auto appended = parts_.copy.append(events.events(), events.hashes());
        if (appended.ok() || appended.error().code != ErrorCode::disk_full) return appended;
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, disk_full_wait, [this] { return is_stopping_; })) {
            return appended;
        }
        lock.unlock();
        (void)parts_.copy.resume();
    }
}

// It only saves time: without it the topic is read from the beginning.
void Copier::save_origin(bool is_last) {
    const auto now = parts_.clock.elapsed();
    if (safe_.offset == saved_offset_ || (!is_last && now - saved_at_ < save_every)) return;
    saved_at_ = now;
    if (store_origin(parts_.files, parts_.folder, safe_).ok()) saved_offset_ = safe_.offset;
}

}  // namespace daybook::kafka
