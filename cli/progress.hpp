// One moving line for long work: how much is done, how fast, how long it will take. It appears
// after half a second, and only where a person looks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/terminal.hpp"

namespace daybook::cli {

class Progress {
 public:
    // `unit` in the plural: "lines", "events".
    Progress(const Terminal& terminal, std::string what, std::string unit);
    ~Progress();  // Removes the line.
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // A total of 0 is not known.
    void at(std::uint64_t done, std::uint64_t total);
    [[nodiscard]] std::uint64_t elapsed_ms() const;

 private:
    using Moments = std::chrono::steady_clock;
    void draw(std::uint64_t done, std::uint64_t total);

    const Terminal& terminal_;
    std::string what_;
    std::string unit_;
    Moments::time_point begin_;
    Moments::time_point drawn_;
    bool visible_ = false;
};

struct ProgressPoint {
    std::string_view what;
    std::string_view unit;
    std::uint64_t done = 0;
    std::uint64_t total = 0;  // 0: not known.
    std::uint64_t ms = 1;     // Since it began.
};
// The line as it is drawn, in so many columns: the bar gives way before the words do.
[[nodiscard]] std::string progress_line(const ProgressPoint& at, std::size_t columns);

// "9.5 s", "3 min 20 s", "840 ms"
[[nodiscard]] std::string duration_text(std::uint64_t ms);
// 1234567 is "1,234,567".
[[nodiscard]] std::string count_text(std::uint64_t count);
// 1536 is "1.5 KiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace daybook::cli
