#include "engine/runtime/owned_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/domain/read.hpp"
#include "engine/os/clock.hpp"
#include "engine/runtime/first_answers.hpp"
#include "engine/runtime/standby.hpp"
#include "engine/runtime/writer.hpp"

namespace daybook {

OwnedBook::OwnedBook(SharedLog& log, const OwnedBookOptions& options)
    : log_(log), options_(options), keeper_([this] { run(); }) {
    DAYBOOK_ASSERT(options_.engine.clock != nullptr);
    DAYBOOK_ASSERT(!options_.node.is_none());
}

OwnedBook::~OwnedBook() {
    stop();
}

void OwnedBook::stop() {
    is_stopping_ = true;
    wake_.notify_all();
    const std::scoped_lock lock{stop_mutex_};
    if (keeper_.joinable()) keeper_.join();
}

void OwnedBook::set_named(bool is_named) {
    is_named_ = is_named;
    wake_.notify_all();
}

void OwnedBook::set_suspected(std::uint64_t term) {
    suspected_term_ = term;
    wake_.notify_all();
}

// ---- Asked by anyone ----------------------------------------------------------------------------

Result<void> OwnedBook::submit(std::vector<CommandMessage> commands, AnswerCallback callback) {
    DAYBOOK_ASSERT(callback != nullptr);
    if (!is_leading_) return busy();
    std::uint64_t number = 0;
    {
        const std::scoped_lock lock{flights_mutex_};
        if (flights_.size() >= options_.limits.flights_max) {
            return Error{
                ErrorCode::busy,
                fmt::format("{} commands wait for their answers already", flights_.size())};
        }
        number = next_flight_++;
        flights_.emplace(number, Flight{std::move(commands), std::move(callback), led_from_});
    }
    const Result<void> taken = submit_flight(number);
    if (taken.ok()) return taken;
    {
        const std::scoped_lock lock{flights_mutex_};
        flights_.erase(number);
    }
    // The log has failed a moment ago, or the book is being handed over: nothing was taken.
    return taken.error().code == ErrorCode::unavailable ? busy() : taken.error();
}

Result<void> OwnedBook::submit_flight(std::uint64_t number) {
    std::vector<CommandMessage> commands;
    {
        const std::scoped_lock lock{flights_mutex_};
        commands = flights_.at(number).commands;
    }
    const std::shared_lock lock{engine_mutex_};
    if (engine_ == nullptr) return busy();
    auto on_answer = [this, number](const Answer& answer) { land(number, answer); };
    if (commands.size() == 1) return engine_->submit(std::move(commands[0]), std::move(on_answer));
    return engine_->submit_batch(std::move(commands), std::move(on_answer));
}

// On the writer's thread. An append that failed leaves the outcome open: nobody is answered yet.
void OwnedBook::land(std::uint64_t number, const Answer& answer) {
    if (answer.outcome != Answer::Outcome::failed) return this->answer(number, answer);
    const std::scoped_lock lock{flights_mutex_};
    const auto flight = flights_.find(number);
    if (flight != flights_.end()) flight->second.is_open = true;
}

void OwnedBook::answer(std::uint64_t number, const Answer& answer) {
    AnswerCallback callback;
    {
        const std::scoped_lock lock{flights_mutex_};
        const auto flight = flights_.find(number);
        if (flight == flights_.end()) return;
        callback = std::move(flight->second.callback);
        flights_.erase(flight);
    }
    callback(answer);
}

std::string OwnedBook::elsewhere() const {
    if (is_leading_) return {};
    const auto holder = log_.holder();
    if (!holder || holder->is_us || holder->is_released || holder->node == options_.node) return {};
    return holder->url;
}

Error OwnedBook::busy() const {
    const auto holder = log_.holder();
    if (!holder || holder->is_released) {
        return {ErrorCode::busy, "no node owns the book just now: one takes it over soon"};
    }
    if (holder->node == options_.node) {
        return {ErrorCode::busy, "the book is being recovered here: send it again soon"};
    }
    return {
        ErrorCode::busy,
        fmt::format(
            "the book is owned by node {}{}",
            to_string(holder->node),
            holder->url.empty() ? std::string{} : " at " + holder->url
        )};
}

std::optional<Error> OwnedBook::trouble() const {
    const std::scoped_lock lock{trouble_mutex_};
    return trouble_;
}

void OwnedBook::note(std::optional<Error> trouble) {
    const std::scoped_lock lock{trouble_mutex_};
    trouble_ = std::move(trouble);
}

std::size_t OwnedBook::waiting() const {
    const std::shared_lock lock{engine_mutex_};
    return engine_ == nullptr ? 0 : engine_->waiting();
}

std::size_t OwnedBook::open_count() const {
    const std::scoped_lock lock{flights_mutex_};
    std::size_t count = 0;
    for (const auto& [number, flight] : flights_) count += flight.is_open ? 1 : 0;
    return count;
}

// ---- The keeper ---------------------------------------------------------------------------------

OwnedBook::Elapsed OwnedBook::now() const {
    return options_.engine.clock->elapsed();
}

void OwnedBook::run() {
    while (!is_stopping_) {
        step();
        if (!is_leading_ && follow()) continue;
        std::unique_lock lock{wake_mutex_};
        if (!is_stopping_) wake_.wait_for(lock, options_.limits.look_every);
    }
    if (standby_ != nullptr) {
        if (const auto closed = standby_->close(); !closed.ok()) note(closed.error());
        standby_.reset();
    }
    if (is_leading_) hand_over();
    if (open_count() > 0) settle();
    // Claiming settles it, too: what is not in the log then can never come.
    if (open_count() > 0) {
        take_over();
        if (is_leading_) hand_over();
    }
    give_up_open();
}

void OwnedBook::step() {
    if (is_leading_) return lead();
    if (is_named_ && !named_since_) named_since_ = now();
    if (!is_named_) named_since_.reset();
    if (open_count() > 0) {
        if (!open_since_) open_since_ = now();
        settle();
    }
    if (open_count() == 0) open_since_.reset();
    if (may_claim(log_.holder())) take_over();
}

void OwnedBook::lead() {
    was_named_ = was_named_ || is_named_;
    const bool has_failed = engine_->write_failure().has_value() || !log_.leads();
    if (has_failed) {
        ++recoveries_;
        return stop_leading();
    }
    if (must_hand_over()) return hand_over();
    if (open_count() > 0) send_open_again();
}

bool OwnedBook::must_hand_over() const {
    return was_named_ && !is_named_;
}

// Answers what the engine has; what it could not append is open from now on.
void OwnedBook::stop_leading() {
    is_leading_ = false;
    was_named_ = false;
    std::unique_ptr<Writer> engine;
    {
        const std::unique_lock lock{engine_mutex_};
        engine = std::move(engine_);
    }
    DAYBOOK_ASSERT(engine != nullptr);
    static_cast<void>(engine->stop());
}

void OwnedBook::hand_over() {
    is_leading_ = false;  // Nothing more is taken; what was taken comes before the release.
    release();
    stop_leading();
}

void OwnedBook::release() {
    if (!options_.release) return;
    auto command = options_.release(led_term_);
    if (!command.ok()) return note(command.error());
    const Answer answer = engine_->submit_and_wait(std::move(command).value());
    if (answer.outcome == Answer::Outcome::failed) note(answer.error);
}

bool OwnedBook::may_claim(const std::optional<LogHolder>& holder) {
    const bool is_released =
        holder && (holder->is_released || holder->term == suspected_term_.load());
    if (!is_released) released_since_.reset();
    if (is_released && !released_since_) released_since_ = now();
    if (not_before_ && now() < *not_before_) return false;
    const OwnedBookLimits& limits = options_.limits;
    if (open_since_ && now() - *open_since_ >= limits.open_patience) return true;
    if (is_named_) {
        const bool is_free = !holder || is_released || holder->node == options_.node;
        return is_free || (named_since_ && now() - *named_since_ >= limits.grace);
    }
    // The one that is named may not have noticed, or may be the one that stopped.
    return is_released && holder->node != options_.node &&
           now() - *released_since_ >= limits.released_patience;
}

// A bit of what another has written; answers whether there is more.
bool OwnedBook::follow() {
    if (has_standby_failed_) return false;
    const auto give_up = [this](const Error& error) {
        note(error);
        standby_.reset();
        has_standby_failed_ = true;
        return false;
    };
    if (standby_ == nullptr) {
        auto opened = Standby::open(log_, options_.engine);
        if (!opened.ok()) return give_up(opened.error());
        standby_ = std::make_unique<Standby>(std::move(opened).value());
    }
    const auto has_more = standby_->follow(options_.limits.follow_events_max);
    return has_more.ok() ? has_more.value() : give_up(has_more.error());
}

Result<std::unique_ptr<Writer>> OwnedBook::open_engine() {
    const auto standby = std::exchange(standby_, nullptr);
    if (standby == nullptr) return Writer::open(log_, options_.engine);
    return Writer::open(log_, options_.engine, std::move(*standby).take());
}

void OwnedBook::take_over() {
    DAYBOOK_ASSERT(engine_ == nullptr);
    const auto fail = [this](const Error& error) {
        note(error);
        not_before_ = now() + options_.limits.try_again_after;
    };
    if (const auto claimed = log_.claim(); !claimed.ok()) return fail(claimed.error());
    const auto holder = log_.holder();
    if (!holder || !holder->is_us) return fail(busy());
    auto engine = open_engine();
    if (!engine.ok()) return fail(engine.error());
    led_term_ = holder->term;
    led_from_ = holder->position;
    was_named_ = is_named_;
    not_before_.reset();
    released_since_.reset();
    has_standby_failed_ = false;
    note(std::nullopt);
    {
        const std::unique_lock lock{engine_mutex_};
        engine_ = std::move(engine).value();
    }
    send_open_again();
    is_leading_ = true;
}

// What got in gives its first answer, what did not is decided now.
void OwnedBook::send_open_again() {
    std::vector<std::uint64_t> open;
    {
        const std::scoped_lock lock{flights_mutex_};
        for (auto& [number, flight] : flights_) {
            if (!std::exchange(flight.is_open, false)) continue;
            open.push_back(number);
        }
    }
    for (const std::uint64_t number : open) {
        const Result<void> sent = submit_flight(number);
        if (sent.ok()) continue;
        // Stays open, and is tried again.
        const std::scoped_lock lock{flights_mutex_};
        const auto flight = flights_.find(number);
        if (flight != flights_.end()) flight->second.is_open = true;
    }
}

// Another's claim stands in the log: of our term nothing can come any more.
void OwnedBook::settle() {
    if (const auto caught_up = log_.catch_up(); !caught_up.ok()) return note(caught_up.error());
    const auto holder = log_.holder();
    if (!holder || holder->is_us || holder->term <= led_term_) return;
    if (const auto known = look_up_open(*holder); !known.ok()) note(known.error());
}

Result<void> OwnedBook::look_up_open(const LogHolder& winner) {
    std::map<Id, std::uint64_t> first_positions;
    std::map<std::uint64_t, Id> open;
    std::uint64_t from = led_from_;  // Earlier when one stayed open through a term of ours.
    {
        const std::scoped_lock lock{flights_mutex_};
        for (const auto& [number, flight] : flights_) {
            if (!flight.is_open) continue;
            open.emplace(number, flight.commands.front().id);
            from = std::min(from, flight.not_before);
        }
    }
    DAYBOOK_TRY(const auto reader, log_.read(from));
    while (true) {
        DAYBOOK_TRY(const auto events, reader->next());
        if (events.empty()) break;
        for (const EventBytes event : events) {
            const EventHeader& header = header_of(event);
            if (header.batch_index() != 0) continue;
            first_positions.emplace(read(header.command()), header.position());
        }
    }
    std::vector<std::unique_ptr<LogReader>> readers;  // What they gave is valid while they live.
    const auto event_at = [&](std::uint64_t position) -> Result<EventBytes> {
        DAYBOOK_TRY(readers.emplace_back(), log_.read(position));
        DAYBOOK_TRY(const auto events, readers.back()->next());
        DAYBOOK_ASSERT(!events.empty());
        return events.front();
    };
    for (const auto& [number, command] : open) {
        const auto found = first_positions.find(command);
        if (found == first_positions.end()) {
            answer(
                number,
                {.outcome = Answer::Outcome::failed,
                 .error =
                     {ErrorCode::busy,
                      fmt::format(
                          "nothing was stored: node {}{} took the book over before; send it again",
                          to_string(winner.node),
                          winner.url.empty() ? std::string{} : " at " + winner.url
                      )}}
            );
            continue;
        }
        DAYBOOK_TRY(const Answer stored, answer_of_batch(found->second, event_at));
        answer(number, stored);
    }
    return {};
}

void OwnedBook::give_up_open() {
    std::vector<std::uint64_t> left;
    {
        const std::scoped_lock lock{flights_mutex_};
        for (const auto& [number, flight] : flights_) left.push_back(number);
    }
    for (const std::uint64_t number : left) {
        answer(
            number,
            {.outcome = Answer::Outcome::failed,
             .error =
                 {ErrorCode::io,
                  "the node stops before it is known whether the command was stored; send it again "
                  "with the same id"}}
        );
    }
}

}  // namespace daybook
