// The embedded log: one folder of segment files as FORMAT.md describes them. One process may
// append; readers map the files and copy nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/log/log.hpp"
#include "engine/log/merkle.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"

namespace daybook {

struct SegmentLogOptions {
    std::string folder;
    bool create = false;     // Make a new log if the folder holds none; else not_found.
    bool read_only = false;  // Takes no lock and changes nothing; end() stays where it was.
    // Of new segments, 16 KiB to 1 GiB. The first ones are smaller, one for a large group larger.
    std::uint32_t segment_bytes = std::uint32_t{64} << 20;
    bool prepare_ahead = true;  // Zero the next segment on a thread of the log's own.
    // For copies of what is durable elsewhere: append() shows the group and does not sync it. A
    // power cut may take all groups since the last sync().
    bool sync_later = false;
};

struct LogStatistics {
    std::uint64_t segments = 0;
    std::uint64_t frames = 0;  // One for each group appended.
    std::uint64_t events = 0;
    std::uint64_t file_bytes = 0;   // Of the segment files, zeros for what is to come included.
    std::uint64_t event_bytes = 0;  // Of the events alone.
};

enum class VerifyDepth : unsigned char {
    fast,  // Every checksum, length, position and link.
    full,  // And every hash: leaves, chain and tree.
};

struct LogProgress {
    std::uint64_t events_done = 0;
    std::uint64_t events_total = 0;
};
// Called now and then on the thread that verifies; answer false to stop with a busy Error.
using LogProgressCallback = std::function<bool(const LogProgress&)>;

class SegmentLog final : public Log {
 public:
    // Fails with corrupt, naming segment, byte and position; too_new; busy, naming the process
    // that has it open for writing; not_found. `files` and `random` must outlive the log.
    [[nodiscard]] static Result<std::unique_ptr<SegmentLog>> open(
        FileSystem& files, Random& random, const SegmentLogOptions& options
    );
    struct Parts;
    explicit SegmentLog(std::unique_ptr<Parts> parts);  // Use open().
    ~SegmentLog() override;

    [[nodiscard]] Result<void> append(std::span<const EventBytes> group) override;
    // With the hashes of the events, which are believed: one for each event.
    [[nodiscard]] Result<void> append(
        std::span<const EventBytes> group, std::span<const EventHashes> hashes
    );
    // Works out ahead, in memory, the frame of the group that will probably be appended next; an
    // append of the same group with the same hashes is then quicker. Any other makes it useless and
    // is none the worse for it. One hash for each event. By the thread that appends.
    void prepare(std::span<const EventBytes> group, std::span<const EventHashes> hashes);
    // With `sync_later`: makes all that was appended durable. By the thread that appends.
    [[nodiscard]] Result<void> sync();
    // The same for what was appended before the call, while appending goes on. Any thread. A
    // failure is final, as of sync().
    [[nodiscard]] Result<void> sync_beside() const;
    [[nodiscard]] Result<void> resume() override;
    [[nodiscard]] std::uint64_t end() const override;
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override;
    [[nodiscard]] TreeHead head() const override;
    std::uint64_t wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
        const override;

    // Reads everything that is durable at the call and answers the head computed from it, or
    // corrupt with the first wrong segment, byte and position. Any thread; appending may go on.
    [[nodiscard]] Result<TreeHead> verify(
        VerifyDepth depth, const LogProgressCallback& progress = {}
    ) const;
    [[nodiscard]] LogStatistics statistics() const;  // Any thread.
    // The number that tells this log from any other.
    [[nodiscard]] std::uint64_t log_id() const;
    // How many bytes of unfinished last groups were dropped when the log was opened.
    [[nodiscard]] std::uint64_t dropped_bytes() const;

 private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook
