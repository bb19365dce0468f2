// The books that a node serves, of which there may be more while it runs: each is told who should
// own it and where this node listens, whenever it came.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "cli/node_book.hpp"

namespace daybook::cli {

// All calls from any thread. The books belong to the site, which outlives this.
class NodeBooks {
 public:
    void add(NodeBook& book);
    // From now on books may be owned here; `url` is where this node takes commands.
    void start(const std::string& url);
    // The books that this node should own; one that is not here yet is told when it comes.
    void set_named(const std::vector<std::string>& names);
    // Hands all books over, and starts no other.
    void stop();

    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] std::vector<NodeBook*> all() const;

 private:
    void begin(NodeBook& book);  // With mutex_.

    mutable std::mutex mutex_;
    std::vector<NodeBook*> books_;    // Guarded by mutex_, as what follows.
    std::vector<std::string> named_;  // As last told.
    std::string url_;                 // "" before start().
    bool is_stopped_ = false;
};

}  // namespace daybook::cli
