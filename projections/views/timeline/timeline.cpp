// Everything that happened with a party, from all modules, in one list: identity, talks, deals,
// quotations, orders, deliveries, receipts, invoices, bills, payments, and the balance after
// each.
//
// An entry stands under the party that its event names. A merge moves nothing: the report reads the
// entries of every party that the asked one stands for, so that undoing the merge undoes that too.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "projections/views/timeline/rows.hpp"

namespace daybook::timeline {
namespace {

constexpr ReportOption options[]{
    {"party", ValueType::id, "Whose timeline", true, {}, "crm.parties"},
    {"from", ValueType::date, "On or after this day"},
    {"to", ValueType::date, "On or before this day"},
    {"last", ValueType::integer, "Only the last so many of them"},
};

bool counts(const ReportRequest& request, Date on, std::uint64_t position) {
    return on <= request.as_of && position < request.known_at;
}

// The party and all that were merged into it, at that day and with that knowledge.
std::set<Id> members_of(const Query& query, const ReportRequest& request, const Id& party) {
    std::set<Id> members;
    std::vector<Id> open{party};
    while (!open.empty()) {
        const Id member = open.back();
        open.pop_back();
        if (!members.insert(member).second) continue;
        query.scan<merges>(member, [&](const MergeRow& row) {
            const bool is_undone =
                !row.undone_on.is_none() && counts(request, row.undone_on, row.undone_at);
            if (counts(request, row.on, row.position) && !is_undone) open.push_back(row.from);
        });
    }
    return members;
}

std::vector<EntryRow> entries_of(const Query& query, const ReportRequest& request) {
    std::vector<EntryRow> all;
    for (const Id& member : members_of(query, request, id_option(request, "party"))) {
        query.scan<entries>(member, [&](const EntryRow& row) {
            if (row.on > request.as_of) return false;
            if (row.position >= request.known_at || request.known_at > row.retracted_at) {
                return true;
            }
            all.push_back(row);
            return true;
        });
    }
    std::ranges::sort(all, {}, [](const EntryRow& row) {
        return std::tuple{row.on, row.position, row.party};
    });
    return all;
}

// The balance in each currency; an amount too large to add leaves the balance unknown from there.
class Balances {
 public:
    Value after(const Money& owes) {
        if (owes.currency() == Currency::none) return {};
        auto& [balance, is_known] =
            balances_.try_emplace(owes.currency(), Money{}, true).first->second;
        is_known = is_known && can_add(balance, owes);
        if (!is_known) return {};
        balance += owes;
        return balance;
    }

 private:
    std::map<Currency, std::pair<Money, bool>> balances_;
};

void keep_last(ReportTable& table, std::int64_t last) {
    const auto count = static_cast<std::int64_t>(table.rows.size());
    if (last <= 0 || last >= count) return;
    table.rows.erase(table.rows.begin(), table.rows.end() - last);
    table.notes.push_back(fmt::format("The last {} of {}; without --last all of them.", last, count)
    );
}

Result<ReportTable> run(const Query& query, const ReportRequest& request) {
    const Date from = date_option(request, "from", date_min);
    const Date to = date_option(request, "to", date_max);
    const Id party = id_option(request, "party");
    ReportTable table;
    table.title = "Timeline of " + to_string(party);
    table.columns = {
        {"on", "Day", ValueType::date},
        {"module", "Module"},
        {"event", "Event"},
        {"document", "Document", ValueType::id},
        {"text", "Text"},
        {"amount", "Amount", ValueType::money, Align::right},
        {"balance", "Balance", ValueType::money, Align::right},
        {"employee", "Employee", ValueType::id},
        {"party", "Party", ValueType::id},
    };
    Balances balances;
    for (const EntryRow& row : entries_of(query, request)) {
        const Value balance = balances.after(row.owes);
        if (row.on < from || row.on > to) continue;
        const bool has_amount = row.amount.currency() != Currency::none;
        table.rows.push_back(
            {.key = std::to_string(row.position) + "|" + to_string(row.party),
             .cells =
                 {row.on,
                  row.module,
                  row.event,
                  value_of(row.document),
                  row.text,
                  has_amount ? Value{row.amount} : Value{},
                  balance,
                  value_of(row.employee),
                  row.party}}
        );
    }
    keep_last(table, integer_option(request, "last", 0));
    return table;
}

Result<std::vector<std::uint64_t>> explain(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    for (const EntryRow& row : entries_of(query, request)) {
        if (std::to_string(row.position) + "|" + to_string(row.party) == row_key) {
            return std::vector{row.position};
        }
    }
    return Error{ErrorCode::not_found, "the timeline has no line " + std::string{row_key}};
}

constexpr Report reports[]{
    {
        .name = "timeline",
        .title = "Timeline",
        .summary = "Everything that happened with a party, in all modules, with the balance.",
        .options = options,
        .run = &run,
        .explain = &explain,
    },
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<
            Tables<entries, subjects>,
            Events<
                crm::EventTraits,
                crm::PartyRegistered,
                crm::PartyAmended,
                crm::PartyDeactivated,
                crm::PartyReactivated,
                crm::RelationStarted,
                crm::RelationEnded,
                crm::InteractionRecorded,
                crm::InteractionAmended,
                crm::InteractionRetracted,
                crm::LeadConverted,
                crm::DealOpened,
                crm::DealMoved,
                crm::DealTransferred,
                crm::DealAmended,
                crm::ObjectionRaised,
                crm::CompetitorNoted,
                crm::DealWon,
                crm::DealLost,
                crm::DealReopened,
                crm::DealRetracted>,
            Events<
                sales::EventTraits,
                sales::QuotationDrafted,
                sales::QuotationSent,
                sales::QuotationRevised,
                sales::QuotationAccepted,
                sales::QuotationDeclined,
                sales::QuotationExpired,
                sales::QuotationCancelled,
                sales::OrderConfirmed,
                sales::OrderAmended,
                sales::OrderHeld,
                sales::OrderReleased,
                sales::OrderClosedShort,
                sales::OrderCancelled,
                sales::InvoiceIssued,
                sales::CreditNoteIssued,
                sales::GoodsDelivered,
                sales::GoodsReturned>,
            Events<
                purchasing::EventTraits,
                purchasing::OrderPlaced,
                purchasing::GoodsReceived,
                purchasing::GoodsReturnedToSupplier,
                purchasing::BillMatched>,
            Events<
                accounting::EventTraits,
                accounting::BillRecorded,
                accounting::PaymentRecorded,
                accounting::PaymentReversed,
                accounting::AllocationMade,
                accounting::AllocationUndone,
                accounting::BadDebtWrittenOff>>(),
        projection_of<
            Tables<entries, merges>,
            Events<crm::EventTraits, crm::PartiesMerged, crm::PartiesUnmerged>>()
    )
        .with(std::span<const Report>{reports});

}  // namespace daybook::timeline
