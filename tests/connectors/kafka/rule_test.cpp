// The rule of validity, on the example of connectors/kafka/topics.md and at its edges.
#include "connectors/kafka/rule.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace daybook::kafka {
namespace {

Hash leaf(char name) {
    Hash hash{};
    hash[0] = static_cast<std::byte>(name);
    return hash;
}

// Builds records as their writers would, and names what the rule says.
struct Topic {
    std::string put(const Record& record) {
        const Judgement judgement = rule.judge(record);
        const std::string voided = judgement.voided == 0 ? "" : std::to_string(judgement.voided);
        switch (judgement.verdict) {
            case Verdict::is_void: return "void" + voided;
            case Verdict::waits: return "waits" + voided;
            case Verdict::counts: return "counts" + voided;
            case Verdict::claims: return "claims" + voided;
            case Verdict::fences: return "fences" + voided;
        }
        return "";
    }
    Record at_tip(char name) const {
        return {
            .term = rule.tip().term,
            .position = rule.tip().next,
            .prev = rule.tip().chain,
            .leaf = leaf(name)};
    }
    Record claim(std::uint64_t term, char name) const {
        Record record = at_tip(name);
        record.term = term;
        record.is_claim = true;
        return record;
    }
    // The place after the waiting records.
    Record next_of_batch(char name, std::uint32_t index, std::uint32_t count) const {
        Record record = at_tip(name);
        record.position += rule.waiting();
        record.prev = rule.waiting_chain();
        record.batch_index = index;
        record.batch_count = count;
        return record;
    }

    Rule rule;
};

}  // namespace

TEST_CASE("the example of the page is judged as the page says") {
    Topic topic;
    CHECK(topic.put(topic.claim(1, 'A')) == "claims");
    CHECK(topic.put(topic.at_tip('a')) == "counts");
    const Record late_claim = [&] {
        Record record = topic.claim(2, 'L');
        record.position = 3;
        return record;
    }();
    CHECK(topic.put(topic.next_of_batch('b', 0, 3)) == "waits");
    CHECK(topic.put(topic.next_of_batch('c', 1, 3)) == "waits");
    const Record third = topic.next_of_batch('d', 2, 3);
    CHECK(topic.put(topic.claim(2, 'B')) == "claims2");
    CHECK(topic.rule.tip().next == 3);
    CHECK(topic.put(third) == "void");
    CHECK(topic.put(late_claim) == "void");
    const Record stale_claim = topic.claim(3, 'S');
    const Record d = topic.at_tip('d');
    CHECK(topic.put(d) == "counts");
    CHECK(topic.put(d) == "void");
    const Record e = topic.at_tip('e');
    CHECK(topic.put(stale_claim) == "fences");
    CHECK(topic.rule.tip().term == 3);
    CHECK(topic.rule.tip().next == 4);
    CHECK(topic.put(e) == "void");
    CHECK(topic.put(topic.claim(4, 'A')) == "claims");
    CHECK(topic.rule.tip().term == 4);
    CHECK(topic.rule.tip().next == 5);
}

TEST_CASE("an event that fits in all but one thing is void and changes nothing") {
    Topic topic;
    REQUIRE(topic.put(topic.claim(5, 'A')) == "claims");
    REQUIRE(topic.put(topic.at_tip('a')) == "counts");
    const Tip before = topic.rule.tip();
    std::vector<Record> wrong(8, topic.at_tip('x'));
    wrong[0].term = 4;
    wrong[1].term = 6;
    wrong[2].position = before.next + 1;
    wrong[3].position = before.next - 1;
    wrong[4].prev[31] ^= std::byte{1};
    wrong[5].batch_count = 0;
    wrong[6].batch_index = 1;
    wrong[6].batch_count = 2;
    wrong[7].batch_index = 1;
    for (const Record& record : wrong) {
        CHECK(topic.put(record) == "void");
        CHECK(topic.rule.tip() == before);
    }
    CHECK(topic.put(topic.at_tip('x')) == "counts");
}

TEST_CASE("a batch goes on only with its next record, and a repeated one does not disturb it") {
    Topic topic;
    const Record first = topic.next_of_batch('a', 0, 3);
    CHECK(topic.put(first) == "waits");
    CHECK(topic.put(first) == "void");
    CHECK(topic.put(topic.next_of_batch('b', 2, 3)) == "void");
    CHECK(topic.put(topic.next_of_batch('b', 1, 4)) == "void");
    CHECK(topic.put(topic.next_of_batch('b', 1, 3)) == "waits");
    CHECK(topic.rule.tip().next == 0);
    CHECK(topic.put(topic.next_of_batch('c', 2, 3)) == "counts");
    CHECK(topic.rule.tip().next == 3);
    CHECK(topic.rule.waiting() == 0);
    CHECK(topic.rule.waiting_chain() == topic.rule.tip().chain);
}

TEST_CASE("a claim of no higher term, or inside a batch, is void; term 0 needs no claim") {
    Topic topic;
    CHECK(topic.put(topic.at_tip('a')) == "counts");
    CHECK(topic.put(topic.claim(0, 'A')) == "void");
    Record in_batch = topic.claim(1, 'A');
    in_batch.batch_count = 2;
    CHECK(topic.put(in_batch) == "void");
    CHECK(topic.put(topic.claim(7, 'A')) == "claims");
    CHECK(topic.put(topic.claim(7, 'B')) == "void");
    CHECK(topic.put(topic.claim(6, 'B')) == "void");
}

TEST_CASE("the chain value is that of the embedded log") {
    Topic topic;
    Hasher hasher;
    REQUIRE(topic.put(topic.claim(1, 'A')) == "claims");
    REQUIRE(topic.put(topic.at_tip('a')) == "counts");
    Commitment commitment;
    commitment.add(hasher, leaf('A'));
    commitment.add(hasher, leaf('a'));
    CHECK(topic.rule.tip().chain == commitment.chain);
}

TEST_CASE("without the chain value a record that was changed passes unseen") {
    const auto voids = [](Guard guard) {
        Topic written;
        std::vector<Record> records{written.claim(1, 'A')};
        for (const char name : {'a', 'b', 'c'}) {
            REQUIRE(written.put(records.back()) != "void");
            records.push_back(written.at_tip(name));
        }
        records[1].leaf = leaf('x');
        Topic read;
        read.rule = Rule{Tip{}, guard};
        int count = 0;
        for (const Record& record : records) count += read.put(record) == "void" ? 1 : 0;
        return count;
    };
    CHECK(voids(Guard::whole) == 2);
    CHECK(voids(Guard::positions_alone) == 0);
}

TEST_CASE("a rule that goes on from a tip judges as one that read everything") {
    Topic whole;
    REQUIRE(whole.put(whole.claim(1, 'A')) == "claims");
    Topic resumed;
    resumed.rule = Rule{whole.rule.tip()};
    const Record record = whole.at_tip('a');
    CHECK(whole.put(record) == resumed.put(record));
    CHECK(whole.rule.tip() == resumed.rule.tip());
}

}  // namespace daybook::kafka
