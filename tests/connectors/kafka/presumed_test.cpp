// Values alone say the same as all headers, or say that they do not suffice.
#include "connectors/kafka/presumed.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "engine/base/prng.hpp"
#include "tests/support/seed.hpp"

namespace daybook::kafka {
namespace {

// What a writer who has read everything sends: batches of one to three events.
class Writer {
 public:
    explicit Writer(Prng& prng) : prng_(prng) {
        tip_.term = 4;
        tip_.next = 17;
        tip_.chain[0] = std::byte{7};
    }
    [[nodiscard]] const Tip& tip() const { return tip_; }
    [[nodiscard]] std::vector<Record> records(std::size_t count) {
        std::vector<Record> made;
        while (made.size() < count) put_batch(made);
        return made;
    }

 private:
    void put_batch(std::vector<Record>& made) {
        const auto events = static_cast<std::uint32_t>(1 + prng_.below(3));
        for (std::uint32_t index = 0; index < events; ++index) {
            Record record{
                .term = tip_.term,
                .position = tip_.next++,
                .prev = tip_.chain,
                .batch_index = index,
                .batch_count = events};
            for (std::byte& byte : record.leaf) byte = static_cast<std::byte>(prng_.below(256));
            tip_.chain = hasher_.chain(tip_.chain, record.leaf);
            made.push_back(record);
        }
    }
    Prng& prng_;
    Hasher hasher_;
    Tip tip_;
};

// As they are known without headers.
std::vector<Record> without_headers(std::vector<Record> run) {
    for (std::size_t index = 0; index + 1 < run.size(); ++index) {
        run[index].term = 0;
        run[index].prev = {};
    }
    return run;
}

}  // namespace

TEST_CASE("a run that goes on from the tip is as its writer sent it") {
    Prng prng(test_seed());
    Writer writer{prng};
    Rule rule{writer.tip()};
    Hasher hasher;
    const std::vector<Record> sent = writer.records(200);
    for (std::size_t done = 0; done < sent.size();) {
        const std::size_t count = std::min(sent.size() - done, std::size_t{1} + prng.below(20));
        const std::vector<Record> part(&sent[done], &sent[done] + count);
        std::vector<Record> run = without_headers(part);
        std::vector<Hash> chains(count);
        REQUIRE(presume(rule, run, chains, hasher));
        for (std::size_t index = 0; index < count; ++index) {
            CHECK(run[index].term == part[index].term);
            CHECK(run[index].prev == part[index].prev);
            CHECK(rule.judge(run[index], &chains[index]).verdict != Verdict::is_void);
            CHECK(rule.waiting_chain() == chains[index]);
        }
        done += count;
    }
    CHECK(rule.waiting() == 0);
    CHECK(rule.tip() == writer.tip());
}

TEST_CASE("an event that is not the one of the chain, a gap, a claim or another term: look closer"
) {
    Prng prng(test_seed());
    Writer writer{prng};
    const Rule rule{writer.tip()};
    Hasher hasher;
    const std::vector<Record> sent = writer.records(8);
    const auto is_presumed = [&](auto&& change) {
        std::vector<Record> run = without_headers(sent);
        change(run);
        std::vector<Hash> chains(run.size());
        return presume(rule, run, chains, hasher);
    };
    CHECK(is_presumed([](auto&) {}));
    CHECK(!is_presumed([](auto& run) { run[3].leaf[5] ^= std::byte{1}; }));
    CHECK(!is_presumed([](auto& run) { run.erase(run.begin() + 2); }));
    CHECK(!is_presumed([](auto& run) { run.erase(run.begin()); }));
    CHECK(!is_presumed([](auto& run) { run.insert(run.begin() + 2, run[2]); }));
    CHECK(!is_presumed([](auto& run) { std::swap(run[1], run[2]); }));
    CHECK(!is_presumed([](auto& run) { run[4].is_claim = true; }));
    CHECK(!is_presumed([](auto& run) { run.back().term = 5; }));
    CHECK(!is_presumed([](auto& run) { run.back().prev[31] ^= std::byte{1}; }));
}

}  // namespace daybook::kafka
