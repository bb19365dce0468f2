// A few threads for what takes long: reports, reading the log. The queue before them is bounded;
// when it is full the caller answers busy.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace daybook::http {

class Workers {
 public:
    using Work = std::function<void()>;
    Workers(std::size_t threads, std::size_t waiting_max);
    ~Workers();  // Finishes what was taken.
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False, and nothing taken, when too much waits. Any thread.
    [[nodiscard]] bool take(Work work);
    [[nodiscard]] std::size_t waiting() const;

 private:
    void run();

    const std::size_t waiting_max_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Work> waiting_;  // Guarded by mutex_.
    bool is_ending_ = false;    // Guarded by mutex_.
    std::vector<std::thread> threads_;
};

}  // namespace daybook::http
