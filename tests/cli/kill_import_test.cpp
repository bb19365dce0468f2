// An import whose process is killed at any moment, and goes on with the same book: nothing that was
// acknowledged is missing or stands there twice, no batch is there by half, the rows agree, and in
// the end the log is that of an import that nobody disturbed, byte for byte.
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "connectors/files/importer.hpp"
#include "engine/base/prng.hpp"
#include "engine/engine.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"
#include "engine/store/memory_store.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "tests/cli/wholesale_files.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_folder.hpp"

using namespace daybook;

namespace {

// What a child tells of one accepted command, on the writer's thread: no longer than a pipe writes
// at once.
struct Acknowledgement {
    Id command;
    std::uint64_t first_position = 0;
    std::uint32_t event_count = 0;
    std::uint32_t is_repeated = 0;
};
static_assert(sizeof(Acknowledgement) <= 512);

struct Place {
    std::uint64_t first_position = 0;
    std::uint32_t event_count = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

struct Figures {
    std::uint64_t kills = 0;
    std::uint64_t books = 0;
    std::uint64_t commands = 0;  // Acknowledged, each counted once.
    std::uint64_t repeated = 0;  // Acknowledged again after a kill.
    std::uint64_t unheard = 0;   // On the log, but killed before the acknowledgement.
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t torn = 0;  // Openings that dropped an unfinished write,
    std::uint64_t torn_bytes = 0;
    std::uint64_t rows_checked = 0;
};

// A child's findings reach the test as text; it leaves nothing behind, not even destructors.
struct Child {
    pid_t process = -1;
    int pipe = -1;
};

template <class Run>
Child in_child(Run run) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t process = ::fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        ::close(ends[0]);
        ::_exit(run(ends[1]));
    }
    ::close(ends[1]);
    return {process, ends[0]};
}

int fail(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 3;
}

struct Import {
    files::Mapping mapping;
    std::string data_folder;
    std::size_t in_flight_max = 64;  // More make larger groups, which are torn more easily.

    [[nodiscard]] Result<files::ImportSummary> run(
        const files::Submit& submit, std::function<void(const files::ImportProgress&)> progress
    ) const {
        return files::run_import(
            mapping,
            submit,
            {.folder = data_folder,
             .error_path = "",
             .identity = "",
             .actor = id_from_code("importer"),
             .in_flight_max = in_flight_max,
             .stop = {},
             .progress = std::move(progress)}
        );
    }
};

Import import_of(const std::string& generated_folder, std::uint64_t seed) {
    const std::string path = DAYBOOK_SOURCE_DIR "/connectors/files/mappings/northwind.map";
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    auto mapping = files::parse_mapping(text.str(), "northwind.map");
    REQUIRE(mapping.ok());
    const char* given = std::getenv("DAYBOOK_DATA");
    const std::string root = given != nullptr ? given : DAYBOOK_SOURCE_DIR "/../shared/data";
    std::string folder = root + "/quickstart/northwind";
    if (!std::filesystem::is_directory(folder)) {
        MESSAGE("Northwind is not in ", root, ": generated files take its place");
        folder = generated_folder;
        tests::write_wholesale_files(folder, seed);
    }
    return {std::move(mapping).value(), folder};
}

// A book on the disk, opened by one process after another.
struct Shelf {
    std::string folder;
    PosixFileSystem files;
    SystemRandom random;
    FakeClock clock;

    [[nodiscard]] Result<std::unique_ptr<SegmentLog>> open_log() {
        return SegmentLog::open(
            files,
            random,
            {.folder = folder + "/log", .create = true, .segment_bytes = std::uint32_t{1} << 18}
        );
    }
    [[nodiscard]] Result<Engine> open_engine(Log& log) {
        EngineOptions options;
        options.clock = &clock;
        options.files = &files;
        options.snapshot_folder = folder + "/snapshots";
        return Engine::open(log, options);
    }
    [[nodiscard]] Result<std::unique_ptr<Follower>> open_rows(const Log& log, Store& store) const {
        return Follower::open(log, store, {.projections = registered_projections(), .limits = {}});
    }
};

// Imports with rows that follow and snapshots now and then. Runs in a process of its own.
Result<void> import_telling(Shelf& shelf, const Import& import, int pipe) {
    DAYBOOK_TRY(const auto log, shelf.open_log());
    DAYBOOK_TRY(const auto store, RocksStore::open(shelf.folder + "/rows"));
    DAYBOOK_TRY(const auto follower, shelf.open_rows(*log, *store));
    follower->start();
    DAYBOOK_TRY(Engine engine, shelf.open_engine(*log));
    const files::Submit submit = [&](CommandMessage message, AnswerCallback callback) {
        const Id id = message.id;
        return engine.submit(
            std::move(message),
            [id, pipe, callback = std::move(callback)](const Answer& answer) {
                if (answer.outcome == Answer::Outcome::accepted) {
                    const Acknowledgement told{
                        id,
                        answer.first_position,
                        answer.event_count,
                        answer.is_repeated ? 1U : 0U};
                    if (::write(pipe, &told, sizeof told) != sizeof told) ::_exit(4);
                }
                callback(answer);
            }
        );
    };
    std::uint64_t steps = 0;
    std::optional<Error> failed;
    const auto snapshot_now_and_then = [&](const files::ImportProgress&) {
        if (++steps % 700 != 0) return;
        const Result<void> taken = engine.take_snapshot();
        if (!taken) failed = taken.error();
    };
    DAYBOOK_TRY(const files::ImportSummary summary, import.run(submit, snapshot_now_and_then));
    if (summary.failure) return *summary.failure;
    if (failed) return *failed;
    DAYBOOK_TRY_VOID(engine.stop());
    return follower->stop();
}

// Brings the rows up to the log, compares them with a fresh fold and runs the checks of the books.
Result<void> check_rows(Shelf& shelf) {
    DAYBOOK_TRY(const auto log, shelf.open_log());
    DAYBOOK_TRY(const auto store, RocksStore::open(shelf.folder + "/rows"));
    DAYBOOK_TRY(const auto follower, shelf.open_rows(*log, *store));
    DAYBOOK_TRY_VOID(follower->catch_up());
    MemoryStore scratch;
    DAYBOOK_TRY(const auto differences, follower->compare_with_fresh_fold("", scratch));
    for (const Finding& finding : differences.findings) {
        return Error{ErrorCode::corrupt, finding.where + ": " + finding.message};
    }
    DAYBOOK_TRY(const auto findings, follower->run_checks());
    for (const Finding& finding : findings) {
        return Error{ErrorCode::corrupt, finding.where + ": " + finding.message};
    }
    if (differences.events != log->end()) return Error{ErrorCode::corrupt, "events are missing"};
    return {};
}

// The commands of a log, each with its batch; a command that has two is counted.
struct Batches {
    std::map<Id, Place> of_command;
    std::uint64_t doubled = 0;
};

Batches batches_of(const Log& log) {
    Batches batches;
    std::uint64_t position = 0;
    std::uint32_t index = 0;
    std::uint32_t count = 0;
    const auto reader = std::move(log.read(0)).value();
    for (;;) {
        const auto events = reader->next();
        REQUIRE(events.ok());
        if (events.value().empty()) break;
        for (const EventBytes event : events.value()) {
            const EventHeader& header = header_of(event);
            REQUIRE(header.position() == position);
            if (index == count) {
                index = 0;
                count = header.batch_count();
                const Place place{position, count};
                const Id command = flatbuffers::UnPack(header.command());
                if (!batches.of_command.emplace(command, place).second) ++batches.doubled;
            }
            REQUIRE(header.batch_index() == index);
            REQUIRE(header.batch_count() == count);
            ++index;
            ++position;
        }
    }
    REQUIRE(index == count);
    REQUIRE(position == log.end());
    return batches;
}

// One book from its first kill to its last event.
class KilledBook {
 public:
    KilledBook(Import import, Prng& random, Figures& figures)
        : import_(std::move(import)), random_(random), figures_(figures) {
        shelf_.folder = folder_.path();
    }

    // Whether the import came to its end before it was killed.
    bool run_and_kill() {
        import_.in_flight_max = random_.chance(50) ? 16 : 2'000;
        const Child child = start();
        read_until_moment(child);
        ::kill(child.process, SIGKILL);
        const int status = finish(child);
        if (WIFSIGNALED(status)) ++figures_.kills;
        if (WIFEXITED(status)) REQUIRE(WEXITSTATUS(status) == 0);
        check_log();
        return WIFEXITED(status);
    }
    void run_to_end() {
        const int status = finish(start());
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) == 0);
        check_log();
    }
    void check_rows_too() {
        const Child child = in_child([this](int) {
            const Result<void> checked = check_rows(shelf_);
            return checked ? 0 : fail(checked.error());
        });
        const int status = finish(child);
        REQUIRE(WIFEXITED(status));
        REQUIRE(WEXITSTATUS(status) == 0);
        ++figures_.rows_checked;
    }
    [[nodiscard]] TreeHead head() {
        const auto log = shelf_.open_log();
        REQUIRE(log.ok());
        return log.value()->head();
    }

 private:
    Child start() {
        return in_child([this](int pipe) {
            const Result<void> imported = import_telling(shelf_, import_, pipe);
            return imported ? 0 : fail(imported.error());
        });
    }
    // Until some more new commands were acknowledged, or a time from the very start.
    void read_until_moment(const Child& child) {
        if (random_.chance(25)) {
            pollfd nothing{};
            ::poll(&nothing, 0, static_cast<int>(random_.below(120)));
            return;
        }
        for (std::uint64_t left = 1 + random_.below(90); left > 0;) {
            Acknowledgement told;
            if (::read(child.pipe, &told, sizeof told) != sizeof told) return;
            if (told.is_repeated == 0) --left;
            remember(told);
        }
        for (std::uint64_t left = random_.below(2'000'000); left > 0; --left) {
            std::atomic_signal_fence(std::memory_order_seq_cst);
        }
    }
    // What it still wrote into the pipe was acknowledged too.
    int finish(const Child& child) {
        Acknowledgement told;
        while (::read(child.pipe, &told, sizeof told) == sizeof told) remember(told);
        ::close(child.pipe);
        int status = 0;
        REQUIRE(::waitpid(child.process, &status, 0) == child.process);
        return status;
    }
    void remember(const Acknowledgement& told) {
        if (told.is_repeated != 0) ++figures_.repeated;
        if (told.event_count == 0) return;  // Nothing to record.
        const Place place{told.first_position, told.event_count};
        const auto [known, is_new] = told_.emplace(told.command, place);
        if (is_new) ++figures_.commands;
        if (is_new && told.is_repeated != 0) ++figures_.unheard;
        if (!(known->second == place)) ++figures_.doubled;
        if (!is_new && told.is_repeated == 0) ++figures_.doubled;
    }
    void check_log() {
        const auto log = shelf_.open_log();
        REQUIRE_MESSAGE(log.ok(), (log ? "" : log.error().message));
        const std::uint64_t dropped = log.value()->dropped_bytes();
        figures_.torn += dropped > 0 ? 1U : 0U;
        figures_.torn_bytes += dropped;
        const auto verified = log.value()->verify(VerifyDepth::full);
        REQUIRE_MESSAGE(verified.ok(), (verified ? "" : verified.error().message));
        REQUIRE(verified.value() == log.value()->head());
        const Batches batches = batches_of(*log.value());
        figures_.doubled += batches.doubled;
        for (const auto& [command, place] : told_) {
            const auto found = batches.of_command.find(command);
            if (found == batches.of_command.end() || !(found->second == place)) ++figures_.lost;
        }
        REQUIRE(figures_.lost == 0);
        REQUIRE(figures_.doubled == 0);
    }

    Import import_;
    Prng& random_;
    Figures& figures_;
    TempFolder folder_;
    Shelf shelf_;
    std::map<Id, Place> told_;
};

// What the log commits to when nobody disturbs the import.
TreeHead undisturbed(const Import& import) {
    MemoryLog log;
    FakeClock clock;
    {
        EngineOptions options;
        options.clock = &clock;
        Engine engine = std::move(Engine::open(log, options)).value();
        const auto summary = import.run(
            [&](CommandMessage message, AnswerCallback callback) {
                return engine.submit(std::move(message), std::move(callback));
            },
            {}
        );
        REQUIRE_MESSAGE(summary.ok(), (summary ? "" : summary.error().message));
        REQUIRE_FALSE(summary.value().failure);
        CHECK(summary.value().rows().reported == 0);
    }
    return log.head();
}

std::uint64_t kills_wanted() {
    const char* given = std::getenv("DAYBOOK_KILLS");
    return given == nullptr ? 60 : std::strtoull(given, nullptr, 10);
}

}  // namespace

TEST_CASE("an import killed at any moment loses nothing, and ends as if nobody had disturbed it") {
    const std::uint64_t seed = test_seed();
    MESSAGE("DAYBOOK_SEED=", seed);
    CAPTURE(seed);
    Prng random(seed);
    const TempFolder generated;
    const Import import = import_of(generated.path(), seed);
    const TreeHead expected = undisturbed(import);
    Figures figures;
    while (figures.kills < kills_wanted()) {
        KilledBook book{import, random, figures};
        bool is_complete = false;
        while (!is_complete && figures.kills < kills_wanted()) {
            CAPTURE(figures.kills);
            is_complete = book.run_and_kill();
            if (random.chance(10)) book.check_rows_too();
        }
        if (!is_complete) book.run_to_end();
        book.check_rows_too();
        CHECK(book.head() == expected);
        ++figures.books;
    }
    CHECK(figures.lost == 0);
    CHECK(figures.doubled == 0);
    MESSAGE(
        figures.kills,
        " kills in ",
        figures.books,
        " books of ",
        expected.size,
        " events: ",
        figures.commands,
        " commands acknowledged, ",
        figures.lost,
        " lost, ",
        figures.doubled,
        " doubled, ",
        figures.unheard,
        " stored but not yet acknowledged, ",
        figures.repeated,
        " answers repeated; ",
        figures.torn,
        " unfinished writes dropped (",
        figures.torn_bytes,
        " bytes); rows compared with a fresh fold ",
        figures.rows_checked,
        " times"
    );
}
