// Figures for Prometheus in its text form (version 0.0.4): families with HELP and TYPE, samples
// with labels, histograms with cumulative buckets.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace daybook::http {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// A count for each upper bound, in order, one more for what is above all of them, and the sum.
struct HistogramFigures {
    std::span<const std::uint64_t> bounds;  // Valid for ever.
    std::vector<std::uint64_t> counts;      // Of each bucket alone; one more than bounds.
    std::uint64_t sum = 0;
};

// Collects samples in any order; a family's samples stand together in the text.
class MetricsText {
 public:
    enum class Kind : unsigned char { counter, gauge, histogram };
    // Names of families are valid for ever. The first description of a family is the one shown.
    void describe(std::string_view family, Kind kind, std::string_view help);
    void sample(std::string_view family, const Labels& labels, std::uint64_t value);
    // The same of nanoseconds, shown as seconds.
    void seconds(std::string_view family, const Labels& labels, std::uint64_t nanos);
    void histogram(std::string_view family, const Labels& labels, const HistogramFigures& figures);
    // Bounds and sum are nanoseconds, shown as seconds.
    void histogram_seconds(
        std::string_view family, const Labels& labels, const HistogramFigures& figures
    );
    [[nodiscard]] std::string text() const;

 private:
    struct Family {
        Kind kind = Kind::gauge;
        std::string_view help;
        std::string samples;
    };
    void append_buckets(
        std::string_view family, const Labels& labels, const HistogramFigures& figures, bool nanos
    );
    std::map<std::string_view, Family> families_;
};

// Counts of requests by route and code, and how long they took. Any thread.
class RequestFigures {
 public:
    void note(std::string_view route, std::string_view method, int code, std::uint64_t nanos);
    void append_to(MetricsText& text) const;

 private:
    static constexpr std::size_t bucket_count = 12;
    struct Durations {
        std::array<std::uint64_t, bucket_count> counts{};
        std::uint64_t sum = 0;
    };
    static std::span<const std::uint64_t> bounds();

    mutable std::mutex mutex_;
    // Guarded by mutex_. Bounded: routes and codes are the program's own.
    std::map<std::tuple<std::string_view, std::string, int>, std::uint64_t> counts_;
    std::map<std::string_view, Durations> durations_;  // Guarded by mutex_.
};

}  // namespace daybook::http
