// A book of so many four-line entries, made without an engine, for ready.py to carry to Kafka:
//
//   bench_kafka_entries FOLDER --events 10000000
#include "bench/entries.hpp"
#include "bench/harness.hpp"
#include "engine/log/segment_log.hpp"

using namespace daybook;

int main(int count, char** arguments) {
    if (count < 2) return 2;
    PosixFileSystem files;
    SystemRandom random;
    const std::string book = arguments[1];
    if (!files.make_folder(book).ok()) return 1;
    auto log = SegmentLog::open(files, random, {.folder = book + "/log", .create = true});
    if (!log.ok()) {
        fmt::print(stderr, "{}\n", log.error().message);
        return 1;
    }
    bench::fill(*log.value(), bench::option(count, arguments, "--events", 100'000));
    fmt::print("{} events in {}\n", log.value()->end(), book);
    return 0;
}
