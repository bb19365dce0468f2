// The port to files: what the log needs of an operating system, small enough to be faked whole.
// A write is safe only after sync(); a new name is safe only after sync_folder().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook {

// A file's bytes in memory; they follow every later write. Bytes past the file's end must not be
// touched. Any thread; unmapped by the destructor.
class Mapping {
 public:
    virtual ~Mapping() = default;
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;
};

// One open file. Errors name the path. Different files may be used by different threads.
class File {
 public:
    virtual ~File() = default;
    // Fills `into`; the count is smaller only at the end of the file.
    [[nodiscard]] virtual Result<std::size_t> read_at(
        std::span<std::byte> into, std::uint64_t offset
    ) = 0;
    // Writes all, or fails with any part of it written. A full disk answers disk_full.
    [[nodiscard]] virtual Result<void> write_at(
        std::span<const std::byte> bytes, std::uint64_t offset
    ) = 0;
    // After this the file's content and size survive a power failure.
    [[nodiscard]] virtual Result<void> sync() = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
    [[nodiscard]] virtual Result<void> resize(std::uint64_t bytes) = 0;
    // Makes the file that long with every byte written as zero, so that later writes inside it
    // change no metadata and need no space.
    [[nodiscard]] virtual Result<void> fill_with_zeros(std::uint64_t bytes) = 0;
    // Makes the file that long, reading as zeros, with room for every byte but none written: at
    // once, but later writes change metadata.
    [[nodiscard]] virtual Result<void> reserve(std::uint64_t bytes) = 0;
    // Maps the first `bytes` for reading. The mapping may outlive the File.
    [[nodiscard]] virtual Result<std::unique_ptr<Mapping>> map(std::uint64_t bytes) = 0;
    // Takes the file's one lock until it is closed, or answers false: another holds it.
    [[nodiscard]] virtual Result<bool> try_lock() = 0;
};

enum class OpenMode : unsigned char {
    read,    // It must exist.
    write,   // It must exist; reads and writes.
    create,  // Made empty if it does not exist; reads and writes.
};

class FileSystem {
 public:
    virtual ~FileSystem() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<File>> open(
        const std::string& path, OpenMode mode
    ) = 0;
    // The names in a folder, sorted; not_found if there is no such folder.
    [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
    // Makes the folder and those above it, if they are missing.
    [[nodiscard]] virtual Result<void> make_folder(const std::string& folder) = 0;
    [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
    // After this the names in the folder survive a power failure.
    [[nodiscard]] virtual Result<void> sync_folder(const std::string& folder) = 0;
};

// The files of this computer. Any thread.
class PosixFileSystem final : public FileSystem {
 public:
    [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode)
        override;
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& folder) override;
    [[nodiscard]] Result<void> make_folder(const std::string& folder) override;
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Result<void> remove(const std::string& path) override;
    [[nodiscard]] Result<void> sync_folder(const std::string& folder) override;
};

// The number of this process, for the message to the one who finds a book locked.
[[nodiscard]] std::uint32_t process_id();
// Which other process holds a lock by fcntl() on this file, if one does and it can be told.
[[nodiscard]] std::optional<std::uint32_t> process_that_locks(const std::string& path);

}  // namespace daybook
