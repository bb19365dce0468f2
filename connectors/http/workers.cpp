#include "connectors/http/workers.hpp"

#include <utility>

#include "engine/base/assert.hpp"

namespace daybook::http {

Workers::Workers(std::size_t threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
    DAYBOOK_ASSERT(threads > 0);
    DAYBOOK_ASSERT(waiting_max > 0);
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() {
    {
        const std::scoped_lock lock{mutex_};
        is_ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool Workers::take(Work work) {
    {
        const std::scoped_lock lock{mutex_};
        if (is_ending_ || waiting_.size() >= waiting_max_) return false;
        waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
}

std::size_t Workers::waiting() const {
    const std::scoped_lock lock{mutex_};
    return waiting_.size();
}

void Workers::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
}

}  // namespace daybook::http
