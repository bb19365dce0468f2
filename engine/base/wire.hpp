// The bridge between the shared words of common.fbs on disk and our value types in memory. flatc's
// object API calls Pack and UnPack for every field that names a native_type.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/id.hpp"
#include "engine/base/money.hpp"
#include "engine/base/quantity.hpp"
#include "engine/base/rate.hpp"

namespace daybook::wire {
struct Money;
struct UnitPrice;
struct ExchangeRate;
struct Quantity;
struct Rate;
struct Currency;
struct Date;
struct Instant;
struct Id;
}  // namespace daybook::wire

namespace flatbuffers {
daybook::wire::Money Pack(const daybook::Money& money);
daybook::Money UnPack(const daybook::wire::Money& money);
daybook::wire::UnitPrice Pack(const daybook::UnitPrice& price);
daybook::UnitPrice UnPack(const daybook::wire::UnitPrice& price);
daybook::wire::ExchangeRate Pack(const daybook::ExchangeRate& rate);
daybook::ExchangeRate UnPack(const daybook::wire::ExchangeRate& rate);
daybook::wire::Quantity Pack(const daybook::Quantity& quantity);
daybook::Quantity UnPack(const daybook::wire::Quantity& quantity);
daybook::wire::Rate Pack(const daybook::Rate& rate);
daybook::Rate UnPack(const daybook::wire::Rate& rate);
daybook::wire::Currency Pack(const daybook::Currency& currency);
daybook::Currency UnPack(const daybook::wire::Currency& currency);
daybook::wire::Date Pack(const daybook::Date& date);
daybook::Date UnPack(const daybook::wire::Date& date);
daybook::wire::Instant Pack(const daybook::Instant& instant);
daybook::Instant UnPack(const daybook::wire::Instant& instant);
daybook::wire::Id Pack(const daybook::Id& id);
daybook::Id UnPack(const daybook::wire::Id& id);
}  // namespace flatbuffers
