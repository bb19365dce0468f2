#include "engine/runtime/mailbox.hpp"

#include <fmt/format.h>

namespace daybook {

Mailbox::Mailbox(std::size_t commands_max, std::size_t bytes_max)
    : commands_max_(commands_max), bytes_max_(bytes_max) {
    DAYBOOK_ASSERT(commands_max > 0);
}

Result<void> Mailbox::put(Submission&& submission) {
    const std::size_t bytes = submission.bytes();
    bool was_empty = false;
    {
        const std::scoped_lock lock{mutex_};
        if (is_closed_) return Error{ErrorCode::unavailable, "the book is being closed"};
        was_empty = waiting_.empty();
        // One alone always fits, however large: its size has a limit of its own.
        if (waiting_.size() >= commands_max_ || (!was_empty && bytes_ + bytes > bytes_max_)) {
            return Error{
                ErrorCode::busy,
                fmt::format(
                    "the queue is full ({} commands, {} bytes wait): send it again later",
                    waiting_.size(),
                    bytes_
                )};
        }
        waiting_.push_back(std::move(submission));
        bytes_ += bytes;
    }
    if (was_empty) changed_.notify_one();
    return {};
}

bool Mailbox::take(std::vector<Submission>& into) {
    into.clear();
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
    waiting_.swap(into);
    bytes_ = 0;
    return !into.empty();
}

std::size_t Mailbox::size() const {
    const std::scoped_lock lock{mutex_};
    return waiting_.size();
}

void Mailbox::close() {
    {
        const std::scoped_lock lock{mutex_};
        is_closed_ = true;
    }
    changed_.notify_one();
}

}  // namespace daybook
