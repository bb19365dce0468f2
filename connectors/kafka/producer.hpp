// Sends the records of one group in order and waits until Kafka has confirmed them. After the first
// failure it is of no more use: throw it away and make another. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/place.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

class GroupProducer {
 public:
    // Waits until a broker has named the topic's leader.
    [[nodiscard]] static Result<std::unique_ptr<GroupProducer>> open(
        const Place& place, const Settings& settings, std::chrono::milliseconds patience
    );
    struct Parts;
    explicit GroupProducer(std::unique_ptr<Parts> parts);  // Use open().
    ~GroupProducer();  // What is not confirmed may arrive or not.

    // Puts one record behind those before it; the bytes are copied. It is sent when there is enough
    // for a large request, or by confirm(). An Error if one of the records before it has failed
    // meanwhile.
    [[nodiscard]] Result<void> send(
        std::string_view key, std::span<const std::byte> value, std::span<const Header> headers
    );
    // Waits until all that was sent is confirmed by all in-sync replicas. Answers the offset of the
    // first record since the last confirm(), if Kafka has said that they stand one behind the
    // other.
    [[nodiscard]] Result<std::optional<std::uint64_t>> confirm(std::chrono::milliseconds patience);

 private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook::kafka
