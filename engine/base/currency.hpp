// Currencies by their ISO 4217 number, code and exponent (list one, 2024).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace daybook {

enum class Currency : std::uint16_t { none = 0, gbp = 826, usd = 840, eur = 978 };

struct CurrencyRecord {
    Currency number;
    std::string_view code;  // "EUR"
    int exponent;           // Decimal places of the minor unit: 0, 2, 3 or 4.
};

[[nodiscard]] std::span<const CurrencyRecord> all_currencies();
[[nodiscard]] std::optional<Currency> currency_from_code(std::string_view code);
// Currency::none is written "---". Unknown numbers too: they never come from our own input.
[[nodiscard]] std::string_view code_of(Currency currency);
[[nodiscard]] bool is_known(Currency currency);
// Decimal places; 2 for none.
[[nodiscard]] int exponent_of(Currency currency);

}  // namespace daybook
