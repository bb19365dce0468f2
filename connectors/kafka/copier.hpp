// Appends what the tailer found to the local copy, on a thread of its own: the topic is read on
// while the disk writes. Those who wait are told when the copy shows the events, not only when the
// copy's disk holds them, for Kafka's disks do. While the thread has nothing to do, it works out
// the hashes of a group that is being sent, and who hands a block over may copy it himself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/event_arena.hpp"
#include "connectors/kafka/origin.hpp"
#include "connectors/kafka/saver.hpp"
#include "connectors/kafka/sent_group.hpp"
#include "connectors/kafka/tail_state.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {

// What was read from the topic since the block before it.
struct Block {
    EventArena events;                // Those that count and that the copy lacks;
    std::shared_ptr<SentGroup> sent;  // or a whole group that was sent, in their place.
    Origin safe;                      // Where a reader may go on once the copy holds them.
    TailState state;
    Findings findings;
};

struct CopierParts {
    FileSystem& files;
    const Clock& clock;
    SegmentLog& copy;    // With sync_later.
    std::string folder;  // Of the copy.
    // The copy shows the block's events, or never will: called on the copier's thread, or by
    // put_now().
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
    // Copies the block on the caller's thread if there is none before it, else as put().
    [[nodiscard]] bool put_now(Block block);
    // Whether put() would not wait, as long as nobody else puts.
    [[nodiscard]] bool has_room();
    // Begins to work out the group's hashes, and what the copy will need. False when the thread has
    // other things to do: then the caller does it.
    [[nodiscard]] bool prepare(const std::shared_ptr<SentGroup>& group);
    // From now on a full disk is waited for no more, and what is put may be left out.
    void stop();
    // An empty arena with the memory of one that is no longer needed.
    [[nodiscard]] EventArena spare();

 private:
    [[nodiscard]] bool is_free() const;
    void run();
    [[nodiscard]] bool do_next(std::unique_lock<std::mutex>& lock);
    void prepare(SentGroup& group);
    [[nodiscard]] Result<void> copy(Block& block);
    [[nodiscard]] Result<void> append(Block& block);

    CopierParts parts_;

    Saver saver_;
    LaneHasher hasher_;  // Only the thread's.

    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Block> waiting_;         // These are guarded by mutex_.
    std::shared_ptr<SentGroup> unhashed_;  // Never beside a block that waits.
    std::vector<EventArena> spares_;
    bool is_idle_ = false;  // The thread waits for work.
    bool is_stopping_ = false;
    bool has_ended_ = false;

    std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace daybook::kafka
