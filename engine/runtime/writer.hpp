// The single writer of a book: one thread takes the commands that wait, decides them in order into
// a group, makes the group durable with one append, and only then answers. It alone touches the
// state, so the rules need no lock; others see events through the log alone, which shows what is
// durable. When an append fails the state is ahead of the log and is never used again: the writer
// refuses everything until resume() has restored the state from the log.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "engine/os/clock.hpp"
#include "engine/runtime/gateway.hpp"
#include "engine/runtime/mailbox.hpp"
#include "engine/runtime/restore.hpp"

namespace daybook {

class Writer {
    struct Token {};  // Only open() has one.

 public:
    [[nodiscard]] static Result<std::unique_ptr<Writer>> open(
        Log& log, const EngineOptions& options
    );
    // From a state that only lacks the newest events.
    [[nodiscard]] static Result<std::unique_ptr<Writer>> open(
        Log& log, const EngineOptions& options, RestoredBook begun
    );
    Writer(Token token, Log& log, const EngineOptions& options, RestoredBook restored);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // As in Engine; any thread.
    [[nodiscard]] Result<void> submit(CommandMessage message, AnswerCallback callback);
    [[nodiscard]] Answer submit_and_wait(CommandMessage message);
    [[nodiscard]] Result<void> submit_batch(
        std::vector<CommandMessage> messages, AnswerCallback callback
    );
    [[nodiscard]] Answer submit_batch_and_wait(std::vector<CommandMessage> messages);
    [[nodiscard]] Result<void> run_errand(Errand errand);
    Result<void> stop();
    [[nodiscard]] std::optional<Error> write_failure() const;
    [[nodiscard]] const Log& log() const { return log_; }
    [[nodiscard]] std::uint64_t replayed_from() const { return replayed_from_; }
    [[nodiscard]] std::size_t waiting() const { return mailbox_.size(); }

 private:
    [[nodiscard]] Result<void> check_writable() const;
    [[nodiscard]] Result<std::vector<AdmittedCommand>> admit_others(
        std::vector<CommandMessage> messages
    ) const;

    // The writer's thread.
    void run();
    void take_in(Submission& submission);
    [[nodiscard]] Answer decide(const Submission& submission);
    [[nodiscard]] Answer serve(Errand errand);
    void finish_group();
    [[nodiscard]] Result<void> write_snapshot();
    [[nodiscard]] Result<void> restore_from_log();
    void set_failure(std::optional<Error> failure);

    // An answer that waits for its group to be durable.
    struct Pending {
        AnswerCallback callback;
        Answer answer;
    };

    Log& log_;
    const EngineOptions options_;
    const std::uint64_t replayed_from_;
    Gateway gateway_;
    Mailbox mailbox_;

    // Only the writer's thread, once it runs.
    std::optional<SnapshotFolder> snapshots_;
    Book book_;
    FirstAnswers answers_;
    GroupBuffer group_;
    std::vector<Pending> pending_;
    std::vector<Request> requests_;    // Of one submission, kept for its memory.
    std::uint64_t snapshot_position_;  // Of the newest snapshot that we know to be good.
    Result<void> last_snapshot_;       // Read by stop() after the thread has ended.

    std::atomic<bool> has_failed_ = false;  // True while failure_ is there.
    mutable std::mutex failure_mutex_;
    std::optional<Error> failure_;  // Guarded by failure_mutex_; set only by the writer's thread.

    std::mutex stop_mutex_;
    std::thread thread_;  // Guarded by stop_mutex_. Last: it starts when all else is there.
};

}  // namespace daybook
