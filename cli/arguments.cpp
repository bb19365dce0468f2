#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/currency.hpp"
#include "engine/base/date.hpp"
#include "engine/domain/crm/identifiers.hpp"
#include "projections/core/known_at.hpp"

namespace daybook::cli {
namespace {

// The check answers with what is wrong, or with nothing.
template <class Check>
CLI::Validator checked_by(Check check) {
    return {[check](std::string& text) -> std::string { return check(text); }, ""};
}

template <class T>
std::string problem_of(const Result<T>& result) {
    return result ? std::string{} : result.error().message;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

CLI::Validator is_day() {
    return checked_by([](const std::string& text) { return problem_of(parse_date(text)); });
}

CLI::Validator is_known_at() {
    return checked_by([](const std::string& text) { return problem_of(parse_known_at(text)); });
}

CLI::Validator is_count() {
    return checked_by([](const std::string& text) {
        constexpr std::size_t digits_max = 19;
        const bool is_number = !text.empty() && std::ranges::all_of(text, is_digit);
        if (is_number && text.size() <= digits_max) return std::string{};
        return fmt::format("\"{}\" is not a whole number from 0 on", text);
    });
}

CLI::Validator is_currency() {
    return checked_by([](const std::string& text) {
        if (currency_from_code(text)) return std::string{};
        return fmt::format("\"{}\" is no currency; use its ISO 4217 code, as EUR", text);
    });
}

CLI::Validator is_country() {
    return checked_by([](const std::string& text) {
        if (crm::is_country(text)) return std::string{};
        return fmt::format("\"{}\" is no country; use its ISO 3166 code, as FR", text);
    });
}

CLI::Validator is_valid_for(const ReportOption& option) {
    return checked_by([&option](const std::string& text) {
        return problem_of(check_value(option, text));
    });
}

}  // namespace daybook::cli
