#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace daybook::cli {
namespace {

constexpr auto quiet_time = std::chrono::milliseconds{500};
constexpr auto redraw_time = std::chrono::milliseconds{100};
constexpr std::size_t bar_cells_max = 24;  // As the terminal has room,
constexpr std::size_t bar_cells_min = 5;   // or no bar at all.
constexpr std::size_t bar_frame = 3;       // Brackets and a space.

std::string bar(std::uint64_t done, std::uint64_t total, std::uint64_t cells) {
    const std::uint64_t full = std::min(cells, done * cells / total);
    return fmt::format("[{:#<{}}{:<{}}] ", "", full, "", cells - full);
}

}  // namespace

Progress::Progress(const Terminal& terminal, std::string what, std::string unit)
    : terminal_(terminal),
      what_(std::move(what)),
      unit_(std::move(unit)),
      begin_(Moments::now()),
      drawn_(begin_ + quiet_time - redraw_time) {}

Progress::~Progress() {
    if (visible_) std::fputs("\r\033[K", stderr);
}

std::uint64_t Progress::elapsed_ms() const {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Moments::now() - begin_);
    return static_cast<std::uint64_t>(elapsed.count());
}

void Progress::at(std::uint64_t done, std::uint64_t total) {
    const auto now = Moments::now();
    if (!terminal_.animates() || now - drawn_ < redraw_time) return;
    drawn_ = now;
    draw(done, total);
}

void Progress::draw(std::uint64_t done, std::uint64_t total) {
    const ProgressPoint point{
        .what = what_,
        .unit = unit_,
        .done = done,
        .total = total,
        .ms = std::max<std::uint64_t>(elapsed_ms(), 1)};
    std::fprintf(stderr, "\r%s\033[K", progress_line(point, terminal_.columns() - 1).c_str());
    visible_ = true;
}

std::string progress_line(const ProgressPoint& at, std::size_t columns) {
    const std::string rate = count_text(at.done * 1000 / at.ms);
    if (at.total == 0) {
        return fmt::format("{} {} {}, {}/s", at.what, count_text(at.done), at.unit, rate)
            .substr(0, columns);
    }
    std::string line = fmt::format(
        "{} {} % of {} {}, {}/s",
        at.what,
        std::min<std::uint64_t>(100, at.done * 100 / at.total),
        count_text(at.total),
        at.unit,
        rate
    );
    if (at.done > 0 && at.done < at.total) {
        line += fmt::format(", {} left", duration_text((at.total - at.done) * at.ms / at.done));
    }
    const std::size_t room = columns - std::min(columns, line.size() + bar_frame);
    const std::size_t cells = std::min(bar_cells_max, room);
    if (cells >= bar_cells_min) line.insert(at.what.size() + 1, bar(at.done, at.total, cells));
    return line.substr(0, columns);
}

std::string duration_text(std::uint64_t ms) {
    if (ms < 1000) return fmt::format("{} ms", ms);
    if (ms < 60'000) return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
    return fmt::format("{} min {} s", ms / 60'000, ms % 60'000 / 1000);
}

std::string count_text(std::uint64_t count) {
    std::string text = fmt::format("{}", count);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    std::size_t unit = 0;
    std::uint64_t tenths = bytes * 10 / 1024;
    while (tenths >= 10'240 && unit + 1 < std::size(units)) {
        tenths /= 1024;
        ++unit;
    }
    return fmt::format("{}.{} {}", tenths / 10, tenths % 10, units[unit]);
}

}  // namespace daybook::cli
