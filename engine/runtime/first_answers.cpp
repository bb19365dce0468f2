#include "engine/runtime/first_answers.hpp"

#include <fmt/format.h>

namespace daybook {

Result<std::optional<Answer>> FirstAnswers::find(const Id& command, const GroupBuffer& group) {
    const auto anywhere = [&](std::uint64_t position) -> Result<EventBytes> {
        if (position < group.first_position()) return event_at(position);
        return group.event(position - group.first_position());
    };
    std::optional<Error> failure;
    std::optional<std::uint64_t> found;
    const bool is_known = memory_.find(command, [&](std::uint64_t position) {
        const auto event = anywhere(position);
        if (!event.ok()) {
            failure = event.error();
            return true;
        }
        found = position;
        return read(header_of(event.value()).command()) == command;
    });
    if (failure) return std::move(*failure);
    if (!is_known) return std::optional<Answer>{};
    DAYBOOK_TRY(Answer answer, answer_of_batch(*found, anywhere));
    answer.is_repeated = true;
    return std::optional<Answer>{std::move(answer)};
}

Result<EventBytes> FirstAnswers::event_at(std::uint64_t position) {
    // Forward from the last page if the position may be on it or on the next one.
    for (int pages = 0; pages < 2 && !page_.empty(); ++pages) {
        const std::uint64_t page_position = header_of(page_.front()).position();
        if (position < page_position) break;
        if (position - page_position < page_.size()) return page_[position - page_position];
        DAYBOOK_TRY(page_, reader_->next());
    }
    DAYBOOK_TRY(reader_, log_->read(position));
    DAYBOOK_TRY(page_, reader_->next());
    if (page_.empty() || header_of(page_.front()).position() != position) {
        return Error{
            ErrorCode::corrupt,
            fmt::format("the log has no event {} although a command was written there", position)};
    }
    return page_.front();
}

}  // namespace daybook
