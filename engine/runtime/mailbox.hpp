// The one queue between those who submit and the writer: bounded, so that a crowd is told to wait
// instead of filling the memory.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "engine/engine.hpp"

namespace daybook {

enum class Errand : std::uint8_t {
    command,
    snapshot,  // Write one now.
    resume,    // After the disk was full.
};

// A command that the gateway let in. The record lies in the message's payload.
struct AdmittedCommand {
    CommandMessage message;
    RecordView record;
    std::size_t slot = 0;  // Of message.module.
};

// One thing for the writer to do, and whom to answer.
struct Submission {
    Errand errand = Errand::command;
    AdmittedCommand command;
    std::vector<AdmittedCommand> others;  // Decided after it, in the same batch.
    AnswerCallback callback;

    // Of the payloads.
    [[nodiscard]] std::size_t bytes() const {
        std::size_t sum = command.message.payload.size();
        for (const AdmittedCommand& other : others) sum += other.message.payload.size();
        return sum;
    }
};

class Mailbox {
 public:
    Mailbox(std::size_t commands_max, std::size_t bytes_max);

    // Takes the submission, or answers busy when it is full and unavailable when it is closed; then
    // `submission` is untouched. Any thread.
    [[nodiscard]] Result<void> put(Submission&& submission);
    // Waits for something and moves all of it into `into`, in order; false when the mailbox is
    // closed and empty. Only the writer.
    [[nodiscard]] bool take(std::vector<Submission>& into);
    // How many wait. Any thread.
    [[nodiscard]] std::size_t size() const;
    // What is inside is still taken; nothing more is put. Any thread.
    void close();

 private:
    const std::size_t commands_max_;
    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Submission> waiting_;  // Guarded by mutex_.
    std::size_t bytes_ = 0;            // Guarded by mutex_. Of the waiting payloads.
    bool is_closed_ = false;           // Guarded by mutex_.
};

}  // namespace daybook
