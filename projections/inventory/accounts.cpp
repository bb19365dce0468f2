// What the ledger has on the accounts that follow the stock.

#include "projections/inventory/rows.hpp"

namespace daybook::inventory {
namespace {

bool is_of_goods(accounting::AccountRole role) {
    return role >= accounting::AccountRole::stock &&
           role <= accounting::AccountRole::stock_write_up;
}

}  // namespace

void project(
    RowsOf<stock_accounts>& by_key,
    RowsOf<goods_accounts>& followed,
    const accounting::AccountAssigned& event
) {
    if (!is_of_goods(event.role())) return;
    const Id account = read(event.account());
    GoodsAccountRow& row = followed.at(account);
    if (event.role() != accounting::AccountRole::stock) return;
    row.is_stock = true;
    by_key.put({read(event.key()), account});
}

void take(AccountRows rows, const accounting::EntryPosted& event, const EventHeader& header) {
    const BookRow* book_row = rows.books.find(std::uint8_t{0});
    const Currency base = book_row == nullptr ? Currency::none : book_row->base_currency;
    const Date day = read(event.accounting_date());
    std::uint16_t number = 0;
    for (const accounting::EntryLine* line : *event.lines()) {
        ++number;
        const Id account = read(line->account());
        if (line->base_minor() == 0 || rows.followed.find(account) == nullptr) continue;
        const Money amount = Money::from_minor(line->base_minor(), base);
        const PostingPlace<AccountKey> place{
            .key = {account}, .effective = day, .position = header.position()};
        add_posting(rows.totals, rows.past_totals, place, AccountSum{amount});
        const Id source = event.source() == nullptr ? read(event.entry()) : read(event.source());
        rows.changes.put({header.position(), number, account, day, amount, source});
        rows.days.put({account, day, header.position()});
    }
}

}  // namespace daybook::inventory
