// One cell of any table or report, for readers that know no row type: SQL, JSON, files, screens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/base/currency.hpp"
#include "engine/base/date.hpp"
#include "engine/base/id.hpp"
#include "engine/base/money.hpp"
#include "engine/base/quantity.hpp"
#include "engine/base/rate.hpp"

namespace daybook {

// The types stand in the order of Value's alternatives, after `none`. Currencies and enumerations
// with names are texts.
enum class ValueType : std::uint8_t {
    none,
    text,
    integer,
    boolean,
    money,
    unit_price,
    exchange_rate,
    quantity,
    rate,
    date,
    instant,
    id,
};

using Value = std::variant<
    std::monostate,  // Nothing stands there.
    std::string,
    std::int64_t,
    bool,
    Money,
    UnitPrice,
    ExchangeRate,
    Quantity,
    Rate,
    Date,
    Instant,
    Id>;

[[nodiscard]] inline ValueType type_of(const Value& value) {
    return static_cast<ValueType>(value.index());
}
[[nodiscard]] const char* name_of(ValueType type);  // "money"

// The value as people write it: "EUR 12.50", "2026-03-31", "3.000", "true"; "" for none.
[[nodiscard]] std::string to_string(const Value& value);

// Which kind of value a C++ type is as a column, or none if it cannot be one.
template <class T>
constexpr ValueType value_type_for() {
    if constexpr (std::is_same_v<T, bool>) return ValueType::boolean;
    if constexpr (std::is_same_v<T, Currency>) return ValueType::text;
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) return ValueType::integer;
    if constexpr (std::is_same_v<T, std::string>) return ValueType::text;
    if constexpr (std::is_same_v<T, Money>) return ValueType::money;
    if constexpr (std::is_same_v<T, UnitPrice>) return ValueType::unit_price;
    if constexpr (std::is_same_v<T, ExchangeRate>) return ValueType::exchange_rate;
    if constexpr (std::is_same_v<T, Quantity>) return ValueType::quantity;
    if constexpr (std::is_same_v<T, Rate>) return ValueType::rate;
    if constexpr (std::is_same_v<T, Date>) return ValueType::date;
    if constexpr (std::is_same_v<T, Instant>) return ValueType::instant;
    if constexpr (std::is_same_v<T, Id>) return ValueType::id;
    return ValueType::none;
}

// A field as a Value. No day and no id are nothing.
template <class T>
[[nodiscard]] Value value_of(const T& field) {
    static_assert(value_type_for<T>() != ValueType::none, "this type cannot be a column");
    if constexpr (std::is_same_v<T, bool>) {
        return field;
    } else if constexpr (std::is_same_v<T, Currency>) {
        return std::string{code_of(field)};
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
        return static_cast<std::int64_t>(field);
    } else if constexpr (std::is_same_v<T, Date> || std::is_same_v<T, Id>) {
        return field.is_none() ? Value{} : Value{field};
    } else {
        return Value{field};
    }
}

}  // namespace daybook
