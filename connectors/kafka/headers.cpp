// The words of a record. What the value says already is compared, never believed.
#include "connectors/kafka/headers.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "connectors/kafka/sent_group.hpp"
#include "engine/codec/codec.hpp"
#include "engine/domain/read.hpp"
#include "schemas/node.hpp"

namespace daybook::kafka {
namespace {

constexpr std::string_view term_name = "daybook_term";
constexpr std::string_view position_name = "daybook_position";
constexpr std::string_view prev_name = "daybook_prev";
constexpr std::string_view batch_name = "daybook_batch";
constexpr std::string_view copied_name = "daybook_copied";
// Of all values of one event: names of modules and events, ids, hashes and times are all short.
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t headers_max = 16;

constexpr std::string_view digits = "0123456789abcdef";

// Of each letter.
constexpr std::uint8_t no_digit = 0x80;
constexpr auto digit_of = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::uint8_t digit = 0; digit < digits.size(); ++digit) {
        values[static_cast<unsigned char>(digits[digit])] = digit;
    }
    return values;
}();

void put_hex(const Hash& hash, char* text) {
    for (const std::byte byte : hash) {
        *text++ = digits[std::to_integer<std::size_t>(byte >> 4)];
        *text++ = digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || last != end || error != std::errc{}) return std::nullopt;
    return number;
}

// The header of an event at any address, if there is room for one.
std::optional<EventHeader> header_at(std::span<const std::byte> event) {
    if (event.size() < sizeof(EventHeader) || event.size() > event_bytes_max) return std::nullopt;
    std::array<std::byte, sizeof(EventHeader)> bytes;
    std::memcpy(bytes.data(), event.data(), bytes.size());
    const auto header = std::bit_cast<EventHeader>(bytes);
    if (header.format() != 1) return std::nullopt;
    if (header.payload_bytes() != event.size() - sizeof(EventHeader)) return std::nullopt;
    return header;
}

std::uint32_t node_code() {
    return flatbuffers::ReadScalar<std::uint32_t>(node::EventRecordIdentifier());
}

bool is_claim_header(const EventHeader& header) {
    static const std::uint32_t code = node_code();
    return header.module_() == code &&
           header.type() == static_cast<std::uint8_t>(node::Event::BookClaimed);
}

// The term, position, previous chain value and place in the batch, as far as they are there.
struct OurHeaders {
    std::optional<std::uint64_t> term;
    std::optional<std::uint64_t> position;
    std::optional<Hash> prev;
    std::optional<std::uint32_t> batch_index;
    std::optional<std::uint32_t> batch_count;
    bool is_copied = false;

    void take(const Header& header) {
        if (!header.name.starts_with("daybook_")) return;
        if (header.name == term_name) term = parse_number<std::uint64_t>(header.value);
        if (header.name == position_name) position = parse_number<std::uint64_t>(header.value);
        if (header.name == prev_name) prev = parse_hash(header.value);
        if (header.name == copied_name) is_copied = true;
        if (header.name != batch_name) return;
        const std::size_t slash = header.value.find('/');
        if (slash == std::string_view::npos) return;
        batch_index = parse_number<std::uint32_t>(header.value.substr(0, slash));
        batch_count = parse_number<std::uint32_t>(header.value.substr(slash + 1));
    }
    [[nodiscard]] bool agree(const EventHeader& event) const {
        return term && prev && position == event.position() && batch_index == event.batch_index() &&
               batch_count == event.batch_count();
    }
};

}  // namespace

std::string hex(const Hash& hash) {
    std::string text(2 * hash.size(), '0');
    put_hex(hash, text.data());
    return text;
}

std::optional<Hash> parse_hash(std::string_view text) {
    Hash hash{};
    if (text.size() != 2 * hash.size()) return std::nullopt;
    std::uint8_t bad = 0;
    for (std::size_t index = 0; index < hash.size(); ++index) {
        const std::uint8_t high = digit_of[static_cast<unsigned char>(text[2 * index])];
        const std::uint8_t low = digit_of[static_cast<unsigned char>(text[2 * index + 1])];
        bad = static_cast<std::uint8_t>(bad | high | low);
        hash[index] = static_cast<std::byte>(high << 4 | low);
    }
    if ((bad & no_digit) != 0) return std::nullopt;
    return hash;
}

HeaderWriter::HeaderWriter(std::string source, std::span<const DomainModule> modules)
    : source_(std::move(source)) {
    Hasher hasher;
    for (const DomainModule& module : modules) {
        const Hash schema = hasher.plain(std::as_bytes(module.schema));
        modules_[module.code()] = {
            .name = std::string{module.name}, .schema = "urn:sha256:" + hex(schema), .types = {}};
    }
    const Codec codec{modules};
    for (const RecordDescription& event : codec.events()) {
        for (auto& [code, words] : modules_) {
            if (words.name != event.module) continue;
            if (words.types.size() <= event.type) words.types.resize(event.type + std::size_t{1});
            words.types[event.type] = "daybook." + event.full_name();
        }
    }
    text_.reserve(text_bytes_max);
    headers_.reserve(headers_max);
}

const HeaderWriter::ModuleWords* HeaderWriter::words_of(std::uint32_t code) const {
    const auto found = modules_.find(code);
    return found == modules_.end() ? nullptr : &found->second;
}

std::string_view HeaderWriter::type_of(const EventHeader& header) {
    const ModuleWords* words = words_of(header.module_());
    if (words != nullptr && header.type() < words->types.size()) {
        return words->types[header.type()];
    }
    // Of a module that this program does not know: a copy of what a newer one wrote.
    unknown_type_ = fmt::format("daybook.{:08x}.{}", header.module_(), header.type());
    return unknown_type_;
}

// Copies a value to the end of text_, whose memory does not move.
std::string_view HeaderWriter::keep(std::string_view value) {
    const std::size_t begin = text_.size();
    DAYBOOK_ASSERT(begin + value.size() <= text_bytes_max);
    text_ += value;
    return std::string_view{text_}.substr(begin);
}

void HeaderWriter::put(std::string_view name, std::string_view value) {
    headers_.push_back({name, value});
}

std::span<const Header> HeaderWriter::headers(
    EventBytes event, const Record& record, bool is_copied
) {
    const EventHeader& header = header_of(event);
    text_.clear();
    headers_.clear();
    const fmt::format_int position_text{record.position};
    const std::string_view position = keep({position_text.data(), position_text.size()});
    put("ce_specversion", "1.0");
    put("ce_id", position);
    put("ce_source", source_);
    put("ce_type", type_of(header));
    const Id document = read(header.document());
    if (!document.is_none()) put("ce_subject", keep(to_string(document)));
    put("ce_time", keep(to_string(read(header.recorded_at()))));
    if (const ModuleWords* words = words_of(header.module_())) put("ce_dataschema", words->schema);
    put("content-type", "application/x-flatbuffers");
    const Id trace = read(header.trace());
    if (!trace.is_none()) {
        // The engine keeps the trace alone; the event's place serves as the span.
        const std::uint64_t span = record.position + 1;
        put("traceparent",
            keep(fmt::format("00-{:016x}{:016x}-{:016x}-01", trace.high, trace.low, span)));
    }
    const fmt::format_int term{record.term};
    put(term_name, keep({term.data(), term.size()}));
    put(position_name, position);
    std::array<char, 2 * sizeof(Hash)> prev;
    put_hex(record.prev, prev.data());
    put(prev_name, keep({prev.data(), prev.size()}));
    std::array<char, 24> batch;
    const char* end =
        fmt::format_to(batch.data(), FMT_COMPILE("{}/{}"), record.batch_index, record.batch_count);
    put(batch_name, keep({batch.data(), end}));
    if (is_copied) put(copied_name, "1");
    return headers_;
}

std::string_view HeaderWriter::key(EventBytes event) {
    key_ = to_string(read(header_of(event).document()));
    return key_;
}

std::optional<Record> record_of(std::span<const std::byte> value) {
    const auto event = header_at(value);
    if (!event) return std::nullopt;
    return Record{
        .position = event->position(),
        .batch_index = event->batch_index(),
        .batch_count = event->batch_count(),
        .is_claim = is_claim_header(*event)};
}

std::optional<Incoming> incoming(
    std::span<const std::byte> value,
    std::span<const Header> headers,
    Hasher& hasher,
    const SentGroup* sent
) {
    const auto event = header_at(value);
    if (!event) return std::nullopt;
    OurHeaders ours;
    for (const Header& header : headers) ours.take(header);
    if (!ours.agree(*event)) return std::nullopt;
    Incoming incoming{
        .record =
            {.term = *ours.term,
             .position = *ours.position,
             .prev = *ours.prev,
             .batch_index = *ours.batch_index,
             .batch_count = *ours.batch_count,
             .is_claim = is_claim_header(*event)},
        .is_copied = ours.is_copied,
        .event = value};
    if (incoming.record.is_claim) {
        const auto words = claim_words(value);
        if (!words || words->term != incoming.record.term) return std::nullopt;
    }
    std::optional<Hash> leaf;
    if (sent != nullptr) leaf = sent->leaf_of(incoming.record.position, value);
    incoming.record.leaf = leaf ? *leaf : hasher.leaf(value);
    return incoming;
}

bool is_claim(std::span<const std::byte> event) {
    const auto header = header_at(event);
    return header && is_claim_header(*header);
}

std::optional<ClaimWords> claim_words(std::span<const std::byte> event) {
    if (!is_claim(event)) return std::nullopt;
    // Aligned, as a FlatBuffer must be.
    std::vector<std::uint64_t> aligned((event.size() + 7) / 8);
    std::memcpy(aligned.data(), event.data(), event.size());
    const auto* payload = reinterpret_cast<const std::uint8_t*>(aligned.data());
    payload += sizeof(EventHeader);
    flatbuffers::Verifier verifier{payload, event.size() - sizeof(EventHeader)};
    if (!node::VerifyEventRecordBuffer(verifier)) return std::nullopt;
    const auto* claim = node::GetEventRecord(payload)->event_as_BookClaimed();
    if (claim == nullptr) return std::nullopt;
    return ClaimWords{
        .term = claim->term(),
        .node = read(claim->node()),
        .url = daybook::copy(claim->url()),
        .nonce = read(claim->nonce()),
        .cluster = daybook::copy(claim->cluster()),
        .genesis = daybook::copy(claim->genesis())};
}

}  // namespace daybook::kafka
