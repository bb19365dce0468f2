// POSIX files. Every failure becomes one sentence with the path and the system's own words.
#include "engine/os/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace daybook {
namespace {

ErrorCode code_of(int number) {
    switch (number) {
        case ENOENT: return ErrorCode::not_found;
        case EACCES:
        case EPERM:
        case EROFS: return ErrorCode::denied;
        case EEXIST: return ErrorCode::conflict;
        case ENOSPC:
        case EDQUOT:
        case EFBIG: return ErrorCode::disk_full;
        default: return ErrorCode::io;
    }
}

// Takes errno first, before anything can change it.
Error failure(const char* what, const std::string& path) {
    const int number = errno;
    return {
        code_of(number),
        fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(number))};
}

class PosixMapping final : public Mapping {
 public:
    PosixMapping(void* address, std::size_t bytes) : address_(address), bytes_(bytes) {}
    ~PosixMapping() override { ::munmap(address_, bytes_); }
    PosixMapping(const PosixMapping&) = delete;
    PosixMapping& operator=(const PosixMapping&) = delete;
    [[nodiscard]] std::span<const std::byte> bytes() const override {
        return {static_cast<const std::byte*>(address_), bytes_};
    }

 private:
    void* address_;
    std::size_t bytes_;
};

class PosixFile final : public File {
 public:
    PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
    ~PosixFile() override { ::close(descriptor_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    Result<std::size_t> read_at(std::span<std::byte> into, std::uint64_t offset) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto count = ::pread(
                descriptor_,
                into.data() + done,
                into.size() - done,
                static_cast<off_t>(offset + done)
            );
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return failure("read", path_);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    Result<void> write_at(std::span<const std::byte> bytes, std::uint64_t offset) override {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto count = ::pwrite(
                descriptor_,
                bytes.data() + done,
                bytes.size() - done,
                static_cast<off_t>(offset + done)
            );
            if (count < 0 && errno == EINTR) continue;
            if (count == 0) errno = EIO;  // No file does this to a write that is not empty.
            if (count <= 0) return failure("write", path_);
            done += static_cast<std::size_t>(count);
        }
        return {};
    }

    Result<void> sync() override {
        if (::fdatasync(descriptor_) != 0) return failure("sync", path_);
        return {};
    }

    Result<std::uint64_t> size() override {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) return failure("look at", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<void> resize(std::uint64_t bytes) override {
        if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
            return failure("resize", path_);
        }
        return {};
    }

    Result<void> fill_with_zeros(std::uint64_t bytes) override {
        DAYBOOK_TRY_VOID(reserve(bytes));  // The blocks in one piece.
        static constexpr std::array<std::byte, 256 * 1024> zeros{};
        for (std::uint64_t at = 0; at < bytes; at += zeros.size()) {
            const auto count = std::min<std::uint64_t>(zeros.size(), bytes - at);
            DAYBOOK_TRY_VOID(write_at(std::span{zeros}.first(static_cast<std::size_t>(count)), at));
        }
        return resize(bytes);
    }

    Result<void> reserve(std::uint64_t bytes) override {
        const int answer = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
        // A file system that cannot is no obstacle.
        if (answer == ENOSPC || answer == EDQUOT || answer == EFBIG) {
            errno = answer;
            return failure("allocate", path_);
        }
        return resize(bytes);
    }

    Result<std::unique_ptr<Mapping>> map(std::uint64_t bytes) override {
        DAYBOOK_ASSERT(bytes > 0);
        const auto length = static_cast<std::size_t>(bytes);
        void* address = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, descriptor_, 0);
        if (address == MAP_FAILED) return failure("map", path_);
        return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(address, length));
    }

    Result<bool> try_lock() override {
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno == EWOULDBLOCK) return false;
        return failure("lock", path_);
    }

 private:
    int descriptor_;
    std::string path_;
};

int flags_of(OpenMode mode) {
    switch (mode) {
        case OpenMode::read: return O_RDONLY | O_CLOEXEC;
        case OpenMode::write: return O_RDWR | O_CLOEXEC;
        case OpenMode::create: return O_RDWR | O_CREAT | O_CLOEXEC;
    }
    return O_RDONLY | O_CLOEXEC;
}

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
    const int descriptor = ::open(path.c_str(), flags_of(mode), 0666);
    if (descriptor < 0) return failure("open", path);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, path));
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& folder) {
    DIR* stream = ::opendir(folder.c_str());
    if (stream == nullptr) return failure("list", folder);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(stream);
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> PosixFileSystem::make_folder(const std::string& folder) {
    for (std::size_t end = folder.find('/', 1);; end = folder.find('/', end + 1)) {
        const std::string part = folder.substr(0, end);
        if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) return failure("make", part);
        if (end == std::string::npos) return {};
    }
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from);
    return {};
}

Result<void> PosixFileSystem::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return failure("remove", path);
    return {};
}

Result<void> PosixFileSystem::sync_folder(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failure("open", folder);
    const PosixFile handle(descriptor, folder);
    if (::fsync(descriptor) != 0) return failure("sync", folder);
    return {};
}

std::uint32_t process_id() {
    return static_cast<std::uint32_t>(::getpid());
}

// Opened for reading alone, and never by the holder itself: a close gives up all locks that the
// process has on the file.
std::optional<std::uint32_t> process_that_locks(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool is_told = ::fcntl(descriptor, F_GETLK, &lock) == 0;
    ::close(descriptor);
    if (!is_told || lock.l_type == F_UNLCK || lock.l_pid <= 0) return std::nullopt;
    return static_cast<std::uint32_t>(lock.l_pid);
}

}  // namespace daybook
