#include "connectors/http/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.hpp"

namespace daybook::http {
namespace {

constexpr std::uint64_t nanos_per_second = 1'000'000'000;

constexpr std::array<std::uint64_t, 11> request_bounds = {
    100'000,
    250'000,
    500'000,
    1'000'000,
    2'500'000,
    5'000'000,
    10'000'000,
    50'000'000,
    250'000'000,
    1'000'000'000,
    10'000'000'000};

// 2'500'000 ns as "0.0025".
std::string seconds_text(std::uint64_t nanos) {
    std::string text = fmt::format("{}.{:09}", nanos / nanos_per_second, nanos % nanos_per_second);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string label_text(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        text += c == '\n' ? ' ' : c;
    }
    return text;
}

std::string labels_text(const Labels& labels, std::string_view bound = {}) {
    std::string text;
    for (const auto& [name, value] : labels) {
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, label_text(value));
    }
    if (!bound.empty()) text += fmt::format("{}le=\"{}\"", text.empty() ? "" : ",", bound);
    return text.empty() ? text : "{" + text + "}";
}

std::string_view name_of(MetricsText::Kind kind) {
    switch (kind) {
        case MetricsText::Kind::counter: return "counter";
        case MetricsText::Kind::gauge: return "gauge";
        case MetricsText::Kind::histogram: return "histogram";
    }
    return "untyped";
}

}  // namespace

void MetricsText::describe(std::string_view family, Kind kind, std::string_view help) {
    Family& described = families_[family];
    if (!described.help.empty()) return;
    described.kind = kind;
    described.help = help;
}

void MetricsText::sample(std::string_view family, const Labels& labels, std::uint64_t value) {
    families_[family].samples += fmt::format("{}{} {}\n", family, labels_text(labels), value);
}

void MetricsText::seconds(std::string_view family, const Labels& labels, std::uint64_t nanos) {
    families_[family].samples +=
        fmt::format("{}{} {}\n", family, labels_text(labels), seconds_text(nanos));
}

void MetricsText::histogram(
    std::string_view family, const Labels& labels, const HistogramFigures& figures
) {
    append_buckets(family, labels, figures, false);
}

void MetricsText::histogram_seconds(
    std::string_view family, const Labels& labels, const HistogramFigures& figures
) {
    append_buckets(family, labels, figures, true);
}

void MetricsText::append_buckets(
    std::string_view family, const Labels& labels, const HistogramFigures& figures, bool nanos
) {
    DAYBOOK_ASSERT(figures.counts.size() == figures.bounds.size() + 1);
    const auto number = [nanos](std::uint64_t value) {
        return nanos ? seconds_text(value) : std::to_string(value);
    };
    std::string& out = families_[family].samples;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < figures.counts.size(); ++i) {
        total += figures.counts[i];
        const bool is_above_all = i == figures.bounds.size();
        const std::string bound = is_above_all ? "+Inf" : number(figures.bounds[i]);
        out += fmt::format("{}_bucket{} {}\n", family, labels_text(labels, bound), total);
    }
    out += fmt::format("{}_sum{} {}\n", family, labels_text(labels), number(figures.sum));
    out += fmt::format("{}_count{} {}\n", family, labels_text(labels), total);
}

std::string MetricsText::text() const {
    std::string text;
    for (const auto& [name, family] : families_) {
        text += fmt::format(
            "# HELP {} {}\n# TYPE {} {}\n{}",
            name,
            family.help,
            name,
            name_of(family.kind),
            family.samples
        );
    }
    return text;
}

std::span<const std::uint64_t> RequestFigures::bounds() {
    static_assert(request_bounds.size() + 1 == bucket_count);
    return request_bounds;
}

void RequestFigures::note(
    std::string_view route, std::string_view method, int code, std::uint64_t nanos
) {
    const auto bucket = static_cast<std::size_t>(
        std::ranges::lower_bound(request_bounds, nanos) - request_bounds.begin()
    );
    const std::scoped_lock lock{mutex_};
    ++counts_[{route, std::string{method}, code}];
    Durations& durations = durations_[route];
    ++durations.counts[bucket];
    durations.sum += nanos;
}

void RequestFigures::append_to(MetricsText& text) const {
    constexpr std::string_view requests = "daybook_http_requests_total";
    constexpr std::string_view seconds = "daybook_http_request_seconds";
    text.describe(
        requests, MetricsText::Kind::counter, "Requests answered, by route, method and status code."
    );
    text.describe(
        seconds, MetricsText::Kind::histogram, "From the whole request to the answer, by route."
    );
    const std::scoped_lock lock{mutex_};
    for (const auto& [key, count] : counts_) {
        const auto& [route, method, code] = key;
        text.sample(
            requests,
            {{"route", std::string{route}}, {"method", method}, {"code", std::to_string(code)}},
            count
        );
    }
    for (const auto& [route, durations] : durations_) {
        text.histogram_seconds(
            seconds,
            {{"route", std::string{route}}},
            {.bounds = bounds(),
             .counts = {durations.counts.begin(), durations.counts.end()},
             .sum = durations.sum}
        );
    }
}

}  // namespace daybook::http
