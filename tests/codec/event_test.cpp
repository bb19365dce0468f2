// Events as JSON, with the frame round them.
#include <doctest/doctest.h>

#include "engine/codec/codec.hpp"
#include "tests/codec/bakery_module.hpp"

using namespace daybook;

namespace {

Bytes event_of(const bakery::EventRecordT& record, const EventHeader& header) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(bakery::EventRecord::Pack(builder, &record), bakery::EventRecordIdentifier());
    Bytes bytes(sizeof(EventHeader) + builder.GetSize());
    std::memcpy(bytes.data(), &header, sizeof(header));
    std::memcpy(bytes.data() + sizeof(header), builder.GetBufferPointer(), builder.GetSize());
    return bytes;
}

EventHeader header_of_module(std::uint32_t module) {
    return {
        17,
        flatbuffers::Pack(Instant::from_nanos(1'774'952'100'000'000'000)),
        flatbuffers::Pack(id_from_code("c-1")),
        flatbuffers::Pack(id_from_code("anna")),
        flatbuffers::Pack(id_from_code("O-1")),
        flatbuffers::Pack(Id{}),
        module,
        flatbuffers::Pack(Date::of(2026, 3, 31)),
        4,
        0,
        0,
        1,
        65'535,
        1,
        1,
        0};
}

bakery::EventRecordT closed() {
    bakery::EventRecordT record;
    record.event.Set(bakery::ShopClosedT{.reason = "rain"});
    return record;
}

}  // namespace

TEST_CASE("an event is written with its frame in human form") {
    const Codec codec{bakery::modules()};
    const Bytes bytes = event_of(closed(), header_of_module(bakery::modules()[0].code()));
    std::string out;
    REQUIRE(codec.append_event(bytes, out).ok());
    CHECK(
        out == R"({"position": 17, "recorded_at": "2026-03-31T10:15:00Z", "actor": "anna", )"
               R"("command": "c-1", "document": "O-1", "version": 4, "effective": "2026-03-31", )"
               R"("event": "bakery.ShopClosed", "body": {"reason": "rain"}})"
    );
}

TEST_CASE("bytes that are no event of a known module are an error and write nothing") {
    const Codec codec{bakery::modules()};
    std::string out = "kept";
    const auto foreign = codec.append_event(event_of(closed(), header_of_module(1)), out);
    REQUIRE_FALSE(foreign.ok());
    CHECK(foreign.error().code == ErrorCode::too_new);
    CHECK(
        foreign.error().message == "event 17 belongs to a module that this program does not have"
    );
    Bytes cut = event_of(closed(), header_of_module(bakery::modules()[0].code()));
    cut.resize(sizeof(EventHeader) + 12);
    const auto damaged = codec.append_event(cut, out);
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corrupt);
    CHECK(damaged.error().message == "event 17 of bakery is not well-formed");
    cut.resize(3);
    CHECK(codec.append_event(cut, out).error().message == "an event of 3 bytes has no header");
    CHECK(out == "kept");
}
