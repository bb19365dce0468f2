// The whole engine on a disk that loses power at chosen moments, from one seed. After each crash
// nothing that was acknowledged is missing, nothing stands there twice or by half, the hashes are
// right, and the state is that of the log, with a snapshot or without.
#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "engine/base/prng.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/runtime/restore.hpp"
#include "tests/runtime/toys/toys.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_files.hpp"
#include "tests/support/seed.hpp"

namespace daybook::toys {
namespace {

using Outcome = Answer::Outcome;

constexpr int crashes = 120;

class SeededRandom final : public Random {
 public:
    explicit SeededRandom(std::uint64_t seed) : prng_(seed) {}
    std::uint64_t next() override { return prng_.next(); }

 private:
    Prng prng_;
};

// Sends commands so that the writer decides all of them as one group: it is held in a callback
// until they wait. So the same seed makes the same writes in the same order.
class OneGroup {
 public:
    explicit OneGroup(Engine& engine) : engine_(engine) {
        const auto held = engine_.submit(command("hold", till::LookAwayT{}), [this](const Answer&) {
            std::unique_lock lock{mutex_};
            is_held_ = true;
            changed_.notify_all();
            changed_.wait(lock, [this] { return is_sent_; });
        });
        is_open_ = held.ok();
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return is_held_ || !is_open_; });
    }
    void send(const CommandMessage& message) {
        const std::size_t index = answers_.size();
        {
            const std::scoped_lock lock{mutex_};
            answers_.emplace_back();
        }
        const auto taken = engine_.submit(message, [this, index](const Answer& answer) {
            const std::scoped_lock lock{mutex_};
            answers_[index] = answer;
            ++given_;
            changed_.notify_all();
        });
        const std::scoped_lock lock{mutex_};
        if (!taken.ok()) ++given_;
    }
    // One answer for each command; failed for one that was not taken.
    std::vector<Answer> wait() {
        std::unique_lock lock{mutex_};
        is_sent_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return given_ == answers_.size(); });
        return answers_;
    }
    [[nodiscard]] bool is_open() const { return is_open_; }

 private:
    Engine& engine_;
    bool is_open_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_held_ = false;         // Guarded by mutex_.
    bool is_sent_ = false;         // Guarded by mutex_.
    std::size_t given_ = 0;        // Guarded by mutex_.
    std::vector<Answer> answers_;  // Guarded by mutex_.
};

class Simulation {
 public:
    explicit Simulation(std::uint64_t seed) : prng_(seed), random_(seed) {}

    // Opens, checks everything, works for a while, and ends cleanly or with a crash.
    void live_once() {
        auto log = open_log();
        check_log(*log);
        check_restored(*log);
        {
            Engine engine = std::move(Engine::open(*log, options())).value();
            check_acknowledged(engine);
            doom();
            work(engine);
            if (prng_.chance(20)) static_cast<void>(engine.stop());
        }
        log.reset();
        files_.crash(prng_);
        files_.mend();
    }
    [[nodiscard]] std::size_t acknowledged() const { return acknowledged_.size(); }
    [[nodiscard]] std::size_t failed_groups() const { return failed_groups_; }
    [[nodiscard]] std::size_t from_snapshot() const { return from_snapshot_; }

 private:
    EngineOptions options() {
        return {
            .limits = {.group_events_full = 40, .snapshot_events_min = 10},
            .clock = &clock_,
            .files = &files_,
            .snapshot_folder = "book/snapshots",
            .modules = toy_modules()};
    }
    std::unique_ptr<SegmentLog> open_log() {
        auto log = SegmentLog::open(
            files_,
            random_,
            {.folder = "book/log",
             .create = true,
             .segment_bytes = 16 * 1'024,
             .prepare_ahead = false}
        );
        REQUIRE_MESSAGE(log.ok(), log.error().message);
        return std::move(log).value();
    }

    // Somewhere ahead the disk will stop writing, or be full for one moment.
    void doom() {
        const std::uint64_t operations = prng_.below(120);
        if (prng_.chance(70)) {
            files_.fail_after(operations, Error{ErrorCode::io, "the power failed"}, true);
        } else {
            files_.fail_after(operations, Error{ErrorCode::disk_full, "no space left"}, false);
        }
    }

    void work(Engine& engine) {
        for (std::uint64_t groups = prng_.below(12); groups > 0; --groups) {
            clock_.advance(std::chrono::seconds{prng_.between(-10, 100)});
            if (prng_.chance(5)) static_cast<void>(engine.take_snapshot());
            if (!send_group(engine) && !engine.resume().ok()) return;
            if (engine.write_failure()) return;
        }
    }

    // False when the group failed.
    bool send_group(Engine& engine) {
        OneGroup group{engine};
        std::vector<CommandMessage> sent;
        for (std::uint64_t left = prng_.below(30) + 1; left > 0 && group.is_open(); --left) {
            sent.push_back(random_command());
            group.send(sent.back());
        }
        const auto answers = group.wait();
        bool has_failed = false;
        for (std::size_t index = 0; index < answers.size(); ++index) {
            const Answer& answer = answers[index];
            if (answer.outcome == Outcome::failed) has_failed = true;
            if (answer.outcome != Outcome::accepted || answer.event_count == 0) continue;
            acknowledged_.try_emplace(sent[index].id, sent[index], answer);
        }
        if (has_failed) ++failed_groups_;
        return !has_failed;
    }

    CommandMessage random_command() {
        // Now and then one that was sent before, whether it was answered or not.
        const std::uint64_t number = prng_.chance(10) ? prng_.below(sent_ + 1) : sent_++;
        Prng content{number};
        const std::string id = "c-" + std::to_string(number);
        const std::string till = "T" + std::to_string(content.below(20));
        switch (content.below(6)) {
            case 0: return open_till(id, till);
            case 1: return take_out(id, till, content.between(0, 30));
            case 2: {
                const auto count = static_cast<std::uint32_t>(content.below(8));
                return command(
                    id,
                    till::FloodT{.till = id_from_code(till), .count = count, .letters = count * 90}
                );
            }
            case 3: return command(id, till::RingT{.left = 3});
            default: return put_in(id, till, content.between(0, 30));
        }
    }

    // Batches whole, positions in order, every command once, every hash right.
    void check_log(const SegmentLog& log) {
        const auto verified = log.verify(VerifyDepth::full);
        REQUIRE_MESSAGE(verified.ok(), verified.error().message);
        REQUIRE(verified.value() == log.head());
        const auto reader = std::move(log.read(0)).value();
        std::set<Id> commands;
        std::uint64_t position = 0;
        std::uint32_t left = 0;
        Instant last;
        for (auto page = reader->next().value(); !page.empty(); page = reader->next().value()) {
            for (const EventBytes& event : page) {
                const EventHeader& header = header_of(event);
                // One doctest check for each event would cost more than all the rest.
                bool is_right = header.position() == position++;
                is_right = is_right && read(header.recorded_at()) >= last;
                last = read(header.recorded_at());
                if (left == 0) {
                    is_right = is_right && header.batch_index() == 0;
                    is_right = is_right && commands.insert(read(header.command())).second;
                    left = header.batch_count();
                }
                is_right = is_right && header.batch_count() - header.batch_index() == left;
                --left;
                if (!is_right) FAIL("event ", position - 1, " does not follow");
            }
        }
        REQUIRE(left == 0);
        REQUIRE(position == log.end());
        REQUIRE(std::ranges::all_of(acknowledged_, [&](const auto& told) {
            return commands.contains(told.first);
        }));
    }

    void check_restored(const SegmentLog& log) {
        const SnapshotFolder snapshots{files_, "book/snapshots", fingerprint_of(toy_modules())};
        const RestoredBook quick = std::move(restore_book(log, options(), &snapshots)).value();
        const RestoredBook whole = std::move(restore_book(log, options(), nullptr)).value();
        if (quick.replayed_from > 0) ++from_snapshot_;
        Bytes quick_bytes;
        Bytes whole_bytes;
        quick.book.save(quick_bytes);
        whole.book.save(whole_bytes);
        REQUIRE(quick_bytes == whole_bytes);
    }

    void check_acknowledged(Engine& engine) {
        for (const auto& [id, told] : acknowledged_) {
            if (!prng_.chance(10)) continue;
            const Answer again = engine.submit_and_wait(told.first);
            REQUIRE(again.is_repeated);
            REQUIRE(again.first_position == told.second.first_position);
            REQUIRE(again.event_count == told.second.event_count);
            REQUIRE(again.document_version == told.second.document_version);
        }
    }

    Prng prng_;
    SeededRandom random_;
    support::FakeFileSystem files_;
    FakeClock clock_;
    std::map<Id, std::pair<CommandMessage, Answer>> acknowledged_;
    std::uint64_t sent_ = 0;
    std::size_t failed_groups_ = 0;
    std::size_t from_snapshot_ = 0;
};

}  // namespace

TEST_CASE("whatever moment the power fails, the book opens with all that was acknowledged") {
    const std::uint64_t seed = test_seed();
    INFO("repeat with DAYBOOK_SEED=", seed);
    Simulation simulation{seed};
    for (int crash = 0; crash < crashes; ++crash) {
        CAPTURE(crash);
        simulation.live_once();
    }
    CHECK(simulation.acknowledged() > 1'000);
    CHECK(simulation.failed_groups() > 5);
    CHECK(simulation.from_snapshot() > 20);
    MESSAGE(
        simulation.acknowledged(),
        " commands acknowledged over ",
        crashes,
        " crashes; opened from a snapshot ",
        simulation.from_snapshot(),
        " times; groups failed ",
        simulation.failed_groups(),
        " times"
    );
}

}  // namespace daybook::toys
