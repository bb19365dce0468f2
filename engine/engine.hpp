// The front door of the write side: open a book on its log, submit commands, follow what was
// written, close. Behind it one thread decides all commands in one order; see engine/README.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/domain/command.hpp"
#include "engine/domain/registry.hpp"
#include "engine/log/log.hpp"

namespace daybook {

class Clock;
class FileSystem;
class Writer;

// Every limit of the write side. Reaching one is an answer, never a loss.
struct EngineLimits {
    std::size_t queue_commands_max = 8'192;                // Then submit() answers busy,
    std::size_t queue_bytes_max = std::size_t{64} << 20;   // and also at this many bytes.
    std::size_t command_bytes_max = std::size_t{8} << 20;  // Then submit() answers too_large.
    std::size_t batch_events_max = 900'000;                // Then the command is refused,
    std::size_t batch_bytes_max = std::size_t{448} << 20;  // and also at this many bytes,
    std::size_t reaction_depth_max = 16;                   // or reactions one upon another.
    // A group that has reached one of these is written; so a batch always fits after it.
    std::size_t group_events_full = 50'000;
    std::size_t group_bytes_full = std::size_t{32} << 20;
    std::uint64_t snapshot_events_min = 10'000;  // Fewer new events make no snapshot on close.
    std::size_t snapshots_kept = 2;
};

// How far replay trusts what it reads from the log.
enum class ReplayTrust : std::uint8_t {
    log_checksums,  // The log has proved the bytes: they are what this engine verified and wrote.
    nothing,        // Every payload is verified again.
};

struct EngineOptions {
    EngineLimits limits;
    const Clock* clock = nullptr;  // Borrowed. Required.
    FileSystem* files = nullptr;   // Borrowed. Null: no snapshots are read or written.
    std::string snapshot_folder;   // In `files`; made when it is missing.
    std::span<const DomainModule> modules = domain_modules();  // Borrowed.
    ReplayTrust replay_trust = ReplayTrust::log_checksums;
};

// Why a command was refused: the rule's name in its module's schema, or one of the engine's own
// rules, whose module is "engine": version_differs, batch_too_large, reactions_too_deep.
struct RefusalReport {
    std::string_view module;   // Valid for ever.
    std::string_view rule;     // Valid for ever.
    std::uint16_t number = 0;  // The rule's number in its enum.
    Reason reason;
};

struct Answer {
    enum class Outcome : std::uint8_t {
        accepted,  // Its events are durable.
        refused,   // A rule said no. Nothing was stored, and the same id may be sent again.
        failed,    // The book could not do it; see the error. Whether the disk kept it shows when
                   // the book is opened again: sending the same id again is always safe.
    };
    Outcome outcome = Outcome::failed;
    bool is_repeated = false;            // The command was accepted earlier: this is that answer.
    std::uint64_t first_position = 0;    // accepted: of the first event of its batch;
    std::uint32_t event_count = 0;       // how many events the batch has; 0: nothing to record.
    std::uint32_t document_version = 0;  // Of the first event's document, after the batch.
    RefusalReport refusal;               // refused
    Error error;                         // failed
};

// Called once for each submitted command, on the writer's thread: be quick, do not throw, and do
// not wait for the engine.
using AnswerCallback = std::function<void(const Answer&)>;

// All calls from any thread, except that the destructor runs after every other call has returned.
class Engine {
 public:
    // Restores the state from the newest snapshot that fits and the tail of the log, then starts
    // the writer. The log and what the options borrow must outlive the engine.
    [[nodiscard]] static Result<Engine> open(Log& log, const EngineOptions& options);
    Engine(Engine&& other) noexcept;
    Engine& operator=(Engine&& other) noexcept;
    ~Engine();  // Stops.

    // Takes the command, or an Error at once: `invalid` or `too_large` for a bad one, `denied`
    // without an actor, `busy` when the queue is full, `unavailable` after stop() or after the log
    // failed. After an Error the callback is not called.
    [[nodiscard]] Result<void> submit(CommandMessage command, AnswerCallback callback);
    // The same, answered here. Never from within a callback.
    [[nodiscard]] Answer submit_and_wait(CommandMessage command);

    // Several commands as one batch: stored together or not at all, each decided after those before
    // it. The batch goes by the id, actor and trace of the first; the other ids are not remembered.
    // A refusal says which command it was: `commands[3].date`. Errors as submit(); `invalid` for an
    // empty batch, `too_large` when its commands have more bytes than a queue holds.
    [[nodiscard]] Result<void> submit_batch(
        std::vector<CommandMessage> commands, AnswerCallback callback
    );
    [[nodiscard]] Answer submit_batch_and_wait(std::vector<CommandMessage> commands);

    // Follow: a reader of the durable events at and after `from`, and a wait for more.
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const;
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout) const;
    // The position that the next event will take.
    [[nodiscard]] std::uint64_t end() const;

    // Writes a snapshot between two groups, and waits for it. Commands wait meanwhile.
    [[nodiscard]] Result<void> take_snapshot();
    // Takes no more commands, answers those it has, and writes a snapshot if enough was added.
    // The answer is that of the snapshot: the book is whole in any case.
    Result<void> stop();

    // After the disk was full: makes sure that there is room again, restores the state as it is on
    // the log, and takes commands again. Does nothing when the book accepts writes.
    [[nodiscard]] Result<void> resume();
    // Nothing, or why the book accepts no more writes. Reads go on.
    [[nodiscard]] std::optional<Error> write_failure() const;
    // How many submitted commands wait for the writer.
    [[nodiscard]] std::size_t waiting() const;
    // Where the last open() started to replay: 0, or the position of the snapshot that it used.
    [[nodiscard]] std::uint64_t replayed_from() const;

 private:
    explicit Engine(std::unique_ptr<Writer> writer);
    std::unique_ptr<Writer> writer_;
};

}  // namespace daybook
