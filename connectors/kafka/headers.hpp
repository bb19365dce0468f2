// An event as a record of the topic, both ways: its key, and the headers that topics.md lists. No
// type of librdkafka here, so that the record can be tested without a broker.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/rule.hpp"
#include "engine/domain/registry.hpp"

namespace daybook::kafka {

struct Header {
    std::string_view name;
    std::string_view value;
};

// Writes the headers of one event after the other into the same memory. One thread.
class HeaderWriter {
 public:
    // `source` as Place::source() gives it. The modules are borrowed.
    HeaderWriter(std::string source, std::span<const DomainModule> modules);

    // Of the event at the record's place; `is_copied` for a claim that was made elsewhere. Valid
    // until the next call.
    [[nodiscard]] std::span<const Header> headers(
        EventBytes event, const Record& record, bool is_copied = false
    );
    // The document's id as text, or nothing. Valid until the next call.
    [[nodiscard]] std::string_view key(EventBytes event);

 private:
    struct ModuleWords {
        std::string name;                // "sales"
        std::string schema;              // "urn:sha256:..."
        std::vector<std::string> types;  // "daybook.sales.InvoiceIssued", by number.
    };
    [[nodiscard]] std::string_view type_of(const EventHeader& header);
    [[nodiscard]] const ModuleWords* words_of(std::uint32_t code) const;
    [[nodiscard]] std::string_view keep(std::string_view value);
    void put(std::string_view name, std::string_view value);

    const std::string source_;
    std::map<std::uint32_t, ModuleWords> modules_;
    std::string text_;  // All values, one after the other; never moves while headers point to it.
    std::string unknown_type_;
    std::string key_;
    std::vector<Header> headers_;
};

class SentGroup;

// A record whose headers and value agree. The leaf hash is that of the value.
struct Incoming {
    Record record;
    bool is_copied = false;
    EventBytes event;  // The value that was given; any alignment.
};

// What a claim says, from its event.
struct ClaimWords {
    std::uint64_t term = 0;
    Id node;
    std::string url;
    Id nonce;
    std::string cluster;
    std::string genesis;  // 64 hex digits, or nothing.
};

// What the value says by itself: position, place in the batch, whether it is a claim. Nothing if it
// is no event. Term and chain value are not known, and the leaf is not hashed.
[[nodiscard]] std::optional<Record> record_of(std::span<const std::byte> value);

// Nothing for a record that lacks one of our headers, or whose headers differ from its value: then
// it is void whatever the rule says. The headers of CloudEvents are not looked at. `sent` is what
// we sent ourselves, if anything.
[[nodiscard]] std::optional<Incoming> incoming(
    std::span<const std::byte> value,
    std::span<const Header> headers,
    Hasher& hasher,
    const SentGroup* sent = nullptr
);

// Whether the event is a BookClaimed of the module node. Any alignment.
[[nodiscard]] bool is_claim(std::span<const std::byte> event);
// Nothing if it is not a whole claim.
[[nodiscard]] std::optional<ClaimWords> claim_words(std::span<const std::byte> event);

[[nodiscard]] std::string hex(const Hash& hash);
[[nodiscard]] std::optional<Hash> parse_hash(std::string_view text);

}  // namespace daybook::kafka
