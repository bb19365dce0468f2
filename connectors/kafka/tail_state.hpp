// What the tailer's two threads tell each other and those who wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/rule.hpp"
#include "connectors/kafka/sent_group.hpp"

namespace daybook::kafka {

// A group that this process has sent and waits to read.
struct Expectation {
    std::uint64_t number = 0;  // One for each.
    std::chrono::nanoseconds since{};
    std::shared_ptr<SentGroup> sent;      // Until it was read.
    bool is_confirmed = false;            // By Kafka, which says
    std::optional<std::uint64_t> offset;  // where it put the first record; none: it did not say.
};

// The newest claim that counts.
struct SeenClaim {
    ClaimWords words;
    std::uint64_t position = 0;
};

// What others may know of the tailer; a copy.
struct TailState {
    Tip tip;                    // The copy holds everything before tip.next.
    std::uint32_t waiting = 0;  // Records of a batch that is not whole,
    Hash waiting_chain{};       // and the chain value with them.
    std::uint64_t offset = 0;
    bool is_confirmed = false;  // It is the topic that the copy was read from.
    std::uint64_t end_offset = 0;
    std::uint64_t void_records = 0;
    std::uint64_t unread_records = 0;  // Ours, known from Kafka's answer.
    std::uint64_t fences = 0;
    std::optional<SeenClaim> newest_claim;
    std::optional<Hash> genesis;  // The chain value after the first event.
    Instant recorded_at;          // Of the last event.
    std::chrono::nanoseconds lag{};
    std::optional<Error> failure;  // It follows no more.
};

// The newest term read from the topic. It is known before the copy shows the event that began it:
// who sees another node's claim in the copy finds that term here.
struct NewestTerm {
    std::uint64_t term = 0;
    std::optional<SeenClaim> claim;  // The newest; of an earlier term when a fence began this one.
};

// What became of the things that others wait for.
struct Findings {
    std::uint64_t expectation = 0;  // Its number.
    bool is_met = false;
    std::optional<Error> missed;
    Id nonce;                      // Of the claim that is watched,
    std::optional<Verdict> claim;  // and the verdict on it.
};

}  // namespace daybook::kafka
