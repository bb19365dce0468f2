// The names that Kafka allows for a topic, and no dots inside a word of ours.
#include "connectors/kafka/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace daybook::kafka {
namespace {

constexpr std::string_view scheme = "kafka://";
constexpr std::size_t word_bytes_max = 100;  // A topic's name has at most 249.

bool is_word(std::string_view text) {
    const auto is_allowed = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    };
    return !text.empty() && text.size() <= word_bytes_max && std::ranges::all_of(text, is_allowed);
}

bool is_broker(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    return std::ranges::all_of(text.substr(colon + 1), [](char letter) {
        return letter >= '0' && letter <= '9';
    });
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

Error wrong(std::string_view text, std::string_view found) {
    return {
        ErrorCode::invalid,
        fmt::format(
            "\"{}\": {}; a book in Kafka is written kafka://host:port[,host:port]/[environment/]"
            "book, its words of letters, digits, - and _",
            text,
            found
        )};
}

}  // namespace

Place Place::shared(std::string_view name) const {
    Place place = *this;
    place.shared_name = name;
    return place;
}

std::string Place::topic() const {
    const std::string begin = environment.empty() ? "" : environment + ".";
    if (!shared_name.empty()) return fmt::format("{}daybook.{}", begin, shared_name);
    return fmt::format("{}daybook.{}.events", begin, book);
}

std::string Place::source() const {
    return fmt::format("{}{}/daybook/{}", environment.empty() ? "" : "/", environment, book);
}

std::string Place::text() const {
    return fmt::format(
        "{}{}/{}{}{}", scheme, brokers, environment, environment.empty() ? "" : "/", book
    );
}

bool is_kafka_place(std::string_view text) {
    return text.starts_with(scheme);
}

Result<Place> parse_place(std::string_view text) {
    if (!is_kafka_place(text)) return wrong(text, "it does not begin with kafka://");
    const auto parts = split(text.substr(scheme.size()), '/');
    if (parts.size() < 2 || parts.size() > 3) return wrong(text, "it names no book");
    for (const std::string_view broker : split(parts[0], ',')) {
        if (!is_broker(broker)) {
            return wrong(text, fmt::format("\"{}\" is no host with its port", broker));
        }
    }
    for (std::size_t index = 1; index < parts.size(); ++index) {
        if (!is_word(parts[index])) {
            return wrong(text, fmt::format("\"{}\" is no name", parts[index]));
        }
    }
    return Place{
        .brokers = std::string{parts[0]},
        .environment = parts.size() == 3 ? std::string{parts[1]} : std::string{},
        .book = std::string{parts.back()}};
}

}  // namespace daybook::kafka
