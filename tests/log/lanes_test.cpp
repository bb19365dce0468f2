// Many hashes at a time against one after the other.
#include "engine/log/lanes.hpp"

#include <doctest/doctest.h>

#include "engine/base/prng.hpp"
#include "tests/support/seed.hpp"

using namespace daybook;

namespace {

std::vector<std::byte> bytes_of(Prng& prng, std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(prng.below(256));
    return bytes;
}

std::vector<Hash> hashes_of(Prng& prng, std::size_t count) {
    std::vector<Hash> hashes(count);
    for (Hash& hash : hashes) std::ranges::copy(bytes_of(prng, hash.size()), hash.begin());
    return hashes;
}

}  // namespace

TEST_CASE("leaves are the same in lanes, whatever their number and their lengths") {
    Prng prng(test_seed());
    Hasher hasher;
    LaneHasher lanes;
    for (std::size_t count = 0; count < 200; count += 1 + count / 20) {
        std::vector<std::vector<std::byte>> messages;
        for (std::size_t index = 0; index < count; ++index) {
            const std::uint64_t longest = prng.chance(20) ? 9000 : 400;
            messages.push_back(bytes_of(prng, prng.below(longest)));
        }
        const std::vector<EventBytes> events(messages.begin(), messages.end());
        std::vector<Hash> hashes(count);
        lanes.leaves(events, hashes);
        for (std::size_t index = 0; index < count; ++index) {
            CHECK(hashes[index] == hasher.leaf(events[index]));
        }
    }
}

TEST_CASE("every length from nothing to five blocks") {
    Prng prng(test_seed());
    Hasher hasher;
    LaneHasher lanes;
    const std::vector<std::byte> bytes = bytes_of(prng, 320);
    std::vector<EventBytes> events;
    for (std::size_t count = 0; count <= bytes.size(); ++count) {
        events.push_back(std::span{bytes}.first(count));
    }
    std::vector<Hash> hashes(events.size());
    lanes.leaves(events, hashes);
    for (std::size_t index = 0; index < events.size(); ++index) {
        CHECK(hashes[index] == hasher.leaf(events[index]));
    }
}

TEST_CASE("nodes are the same in lanes") {
    Prng prng(test_seed());
    Hasher hasher;
    LaneHasher lanes;
    for (const std::size_t count : {0U, 1U, 7U, 8U, 64U, 65U, 300U}) {
        const std::vector<Hash> children = hashes_of(prng, 2 * count);
        std::vector<Hash> parents(count);
        lanes.nodes(children, parents);
        for (std::size_t index = 0; index < count; ++index) {
            CHECK(parents[index] == hasher.node(children[2 * index], children[2 * index + 1]));
        }
    }
}

TEST_CASE("a tree grows by many leaves as by one after the other") {
    Prng prng(test_seed());
    Hasher hasher;
    LaneHasher lanes;
    TreeFrontier one;
    TreeFrontier many;
    for (int round = 0; round < 200; ++round) {
        const std::vector<Hash> leaves = hashes_of(prng, prng.below(prng.chance(10) ? 500 : 12));
        for (const Hash& leaf : leaves) one.add(hasher, leaf);
        many.add(lanes, leaves);
        REQUIRE(many == one);
    }
}
