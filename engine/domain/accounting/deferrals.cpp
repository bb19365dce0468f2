// Tax on cash basis: a document's tax waits on an account of its own and becomes due in the
// proportion in which the document is paid (in France article 269, 2, c of the CGI: services). What
// is released is always the share of all that is settled so far, so the last payment takes the
// remainder, and an allocation that is undone takes back exactly what it released.

#include <algorithm>
#include <set>

#include "engine/domain/accounting/posting.hpp"

namespace daybook::accounting {
namespace {

// On the tax's own account the ordinary direction of output tax is a credit.
std::int64_t sign_of(TaxSide side) {
    return side == TaxSide::input ? 1 : -1;
}

std::int64_t share_of(std::int64_t whole, Money settled, Money gross) {
    if (settled == gross) return whole;
    const Wide sign = gross.is_negative() ? -1 : 1;
    return narrow(divide(
        static_cast<Wide>(whole) * settled.minor() * sign,
        static_cast<Wide>(gross.minor()) * sign,
        Rounding::half_even
    ));
}

// What becomes due of a deferral, or is taken back, when so much of its document is settled.
struct Release {
    Money tax;
    std::int64_t base_minor = 0;
    std::int64_t tax_minor = 0;
};
Release release_of(const Deferral& deferral, Money settled) {
    const std::int64_t tax = share_of(deferral.tax.minor(), settled, deferral.gross);
    return {
        Money::from_minor(tax, deferral.tax.currency()) - deferral.released,
        share_of(deferral.base_minor, settled, deferral.gross) - deferral.released_base_minor,
        share_of(deferral.tax_minor, settled, deferral.gross) - deferral.released_tax_minor};
}

void add_released(Deferral& deferral, const Release& release) {
    deferral.released += release.tax;
    deferral.released_base_minor += release.base_minor;
    deferral.released_tax_minor += release.tax_minor;
}

// The tax moves from where it waits to where it is due.
Decision add_release(
    const Books& state, EntryDraft& draft, const Deferral& deferral, const Release& release
) {
    const auto due = tax_account(state, deferral.tax_code, deferral.side);
    if (due.is_refused()) return due.refusal();
    const std::int64_t sign = sign_of(deferral.side);
    const Money tax = sign < 0 ? -release.tax : release.tax;
    draft.add({deferral.account, Id{}, -tax, -sign * release.tax_minor});
    const std::uint16_t line = draft.add({due.value(), Id{}, tax, sign * release.tax_minor});
    draft.event.taxes.emplace_back(
        wired(deferral.tax_code),
        wired(deferral.rate),
        release.base_minor,
        release.tax_minor,
        line,
        deferral.side
    );
    draft.event.deferred_taxes.emplace_back(
        wired(deferral.tax_code),
        wired(deferral.rate),
        -release.base_minor,
        -release.tax_minor,
        wired(-release.tax),
        wired(deferral.account),
        deferral.side
    );
    return {};
}

// The items of the document that defers: how many, and what they came to at first.
struct OpenedItems {
    std::uint16_t parts = 0;
    Money gross;
};

Deferral deferral_of(const DeferredTax& tag, const OpenedItems& items) {
    return {
        .tax_code = read(tag.tax_code()),
        .rate = read(tag.rate()),
        .side = tag.side(),
        .account = read(tag.account()),
        .parts = items.parts,
        .gross = items.gross,
        .tax = read(tag.tax()),
        .base_minor = tag.base_minor(),
        .tax_minor = tag.tax_minor(),
        .released = Money::from_minor(0, read(tag.tax()).currency())};
}

}  // namespace

Decision add_tax_line(const Books& state, EntryDraft& draft, const TaxLine& line) {
    const bool waits = state.tax_codes.get(line.tax_code).treatment == TaxTreatment::cash_basis;
    const std::int64_t sign = sign_of(line.side);
    std::uint16_t index = line.net_line;
    std::int64_t tax_minor = 0;
    Id account;
    if (!line.tax.is_zero()) {
        const AccountRole deferred = line.side == TaxSide::output ? AccountRole::output_tax_deferred
                                                                  : AccountRole::input_tax_deferred;
        const auto found = waits ? account_for(state, deferred, line.tax_code)
                                 : tax_account(state, line.tax_code, line.side);
        if (found.is_refused()) return found.refusal();
        account = found.value();
        index = draft.add({account, Id{}, line.tax, line.tax_base_minor});
        tax_minor = sign * line.tax_base_minor;
    }
    if (waits && !line.tax.is_zero()) {
        draft.event.deferred_taxes.emplace_back(
            wired(line.tax_code),
            wired(line.rate),
            line.base_minor,
            tax_minor,
            wired(sign < 0 ? -line.tax : line.tax),
            wired(account),
            line.side
        );
        return {};
    }
    draft.event.taxes.emplace_back(
        wired(line.tax_code), wired(line.rate), line.base_minor, tax_minor, index, line.side
    );
    return {};
}

std::vector<Deferral> deferrals_in(const EntryPostedT& entry) {
    OpenedItems items{.parts = static_cast<std::uint16_t>(entry.items.size()), .gross = {}};
    for (const OpenedItem& item : entry.items) {
        items.gross += read(entry.lines[item.line()].amount());
    }
    std::vector<Deferral> deferrals;
    for (const DeferredTax& tag : entry.deferred_taxes) {
        deferrals.push_back(deferral_of(tag, items));
    }
    return deferrals;
}

std::vector<Deferral> Posting::deferrals_of(const Id& document) const {
    const auto touched = deferrals_.find(document);
    return touched != deferrals_.end() ? touched->second : state_.deferrals.get(document);
}

Decision Posting::release_taxes(std::span<const SettledPart> parts, const ReleaseOrder& order) {
    if (deferrals_.empty() && state_.deferrals.size() == 0) return {};
    std::set<Id> documents;
    for (const SettledPart& part : parts) {
        if (!documents.insert(part.item.document).second) continue;
        if (Decision no = release_document(part.item.document, order); no.is_refused()) return no;
    }
    return {};
}

Decision Posting::release_document(const Id& document, const ReleaseOrder& order) {
    std::vector<Deferral> deferrals = deferrals_of(document);
    if (deferrals.empty()) return {};
    Money settled = deferrals.front().gross;
    for (std::uint16_t part = 1; part <= deferrals.front().parts; ++part) {
        settled -= find_item({document, part})->open;
    }
    EntryDraft draft{
        .event =
            {.entry = id_from_text(
                 "accounting tax release " + to_string(order.cause) + " " + to_string(document)
             ),
             .kind = EntryKind::tax_release,
             .date = order.date,
             .piece = to_string(document),
             .text = "Tax due on what is paid of " + to_string(document),
             .source = document},
        .not_before = order.not_before};
    for (Deferral& deferral : deferrals) {
        const Release release = release_of(deferral, settled);
        if (release.tax.is_zero() && release.tax_minor == 0) continue;
        if (Decision no = add_release(state_, draft, deferral, release); no.is_refused()) return no;
        add_released(deferral, release);
    }
    if (draft.event.lines.empty()) return {};
    const auto journal = journal_for(state_, JournalKind::general, Id{});
    if (journal.is_refused()) return journal.refusal();
    draft.event.journal = journal.value();
    deferrals_[document] = std::move(deferrals);
    const std::vector<ItemKey> opened = opened_;
    Decision answer = post(std::move(draft));
    opened_ = opened;
    return answer;
}

void note_deferred(Books& state, const EntryPosted& event) {
    if (event.deferred_taxes() == nullptr || event.deferred_taxes()->size() == 0) return;
    if (event.kind() != EntryKind::tax_release) {
        OpenedItems items;
        if (event.items() != nullptr) {
            items.parts = static_cast<std::uint16_t>(event.items()->size());
            for (const OpenedItem* item : *event.items()) {
                items.gross += read(event.lines()->Get(item->line())->amount());
            }
        }
        std::vector<Deferral>& deferrals = state.deferrals.at(read(event.entry()));
        DAYBOOK_ASSERT(deferrals.empty());
        for (const DeferredTax* tag : *event.deferred_taxes()) {
            deferrals.push_back(deferral_of(*tag, items));
        }
        return;
    }
    std::vector<Deferral>& deferrals = state.deferrals.at(read(event.source()));
    for (const DeferredTax* tag : *event.deferred_taxes()) {
        const auto deferral = std::ranges::find_if(deferrals, [&](const Deferral& each) {
            return each.tax_code == read(tag->tax_code()) && each.rate == read(tag->rate()) &&
                   each.side == tag->side();
        });
        DAYBOOK_ASSERT(deferral != deferrals.end());
        add_released(*deferral, {-read(tag->tax()), -tag->base_minor(), -tag->tax_minor()});
        const Money left = deferral->tax - deferral->released;
        DAYBOOK_ASSERT(left.is_zero() || left.is_negative() == deferral->tax.is_negative());
    }
}

}  // namespace daybook::accounting
