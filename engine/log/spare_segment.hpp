// The file that will become the next segment, zeroed before it is needed, so that an append does
// not wait for 64 MiB of zeros. Owns one thread, which does nothing else.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/os/file.hpp"

namespace daybook {

class SpareSegment {
 public:
    enum class Zeros : unsigned char { written, read };  // Written: later writes are quicker.
    // Without `ahead` there is no thread, and take() does the work.
    SpareSegment(FileSystem& files, std::string path, bool ahead, Zeros zeros);
    ~SpareSegment();  // Leaves the file where it is.

    // Begins to make a file of that length, unless one is there or on its way.
    void prepare(std::uint64_t bytes);
    // The file, at least that long, every byte zero and synced, with room for all of it. Waits for
    // it or makes it.
    [[nodiscard]] Result<std::unique_ptr<File>> take(std::uint64_t bytes);

 private:
    enum class Stage : unsigned char { none, wanted, making, ready };

    void run(const std::stop_token& stop);
    [[nodiscard]] Result<std::unique_ptr<File>> make(std::uint64_t bytes);

    FileSystem& files_;
    const std::string path_;
    const Zeros zeros_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    Stage stage_ = Stage::none;   // Guarded by mutex_.
    std::uint64_t bytes_ = 0;     // Of the file wanted or made. Guarded by mutex_.
    std::unique_ptr<File> file_;  // When ready. Guarded by mutex_.
    std::jthread thread_;         // Last, so that it ends before the rest goes.
};

}  // namespace daybook
