// From the lines that are asked for to the lines, taxes and totals that are decided. Each line is
// rounded half up to the minor unit; the tax of a tax code is worked out on the sum of its lines
// and shared among them by the largest remainder, so that net + tax = gross in every direction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/sales/state.hpp"

namespace daybook::sales {

using Lines = flatbuffers::Vector<flatbuffers::Offset<Line>>;
using PricedLines = flatbuffers::Vector<const PricedLine*>;
using LineTexts = flatbuffers::Vector<flatbuffers::Offset<LineText>>;

// What a command says about its document as a whole; what it leaves out is none.
struct Wanted {
    Id party;
    Date date;
    Date tax_point;
    Currency currency = Currency::none;
    Id price_list;
    bool includes_tax = false;
    Rate discount;
};

template <class Command>
[[nodiscard]] Wanted wanted_of(const Command& command) {
    Wanted wanted{
        .date = read_or_none(command.date()),
        .price_list = read_or_none(command.price_list()),
        .includes_tax = command.prices_include_tax()};
    if constexpr (requires { command.party(); }) wanted.party = read_or_none(command.party());
    if constexpr (requires { command.tax_point(); })
        wanted.tax_point = read_or_none(command.tax_point());
    if constexpr (requires { command.currency(); })
        wanted.currency = read_or_none(command.currency());
    if constexpr (requires { command.discount(); })
        wanted.discount = read_or_none(command.discount());
    return wanted;
}

struct TaxSum {
    Id tax_code;
    Rate rate;
    Money base;
    Money tax;
};

// A document while it is worked out.
struct Draft {
    Id party;  // After a merge: the party that is left.
    Date date;
    Date tax_point;
    Currency currency = Currency::none;
    Id price_list;
    bool includes_tax = false;
    Rate discount;  // On the document, before tax.
    std::vector<DraftLine> lines;
    std::vector<TaxSum> taxes;
    Money net;
    Money tax;
    Money gross;
    std::int64_t rounding_micro = 0;
};

// The document's party, dates, currency and price list, before it has lines.
[[nodiscard]] Judged<Draft> open_draft(const Sales&, const Wanted&, const Context&);
// One line of no other document, without its amounts.
[[nodiscard]] Judged<DraftLine> free_line(
    const Sales&, const Draft&, const Line&, std::size_t index
);
// The same of a line that is known as far as the words beside it.
[[nodiscard]] Judged<DraftLine> completed_line(
    const Sales&, const Draft&, DraftLine, std::size_t index
);
// Whether there are lines, and not too many.
[[nodiscard]] Judged<Nothing> check_lines(const Lines*);
// The draft with these lines, none of which comes from another document.
[[nodiscard]] Judged<Draft> with_lines(const Sales&, Draft, const Lines*);
// The draft with the document's discount, the amounts, the taxes and the totals.
[[nodiscard]] Judged<Draft> totalled(const Sales&, Draft);
// Nets, taxes and rounding difference as sums of lines that have their amounts already.
[[nodiscard]] Judged<Draft> summed(Draft);

// The tax of each amount when all of them together are taxed once: amount x part / whole, with the
// sum rounded half up and the cents shared by the largest remainder, the earlier first.
[[nodiscard]] std::vector<std::int64_t> shared_tax(
    const std::vector<std::int64_t>& amounts, std::int64_t part, std::int64_t whole
);
// How the total falls due.
[[nodiscard]] std::vector<Instalment> instalments_of(
    const PaymentTerms& terms, Date date, Money gross
);

[[nodiscard]] DraftLine draft_line(const PricedLine&);
// The lines of an event as drafts, with their words.
[[nodiscard]] std::vector<DraftLine> draft_lines(const PricedLines& lines, const LineTexts* texts);
[[nodiscard]] PricedLine priced_line(const DraftLine&);

// Puts what was worked out into an event; all documents' events name these fields alike.
template <class Event>
void put_amounts(Event& event, const Draft& draft) {
    event.date = draft.date;
    event.prices_include_tax = draft.includes_tax;
    event.lines.reserve(draft.lines.size());
    for (std::size_t i = 0; i < draft.lines.size(); ++i) {
        event.lines.push_back(priced_line(draft.lines[i]));
        if (draft.lines[i].text.empty()) continue;
        auto words = std::make_unique<LineTextT>();
        words->line = static_cast<std::uint16_t>(i + 1);
        words->text = draft.lines[i].text;
        event.texts.push_back(std::move(words));
    }
    for (const TaxSum& sum : draft.taxes) {
        event.taxes.emplace_back(
            wired(sum.tax_code), wired(sum.rate), wired(sum.base), wired(sum.tax)
        );
    }
    event.net = draft.net;
    event.tax = draft.tax;
    event.gross = draft.gross;
    event.rounding_micro = draft.rounding_micro;
}

}  // namespace daybook::sales
