// Each file keeps two contents: what the program sees, and what has surely reached the disk.
#include "tests/support/fake_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace daybook::support {
namespace {

constexpr std::size_t sector = 512;

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

struct FakeFileSystem::Node {
    // Mapped memory must stay where it is, so a file that grows leaves its old bytes behind.
    std::vector<std::unique_ptr<std::vector<std::byte>>> contents;
    std::uint64_t size = 0;
    std::vector<std::byte> durable;
    // What each write since the last sync left in each sector, oldest first.
    std::map<std::size_t, std::vector<std::vector<std::byte>>> written;
    bool is_locked = false;

    [[nodiscard]] std::byte* bytes() { return contents.back()->data(); }
    void grow(std::uint64_t wanted) {
        const auto length = static_cast<std::size_t>(wanted);
        if (contents.empty() || contents.back()->size() < length) {
            auto larger = std::make_unique<std::vector<std::byte>>(length);
            if (size > 0) std::memcpy(larger->data(), bytes(), static_cast<std::size_t>(size));
            contents.push_back(std::move(larger));
        }
        size = std::max(size, wanted);
    }
    void note_written(std::uint64_t offset, std::size_t count) {
        const auto end = static_cast<std::size_t>(offset) + count;
        for (std::size_t at = static_cast<std::size_t>(offset) / sector * sector; at < end;
             at += sector) {
            const std::size_t length = std::min(sector, static_cast<std::size_t>(size) - at);
            written[at].emplace_back(bytes() + at, bytes() + at + length);
        }
    }
    // Puts a sector as one of the writes since the last sync left it.
    void arrive(std::size_t at, std::span<std::byte> into, Prng& random) {
        std::memcpy(into.data(), bytes() + at, into.size());
        const auto found = written.find(at);
        if (found == written.end() || found->second.size() < 2) return;
        const auto& versions = found->second;
        const auto& version = versions[static_cast<std::size_t>(random.below(versions.size()))];
        std::copy_n(version.begin(), std::min(version.size(), into.size()), into.begin());
    }
};

class FakeFileSystem::NodeMapping final : public Mapping {
 public:
    explicit NodeMapping(std::span<const std::byte> bytes) : bytes_(bytes) {}
    [[nodiscard]] std::span<const std::byte> bytes() const override { return bytes_; }

 private:
    std::span<const std::byte> bytes_;
};

class FakeFileSystem::OpenFile final : public File {
 public:
    OpenFile(FakeFileSystem& files, Node& node) : files_(files), node_(node) {}
    ~OpenFile() override {
        const std::scoped_lock lock(files_.mutex_);
        if (holds_lock_) node_.is_locked = false;
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    Result<std::size_t> read_at(std::span<std::byte> into, std::uint64_t offset) override {
        const std::scoped_lock lock(files_.mutex_);
        if (offset >= node_.size) return std::size_t{0};
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), node_.size - offset));
        std::memcpy(into.data(), node_.bytes() + offset, count);
        return count;
    }
    Result<void> write_at(std::span<const std::byte> bytes, std::uint64_t offset) override {
        const std::scoped_lock lock(files_.mutex_);
        const auto counted = files_.count_operation();
        DAYBOOK_TRY_VOID(files_.check_space(node_, offset + bytes.size()));
        node_.grow(offset + bytes.size());
        // A write that fails may have written its first half, in whole sectors.
        const std::uint64_t half = (offset + bytes.size() / 2) / sector * sector;
        const auto written = static_cast<std::size_t>(std::max(half, offset) - offset);
        const std::size_t count = counted.ok() ? bytes.size() : written;
        std::memcpy(node_.bytes() + offset, bytes.data(), count);
        node_.note_written(offset, count);
        return counted;
    }
    Result<void> sync() override {
        const std::scoped_lock lock(files_.mutex_);
        DAYBOOK_TRY_VOID(files_.count_operation());
        node_.written.clear();
        if (node_.size == 0) {
            node_.durable.clear();
        } else {
            node_.durable.assign(node_.bytes(), node_.bytes() + node_.size);
        }
        return {};
    }
    Result<std::uint64_t> size() override {
        const std::scoped_lock lock(files_.mutex_);
        return node_.size;
    }
    Result<void> resize(std::uint64_t bytes) override {
        const std::scoped_lock lock(files_.mutex_);
        DAYBOOK_TRY_VOID(files_.count_operation());
        DAYBOOK_TRY_VOID(files_.check_space(node_, bytes));
        if (bytes < node_.size) {
            std::memset(node_.bytes() + bytes, 0, static_cast<std::size_t>(node_.size - bytes));
            node_.size = bytes;
            node_.written.erase(
                node_.written.lower_bound(static_cast<std::size_t>(bytes) / sector * sector),
                node_.written.end()
            );
        } else {
            node_.grow(bytes);
        }
        return {};
    }
    Result<void> fill_with_zeros(std::uint64_t bytes) override {
        DAYBOOK_TRY_VOID(resize(0));
        return resize(bytes);
    }
    Result<void> reserve(std::uint64_t bytes) override { return fill_with_zeros(bytes); }
    Result<std::unique_ptr<Mapping>> map(std::uint64_t bytes) override {
        const std::scoped_lock lock(files_.mutex_);
        DAYBOOK_ASSERT(bytes > 0 && bytes <= node_.size);
        return std::unique_ptr<Mapping>(std::make_unique<NodeMapping>(std::span<const std::byte>{
            node_.bytes(), static_cast<std::size_t>(bytes)}));
    }
    Result<bool> try_lock() override {
        const std::scoped_lock lock(files_.mutex_);
        if (node_.is_locked) return false;
        node_.is_locked = true;
        holds_lock_ = true;
        return true;
    }

 private:
    FakeFileSystem& files_;
    Node& node_;
    bool holds_lock_ = false;
};

FakeFileSystem::FakeFileSystem() : steps_(1) {}
FakeFileSystem::~FakeFileSystem() = default;

Result<std::unique_ptr<File>> FakeFileSystem::open(const std::string& path, OpenMode mode) {
    const std::scoped_lock lock(mutex_);
    const auto found = names_.find(path);
    if (found != names_.end()) {
        return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, *found->second));
    }
    if (mode != OpenMode::create) {
        return Error{ErrorCode::not_found, fmt::format("cannot open {}: no such file", path)};
    }
    DAYBOOK_TRY_VOID(count_operation());
    Node& node = *nodes_.emplace_back(std::make_unique<Node>());
    node.grow(1);
    node.size = 0;
    names_[path] = &node;
    steps_.push_back(names_);
    return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, node));
}

Result<std::vector<std::string>> FakeFileSystem::list(const std::string& folder) {
    const std::scoped_lock lock(mutex_);
    if (std::find(folders_.begin(), folders_.end(), folder) == folders_.end()) {
        return Error{ErrorCode::not_found, fmt::format("cannot list {}: no such folder", folder)};
    }
    std::vector<std::string> found;
    for (const auto& [path, node] : names_) {
        if (folder_of(path) == folder) found.push_back(path.substr(folder.size() + 1));
    }
    return found;
}

Result<void> FakeFileSystem::make_folder(const std::string& folder) {
    const std::scoped_lock lock(mutex_);
    if (std::find(folders_.begin(), folders_.end(), folder) == folders_.end()) {
        folders_.push_back(folder);
    }
    return {};
}

Result<void> FakeFileSystem::rename(const std::string& from, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    DAYBOOK_TRY_VOID(count_operation());
    const auto found = names_.find(from);
    if (found == names_.end()) return Error{ErrorCode::not_found, "cannot rename " + from};
    names_[to] = found->second;
    names_.erase(from);
    steps_.push_back(names_);
    return {};
}

Result<void> FakeFileSystem::remove(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    DAYBOOK_TRY_VOID(count_operation());
    if (names_.erase(path) == 0) return Error{ErrorCode::not_found, "cannot remove " + path};
    steps_.push_back(names_);
    return {};
}

Result<void> FakeFileSystem::sync_folder(const std::string&) {
    const std::scoped_lock lock(mutex_);
    DAYBOOK_TRY_VOID(count_operation());
    steps_.assign(1, names_);
    return {};
}

void FakeFileSystem::crash(Prng& random, std::uint64_t arriving_percent) {
    const std::scoped_lock lock(mutex_);
    names_ = steps_[static_cast<std::size_t>(random.below(steps_.size()))];
    steps_.assign(1, names_);
    for (const auto& node : nodes_) {
        node->is_locked = false;
        const bool keeps_size = node->size == node->durable.size() || random.chance(50);
        const auto size = keeps_size ? static_cast<std::size_t>(node->size) : node->durable.size();
        std::vector<std::byte> left = node->durable;
        left.resize(size);
        for (std::size_t at = 0; at < size; at += sector) {
            const std::size_t end =
                std::min<std::size_t>({at + sector, size, static_cast<std::size_t>(node->size)});
            if (end <= at || random.chance(100 - arriving_percent)) continue;
            node->arrive(at, std::span{left}.subspan(at, end - at), random);
        }
        node->written.clear();
        node->durable = left;
        node->contents.push_back(std::make_unique<std::vector<std::byte>>(left));
        node->size = size;
    }
}

void FakeFileSystem::fail_after(std::uint64_t operations, Error error, bool for_ever) {
    const std::scoped_lock lock(mutex_);
    failing_from_ = operations_ + operations;
    failure_ = std::move(error);
    fails_for_ever_ = for_ever;
}

void FakeFileSystem::mend() {
    const std::scoped_lock lock(mutex_);
    failing_from_ = ~std::uint64_t{0};
}

std::uint64_t FakeFileSystem::operations() const {
    const std::scoped_lock lock(mutex_);
    return operations_;
}

void FakeFileSystem::set_space(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    space_ = bytes;
}

std::vector<std::byte> FakeFileSystem::content(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    Node& node = *names_.at(path);
    return {node.bytes(), node.bytes() + node.size};
}

void FakeFileSystem::overwrite(const std::string& path, std::vector<std::byte> bytes) {
    const std::scoped_lock lock(mutex_);
    Node*& node = names_[path];
    if (node == nullptr) node = nodes_.emplace_back(std::make_unique<Node>()).get();
    node->size = bytes.size();
    node->durable = bytes;
    node->written.clear();
    bytes.reserve(1);
    node->contents.push_back(std::make_unique<std::vector<std::byte>>(std::move(bytes)));
    steps_.push_back(names_);
}

Result<void> FakeFileSystem::count_operation() {
    if (operations_++ < failing_from_) return {};
    if (!fails_for_ever_) failing_from_ = ~std::uint64_t{0};
    return failure_;
}

Result<void> FakeFileSystem::check_space(const Node& node, std::uint64_t bytes) const {
    std::uint64_t used = 0;
    for (const auto& [path, other] : names_) used += other == &node ? 0 : other->size;
    if (bytes <= node.size || used + bytes <= space_) return {};
    return Error{ErrorCode::disk_full, "cannot write: no space left on device"};
}

}  // namespace daybook::support
