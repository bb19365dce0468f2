// The numbers of invoices and credit notes: patterns, counters and series.

#include "engine/domain/sales/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {
namespace {

constexpr std::size_t digits_max = 12;
constexpr std::string_view year_token = "{year}";
constexpr std::string_view number_token = "{number";

// A pattern cut at its number: "F{year}-", 6, "".
struct Pattern {
    std::string_view before;
    std::size_t digits = 1;
    std::string_view after;
    bool has_number = false;
};

Pattern parse(std::string_view pattern) {
    const std::size_t begin = pattern.find(number_token);
    if (begin == std::string_view::npos) return {.before = pattern};
    const std::size_t end = pattern.find('}', begin);
    if (end == std::string_view::npos) return {.before = pattern};
    std::string_view width =
        pattern.substr(begin + number_token.size(), end - begin - number_token.size());
    std::size_t digits = width.empty() ? 1 : 0;
    if (!width.empty()) {
        if (width.front() != ':' || width.size() > 3) return {.before = pattern};
        for (const char c : width.substr(1)) {
            if (c < '0' || c > '9') return {.before = pattern};
            digits = digits * 10 + static_cast<std::size_t>(c - '0');
        }
    }
    return {pattern.substr(0, begin), digits, pattern.substr(end + 1), true};
}

bool has_year(std::string_view pattern) {
    return pattern.find(year_token) != std::string_view::npos;
}

std::string with_year(std::string_view text, std::int32_t year) {
    std::string result{text};
    const std::size_t at = result.find(year_token);
    if (at != std::string::npos) result.replace(at, year_token.size(), fmt::format("{:04}", year));
    return result;
}

CounterKey counter_of(const Series& series, Id id, Date date) {
    return {id, has_year(series.pattern) ? date.year() : 0};
}

std::uint64_t next_number(const Sales& state, const Series& series, const CounterKey& key) {
    const std::uint64_t* next = state.counters.find(key);
    return next == nullptr ? series.first_number : *next;
}

Judged<DocumentNumber> external_number(const Sales& state, Id series, const NumberWish& wish) {
    if (wish.number.empty()) {
        return Refused{
            Refusal::number_missing,
            {"number", "none", fmt::format("the number in series {}", to_string(series))}};
    }
    if (wish.number.size() > number_bytes_max) {
        return Refused{
            Refusal::number_too_long,
            {"number",
             fmt::format("{} bytes", wish.number.size()),
             fmt::format("at most {}", number_bytes_max)}};
    }
    std::string number{wish.number};
    if (state.external_numbers.contains({series, number})) {
        return Refused{
            Refusal::number_taken,
            {"number", number, fmt::format("a number new in series {}", to_string(series))}};
    }
    return DocumentNumber{series, std::move(number)};
}

Judged<DocumentNumber> own_number(const Sales& state, Id id, const NumberWish& wish) {
    const Series series = state.series.get(id);
    if (!wish.number.empty()) {
        return Refused{
            Refusal::number_given,
            {"number",
             std::string{wish.number},
             fmt::format("no number: series {} assigns its own", to_string(id))}};
    }
    if (wish.date < series.last_date) {
        return Refused{
            Refusal::date_before_last_number,
            {"date",
             to_string(wish.date),
             fmt::format("{} or later, as the last of its series", to_string(series.last_date))}};
    }
    // A date in the future by mistake would keep every number of today from being given.
    if (wish.date > wish.today) {
        return Refused{
            Refusal::date_in_future,
            {"date", to_string(wish.date), fmt::format("{} or earlier", to_string(wish.today))}};
    }
    const CounterKey key = counter_of(series, id, wish.date);
    return DocumentNumber{
        id, format_number(series.pattern, wish.date.year(), next_number(state, series, key))};
}

}  // namespace

Judged<DocumentNumber> number_for(const Sales& state, const NumberWish& wish) {
    const Id id = wish.series.is_none() ? wish.otherwise : wish.series;
    const Series* series = state.series.find(id);
    if (series == nullptr) {
        return Refused{
            Refusal::series_unknown,
            {"series",
             id.is_none() ? "none, and no default series" : to_string(id),
             "a number series that was defined"}};
    }
    return series->is_external ? external_number(state, id, wish) : own_number(state, id, wish);
}

void take_number(Sales& state, const DocumentNumber& taken, Date date) {
    Series& series = state.series.at(taken.series);
    if (series.is_external) {
        bool& is_taken = state.external_numbers.at({taken.series, taken.number});
        DAYBOOK_ASSERT(!is_taken);
        is_taken = true;
        return;
    }
    DAYBOOK_ASSERT(date >= series.last_date);
    series.last_date = date;
    const CounterKey key = counter_of(series, taken.series, date);
    const std::uint64_t number = next_number(state, series, key);
    state.counters.at(key) = number + 1;
}

std::string problem_of_pattern(std::string_view pattern) {
    const Pattern parsed = parse(pattern);
    if (!parsed.has_number) return "no {number} or {number:6}";
    if (parsed.digits < 1 || parsed.digits > digits_max) {
        return fmt::format("{} digits; 1 to {} can be kept", parsed.digits, digits_max);
    }
    const std::string rest = with_year(std::string{parsed.before} + std::string{parsed.after}, 0);
    const bool is_plain = std::ranges::all_of(rest, [](char c) {
        return c > ' ' && c <= '~' && c != '{' && c != '}';
    });
    if (!is_plain) return "other characters than printable ASCII, one {year} and one {number}";
    if (rest.size() + digits_max > number_bytes_max) {
        return fmt::format("longer than a number may be ({} bytes)", number_bytes_max);
    }
    return "";
}

std::string format_number(std::string_view pattern, std::int32_t year, std::uint64_t number) {
    const Pattern parsed = parse(pattern);
    DAYBOOK_ASSERT(parsed.has_number);
    return fmt::format(
        "{}{:0{}}{}",
        with_year(parsed.before, year),
        number,
        parsed.digits,
        with_year(parsed.after, year)
    );
}

Decision decide(const Sales& state, const DefineNumberSeries& command) {
    const Id series = read(command.series());
    const std::string_view pattern = text(command.pattern());
    if (state.series.contains(series)) {
        return Refused{
            Refusal::series_exists, {"series", to_string(series), "the name of a new series"}};
    }
    const std::string problem = command.is_external() ? "" : problem_of_pattern(pattern);
    if (!problem.empty()) {
        return Refused{
            Refusal::pattern_malformed,
            {"pattern", problem, "text with one {number:6} and at most one {year}"}};
    }
    const Id* taken_by = state.patterns.find(std::string{pattern});
    if (!command.is_external() && taken_by != nullptr) {
        return Refused{
            Refusal::pattern_taken,
            {"pattern",
             fmt::format("the pattern of series {}", to_string(*taken_by)),
             "a pattern of its own, so that no number is given twice"}};
    }
    if (command.first_number() > first_number_max) {
        return Refused{
            Refusal::first_number_too_large,
            {"first_number",
             fmt::format("{}", command.first_number()),
             fmt::format("at most {}", first_number_max)}};
    }

    NumberSeriesDefinedT event;
    event.series = series;
    if (!command.is_external()) event.pattern = pattern;
    event.first_number = std::max<std::uint64_t>(command.first_number(), 1);
    event.is_external = command.is_external();
    event.is_default_for_invoices = command.is_default_for_invoices();
    event.is_default_for_credit_notes = command.is_default_for_credit_notes();
    return event;
}

void apply(Sales& state, const NumberSeriesDefined& event) {
    const Id id = read(event.series());
    Series& series = state.series.at(id);
    DAYBOOK_ASSERT(series.last_date.is_none());
    series.pattern = copy(event.pattern());
    series.first_number = event.first_number();
    series.is_external = event.is_external();
    if (!event.is_external()) state.patterns.at(series.pattern) = id;
    if (event.is_default_for_invoices()) state.default_series.edit().invoices = id;
    if (event.is_default_for_credit_notes()) state.default_series.edit().credit_notes = id;
}

}  // namespace daybook::sales
