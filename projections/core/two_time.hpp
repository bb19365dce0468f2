// Sums by key that know two times: what counted up to a day (as of D), by the knowledge had at an
// earlier position (known at L). Neither question scans events.
//
// Each posting is added to three sums of its key: its year's, its month's and its day's. A sum up
// to D is then some years, at most 11 months and at most 30 days.
//
// Positions are cut into known blocks. When a sum changes for the first time in a later block than
// before, the sum that ends there is kept beside, under the block that ended it. What was known at
// the start of any block is then one look-up a sum, and the events between there and L, fewer than
// one block, are read from the log, once for all keys.
//
// Cost of a posting: 3 rows changed, and for each at most one past row a block. Cost of a sum of
// one key: at most years + 41 look-ups, twice as many for an earlier L, plus once a block's events.
#pragma once

#include <algorithm>
#include <array>
#include <boost/pfr/core.hpp>
#include <boost/pfr/ops.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/core/query.hpp"
#include "projections/core/rows.hpp"
#include "projections/core/table.hpp"

namespace daybook {

enum class Grain : std::uint8_t { year, month, day };
[[nodiscard]] const char* name_of(Grain grain);
// The first day of the year or month that holds the day, or the day itself.
[[nodiscard]] Date period_start(Grain grain, Date day);

inline constexpr unsigned known_block_bits = 12;  // 4,096 events.

// A key is a struct of key fields; a sum is a struct of fields that know +=: Money, Quantity,
// integers. One key's money is of one currency.
template <class KeyStruct, class SumStruct, unsigned bits = known_block_bits>
struct TotalsRow {
    using Key = KeyStruct;
    using Sum = SumStruct;
    static constexpr unsigned block_bits = bits;
    static constexpr std::uint64_t no_block = UINT64_MAX;

    Grain grain = Grain::year;
    Date period;  // Its first day.
    Key key;
    Sum sum;
    std::uint64_t since_block = no_block;  // The known block of the last change.
};

// What a sum was from the end of block `since_block` to the start of block `until_block`.
template <class KeyStruct, class SumStruct, unsigned bits = known_block_bits>
struct PastTotalsRow {
    Grain grain = Grain::year;
    Date period;
    KeyStruct key;
    std::uint64_t until_block = 0;
    SumStruct sum;
    std::uint64_t since_block = 0;
};

// The two tables of some totals, to be given to projection_of together:
//
//   constexpr auto balances = totals_table<AccountKey, Balance>(
//       "balances", key("account", &AccountKey::account), column("debit", &Balance::debit));
//   constexpr auto past_balances = past_totals_table<AccountKey, Balance>("past_balances",
//   ...same);
template <class Key, class Sum, unsigned bits = known_block_bits, class... Columns>
constexpr auto totals_table(std::string_view name, const Columns&... columns);
template <class Key, class Sum, unsigned bits = known_block_bits, class... Columns>
constexpr auto past_totals_table(std::string_view name, const Columns&... columns);

// Whom a posting counts for, and when.
template <class Key>
struct PostingPlace {
    Key key;
    Date effective;
    std::uint64_t position = 0;  // Never goes back.
};

namespace two_time_detail {

template <class Sum>
void add_to(Sum& sum, const Sum& more) {
    boost::pfr::for_each_field(sum, [&]<class Index>(auto& field, Index) {
        field += boost::pfr::get<Index::value>(more);
    });
}

// Sums by key, from several runs of rows of which each is in the order of keys.
template <class Key, class Sum>
class MergedSums {
 public:
    using Entry = std::pair<Key, Sum>;

    void start_run() {
        const auto known = static_cast<std::ptrdiff_t>(sums_.size());
        sums_.insert(sums_.end(), new_.begin(), new_.end());
        std::inplace_merge(sums_.begin(), sums_.begin() + known, sums_.end(), is_before);
        new_.clear();
        at_ = 0;
    }
    // Within a run the keys never go back.
    void add(const Key& key, const Sum& sum) {
        while (at_ < sums_.size() && boost::pfr::lt(sums_[at_].first, key)) ++at_;
        const bool is_known = at_ < sums_.size() && boost::pfr::eq(sums_[at_].first, key);
        if (is_known) return add_to(sums_[at_].second, sum);
        const bool is_last = !new_.empty() && boost::pfr::eq(new_.back().first, key);
        if (is_last) return add_to(new_.back().second, sum);
        DAYBOOK_ASSERT(new_.empty() || boost::pfr::lt(new_.back().first, key));
        new_.emplace_back(key, sum);
    }
    [[nodiscard]] std::vector<Entry> take() {
        start_run();
        return std::move(sums_);
    }

 private:
    static bool is_before(const Entry& a, const Entry& b) {
        return boost::pfr::lt(a.first, b.first);
    }

    std::vector<Entry> sums_;
    std::vector<Entry> new_;  // Of this run.
    std::size_t at_ = 0;      // Those before it are before this run's last key.
};

template <class Row, class Column>
constexpr auto inner_of(const Column& column) {
    if constexpr (Column::is_key) {
        return inner(&Row::key, column);
    } else {
        return inner(&Row::sum, column);
    }
}

}  // namespace two_time_detail

template <class Key, class Sum, unsigned bits, class... Columns>
constexpr auto totals_table(std::string_view name, const Columns&... columns) {
    using Row = TotalsRow<Key, Sum, bits>;
    return table<Row>(
        name,
        key("grain", &Row::grain),
        key("period", &Row::period),
        two_time_detail::inner_of<Row>(columns)...,
        column("since_block", &Row::since_block)
    );
}

// The block that ended a sum comes after the other keys, which need not be one field.
template <class Key, class Sum, unsigned bits, class... Columns>
constexpr auto past_totals_table(std::string_view name, const Columns&... columns) {
    using Row = PastTotalsRow<Key, Sum, bits>;
    const auto last =
        std::tuple{key("until_block", &Row::until_block), column("since_block", &Row::since_block)};
    const auto pick = [&]<bool want_key>(std::bool_constant<want_key>) {
        return std::tuple_cat([&]<class Column>(const Column& column) {
            if constexpr (Column::is_key == want_key) {
                return std::tuple{two_time_detail::inner_of<Row>(column)};
            } else {
                return std::tuple{};
            }
        }(columns)...);
    };
    return std::apply(
        [&](const auto&... all) {
            return table<Row>(name, key("grain", &Row::grain), key("period", &Row::period), all...);
        },
        std::tuple_cat(
            pick(std::true_type{}),
            std::tuple{std::get<0>(last)},
            pick(std::false_type{}),
            std::tuple{std::get<1>(last)}
        )
    );
}

// Counts a posting. For use in project().
template <class Key, class Sum, unsigned bits>
void add_posting(
    Rows<TotalsRow<Key, Sum, bits>>& totals,
    Rows<PastTotalsRow<Key, Sum, bits>>& past,
    const PostingPlace<Key>& place,
    const Sum& amount
) {
    DAYBOOK_ASSERT(!place.effective.is_none());
    const std::uint64_t block = place.position >> bits;
    for (const Grain grain : {Grain::year, Grain::month, Grain::day}) {
        TotalsRow<Key, Sum, bits>& row = totals.at_key_of(
            {.grain = grain, .period = period_start(grain, place.effective), .key = place.key}
        );
        if (row.since_block != row.no_block && row.since_block != block) {
            DAYBOOK_ASSERT(row.since_block < block);
            past.put({
                .grain = grain,
                .period = row.period,
                .key = row.key,
                .until_block = block,
                .sum = row.sum,
                .since_block = row.since_block,
            });
        }
        row.since_block = block;
        two_time_detail::add_to(row.sum, amount);
    }
}

// Says what one event posts: calls `post` for each key, day and amount, exactly as project() does.
template <class Key, class Sum>
using EventPostings =
    std::function<void(EventBytes, const std::function<void(const Key&, Date, const Sum&)>& post)>;

// Sums at one known position. Made once for a report; reads the events of a part of a block.
template <const auto& totals, const auto& past>
class TwoTimeSums {
 public:
    using Row = typename SchemaOf<totals>::Row;
    using Key = typename Row::Key;
    using Sum = typename Row::Sum;

    TwoTimeSums(
        const Query& query, std::uint64_t known_at, const EventPostings<Key, Sum>& postings
    );

    // Of the postings of one key that are effective on or before a day.
    [[nodiscard]] Sum sum(const Key& key, Date as_of) const;
    // Of every key that has a posting by then, in the order of keys.
    [[nodiscard]] std::vector<std::pair<Key, Sum>> sums(Date as_of) const;
    // The same for the keys that begin with these parts.
    template <class... Parts>
    [[nodiscard]] std::vector<std::pair<Key, Sum>> sums_under(Date as_of, const Parts&... parts)
        const;

    // Rows and events looked at so far.
    [[nodiscard]] std::uint64_t touched_count() const { return touched_count_; }

 private:
    struct Period {
        Grain grain;
        Date from;
        Date to;  // Not included.
    };
    struct BorderPosting {
        Date effective;
        Key key;
        Sum sum;
    };
    using Found = two_time_detail::MergedSums<Key, Sum>;

    static std::array<Period, 3> periods_up_to(Date as_of);
    static std::string key_bytes(Grain grain, Date period, const Key& key);
    [[nodiscard]] std::optional<Sum> known_sum(const Row& row) const;
    [[nodiscard]] std::vector<std::pair<Key, Sum>> collect(Date as_of, std::string_view under)
        const;
    [[nodiscard]] std::vector<Date> starts_in(const Period& period) const;

    const Query& query_;
    std::optional<std::uint64_t> block_;  // Whose start the rows are taken at; none: now.
    std::map<std::string, std::vector<BorderPosting>> border_;  // Known after it, by key bytes.
    Date first_year_;  // None when there are no rows at all.
    mutable std::uint64_t touched_count_ = 0;
};

template <const auto& totals, const auto& past>
TwoTimeSums<totals, past>::TwoTimeSums(
    const Query& query, std::uint64_t known_at, const EventPostings<Key, Sum>& postings
)
    : query_(query) {
    query_.walk_bytes<totals>({}, {}, [this](const Row& row) {
        first_year_ = row.period;
        return false;
    });
    if (known_at >= query.position()) return;
    block_ = known_at >> Row::block_bits;
    const auto read = query_.events(*block_ << Row::block_bits, known_at, [&](EventBytes event) {
        ++touched_count_;
        postings(event, [this](const Key& key, Date effective, const Sum& sum) {
            // Without grain and period the bytes order as the keys do.
            border_[key_bytes(Grain::year, Date{}, key)].push_back({effective, key, sum});
        });
    });
    query_.note(read);
}

template <const auto& totals, const auto& past>
std::string TwoTimeSums<totals, past>::key_bytes(Grain grain, Date period, const Key& key) {
    const Row row{.grain = grain, .period = period, .key = key};
    std::string bytes;
    SchemaOf<totals>::write_key(&row, bytes);
    return bytes;
}

// Whole years, then whole months of the last year, then days of the last month.
template <const auto& totals, const auto& past>
auto TwoTimeSums<totals, past>::periods_up_to(Date as_of) -> std::array<Period, 3> {
    if (as_of >= date_max) {
        const Date end = date_max.plus_days(1);
        return {{{Grain::year, Date{}, end}, {Grain::month, end, end}, {Grain::day, end, end}}};
    }
    const Date end = as_of.plus_days(1);
    const Date year = period_start(Grain::year, end);
    const Date month = period_start(Grain::month, end);
    return {{{Grain::year, Date{}, year}, {Grain::month, year, month}, {Grain::day, month, end}}};
}

template <const auto& totals, const auto& past>
std::vector<Date> TwoTimeSums<totals, past>::starts_in(const Period& period) const {
    std::vector<Date> starts;
    Date start = period.from;
    if (period.grain == Grain::year) start = first_year_.is_none() ? period.to : first_year_;
    while (start < period.to) {
        starts.push_back(start);
        if (period.grain == Grain::day) {
            start = start.plus_days(1);
        } else {
            start = start.plus_months(period.grain == Grain::year ? 12 : 1);
        }
    }
    return starts;
}

// What the row's sum was at the start of the block; none if it had no posting yet.
template <const auto& totals, const auto& past>
auto TwoTimeSums<totals, past>::known_sum(const Row& row) const -> std::optional<Sum> {
    ++touched_count_;
    if (!block_ || row.since_block < *block_) return row.sum;
    const std::string same = key_bytes(row.grain, row.period, row.key);
    std::string from = same;
    append_key(from, KeyPart::unsigned_64, *block_);
    std::optional<Sum> known;
    query_.walk_bytes<past>(from, key_after(same), [&](const auto& ended) {
        ++touched_count_;
        if (ended.since_block < *block_) known = ended.sum;
        return false;
    });
    return known;
}

template <const auto& totals, const auto& past>
auto TwoTimeSums<totals, past>::sum(const Key& key, Date as_of) const -> Sum {
    Sum sum{};
    for (const Period& period : periods_up_to(as_of)) {
        for (const Date start : starts_in(period)) {
            ++touched_count_;
            const auto row = query_.find_bytes<totals>(key_bytes(period.grain, start, key));
            if (!row) continue;
            if (const auto known = known_sum(*row)) two_time_detail::add_to(sum, *known);
        }
    }
    const auto border = border_.find(key_bytes(Grain::year, Date{}, key));
    if (border == border_.end()) return sum;
    for (const BorderPosting& posting : border->second) {
        if (posting.effective <= as_of) two_time_detail::add_to(sum, posting.sum);
    }
    return sum;
}

// `under` begins with the bytes of Grain::year and no day, as all keys of `border_` do.
template <const auto& totals, const auto& past>
auto TwoTimeSums<totals, past>::collect(Date as_of, std::string_view under) const
    -> std::vector<std::pair<Key, Sum>> {
    std::string head;
    append_key_prefix(head, SchemaOf<totals>::schema, Grain::year, Date{});
    const std::string_view parts = under.substr(head.size());
    Found found;
    Date period_of_run;
    const auto visit = [&](const Row& row) {
        if (row.period != period_of_run) found.start_run();
        period_of_run = row.period;
        if (const auto known = known_sum(row)) found.add(row.key, *known);
    };
    for (const Period& period : periods_up_to(as_of)) {
        period_of_run = {};
        if (parts.empty()) {
            query_.scan_between<totals>(
                std::tuple{period.grain, period.from}, std::tuple{period.grain, period.to}, visit
            );
            continue;
        }
        for (const Date start : starts_in(period)) {
            std::string from;
            append_key_prefix(from, SchemaOf<totals>::schema, period.grain, start);
            from += parts;
            query_.walk_bytes<totals>(from, key_after(from), visit);
        }
    }
    found.start_run();
    for (const auto& [bytes, postings] : border_) {
        if (!bytes.starts_with(under)) continue;
        for (const BorderPosting& posting : postings) {
            if (posting.effective <= as_of) found.add(posting.key, posting.sum);
        }
    }
    return found.take();
}

template <const auto& totals, const auto& past>
auto TwoTimeSums<totals, past>::sums(Date as_of) const -> std::vector<std::pair<Key, Sum>> {
    return sums_under(as_of);
}

template <const auto& totals, const auto& past>
template <class... Parts>
auto TwoTimeSums<totals, past>::sums_under(Date as_of, const Parts&... parts) const
    -> std::vector<std::pair<Key, Sum>> {
    std::string under;
    append_key_prefix(under, SchemaOf<totals>::schema, Grain::year, Date{}, parts...);
    return collect(as_of, under);
}

}  // namespace daybook
