#include "projections/accounting/reports.hpp"

#include <algorithm>

namespace daybook::accounting {
namespace {

// The entry of an event; null if it is another event.
const EntryPosted* entry_of(EventBytes event) {
    static const auto code = flatbuffers::ReadScalar<std::uint32_t>(EventRecordIdentifier());
    const EventHeader& header = header_of(event);
    const auto type = static_cast<std::uint8_t>(EventTraits<EntryPosted>::enum_value);
    if (header.module_() != code || header.type() != type) return nullptr;
    return flatbuffers::GetRoot<EventRecord>(payload_of(event).data())->event_as_EntryPosted();
}

}  // namespace

Balances balances_at(const Query& query, std::uint64_t known_at) {
    return Balances{query, known_at, [](EventBytes event, const auto& post) {
                        const EntryPosted* entry = entry_of(event);
                        if (entry == nullptr) return;
                        for (const EntryLine* line : *entry->lines()) {
                            const BalanceKey key{read(line->account())};
                            post(key, read(entry->accounting_date()), balance_of(*line));
                        }
                    }};
}

TaxSums tax_sums_at(const Query& query, std::uint64_t known_at) {
    return TaxSums{
        query, known_at, [](EventBytes event, const auto& post) {
            const EntryPosted* entry = entry_of(event);
            if (entry == nullptr || entry->taxes() == nullptr) return;
            for (const TaxTag* tag : *entry->taxes()) {
                const TaxKey key{tag->side(), read(tag->tax_code()), read(tag->rate()).ppm()};
                const TaxTotalSum sum{tag->base_minor(), tag->tax_minor()};
                post(key, read(entry->accounting_date()), sum);
            }
        }};
}

Currency base_currency(const Query& query) {
    const auto row = query.find<book>(std::uint8_t{0});
    return row ? row->base_currency : Currency::none;
}

std::string name_of_party(const Query& query, const Id& party) {
    const auto row = query.find<party_names>(party);
    return row ? row->name : std::string{};
}

std::string name_of_account(const Query& query, const Id& account) {
    const auto row = query.find<accounts>(account);
    return row ? row->name : std::string{};
}

std::map<Id, AccountRow> chart(const Query& query) {
    std::map<Id, AccountRow> all;
    query.scan<accounts>([&](const AccountRow& row) { all.emplace(row.account, row); });
    return all;
}

Date last_day(const Query& query, const ReportRequest& request) {
    if (request.as_of < date_max) return request.as_of;
    Date last = date_min;
    query.scan<balances>(Grain::day, [&](const BalanceRow& row) {
        last = std::max(last, row.period);
    });
    return last;
}

Date first_of_year(const Query& query, Date day) {
    Date first = Date::of(day.year(), 1, 1);
    query.scan<fiscal_years>([&](const FiscalYearRow& year) {
        if (year.first <= day && day <= year.last) first = year.first;
    });
    return first;
}

void sort_unique(Positions& positions) {
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

Positions positions_of_account(
    const Query& query, const ReportRequest& request, const Id& account, Date from
) {
    Positions positions;
    const Date end = request.as_of < date_max ? request.as_of.plus_days(1) : date_max;
    query.scan_between<postings>(
        std::tuple{account, from},
        std::tuple{account, end},
        [&](const PostingRow& row) {
            if (row.position < request.known_at) positions.push_back(row.position);
        }
    );
    sort_unique(positions);
    return positions;
}

Result<Positions> explain_account(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    DAYBOOK_TRY(const Id account, parse_id(key));
    Positions positions = positions_of_account(query, request, account, date_min);
    if (!positions.empty()) return positions;
    return Error{
        ErrorCode::not_found,
        "account " + std::string{key} +
            " has no posting by then; its code stands in the first column"};
}

}  // namespace daybook::accounting
