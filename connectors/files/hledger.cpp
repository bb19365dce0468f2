// The ledger as a journal that hledger and ledger read.

#include "connectors/files/hledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "engine/base/money.hpp"

namespace daybook::files {
namespace {

constexpr std::size_t part_bytes = std::size_t{256} << 10;

// A table of the accounting projection with the places of some of its columns.
template <std::size_t count>
struct Columns {
    const NamedTable* table = nullptr;
    std::array<std::size_t, count> at{};
};

template <std::size_t count>
Result<Columns<count>> find_columns(
    const Query& query, std::string_view table, const std::array<std::string_view, count>& names
) {
    Columns<count> found{.table = query.find_table("accounting", table)};
    if (found.table == nullptr) {
        return Error{ErrorCode::not_found, fmt::format("there is no table accounting.{}", table)};
    }
    const auto columns = found.table->schema->columns;
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = std::ranges::find(columns, names[i], &ColumnSchema::name);
        if (place == columns.end()) {
            return Error{
                ErrorCode::not_found,
                fmt::format("the table accounting.{} has no column {}", table, names[i])};
        }
        found.at[i] = static_cast<std::size_t>(place - columns.begin());
    }
    return found;
}

template <class T>
T cell(const std::vector<Value>& row, std::size_t at) {
    const T* value = std::get_if<T>(&row[at]);
    return value != nullptr ? *value : T{};
}

// What both programs take for one name: no line ends, no double blanks, no marks of theirs.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        char kept = c;
        if (static_cast<unsigned char>(c) < 0x20) kept = ' ';
        if (c == ';') kept = ',';
        if (c == ':' || c == '|') kept = '-';
        if (c == '(' || c == '[') kept = '<';
        if (c == ')' || c == ']') kept = '>';
        if (kept == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += kept;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string_view parent_of(std::string_view type) {
    if (type == "asset") return "Assets";
    if (type == "liability") return "Liabilities";
    if (type == "equity") return "Equity";
    if (type == "income") return "Income";
    if (type == "expense") return "Expenses";
    return "Other";
}

struct Posting {
    std::int64_t position = 0;
    std::int64_t line = 0;
    std::int64_t base_minor = 0;
    Money amount;
    Id account;
    Id party;
};

class Journal {
 public:
    Journal(const Query& query, const TextSink& sink) : query_(query), sink_(sink) {}

    Result<void> write() {
        DAYBOOK_TRY_VOID(read_book());
        DAYBOOK_TRY_VOID(read_accounts());
        DAYBOOK_TRY_VOID(read_postings());
        DAYBOOK_TRY_VOID(write_entries());
        return sink_(text_);
    }

 private:
    Result<void> read_book() {
        DAYBOOK_TRY(const auto book, find_columns<2>(query_, "book", {"name", "base_currency"}));
        return query_.scan_values(*book.table, [&](const std::vector<Value>& row) {
            base_ = currency_from_code(cell<std::string>(row, book.at[1])).value_or(base_);
            text_ += fmt::format(
                "; {}, in {}\n", plain(cell<std::string>(row, book.at[0])), code_of(base_)
            );
            return true;
        });
    }

    Result<void> read_accounts() {
        DAYBOOK_TRY(
            const auto accounts, find_columns<3>(query_, "accounts", {"account", "name", "type"})
        );
        return query_.scan_values(*accounts.table, [&](const std::vector<Value>& row) {
            const Id account = cell<Id>(row, accounts.at[0]);
            const std::string name = plain(
                fmt::format("{} {}", to_string(account), cell<std::string>(row, accounts.at[1]))
            );
            const std::string type = cell<std::string>(row, accounts.at[2]);
            names_[account] = fmt::format("{}:{}", parent_of(type), name);
            text_ += fmt::format("account {}\n", names_[account]);
            return true;
        });
    }

    // They stand by account; the journal wants them by entry.
    Result<void> read_postings() {
        DAYBOOK_TRY(
            const auto postings,
            find_columns<6>(
                query_, "postings", {"account", "position", "line", "party", "amount", "base_minor"}
            )
        );
        DAYBOOK_TRY_VOID(query_.scan_values(*postings.table, [&](const std::vector<Value>& row) {
            postings_.push_back(
                {.position = cell<std::int64_t>(row, postings.at[1]),
                 .line = cell<std::int64_t>(row, postings.at[2]),
                 .base_minor = cell<std::int64_t>(row, postings.at[5]),
                 .amount = cell<Money>(row, postings.at[4]),
                 .account = cell<Id>(row, postings.at[0]),
                 .party = cell<Id>(row, postings.at[3])}
            );
            return true;
        }));
        std::ranges::sort(postings_, [](const Posting& a, const Posting& b) {
            return a.position != b.position ? a.position < b.position : a.line < b.line;
        });
        return {};
    }

    Result<void> write_entries() {
        DAYBOOK_TRY(
            const auto entries,
            find_columns<4>(query_, "entries", {"accounting_date", "position", "number", "text"})
        );
        Result<void> written;
        DAYBOOK_TRY_VOID(query_.scan_values(*entries.table, [&](const std::vector<Value>& row) {
            text_ += fmt::format(
                "\n{} * ({}) {}\n",
                to_string(cell<Date>(row, entries.at[0])),
                plain(cell<std::string>(row, entries.at[2])),
                plain(cell<std::string>(row, entries.at[3]))
            );
            add_postings(cell<std::int64_t>(row, entries.at[1]));
            if (text_.size() < part_bytes) return true;
            written = sink_(text_);
            text_.clear();
            return written.ok();
        }));
        return written;
    }

    void add_postings(std::int64_t position) {
        const auto first = std::ranges::lower_bound(postings_, position, {}, &Posting::position);
        for (auto at = first; at != postings_.end() && at->position == position; ++at) {
            const Money base = Money::from_minor(at->base_minor, base_);
            // A cost has no sign of its own: where the two differ, the base amount stands alone.
            const bool has_cost = at->amount.currency() != base_ && !at->amount.is_zero() &&
                                  at->amount.is_negative() == base.is_negative();
            std::string amount = to_string(has_cost ? at->amount : base);
            if (has_cost) amount += " @@ " + to_string(base.is_negative() ? -base : base);
            text_ += fmt::format("    {}  {}", names_[at->account], amount);
            if (!at->party.is_none()) text_ += fmt::format("  ; party: {}", to_string(at->party));
            text_ += '\n';
        }
    }

    const Query& query_;
    const TextSink& sink_;
    Currency base_ = Currency::none;
    std::unordered_map<Id, std::string> names_;
    std::vector<Posting> postings_;
    std::string text_;
};

}  // namespace

Result<void> write_hledger(const Query& query, const TextSink& sink) {
    return Journal{query, sink}.write();
}

}  // namespace daybook::files
