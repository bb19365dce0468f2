// Keys as bytes whose order is the order of the values: ids and numbers big-endian, signed numbers
// with their sign flipped, texts escaped and closed, so that the first parts of a key are a prefix
// of all keys that begin with them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/base/assert.hpp"
#include "engine/base/date.hpp"
#include "engine/base/id.hpp"

namespace daybook {

// How one part of a key is stored.
enum class KeyPart : std::uint8_t {
    unsigned_8,
    unsigned_16,
    unsigned_32,
    unsigned_64,
    signed_8,
    signed_16,
    signed_32,
    signed_64,
    id,
    text,
};

template <class T>
constexpr KeyPart key_part_for() {
    if constexpr (std::is_enum_v<T>) {
        return key_part_for<std::underlying_type_t<T>>();
    } else if constexpr (std::is_same_v<T, Date>) {
        return KeyPart::signed_32;
    } else if constexpr (std::is_same_v<T, Instant>) {
        return KeyPart::signed_64;
    } else if constexpr (std::is_same_v<T, Id>) {
        return KeyPart::id;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return KeyPart::text;
    } else {
        static_assert(std::is_integral_v<T>, "this type cannot be part of a key");
        constexpr bool is_signed = std::is_signed_v<T>;
        switch (sizeof(T)) {
            case 1: return is_signed ? KeyPart::signed_8 : KeyPart::unsigned_8;
            case 2: return is_signed ? KeyPart::signed_16 : KeyPart::unsigned_16;
            case 4: return is_signed ? KeyPart::signed_32 : KeyPart::unsigned_32;
            default: return is_signed ? KeyPart::signed_64 : KeyPart::unsigned_64;
        }
    }
}

// Appends one part. A number must fit the part; a text goes with KeyPart::text only.
void append_key(std::string& out, KeyPart part, const Id& id);
void append_key(std::string& out, KeyPart part, std::string_view text);
void append_key_number(std::string& out, KeyPart part, std::uint64_t number, bool is_negative);

inline void append_key(std::string& out, KeyPart part, Date date) {
    append_key_number(out, part, static_cast<std::uint64_t>(date.days()), date.days() < 0);
}
inline void append_key(std::string& out, KeyPart part, Instant instant) {
    append_key_number(out, part, static_cast<std::uint64_t>(instant.nanos()), instant.nanos() < 0);
}
template <class T>
requires(std::is_integral_v<T> || std::is_enum_v<T>)  //
    void append_key(std::string& out, KeyPart part, T number) {
    if constexpr (std::is_enum_v<T>) {
        append_key(out, part, static_cast<std::underlying_type_t<T>>(number));
    } else {
        append_key_number(out, part, static_cast<std::uint64_t>(number), number < T{0});
    }
}

// Reads parts in order. False, for ever after, when the bytes are not such a part.
class KeyReader {
 public:
    explicit KeyReader(std::string_view in) : in_(in) {}
    [[nodiscard]] bool at_end() const { return in_.empty(); }

    [[nodiscard]] bool read(Id& id);
    [[nodiscard]] bool read(std::string& text);
    [[nodiscard]] bool read(Date& date) {
        std::int32_t days = 0;
        const bool whole = read(days);
        date = Date::from_days(days);
        return whole;
    }
    [[nodiscard]] bool read(Instant& instant) {
        std::int64_t nanos = 0;
        const bool whole = read(nanos);
        instant = Instant::from_nanos(nanos);
        return whole;
    }
    template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)  //
        [[nodiscard]] bool read(T& number) {
        std::uint64_t bits = 0;
        if (!read_number(key_part_for<T>(), bits)) return false;
        number = static_cast<T>(bits);
        return true;
    }

 private:
    bool read_number(KeyPart part, std::uint64_t& bits);

    std::string_view in_;
};

// The least key above every key that begins with the prefix; "" if there is none.
[[nodiscard]] std::string key_after(std::string_view prefix);

}  // namespace daybook
