#include "engine/base/wire.hpp"

#include "schemas/common.hpp"

namespace flatbuffers {

namespace wire = daybook::wire;

wire::Money Pack(const daybook::Money& money) {
    return {money.minor(), static_cast<std::uint16_t>(money.currency())};
}
daybook::Money UnPack(const wire::Money& money) {
    return daybook::Money::from_minor(money.minor(), daybook::Currency{money.currency()});
}
wire::UnitPrice Pack(const daybook::UnitPrice& price) {
    return {price.micro(), static_cast<std::uint16_t>(price.currency())};
}
daybook::UnitPrice UnPack(const wire::UnitPrice& price) {
    return daybook::UnitPrice::from_micro(price.micro(), daybook::Currency{price.currency()});
}
wire::ExchangeRate Pack(const daybook::ExchangeRate& rate) {
    return wire::ExchangeRate{rate.micro()};
}
daybook::ExchangeRate UnPack(const wire::ExchangeRate& rate) {
    return daybook::ExchangeRate::from_micro(rate.micro());
}
wire::Quantity Pack(const daybook::Quantity& quantity) {
    return wire::Quantity{quantity.milli()};
}
daybook::Quantity UnPack(const wire::Quantity& quantity) {
    return daybook::Quantity::from_milli(quantity.milli());
}
wire::Rate Pack(const daybook::Rate& rate) {
    return wire::Rate{rate.ppm()};
}
daybook::Rate UnPack(const wire::Rate& rate) {
    return daybook::Rate::from_ppm(rate.ppm());
}
wire::Currency Pack(const daybook::Currency& currency) {
    return wire::Currency{static_cast<std::uint16_t>(currency)};
}
daybook::Currency UnPack(const wire::Currency& currency) {
    return daybook::Currency{currency.number()};
}
wire::Date Pack(const daybook::Date& date) {
    return wire::Date{date.days()};
}
daybook::Date UnPack(const wire::Date& date) {
    return daybook::Date::from_days(date.days());
}
wire::Instant Pack(const daybook::Instant& instant) {
    return wire::Instant{instant.nanos()};
}
daybook::Instant UnPack(const wire::Instant& instant) {
    return daybook::Instant::from_nanos(instant.nanos());
}
wire::Id Pack(const daybook::Id& id) {
    return {id.high, id.low};
}
daybook::Id UnPack(const wire::Id& id) {
    return {.high = id.high(), .low = id.low()};
}

}  // namespace flatbuffers
