// The auditor's reading: what was altered in a topic is named by its position, and what is merely
// void is not taken for damage.
#include "connectors/kafka/verify.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <deque>

#include "connectors/kafka/claim.hpp"
#include "connectors/kafka/headers.hpp"
#include "tests/support/sample_events.hpp"

namespace daybook::kafka {
namespace {

// The records of a topic, each owning its bytes, as honest nodes write them.
class Topic {
 public:
    void claim() {
        const ClaimWords words{
            .term = tip_.term + 1,
            .node = id_from_code("a"),
            .nonce = id_from_code("nonce"),
            .cluster = "c"};
        tip_.term = words.term;
        add(claim_event(words, tip_.next, Instant::from_nanos(5)).bytes(), 0, 1);
    }
    void batch(std::uint32_t count) {
        const auto group = support::sample_batch(tip_.next, count, 20);
        for (std::uint32_t index = 0; index < count; ++index) {
            add(group.events()[index], index, count);
        }
    }
    [[nodiscard]] std::size_t size() const { return records_.size(); }
    void remove(std::size_t at) { records_.erase(records_.begin() + place(at)); }
    void repeat(std::size_t at) { records_.insert(records_.begin() + place(at), records_[at]); }
    void swap_with_next(std::size_t at) { std::swap(records_[at], records_[at + 1]); }
    void flip_last_byte(std::size_t at) { records_[at].value.back() ^= std::byte{1}; }
    void append_copy_of(std::size_t at) { records_.push_back(records_[at]); }
    [[nodiscard]] const Tip& tip() const { return tip_; }
    void forget_to(const Tip& tip) { tip_ = tip; }

    [[nodiscard]] Result<VerifyReport> verify() const {
        Verifier verifier;
        std::uint64_t offset = 0;
        for (const Kept& kept : records_) {
            std::vector<Header> headers;
            for (const auto& [name, value] : kept.headers) headers.push_back({name, value});
            verifier.take({.offset = offset++, .value = kept.value, .headers = headers});
        }
        return verifier.finish();
    }
    [[nodiscard]] std::string trouble() const {
        const auto report = verify();
        return report.ok() ? "" : report.error().message;
    }

 private:
    struct Kept {
        std::vector<std::byte> value;
        std::vector<std::pair<std::string, std::string>> headers;
    };
    static std::ptrdiff_t place(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

    void add(EventBytes event, std::uint32_t index, std::uint32_t count) {
        const Record record{
            .term = tip_.term,
            .position = tip_.next,
            .prev = tip_.chain,
            .batch_index = index,
            .batch_count = count};
        Kept kept{.value = {event.begin(), event.end()}};
        for (const Header& header : writer_.headers(event, record)) {
            kept.headers.emplace_back(header.name, header.value);
        }
        records_.push_back(std::move(kept));
        tip_.chain = hasher_.chain(tip_.chain, hasher_.leaf(event));
        ++tip_.next;
    }

    HeaderWriter writer_{"/daybook/acme", domain_modules()};
    Hasher hasher_;
    Tip tip_;
    std::deque<Kept> records_;
};

// Claim at 0; events at 1, 2 and 3 (one batch), 4, 5; claim at 6; event at 7.
Topic honest() {
    Topic topic;
    topic.claim();
    topic.batch(1);
    topic.batch(2);
    topic.batch(1);
    topic.batch(1);
    topic.claim();
    topic.batch(1);
    return topic;
}

bool names(const Topic& topic, std::string_view what) {
    const std::string found = topic.trouble();
    CAPTURE(found);
    CHECK(found.find(what) != std::string::npos);
    return found.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("an honest topic is whole, with the hashes of the embedded log") {
    const Topic topic = honest();
    const auto report = topic.verify();
    REQUIRE_MESSAGE(report.ok(), topic.trouble());
    CHECK(report.value().head.size == 8);
    CHECK(report.value().head.chain == topic.tip().chain);
    CHECK(report.value().claims == 2);
    CHECK(report.value().term == 2);
    CHECK(report.value().void_records == 0);
}

TEST_CASE("a changed record is named by its position") {
    for (std::size_t at = 1; at < 7; ++at) {
        if (at == 6) continue;  // A changed claim is another test's.
        Topic topic = honest();
        topic.flip_last_byte(at);
        CHECK(names(topic, fmt::format("the event at position {} is not what its writer", at)));
    }
}

TEST_CASE("a removed record is named by its position") {
    for (std::size_t at = 0; at < 7; ++at) {
        Topic topic = honest();
        topic.remove(at);
        CHECK(names(topic, fmt::format("position {} ", at)));
    }
}

TEST_CASE("reordered records are named by the first that came too early") {
    Topic topic = honest();
    topic.swap_with_next(4);
    CHECK(names(topic, "the event at position 5 is missing"));
}

TEST_CASE("a repeated record is void and harms nothing") {
    for (std::size_t at = 0; at < 8; ++at) {
        Topic topic = honest();
        topic.repeat(at);
        const auto report = topic.verify();
        REQUIRE_MESSAGE(report.ok(), topic.trouble());
        CHECK(report.value().void_records == 1);
        CHECK(report.value().head.size == 8);
    }
    Topic topic = honest();
    topic.append_copy_of(2);
    CHECK(topic.trouble().empty());
}

TEST_CASE("what a failed writer left behind is no damage once another claimed the book") {
    Topic topic;
    topic.claim();
    topic.batch(1);
    const Tip before = topic.tip();
    topic.batch(1);
    topic.batch(1);
    topic.remove(2);  // The first of two was lost on its way, the second arrived.
    CHECK(names(topic, "Unless its writer failed just there"));
    topic.forget_to(before);
    topic.claim();
    topic.batch(2);
    const auto report = topic.verify();
    REQUIRE_MESSAGE(report.ok(), topic.trouble());
    CHECK(report.value().void_records == 1);
    CHECK(report.value().head.size == 5);
}

}  // namespace daybook::kafka
