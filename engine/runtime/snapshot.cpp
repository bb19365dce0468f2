#include "engine/runtime/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/runtime/code_fingerprint.hpp"

namespace daybook {
namespace {

constexpr std::string_view name_prefix = "snapshot-";
constexpr std::string_view unfinished_name = "unfinished";
constexpr std::size_t position_digits = 20;
using Magic = std::array<char, 8>;
constexpr Magic magic{'D', 'B', 'S', 'N', 'A', 'P', '0', '1'};

// As it is packed: the fields in this order, without gaps.
struct FileHead {
    std::uint64_t magic = 0;
    std::uint64_t fingerprint_high = 0;
    std::uint64_t fingerprint_low = 0;
    std::uint64_t position = 0;
    Hash root{};
    Hash chain{};
    std::uint64_t body_bytes = 0;
    std::uint64_t body_checksum = 0;
};
constexpr std::size_t head_bytes = 112;
constexpr std::size_t body_offset = head_bytes + sizeof(std::uint64_t);

std::uint64_t magic_number() {
    std::uint64_t number = 0;
    std::memcpy(&number, magic.data(), magic.size());
    return number;
}

std::string name_of_snapshot(std::uint64_t position) {
    return fmt::format("{}{:0{}}", name_prefix, position, position_digits);
}

std::optional<std::uint64_t> position_in(std::string_view name) {
    if (name.size() != name_prefix.size() + position_digits) return std::nullopt;
    if (!name.starts_with(name_prefix)) return std::nullopt;
    std::uint64_t position = 0;
    const auto parsed =
        std::from_chars(name.data() + name_prefix.size(), name.data() + name.size(), position);
    if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size()) return std::nullopt;
    return position;
}

Error damaged(const std::string& path, std::string_view what) {
    return {ErrorCode::corrupt, fmt::format("{}: {}", path, what)};
}

}  // namespace

Digest128 fingerprint_of(std::span<const DomainModule> modules) {
    std::string text{code_fingerprint};
    for (const DomainModule& module : modules) {
        const std::uint64_t schema = checksum_64(std::as_bytes(module.schema));
        text += fmt::format(" {} {} {}", module.name, module.identifier, schema);
    }
    return checksum_128(text);
}

SnapshotFolder::SnapshotFolder(FileSystem& files, std::string folder, Digest128 fingerprint)
    : files_(files), folder_(std::move(folder)), fingerprint_(fingerprint) {}

Result<std::vector<std::uint64_t>> SnapshotFolder::positions() const {
    std::vector<std::uint64_t> found;
    const auto names = files_.list(folder_);
    if (!names.ok() && names.error().code == ErrorCode::not_found) return found;
    if (!names.ok()) return names.error();
    for (const std::string& name : names.value()) {
        if (const auto position = position_in(name)) found.push_back(*position);
    }
    std::ranges::sort(found, std::greater{});
    return found;
}

Result<Snapshot> SnapshotFolder::read(std::uint64_t position) const {
    const std::string path = path_of(name_of_snapshot(position));
    DAYBOOK_TRY(const auto file, files_.open(path, OpenMode::read));
    DAYBOOK_TRY(const std::uint64_t bytes, file->size());
    if (bytes < body_offset) return damaged(path, "is shorter than its head");
    Bytes head_memory(body_offset);
    DAYBOOK_TRY(const std::size_t head_count, file->read_at(head_memory, 0));
    if (head_count != body_offset) return damaged(path, "is shorter than its head");
    Unpacker unpacker{head_memory};
    const auto head = unpacker.next<FileHead>();
    if (head.magic != magic_number()) return damaged(path, "is not a snapshot of this format");
    if (unpacker.next<std::uint64_t>() != checksum_64(std::span{head_memory}.first(head_bytes))) {
        return damaged(path, "checksum of the head differs");
    }
    if (Digest128{head.fingerprint_high, head.fingerprint_low} != fingerprint_) {
        return Error{ErrorCode::conflict, fmt::format("{}: was made by other code", path)};
    }
    if (head.position != position || head.body_bytes != bytes - body_offset) {
        return damaged(path, "its name or its length differs from its head");
    }
    Snapshot snapshot{.head = {.size = position, .root = head.root, .chain = head.chain}};
    snapshot.body.resize(head.body_bytes);
    DAYBOOK_TRY(const std::size_t body_count, file->read_at(snapshot.body, body_offset));
    if (body_count != head.body_bytes || checksum_64(snapshot.body) != head.body_checksum) {
        return damaged(path, "checksum of the body differs");
    }
    return snapshot;
}

Result<void> SnapshotFolder::write(const Snapshot& snapshot, std::size_t kept) {
    DAYBOOK_ASSERT(kept > 0);
    DAYBOOK_TRY_VOID(files_.make_folder(folder_));
    const std::string unfinished = path_of(std::string{unfinished_name});
    DAYBOOK_TRY_VOID(write_file(unfinished, snapshot));
    DAYBOOK_TRY_VOID(files_.rename(unfinished, path_of(name_of_snapshot(snapshot.head.size))));
    DAYBOOK_TRY_VOID(files_.sync_folder(folder_));
    DAYBOOK_TRY(const auto found, positions());
    for (std::size_t index = kept; index < found.size(); ++index) {
        DAYBOOK_TRY_VOID(files_.remove(path_of(name_of_snapshot(found[index]))));
    }
    return {};
}

std::string SnapshotFolder::path_of(const std::string& name) const {
    return folder_ + "/" + name;
}

Result<void> SnapshotFolder::write_file(const std::string& path, const Snapshot& snapshot) {
    Bytes head;
    Packer packer{head};
    packer.put(FileHead{
        .magic = magic_number(),
        .fingerprint_high = fingerprint_.high,
        .fingerprint_low = fingerprint_.low,
        .position = snapshot.head.size,
        .root = snapshot.head.root,
        .chain = snapshot.head.chain,
        .body_bytes = snapshot.body.size(),
        .body_checksum = checksum_64(snapshot.body)});
    DAYBOOK_ASSERT(head.size() == head_bytes);
    packer.put(checksum_64(head));
    DAYBOOK_TRY(const auto file, files_.open(path, OpenMode::create));
    DAYBOOK_TRY_VOID(file->resize(0));
    DAYBOOK_TRY_VOID(file->write_at(head, 0));
    DAYBOOK_TRY_VOID(file->write_at(snapshot.body, body_offset));
    return file->sync();
}

}  // namespace daybook
