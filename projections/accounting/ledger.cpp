// The general ledger (the lines of each account with a running balance), the journal (the entries
// in the order of the day book) and a party's statement.
#include "projections/accounting/reports.hpp"

namespace daybook::accounting {
namespace {

constexpr std::string_view before_key = "before";  // Of what was brought forward.

// A line's account or day, which the position of its entry makes unique.
std::string line_key(const std::string& first, std::uint64_t position) {
    return first + "|" + std::to_string(position);
}

struct Line {
    Date date;
    std::string number;
    std::string text;
    std::int64_t base_minor;
};

struct Ledger {
    ReportTable& table;
    Currency currency;
    std::int64_t running = 0;

    [[nodiscard]] Value money(std::int64_t minor) const {
        return Money::from_minor(minor, currency);
    }
    void add(const std::string& key, const Line& line, Value first) {
        running += line.base_minor;
        ReportRow row;
        row.key = key;
        row.cells = {
            std::move(first),
            line.date.is_none() ? Value{} : Value{line.date},
            line.number,
            line.text,
            line.base_minor > 0 ? money(line.base_minor) : Value{},
            line.base_minor < 0 ? money(-line.base_minor) : Value{},
            money(running),
        };
        table.rows.push_back(std::move(row));
    }
};

std::vector<ReportColumn> ledger_columns(ReportColumn first) {
    return {
        std::move(first),
        {"date", "Date", ValueType::date},
        {"number", "Entry"},
        {"text", "Text"},
        {"debit", "Debit", ValueType::money, Align::right},
        {"credit", "Credit", ValueType::money, Align::right},
        {"balance", "Balance", ValueType::money, Align::right},
    };
}

Line line_of(const Query& query, Date date, std::uint64_t position, std::int64_t base_minor) {
    const auto entry = query.find<entries>(date, position);
    if (!entry) return {date, {}, {}, base_minor};
    return {date, entry->number, entry->text, base_minor};
}

Date end_of(const ReportRequest& request) {
    return request.as_of < date_max ? request.as_of.plus_days(1) : date_max;
}

void add_account(
    const Query& query, const ReportRequest& request, const Id& account, Ledger& ledger
) {
    const Date from = date_option(request, "from", date_min);
    ledger.running = 0;
    if (from > date_min) {
        const Balance before =
            balances_at(query, request.known_at).sum({account}, from.plus_days(-1));
        const std::string key = to_string(account) + "|" + std::string{before_key};
        ledger.add(key, {{}, "", "Brought forward", net_of(before)}, account);
    }
    query.scan_between<postings>(
        std::tuple{account, from},
        std::tuple{account, end_of(request)},
        [&](const PostingRow& row) {
            if (row.position >= request.known_at) return;
            const Line line = line_of(query, row.accounting_date, row.position, row.base_minor);
            ledger.add(line_key(to_string(account), row.position), line, account);
        }
    );
}

}  // namespace

Result<ReportTable> run_general_ledger(const Query& query, const ReportRequest& request) {
    ReportTable table;
    table.title = "General ledger";
    table.columns = ledger_columns({"account", "Account", ValueType::id});
    Ledger ledger{table, base_currency(query)};
    const Id wanted = id_option(request, "account");
    if (!wanted.is_none()) {
        add_account(query, request, wanted, ledger);
        return table;
    }
    for (const auto& [key, sum] : balances_at(query, request.known_at).sums(request.as_of)) {
        add_account(query, request, key.account, ledger);
    }
    return table;
}

Result<ReportTable> run_statement(const Query& query, const ReportRequest& request) {
    const Id party = id_option(request, "party");
    const Date from = date_option(request, "from", date_min);
    ReportTable table;
    table.title = "Statement of " + to_string(party) + " " + name_of_party(query, party);
    table.columns = ledger_columns({"account", "Account", ValueType::id});
    Ledger ledger{table, base_currency(query)};
    query.scan_between<party_postings>(
        std::tuple{party},
        std::tuple{party, end_of(request)},
        [&](const PartyPostingRow& row) {
            if (row.position >= request.known_at) return;
            if (row.accounting_date < from) {
                ledger.running += row.base_minor;
                return;
            }
            const Line line = line_of(query, row.accounting_date, row.position, row.base_minor);
            ledger.add(line_key(to_string(row.account), row.position), line, row.account);
        }
    );
    return table;
}

Result<ReportTable> run_journal(const Query& query, const ReportRequest& request) {
    const Currency currency = base_currency(query);
    const Id journal = id_option(request, "journal");
    const auto money = [&](std::int64_t minor) {
        return Value{Money::from_minor(minor, currency)};
    };
    ReportTable table;
    table.title = "Journal";
    table.columns = {
        {"date", "Date", ValueType::date},
        {"number", "Entry"},
        {"account", "Account", ValueType::id},
        {"party", "Party", ValueType::id},
        {"text", "Text"},
        {"debit", "Debit", ValueType::money, Align::right},
        {"credit", "Credit", ValueType::money, Align::right},
    };
    std::optional<Error> failure;
    const auto add_entry = [&](const EntryRow& entry) {
        if (entry.position >= request.known_at) return true;
        if (!journal.is_none() && entry.journal != journal) return true;
        const auto event = query.event(entry.position);
        if (!event.ok()) {
            failure = event.error();
            return false;
        }
        const auto* record = flatbuffers::GetRoot<EventRecord>(payload_of(event.value()).data());
        for (const EntryLine* line : *record->event_as_EntryPosted()->lines()) {
            const std::int64_t base = line->base_minor();
            const Id party = read(line->party());
            ReportRow row;
            row.key = line_key(to_string(entry.accounting_date), entry.position);
            row.cells = {
                entry.accounting_date,
                entry.number,
                read(line->account()),
                party.is_none() ? Value{} : Value{party},
                entry.text,
                base > 0 ? money(base) : Value{},
                base < 0 ? money(-base) : Value{},
            };
            table.rows.push_back(std::move(row));
        }
        return true;
    };
    query.scan_between<entries>(
        std::tuple{date_option(request, "from", date_min)}, std::tuple{end_of(request)}, add_entry
    );
    if (failure) return *failure;
    return table;
}

Result<Positions> explain_entry(
    const Query& query, const ReportRequest& request, std::string_view key
) {
    const std::size_t bar = key.rfind('|');
    const std::string_view last = key.substr(bar + 1);
    if (last == before_key) {
        DAYBOOK_TRY(const Id account, parse_id(key.substr(0, bar)));
        ReportRequest before = request;
        before.as_of = date_option(request, "from", date_min).plus_days(-1);
        return positions_of_account(query, before, account, date_min);
    }
    DAYBOOK_TRY(const std::int64_t position, parse_decimal(last, 0));
    return Positions{static_cast<std::uint64_t>(position)};
}

}  // namespace daybook::accounting
