// A second, slow reading of the same text by the grammar of RFC 8259. It runs only on texts that
// were refused already, so it decides nothing; it only says why.
#include "engine/codec/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace daybook::codec {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), or the size.
std::size_t first_invalid_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto lead = static_cast<unsigned char>(text[at]);
        std::size_t more = 0;
        unsigned low = 0x80;
        unsigned high = 0xBF;
        if (lead >= 0x80) {
            if (lead < 0xC2 || lead > 0xF4) return at;
            more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        }
        if (at + more >= text.size()) return at;
        for (std::size_t i = 1; i <= more; ++i) {
            const auto byte = static_cast<unsigned char>(text[at + i]);
            if (byte < low || byte > high) return at;
            low = 0x80;
            high = 0xBF;
        }
        at += 1 + more;
    }
    return at;
}

class Scanner {
 public:
    Scanner(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

    // Empty if the text is JSON; then at() is its end.
    std::string_view fault() {
        skip_space();
        if (at_end()) return "there is nothing";
        if (!value(0)) return fault_;
        skip_space();
        if (!at_end()) fail("something follows the end of the value");
        return fault_;
    }
    [[nodiscard]] std::size_t at() const { return at_; }

 private:
    bool at_end() const { return at_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool fail(std::string_view what) {
        if (fault_.empty()) fault_ = what;
        return false;
    }
    void skip_space() {
        while (!at_end() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos
        ) {
            ++at_;
        }
    }

    bool value(std::size_t depth) {
        if (depth > depth_max_) return fail("objects and lists are nested too deep");
        if (at_end()) return fail("the text ends too early");
        const char c = peek();
        if (c == '{') return object(depth);
        if (c == '[') return list(depth);
        if (c == '"') return text();
        if (c == '-' || is_digit(c)) return number();
        for (const std::string_view word : {"true", "false", "null"}) {
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            return true;
        }
        if (c == '\'') return fail("texts stand in double quotes");
        return fail("a value is expected: an object, a list, a text, a number, true or false");
    }

    bool object(std::size_t depth) {
        ++at_;
        skip_space();
        if (take('}')) return true;
        while (true) {
            skip_space();
            if (peek() != '"') return fail("a field's name in double quotes is expected");
            if (!text()) return false;
            skip_space();
            if (!take(':')) return fail("\":\" is expected");
            skip_space();
            if (!value(depth + 1)) return false;
            skip_space();
            if (take('}')) return true;
            if (at_end()) return fail("the text ends inside an object");
            if (!take(',')) return fail("\",\" or \"}\" is expected");
        }
    }

    bool list(std::size_t depth) {
        ++at_;
        skip_space();
        if (take(']')) return true;
        while (true) {
            skip_space();
            if (!value(depth + 1)) return false;
            skip_space();
            if (take(']')) return true;
            if (at_end()) return fail("the text ends inside a list");
            if (!take(',')) return fail("\",\" or \"]\" is expected");
        }
    }

    bool text() {
        ++at_;
        while (!at_end()) {
            const char c = text_[at_];
            if (static_cast<unsigned char>(c) < 0x20)
                return fail("a control character must be escaped");
            if (c == '\\') {
                if (!escape()) return false;
                continue;
            }
            ++at_;
            if (c == '"') return true;
        }
        return fail("the text ends inside a text");
    }

    bool escape() {
        const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (c != 'u') {
            if (std::string_view{"\"\\/bfnrt"}.find(c) == std::string_view::npos || c == '\0') {
                return fail("this escape does not exist");
            }
            at_ += 2;
            return true;
        }
        const std::uint32_t first = code_unit(at_);
        if (first > 0xFFFF) return fail("\\u needs four hexadecimal digits");
        if (first < 0xD800 || first > 0xDFFF) {
            at_ += 6;
            return true;
        }
        const bool is_pair = text_.substr(at_ + 6).starts_with("\\u");
        const std::uint32_t second = is_pair ? code_unit(at_ + 6) : 0;
        if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF) {
            return fail("a surrogate stands alone");
        }
        at_ += 12;
        return true;
    }

    // Of "\uXXXX" at that place; above 0xFFFF if it is not one.
    std::uint32_t code_unit(std::size_t at) const {
        constexpr std::uint32_t none = 0x10000;
        if (at + 6 > text_.size()) return none;
        std::uint32_t unit = 0;
        for (const char c : text_.substr(at + 2, 4)) {
            const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
            const bool is_letter = lower >= 'a' && lower <= 'f';
            if (!is_digit(c) && !is_letter) return none;
            unit = unit * 16 + static_cast<std::uint32_t>(is_letter ? lower - 'a' + 10 : c - '0');
        }
        return unit;
    }

    bool number() {
        const std::size_t begin = at_;
        take('-');
        if (peek() == '0' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])) {
            return fail("a number must not begin with 0");
        }
        const std::size_t digits = digits_taken();
        if (digits == 0) return fail("a digit is expected");
        const bool has_fraction = take('.');
        if (has_fraction && digits_taken() == 0) return fail("a digit is expected");
        const bool has_exponent = take('e') || take('E');
        if (has_exponent) {
            if (!take('+')) take('-');
            if (digits_taken() == 0) return fail("a digit is expected");
        }
        constexpr std::size_t digits_surely_too_many = 20;
        if (digits >= digits_surely_too_many || has_exponent || digits == 19) {
            number_begin_ = std::min(number_begin_, begin);
        }
        return true;
    }
    std::size_t digits_taken() {
        const std::size_t begin = at_;
        while (!at_end() && is_digit(text_[at_])) ++at_;
        return at_ - begin;
    }

    std::string_view text_;
    std::size_t depth_max_;
    std::size_t at_ = 0;
    std::string_view fault_;

 public:
    // The first number that may be beyond 64 bits, or npos.
    std::size_t number_begin_ = std::string_view::npos;
};

// "line 3, column 7"; columns count bytes.
std::string place(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0.
    return fmt::format("line {}, column {}", line, at - line_begin + 1);
}

}  // namespace

std::string json_fault(std::string_view json, std::size_t depth_max) {
    const std::size_t invalid = first_invalid_byte(json);
    if (invalid < json.size()) {
        return fmt::format(
            "the text is not UTF-8: byte 0x{:02X} at {}",
            static_cast<unsigned>(static_cast<unsigned char>(json[invalid])),
            place(json, invalid)
        );
    }
    if (json.starts_with("\xEF\xBB\xBF"))
        return "the text begins with a byte order mark; remove it";
    Scanner scanner{json, depth_max};
    const std::string_view fault = scanner.fault();
    if (!fault.empty()) {
        return fmt::format("the JSON is broken at {}: {}", place(json, scanner.at()), fault);
    }
    if (scanner.number_begin_ != std::string_view::npos) {
        return fmt::format(
            "the number at {} does not fit into 64 bits", place(json, scanner.number_begin_)
        );
    }
    return "the JSON is broken";
}

}  // namespace daybook::codec
