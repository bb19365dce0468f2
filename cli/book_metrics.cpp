#include "cli/book_metrics.hpp"

#include <algorithm>
#include <array>
#include <tuple>

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

// 1 us, 2 us, 4 us ... as the log's own histograms have them, in the unit of the figure.
template <std::uint64_t unit>
std::span<const std::uint64_t> powers_of_two() {
    static const auto bounds = [] {
        std::array<std::uint64_t, std::tuple_size_v<decltype(kafka::Histogram::counts)> - 1> powers;
        for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = (std::uint64_t{1} << i) * unit;
        return powers;
    }();
    return bounds;
}

http::HistogramFigures figures_of(
    const kafka::Histogram& histogram, std::span<const std::uint64_t> bounds, std::uint64_t unit
) {
    return {
        .bounds = bounds,
        .counts = {histogram.counts.begin(), histogram.counts.end()},
        .sum = histogram.sum * unit};
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
    if (figures.appends != nullptr) append_appends(text, labels, *figures.appends);
}

void append_kafka_metrics(
    http::MetricsText& text,
    const std::string& book,
    const kafka::KafkaMetrics& metrics,
    const NodeFigures& figures
) {
    const http::Labels labels = {{"book", book}};
    const auto one =
        [&](Kind kind, std::string_view name, std::uint64_t value, std::string_view help) {
            text.describe(name, kind, help);
            text.sample(name, labels, value);
        };
    one(Kind::gauge, "daybook_kafka_offset", metrics.offset, "The next offset that is read.");
    one(Kind::gauge, "daybook_kafka_end_offset", metrics.end_offset, "The end of the topic.");
    one(Kind::gauge, "daybook_kafka_lag_records", metrics.lag_records(), "Records not yet read.");
    one(Kind::gauge, "daybook_kafka_term", metrics.term, "The newest term that was claimed.");
    one(Kind::gauge, "daybook_kafka_led_term", metrics.led_term, "The term led here, or 0.");
    one(Kind::gauge, "daybook_open_outcomes", figures.open, "Commands of unknown outcome.");
    one(Kind::counter,
        "daybook_kafka_void_records_total",
        metrics.void_records,
        "Records that are no events of the book.");
    one(Kind::counter,
        "daybook_kafka_unread_records_total",
        metrics.unread_records,
        "Records appended here that need not be read back.");
    one(Kind::counter,
        "daybook_kafka_recycles_total",
        metrics.recycles,
        "Producers thrown away and made anew.");
    one(Kind::counter, "daybook_kafka_claims_total", metrics.claims, "Valid claims made here.");
    one(Kind::counter,
        "daybook_recoveries_total",
        figures.recoveries,
        "How often leading ended by a failure or another's claim.");
    constexpr std::string_view lag = "daybook_kafka_lag_seconds";
    text.describe(lag, Kind::gauge, "Age of the newest event when it was read.");
    text.seconds(lag, labels, static_cast<std::uint64_t>(metrics.lag.count()));
    constexpr std::uint64_t micros = 1'000;
    constexpr std::string_view seconds = "daybook_append_seconds";
    text.describe(seconds, Kind::histogram, "How long a group took until it was durable.");
    text.histogram_seconds(
        seconds, labels, figures_of(metrics.append_micros, powers_of_two<micros>(), micros)
    );
    constexpr std::string_view events = "daybook_group_events";
    text.describe(events, Kind::histogram, "Events in a group that was appended at once.");
    text.histogram(events, labels, figures_of(metrics.group_events, powers_of_two<1>(), 1));
}

}  // namespace daybook::cli
