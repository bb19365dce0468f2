// The bytes of keys.
#include "projections/core/key.hpp"

namespace daybook {
namespace {

constexpr std::size_t bytes_of(KeyPart part) {
    switch (part) {
        case KeyPart::unsigned_8:
        case KeyPart::signed_8: return 1;
        case KeyPart::unsigned_16:
        case KeyPart::signed_16: return 2;
        case KeyPart::unsigned_32:
        case KeyPart::signed_32: return 4;
        default: return 8;
    }
}

constexpr bool is_signed(KeyPart part) {
    return part >= KeyPart::signed_8 && part <= KeyPart::signed_64;
}

// Whether the number, as it was before it became 64 bits, has a place in this part.
bool fits(KeyPart part, std::uint64_t number, bool is_negative) {
    const std::size_t bits = bytes_of(part) * 8;
    if (!is_signed(part)) return !is_negative && (bits == 64 || number >> bits == 0);
    const std::uint64_t magnitude = is_negative ? ~number : number;
    return magnitude >> (bits - 1) == 0;
}

void append_big_endian(std::string& out, std::uint64_t bits, std::size_t bytes) {
    char buffer[8];
    for (std::size_t index = bytes; index > 0; --index) {
        buffer[index - 1] = static_cast<char>(bits & 0xFF);
        bits >>= 8;
    }
    out.append(buffer, bytes);
}

std::uint64_t read_big_endian(std::string_view in) {
    std::uint64_t bits = 0;
    for (const char byte : in) bits = bits << 8 | static_cast<unsigned char>(byte);
    return bits;
}

}  // namespace

void append_key_number(std::string& out, KeyPart part, std::uint64_t number, bool is_negative) {
    DAYBOOK_ASSERT(part <= KeyPart::signed_64);
    DAYBOOK_ASSERT(fits(part, number, is_negative));
    const std::size_t bytes = bytes_of(part);
    if (is_signed(part)) number ^= std::uint64_t{1} << (bytes * 8 - 1);
    append_big_endian(out, number, bytes);
}

void append_key(std::string& out, KeyPart part, const Id& id) {
    DAYBOOK_ASSERT(part == KeyPart::id);
    append_big_endian(out, id.high, 8);
    append_big_endian(out, id.low, 8);
}

// A zero byte is written as 00 FF, and 00 00 closes the text.
void append_key(std::string& out, KeyPart part, std::string_view text) {
    DAYBOOK_ASSERT(part == KeyPart::text);
    for (const char byte : text) {
        out.push_back(byte);
        if (byte == '\0') out.push_back('\xFF');
    }
    out.append(2, '\0');
}

bool KeyReader::read_number(KeyPart part, std::uint64_t& bits) {
    const std::size_t bytes = bytes_of(part);
    if (in_.size() < bytes) {
        in_ = {};
        return false;
    }
    bits = read_big_endian(in_.substr(0, bytes));
    if (is_signed(part)) {
        bits ^= std::uint64_t{1} << (bytes * 8 - 1);
        const std::size_t unused = 64 - bytes * 8;
        bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused);
    }
    in_.remove_prefix(bytes);
    return true;
}

bool KeyReader::read(Id& id) {
    return read_number(KeyPart::unsigned_64, id.high) && read_number(KeyPart::unsigned_64, id.low);
}

bool KeyReader::read(std::string& text) {
    text.clear();
    for (std::size_t at = 0; at + 1 < in_.size(); ++at) {
        if (in_[at] != '\0') {
            text.push_back(in_[at]);
            continue;
        }
        ++at;
        if (in_[at] == '\0') {
            in_.remove_prefix(at + 1);
            return true;
        }
        text.push_back('\0');
    }
    in_ = {};
    return false;
}

std::string key_after(std::string_view prefix) {
    std::string after{prefix};
    while (!after.empty() && after.back() == '\xFF') after.pop_back();
    if (!after.empty())
        after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
    return after;
}

}  // namespace daybook
