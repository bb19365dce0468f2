// The toy projection: accounts with their balance, and their lines in the order of dates.
#include "tests/projections/toy.hpp"

namespace daybook::toy {

void project(Rows<AccountRow>& rows, const AccountOpened& event) {
    AccountRow& row = rows.at(read(event.account()));
    row.name = copy(event.name());
    row.kind = event.kind();
}

// A closed account takes its lines with it.
void project(Rows<AccountRow>& account_rows, Rows<LineRow>& line_rows, const AccountClosed& event) {
    const Id account = read(event.account());
    account_rows.erase(account);
    std::vector<LineRow> closed;
    line_rows.scan(account, [&](const LineRow& row) { closed.push_back(row); });
    for (const LineRow& row : closed) {
        DAYBOOK_ASSERT(line_rows.find(row.account, row.date, row.position, row.line) != nullptr);
        line_rows.erase(row.account, row.date, row.position, row.line);
    }
}

void project(
    Rows<AccountRow>& accounts_rows,
    Rows<LineRow>& line_rows,
    const Posted& event,
    const EventHeader& header
) {
    std::uint16_t number = 0;
    for (const Line* line : *event.lines()) {
        AccountRow& row = accounts_rows.at(read(line->account()));
        row.balance += read(line->amount());
        ++row.posted_count;
        line_rows.put({
            .account = read(line->account()),
            .date = read(event.date()),
            .position = header.position(),
            .line = number++,
            .amount = read(line->amount()),
            .memo = copy(event.memo()),
        });
    }
}

extern constinit const Projection projection = join(
    projection_of<accounts, Events<EventTraits, AccountOpened>>(),
    projection_of<Tables<accounts, lines>, Events<EventTraits, AccountClosed, Posted>>()
);

}  // namespace daybook::toy
