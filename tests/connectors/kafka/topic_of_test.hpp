// A topic of a test's own on the broker that DAYBOOK_KAFKA names, removed with the test; nodes with
// their local copies; and a hand that writes records as no honest node would.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/claim.hpp"
#include "connectors/kafka/kafka_log.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/topic.hpp"
#include "engine/log/merkle.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook::kafka {

inline constexpr std::chrono::milliseconds test_patience{20'000};

// A node: a log with a copy in a folder of its own. It may be closed and opened again.
class TestNode {
 public:
    TestNode(const Place& place, std::string_view name) : place_(place), id_(id_from_code(name)) {}

    [[nodiscard]] Result<void> open(bool create = true) {
        log.reset();
        KafkaLogOptions options;
        options.place = place_;
        options.folder = folder() + "/copy";
        options.create = create;
        options.patience = patience;
        options.segment_bytes = 64 * 1024;
        DAYBOOK_TRY(log, KafkaLog::open(files, random, clock, options));
        return {};
    }
    [[nodiscard]] Result<void> claim() {
        return log->claim({.node = id_, .url = "http://" + to_string(id_)});
    }
    // One batch at the end of the log.
    [[nodiscard]] Result<void> append(std::uint32_t count = 1, std::uint32_t payload_bytes = 40) {
        const auto group = support::sample_batch(log->end(), count, payload_bytes);
        return log->append(group.events());
    }
    [[nodiscard]] std::string folder() const { return temporary_.path(); }
    [[nodiscard]] const Id& id() const { return id_; }

    PosixFileSystem files;
    SystemRandom random;
    SystemClock clock;
    std::chrono::milliseconds patience = test_patience;
    std::unique_ptr<KafkaLog> log;

 private:
    TempFolder temporary_;
    Place place_;
    Id id_;
};

// The messages of failed calls, for CHECK and REQUIRE.
template <class T>
std::string trouble(const Result<T>& result) {
    return result.ok() ? "" : result.error().message;
}

template <class T>
void require_ok(const Result<T>& result) {
    REQUIRE_MESSAGE(result.ok(), trouble(result));
}

class TestTopic {
 public:
    TestTopic() {
        SystemRandom random;
        place = {
            .brokers = test_broker(),
            .environment = "test",
            .book = fmt::format("b{:016x}", random.next())};
    }
    ~TestTopic() { (void)delete_topic(place, {}, test_patience); }
    TestTopic(const TestTopic&) = delete;
    TestTopic& operator=(const TestTopic&) = delete;

    // Writes records as they are given, without asking whether they fit.
    void inject(std::span<const EventBytes> events, std::span<const Record> records) {
        auto producer = GroupProducer::open(place, {}, test_patience);
        REQUIRE_MESSAGE(producer.ok(), trouble(producer));
        HeaderWriter writer{place.source(), domain_modules()};
        for (std::size_t index = 0; index < events.size(); ++index) {
            const auto sent = producer.value()->send(
                writer.key(events[index]),
                events[index],
                writer.headers(events[index], records[index])
            );
            REQUIRE_MESSAGE(sent.ok(), trouble(sent));
        }
        const auto confirmed = producer.value()->confirm(test_patience);
        REQUIRE_MESSAGE(confirmed.ok(), trouble(confirmed));
    }
    // The same for a batch that continues the log of a node, in some term.
    void inject_batch(
        const KafkaLog& log, std::uint64_t term, std::uint32_t count, std::uint32_t sent
    ) {
        const auto group = support::sample_batch(log.end(), count, 30);
        Hasher hasher;
        std::vector<Record> records;
        Hash chain = log.head().chain;
        for (const EventBytes event : group.events()) {
            const EventHeader& header = header_of(event);
            records.push_back(
                {.term = term,
                 .position = header.position(),
                 .prev = chain,
                 .batch_index = header.batch_index(),
                 .batch_count = header.batch_count()}
            );
            chain = hasher.chain(chain, hasher.leaf(event));
        }
        inject(std::span{group.events()}.first(sent), std::span{records}.first(sent));
    }

    Place place;
};

}  // namespace daybook::kafka
