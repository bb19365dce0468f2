#include "cli/pipeline.hpp"

#include <utility>

namespace daybook::cli {

Pipeline::Pipeline(Engine& engine, Use use) : engine_(engine), use_(std::move(use)) {}

Pipeline::~Pipeline() {
    drain();
}

void Pipeline::use_front(std::unique_lock<std::mutex>& lock) {
    answered_.wait(lock, [this] { return flights_.front().is_answered; });
    const Flight flight = std::move(flights_.front());
    flights_.pop_front();
    lock.unlock();
    use_(flight.command, flight.answer);
    lock.lock();
}

Result<void> Pipeline::send(const CommandMessage& command) {
    std::unique_lock lock{mutex_};
    while (flights_.size() >= flights_max) use_front(lock);
    Flight& flight = flights_.emplace_back();
    flight.command = command;
    lock.unlock();
    const auto on_answer = [this, &flight](const Answer& answer) {
        const std::scoped_lock guard{mutex_};
        flight.answer = answer;
        flight.is_answered = true;
        answered_.notify_one();
    };
    while (true) {
        const Result<void> taken = engine_.submit(command, on_answer);
        lock.lock();
        if (taken.ok()) return {};
        if (taken.error().code != ErrorCode::busy || flights_.size() == 1) {
            flights_.pop_back();
            return taken.error();
        }
        use_front(lock);
        lock.unlock();
    }
}

void Pipeline::drain() {
    std::unique_lock lock{mutex_};
    while (!flights_.empty()) use_front(lock);
}

}  // namespace daybook::cli
