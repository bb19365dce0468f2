#include "cli/demo/stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/answers.hpp"

namespace daybook::demo {

Stream::Stream(Engine& engine, Codec& codec)
    : engine_(engine),
      codec_(codec),
      actor_(id_from_code("demo")),
      pipeline_(engine, [this](const CommandMessage& sent, const Answer& answer) {
          check(sent, answer);
      }) {}

void Stream::check(const CommandMessage& sent, const Answer& answer) {
    if (answer.outcome == Answer::Outcome::accepted) {
        note(answer);
        return;
    }
    if (refusal_) return;
    refusal_ = Error{
        ErrorCode::conflict,
        fmt::format("command {}: {}", to_string(sent.id), cli::answer_text(answer))};
}

void Stream::note(const Answer& answer) {
    answered_end_ = std::max(answered_end_, answer.first_position + answer.event_count);
}

Result<void> Stream::send(std::string_view command, std::string_view id, const Body& body) {
    const CommandDefaults defaults{
        .id = id_from_text(fmt::format("demo {} {}", command, id)), .actor = actor_};
    auto message = codec_.command_of_body(command, body.json(), defaults);
    if (!message) {
        return Error{
            message.error().code,
            fmt::format("{} {}: {}", command, body.json(), message.error().message)};
    }
    DAYBOOK_TRY_VOID(pipeline_.send(message.value()));
    ++commands_;
    if (refusal_) return *refusal_;
    return {};
}

Result<void> Stream::settle(const std::function<void(EventBytes)>& use) {
    pipeline_.drain();
    if (refusal_) return *refusal_;
    if (reader_ == nullptr) {
        DAYBOOK_TRY(reader_, engine_.read(0));
    }
    while (true) {
        while (!read_.empty()) {
            if (header_of(read_.front()).position() >= answered_end_) return {};
            use(read_.front());
            read_ = read_.subspan(1);
        }
        DAYBOOK_TRY(read_, reader_->next());
        if (read_.empty()) return {};
    }
}

}  // namespace daybook::demo
