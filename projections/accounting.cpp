// The chart of accounts as rows.

#include "schemas/accounting.hpp"

#include "projections/core/projection.hpp"

namespace daybook::accounting {
namespace {

struct AccountRow {
    Id account;
    std::string name;
    AccountType type = AccountType::none;
    ControlKind control = ControlKind::none;
    bool is_cash = false;
    bool is_closed = false;
};

void project(Rows<AccountRow>& rows, const AccountOpened& event) {
    AccountRow& row = rows.at(read(event.account()));
    row.name = copy(event.name());
    row.type = event.type();
    row.control = event.control();
    row.is_cash = event.is_cash();
}

void project(Rows<AccountRow>& rows, const AccountRenamed& event) {
    rows.at(read(event.account())).name = copy(event.name());
}

void project(Rows<AccountRow>& rows, const AccountClosed& event) {
    rows.at(read(event.account())).is_closed = true;
}

void project(Rows<AccountRow>& rows, const AccountReopened& event) {
    rows.at(read(event.account())).is_closed = false;
}

constexpr auto accounts = table<AccountRow>(
    "accounts",
    key("account", &AccountRow::account),
    column("name", &AccountRow::name),
    column("type", &AccountRow::type),
    column("control", &AccountRow::control),
    column("is_cash", &AccountRow::is_cash),
    column("is_closed", &AccountRow::is_closed)
);

}  // namespace

extern constinit const Projection projection = projection_of<
    Tables<accounts>,
    Events<EventTraits, AccountOpened, AccountRenamed, AccountClosed, AccountReopened>>();

}  // namespace daybook::accounting
