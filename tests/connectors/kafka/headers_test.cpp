// An event as a record and back; what a record must agree with itself about.
#include "connectors/kafka/headers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "connectors/kafka/claim.hpp"
#include "connectors/kafka/sent_group.hpp"
#include "tests/support/sample_events.hpp"

namespace daybook::kafka {
namespace {

using Values = std::map<std::string, std::string>;

Values values_of(std::span<const Header> headers) {
    Values values;
    for (const Header& header : headers) values[std::string{header.name}] = header.value;
    return values;
}

OwnedEvent sample_claim() {
    const ClaimWords words{
        .term = 4,
        .node = id_from_code("node-a"),
        .url = "http://a:8080",
        .nonce = id_from_code("nonce"),
        .cluster = "cluster",
        .genesis = std::string(64, '7')};
    return claim_event(words, 17, parse_instant("2026-03-31T10:15:00Z").value());
}

Record claim_record() {
    Record record{.term = 4, .position = 17, .is_claim = true};
    record.prev[0] = std::byte{0xab};
    return record;
}

// Whether the record still says one thing after `change` has been at its headers.
bool agrees(EventBytes event, const Record& record, const std::function<void(Values&)>& change) {
    HeaderWriter writer{"/daybook/acme", domain_modules()};
    Values values = values_of(writer.headers(event, record));
    change(values);
    std::vector<Header> headers;
    for (const auto& [name, value] : values) headers.push_back({name, value});
    Hasher hasher;
    return incoming(event, headers, hasher).has_value();
}

}  // namespace

TEST_CASE("a record has the headers that the page lists") {
    const OwnedEvent event = sample_claim();
    HeaderWriter writer{"/prod/daybook/acme", domain_modules()};
    Values values = values_of(writer.headers(event.bytes(), claim_record()));
    CHECK(values["ce_dataschema"].starts_with("urn:sha256:"));
    CHECK(values["ce_dataschema"].size() == 11 + 64);
    values.erase("ce_dataschema");
    const Values expected{
        {"ce_specversion", "1.0"},
        {"ce_id", "17"},
        {"ce_source", "/prod/daybook/acme"},
        {"ce_type", "daybook.node.BookClaimed"},
        {"ce_time", "2026-03-31T10:15:00.000000000Z"},
        {"content-type", "application/x-flatbuffers"},
        {"daybook_term", "4"},
        {"daybook_position", "17"},
        {"daybook_prev", "ab" + std::string(62, '0')},
        {"daybook_batch", "0/1"}};
    CHECK(values == expected);
    CHECK(writer.key(event.bytes()).empty());
    CHECK(values_of(writer.headers(event.bytes(), claim_record(), true))["daybook_copied"] == "1");
}

TEST_CASE("a document and a trace have their headers, and an unknown module a number") {
    const auto group = support::sample_batch(5, 1, 8);
    HeaderWriter writer{"/daybook/acme", domain_modules()};
    const EventBytes event = group.events()[0];
    const Values values = values_of(writer.headers(event, {.term = 1, .position = 5}));
    CHECK(values.at("ce_subject") == "A-1");
    CHECK(values.at("ce_type") == "daybook.54534554.1");
    CHECK(!values.contains("ce_dataschema"));
    CHECK(!values.contains("traceparent"));
    CHECK(writer.key(event) == "A-1");
}

TEST_CASE("what was written is read again") {
    const OwnedEvent event = sample_claim();
    HeaderWriter writer{"/daybook/acme", domain_modules()};
    Hasher hasher;
    const auto read =
        incoming(event.bytes(), writer.headers(event.bytes(), claim_record()), hasher);
    REQUIRE(read.has_value());
    CHECK(read->record.term == 4);
    CHECK(read->record.position == 17);
    CHECK(read->record.prev == claim_record().prev);
    CHECK(read->record.batch_index == 0);
    CHECK(read->record.batch_count == 1);
    CHECK(read->record.is_claim);
    CHECK(read->record.leaf == hasher.leaf(event.bytes()));
    CHECK(!read->is_copied);
    const auto words = claim_words(event.bytes());
    REQUIRE(words.has_value());
    CHECK(words->node == id_from_code("node-a"));
    CHECK(words->url == "http://a:8080");
    CHECK(words->genesis == std::string(64, '7'));
}

TEST_CASE("a record that lacks one of our headers, or differs from its value, is none") {
    const OwnedEvent claim = sample_claim();
    const EventBytes event = claim.bytes();
    const Record record = claim_record();
    CHECK(agrees(event, record, [](Values&) {}));
    CHECK(agrees(event, record, [](Values& values) { values.erase("ce_type"); }));
    for (const char* name : {"daybook_term", "daybook_position", "daybook_prev", "daybook_batch"}) {
        CHECK(!agrees(event, record, [&](Values& values) { values.erase(name); }));
        CHECK(!agrees(event, record, [&](Values& values) { values[name] += "x"; }));
        CHECK(!agrees(event, record, [&](Values& values) { values[name].clear(); }));
    }
    CHECK(!agrees(event, record, [](Values& values) { values["daybook_position"] = "18"; }));
    CHECK(!agrees(event, record, [](Values& values) { values["daybook_batch"] = "0/2"; }));
    CHECK(!agrees(event, record, [](Values& values) { values["daybook_batch"] = "01"; }));
    // A claim claims the term that it names.
    CHECK(!agrees(event, record, [](Values& values) { values["daybook_term"] = "5"; }));
}

TEST_CASE("a value that is no event is no record") {
    const OwnedEvent claim = sample_claim();
    HeaderWriter writer{"/daybook/acme", domain_modules()};
    const auto headers = writer.headers(claim.bytes(), claim_record());
    Hasher hasher;
    CHECK(!incoming({}, headers, hasher));
    CHECK(!incoming(claim.bytes().first(111), headers, hasher));
    CHECK(!incoming(claim.bytes().first(claim.bytes().size() - 1), headers, hasher));
    std::vector<std::byte> torn(claim.bytes().begin(), claim.bytes().end());
    std::fill(torn.begin() + sizeof(EventHeader), torn.end(), std::byte{0xff});
    CHECK(!incoming(torn, headers, hasher));
    CHECK(!claim_words(torn).has_value());
}

TEST_CASE("hashes are hex digits in small letters") {
    Hash hash{};
    hash[0] = std::byte{0x0f};
    hash[31] = std::byte{0xa0};
    CHECK(hex(hash) == "0f" + std::string(60, '0') + "a0");
    CHECK(parse_hash(hex(hash)) == hash);
    CHECK(!parse_hash(std::string(63, '0')));
    CHECK(!parse_hash(std::string(63, '0') + "G"));
    CHECK(!parse_hash(std::string(63, '0') + "A"));
}

}  // namespace daybook::kafka
