// What the tests of the segment log share: a log on a disk in memory, with tiny segments.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "engine/log/memory_log.hpp"
#include "engine/log/segment_log.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/sample_events.hpp"

namespace daybook::tests {

class FixedRandom final : public Random {
 public:
    [[nodiscard]] std::uint64_t next() override { return 0x0123'4567'89AB'CDEF; }
};

struct Disk {
    support::FakeFileSystem files;
    FixedRandom random;
    SegmentLogOptions options{
        .folder = "book/log", .create = true, .segment_bytes = 16 * 1024, .prepare_ahead = false};

    [[nodiscard]] Result<std::unique_ptr<SegmentLog>> open() {
        return SegmentLog::open(files, random, options);
    }
    [[nodiscard]] Result<std::unique_ptr<SegmentLog>> open_to_read() {
        SegmentLogOptions read_only = options;
        read_only.read_only = true;
        return SegmentLog::open(files, random, read_only);
    }
};

// Reads to the end, checks that positions follow each other and payloads are those of the samples,
// and answers the position after the last.
[[nodiscard]] inline std::uint64_t positions_from(const Log& log, std::uint64_t from) {
    const auto reader = log.read(from).value();
    std::uint64_t position = from;
    for (;;) {
        const auto events = reader->next();
        REQUIRE_MESSAGE(events.ok(), events.error().message);
        if (events.value().empty()) return position;
        for (const EventBytes event : events.value()) {
            REQUIRE(header_of(event).position() == position);
            REQUIRE(support::is_sample(event));
            ++position;
        }
    }
}

// The head of a model after some of its events.
[[nodiscard]] inline TreeHead head_at(const MemoryLog& model, std::uint64_t end) {
    Hasher hasher;
    Commitment commitment;
    const auto reader = model.read(0).value();
    while (commitment.tree.size() < end) {
        const auto events = reader->next().value();
        for (const EventBytes event : events) {
            if (commitment.tree.size() < end) commitment.add(hasher, hasher.leaf(event));
        }
    }
    return commitment.head(hasher);
}

// The events of a log, in memory.
[[nodiscard]] inline std::unique_ptr<MemoryLog> copy_of(const SegmentLog& log) {
    auto model = std::make_unique<MemoryLog>();
    const auto reader = log.read(0).value();
    for (auto events = reader->next().value(); !events.empty(); events = reader->next().value()) {
        REQUIRE(model->append(events).ok());
    }
    return model;
}

}  // namespace daybook::tests
