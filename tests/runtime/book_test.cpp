// The book decides and replays: what is refused leaves no trace, and the log alone gives the state.
#include "engine/runtime/book.hpp"

#include <doctest/doctest.h>

#include "engine/domain/read.hpp"
#include "tests/runtime/toys/toy_book.hpp"

namespace daybook::toys {

TEST_CASE("an accepted command's event carries all that the engine knows of it") {
    ToyBook toy;
    toy.clock.set_day(Date::of(2026, 3, 31));
    CommandMessage message = open_till("c-1", "T1");
    message.trace = id_from_code("trace");
    REQUIRE(!toy.decide(message));
    REQUIRE(toy.events().size() == 1);
    const EventHeader& header = toy.header(0);
    CHECK(header.position() == 0);
    CHECK(read(header.recorded_at()) == toy.clock.now());
    CHECK(read(header.command()) == id_from_code("c-1"));
    CHECK(read(header.actor()) == id_from_code("anna"));
    CHECK(read(header.document()) == id_from_code("T1"));
    CHECK(read(header.trace()) == id_from_code("trace"));
    CHECK(header.module_() == toy_modules()[1].code());
    CHECK(read(header.effective()) == Date::of(2026, 3, 31));
    CHECK(header.document_version() == 1);
    CHECK(header.batch_index() == 0);
    CHECK(header.batch_count() == 1);
    CHECK(header.cause_index() == caused_by_command);
    CHECK(header.type() == static_cast<std::uint8_t>(till::Event::TillOpened));
    CHECK(header.format() == 1);
    CHECK(toy_modules()[1].verify_event(payload_of(toy.events()[0])).has_value());
}

TEST_CASE("an event with a business date counts on that date") {
    ToyBook toy;
    toy.clock.set_day(Date::of(2026, 3, 31));
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(command(
        "c-2", till::PutInT{.till = id_from_code("T1"), .amount = 5, .day = Date::of(2026, 2, 1)}
    )));
    CHECK(read(toy.header(1).effective()) == Date::of(2026, 2, 1));
    // The tally's answer has no date of its own: it counts on the day it was recorded.
    CHECK(read(toy.header(2).effective()) == Date::of(2026, 3, 31));
}

TEST_CASE("a reaction stands in the same batch and names its cause") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(put_in("c-2", "T1", 5)));
    REQUIRE(toy.events().size() == 3);
    CHECK(toy.header(1).batch_count() == 2);
    CHECK(toy.header(2).batch_count() == 2);
    CHECK(toy.header(2).batch_index() == 1);
    CHECK(toy.header(2).cause_index() == 0);
    CHECK(toy.header(2).module_() == toy_modules()[0].code());
    CHECK(read(toy.header(2).command()) == id_from_code("c-2"));
}

TEST_CASE("reactions to reactions go on until no one has anything to say") {
    ToyBook toy;
    REQUIRE(!toy.decide(command("c-1", till::RingT{.left = 3})));
    // Ring 3, echo 3, ring 2, echo 2, ring 1, echo 1, ring 0, echo 0.
    REQUIRE(toy.events().size() == 8);
    for (std::uint32_t index = 1; index < 8; ++index) {
        CHECK(toy.header(index).cause_index() == index - 1);
    }
}

TEST_CASE("several commands make one batch under the first one's id, each with its reactions") {
    ToyBook toy;
    REQUIRE(!toy.decide_all({open_till("c-1", "T1"), put_in("c-2", "T1", 5), put_in("c-3", "T1", 2)}
    ));
    // Opened, put in, tallied, put in, tallied: each reaction stands behind its own command.
    REQUIRE(toy.events().size() == 5);
    for (std::uint32_t index = 0; index < 5; ++index) {
        CHECK(toy.header(index).batch_index() == index);
        CHECK(toy.header(index).batch_count() == 5);
        CHECK(read(toy.header(index).command()) == id_from_code("c-1"));
    }
    CHECK(toy.header(1).cause_index() == caused_by_command);
    CHECK(toy.header(2).cause_index() == 1);
    CHECK(toy.header(3).cause_index() == caused_by_command);
    CHECK(toy.header(4).cause_index() == 3);
    CHECK(toy.header(3).document_version() == 3);
}

TEST_CASE("a batch in which one command is refused leaves nothing and names the command") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-0", "T1")));
    const Bytes before = toy.state();
    const auto refusal =
        toy.decide_all({put_in("c-1", "T1", 5), take_out("c-2", "T1", 6), put_in("c-3", "T1", 9)});
    REQUIRE(refusal);
    CHECK(refusal->reason.at.starts_with("commands[1]"));
    CHECK(toy.events().size() == 1);
    CHECK(toy.state() == before);
    // In another order the same commands are all right.
    CHECK(!toy.decide_all({put_in("c-3", "T1", 9), take_out("c-2", "T1", 6)}));
}

TEST_CASE("a batch as a whole keeps the limit of events") {
    ToyBook toy{EngineLimits{.batch_events_max = 4}};
    const auto refusal =
        toy.decide_all({open_till("c-1", "T1"), put_in("c-2", "T1", 5), put_in("c-3", "T1", 2)});
    REQUIRE(refusal);
    CHECK(refusal->rule == "batch_too_large");
    CHECK(refusal->reason.at == "commands[2]");
    CHECK(toy.events().empty());
}

TEST_CASE("a circle of reactions is refused and leaves nothing") {
    ToyBook toy{EngineLimits{.reaction_depth_max = 6}};
    const Bytes before = toy.state();
    REQUIRE(!toy.decide(command("c-1", till::RingT{.left = 2})));
    const Bytes between = toy.state();
    const auto refusal = toy.decide(command("c-2", till::RingT{.left = 3}));
    REQUIRE(refusal);
    CHECK(refusal->module == "engine");
    CHECK(refusal->rule == "reactions_too_deep");
    CHECK(refusal->reason.found == "a chain of more than 6 reactions");
    CHECK(toy.state() == between);
    CHECK(toy.events().size() == 6);
    CHECK(before != between);
}

TEST_CASE("a refused command leaves the state as it was, byte for byte") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(put_in("c-2", "T1", 5)));
    const Bytes before = toy.state();
    const auto refusal = toy.decide(take_out("c-3", "T1", 6));
    REQUIRE(refusal);
    CHECK(refusal->module == "till");
    CHECK(refusal->rule == "not_enough_in_till");
    CHECK(refusal->number == static_cast<std::uint16_t>(till::Refusal::not_enough_in_till));
    CHECK(refusal->reason.at == "amount");
    CHECK(refusal->reason.found == "6");
    CHECK(refusal->reason.needed == "at most 5");
    CHECK(toy.state() == before);
    CHECK(toy.events().size() == 3);
}

TEST_CASE("a reaction's refusal refuses the whole batch, the cause included") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(command("c-2", tally::SetCapT{.cap = 10})));
    REQUIRE(!toy.decide(put_in("c-3", "T1", 10)));
    const Bytes before = toy.state();
    const auto refusal = toy.decide(put_in("c-4", "T1", 1));
    REQUIRE(refusal);
    CHECK(refusal->module == "tally");
    CHECK(refusal->rule == "tally_is_full");
    CHECK(toy.state() == before);
    CHECK(toy.events().size() == 4);
    // What is allowed afterwards goes on at the next position and version.
    REQUIRE(!toy.decide(take_out("c-5", "T1", 10)));
    CHECK(toy.header(4).position() == 4);
    CHECK(toy.header(4).document_version() == 3);
}

TEST_CASE("a batch with too many events or bytes is refused whole") {
    ToyBook toy{EngineLimits{.batch_events_max = 3, .batch_bytes_max = 10'000}};
    const Id till = id_from_code("T1");
    REQUIRE(!toy.decide(command("c-1", till::FloodT{.till = till, .count = 3})));
    const Bytes before = toy.state();
    const auto events = toy.decide(command("c-2", till::FloodT{.till = till, .count = 4}));
    REQUIRE(events);
    CHECK(events->rule == "batch_too_large");
    CHECK(events->reason.needed == "at most 3 events in one batch");
    const auto bytes =
        toy.decide(command("c-3", till::FloodT{.till = till, .count = 2, .letters = 5'000}));
    REQUIRE(bytes);
    CHECK(bytes->rule == "batch_too_large");
    CHECK(bytes->reason.needed == "at most 10000 bytes in one batch");
    CHECK(toy.state() == before);
}

TEST_CASE("each document counts its own versions, across modules") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(open_till("c-2", "T2")));
    REQUIRE(!toy.decide(put_in("c-3", "T1", 5)));
    REQUIRE(!toy.decide(put_in("c-4", "T1", 5)));
    CHECK(toy.book().version_of(id_from_code("T1")) == 3);
    CHECK(toy.book().version_of(id_from_code("T2")) == 1);
    CHECK(toy.book().version_of(id_from_code("TALLY")) == 2);
    CHECK(toy.book().version_of(id_from_code("T3")) == 0);
}

TEST_CASE("an expected version that differs is refused with both figures") {
    ToyBook toy;
    CommandMessage first = open_till("c-1", "T1");
    first.expected_version = 1;
    const auto too_early = toy.decide(first);
    REQUIRE(too_early);
    CHECK(too_early->rule == "version_differs");
    first.expected_version = 0;
    REQUIRE(!toy.decide(first));

    CommandMessage second = put_in("c-2", "T1", 5);
    second.expected_version = 0;
    const auto refusal = toy.decide(second);
    REQUIRE(refusal);
    CHECK(refusal->module == "engine");
    CHECK(refusal->rule == "version_differs");
    CHECK(refusal->reason.at == "expected_version");
    CHECK(refusal->reason.found == "the document is at version 1");
    CHECK(refusal->reason.needed == "version 0");
    second.expected_version = 1;
    CHECK(!toy.decide(second));
}

TEST_CASE("recorded time never goes back when the clock does") {
    ToyBook toy;
    toy.clock.set_day(Date::of(2026, 3, 31));
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    toy.clock.set_day(Date::of(2026, 3, 1));
    REQUIRE(!toy.decide(open_till("c-2", "T2")));
    CHECK(read(toy.header(1).recorded_at()) == read(toy.header(0).recorded_at()));
    toy.clock.set_day(Date::of(2026, 4, 1));
    REQUIRE(!toy.decide(open_till("c-3", "T3")));
    CHECK(read(toy.header(2).recorded_at()) == toy.clock.now());
}

TEST_CASE("a command may be accepted with nothing to record") {
    ToyBook toy;
    const Bytes before = toy.state();
    CHECK(!toy.decide(command("c-1", till::LookAwayT{})));
    CHECK(toy.events().empty());
    CHECK(toy.state() == before);
}

TEST_CASE("replay of the events gives the state that decided them") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(put_in("c-2", "T1", 5)));
    REQUIRE(toy.decide(take_out("c-3", "T1", 6)));
    REQUIRE(!toy.decide(command("c-4", till::RingT{.left = 3})));
    REQUIRE(!toy.decide(command("c-5", tally::SetCapT{.cap = 7})));
    CHECK(replayed_state(toy.events()) == toy.state());
    CHECK(replayed_state(toy.events(), ReplayTrust::log_checksums) == toy.state());
}

TEST_CASE("a saved book loads to the same bytes, and a cut one not at all") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(put_in("c-2", "T1", 5)));
    const Bytes saved = toy.state();
    ToyBook other;
    REQUIRE(other.book().load(saved));
    CHECK(other.state() == saved);
    CHECK(other.book().position() == 3);
    for (std::size_t bytes = 0; bytes < saved.size(); ++bytes) {
        ToyBook cut;
        CHECK(!cut.book().load(std::span{saved}.first(bytes)));
    }
}

TEST_CASE("replay refuses events of an unknown module or type and says to upgrade") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    const EventBytes event = toy.events()[0];
    const std::size_t module_offset = 80;
    const std::size_t type_offset = 108;
    for (const std::size_t offset : {module_offset, type_offset}) {
        Bytes changed{event.begin(), event.end()};
        changed[offset] = std::byte{0x5A};
        const EventBytes view{changed};
        Book book = std::move(Book::make(toy_modules(), {})).value();
        const auto replayed = book.replay(
            std::span{&view, 1}, ReplayTrust::log_checksums, [](const Id&, std::uint64_t) {}
        );
        REQUIRE(!replayed.ok());
        CHECK(replayed.error().code == ErrorCode::too_new);
        CHECK(replayed.error().message.find("upgrade the program") != std::string::npos);
    }
}

TEST_CASE("replay that trusts nothing finds a damaged payload, and a gap") {
    ToyBook toy;
    REQUIRE(!toy.decide(open_till("c-1", "T1")));
    REQUIRE(!toy.decide(open_till("c-2", "T2")));
    const EventBytes event = toy.events()[0];
    Bytes changed{event.begin(), event.end()};
    changed[sizeof(EventHeader)] = std::byte{0xFF};
    const EventBytes view{changed};
    Book book = std::move(Book::make(toy_modules(), {})).value();
    const auto ignore = [](const Id&, std::uint64_t) {};
    const auto damaged = book.replay(std::span{&view, 1}, ReplayTrust::nothing, ignore);
    REQUIRE(!damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corrupt);
    const auto gap = book.replay(toy.events().subspan(1), ReplayTrust::nothing, ignore);
    REQUIRE(!gap.ok());
    CHECK(gap.error().message == "replay: event 1 found where 0 was due");
}

}  // namespace daybook::toys
