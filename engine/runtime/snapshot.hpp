// Snapshots of the state on disk, so that opening a long book does not replay all of it. A snapshot
// is a cache: it may be deleted at any time, and one that is damaged, of other code or of another
// log is passed over.
//
//   file "snapshot-<20 digits of the position>", integers little-endian:
//     8 "DBSNAP01"   16 fingerprint of code and schemas   8 position   32 root   32 chain
//     8 body bytes   8 XXH3 of the body   8 XXH3 of the 112 bytes before this
//     body: of the book, then of the command memory, each after its length in 8 bytes
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/checksum.hpp"
#include "engine/base/pack.hpp"
#include "engine/log/log.hpp"
#include "engine/os/file.hpp"
#include "engine/runtime/module_facts.hpp"

namespace daybook {

struct Snapshot {
    TreeHead head;  // What the log committed to after the events that this state stands for.
    Bytes body;
};

// Equal only where the same events give the same state: the code of base and domain, and every
// schema.
[[nodiscard]] Digest128 fingerprint_of(std::span<const DomainModule> modules);

class SnapshotFolder {
 public:
    // `files` must outlive this.
    SnapshotFolder(FileSystem& files, std::string folder, Digest128 fingerprint);

    // The positions of the snapshots that are there, newest first; none if there is no folder.
    [[nodiscard]] Result<std::vector<std::uint64_t>> positions() const;
    // `corrupt` if it is not whole, `conflict` if it was made by other code.
    [[nodiscard]] Result<Snapshot> read(std::uint64_t position) const;
    // Complete under its name or not there at all. Then deletes all but the newest `kept`.
    [[nodiscard]] Result<void> write(const Snapshot& snapshot, std::size_t kept);

 private:
    [[nodiscard]] std::string path_of(const std::string& name) const;
    [[nodiscard]] Result<void> write_file(const std::string& path, const Snapshot& snapshot);

    FileSystem& files_;
    const std::string folder_;
    const Digest128 fingerprint_;
};

}  // namespace daybook
