// A small bank: its events, its projection, and random histories of it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/prng.hpp"
#include "projections/core/projection.hpp"
#include "projections/core/registry.hpp"
#include "tests/projections/toy_bank.hpp"

namespace daybook::toy {

struct AccountRow {
    Id account;
    std::string name;
    Kind kind = Kind::current;
    Money balance;
    std::uint32_t posted_count = 0;
};
struct LineRow {
    Id account;
    Date date;
    std::uint64_t position = 0;
    std::uint16_t line = 0;
    Money amount;
    std::string memo;
};

inline constexpr auto accounts = table<AccountRow>(
    "accounts",
    key("account", &AccountRow::account),
    column("name", &AccountRow::name),
    column("kind", &AccountRow::kind, &EnumNameKind),
    column("balance", &AccountRow::balance),
    column("posted_count", &AccountRow::posted_count)
);
inline constexpr auto lines = table<LineRow>(
    "lines",
    key("account", &LineRow::account),
    key("date", &LineRow::date),
    key("position", &LineRow::position),
    key("line", &LineRow::line),
    column("amount", &LineRow::amount),
    column("memo", &LineRow::memo)
);

extern const Projection projection;

}  // namespace daybook::toy
