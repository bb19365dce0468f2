// How fast groups become durable, beside what the disk itself does in the same run: the same frames
// written and synced without a log, and a plain sequential read. Answers ratios, because the disk
// of the day decides the rest.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "bench/harness.hpp"
#include "engine/base/prng.hpp"
#include "engine/log/segment_log.hpp"

using namespace daybook;

namespace {

constexpr std::uint32_t payload_bytes = 184;  // With the header as large as a four-line entry.
constexpr std::uint64_t raw_file_bytes = std::uint64_t{64} << 20;
constexpr double seconds_max = 1.0;  // For each measurement of small groups.

// One group, made once and given new positions each time, so that making events is not measured.
class Group {
 public:
    explicit Group(std::uint64_t count) {
        for (std::uint64_t index = 0; index < count; ++index) {
            auto& words = storage_.emplace_back(event_words);
            auto* bytes = reinterpret_cast<std::byte*>(words.data());
            Prng random(index);
            for (std::size_t at = 0; at < event_words; ++at) words[at] = random.next();
            events_.emplace_back(bytes, sizeof(EventHeader) + payload_bytes);
        }
    }
    [[nodiscard]] std::span<const EventBytes> at(std::uint64_t position) {
        for (auto& words : storage_) {
            const EventHeader header(
                position++,
                flatbuffers::Pack(Instant::from_nanos(1)),
                flatbuffers::Pack(id_from_code("C-1")),
                flatbuffers::Pack(id_from_code("anna")),
                flatbuffers::Pack(Id{}),
                flatbuffers::Pack(Id{}),
                1,
                flatbuffers::Pack(Date::of(2026, 3, 31)),
                1,
                payload_bytes,
                0,
                1,
                caused_by_command,
                1,
                1,
                0
            );
            std::memcpy(words.data(), &header, sizeof header);
        }
        return events_;
    }

 private:
    static constexpr std::size_t event_words = (sizeof(EventHeader) + payload_bytes) / 8;
    std::vector<std::vector<std::uint64_t>> storage_;
    std::vector<EventBytes> events_;
};

struct Outcome {
    std::uint64_t events = 0;
    double seconds = 0;
    std::vector<double> each;  // Seconds of each group, sorted.
    [[nodiscard]] double rate() const { return static_cast<double>(events) / seconds; }
    [[nodiscard]] double micros_at(std::size_t per_mille) const {
        return each[std::min(each.size() - 1, each.size() * per_mille / 1000)] * 1e6;
    }
};

// Calls `once` for groups until that many events or too much time has passed.
template <class Once>
Outcome repeat(std::uint64_t events, std::uint64_t group_count, Once&& once) {
    Outcome outcome;
    while (outcome.events < events && outcome.seconds < seconds_max) {
        outcome.each.push_back(bench::seconds_of(once));
        outcome.seconds += outcome.each.back();
        outcome.events += group_count;
    }
    std::ranges::sort(outcome.each);
    return outcome;
}

template <class Value>
Value must(Result<Value> result) {
    if (!result.ok()) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_same_v<Value, void>) return std::move(result).value();
}

// The floor: the same number of bytes into a zeroed file, one write and one sync for each group.
class RawWriter {
 public:
    RawWriter(FileSystem& files, const std::string& path, std::size_t bytes, std::uint64_t total)
        : file_(must(files.open(path, OpenMode::create))),
          file_bytes_(std::clamp<std::uint64_t>(total, 2 * bytes, raw_file_bytes)),
          block_(bytes, std::byte{0x5A}) {
        must(file_->fill_with_zeros(file_bytes_));
        must(file_->sync());
    }
    void write() {
        if (offset_ + block_.size() > file_bytes_) offset_ = 0;
        must(file_->write_at(block_, offset_));
        must(file_->sync());
        offset_ += block_.size();
    }

 private:
    std::unique_ptr<File> file_;
    std::uint64_t file_bytes_;
    std::vector<std::byte> block_;
    std::uint64_t offset_ = 0;
};

void print(std::string_view name, const Outcome& outcome) {
    fmt::print(
        "  {:<12} {:>10.0f} events/s   p50 {:>8.1f}  p99 {:>8.1f}  max {:>8.1f} us\n",
        name,
        outcome.rate(),
        outcome.micros_at(500),
        outcome.micros_at(990),
        outcome.each.back() * 1e6
    );
}

void measure_groups(
    PosixFileSystem& files, const std::string& folder, std::uint64_t count, std::uint64_t events
) {
    Group group(count);
    // An event costs its bytes, a leaf hash and an entry; a group its frame.
    const std::size_t frame_bytes = 112 + count * (sizeof(EventHeader) + payload_bytes + 36);
    RawWriter raw(
        files, fmt::format("{}/raw-{}", folder, count), frame_bytes, events / count * frame_bytes
    );
    SystemRandom random;
    const auto log = must(SegmentLog::open(
        files, random, {.folder = fmt::format("{}/log-{}", folder, count), .create = true}
    ));

    const auto append = [&] { must(log->append(group.at(log->end()))); };
    // Turn and turn about, so that both meet the same disk.
    Outcome by_log;
    Outcome by_hand;
    std::vector<double> ratios;
    for (int run = 0; run < bench::runs; ++run) {
        by_hand = repeat(events / bench::runs, count, [&] { raw.write(); });
        by_log = repeat(events / bench::runs, count, append);
        ratios.push_back(by_log.rate() / by_hand.rate());
    }
    std::ranges::sort(ratios);
    fmt::print("groups of {}\n", count);
    print("write+sync", by_hand);
    print("append", by_log);
    const LogStatistics statistics = log->statistics();
    fmt::print(
        "  ratio {:.2f} ({:.2f} to {:.2f}, {} runs), {} events, {} segments\n",
        ratios[ratios.size() / 2],
        ratios.front(),
        ratios.back(),
        ratios.size(),
        statistics.events,
        statistics.segments
    );
}

std::uint64_t read_events(const Log& log) {
    const auto reader = must(log.read(0));
    std::uint64_t bytes = 0;
    for (;;) {
        const auto events = must(reader->next());
        if (events.empty()) return bytes;
        for (const EventBytes event : events)
            bytes += event.size() + std::to_integer<unsigned>(event[8]);
    }
}

std::uint64_t read_plainly(PosixFileSystem& files, const std::string& folder) {
    std::vector<std::byte> block(std::size_t{1} << 20);
    std::uint64_t sum = 0;
    for (const std::string& name : must(files.list(folder))) {
        const auto file = must(files.open(folder + "/" + name, OpenMode::read));
        for (std::uint64_t offset = 0;;) {
            const std::size_t count = must(file->read_at(block, offset));
            if (count == 0) break;
            for (std::size_t at = 0; at < count; at += 64)
                sum += std::to_integer<unsigned>(block[at]);
            offset += count;
        }
    }
    return sum;
}

void measure_reading(PosixFileSystem& files, const std::string& folder, std::uint64_t count) {
    const std::string path = fmt::format("{}/log-{}", folder, count);
    SystemRandom random;
    std::unique_ptr<SegmentLog> log;
    const double opening =
        bench::seconds_of([&] { log = must(SegmentLog::open(files, random, {.folder = path})); });
    const LogStatistics statistics = log->statistics();
    std::uint64_t sum = 0;
    const auto plain = bench::sorted_runs([&] { sum += read_plainly(files, path); });
    const auto through = bench::sorted_runs([&] { sum += read_events(*log); });
    const auto fast = bench::sorted_runs([&] { must(log->verify(VerifyDepth::fast)); });
    const double full = bench::seconds_of([&] { must(log->verify(VerifyDepth::full)); });

    fmt::print("reading {} events, {} segments\n", statistics.events, statistics.segments);
    bench::print_rate("  plain read", statistics.events, plain);
    bench::print_rate("  reader", statistics.events, through);
    bench::print_rate("  verify fast", statistics.events, fast);
    bench::print_rate("  verify full", statistics.events, {full});
    const double ratio = plain[plain.size() / 2] / through[through.size() / 2];
    fmt::print(
        "  reader to plain read {:.2f}; open {:.1f} ms; {:.1f} bytes on disk for an event of {}; "
        "{}\n",
        ratio,
        opening * 1e3,
        static_cast<double>(statistics.file_bytes) / static_cast<double>(statistics.events),
        sizeof(EventHeader) + payload_bytes,
        sum == 0 ? "nothing read" : "all read"
    );
}

}  // namespace

int main(int count, char** arguments) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // It takes a minute, and says what it knows.
    const std::uint64_t events = bench::option(count, arguments, "--events", 2'000'000);
    const std::string folder = fmt::format("bench-append-{}", process_id());
    PosixFileSystem files;
    must(files.make_folder(folder));
    constexpr std::uint64_t last_group = 8192;
    for (const std::uint64_t group :
         {std::uint64_t{1},
          std::uint64_t{10},
          std::uint64_t{100},
          std::uint64_t{1000},
          last_group}) {
        measure_groups(files, folder, group, events);
    }
    measure_reading(files, folder, last_group);
    fmt::print("peak memory {} MiB\n", bench::peak_memory_mib());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return 0;
}
