// The log over a real topic: claims, groups, and every way in which another may get in between.
#include "connectors/kafka/kafka_log.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/connectors/kafka/topic_of_test.hpp"

namespace daybook::kafka {
namespace {

// Both logs hold the same bytes.
void check_same(const Log& left, const Log& right) {
    CHECK(left.end() == right.end());
    CHECK(left.head() == right.head());
}

std::uint64_t sample_count(const Log& log) {
    const auto reader = log.read(0);
    REQUIRE(reader.ok());
    std::uint64_t count = 0;
    while (true) {
        const auto events = reader.value()->next();
        REQUIRE(events.ok());
        if (events.value().empty()) return count;
        for (const EventBytes event : events.value()) {
            if (is_claim(event)) continue;
            CHECK(support::is_sample(event));
            ++count;
        }
    }
}

}  // namespace

TEST_CASE("a topic that is not there is named, and made only when asked") {
    const TestTopic topic;
    TestNode node{topic.place, "a"};
    const auto missing = node.open(false);
    REQUIRE(!missing.ok());
    CHECK(missing.error().code == ErrorCode::not_found);
    CHECK(
        missing.error().message ==
        fmt::format("there is no topic {} at {}", topic.place.topic(), topic.place.brokers)
    );
    require_ok(node.open(true));
    CHECK(node.log->end() == 0);
    CHECK(!node.log->holder());
    require_ok(node.open(false));
}

TEST_CASE("who claims may append, and another node reads the same bytes") {
    const TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    const auto unclaimed = a.append();
    REQUIRE(!unclaimed.ok());
    CHECK(unclaimed.error().code == ErrorCode::denied);
    require_ok(a.claim());
    CHECK(a.log->leads());
    CHECK(a.log->end() == 1);
    for (const std::uint32_t count : {1U, 3U, 1U, 250U}) require_ok(a.append(count));
    CHECK(a.log->end() == 256);
    require_ok(b.open());
    check_same(*a.log, *b.log);
    CHECK(sample_count(*b.log) == 255);
    CHECK(!b.log->leads());
    const auto holder = b.log->holder();
    REQUIRE(holder.has_value());
    CHECK(holder->node == a.id());
    CHECK(holder->url == "http://a");
    CHECK(holder->term == 1);
    CHECK(holder->position == 0);
    CHECK(!holder->is_us);
    CHECK(a.log->holder()->is_us);
    // A standby follows without being told.
    require_ok(a.append(2));
    CHECK(b.log->wait_beyond(257, test_patience) == 258);
    check_same(*a.log, *b.log);
    const KafkaMetrics metrics = a.log->metrics();
    CHECK(metrics.position == 258);
    CHECK(metrics.lag_records() == 0);
    CHECK(metrics.term == 1);
    CHECK(metrics.led_term == 1);
    CHECK(metrics.void_records == 0);
    CHECK(metrics.append_micros.count == 5);
    CHECK(metrics.group_events.sum == 257);
}

TEST_CASE("of its own groups a node reads what it must") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    require_ok(a.claim());
    const auto append_ten = [&] {
        for (int group = 0; group < 10; ++group) require_ok(a.append(3));
    };
    append_ten();
    const std::uint64_t unread = a.log->metrics().unread_records;
    CHECK(unread > 0);
    // What others wrote in between is read, and what comes behind it.
    topic.inject_batch(*a.log, 0, 2, 2);
    append_ten();
    CHECK(a.log->metrics().void_records == 2);
    append_ten();
    CHECK(a.log->metrics().unread_records > unread);
    require_ok(b.open());
    check_same(*a.log, *b.log);
    require_ok(b.claim());
    const auto late = a.append();
    REQUIRE(!late.ok());
    CHECK(late.error().message.find("claimed") != std::string::npos);
    require_ok(a.log->catch_up());
    check_same(*a.log, *b.log);
    CHECK(a.log->metrics().lag_records() == 0);
}

TEST_CASE("a claim takes the book over, and the one before appends no more") {
    const TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(a.append(2));
    require_ok(b.open());
    require_ok(b.claim());
    CHECK(a.log->wait_beyond(3, test_patience) == 4);
    CHECK(!a.log->leads());
    const auto late = a.append();
    REQUIRE(!late.ok());
    CHECK(late.error().code == ErrorCode::io);
    CHECK(
        late.error().message.find("term 1 is over, term 2 was claimed by node b") !=
        std::string::npos
    );
    require_ok(b.append(2));
    require_ok(a.claim());
    CHECK(a.log->metrics().recycles == 1);
    require_ok(a.append());
    require_ok(b.log->catch_up());
    check_same(*a.log, *b.log);
    CHECK(b.log->holder()->term == 3);
}

TEST_CASE("records of a term that is over are void, and change nothing") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(a.claim());
    topic.inject_batch(*a.log, 1, 2, 2);
    topic.inject_batch(*a.log, 3, 1, 1);
    require_ok(a.append(2));
    CHECK(a.log->metrics().void_records == 3);
    CHECK(sample_count(*a.log) == 2);
    TestNode b{topic.place, "b"};
    require_ok(b.open());
    check_same(*a.log, *b.log);
    CHECK(b.log->metrics().void_records == 3);
}

TEST_CASE("a batch that its writer left unfinished is voided by the next claim") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    topic.inject_batch(*a.log, 1, 3, 2);
    require_ok(a.log->catch_up());
    CHECK(a.log->end() == 1);
    TestNode b{topic.place, "b"};
    require_ok(b.open());
    require_ok(b.claim());
    require_ok(b.append(3));
    CHECK(b.log->metrics().void_records == 2);
    require_ok(a.log->catch_up());
    check_same(*a.log, *b.log);
    CHECK(sample_count(*a.log) == 3);
}

TEST_CASE("a writer whose records are void learns it from the topic and says so") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    // Somebody writes in our term, where our next event would go: the first one wins.
    const auto group = support::sample_batch(a.log->end(), 1, 40);
    topic.inject_batch(*a.log, 1, 1, 1);
    const auto lost = a.log->append(group.events());
    // Seen in time, it is where our group would have gone; else our record is void.
    REQUIRE(!lost.ok());
    const std::string& message = lost.error().message;
    CHECK_MESSAGE(
        (message.find("is void") != std::string::npos ||
         message.find("position") != std::string::npos),
        message
    );
    require_ok(a.claim());
    require_ok(a.append());
    CHECK(sample_count(*a.log) == 2);
}

TEST_CASE("a writer whose place a claim has taken learns it at once") {
    const TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(b.open());
    // While group follows group, what others add is not read.
    require_ok(a.append());
    require_ok(b.claim());
    const SystemClock clock;
    const auto began = clock.elapsed();
    CHECK(!a.append().ok());
    CHECK(clock.elapsed() - began < std::chrono::seconds{10});
}

TEST_CASE("a claim that goes on from events which the topic does not have is no mere fence") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(a.append(3));
    const ClaimWords words{
        .term = 2,
        .node = id_from_code("b"),
        .url = {},
        .nonce = id_from_code("b-2"),
        .cluster = a.log->cluster(),
        .genesis = {}};
    std::uint64_t position = a.log->end();
    std::string found = "claimed term 2 after other events than there are before position 4";
    SUBCASE("other events at the same place") {}
    SUBCASE("more events") {
        position += 2;
        found = "claimed term 2 at position 6, and the topic has events up to 4 only";
    }
    const OwnedEvent claim = claim_event(words, position, a.clock.now());
    const EventBytes event = claim.bytes();
    const Record record{.term = 2, .position = position, .is_claim = true};
    topic.inject({&event, 1}, {&record, 1});
    const auto seen = a.log->catch_up();
    REQUIRE(!seen.ok());
    CHECK(seen.error().code == ErrorCode::corrupt);
    CHECK_MESSAGE(seen.error().message.find(found) != std::string::npos, seen.error().message);
    CHECK(!a.append().ok());
    TestNode b{topic.place, "b"};
    const auto opened = b.open();
    REQUIRE(!opened.ok());
    CHECK(opened.error().code == ErrorCode::corrupt);
}

TEST_CASE("a copy goes on where it was, with and without what it remembers of the topic") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(b.open());
    for (int round = 0; round < 3; ++round) {
        require_ok(a.append(5));
        b.log.reset();
        require_ok(a.append(2));
        if (round == 1) std::filesystem::remove(b.folder() + "/copy/origin");
        if (round == 2) std::filesystem::remove_all(b.folder() + "/copy");
        require_ok(b.open());
        check_same(*a.log, *b.log);
        CHECK(b.log->holder()->term == 1);
        CHECK(b.log->copy().verify(VerifyDepth::full).ok());
    }
}

TEST_CASE("a topic whose settings break the promises is refused, each by name") {
    TestTopic topic;
    require_ok(create_topic(
        topic.place,
        {},
        test_patience,
        {{"cleanup.policy", "compact"},
         {"retention.ms", "1000"},
         {"retention.bytes", "1000000"},
         {"unclean.leader.election.enable", "true"},
         {"max.message.bytes", "1000"}}
    ));
    TestNode node{topic.place, "a"};
    const auto refused = node.open();
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::conflict);
    for (const char* setting :
         {"cleanup.policy is compact, must be delete",
          "retention.ms is 1000, must be -1",
          "retention.bytes is 1000000, must be -1",
          "unclean.leader.election.enable is true, must be false",
          "max.message.bytes is 1000, must be 17825792 or more"}) {
        CHECK_MESSAGE(refused.error().message.find(setting) != std::string::npos, setting);
    }
}

TEST_CASE("a topic that mirrors another cluster's is refused") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    const ClaimWords words{
        .term = 1,
        .node = id_from_code("far"),
        .nonce = id_from_code("nonce"),
        .cluster = "another-cluster"};
    const OwnedEvent event = claim_event(words, 0, Instant::from_nanos(1));
    const EventBytes bytes = event.bytes();
    const Record record{.term = 1, .is_claim = true};
    topic.inject(std::span{&bytes, 1}, std::span{&record, 1});
    const auto refused = a.claim();
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(refused.error().message.find("is a mirror") != std::string::npos);
    CHECK(refused.error().message.find("another-cluster") != std::string::npos);
}

TEST_CASE("a topic that was removed and made again is not taken for the old one") {
    TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(a.append(4));
    a.log.reset();
    require_ok(delete_topic(topic.place, {}, test_patience));
    TestNode b{topic.place, "b"};
    // Kafka removes a topic a little after it said so.
    bool is_new = false;
    for (int attempt = 0; attempt < 1000 && !is_new; ++attempt) {
        is_new = b.open().ok() && b.log->end() == 0 && b.claim().ok();
    }
    REQUIRE(is_new);
    const auto refused = a.open();
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::corrupt);
    MESSAGE(refused.error().message);
    for (int count = 0; count < 8; ++count) require_ok(b.append());
    const auto refused_still = a.open();
    REQUIRE(!refused_still.ok());
    CHECK(refused_still.error().code == ErrorCode::corrupt);
    CHECK(
        refused_still.error().message.find("another topic of the same name") != std::string::npos
    );
}

TEST_CASE("a broker that is not there is named within the patience") {
    const TestTopic topic;
    Place nowhere = topic.place;
    nowhere.brokers = "127.0.0.1:1";
    TestNode node{nowhere, "a"};
    node.patience = std::chrono::milliseconds{1500};
    const auto refused = node.open();
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(refused.error().message.find("no Kafka broker at 127.0.0.1:1 answered") == 0);
}

TEST_CASE("a book that began elsewhere is claimed for what it is") {
    const TestTopic topic;
    TestNode a{topic.place, "a"};
    TestNode b{topic.place, "b"};
    require_ok(a.open());
    require_ok(a.log->append_copied(support::sample_batch(0, 3, 40).events()));
    require_ok(a.claim());
    require_ok(a.append());
    require_ok(b.open());
    check_same(*a.log, *b.log);
    require_ok(b.claim());
    require_ok(b.append());
    CHECK(sample_count(*b.log) == 5);
}

TEST_CASE("a large event and a large group pass whole") {
    const TestTopic topic;
    TestNode a{topic.place, "a"};
    require_ok(a.open());
    require_ok(a.claim());
    require_ok(a.append(1, event_bytes_max - sizeof(EventHeader)));
    require_ok(a.append(20'000, 200));
    TestNode b{topic.place, "b"};
    require_ok(b.open());
    check_same(*a.log, *b.log);
}

}  // namespace daybook::kafka
