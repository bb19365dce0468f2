// Which records of a topic are events of the book: the rule of topics.md as a pure fold. The
// reader, the verifier and the simulation apply this code and no other, so that all agree.
//
// Kafka cannot compare and append. The rule does it afterwards, the same for everybody: the first
// record that fits the tip of the chain wins, and a claim of a higher term ends every term before.
#pragma once

#include <cstdint>

#include "engine/log/log.hpp"
#include "engine/log/merkle.hpp"

namespace daybook::kafka {

// A record of a topic, as far as the rule looks at it. Whether the headers agree with the value was
// checked before; see headers.hpp.
struct Record {
    std::uint64_t term = 0;
    std::uint64_t position = 0;
    Hash prev{};  // The chain value before it, as its writer knew it.
    std::uint32_t batch_index = 0;
    std::uint32_t batch_count = 1;
    bool is_claim = false;  // Of `term`.
    Hash leaf{};            // SHA-256(0x00 || value).
};

enum class Verdict : unsigned char {
    is_void,  // No event of the book, and it changes nothing.
    waits,    // It continues a batch that is not whole yet.
    counts,   // An event; with it the batch is whole, and all that waited counts too.
    claims,   // A claim that is an event: its writer leads.
    fences,   // A claim that ends the term before it, but is no event of the book.
};

struct Judgement {
    Verdict verdict = Verdict::is_void;
    std::uint32_t voided = 0;  // Records that waited and have become void by this claim.
};

struct Tip {
    std::uint64_t term = 0;
    std::uint64_t next = 0;  // The position that the next event takes.
    Hash chain{};            // After all events that count.
    friend bool operator==(const Tip&, const Tip&) = default;
};

// What the simulation switches off, to see that it then finds what the rule prevents. Everything
// else applies the whole rule. Term and chain guard each other: with either of them alone nothing
// goes wrong as long as writers are honest, so they are switched off together.
enum class Guard : unsigned char {
    whole,
    positions_alone,  // Neither term nor chain value is looked at.
    without_batches,  // Each record counts as it arrives.
    claims_anywhere,  // A claim leads, also when events came in between.
};

class Rule {
 public:
    Rule() = default;
    explicit Rule(const Tip& tip, Guard guard = Guard::whole);

    // `chain_after` is the chain value with the record, where its writer has it at hand.
    [[nodiscard]] Judgement judge(const Record& record, const Hash* chain_after = nullptr);

    [[nodiscard]] const Tip& tip() const { return tip_; }
    // Of the batch that is not whole yet.
    [[nodiscard]] std::uint32_t waiting() const { return waiting_; }
    // The chain value with the waiting records: what continues the batch names it.
    [[nodiscard]] const Hash& waiting_chain() const { return waiting_chain_; }

 private:
    [[nodiscard]] Judgement judge_claim(const Record& record);
    [[nodiscard]] bool fits(const Record& record) const;

    Hasher hasher_;
    Tip tip_;
    std::uint32_t waiting_ = 0;
    std::uint32_t batch_count_ = 0;  // Of the waiting batch; 0 without one.
    Hash waiting_chain_{};           // tip_.chain while nothing waits.
    Guard guard_ = Guard::whole;
};

}  // namespace daybook::kafka
