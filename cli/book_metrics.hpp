// The figures of one book in the words of connectors/http/README.md.
#pragma once

#include <cstdint>
#include <string>

#include "connectors/http/books.hpp"
#include "connectors/kafka/kafka_log.hpp"
#include "engine/log/measured_log.hpp"

namespace daybook::cli {

struct BookFigures {
    std::string book;
    std::uint64_t position = 0;  // The end of the log that this server has.
    std::uint64_t rows_position = 0;
    std::uint64_t rows_lag_nanos = 0;
    std::uint64_t waiting = 0;               // Commands in the queue before the writer.
    bool accepts_commands = false;           // Here.
    const AppendFigures* appends = nullptr;  // Borrowed. Null: the log counts them.
};

void append_book_metrics(http::MetricsText& text, const BookFigures& figures);

// What a node knows beside what its log counts.
struct NodeFigures {
    std::uint64_t open = 0;        // Commands whose outcome is not known.
    std::uint64_t recoveries = 0;  // How often leading ended by a failure or another's claim.
};
void append_kafka_metrics(
    http::MetricsText& text,
    const std::string& book,
    const kafka::KafkaMetrics& metrics,
    const NodeFigures& figures
);

}  // namespace daybook::cli
