// Values as text.
#include "projections/core/value.hpp"

namespace daybook {

const char* name_of(ValueType type) {
    switch (type) {
        case ValueType::none: return "none";
        case ValueType::text: return "text";
        case ValueType::integer: return "integer";
        case ValueType::boolean: return "boolean";
        case ValueType::money: return "money";
        case ValueType::unit_price: return "unit_price";
        case ValueType::exchange_rate: return "exchange_rate";
        case ValueType::quantity: return "quantity";
        case ValueType::rate: return "rate";
        case ValueType::date: return "date";
        case ValueType::instant: return "instant";
        case ValueType::id: return "id";
    }
    return "none";
}

namespace {

struct AsText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    template <class T>
    std::string operator()(const T& value) const {
        return daybook::to_string(value);
    }
};

}  // namespace

std::string to_string(const Value& value) {
    return std::visit(AsText{}, value);
}

}  // namespace daybook
