// The program as a person meets it. Each tests/golden/*.txt is a conversation: `$ ` before what is
// typed, then what the program says, then its exit code in brackets unless that is 0. The typed
// lines are run again in a folder of their own and all they print must be as written there; what
// differs between two runs, as times and hashes, is masked; `## ` begins a remark. DAYBOOK_ACCEPT=1
// rewrites the files.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/os/clock.hpp"
#include "tests/support/temp_folder.hpp"

using namespace daybook;

namespace {

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), by);
        at += by.size();
    }
}

std::string masked(std::string text, const std::string& folder, const std::set<std::string>& days) {
    struct Mask {
        std::regex pattern;
        std::string by;
    };
    static const std::vector<Mask> masks = {
        {std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"}, "TIME"},
        {std::regex{R"(\b[0-9a-f]{64}\b)"}, "HASH"},
        {std::regex{R"(\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"}, "UUID"},
        {std::regex{R"(\bin \d+(\.\d+)? (ms|s)\b)"}, "in DURATION"},
        {std::regex{R"(\b\d[\d,]* (events|rows)/s)"}, "RATE"},
        // How many commands share a group depends on how fast they come.
        {std::regex{R"(("groups": |groups +)\d+)"}, "$1GROUPS"},
    };
    replace_all(text, folder, "FOLDER");
    for (const Mask& mask : masks) text = std::regex_replace(text, mask.pattern, mask.by);
    for (const std::string& day : days) replace_all(text, day, "TODAY");
    return text;
}

std::string in_quotes(std::string_view text) {
    std::string quoted{text};
    replace_all(quoted, "'", R"('\'')");
    return "'" + quoted + "'";
}

class Conversation {
 public:
    explicit Conversation(const std::string& program) {
        std::filesystem::create_directories(folder_.path() + "/bin");
        std::filesystem::create_directories(folder_.path() + "/desk");
        std::filesystem::create_symlink(program, folder_.path() + "/bin/daybook");
    }
    // What the conversation becomes when its typed lines are typed now.
    [[nodiscard]] std::string repeat(const std::string& written) {
        std::string now;
        std::istringstream lines{written};
        bool is_answer = false;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("## ") && !now.empty()) now += "\n";
            if (line.starts_with("$ ") || line.starts_with("## ")) {
                now += line + "\n";
                is_answer = line.starts_with("$ ");
            }
            if (is_answer && line.starts_with("$ ")) now += answer_to(line.substr(2));
        }
        return now;
    }

 private:
    std::string answer_to(const std::string& typed) {
        const std::string shell = fmt::format(
            "cd {}/desk && env -i PATH={}/bin:\"$PATH\" LC_ALL=C.UTF-8 TZ=UTC TERM=dumb COLUMNS=80 "
            "DAYBOOK_ACTOR=anna ${{TSAN_OPTIONS:+TSAN_OPTIONS=\"$TSAN_OPTIONS\"}} sh -c {} 2>&1 "
            "</dev/null",
            folder_.path(),
            folder_.path(),
            in_quotes(typed)
        );
        const SystemClock clock;
        std::set<std::string> days{to_string(clock.now().date())};
        std::FILE* pipe = ::popen(shell.c_str(), "r");
        REQUIRE(pipe != nullptr);
        std::string answer;
        std::array<char, 4096> part{};
        while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe)) {
            answer.append(part.data(), size);
        }
        const int status = ::pclose(pipe);
        days.insert(to_string(clock.now().date()));
        CHECK_MESSAGE(WIFEXITED(status), typed);
        answer = masked(std::move(answer), folder_.path(), days);
        if (!answer.empty() && !answer.ends_with('\n')) answer += "\n";
        if (WEXITSTATUS(status) != 0) answer += fmt::format("[{}]\n", WEXITSTATUS(status));
        return answer;
    }

    TempFolder folder_;
};

// The first line that differs, as both have it.
std::string first_difference(const std::string& written, const std::string& now) {
    std::istringstream old_lines{written};
    std::istringstream new_lines{now};
    std::string old_line;
    std::string new_line;
    for (int number = 1;; ++number) {
        const bool has_old = static_cast<bool>(std::getline(old_lines, old_line));
        const bool has_new = static_cast<bool>(std::getline(new_lines, new_line));
        if (!has_old && !has_new) return "";
        if (!has_old) old_line = "(the end)";
        if (!has_new) new_line = "(the end)";
        if (old_line == new_line) continue;
        return fmt::format("line {}:\n  written {}\n  now     {}", number, old_line, new_line);
    }
}

}  // namespace

TEST_CASE("the program says what the written conversations say") {
    const char* program = std::getenv("DAYBOOK_PROGRAM");
    if (program == nullptr) {
        MESSAGE("skipped: DAYBOOK_PROGRAM does not name the program");
        return;
    }
    std::set<std::string> paths;
    for (const auto& file :
         std::filesystem::directory_iterator{DAYBOOK_SOURCE_DIR "/tests/golden"}) {
        if (file.path().extension() == ".txt") paths.insert(file.path().string());
    }
    REQUIRE_FALSE(paths.empty());
    for (const std::string& path : paths) {
        const std::string written = read_file(path);
        Conversation conversation{std::filesystem::absolute(program).string()};
        const std::string now = conversation.repeat(written);
        if (written == now) continue;
        if (std::getenv("DAYBOOK_ACCEPT") != nullptr) {
            std::ofstream{path, std::ios::binary} << now;
            MESSAGE(path, " is rewritten");
            continue;
        }
        FAIL_CHECK(path, " ", first_difference(written, now));
    }
}
