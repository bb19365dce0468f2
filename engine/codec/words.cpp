// Each word is read and written by engine/base; here only the place in the bytes is added.
#include "engine/codec/words.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "engine/base/wire.hpp"
#include "schemas/common.hpp"

namespace daybook::codec {
namespace {

struct WordName {
    Kind kind;
    std::string_view name;
    std::string_view example;
};
constexpr std::array word_names{
    WordName{Kind::boolean, "true or false", ""},
    WordName{Kind::integer, "integer", ""},
    WordName{Kind::choice, "name", ""},
    WordName{Kind::flags, "list of names", ""},
    WordName{Kind::text, "text", ""},
    WordName{Kind::money, "money", "EUR 12.50"},
    WordName{Kind::unit_price, "unit price", "EUR 2.555"},
    WordName{Kind::exchange_rate, "exchange rate", "1.0825"},
    WordName{Kind::quantity, "quantity", "3.000"},
    WordName{Kind::rate, "rate", "20%"},
    WordName{Kind::currency, "currency", "EUR"},
    WordName{Kind::date, "date", "2026-03-31"},
    WordName{Kind::instant, "instant", "2026-03-31T10:15:00Z"},
    WordName{Kind::id, "id", "C-17850"},
    WordName{Kind::record, "object", ""},
    WordName{Kind::table, "object", ""},
    WordName{Kind::one_of, "object of a type", ""},
    WordName{Kind::list, "list", ""},
    WordName{Kind::array, "list", ""},
};

template <class Value>
void put(const Value& value, std::byte* to) {
    const auto wire = flatbuffers::Pack(value);
    std::memcpy(to, &wire, sizeof(wire));
}

template <class Value>
Result<void> put_parsed(Result<Value> parsed, std::byte* to) {
    if (!parsed.ok()) return std::move(parsed).error();
    put(parsed.value(), to);
    return {};
}

template <class Wire>
auto unpack(const std::byte* from) {
    return flatbuffers::UnPack(*reinterpret_cast<const Wire*>(from));
}

Result<void> put_currency(std::string_view text, std::byte* to) {
    const auto currency = currency_from_code(text);
    if (currency) {
        put(*currency, to);
        return {};
    }
    return Error{
        ErrorCode::invalid,
        fmt::format("\"{}\" is not a currency code of ISO 4217", text.substr(0, 40))};
}

// Nothing at all, as the text of a value that may be none.
Result<void> put_none(Kind kind, std::byte* to) {
    switch (kind) {
        case Kind::date: put(Date{}, to); return {};
        case Kind::id:
        case Kind::currency:
        case Kind::money:
        case Kind::unit_price:
        case Kind::exchange_rate:
        case Kind::instant: return {};
        default: break;
    }
    return Error{ErrorCode::invalid, "must not be empty"};
}

// Without the fraction of a second when there is none.
void append_instant(Instant instant, std::string& out) {
    constexpr std::string_view no_fraction = ".000000000Z";
    out += to_string(instant);
    if (!std::string_view{out}.ends_with(no_fraction)) return;
    out.resize(out.size() - no_fraction.size());
    out += 'Z';
}

// The zero of no currency stands without a currency's code.
bool is_zero_text(std::string_view text) {
    return text == "0" || text == "0.00";
}

}  // namespace

std::string_view name_of(Kind kind) {
    for (const WordName& word : word_names) {
        if (word.kind == kind) return word.name;
    }
    return {};
}

std::string_view example_of(Kind kind) {
    for (const WordName& word : word_names) {
        if (word.kind == kind) return word.example;
    }
    return {};
}

bool is_word(Kind kind) {
    return kind >= Kind::money && kind <= Kind::id;
}

Result<void> put_word(Kind kind, std::string_view text, std::byte* to) {
    if (text.empty()) return put_none(kind, to);
    switch (kind) {
        case Kind::money:
            if (is_zero_text(text)) return {};
            return put_parsed(parse_money(text), to);
        case Kind::unit_price:
            if (is_zero_text(text)) return {};
            return put_parsed(parse_unit_price(text), to);
        case Kind::exchange_rate: return put_parsed(parse_exchange_rate(text), to);
        case Kind::quantity: return put_parsed(parse_quantity(text), to);
        case Kind::rate: return put_parsed(parse_rate(text), to);
        case Kind::currency: return put_currency(text, to);
        case Kind::date: return put_parsed(parse_date(text), to);
        case Kind::instant: return put_parsed(parse_instant(text), to);
        case Kind::id: return put_parsed(parse_id(text), to);
        default: break;
    }
    DAYBOOK_ASSERT(is_word(kind));
    return {};
}

bool is_none(Kind kind, const std::byte* from) {
    switch (kind) {
        case Kind::money: return unpack<wire::Money>(from) == Money{};
        case Kind::unit_price: return unpack<wire::UnitPrice>(from) == UnitPrice{};
        case Kind::currency: return unpack<wire::Currency>(from) == Currency::none;
        case Kind::date: return unpack<wire::Date>(from).is_none();
        case Kind::id: return unpack<wire::Id>(from).is_none();
        // Zero is never meant: nobody trades at it, and no book is that old.
        case Kind::exchange_rate: return unpack<wire::ExchangeRate>(from) == ExchangeRate{};
        case Kind::instant: return unpack<wire::Instant>(from) == Instant{};
        default: return false;
    }
}

void append_word(Kind kind, const std::byte* from, std::string& out) {
    switch (kind) {
        case Kind::money: out += to_string(unpack<wire::Money>(from)); return;
        case Kind::unit_price: out += to_string(unpack<wire::UnitPrice>(from)); return;
        case Kind::exchange_rate: out += to_string(unpack<wire::ExchangeRate>(from)); return;
        case Kind::quantity: out += to_string(unpack<wire::Quantity>(from)); return;
        case Kind::rate: out += to_string(unpack<wire::Rate>(from)); return;
        case Kind::date: out += to_string(unpack<wire::Date>(from)); return;
        case Kind::instant: append_instant(unpack<wire::Instant>(from), out); return;
        case Kind::id: out += to_string(unpack<wire::Id>(from)); return;
        case Kind::currency: {
            const Currency currency = unpack<wire::Currency>(from);
            if (currency != Currency::none) out += code_of(currency);
            return;
        }
        default: DAYBOOK_ASSERT(is_word(kind));
    }
}

}  // namespace daybook::codec
