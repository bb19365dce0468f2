// The answers of the engine's thread, brought to the importing thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "engine/engine.hpp"

namespace daybook::files {

struct PendingDocument;

struct ArrivedAnswer {
    PendingDocument* document = nullptr;
    std::size_t command = 0;  // In Pass::commands.
    Answer answer;
};

class Answers {
 public:
    // On the writer's thread.
    void put(ArrivedAnswer arrived) {
        const std::scoped_lock lock{mutex_};
        arrived_.push_back(std::move(arrived));
        if (arrived_.size() > 1) return;  // Whoever waits has been woken.
        some_.notify_one();  // Under the lock: who takes the last answer destroys this at once.
    }
    // Everything that has arrived; waits for the first if asked to.
    void take(std::vector<ArrivedAnswer>& into, bool waits) {
        into.clear();
        std::unique_lock lock{mutex_};
        if (waits) some_.wait(lock, [this] { return !arrived_.empty(); });
        std::swap(into, arrived_);
    }

 private:
    std::mutex mutex_;
    std::condition_variable some_;
    std::vector<ArrivedAnswer> arrived_;  // Guarded by mutex_.
};

}  // namespace daybook::files
