#include "cli/event_lines.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/records.hpp"
#include "projections/core/render.hpp"

namespace daybook::cli {
namespace {

constexpr std::string_view columns[] = {
    "position", "recorded_at", "effective", "actor", "event", "document", "body"};

std::string text_of(const boost::json::object& event, std::string_view member) {
    const boost::json::value* value = event.if_contains({member.data(), member.size()});
    if (value == nullptr) return {};
    return value->is_string() ? std::string{value->as_string()} : json_of(*value);
}

std::string csv_line(const auto& cell_of) {
    std::string line;
    for (const std::string_view column : columns) {
        if (!line.empty()) line += ',';
        append_csv_cell(line, cell_of(column));
    }
    return line + "\r\n";
}

std::string table_line(const auto& cell_of) {
    std::string line = fmt::format(
        "{:>9}  {:<10}  {:<32}  {}",
        cell_of("position"),
        cell_of("effective"),
        cell_of("event"),
        cell_of("document")
    );
    line.resize(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

EventLines::EventLines(const Session& session, const Codec& codec)
    : session_(session), codec_(codec) {
    const auto name = [](std::string_view column) { return std::string{column}; };
    if (session.options.format == Format::csv) session.terminal->out(csv_line(name));
    if (session.options.format == Format::table) session.terminal->out(table_line(name));
}

Result<void> EventLines::add(EventBytes event) {
    line_.clear();
    DAYBOOK_TRY_VOID(codec_.append_event(event, line_));
    const Format format = session_.options.format;
    if (format != Format::csv && format != Format::table) {
        session_.terminal->out(line_ + "\n");
        return {};
    }
    boost::json::error_code failed;
    const boost::json::value parsed = boost::json::parse(line_, failed);
    DAYBOOK_ASSERT(!failed);
    const auto cell_of = [&](std::string_view column) {
        return text_of(parsed.as_object(), column);
    };
    session_.terminal->out(format == Format::csv ? csv_line(cell_of) : table_line(cell_of));
    return {};
}

}  // namespace daybook::cli
