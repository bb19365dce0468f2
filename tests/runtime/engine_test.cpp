// The engine's promises at its front door: durable before answered, one command once, busy instead
// of lost, and no more writes when the log cannot be trusted.
#include "engine/engine.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "engine/domain/read.hpp"
#include "tests/runtime/gated_log.hpp"
#include "tests/runtime/toys/toys.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::toys {
namespace {

using Outcome = Answer::Outcome;

struct Desk {
    GatedLog log;
    FakeClock clock;

    Engine open(EngineLimits limits = {}) {
        return std::move(
                   Engine::open(log, {.limits = limits, .clock = &clock, .modules = toy_modules()})
        )
            .value();
    }
    std::vector<EventBytes> events() {
        std::vector<EventBytes> all;
        reader_ = std::move(log.read(0)).value();
        while (true) {
            const auto page = reader_->next().value();
            if (page.empty()) return all;
            all.insert(all.end(), page.begin(), page.end());
        }
    }

 private:
    std::unique_ptr<LogReader> reader_;
};

// Collects answers as they are given.
class Answers {
 public:
    AnswerCallback callback() {
        return [this](const Answer& answer) {
            const std::scoped_lock lock{mutex_};
            given_.push_back(answer);
            changed_.notify_all();
        };
    }
    std::vector<Answer> wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return given_.size() >= count; });
        return given_;
    }
    std::size_t count() {
        const std::scoped_lock lock{mutex_};
        return given_.size();
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Answer> given_;  // Guarded by mutex_.
};

// Holds the writer inside an append of one command's event, so that what is submitted next is
// decided together.
void hold_writer(Desk& desk, Engine& engine, Answers& answers) {
    desk.log.close_gate();
    const int before = desk.log.appends();
    REQUIRE(engine.submit(open_till("hold", "HOLD"), answers.callback()).ok());
    desk.log.wait_for_appends(before + 1);
}

}  // namespace

TEST_CASE("an accepted command is answered with its place and its document's version") {
    Desk desk;
    Engine engine = desk.open();
    const Answer opened = engine.submit_and_wait(open_till("c-1", "T1"));
    CHECK(opened.outcome == Outcome::accepted);
    CHECK(opened.first_position == 0);
    CHECK(opened.event_count == 1);
    CHECK(opened.document_version == 1);
    CHECK(!opened.is_repeated);
    const Answer put = engine.submit_and_wait(put_in("c-2", "T1", 5));
    CHECK(put.first_position == 1);
    CHECK(put.event_count == 2);
    CHECK(put.document_version == 2);
    CHECK(engine.end() == 3);
    const Answer nothing = engine.submit_and_wait(command("c-3", till::LookAwayT{}));
    CHECK(nothing.outcome == Outcome::accepted);
    CHECK(nothing.event_count == 0);
    CHECK(nothing.first_position == 3);
}

TEST_CASE("a batch of commands is answered as one, and sent again gives the first answer") {
    Desk desk;
    Engine engine = desk.open();
    const auto batch = [] { return std::vector{open_till("c-1", "T1"), put_in("c-2", "T1", 5)}; };
    const Answer first = engine.submit_batch_and_wait(batch());
    CHECK(first.outcome == Outcome::accepted);
    CHECK(first.event_count == 3);
    CHECK(desk.log.appends() == 1);
    const Answer again = engine.submit_batch_and_wait(batch());
    CHECK(again.is_repeated);
    CHECK(again.first_position == first.first_position);
    CHECK(engine.end() == 3);
    REQUIRE(engine.stop().ok());

    Engine reopened = desk.open();
    CHECK(reopened.submit_batch_and_wait(batch()).is_repeated);
    const Answer refused =
        reopened.submit_batch_and_wait({put_in("c-4", "T1", 1), take_out("c-5", "T1", 9)});
    CHECK(refused.outcome == Outcome::refused);
    CHECK(reopened.end() == 3);
}

TEST_CASE("a batch that is empty, too large or holds a bad command is turned away at the door") {
    Desk desk;
    Engine engine = desk.open({.queue_bytes_max = 256});
    const auto nobody = [](CommandMessage message) {
        message.actor = Id{};
        return message;
    };
    CHECK(engine.submit_batch_and_wait({}).error.code == ErrorCode::invalid);
    const Answer bad =
        engine.submit_batch_and_wait({open_till("c-1", "T1"), nobody(put_in("c-2", "T1", 5))});
    CHECK(bad.error.code == ErrorCode::denied);
    CHECK(bad.error.message.starts_with("commands[1]: "));
    std::vector<CommandMessage> many;
    for (int number = 0; number < 20; ++number) many.push_back(open_till("c-1", "T1"));
    CHECK(engine.submit_batch_and_wait(std::move(many)).error.code == ErrorCode::too_large);
    CHECK(engine.end() == 0);
}

TEST_CASE("no answer is given before its group is durable, and one append serves the group") {
    Desk desk;
    Engine engine = desk.open();
    Answers answers;
    hold_writer(desk, engine, answers);
    for (int number = 0; number < 20; ++number) {
        const std::string name = "T" + std::to_string(number);
        REQUIRE(engine.submit(open_till(name, name), answers.callback()).ok());
    }
    // Even a refusal waits: it may rest on what is not durable yet.
    REQUIRE(engine.submit(open_till("again", "T1"), answers.callback()).ok());
    CHECK(answers.count() == 0);
    CHECK(engine.end() == 0);
    desk.log.open_gate();
    const auto given = answers.wait_for(22);
    CHECK(desk.log.appends() == 2);
    CHECK(engine.end() == 21);
    for (std::size_t index = 0; index < 21; ++index) {
        CHECK(given[index].outcome == Outcome::accepted);
        CHECK(given[index].first_position == index);
    }
    CHECK(given[21].outcome == Outcome::refused);
    CHECK(given[21].refusal.rule == "till_exists");
}

TEST_CASE("the same command again gives the first answer and writes nothing") {
    Desk desk;
    {
        Engine engine = desk.open();
        REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
        REQUIRE(engine.submit_and_wait(put_in("c-2", "T1", 5)).outcome == Outcome::accepted);
        const Answer again = engine.submit_and_wait(put_in("c-2", "T1", 5));
        CHECK(again.outcome == Outcome::accepted);
        CHECK(again.is_repeated);
        CHECK(again.first_position == 1);
        CHECK(again.event_count == 2);
        CHECK(again.document_version == 2);
        // The id decides, not the content; nor does an expected version that is now wrong.
        CommandMessage other = open_till("c-1", "T2");
        other.expected_version = 7;
        CHECK(engine.submit_and_wait(std::move(other)).is_repeated);
    }
    Engine reopened = desk.open();
    const Answer again = reopened.submit_and_wait(put_in("c-2", "T1", 5));
    CHECK(again.is_repeated);
    CHECK(again.first_position == 1);
    CHECK(again.document_version == 2);
    CHECK(reopened.end() == 3);
}

TEST_CASE("the same command twice in one group is decided once") {
    Desk desk;
    Engine engine = desk.open();
    Answers answers;
    hold_writer(desk, engine, answers);
    REQUIRE(engine.submit(open_till("c-1", "T1"), answers.callback()).ok());
    REQUIRE(engine.submit(put_in("c-2", "T1", 5), answers.callback()).ok());
    REQUIRE(engine.submit(put_in("c-2", "T1", 5), answers.callback()).ok());
    desk.log.open_gate();
    const auto given = answers.wait_for(4);
    CHECK(!given[2].is_repeated);
    CHECK(given[3].is_repeated);
    CHECK(given[3].first_position == given[2].first_position);
    CHECK(given[3].event_count == 2);
    CHECK(given[3].document_version == 2);
    CHECK(engine.end() == 4);
}

TEST_CASE("thousands sent again are all answered as the first time") {
    Desk desk;
    Engine engine = desk.open();
    for (int round = 0; round < 2; ++round) {
        Answers answers;
        for (int number = 0; number < 3'000; ++number) {
            const std::string name = "T" + std::to_string(number);
            REQUIRE(engine.submit(open_till(name, name), answers.callback()).ok());
        }
        const auto given = answers.wait_for(3'000);
        for (std::size_t index = 0; index < given.size(); ++index) {
            REQUIRE(given[index].outcome == Outcome::accepted);
            REQUIRE(given[index].is_repeated == (round == 1));
            REQUIRE(given[index].first_position == index);
        }
    }
    CHECK(engine.end() == 3'000);
}

TEST_CASE("a refused command may be sent again under its id") {
    Desk desk;
    Engine engine = desk.open();
    CHECK(engine.submit_and_wait(put_in("c-1", "T1", 5)).outcome == Outcome::refused);
    CHECK(engine.end() == 0);
    REQUIRE(engine.submit_and_wait(open_till("c-2", "T1")).outcome == Outcome::accepted);
    const Answer now = engine.submit_and_wait(put_in("c-1", "T1", 5));
    CHECK(now.outcome == Outcome::accepted);
    CHECK(!now.is_repeated);
}

TEST_CASE("of two who expect the same version only the first is accepted") {
    Desk desk;
    Engine engine = desk.open();
    Answers answers;
    REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
    hold_writer(desk, engine, answers);
    for (const char* id : {"c-2", "c-3"}) {
        CommandMessage message = put_in(id, "T1", 5);
        message.expected_version = 1;
        REQUIRE(engine.submit(std::move(message), answers.callback()).ok());
    }
    desk.log.open_gate();
    const auto given = answers.wait_for(3);
    CHECK(given[1].outcome == Outcome::accepted);
    CHECK(given[2].outcome == Outcome::refused);
    CHECK(given[2].refusal.module == "engine");
    CHECK(given[2].refusal.rule == "version_differs");
}

TEST_CASE("a full queue answers busy, and takes commands again afterwards") {
    Desk desk;
    Engine engine = desk.open({.queue_commands_max = 4});
    Answers answers;
    hold_writer(desk, engine, answers);
    for (const char* id : {"1", "2", "3", "4"}) {
        REQUIRE(engine.submit(open_till(id, id), answers.callback()).ok());
    }
    const auto fifth = engine.submit(open_till("5", "5"), answers.callback());
    REQUIRE(!fifth.ok());
    CHECK(fifth.error().code == ErrorCode::busy);
    CHECK(fifth.error().message.find("the queue is full (4 commands, ") == 0);
    desk.log.open_gate();
    answers.wait_for(5);
    REQUIRE(engine.submit(open_till("5", "5"), answers.callback()).ok());
    CHECK(answers.wait_for(6)[5].outcome == Outcome::accepted);
}

TEST_CASE("a queue full of bytes answers busy too, but takes one command however large") {
    Desk desk;
    Engine engine = desk.open({.queue_bytes_max = 100});
    Answers answers;
    hold_writer(desk, engine, answers);
    REQUIRE(engine.submit(open_till("1", "1"), answers.callback()).ok());
    std::size_t taken = 1;
    while (engine.submit(open_till("more", "2"), answers.callback()).ok()) ++taken;
    CHECK(taken < 5);
    const auto refused = engine.submit(open_till("more", "2"), answers.callback());
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::busy);
    desk.log.open_gate();
    answers.wait_for(taken + 1);
}

TEST_CASE("the gateway refuses what is not a whole command of the book") {
    Desk desk;
    Engine engine = desk.open({.command_bytes_max = 200});
    const auto error_of = [&](CommandMessage message) {
        const Answer answer = engine.submit_and_wait(std::move(message));
        REQUIRE(answer.outcome == Outcome::failed);
        return answer.error;
    };
    CommandMessage no_id = open_till("c-1", "T1");
    no_id.id = {};
    CHECK(error_of(std::move(no_id)).message == "a command needs an id");
    CommandMessage no_actor = open_till("c-1", "T1");
    no_actor.actor = {};
    CHECK(error_of(std::move(no_actor)).code == ErrorCode::denied);
    CommandMessage no_module = open_till("c-1", "T1");
    no_module.module = nullptr;
    CHECK(error_of(std::move(no_module)).code == ErrorCode::invalid);
    CommandMessage cut = open_till("c-1", "T1");
    cut.payload.resize(cut.payload.size() / 2);
    const Error cut_error = error_of(std::move(cut));
    CHECK(cut_error.code == ErrorCode::invalid);
    CHECK(cut_error.message == "the bytes are not a whole command of module till");
    CommandMessage large = open_till("c-1", "T1");
    large.payload.resize(201);
    CHECK(error_of(std::move(large)).code == ErrorCode::too_large);
    CommandMessage no_document = command("c-1", till::RingT{.left = 0});
    no_document.expected_version = 1;
    CHECK(error_of(std::move(no_document)).code == ErrorCode::invalid);
    // A command that the schema does not have passes the verifier, but not the gateway.
    CommandMessage unknown = open_till("c-1", "T1");
    auto* record = flatbuffers::GetMutableRoot<flatbuffers::Table>(unknown.payload.data());
    constexpr flatbuffers::voffset_t type_field = 4;
    record->SetField<std::uint8_t>(type_field, 99, 0);
    CHECK(error_of(std::move(unknown)).code == ErrorCode::invalid);
    CHECK(engine.end() == 0);
}

TEST_CASE("when an append fails the group is failed and the book accepts no more writes") {
    Desk desk;
    Engine engine = desk.open();
    REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
    Answers answers;
    hold_writer(desk, engine, answers);
    desk.log.log.fail_appends(Error{ErrorCode::io, "fdatasync: input/output error"});
    REQUIRE(engine.submit(put_in("c-2", "T1", 5), answers.callback()).ok());
    desk.log.open_gate();
    for (const Answer& answer : answers.wait_for(2)) {
        CHECK(answer.outcome == Outcome::failed);
        CHECK(answer.error.code == ErrorCode::unavailable);
        CHECK(
            answer.error.message == "the book accepts no more writes: fdatasync: input/output error"
        );
    }
    const auto refused = engine.submit(put_in("c-3", "T1", 5), answers.callback());
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::unavailable);
    REQUIRE(engine.write_failure());
    CHECK(engine.write_failure()->code == ErrorCode::io);
    // Reads go on, and show what is durable alone.
    CHECK(engine.end() == 1);
    CHECK(engine.read(0).value()->next().value().size() == 1);
    CHECK(!engine.resume().ok());
}

TEST_CASE("after the disk was full the book resumes with the state that is on the log") {
    Desk desk;
    Engine engine = desk.open();
    REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
    desk.log.log.fail_appends(Error{ErrorCode::disk_full, "no space left"});
    CHECK(engine.submit_and_wait(put_in("c-2", "T1", 5)).outcome == Outcome::failed);
    CHECK(!engine.resume().ok());
    desk.log.log.fail_appends({});
    REQUIRE(engine.resume().ok());
    CHECK(!engine.write_failure());
    // The lost command is not remembered, and its money is not in the till.
    const Answer take = engine.submit_and_wait(take_out("c-3", "T1", 5));
    CHECK(take.refusal.rule == "not_enough_in_till");
    const Answer put = engine.submit_and_wait(put_in("c-2", "T1", 5));
    CHECK(put.outcome == Outcome::accepted);
    CHECK(!put.is_repeated);
    CHECK(put.document_version == 2);
    CHECK(engine.resume().ok());
}

TEST_CASE("stop answers everything that was taken, and takes no more") {
    Desk desk;
    Engine engine = desk.open();
    Answers answers;
    hold_writer(desk, engine, answers);
    for (const char* id : {"1", "2", "3"}) {
        REQUIRE(engine.submit(open_till(id, id), answers.callback()).ok());
    }
    desk.log.open_gate();
    CHECK(engine.stop().ok());
    CHECK(answers.count() == 4);
    const auto late = engine.submit(open_till("4", "4"), answers.callback());
    REQUIRE(!late.ok());
    CHECK(late.error().code == ErrorCode::unavailable);
    CHECK(engine.stop().ok());
}

TEST_CASE("recorded time does not go back when the book is reopened under an earlier clock") {
    Desk desk;
    desk.clock.set_day(Date::of(2026, 3, 31));
    { REQUIRE(desk.open().submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted); }
    desk.clock.set_day(Date::of(2020, 1, 1));
    { REQUIRE(desk.open().submit_and_wait(open_till("c-2", "T2")).outcome == Outcome::accepted); }
    const auto events = desk.events();
    REQUIRE(events.size() == 2);
    CHECK(read(header_of(events[1]).recorded_at()) == read(header_of(events[0]).recorded_at()));
}

TEST_CASE("a group is written when it is full, and its batches stay whole") {
    Desk desk;
    Engine engine = desk.open({.group_events_full = 10});
    Answers answers;
    hold_writer(desk, engine, answers);
    const Id till = id_from_code("T1");
    for (const char* id : {"1", "2", "3", "4", "5"}) {
        const auto flood = command(id, till::FloodT{.till = till, .count = 7});
        REQUIRE(engine.submit(flood, answers.callback()).ok());
    }
    desk.log.open_gate();
    answers.wait_for(6);
    // 1; then 7 + 7, 7 + 7, 7.
    CHECK(desk.log.appends() == 4);
    CHECK(engine.end() == 36);
}

TEST_CASE("followers wait for the next durable event") {
    Desk desk;
    Engine engine = desk.open();
    REQUIRE(engine.submit_and_wait(open_till("c-1", "T1")).outcome == Outcome::accepted);
    CHECK(engine.wait_beyond(0, std::chrono::milliseconds{0}) == 1);
    CHECK(engine.wait_beyond(1, std::chrono::milliseconds{0}) == 1);
}

}  // namespace daybook::toys
