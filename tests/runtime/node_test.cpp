// What the module node makes of claims. They come from a shared log, so no scenario can tell it.
#include <doctest/doctest.h>

#include <array>

#include "engine/domain/read.hpp"
#include "engine/runtime/book.hpp"
#include "schemas/node.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::node {
namespace {

const DomainModule& node_module() {
    for (const DomainModule& module : domain_modules()) {
        if (module.name == "node") return module;
    }
    DAYBOOK_ASSERT(false);
}

template <class Event>
Bytes record_of(Event event) {
    EventRecordT record;
    record.event.Set(std::move(event));
    flatbuffers::FlatBufferBuilder builder;
    FinishEventRecordBuffer(builder, EventRecord::Pack(builder, &record));
    const auto bytes = std::as_bytes(std::span{builder.GetBufferPointer(), builder.GetSize()});
    return {bytes.begin(), bytes.end()};
}

Bytes claim(std::uint64_t term, std::string_view node) {
    BookClaimedT event;
    event.term = term;
    event.node = id_from_code(node);
    event.nonce = id_from_code("nonce");
    return record_of(std::move(event));
}

// A book into which claims are replayed, as a shared log does it.
struct Claimed {
    void replay(const Bytes& payload, Event type) {
        const EventHeader header{
            book.position(),
            wired(clock.now()),
            wired(id_from_code("claim")),
            wired(id_from_code("a")),
            wired(Id{}),
            wired(Id{}),
            node_module().code(),
            wired(clock.now().date()),
            0,
            static_cast<std::uint32_t>(payload.size()),
            0,
            1,
            caused_by_command,
            static_cast<std::uint8_t>(type),
            1,
            0};
        group.start(book.position());
        group.append(header, payload);
        const auto replayed =
            book.replay(group.events(), ReplayTrust::nothing, [](const Id&, std::uint64_t) {});
        REQUIRE_MESSAGE(replayed.ok(), replayed.error().message);
        group.start(book.position());
    }

    std::string_view release(std::string_view node, std::uint64_t term) {
        flatbuffers::FlatBufferBuilder builder;
        CommandRecordT record;
        ReleaseBookT body;
        body.node = id_from_code(node);
        body.term = term;
        record.command.Set(std::move(body));
        builder.Finish(CommandRecord::Pack(builder, &record));
        CommandMessage message;
        message.module = &node_module();
        message.id = id_from_code("release");
        message.actor = id_from_code("anna");
        const auto bytes = std::as_bytes(std::span{builder.GetBufferPointer(), builder.GetSize()});
        message.payload.assign(bytes.begin(), bytes.end());
        const auto opened = node_module().verify_command(message.payload);
        REQUIRE(opened.has_value());
        const auto slot = static_cast<std::size_t>(&node_module() - domain_modules().data());
        const auto refusal = book.decide(
            {.message = message, .record = *opened, .slot = slot, .now = clock.now()}, group
        );
        return refusal ? refusal->rule : "accepted";
    }

    FakeClock clock;
    Book book = std::move(Book::make(domain_modules(), {})).value();
    GroupBuffer group;
};

}  // namespace

TEST_CASE("only the node that holds the book releases it, and only once") {
    Claimed claimed;
    CHECK(claimed.release("a", 0) == "node_does_not_hold_book");
    claimed.replay(claim(1, "a"), Event::BookClaimed);
    CHECK(claimed.release("b", 1) == "node_does_not_hold_book");
    CHECK(claimed.release("a", 2) == "term_is_over");
    CHECK(claimed.release("a", 1) == "accepted");
    CHECK(claimed.release("a", 1) == "released_already");
}

TEST_CASE("a claim of a higher term takes the book over") {
    Claimed claimed;
    claimed.replay(claim(1, "a"), Event::BookClaimed);
    claimed.replay(claim(4, "b"), Event::BookClaimed);
    CHECK(claimed.release("a", 1) == "node_does_not_hold_book");
    CHECK(claimed.release("b", 1) == "term_is_over");
    CHECK(claimed.release("b", 4) == "accepted");
    claimed.replay(claim(5, "b"), Event::BookClaimed);
    CHECK(claimed.release("b", 4) == "term_is_over");
    CHECK(claimed.release("b", 5) == "accepted");
}

}  // namespace daybook::node
