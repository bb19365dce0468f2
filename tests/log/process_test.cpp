// The log on the real disk: a process that is killed at any moment, and readers beside the writer.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "tests/log/disk.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

using namespace daybook;
using support::sample_batch;

namespace {

SegmentLogOptions options_in(const TempFolder& folder) {
    return {.folder = folder.path() + "/log", .create = true, .segment_bytes = 2 << 20};
}

std::uint64_t kills() {
    const char* given = std::getenv("DAYBOOK_KILLS");
    return given == nullptr ? 20 : std::strtoull(given, nullptr, 10);
}

// Appends for ever and writes each acknowledged end into the pipe. Runs in a process of its own.
[[noreturn]] void append_for_ever(const SegmentLogOptions& options, int pipe, std::uint64_t seed) {
    PosixFileSystem files;
    SystemRandom system_random;
    Prng random(seed);
    const auto opened = SegmentLog::open(files, system_random, options);
    if (!opened.ok()) ::_exit(2);
    for (;;) {
        const std::uint64_t position = opened.value()->end();
        const auto count = static_cast<std::uint32_t>(1 + random.below(40));
        const std::uint64_t payload_most = random.chance(25) ? 60'000 : 2000;
        const auto payload_bytes = static_cast<std::uint32_t>(random.below(payload_most));
        const auto group = sample_batch(position, count, payload_bytes);
        if (!opened.value()->append(group.events()).ok()) ::_exit(3);
        const std::uint64_t end = opened.value()->end();
        if (::write(pipe, &end, sizeof end) != sizeof end) ::_exit(4);
    }
}

// Starts the appender, kills it after some acknowledgements and a little more, and answers the
// last acknowledged end.
std::uint64_t run_and_kill(const SegmentLogOptions& options, Prng& random) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const std::uint64_t seed = random.next();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        append_for_ever(options, ends[1], seed);
    }
    ::close(ends[1]);
    std::uint64_t acknowledged = 0;
    for (std::uint64_t left = random.below(30); left > 0; --left) {
        REQUIRE(::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
    }
    for (std::uint64_t left = random.below(300'000); left > 0; --left) {
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    // What it still wrote into the pipe was acknowledged too.
    for (std::uint64_t end = 0; ::read(ends[0], &end, sizeof end) == sizeof end;) {
        acknowledged = end;
    }
    ::close(ends[0]);
    return acknowledged;
}

}  // namespace

TEST_CASE("a process killed at any moment loses nothing that it acknowledged") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Prng random(seed);
    PosixFileSystem files;
    SystemRandom system_random;
    std::uint64_t done = 0;
    std::uint64_t torn = 0;
    while (done < kills()) {
        // A fresh log now and then, so that the making of a log is interrupted as well.
        const TempFolder folder;
        std::uint64_t acknowledged = 0;
        for (int round = 0; round < 10 && done < kills(); ++round, ++done) {
            CAPTURE(done);
            acknowledged = std::max(acknowledged, run_and_kill(options_in(folder), random));
            const auto log = SegmentLog::open(files, system_random, options_in(folder));
            REQUIRE_MESSAGE(log.ok(), log.error().message);
            REQUIRE(log.value()->end() >= acknowledged);
            REQUIRE(log.value()->verify(VerifyDepth::full).value() == log.value()->head());
            acknowledged = log.value()->end();
            torn += log.value()->dropped_bytes() > 0 ? 1U : 0U;
            REQUIRE(tests::positions_from(*log.value(), 0) == acknowledged);
        }
    }
    MESSAGE(done, " kills, ", torn, " of them left an unfinished write");
}

TEST_CASE("readers beside the writer see whole groups, in order, and nothing before it is durable"
) {
    const TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    const auto log = SegmentLog::open(files, random, options_in(folder)).value();
    constexpr std::uint64_t groups = 400;
    std::atomic<std::uint64_t> appended{0};

    std::vector<std::jthread> readers;
    std::atomic<std::uint64_t> finished{0};
    for (int index = 0; index < 3; ++index) {
        readers.emplace_back([&] {
            const auto reader = log->read(0).value();
            std::uint64_t position = 0;
            while (position < groups * 7) {
                const std::uint64_t durable =
                    log->wait_beyond(position, std::chrono::milliseconds(10'000));
                while (position < durable) {
                    const auto events = reader->next().value();
                    if (events.size() != 7) return;
                    for (const EventBytes event : events) {
                        if (header_of(event).position() != position++) return;
                        if (!support::is_sample(event)) return;
                    }
                    // The append of a group that is visible has at least begun.
                    if (position > appended.load() + 7) return;
                }
                if (log->head().size < position) return;
            }
            ++finished;
        });
    }
    for (std::uint64_t group = 0; group < groups; ++group) {
        const auto events = sample_batch(group * 7, 7, 300);
        REQUIRE(log->append(events.events()).ok());
        appended.store(group * 7 + 7);
    }
    readers.clear();
    CHECK(finished.load() == 3);
}

TEST_CASE("a log can be opened for reading at any moment while another appends") {
    const TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    const auto log = SegmentLog::open(files, random, options_in(folder)).value();
    std::atomic<bool> is_over{false};
    std::atomic<std::uint64_t> opened{0};
    std::string failure;
    std::jthread other([&] {
        SegmentLogOptions read_only = options_in(folder);
        read_only.read_only = true;
        while (!is_over.load() || opened.load() == 0) {
            const std::uint64_t durable = log->end();
            const auto seen = SegmentLog::open(files, random, read_only);
            if (!seen.ok()) {
                failure = seen.error().message;
                return;
            }
            if (seen.value()->end() < durable) failure = "it saw less than was durable";
            ++opened;
        }
    });
    std::uint64_t position = 0;
    for (int group = 0; group < 200; ++group) {
        const auto events = sample_batch(position, 5, 700);
        REQUIRE(log->append(events.events()).ok());
        position += 5;
    }
    is_over.store(true);
    other.join();
    CHECK(failure.empty());
    if (!failure.empty()) MESSAGE(failure);
    MESSAGE("opened ", opened.load(), " times");
}

TEST_CASE("waiting for events that do not come ends with the time") {
    MemoryLog log;
    CHECK(log.wait_beyond(0, std::chrono::milliseconds(1)) == 0);
}
