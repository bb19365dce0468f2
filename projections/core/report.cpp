// The options of reports: checked once, with errors that say what would have been right.
#include "projections/core/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/nearest.hpp"

namespace daybook {
namespace {

std::optional<std::int64_t> integer_in(std::string_view text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && at == end ? std::optional{number} : std::nullopt;
}

std::optional<bool> boolean_in(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

bool is_of_type(const std::string& text, ValueType type) {
    switch (type) {
        case ValueType::integer: return integer_in(text).value_or(-1) >= 0;
        case ValueType::boolean: return boolean_in(text).has_value();
        case ValueType::money: return parse_money(text).ok();
        case ValueType::quantity: return parse_quantity(text).ok();
        case ValueType::rate: return parse_rate(text).ok();
        case ValueType::date: return parse_date(text).ok();
        case ValueType::id: return parse_id(text).ok();
        default: return true;
    }
}

// "month, quarter" holds "month".
bool is_choice(std::string_view choices, std::string_view text) {
    while (!choices.empty()) {
        const std::size_t comma = std::min(choices.find(", "), choices.size());
        if (choices.substr(0, comma) == text) return true;
        choices.remove_prefix(std::min(comma + 2, choices.size()));
    }
    return false;
}

std::string allowed_by(const Report& report) {
    if (report.options.empty()) return "it takes none";
    std::string names = "it takes ";
    for (const ReportOption& option : report.options) {
        if (&option != report.options.data()) names += ", ";
        names += option.name;
    }
    return names;
}

Error refuse(const Report& report, const std::string& what) {
    return {ErrorCode::invalid, "report " + std::string{report.name} + ": " + what};
}

const std::string* given(const ReportRequest& request, std::string_view name) {
    const auto found = request.options.find(name);
    return found == request.options.end() ? nullptr : &found->second;
}

const NamedTable* table_of(const Query& query, const ReportOption& option) {
    const std::size_t dot = option.table.find('.');
    DAYBOOK_ASSERT(dot != std::string_view::npos);
    return query.find_table(option.table.substr(0, dot), option.table.substr(dot + 1));
}

Result<bool> has_row(const NamedTable& table, const Id& first_key) {
    std::string from;
    append_key(from, table.schema->key_parts.front(), first_key);
    bool found = false;
    DAYBOOK_TRY_VOID(table.rows->walk(from, key_after(from), [&](std::string_view, const void*) {
        found = true;
        return false;
    }));
    return found;
}

// "; did you mean ...", from the names that the table has.
Result<std::string> hint(const Query& query, const NamedTable& table, const std::string& name) {
    std::vector<std::string> names;
    DAYBOOK_TRY_VOID(query.scan_values(table, [&](const std::vector<Value>& values) {
        std::string first = to_string(values.front());
        if (names.empty() || names.back() != first) names.push_back(std::move(first));
        return true;
    }));
    return suggestion(name, {names.begin(), names.end()});
}

Result<void> check_names(const Report& report, const Query& query, const ReportRequest& request) {
    for (const ReportOption& option : report.options) {
        const std::string* name = given(request, option.name);
        if (option.table.empty() || name == nullptr) continue;
        const NamedTable* table = table_of(query, option);
        DAYBOOK_ASSERT(table != nullptr);
        DAYBOOK_TRY(const bool is_there, has_row(*table, parse_id(*name).value()));
        if (is_there) continue;
        DAYBOOK_TRY(const std::string near, hint(query, *table, *name));
        return Error{
            ErrorCode::not_found, fmt::format("there is no {} \"{}\"{}", option.name, *name, near)};
    }
    return {};
}

// A span that ends before it begins would show what lies between, negated.
Result<void> check_span(const Report& report, const ReportRequest& request) {
    const auto option = std::ranges::find(report.options, "from", &ReportOption::name);
    const std::string* from = given(request, "from");
    if (from == nullptr || option->type != ValueType::date) return {};
    if (parse_date(*from).value() <= request.as_of) return {};
    return refuse(
        report,
        fmt::format(
            "option from: {} is after {}, as of which it is asked", *from, to_string(request.as_of)
        )
    );
}

}  // namespace

Result<void> check_value(const ReportOption& option, const std::string& text) {
    if (!option.choices.empty() && !is_choice(option.choices, text)) {
        return Error{ErrorCode::invalid, fmt::format("\"{}\" is none of {}", text, option.choices)};
    }
    if (option.type == ValueType::integer && !is_of_type(text, option.type)) {
        return Error{
            ErrorCode::invalid, fmt::format("\"{}\" is not a whole number from 0 on", text)};
    }
    if (!is_of_type(text, option.type)) {
        return Error{
            ErrorCode::invalid,
            fmt::format("\"{}\" is not a valid {}", text, name_of(option.type))};
    }
    return {};
}

Result<void> check_options(const Report& report, const ReportRequest& request) {
    for (const auto& [name, text] : request.options) {
        const auto option = std::ranges::find(report.options, name, &ReportOption::name);
        if (option == report.options.end()) {
            return refuse(report, "unknown option " + name + "; " + allowed_by(report));
        }
        const Result<void> checked = check_value(*option, text);
        if (!checked) return refuse(report, "option " + name + ": " + checked.error().message);
    }
    for (const ReportOption& option : report.options) {
        if (option.is_required && given(request, option.name) == nullptr) {
            return refuse(
                report, "option " + std::string{option.name} + " is missing; " + allowed_by(report)
            );
        }
    }
    return check_span(report, request);
}

Result<ReportTable> run_report(
    const Report& report, const Query& query, const ReportRequest& request
) {
    DAYBOOK_TRY_VOID(check_options(report, request));
    DAYBOOK_TRY_VOID(check_names(report, query, request));
    DAYBOOK_TRY(ReportTable table, report.run(query, request));
    if (query.failure()) return *query.failure();
    for (const ReportRow& row : table.rows)
        DAYBOOK_ASSERT(row.cells.size() == table.columns.size());
    return table;
}

std::string text_option(
    const ReportRequest& request, std::string_view name, std::string_view fallback
) {
    const std::string* text = given(request, name);
    return text == nullptr ? std::string{fallback} : *text;
}

std::int64_t integer_option(
    const ReportRequest& request, std::string_view name, std::int64_t fallback
) {
    const std::string* text = given(request, name);
    return text == nullptr ? fallback : integer_in(*text).value_or(fallback);
}

bool boolean_option(const ReportRequest& request, std::string_view name, bool fallback) {
    const std::string* text = given(request, name);
    return text == nullptr ? fallback : boolean_in(*text).value_or(fallback);
}

Date date_option(const ReportRequest& request, std::string_view name, Date fallback) {
    const std::string* text = given(request, name);
    if (text == nullptr) return fallback;
    const Result<Date> date = parse_date(*text);
    return date.ok() ? date.value() : fallback;
}

Id id_option(const ReportRequest& request, std::string_view name, Id fallback) {
    const std::string* text = given(request, name);
    if (text == nullptr) return fallback;
    const Result<Id> id = parse_id(*text);
    return id.ok() ? id.value() : fallback;
}

}  // namespace daybook
