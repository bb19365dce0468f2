// What was posted: entries in the order of the day book, and their lines by account, by party and
// by tax code.
#include "projections/accounting/rows.hpp"

namespace daybook::accounting {

Balance balance_of(const EntryLine& line) {
    const std::int64_t base = line.base_minor();
    return base < 0 ? Balance{.debit_minor = 0, .credit_minor = -base}
                    : Balance{.debit_minor = base, .credit_minor = 0};
}

void project(Rows<EntryRow>& rows, const EntryPosted& event, const EventHeader& header) {
    std::int64_t debit = 0;
    for (const EntryLine* line : *event.lines()) {
        if (line->base_minor() > 0) debit += line->base_minor();
    }
    rows.put({
        .accounting_date = read(event.accounting_date()),
        .position = header.position(),
        .entry = read(event.entry()),
        .journal = read(event.journal()),
        .number = copy(event.number_text()),
        .date = read(event.date()),
        .piece = copy(event.piece()),
        .text = copy(event.text()),
        .kind = event.kind(),
        .source = read_or_none(event.source()),
        .reverses = read_or_none(event.reverses()),
        .debit_minor = debit,
    });
}

void project(
    Rows<PostingRow>& by_account,
    Rows<PartyPostingRow>& by_party,
    const EntryPosted& event,
    const EventHeader& header
) {
    const Date day = read(event.accounting_date());
    std::uint16_t number = 0;
    for (const EntryLine* line : *event.lines()) {
        const PostingRow posting{
            .account = read(line->account()),
            .accounting_date = day,
            .position = header.position(),
            .line = number++,
            .party = read(line->party()),
            .amount = read(line->amount()),
            .base_minor = line->base_minor(),
        };
        by_account.put(posting);
        if (posting.party.is_none()) continue;
        by_party.put({
            .party = posting.party,
            .accounting_date = day,
            .position = posting.position,
            .line = posting.line,
            .account = posting.account,
            .amount = posting.amount,
            .base_minor = posting.base_minor,
        });
    }
}

void project(
    Rows<BalanceRow>& rows,
    Rows<PastBalanceRow>& past,
    const EntryPosted& event,
    const EventHeader& header
) {
    for (const EntryLine* line : *event.lines()) {
        const PostingPlace<BalanceKey> place{
            .key = {read(line->account())},
            .effective = read(event.accounting_date()),
            .position = header.position(),
        };
        add_posting(rows, past, place, balance_of(*line));
    }
}

void project(Rows<TaxRow>& rows, const EntryPosted& event, const EventHeader& header) {
    if (event.taxes() == nullptr) return;
    std::uint16_t sequence = 0;
    for (const TaxTag* tag : *event.taxes()) {
        rows.put({
            .side = tag->side(),
            .tax_code = read(tag->tax_code()),
            .accounting_date = read(event.accounting_date()),
            .position = header.position(),
            .sequence = sequence++,
            .rate = read(tag->rate()),
            .base_minor = tag->base_minor(),
            .tax_minor = tag->tax_minor(),
        });
    }
}

void project(
    Rows<TaxTotalRow>& rows,
    Rows<PastTaxTotalRow>& past,
    const EntryPosted& event,
    const EventHeader& header
) {
    if (event.taxes() == nullptr) return;
    for (const TaxTag* tag : *event.taxes()) {
        const PostingPlace<TaxKey> place{
            .key = {tag->side(), read(tag->tax_code()), read(tag->rate()).ppm()},
            .effective = read(event.accounting_date()),
            .position = header.position(),
        };
        add_posting(rows, past, place, TaxTotalSum{tag->base_minor(), tag->tax_minor()});
    }
}

}  // namespace daybook::accounting
