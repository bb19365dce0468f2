// Groups are copied into one block each and never move, so readers share them without a lock.
#include "engine/log/memory_log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace daybook {
namespace {

constexpr std::size_t aligned(std::size_t bytes) {
    return (bytes + 7) & ~std::size_t{7};
}

}  // namespace

struct MemoryLog::Group {
    std::uint64_t first_position = 0;
    std::vector<std::uint64_t> storage;  // Words, for their alignment.
    std::vector<EventBytes> events;      // Into storage.
};

class MemoryLog::Reader final : public LogReader {
 public:
    Reader(const MemoryLog& log, std::uint64_t position) : log_(log), position_(position) {}

    Result<std::span<const EventBytes>> next() override {
        const Group* group = log_.group_at(position_);
        if (group == nullptr) return std::span<const EventBytes>{};
        const auto skipped = static_cast<std::size_t>(position_ - group->first_position);
        const std::span events = std::span{group->events}.subspan(skipped);
        position_ += events.size();
        return std::span<const EventBytes>{events};
    }

 private:
    const MemoryLog& log_;
    std::uint64_t position_;
};

MemoryLog::MemoryLog() = default;
MemoryLog::~MemoryLog() = default;

Result<void> MemoryLog::append(std::span<const EventBytes> group) {
    const std::uint64_t first_position = end();
    DAYBOOK_TRY_VOID(check_group(group, first_position));
    if (group.empty()) return {};

    auto copy = std::make_unique<Group>();
    copy->first_position = first_position;
    std::size_t bytes = 0;
    for (const EventBytes event : group) bytes += aligned(event.size());
    copy->storage.resize(bytes / sizeof(std::uint64_t));
    std::byte* at = reinterpret_cast<std::byte*>(copy->storage.data());
    std::vector<Hash> leaves;
    for (const EventBytes event : group) {
        std::memcpy(at, event.data(), event.size());
        copy->events.emplace_back(at, event.size());
        leaves.push_back(hasher_.leaf(event));
        at += aligned(event.size());
    }

    const std::scoped_lock lock(mutex_);
    if (!disk_.ok()) stopped_ = true;
    if (stopped_) {
        return disk_.ok() ? Error{ErrorCode::disk_full, "the log waits to be resumed"}
                          : disk_.error();
    }
    for (const Hash& leaf : leaves) commitment_.add(hasher_, leaf);
    groups_.push_back(std::move(copy));
    grown_.notify_all();
    DAYBOOK_ASSERT(commitment_.tree.size() == first_position + group.size());
    return {};
}

Result<void> MemoryLog::resume() {
    const std::scoped_lock lock(mutex_);
    if (!disk_.ok()) return disk_.error();
    stopped_ = false;
    return {};
}

void MemoryLog::fail_appends(Result<void> outcome) {
    const std::scoped_lock lock(mutex_);
    disk_ = std::move(outcome);
}

std::uint64_t MemoryLog::end() const {
    const std::scoped_lock lock(mutex_);
    return commitment_.tree.size();
}

Result<std::unique_ptr<LogReader>> MemoryLog::read(std::uint64_t from) const {
    const std::uint64_t last = end();
    if (from > last) {
        return Error{
            ErrorCode::not_found,
            fmt::format("position {} is beyond the log's end {}", from, last)};
    }
    return std::unique_ptr<LogReader>(std::make_unique<Reader>(*this, from));
}

TreeHead MemoryLog::head() const {
    Hasher hasher;
    const std::scoped_lock lock(mutex_);
    return commitment_.head(hasher);
}

std::uint64_t MemoryLog::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
    const {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, timeout, [&] { return commitment_.tree.size() > position; });
    return commitment_.tree.size();
}

const MemoryLog::Group* MemoryLog::group_at(std::uint64_t position) const {
    const std::scoped_lock lock(mutex_);
    if (position >= commitment_.tree.size()) return nullptr;
    const auto after = std::upper_bound(
        groups_.begin(),
        groups_.end(),
        position,
        [](std::uint64_t wanted, const auto& group) { return wanted < group->first_position; }
    );
    DAYBOOK_ASSERT(after != groups_.begin());
    return std::prev(after)->get();
}

}  // namespace daybook
