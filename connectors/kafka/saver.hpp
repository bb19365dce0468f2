// Makes the local copy durable on a thread of its own, beside what is being appended, and then
// remembers how far the topic need not be read again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "connectors/kafka/origin.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {

struct SaverParts {
    FileSystem& files;
    const Clock& clock;
    const SegmentLog& copy;  // With sync_later.
    std::string folder;      // Of the copy.
    // Called on the saver's thread: the disk has failed.
    std::function<void(Error)> fail;
};

class Saver {
 public:
    Saver(SaverParts parts, const Origin& saved);
    ~Saver();  // Saves what is left.

    // The copy shows all events before `safe`; so many bytes were appended to it.
    void note(Origin safe, std::uint64_t bytes);

 private:
    void run();
    [[nodiscard]] bool save(std::unique_lock<std::mutex>& lock);

    SaverParts parts_;

    // Only the thread's.
    std::uint64_t saved_offset_;
    std::chrono::nanoseconds saved_at_{};

    std::mutex mutex_;
    std::condition_variable changed_;
    Origin safe_;  // These are guarded by mutex_.
    std::uint64_t unsynced_bytes_ = 0;
    bool is_stopping_ = false;

    std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace daybook::kafka
