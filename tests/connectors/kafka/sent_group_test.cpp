// The records of a group that is sent, and their hashes while another thread works them out.
#include "connectors/kafka/sent_group.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "connectors/kafka/claim.hpp"
#include "tests/support/sample_events.hpp"

namespace daybook::kafka {
namespace {

Tip tip_at(std::uint64_t position) {
    Tip tip{.term = 3, .next = position};
    tip.chain[0] = std::byte{9};
    return tip;
}

}  // namespace

TEST_CASE("each record carries the chain value that the events before it make") {
    constexpr std::uint32_t count = 100;
    const auto group = support::sample_batch(5, count, 24);
    SentGroup sent;
    sent.begin(group.events(), tip_at(5));
    LaneHasher sending;
    std::jthread beside{[&] { sent.hash(sending); }};
    CHECK(sent.count() == count);
    CHECK(sent.first() == 5);
    CHECK(sent.end() == 5 + count);
    CHECK(sent.term() == 3);
    Hasher hasher;
    Hash chain = tip_at(5).chain;
    for (std::uint32_t index = 0; index < count; ++index) {
        const EventBytes event = group.events()[index];
        const Record& record = sent.record(index);
        CHECK(record.term == 3);
        CHECK(record.position == 5 + index);
        CHECK(record.batch_index == index);
        CHECK(record.batch_count == count);
        CHECK(record.prev == chain);
        CHECK(record.leaf == hasher.leaf(event));
        chain = hasher.chain(chain, record.leaf);
        CHECK(sent.chain_after(index) == chain);
        CHECK(std::ranges::equal(sent.at(index).event, event));
        CHECK(sent.events().hashes()[index].chain == chain);
    }
}

TEST_CASE("what came back as it was sent has the hash it was sent with, anything else none") {
    const auto group = support::sample_batch(5, 3, 24);
    const auto events = group.events();
    Hasher hasher;
    LaneHasher sending;
    SentGroup sent;
    sent.begin(events, tip_at(5));
    sent.hash(sending);
    for (std::size_t index = 0; index < events.size(); ++index) {
        CHECK(sent.leaf_of(5 + index, events[index]) == hasher.leaf(events[index]));
        std::vector<std::byte> other(events[index].begin(), events[index].end());
        other.back() ^= std::byte{1};
        CHECK(!sent.leaf_of(5 + index, other));
    }
    CHECK(!sent.leaf_of(4, events[0]));
    CHECK(!sent.leaf_of(8, events[2]));
    CHECK(!sent.leaf_of(6, events[1].first(events[1].size() - 1)));
}

TEST_CASE("what stands in the topic already is hashed, and not sent") {
    const auto group = support::sample_batch(5, 4, 24);
    LaneHasher sending;
    SentGroup whole;
    whole.begin(group.events(), tip_at(5));
    whole.hash(sending);
    SentGroup rest;
    rest.begin(group.events(), tip_at(5), 3);
    rest.hash(sending);
    CHECK(rest.count() == 1);
    CHECK(rest.first() == 8);
    CHECK(rest.record(0).prev == whole.record(3).prev);
    CHECK(rest.chain_after(0) == whole.chain_after(3));
    CHECK(!rest.leaf_of(7, group.events()[2]));
    CHECK(rest.leaf_of(8, group.events()[3]).has_value());
}

TEST_CASE("a claim that was made elsewhere begins its own term") {
    const OwnedEvent claim = claim_event({.term = 8, .node = id_from_code("a")}, 0, Instant{});
    const EventBytes events[] = {claim.bytes()};
    SentGroup sent;
    sent.begin(events, Tip{});
    LaneHasher sending;
    sent.hash(sending);
    CHECK(sent.term() == 8);
    CHECK(sent.at(0).record.is_claim);
    CHECK(sent.at(0).is_copied);
}

}  // namespace daybook::kafka
