// A book as a scenario needs it: an engine on a log with a clock that stands still, and rows. How
// it is put together is the configuration's choice; what it answers must not depend on that.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"
#include "engine/store/store.hpp"
#include "projections/core/follower.hpp"
#include "tests/support/fake_clock.hpp"

namespace daybook::scenario {

struct Configuration {
    enum class Restart { never, from_log, from_snapshot };
    std::string name = "plain";
    Restart restart = Restart::never;  // After each command.
    bool uses_segments = false;        // The log in small files instead of memory,
    bool uses_kafka = false;           // or in a topic of the broker that DAYBOOK_KAFKA names.
    bool uses_rocks = false;           // The rows on disk, followed by a thread.
    bool rebuilds_rows = false;        // Before each reading.
};

// Reads one entry of configurations.json. `unavailable` when this machine lacks what it needs.
[[nodiscard]] Result<Configuration> parse_configuration(
    std::string_view json, std::string_view name
);

class Book {
 public:
    [[nodiscard]] static Result<std::unique_ptr<Book>> open(const Configuration& configuration);
    explicit Book(const Configuration& configuration);  // For open() alone.
    ~Book();
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    [[nodiscard]] FakeClock& clock() { return clock_; }
    [[nodiscard]] Codec& codec() { return codec_; }
    // Decides the command, then restarts if the configuration says so. The Error is of a restart.
    [[nodiscard]] Result<Answer> submit(const CommandMessage& command);
    [[nodiscard]] std::uint64_t end() const;
    // The events from a position on, each as the codec's JSON.
    [[nodiscard]] Result<std::vector<std::string>> events_from(std::uint64_t position) const;

    [[nodiscard]] const Log& log() const { return *log_; }

    // A view of the rows as they are after the last command.
    [[nodiscard]] Result<Query> query();
    // What a fresh fold finds different, and what the projections' own checks find wrong.
    [[nodiscard]] Result<std::vector<Finding>> check_rows();

 private:
    [[nodiscard]] Result<void> open_log();
    [[nodiscard]] Result<void> open_engine();
    [[nodiscard]] Result<void> open_rows();
    [[nodiscard]] Result<void> restart();
    [[nodiscard]] Result<void> refresh_rows();

    Configuration configuration_;
    FakeClock clock_;
    Codec codec_;
    struct Folder;
    std::unique_ptr<Folder> folder_;
    std::unique_ptr<Log> log_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Follower> follower_;
};

}  // namespace daybook::scenario
