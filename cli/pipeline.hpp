// Many commands in flight, their answers in the order in which they were sent. One thread sends;
// the engine's writer answers.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "engine/engine.hpp"

namespace daybook::cli {

class Pipeline {
 public:
    // `use` is called on the sending thread, in order, for every command sent.
    using Use = std::function<void(const CommandMessage& sent, const Answer& answer)>;
    Pipeline(Engine& engine, Use use);
    ~Pipeline();  // Waits for what is in flight.
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    // Waits while too many are in flight. An Error if the engine takes no more at all.
    [[nodiscard]] Result<void> send(const CommandMessage& command);
    void drain();  // Until every answer was used.

 private:
    struct Flight {
        CommandMessage command;
        Answer answer;
        bool is_answered = false;
    };
    static constexpr std::size_t flights_max = 2'048;
    void use_front(std::unique_lock<std::mutex>& lock);

    Engine& engine_;
    Use use_;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::deque<Flight> flights_;  // Guarded by mutex_ once sent. Elements keep their place.
};

}  // namespace daybook::cli
