// Written and read in pieces of some MiB.
#include "connectors/kafka/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/reader.hpp"

namespace daybook::kafka {
namespace {

constexpr std::string_view magic = "DAYBKARC";
constexpr std::string_view end_magic = "DAYBKEND";
constexpr std::uint32_t archive_format = 1;
constexpr std::size_t head_bytes = 16;
constexpr std::size_t record_head_bytes = 16;
constexpr std::size_t piece_bytes = std::size_t{4} << 20;
constexpr std::uint32_t headers_bytes_max = 1 << 20;
constexpr std::chrono::milliseconds patience{30'000};

class Writer {
 public:
    static Result<Writer> open(FileSystem& files, const std::string& path) {
        if (files.open(path, OpenMode::read).ok()) {
            return Error{ErrorCode::conflict, fmt::format("there is a file {} already", path)};
        }
        Writer writer;
        DAYBOOK_TRY(writer.file_, files.open(path, OpenMode::create));
        writer.put(magic);
        writer.put_number(archive_format);
        writer.put_number(std::uint32_t{0});
        return writer;
    }
    [[nodiscard]] Result<void> add(const RawRecord& record) {
        headers_.clear();
        for (const Header& header : record.headers) {
            headers_.append(header.name).append(": ").append(header.value).append("\n");
        }
        put_number(record.offset);
        put_number(static_cast<std::uint32_t>(headers_.size()));
        put_number(static_cast<std::uint32_t>(record.value.size()));
        put(headers_);
        put({reinterpret_cast<const char*>(record.value.data()), record.value.size()});
        ++count_;
        return piece_.size() < piece_bytes ? Result<void>{} : flush();
    }
    [[nodiscard]] Result<std::uint64_t> finish() {
        put(end_magic);
        put_number(count_);
        DAYBOOK_TRY_VOID(flush());
        DAYBOOK_TRY_VOID(file_->sync());
        return count_;
    }

 private:
    void put(std::string_view text) { piece_ += text; }
    template <class Number>
    void put_number(Number number) {
        std::array<char, sizeof number> bytes;
        std::memcpy(bytes.data(), &number, bytes.size());
        piece_.append(bytes.data(), bytes.size());
    }
    [[nodiscard]] Result<void> flush() {
        DAYBOOK_TRY_VOID(file_->write_at(std::as_bytes(std::span{piece_}), written_));
        written_ += piece_.size();
        piece_.clear();
        return {};
    }

    std::unique_ptr<File> file_;
    std::string piece_;
    std::string headers_;
    std::uint64_t written_ = 0;
    std::uint64_t count_ = 0;
};

// Gives the file's bytes from the front, some at a time.
class Source {
 public:
    static Result<Source> open(FileSystem& files, const std::string& path) {
        Source source;
        source.path_ = path;
        DAYBOOK_TRY(source.file_, files.open(path, OpenMode::read));
        DAYBOOK_TRY(source.bytes_, source.file_->size());
        return source;
    }
    // Valid until the next call.
    [[nodiscard]] Result<std::span<const std::byte>> take(std::size_t count) {
        if (at_ + count > piece_.size()) DAYBOOK_TRY_VOID(fill(count));
        if (at_ + count > piece_.size()) {
            return Error{
                ErrorCode::corrupt,
                fmt::format("{}: it was cut after {} bytes", path_, read_ - piece_.size() + at_)};
        }
        const auto taken = std::span{piece_}.subspan(at_, count);
        at_ += count;
        return std::span<const std::byte>{taken};
    }
    [[nodiscard]] std::uint64_t done() const { return read_ - piece_.size() + at_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
    [[nodiscard]] Result<void> fill(std::size_t count) {
        piece_.erase(piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
        const std::size_t before = piece_.size();
        const std::uint64_t wanted = std::max(piece_bytes, count);
        const std::uint64_t more = std::min<std::uint64_t>(wanted, bytes_ - read_);
        piece_.resize(before + static_cast<std::size_t>(more));
        DAYBOOK_TRY(const auto got, file_->read_at(std::span{piece_}.subspan(before), read_));
        piece_.resize(before + got);
        read_ += got;
        return {};
    }

    std::string path_;
    std::unique_ptr<File> file_;
    std::uint64_t bytes_ = 0;
    std::uint64_t read_ = 0;  // Of the file; the piece ends here.
    std::vector<std::byte> piece_;
    std::size_t at_ = 0;
};

template <class Number>
Number number_at(std::span<const std::byte> bytes, std::size_t at) {
    Number number;
    DAYBOOK_ASSERT(at + sizeof number <= bytes.size());
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

bool begins_with(std::span<const std::byte> bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

std::vector<Header> split_headers(std::string_view text) {
    std::vector<Header> headers;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
    return headers;
}

Result<VerifyReport> verify_records(
    Source& source, const std::string& path, const VerifyProgress& progress
) {
    Verifier verifier;
    for (std::uint64_t count = 0;; ++count) {
        DAYBOOK_TRY(const auto head, source.take(record_head_bytes));
        if (begins_with(head, end_magic)) {
            if (number_at<std::uint64_t>(head, 8) == count) return verifier.finish();
            return Error{
                ErrorCode::corrupt, fmt::format("{}: it ends after {} records", path, count)};
        }
        const auto offset = number_at<std::uint64_t>(head, 0);
        const auto headers_bytes = number_at<std::uint32_t>(head, 8);
        const auto value_bytes = number_at<std::uint32_t>(head, 12);
        if (headers_bytes > headers_bytes_max || value_bytes > event_bytes_max + 4096) {
            return Error{
                ErrorCode::corrupt,
                fmt::format("{}: record {} has no sensible length", path, count)};
        }
        DAYBOOK_TRY(const auto body, source.take(std::size_t{headers_bytes} + value_bytes));
        const std::string_view text{reinterpret_cast<const char*>(body.data()), headers_bytes};
        const std::vector<Header> headers = split_headers(text);
        verifier.take({.offset = offset, .value = body.subspan(headers_bytes), .headers = headers});
        constexpr std::uint64_t progress_every = 4096;
        if (count % progress_every != 0 || !progress) continue;
        if (!progress(source.done(), source.bytes())) {
            return Error{ErrorCode::busy, "the verification was interrupted"};
        }
    }
}

}  // namespace

Result<std::uint64_t> archive_topic(
    const ArchiveFile& file, const Place& place, const Settings& settings
) {
    DAYBOOK_TRY(const auto reader, TopicReader::open(place, settings, 0, patience));
    DAYBOOK_TRY(const std::uint64_t end, reader->ask_end(patience));
    DAYBOOK_TRY(Writer writer, Writer::open(file.files, file.path));
    Deadline silence{patience};
    while (reader->offset() < end) {
        const auto take = [&](const RawRecord& record) {
            return record.offset < end ? writer.add(record) : Result<void>{};
        };
        DAYBOOK_TRY(const auto records, reader->next(std::chrono::milliseconds{100}, take));
        if (records > 0) silence = Deadline{patience};
        if (silence.is_over()) {
            return Error{
                ErrorCode::unavailable,
                fmt::format("topic {}: nothing came after {}", place.topic(), reader->offset())};
        }
        if (file.progress && !file.progress(std::min(reader->offset(), end), end)) {
            return Error{ErrorCode::busy, "the export was interrupted"};
        }
    }
    return writer.finish();
}

Result<std::uint64_t> archive_log(
    const ArchiveFile& file, const Log& log, const std::string& source
) {
    DAYBOOK_TRY(Writer writer, Writer::open(file.files, file.path));
    DAYBOOK_TRY(const auto reader, log.read(0));
    HeaderWriter header_writer{source, domain_modules()};
    Hasher hasher;
    Tip tip;
    const std::uint64_t end = log.end();
    while (tip.next < end) {
        DAYBOOK_TRY(const auto events, reader->next());
        for (const EventBytes event :
             events.first(std::min<std::size_t>(events.size(), end - tip.next))) {
            const auto claim = claim_words(event);
            if (claim) tip.term = claim->term;
            const EventHeader& header = header_of(event);
            const Record record{
                .term = tip.term,
                .position = tip.next,
                .prev = tip.chain,
                .batch_index = header.batch_index(),
                .batch_count = header.batch_count()};
            const auto headers = header_writer.headers(event, record, claim.has_value());
            DAYBOOK_TRY_VOID(writer.add({.offset = tip.next, .value = event, .headers = headers}));
            tip.chain = hasher.chain(tip.chain, hasher.leaf(event));
            ++tip.next;
        }
        if (file.progress && !file.progress(tip.next, end)) {
            return Error{ErrorCode::busy, "the export was interrupted"};
        }
    }
    return writer.finish();
}

bool is_archive(FileSystem& files, const std::string& path) {
    auto source = Source::open(files, path);
    if (!source.ok()) return false;
    const auto head = source.value().take(head_bytes);
    return head.ok() && begins_with(head.value(), magic);
}

Result<VerifyReport> verify_archive(
    FileSystem& files, const std::string& path, const VerifyProgress& progress
) {
    DAYBOOK_TRY(Source source, Source::open(files, path));
    DAYBOOK_TRY(const auto head, source.take(head_bytes));
    if (!begins_with(head, magic)) {
        return Error{ErrorCode::invalid, fmt::format("{} is no archive of a book", path)};
    }
    if (const auto format = number_at<std::uint32_t>(head, 8); format != archive_format) {
        return Error{
            ErrorCode::too_new,
            fmt::format("{} has the format {}: upgrade the program", path, format)};
    }
    return verify_records(source, path, progress);
}

}  // namespace daybook::kafka
