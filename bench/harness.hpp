// What every benchmark shares: a timer, the median of several runs, the peak of memory, and the
// number of things to do from the command line. ctest runs each benchmark on a small number.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::bench {

inline constexpr int runs = 5;

// How long `work` takes, in seconds.
template <class Work>
[[nodiscard]] double seconds_of(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The seconds of several runs after one to warm up, shortest first.
template <class Work>
[[nodiscard]] std::vector<double> sorted_runs(Work&& work) {
    std::vector<double> all;
    static_cast<void>(seconds_of(work));
    for (int run = 0; run < runs; ++run) all.push_back(seconds_of(work));
    std::ranges::sort(all);
    return all;
}

// One line: the median rate, and the range.
inline void print_rate(
    std::string_view name, std::uint64_t count, const std::vector<double>& seconds
) {
    const auto rate = [&](double time) { return static_cast<double>(count) / time / 1e6; };
    fmt::print(
        "{:<28} {:8.3f} M/s   ({:.3f} to {:.3f}, {} runs)\n",
        name,
        rate(seconds[seconds.size() / 2]),
        rate(seconds.back()),
        rate(seconds.front()),
        seconds.size()
    );
}

// The most memory that the process ever held, in MiB.
[[nodiscard]] inline std::uint64_t peak_memory_mib() {
    std::ifstream status{"/proc/self/status"};
    std::string word;
    while (status >> word) {
        if (word != "VmHWM:") continue;
        std::uint64_t kib = 0;
        status >> kib;
        return kib / 1'024;
    }
    return 0;
}

// The number after the option, or the given one: "--events 1000".
[[nodiscard]] inline std::uint64_t option(
    int count, char** arguments, std::string_view name, std::uint64_t otherwise
) {
    for (int index = 1; index + 1 < count; ++index) {
        if (arguments[index] != name) continue;
        const std::string_view text = arguments[index + 1];
        std::from_chars(text.data(), text.data() + text.size(), otherwise);
    }
    return otherwise;
}

}  // namespace daybook::bench
