#include "engine/runtime/writer.hpp"

#include <fmt/format.h>

#include <condition_variable>

namespace daybook {
namespace {

Answer failed(Error error) {
    return {.outcome = Answer::Outcome::failed, .error = std::move(error)};
}

Error no_writes(const Error& cause) {
    return {
        ErrorCode::unavailable, fmt::format("the book accepts no more writes: {}", cause.message)};
}

// One thread waits here for another's answer.
class Waiting {
 public:
    void give(const Answer& answer) {
        const std::scoped_lock lock{mutex_};
        answer_ = answer;
        given_.notify_one();  // Under the lock: the one who waits destroys this at once.
    }
    [[nodiscard]] Answer wait() {
        std::unique_lock lock{mutex_};
        given_.wait(lock, [this] { return answer_.has_value(); });
        return std::move(*answer_);
    }

 private:
    std::mutex mutex_;
    std::condition_variable given_;
    std::optional<Answer> answer_;  // Guarded by mutex_.
};

void check_limits(const EngineLimits& limits) {
    DAYBOOK_ASSERT(limits.batch_events_max > 0);
    DAYBOOK_ASSERT(limits.batch_events_max <= batch_events_max);
    DAYBOOK_ASSERT(limits.batch_events_max + limits.group_events_full <= group_events_max);
    DAYBOOK_ASSERT(limits.batch_bytes_max + limits.group_bytes_full <= group_bytes_max);
    DAYBOOK_ASSERT(limits.reaction_depth_max < 255);
    DAYBOOK_ASSERT(limits.snapshots_kept > 0);
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(Log& log, const EngineOptions& options) {
    DAYBOOK_ASSERT(options.clock != nullptr);
    check_limits(options.limits);
    const auto snapshots = snapshots_of(options);
    DAYBOOK_TRY(
        RestoredBook restored, restore_book(log, options, snapshots ? &*snapshots : nullptr)
    );
    return std::make_unique<Writer>(Token{}, log, options, std::move(restored));
}

Result<std::unique_ptr<Writer>> Writer::open(
    Log& log, const EngineOptions& options, RestoredBook begun
) {
    DAYBOOK_ASSERT(options.clock != nullptr);
    check_limits(options.limits);
    begun.replayed_from = begun.book.position();
    DAYBOOK_TRY_VOID(replay_until(log, options, log.end(), begun));
    return std::make_unique<Writer>(Token{}, log, options, std::move(begun));
}

Writer::Writer(Token, Log& log, const EngineOptions& options, RestoredBook restored)
    : log_(log),
      options_(options),
      replayed_from_(restored.replayed_from),
      gateway_(
          {restored.book.modules().begin(), restored.book.modules().end()},
          options.limits.command_bytes_max
      ),
      mailbox_(options.limits.queue_commands_max, options.limits.queue_bytes_max),
      snapshots_(snapshots_of(options)),
      book_(std::move(restored.book)),
      answers_(std::move(restored.answers)),
      snapshot_position_(restored.snapshot_position),
      thread_([this] { run(); }) {}

Writer::~Writer() {
    // Whoever wants to know how the snapshot went has called stop() before.
    static_cast<void>(stop());
}

Result<void> Writer::check_writable() const {
    if (!has_failed_.load(std::memory_order_acquire)) return {};
    const auto failure = write_failure();
    return failure ? Result<void>{no_writes(*failure)} : Result<void>{};
}

Result<void> Writer::submit(CommandMessage message, AnswerCallback callback) {
    DAYBOOK_ASSERT(callback != nullptr);
    DAYBOOK_TRY_VOID(check_writable());
    DAYBOOK_TRY(AdmittedCommand command, gateway_.admit(std::move(message)));
    return mailbox_.put({.command = std::move(command), .callback = std::move(callback)});
}

Result<void> Writer::submit_batch(std::vector<CommandMessage> messages, AnswerCallback callback) {
    DAYBOOK_ASSERT(callback != nullptr);
    if (messages.empty()) return Error{ErrorCode::invalid, "a batch needs a command"};
    DAYBOOK_TRY_VOID(check_writable());
    DAYBOOK_TRY(AdmittedCommand first, gateway_.admit(std::move(messages.front())));
    messages.erase(messages.begin());
    DAYBOOK_TRY(auto others, admit_others(std::move(messages)));
    Submission submission{
        .command = std::move(first), .others = std::move(others), .callback = std::move(callback)};
    if (submission.bytes() > options_.limits.queue_bytes_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format(
                "the batch's {} commands have {} bytes, more than the limit of {}",
                submission.others.size() + 1,
                submission.bytes(),
                options_.limits.queue_bytes_max
            )};
    }
    return mailbox_.put(std::move(submission));
}

Result<std::vector<AdmittedCommand>> Writer::admit_others(std::vector<CommandMessage> messages
) const {
    std::vector<AdmittedCommand> others;
    others.reserve(messages.size());
    for (CommandMessage& message : messages) {
        auto admitted = gateway_.admit(std::move(message));
        if (!admitted.ok()) {
            return Error{
                admitted.error().code,
                fmt::format("commands[{}]: {}", others.size() + 1, admitted.error().message)};
        }
        others.push_back(std::move(admitted).value());
    }
    return others;
}

Answer Writer::submit_and_wait(CommandMessage message) {
    Waiting waiting;
    auto taken =
        submit(std::move(message), [&waiting](const Answer& answer) { waiting.give(answer); });
    if (!taken.ok()) return failed(std::move(taken).error());
    return waiting.wait();
}

Answer Writer::submit_batch_and_wait(std::vector<CommandMessage> messages) {
    Waiting waiting;
    auto taken = submit_batch(std::move(messages), [&waiting](const Answer& answer) {
        waiting.give(answer);
    });
    if (!taken.ok()) return failed(std::move(taken).error());
    return waiting.wait();
}

Result<void> Writer::run_errand(Errand errand) {
    DAYBOOK_ASSERT(errand != Errand::command);
    Waiting waiting;
    DAYBOOK_TRY_VOID(mailbox_.put({.errand = errand, .callback = [&waiting](const Answer& answer) {
                                       waiting.give(answer);
                                   }}));
    Answer answer = waiting.wait();
    if (answer.outcome == Answer::Outcome::failed) return std::move(answer.error);
    return {};
}

Result<void> Writer::stop() {
    mailbox_.close();
    const std::scoped_lock lock{stop_mutex_};
    if (thread_.joinable()) thread_.join();
    return last_snapshot_;
}

std::optional<Error> Writer::write_failure() const {
    const std::scoped_lock lock{failure_mutex_};
    return failure_;
}

void Writer::run() {
    std::vector<Submission> taken;
    group_.start(book_.position());
    while (mailbox_.take(taken)) {
        for (Submission& submission : taken) take_in(submission);
        finish_group();
    }
    const std::uint64_t new_events = book_.position() - snapshot_position_;
    if (snapshots_ && !failure_ && new_events >= options_.limits.snapshot_events_min) {
        last_snapshot_ = write_snapshot();
    }
}

void Writer::take_in(Submission& submission) {
    if (submission.errand != Errand::command) {
        finish_group();
        submission.callback(serve(submission.errand));
        return;
    }
    if (group_.event_count() >= options_.limits.group_events_full ||
        group_.bytes() >= options_.limits.group_bytes_full) {
        finish_group();
    }
    pending_.push_back({std::move(submission.callback), decide(submission)});
}

Answer Writer::decide(const Submission& submission) {
    if (failure_) return failed(no_writes(*failure_));
    const CommandMessage& message = submission.command.message;
    auto known = answers_.find(message.id, group_);
    if (!known.ok()) return failed(std::move(known).error());
    if (known.value()) return std::move(*known.value());

    const std::uint64_t first_position = group_.next_position();
    const Instant now = options_.clock->now();
    const auto request_of = [&](const AdmittedCommand& command) {
        return Request{command.message, command.record, command.slot, now};
    };
    requests_.clear();
    requests_.push_back(request_of(submission.command));
    for (const AdmittedCommand& other : submission.others) requests_.push_back(request_of(other));
    if (auto refusal = book_.decide(requests_, group_)) {
        return {.outcome = Answer::Outcome::refused, .refusal = std::move(*refusal)};
    }
    if (group_.next_position() == first_position) {
        return {.outcome = Answer::Outcome::accepted, .first_position = first_position};
    }
    answers_.note(message.id, first_position);
    return answer_of_batch(
               first_position,
               [&](std::uint64_t position) -> Result<EventBytes> {
                   return group_.event(position - group_.first_position());
               }
    ).value();
}

Answer Writer::serve(Errand errand) {
    Result<void> done = errand == Errand::snapshot ? write_snapshot() : restore_from_log();
    if (!done.ok()) return failed(std::move(done).error());
    return {.outcome = Answer::Outcome::accepted, .first_position = book_.position()};
}

void Writer::finish_group() {
    if (group_.event_count() > 0) {
        DAYBOOK_ASSERT(!failure_);
        if (auto appended = log_.append(group_.events()); !appended.ok()) {
            set_failure(appended.error());
            // A refusal, too, may rest on an event of this group that is now lost.
            for (Pending& pending : pending_) {
                const bool stands_before = pending.answer.is_repeated &&
                                           pending.answer.first_position < group_.first_position();
                if (!stands_before) pending.answer = failed(no_writes(*failure_));
            }
        }
    }
    for (const Pending& pending : pending_) pending.callback(pending.answer);
    pending_.clear();
    group_.start(book_.position());
}

Result<void> Writer::write_snapshot() {
    if (!snapshots_) return Error{ErrorCode::invalid, "the book was opened without snapshots"};
    if (failure_) return no_writes(*failure_);
    const TreeHead head = log_.head();
    // Of a shared log; the next append would fail. Whoever follows the log makes the snapshot.
    if (head.size != book_.position()) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "no snapshot at position {}: another writes the log, which has events up to {}",
                book_.position(),
                head.size
            )};
    }
    DAYBOOK_TRY_VOID(
        snapshots_->write(snapshot_of(head, book_, answers_), options_.limits.snapshots_kept)
    );
    snapshot_position_ = book_.position();
    return {};
}

// The state is ahead of the log by the group that was lost: it is thrown away and built again.
Result<void> Writer::restore_from_log() {
    if (!failure_) return {};
    DAYBOOK_TRY_VOID(log_.resume());
    DAYBOOK_TRY(
        RestoredBook restored, restore_book(log_, options_, snapshots_ ? &*snapshots_ : nullptr)
    );
    book_ = std::move(restored.book);
    answers_ = std::move(restored.answers);
    snapshot_position_ = restored.snapshot_position;
    group_.start(book_.position());
    DAYBOOK_ASSERT(book_.position() == log_.end());
    set_failure(std::nullopt);
    return {};
}

void Writer::set_failure(std::optional<Error> failure) {
    const std::scoped_lock lock{failure_mutex_};
    failure_ = std::move(failure);
    has_failed_.store(failure_.has_value(), std::memory_order_release);
}

}  // namespace daybook
