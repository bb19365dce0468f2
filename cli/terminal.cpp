#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace daybook::cli {
namespace {

bool has_environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb() {
    const char* term = std::getenv("TERM");
    return term == nullptr || std::string_view{term} == "dumb";
}

std::size_t width_of_terminal() {
    winsize size{};
    // The moving line is on standard error: standard output may be a file.
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const char* columns = std::getenv("COLUMNS");
    const int given = columns == nullptr ? 0 : std::atoi(columns);
    return given > 0 ? static_cast<std::size_t>(given) : 80;
}

std::size_t rows_of_terminal() {
    winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
    return is_known ? size.ws_row : 24;
}

std::string pager() {
    for (const char* variable : {"DAYBOOK_PAGER", "PAGER"}) {
        if (has_environment(variable)) return std::getenv(variable);
    }
    // Wide lines are cut and can be scrolled to; what fits is left as it is.
    return "less -FRSX";
}

void write(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

Terminal::Terminal(const Settings& settings)
    : settings_(settings),
      out_is_terminal_(::isatty(STDOUT_FILENO) == 1),
      err_is_terminal_(::isatty(STDERR_FILENO) == 1),
      columns_(width_of_terminal()) {
    colors_ = out_is_terminal_ && !settings.no_color && !has_environment("NO_COLOR") && !is_dumb();
    if (is_dumb()) err_is_terminal_ = false;
    pages_ = out_is_terminal_ && !settings.no_pager && !is_dumb();
}

void Terminal::out(std::string_view text) const {
    write(stdout, text);
}

void Terminal::page(const std::string& text) const {
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    if (!pages_ || lines < rows_of_terminal()) return out(text);
    flush();
    // Whoever has seen enough closes the pager before it has read everything.
    const auto previous = std::signal(SIGPIPE, SIG_IGN);
    std::FILE* const reader = ::popen(pager().c_str(), "w");
    if (reader != nullptr) write(reader, text);
    const int status = reader == nullptr ? -1 : ::pclose(reader);
    std::signal(SIGPIPE, previous);
    constexpr int no_such_program = 127;
    const bool was_shown = WIFEXITED(status) && WEXITSTATUS(status) != no_such_program;
    if (status == -1 || !was_shown) out(text);
}

void Terminal::flush() const {
    std::fflush(stdout);
}

void Terminal::say(std::string_view line) const {
    if (is_quiet()) return;
    std::fflush(stdout);
    write(stderr, fmt::format("{}\n", line));
}

void Terminal::detail(std::string_view line) const {
    if (settings_.verbosity != Verbosity::verbose) return;
    write(stderr, fmt::format("{}\n", line));
}

void Terminal::error(const Error& error) const {
    std::fflush(stdout);
    write(stderr, fmt::format("daybook: {} ({})\n", error.message, name_of(error.code)));
}

void Terminal::heading(std::string_view line) const {
    out(fmt::format("\n{}\n", bold(line)));
}

std::string Terminal::bold(std::string_view text) const {
    return colors_ ? fmt::format("\033[1m{}\033[0m", text) : std::string{text};
}

std::string Terminal::dim(std::string_view text) const {
    return colors_ ? fmt::format("\033[2m{}\033[0m", text) : std::string{text};
}

}  // namespace daybook::cli
