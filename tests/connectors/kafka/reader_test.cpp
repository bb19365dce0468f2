// Against librdkafka's imitation of brokers, which can be told to give wrong answers. Of what Kafka
// promises it shows nothing.
#include "connectors/kafka/reader.hpp"

#include <doctest/doctest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <string>

namespace daybook::kafka {
namespace {

constexpr std::chrono::milliseconds patience{20'000};
constexpr std::int16_t fetch_request = 1;

void keep_silent(const rd_kafka_t*, int, const char*, const char*) {}

struct Imitation {
    Imitation() {
        rd_kafka_conf_t* configuration = rd_kafka_conf_new();
        rd_kafka_conf_set_log_cb(configuration, &keep_silent);
        char reason[512];
        handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, reason, sizeof reason);
        REQUIRE(handle != nullptr);
        cluster = rd_kafka_mock_cluster_new(handle, 1);
        place.brokers = rd_kafka_mock_cluster_bootstraps(cluster);
        rd_kafka_mock_topic_create(cluster, place.topic().c_str(), 1, 1);
        REQUIRE(rd_kafka_brokers_add(handle, place.brokers.c_str()) > 0);
    }
    ~Imitation() {
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(handle);
    }
    Imitation(const Imitation&) = delete;
    Imitation& operator=(const Imitation&) = delete;

    void put(std::string value) const {
        const std::string topic = place.topic();
        const auto error = rd_kafka_producev(
            handle,
            RD_KAFKA_V_TOPIC(topic.c_str()),
            RD_KAFKA_V_PARTITION(0),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_VALUE(value.data(), value.size()),
            RD_KAFKA_V_END
        );
        REQUIRE(error == RD_KAFKA_RESP_ERR_NO_ERROR);
        REQUIRE(
            rd_kafka_flush(handle, static_cast<int>(patience.count())) == RD_KAFKA_RESP_ERR_NO_ERROR
        );
    }
    void say_once_out_of_range() const {
        rd_kafka_mock_push_request_errors(
            cluster, fetch_request, 1, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE
        );
    }

    rd_kafka_t* handle = nullptr;
    rd_kafka_mock_cluster_t* cluster = nullptr;
    Place place{.brokers = {}, .environment = {}, .book = "imitated"};
};

Result<std::string> read_until(TopicReader& reader, std::uint64_t end) {
    std::string all;
    const auto take = [&](const RawRecord& record) -> Result<void> {
        all.append(reinterpret_cast<const char*>(record.value.data()), record.value.size());
        return {};
    };
    while (reader.offset() < end) {
        DAYBOOK_TRY_VOID(reader.next(std::chrono::milliseconds{100}, take));
    }
    return all;
}

}  // namespace

TEST_CASE("a broker's word that an offset is out of range is doubted while the leader holds it") {
    const Imitation kafka;
    kafka.put("a");
    kafka.put("b");
    const auto reader = TopicReader::open(kafka.place, {}, 0, patience);
    REQUIRE(reader.ok());
    CHECK(read_until(*reader.value(), 2).value() == "ab");
    SUBCASE("while it reads") {
        kafka.say_once_out_of_range();
    }
    SUBCASE("while it is paused") {
        kafka.say_once_out_of_range();
        reader.value()->pause();
        reader.value()->resume();
    }
    kafka.put("c");
    const auto read = read_until(*reader.value(), 3);
    REQUIRE(read.ok());
    CHECK(read.value() == "c");
}

TEST_CASE("an offset that the leader does not hold is refused after a while") {
    const Imitation kafka;
    kafka.put("a");
    const auto reader = TopicReader::open(kafka.place, {}, 5, patience);
    REQUIRE(reader.ok());
    const auto read = read_until(*reader.value(), 6);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::corrupt);
    CHECK(
        read.error().message ==
        "topic daybook.imitated.events does not hold offset 5: records were deleted, or it is "
        "another topic of the same name"
    );
}

}  // namespace daybook::kafka
