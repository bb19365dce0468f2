// Where an import's bytes come from: a file, a gzip file, or memory. The only user of zlib.

#include "connectors/files/byte_source.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace daybook::files {
namespace {

constexpr std::size_t raw_block_bytes = std::size_t{64} << 10;

bool is_gzip(std::string_view first) {
    return first.size() >= 2 && first[0] == '\x1f' && first[1] == '\x8b';
}

}  // namespace

struct ByteSource::Inflater {
    z_stream stream{};
    std::vector<char> block;
    bool is_between_members = true;  // No member has begun, or the last one is complete.

    Inflater() : block(raw_block_bytes) {
        // 15 bits of window, and 16 to say that the header is gzip's.
        const int answer = inflateInit2(&stream, 15 + 16);
        DAYBOOK_ASSERT(answer == Z_OK);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream); }
};

ByteSource::ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;
ByteSource::~ByteSource() = default;

Result<ByteSource> ByteSource::open(const std::string& path) {
    ByteSource source;
    source.name_ = path;
    source.file_.reset(std::fopen(path.c_str(), "rb"));
    if (!source.file_) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
        return Error{code, fmt::format("cannot open {}: {}", path, std::strerror(errno))};
    }
    if (std::fseek(source.file_.get(), 0, SEEK_END) == 0) {
        source.bytes_total_ = static_cast<std::uint64_t>(std::ftell(source.file_.get()));
        std::rewind(source.file_.get());
    }
    return source;
}

ByteSource ByteSource::of(std::string bytes, std::string name) {
    ByteSource source;
    source.name_ = std::move(name);
    source.bytes_total_ = bytes.size();
    source.memory_ = std::move(bytes);
    return source;
}

Result<std::size_t> ByteSource::read_raw(std::span<char> into) {
    std::size_t count = 0;
    if (!probe_.empty()) {
        count = std::min(probe_.size(), into.size());
        std::memcpy(into.data(), probe_.data(), count);
        probe_.erase(0, count);
        return count;
    }
    if (file_) {
        count = std::fread(into.data(), 1, into.size(), file_.get());
        if (count == 0 && std::ferror(file_.get()) != 0) {
            return Error{
                ErrorCode::io, fmt::format("cannot read {}: {}", name_, std::strerror(errno))};
        }
    } else {
        count = std::min(memory_.size() - memory_at_, into.size());
        std::memcpy(into.data(), memory_.data() + memory_at_, count);
        memory_at_ += count;
    }
    bytes_taken_ += count;
    return count;
}

// True when the inflater has input again, false at the end of the file.
Result<bool> ByteSource::refill() {
    DAYBOOK_TRY(const std::size_t count, read_raw(inflater_->block));
    inflater_->stream.next_in = reinterpret_cast<Bytef*>(inflater_->block.data());
    inflater_->stream.avail_in = static_cast<uInt>(count);
    return count > 0;
}

Result<std::size_t> ByteSource::read_inflated(std::span<char> into) {
    z_stream& stream = inflater_->stream;
    stream.next_out = reinterpret_cast<Bytef*>(into.data());
    stream.avail_out = static_cast<uInt>(into.size());
    while (stream.avail_out == into.size()) {
        if (stream.avail_in == 0) {
            DAYBOOK_TRY(const bool has_more, refill());
            if (!has_more && inflater_->is_between_members) return std::size_t{0};
            if (!has_more) {
                return Error{
                    ErrorCode::corrupt,
                    fmt::format("{} breaks off inside its gzip data; fetch it again", name_)};
            }
        }
        inflater_->is_between_members = false;
        const int answer = inflate(&stream, Z_NO_FLUSH);
        if (answer == Z_STREAM_END) {
            inflater_->is_between_members = true;
            inflateReset(&stream);
        } else if (answer != Z_OK) {
            const char* reason = stream.msg != nullptr ? stream.msg : "damaged";
            return Error{
                ErrorCode::corrupt,
                fmt::format("{} is not whole gzip data ({}); fetch it again", name_, reason)};
        }
    }
    return into.size() - stream.avail_out;
}

Result<std::size_t> ByteSource::read(std::span<char> into) {
    DAYBOOK_ASSERT(!into.empty());
    if (!is_probed_) {
        is_probed_ = true;
        std::string first(2, '\0');
        std::size_t held = 0;
        while (held < first.size()) {
            DAYBOOK_TRY(const std::size_t count, read_raw(std::span{first}.subspan(held)));
            if (count == 0) break;
            held += count;
        }
        first.resize(held);
        if (is_gzip(first)) inflater_ = std::make_unique<Inflater>();
        probe_ = std::move(first);
    }
    // zlib counts in 32 bits.
    const std::size_t room = std::min(into.size(), std::size_t{1} << 30);
    return inflater_ ? read_inflated(into.first(room)) : read_raw(into.first(room));
}

}  // namespace daybook::files
