// Where a book stands, and what a user may say to librdkafka.
#include "connectors/kafka/settings.hpp"

#include <doctest/doctest.h>

#include "connectors/kafka/place.hpp"

namespace daybook::kafka {
namespace {

std::string trouble_of(std::string_view text) {
    const auto property = parse_property(text);
    return property.ok() ? "" : property.error().message;
}

ErrorCode code_of(std::string_view text) {
    const auto property = parse_property(text);
    REQUIRE(!property.ok());
    return property.error().code;
}

}  // namespace

TEST_CASE("a place names brokers, perhaps an environment, and a book") {
    const auto plain = parse_place("kafka://localhost:9092/acme");
    REQUIRE(plain.ok());
    CHECK(plain.value().brokers == "localhost:9092");
    CHECK(plain.value().topic() == "daybook.acme.events");
    CHECK(plain.value().source() == "/daybook/acme");
    const auto full = parse_place("kafka://a:1,b:2/prod/acme-2");
    REQUIRE(full.ok());
    CHECK(full.value().brokers == "a:1,b:2");
    CHECK(full.value().topic() == "prod.daybook.acme-2.events");
    CHECK(full.value().source() == "/prod/daybook/acme-2");
    CHECK(full.value().text() == "kafka://a:1,b:2/prod/acme-2");
    CHECK(is_kafka_place("kafka://x"));
    CHECK(!is_kafka_place("books/kafka"));
}

TEST_CASE("a place that is not whole says what is missing") {
    for (const char* text :
         {"acme",
          "kafka://",
          "kafka://host:1",
          "kafka://host:1/",
          "kafka://host/acme",
          "kafka://:1/acme",
          "kafka://host:x/acme",
          "kafka://host:1,/acme",
          "kafka://host:1/a.b",
          "kafka://host:1/a/b/c",
          "kafka://host:1/a b"}) {
        const auto place = parse_place(text);
        REQUIRE_MESSAGE(!place.ok(), text);
        CHECK(place.error().code == ErrorCode::invalid);
        CHECK(place.error().message.find("kafka://host:port") != std::string::npos);
    }
}

TEST_CASE("properties of librdkafka pass, as long as librdkafka knows them") {
    CHECK(trouble_of("security.protocol=sasl_ssl").empty());
    CHECK(trouble_of("sasl.password=a=b").empty());
    CHECK(parse_property("sasl.password=a=b").value().value == "a=b");
    CHECK(trouble_of("compression.codec=lz4").empty());
    CHECK(trouble_of("topic.metadata.refresh.interval.ms=5000").empty());
    CHECK(code_of("compression.codec=none-such") == ErrorCode::invalid);
    CHECK(code_of("no.such.property=1") == ErrorCode::invalid);
    CHECK(code_of("security.protocol") == ErrorCode::invalid);
    CHECK(code_of("=1") == ErrorCode::invalid);
}

TEST_CASE("properties on which safety rests are refused, and say why") {
    for (const char* text :
         {"acks=1",
          "request.required.acks=0",
          "topic.acks=1",
          "topic.request.required.acks=1",
          "enable.idempotence=false",
          "enable.gapless.guarantee=false",
          "max.in.flight=1000",
          "max.in.flight.requests.per.connection=1000",
          "queuing.strategy=lifo",
          "transactional.id=x",
          "isolation.level=read_uncommitted",
          "enable.auto.commit=true",
          "enable.auto.offset.store=true",
          "auto.offset.reset=latest",
          "topic.auto.offset.reset=latest",
          "offset.store.method=file",
          "enable.partition.eof=false",
          "group.id=x",
          "bootstrap.servers=elsewhere:1",
          "metadata.broker.list=elsewhere:1",
          "message.max.bytes=1000",
          "allow.auto.create.topics=true",
          "plugin.library.paths=/tmp/x.so",
          "test.mock.num.brokers=3"}) {
        CHECK_MESSAGE(code_of(text) == ErrorCode::denied, text);
    }
    CHECK(
        trouble_of("acks=1") ==
        "acks cannot be set: what is acknowledged must stand on all in-sync replicas, once and in "
        "order"
    );
    CHECK(trouble_of("topic.acks=1").find("topic.acks cannot be set") == 0);
}

}  // namespace daybook::kafka
