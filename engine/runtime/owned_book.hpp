// A book whose log several processes share: follows it while another writes, claims it when this
// one is named its owner, runs the engine while the claim holds, and when an append fails finds out
// what became of it before anyone is answered.
//
// Who is named owner is a hint from outside and may be wrong; that only one can append is the log's
// doing. A command's outcome is open from a failed append until either another's claim stands in
// the log, which settles what got in before it, or this book has claimed again and the engine has
// decided the same command id anew.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "engine/log/shared_log.hpp"

namespace daybook {

class Standby;
class Writer;

struct OwnedBookLimits {
    // The named owner leaves the one that holds the book so much time to hand it over,
    std::chrono::milliseconds grace{500};
    // and takes a released book at once. Others take a released book after so much time,
    std::chrono::milliseconds released_patience{700};
    // and a book with commands whose outcome stays open, though nobody else claims it, after this.
    std::chrono::milliseconds open_patience{5'000};
    std::chrono::milliseconds look_every{20};
    std::uint64_t follow_events_max = 20'000;        // Between two looks, while another writes.
    std::chrono::milliseconds try_again_after{200};  // After a claim that failed.
    std::size_t flights_max = 16'384;                // Commands not yet answered; then busy.
};

struct OwnedBookOptions {
    EngineOptions engine;
    Id node;  // This process.
    OwnedBookLimits limits;
    // The command by which the book is released in this term. Null: it is not.
    std::function<Result<CommandMessage>(std::uint64_t term)> release;
};

class OwnedBook {
 public:
    // Follows; nothing is claimed before it is named. The log must outlive it.
    OwnedBook(SharedLog& log, const OwnedBookOptions& options);
    ~OwnedBook();  // Stops.
    OwnedBook(const OwnedBook&) = delete;
    OwnedBook& operator=(const OwnedBook&) = delete;

    // Whether this process should own the book. Any thread.
    void set_named(bool is_named);
    // The holder of that term gives no sign of life: its book may be taken as if it were released.
    // Another hint, and as harmless when it is wrong. Any thread.
    void set_suspected(std::uint64_t term);
    // As Engine::submit_batch(), of one or several commands; `busy` while another owns the book or
    // it is changing hands. What was taken is answered with what became of it: accepted, refused,
    // or failed with `busy` when it is certain that nothing was stored. Only when the book is
    // stopped before that is known the answer is failed with `io`. Any thread.
    [[nodiscard]] Result<void> submit(
        std::vector<CommandMessage> commands, AnswerCallback callback
    );
    // Where commands go: the address of another holder, or "" for this process or for nobody.
    [[nodiscard]] std::string elsewhere() const;
    [[nodiscard]] bool is_leading() const { return is_leading_; }
    // Why the last attempt to lead failed, while there is no better news.
    [[nodiscard]] std::optional<Error> trouble() const;
    [[nodiscard]] std::size_t waiting() const;     // In the engine's queue.
    [[nodiscard]] std::size_t open_count() const;  // Commands whose outcome is not known.
    [[nodiscard]] std::uint64_t recoveries() const { return recoveries_; }

    // Finishes the group in flight, hands the book over, and answers everyone.
    void stop();

 private:
    using Elapsed = std::chrono::nanoseconds;
    struct Flight {
        std::vector<CommandMessage> commands;
        AnswerCallback callback;
        std::uint64_t not_before = 0;  // Where in the log its events may stand, at the earliest.
        bool is_open = false;          // Its append failed.
    };
    using Flights = std::map<std::uint64_t, Flight>;

    void run();
    void step();
    void lead();
    void stop_leading();
    void hand_over();
    void release();
    void settle();
    [[nodiscard]] bool follow();
    void take_over();
    [[nodiscard]] Result<std::unique_ptr<Writer>> open_engine();
    void send_open_again();
    void give_up_open();
    [[nodiscard]] bool must_hand_over() const;
    [[nodiscard]] bool may_claim(const std::optional<LogHolder>& holder);
    [[nodiscard]] Result<void> look_up_open(const LogHolder& winner);
    [[nodiscard]] Result<void> submit_flight(std::uint64_t number);
    void land(std::uint64_t number, const Answer& answer);
    void answer(std::uint64_t number, const Answer& answer);
    [[nodiscard]] Error busy() const;
    void note(std::optional<Error> trouble);
    [[nodiscard]] Elapsed now() const;

    SharedLog& log_;
    const OwnedBookOptions options_;

    mutable std::shared_mutex engine_mutex_;
    std::unique_ptr<Writer> engine_;  // Guarded by engine_mutex_; changed by the keeper alone.
    std::atomic<bool> is_leading_ = false;
    std::atomic<bool> is_named_ = false;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<std::uint64_t> suspected_term_ = 0;
    std::atomic<std::uint64_t> recoveries_ = 0;
    std::atomic<std::uint64_t> led_from_ = 0;  // The position of the last claim.

    mutable std::mutex flights_mutex_;
    Flights flights_;                // Guarded by flights_mutex_.
    std::uint64_t next_flight_ = 0;  // Guarded by flights_mutex_.

    mutable std::mutex trouble_mutex_;
    std::optional<Error> trouble_;  // Guarded by trouble_mutex_.

    // Of the keeper's thread.
    std::unique_ptr<Standby> standby_;  // While another writes; null if it has failed.
    bool has_standby_failed_ = false;   // Then the state is restored when it is needed.
    std::uint64_t led_term_ = 0;
    bool was_named_ = false;  // While it led.
    std::optional<Elapsed> named_since_;
    std::optional<Elapsed> released_since_;
    std::optional<Elapsed> open_since_;
    std::optional<Elapsed> not_before_;

    std::mutex wake_mutex_;
    std::condition_variable wake_;
    std::mutex stop_mutex_;
    std::thread keeper_;  // Guarded by stop_mutex_. Last.
};

}  // namespace daybook
