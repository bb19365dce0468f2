// Asks the other nodes for a sign of life, on a thread of its own. A group of consumers misses a
// node that was killed after six seconds, and later while it is settling another change.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>

#include "cli/node_books.hpp"
#include "engine/os/clock.hpp"

namespace daybook::cli {

class NodeWatch {
 public:
    explicit NodeWatch(const NodeBooks& books);
    ~NodeWatch();
    NodeWatch(const NodeWatch&) = delete;
    NodeWatch& operator=(const NodeWatch&) = delete;

 private:
    struct Seen {
        std::string url;
        int silences = 0;                       // One after the other,
        std::uint64_t end = 0;                  // and where the log ended at the first of them.
        std::chrono::nanoseconds not_before{};  // Suspected no earlier again.
    };

    void run();
    void look_at(NodeBook& book, const std::string& url, bool is_alive);

    const NodeBooks& books_;
    const SystemClock clock_;
    std::map<NodeBook*, Seen> seen_;  // Of the thread.
    std::atomic<bool> is_ending_ = false;
    std::thread thread_;
};

}  // namespace daybook::cli
