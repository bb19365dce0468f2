// Where a book stands in Kafka, as people write it: kafka://host:port[,host:port]/[env/]book.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook::kafka {

struct Place {
    std::string brokers;      // "host:port,host:port"
    std::string environment;  // "prod"; may be empty.
    std::string book;
    std::string shared_name = {};  // "schemas": a topic of all books, instead of one's events.

    // A topic beside those of the books.
    [[nodiscard]] Place shared(std::string_view name) const;
    [[nodiscard]] std::string topic() const;   // "prod.daybook.acme.events"
    [[nodiscard]] std::string source() const;  // "/prod/daybook/acme", the ce_source of its events.
    [[nodiscard]] std::string text() const;    // As parse_place() reads it.
    friend bool operator==(const Place&, const Place&) = default;
};

[[nodiscard]] bool is_kafka_place(std::string_view text);  // Begins with kafka://.
[[nodiscard]] Result<Place> parse_place(std::string_view text);

}  // namespace daybook::kafka
