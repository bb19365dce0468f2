// Appends what the tailer found to the local copy, on a thread of its own: the topic is read on
// while the disk writes. Those who wait are told when the copy shows the events, not only when the
// copy's disk holds them, for Kafka's disks do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/origin.hpp"
#include "connectors/kafka/tail_state.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {

// Events with their hashes on the way into the copy, each 8-aligned, in one run of memory.
class EventArena {
 public:
    void add(std::span<const std::byte> event, const EventHashes& hashes);
    void drop_last(std::size_t count);
    // Leaves the first `count` here and moves the others to `rest`, which is empty.
    void split(std::size_t count, EventArena& rest);
    void clear();
    [[nodiscard]] std::size_t count() const { return places_.size(); }
    [[nodiscard]] std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
    // Valid until the next change.
    [[nodiscard]] std::span<const EventBytes> events();
    [[nodiscard]] std::span<const EventHashes> hashes() const { return hashes_; }

 private:
    struct Place {
        std::size_t word;  // Where it begins.
        std::size_t bytes;
    };
    std::vector<std::uint64_t> words_;
    std::vector<Place> places_;
    std::vector<EventHashes> hashes_;
    std::vector<EventBytes> views_;
};

// What was read from the topic since the block before it.
struct Block {
    EventArena events;  // Those that count and that the copy lacks.
    Origin safe;        // Where a reader may go on once the copy holds them.
    TailState state;
    Findings findings;
};

struct CopierParts {
    FileSystem& files;
    const Clock& clock;
    SegmentLog& copy;    // With sync_later.
    std::string folder;  // Of the copy.
    // Called on the copier's thread: the copy shows the block's events, or never will.
    std::function<void(const Block&)> publish;
    std::function<void(Error)> fail;
};

class Copier {
 public:
    Copier(CopierParts parts, const Origin& saved);
    ~Copier();

    // Puts the block behind those before it; waits while another one waits already. False when
    // nothing is copied any more.
    [[nodiscard]] bool put(Block block);
    // From now on a full disk is waited for no more, and what is put may be left out.
    void stop();
    // An empty arena with the memory of one that is no longer needed.
    [[nodiscard]] EventArena spare();

 private:
    void run();
    [[nodiscard]] Result<void> copy(Block& block);
    [[nodiscard]] std::optional<Block> next();
    [[nodiscard]] Result<void> append(EventArena& events);
    void save_origin(bool is_last);

    CopierParts parts_;

    // Only the thread's.
    Origin safe_;
    std::uint64_t saved_offset_;
    std::chrono::nanoseconds saved_at_{};

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Block> waiting_;  // These are guarded by mutex_.
    std::vector<EventArena> spares_;
    bool is_stopping_ = false;
    bool has_ended_ = false;

    std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace daybook::kafka
