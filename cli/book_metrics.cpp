#include "cli/book_metrics.hpp"

#include <algorithm>

namespace daybook::cli {
namespace {

using Kind = http::MetricsText::Kind;

template <std::size_t size>
http::HistogramFigures figures_of(const Histogram<size>& histogram) {
    http::HistogramFigures figures{.bounds = histogram.bounds(), .counts = {}};
    for (std::size_t i = 0; i <= size; ++i) figures.counts.push_back(histogram.count(i));
    figures.sum = histogram.sum();
    return figures;
}

void append_appends(
    http::MetricsText& text, const http::Labels& labels, const AppendFigures& appends
) {
    constexpr std::string_view seconds = "daybook_append_seconds";
    constexpr std::string_view events = "daybook_group_events";
    constexpr std::string_view failures = "daybook_append_failures_total";
    text.describe(seconds, Kind::histogram, "How long a group took until it was durable.");
    text.histogram_seconds(seconds, labels, figures_of(appends.nanos));
    text.describe(events, Kind::histogram, "Events in a group that was appended at once.");
    text.histogram(events, labels, figures_of(appends.events));
    text.describe(failures, Kind::counter, "Appends that failed.");
    text.sample(failures, labels, appends.failures);
}

}  // namespace

void append_book_metrics(http::MetricsText& text, const BookFigures& figures) {
    const http::Labels labels = {{"book", figures.book}};
    const auto gauge = [&](std::string_view name, std::uint64_t value, std::string_view help) {
        text.describe(name, Kind::gauge, help);
        text.sample(name, labels, value);
    };
    const std::uint64_t lag = figures.position - std::min(figures.position, figures.rows_position);
    gauge("daybook_log_end_position", figures.position, "The position that the next event takes.");
    gauge("daybook_rows_position", figures.rows_position, "The rows stand for the events before.");
    gauge("daybook_rows_lag_events", lag, "Events that the rows lack.");
    gauge("daybook_queue_commands", figures.waiting, "Commands that wait for the writer.");
    gauge(
        "daybook_accepts_commands",
        figures.accepts_commands ? 1 : 0,
        "1: this server writes the book."
    );
    constexpr std::string_view lag_seconds = "daybook_rows_lag_seconds";
    text.describe(lag_seconds, Kind::gauge, "Age of the oldest event that the rows lack.");
    text.seconds(lag_seconds, labels, figures.rows_lag_nanos);
    append_appends(text, labels, *figures.appends);
}

}  // namespace daybook::cli
