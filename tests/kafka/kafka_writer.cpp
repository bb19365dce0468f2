// The smallest node: an engine on a book's topic. It claims the book, takes commands as JSON Lines
// from standard input and answers each on standard output as soon as it is known. When the log
// fails it ends; what became of open commands shows to whoever claims next. The fault tests kill
// it.
//
// Usage: kafka_writer PLACE FOLDER NODE [PROPERTY=VALUE ...]. A property that begins with "unsafe."
// switches a guard of the log off, which nothing but this program can do.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <mutex>

#include "connectors/kafka/kafka_log.hpp"
#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"

namespace daybook {
namespace {

// One whole line by one write, so that a kill leaves no half answer.
void say(const std::string& line) {
    static std::mutex mutex;
    const std::scoped_lock lock{mutex};
    const std::string whole = line + "\n";
    if (write(STDOUT_FILENO, whole.data(), whole.size()) < 0) _exit(1);
}

int fail(const Error& error) {
    fmt::print(stderr, "kafka_writer: {}\n", error.message);
    return 1;
}

std::string answer_text(const Answer& answer, const std::string& id) {
    switch (answer.outcome) {
        case Answer::Outcome::accepted:
            return fmt::format(
                R"({{"id": "{}", "outcome": "accepted", "position": {}, "events": {}}})",
                id,
                answer.first_position,
                answer.event_count
            );
        case Answer::Outcome::refused:
            return fmt::format(
                R"({{"id": "{}", "outcome": "refused", "rule": "{}.{}"}})",
                id,
                answer.refusal.module,
                answer.refusal.rule
            );
        case Answer::Outcome::failed: break;
    }
    return fmt::format(R"({{"id": "{}", "outcome": "open"}})", id);
}

// Whether the argument names a guard.
bool switch_off(std::string_view argument, kafka::KafkaLogOptions& options) {
    if (argument == "unsafe.read_back=off") {
        options.switched_off.read_back = true;
    } else if (argument == "unsafe.rule=positions_alone") {
        options.switched_off.rule = kafka::Guard::positions_alone;
    } else if (argument == "unsafe.topic_settings=off") {
        options.switched_off.topic_settings = true;
    } else {
        return false;
    }
    return true;
}

Result<kafka::KafkaLogOptions> options_of(const std::vector<std::string>& arguments) {
    kafka::KafkaLogOptions options;
    DAYBOOK_TRY(options.place, kafka::parse_place(arguments[0]));
    options.folder = arguments[1] + "/log";
    options.create = true;
    options.patience = std::chrono::milliseconds{10'000};
    for (std::size_t index = 3; index < arguments.size(); ++index) {
        if (switch_off(arguments[index], options)) continue;
        DAYBOOK_TRY(auto property, kafka::parse_property(arguments[index]));
        options.settings.push_back(std::move(property));
    }
    return options;
}

// Until standard input ends or the log fails.
int take_commands(Engine& engine) {
    Codec codec{domain_modules()};
    std::string line;
    while (!engine.write_failure() && std::getline(std::cin, line)) {
        auto command = codec.command(line, {.actor = id_from_code("tester")});
        if (!command.ok()) return fail(command.error());
        const std::string id = to_string(command.value().id);
        const Result<void> taken =
            engine.submit(std::move(command).value(), [id](const Answer& answer) {
                say(answer_text(answer, id));
                if (answer.outcome == Answer::Outcome::failed) {
                    fmt::print(stderr, "kafka_writer: {}\n", answer.error.message);
                }
            });
        if (!taken.ok()) {
            say(fmt::format(R"({{"id": "{}", "outcome": "open"}})", id));
            if (taken.error().code != ErrorCode::busy) return fail(taken.error());
        }
    }
    return 0;
}

int run(const std::vector<std::string>& arguments) {
    PosixFileSystem files;
    SystemRandom random;
    const SystemClock clock;
    const auto options = options_of(arguments);
    if (!options.ok()) return fail(options.error());
    const auto log = kafka::KafkaLog::open(files, random, clock, options.value());
    if (!log.ok()) return fail(log.error());
    const auto claimed = log.value()->claim({.node = id_from_code(arguments[2]), .url = ""});
    if (!claimed.ok()) return fail(claimed.error());
    auto engine = Engine::open(
        *log.value(),
        {.limits = {},
         .clock = &clock,
         .files = &files,
         .snapshot_folder = arguments[1] + "/snapshots"}
    );
    if (!engine.ok()) return fail(engine.error());
    say(fmt::format(R"({{"ready": {}}})", log.value()->metrics().led_term));
    const int code = take_commands(engine.value());
    (void)engine.value().stop();
    return code;
}

}  // namespace
}  // namespace daybook

int main(int count, char** arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.size() >= 3) return daybook::run(given);
    fmt::print(stderr, "usage: kafka_writer PLACE FOLDER NODE [PROPERTY=VALUE ...]\n");
    return 2;
}
