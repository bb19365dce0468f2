// Any bytes as a log: opening, reading, verifying and appending must answer, never crash. An input
// is either a segment as it stands, or a list of changes to a good log whose checksums are then
// made right again, so that what lies behind the checksums is reached as well.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "engine/base/checksum.hpp"
#include "engine/log/segment_log.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/sample_events.hpp"

using namespace daybook;

namespace {

using Content = std::vector<std::byte>;

const std::string first_path = "log/000000.segment";
const std::string second_path = "log/000001.segment";

class ZeroRandom final : public Random {
 public:
    [[nodiscard]] std::uint64_t next() override { return 7; }
};

SegmentLogOptions options(bool read_only) {
    return {
        .folder = "log",
        .create = !read_only,
        .read_only = read_only,
        .segment_bytes = 16 * 1024,
        .prepare_ahead = false};
}

struct GoodLog {
    Content first;   // Sealed.
    Content second;  // With two frames.
};

GoodLog make_good_log() {
    support::FakeFileSystem files;
    ZeroRandom random;
    const auto log = SegmentLog::open(files, random, options(false)).value();
    for (std::uint64_t position = 0; log->statistics().segments < 2; position += 2) {
        DAYBOOK_ASSERT(log->append(support::sample_batch(position, 2, 1500).events()).ok());
    }
    DAYBOOK_ASSERT(log->append(support::sample_batch(log->end(), 3, 40).events()).ok());
    return {.first = files.content(first_path), .second = files.content(second_path)};
}

template <class Number>
Number number_at(const Content& content, std::size_t at) {
    Number number{};
    if (at + sizeof number <= content.size()) std::memcpy(&number, &content[at], sizeof number);
    return number;
}

// Stores the checksum of [begin, end) at `at`, where all of that lies inside.
void mend(Content& content, std::size_t begin, std::size_t end, std::size_t at) {
    if (begin > end || end > content.size() || at + 8 > content.size()) return;
    const std::uint64_t sum = checksum_64(std::span{content}.subspan(begin, end - begin));
    std::memcpy(&content[at], &sum, sizeof sum);
}

// Makes the checksums of a segment right, at the places that FORMAT.md names.
void mend_segment(Content& content) {
    mend(content, 0, 4088, 4088);
    mend(content, 4096, 4096 + 32, 4096 + 32);
    for (std::size_t at = 8192; number_at<std::uint32_t>(content, at) == 0x4D415246;) {
        const std::size_t bytes = number_at<std::uint32_t>(content, at + 8);
        if (bytes < 112 || bytes > content.size() - at) break;
        mend(content, at + 104, at + bytes - 8, at + 48);
        mend(content, at, at + 96, at + 96);
        at += bytes;
    }
    if (content.size() < 64) return;
    const std::size_t seal = content.size() - 64;
    const std::size_t index_bytes = std::size_t{number_at<std::uint32_t>(content, seal + 16)} * 16;
    if (number_at<std::uint64_t>(content, seal) != 0x4C414553'42594144 || index_bytes > seal)
        return;
    mend(content, seal - index_bytes, seal, seal + 48);
    mend(content, seal, seal + 56, seal + 56);
}

// Each change is five bytes: which segment and how, where (three), with what.
void change(GoodLog& log, std::span<const std::uint8_t> changes) {
    for (; changes.size() >= 5; changes = changes.subspan(5)) {
        Content& content = (changes[0] & 1) == 0 ? log.first : log.second;
        const std::size_t where =
            changes[1] + std::size_t{changes[2]} * 256 + std::size_t{changes[3]} * 65'536;
        if ((changes[0] & 2) != 0 && where < 32 * 1024) content.resize(where);
        if (content.empty()) continue;
        std::byte& byte = content[where % content.size()];
        byte = (changes[0] & 4) != 0 ? byte ^ std::byte{changes[4]} : std::byte{changes[4]};
    }
}

void read_all(const SegmentLog& log, std::uint64_t from) {
    const auto reader = log.read(from);
    if (!reader.ok()) return;
    std::uint64_t position = from;
    for (;;) {
        const auto events = reader.value()->next();
        if (!events.ok() || events.value().empty()) return;
        for (const EventBytes event : events.value()) {
            DAYBOOK_ASSERT(header_of(event).position() == position++);
            static_cast<void>(checksum_64(payload_of(event)));
        }
    }
}

void use(support::FakeFileSystem& files, bool read_only) {
    ZeroRandom random;
    const auto log = SegmentLog::open(files, random, options(read_only));
    if (!log.ok()) return;
    const std::uint64_t end = log.value()->end();
    for (const std::uint64_t from : {std::uint64_t{0}, end / 2, end}) read_all(*log.value(), from);
    static_cast<void>(log.value()->verify(VerifyDepth::fast));
    static_cast<void>(log.value()->verify(VerifyDepth::full));
    static_cast<void>(log.value()->head());
    static_cast<void>(log.value()->statistics());
    static_cast<void>(log.value()->append(support::sample_batch(end, 1, 20).events()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const GoodLog good = make_good_log();
    if (size == 0) return 0;
    const std::uint8_t kind = bytes[0];
    const std::span input{bytes + 1, size - 1};
    GoodLog log = good;
    if ((kind & 1) == 0) {
        const auto raw = std::as_bytes(input);
        log.first.assign(raw.begin(), raw.end());
    } else {
        change(log, input);
    }
    if ((kind & 2) == 0) mend_segment(log.first);
    if ((kind & 4) == 0) mend_segment(log.second);

    support::FakeFileSystem files;
    DAYBOOK_ASSERT(files.make_folder("log").ok());
    files.overwrite(first_path, std::move(log.first));
    if ((kind & 8) == 0) files.overwrite(second_path, std::move(log.second));
    use(files, true);
    use(files, false);
    use(files, false);
    return 0;
}
