// Four ways to write the same table.
#include "projections/core/render.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/base/decimal.hpp"

namespace daybook {
namespace {

const char* name_of(RowKind kind) {
    switch (kind) {
        case RowKind::line: return "line";
        case RowKind::subtotal: return "subtotal";
        case RowKind::total: return "total";
    }
    return "line";
}

std::string decimal_of(Money money) {
    return format_decimal(money.minor(), exponent_of(money.currency()));
}

// Code points: near enough to columns of a terminal for the names that a ledger holds.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    }));
}

void pad(std::string& out, std::string_view text, std::size_t width, Align align) {
    const std::size_t spaces = width - std::min(width, width_of(text));
    if (align == Align::right) out.append(spaces, ' ');
    out.append(text);
    if (align == Align::left) out.append(spaces, ' ');
}

// The one currency of a column of money, if there is one.
std::optional<Currency> currency_of(const ReportTable& table, std::size_t column) {
    std::optional<Currency> currency;
    for (const ReportRow& row : table.rows) {
        const Money* money = std::get_if<Money>(&row.cells[column]);
        if (money == nullptr || money->currency() == Currency::none) continue;
        if (currency && *currency != money->currency()) return std::nullopt;
        currency = money->currency();
    }
    return currency;
}

// A cell for people. The currency is left out where the head names it.
std::string shown(const Value& value, bool is_currency_known) {
    if (const Money* money = std::get_if<Money>(&value)) {
        std::string text = with_thousands(decimal_of(*money));
        if (!is_currency_known && money->currency() != Currency::none) {
            text += ' ';
            text += code_of(money->currency());
        }
        return text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return with_thousands(std::to_string(*number));
    }
    if (const Quantity* quantity = std::get_if<Quantity>(&value)) {
        return with_thousands(to_string(*quantity));
    }
    if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "yes" : "no";
    std::string text = to_string(value);
    // A line stays a line whatever somebody typed into a name.
    std::ranges::replace_if(
        text, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }, ' '
    );
    return text;
}

struct TextGrid {
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> lines;
    std::vector<std::size_t> widths;
};

TextGrid grid_of(const ReportTable& table) {
    TextGrid grid;
    std::vector<bool> is_currency_known;
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        std::string head = table.columns[index].title;
        const auto currency = currency_of(table, index);
        if (currency) {
            head += head.empty() ? "" : " ";
            head += code_of(*currency);
        }
        is_currency_known.push_back(currency.has_value());
        grid.widths.push_back(width_of(head));
        grid.heads.push_back(std::move(head));
    }
    for (const ReportRow& row : table.rows) {
        auto& line = grid.lines.emplace_back();
        for (std::size_t index = 0; index < row.cells.size(); ++index) {
            line.push_back(shown(row.cells[index], is_currency_known[index]));
            grid.widths[index] = std::max(grid.widths[index], width_of(line.back()));
        }
    }
    return grid;
}

void append_line(
    std::string& out,
    const std::vector<std::string>& cells,
    const std::vector<std::size_t>& widths,
    const std::vector<ReportColumn>& columns
) {
    const std::size_t begin = out.size();
    for (std::size_t index = 0; index < cells.size(); ++index) {
        if (index > 0) out += "  ";
        pad(out, cells[index], widths[index], columns[index].align);
    }
    while (out.size() > begin && out.back() == ' ') out.pop_back();
    out += '\n';
}

void append_rule(std::string& out, const std::vector<std::size_t>& widths) {
    for (std::size_t index = 0; index < widths.size(); ++index) {
        if (index > 0) out += "  ";
        out.append(widths[index], '-');
    }
    out += '\n';
}

std::string context_line(const ReportContext& context) {
    std::string line = "as of ";
    line += context.as_of >= date_max ? "any day" : to_string(context.as_of);
    line += ", known at position " + std::to_string(std::min(context.known_at, context.position));
    line += " of " + std::to_string(context.position);
    if (!context.log_root.empty()) line += ", log root " + context.log_root;
    return line;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    append_json_text(out, name);
    out += ": ";
    append_json_text(out, text);
}

// The members of the context, without braces.
void append_context(std::string& out, const ReportTable& table, const ReportContext& context) {
    append_member(out, "report", context.report);
    out += ", ";
    append_member(out, "title", table.title);
    if (context.as_of < date_max) {
        out += ", ";
        append_member(out, "as_of", to_string(context.as_of));
    }
    out += ", \"known_at\": " + std::to_string(std::min(context.known_at, context.position));
    out += ", \"position\": " + std::to_string(context.position);
    if (!context.log_root.empty()) {
        out += ", ";
        append_member(out, "log_root", context.log_root);
    }
    if (table.notes.empty()) return;
    out += ", \"notes\": [";
    for (std::size_t index = 0; index < table.notes.size(); ++index) {
        if (index > 0) out += ", ";
        append_json_text(out, table.notes[index]);
    }
    out += ']';
}

void append_row(std::string& out, const ReportTable& table, const ReportRow& row) {
    out += '{';
    append_member(out, "_kind", name_of(row.kind));
    if (!row.key.empty()) {
        out += ", ";
        append_member(out, "_key", row.key);
    }
    for (std::size_t index = 0; index < row.cells.size(); ++index) {
        if (type_of(row.cells[index]) == ValueType::none) continue;
        out += ", ";
        append_json_text(out, table.columns[index].name);
        out += ": ";
        append_json_value(out, row.cells[index]);
    }
    out += '}';
}

}  // namespace

std::string with_thousands(std::string_view decimal) {
    const bool is_negative = decimal.starts_with('-');
    if (is_negative) decimal.remove_prefix(1);
    const std::size_t whole = std::min(decimal.find('.'), decimal.size());
    std::string out = is_negative ? "-" : "";
    for (std::size_t index = 0; index < whole; ++index) {
        if (index > 0 && (whole - index) % 3 == 0) out += ',';
        out += decimal[index];
    }
    out += decimal.substr(whole);
    return out;
}

std::string render_text(const ReportTable& table, const ReportContext& context) {
    const TextGrid grid = grid_of(table);
    std::string out = table.title + "\n" + context_line(context) + "\n\n";
    append_line(out, grid.heads, grid.widths, table.columns);
    append_rule(out, grid.widths);
    bool is_after_line = false;
    for (std::size_t index = 0; index < grid.lines.size(); ++index) {
        const bool is_line = table.rows[index].kind == RowKind::line;
        if (!is_line && is_after_line) append_rule(out, grid.widths);
        append_line(out, grid.lines[index], grid.widths, table.columns);
        is_after_line = is_line;
    }
    if (table.rows.empty()) out += "(nothing)\n";
    if (!table.notes.empty()) out += '\n';
    for (const std::string& note : table.notes) out += note + "\n";
    return out;
}

void append_csv_cell(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char byte : text) {
        if (byte == '"') out += '"';
        out += byte;
    }
    out += '"';
}

std::string render_csv(const ReportTable& table) {
    std::string out;
    const auto separate = [&out](std::size_t index) {
        if (index > 0) out += ',';
    };
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        separate(index);
        const ReportColumn& column = table.columns[index];
        append_csv_cell(out, column.name);
        if (column.type != ValueType::money) continue;
        out += ',';
        append_csv_cell(out, column.name + "_currency");
    }
    out += "\r\n";
    for (const ReportRow& row : table.rows) {
        for (std::size_t index = 0; index < row.cells.size(); ++index) {
            separate(index);
            const Money* money = std::get_if<Money>(&row.cells[index]);
            append_csv_cell(
                out, money == nullptr ? to_string(row.cells[index]) : decimal_of(*money)
            );
            if (table.columns[index].type != ValueType::money) continue;
            out += ',';
            if (money != nullptr && money->currency() != Currency::none) {
                out += code_of(money->currency());
            }
        }
        out += "\r\n";
    }
    return out;
}

void append_json_text(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += byte;
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (code < 0x20) {
            out += "\\u00";
            out += digits[code >> 4];
            out += digits[code & 0xFU];
        } else {
            out += byte;
        }
    }
    out += '"';
}

void append_json_value(std::string& out, const Value& value) {
    switch (type_of(value)) {
        case ValueType::none: out += "null"; return;
        case ValueType::integer:
        case ValueType::boolean: out += to_string(value); return;
        default: append_json_text(out, to_string(value)); return;
    }
}

std::string render_json(const ReportTable& table, const ReportContext& context) {
    std::string out = "{";
    append_context(out, table, context);
    out += ",\n \"columns\": [";
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        const ReportColumn& column = table.columns[index];
        out += index > 0 ? ",\n  {" : "\n  {";
        append_member(out, "name", column.name);
        out += ", ";
        append_member(out, "title", column.title);
        out += ", ";
        append_member(out, "type", daybook::name_of(column.type));
        out += '}';
    }
    out += "],\n \"rows\": [";
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
        out += index > 0 ? ",\n  " : "\n  ";
        append_row(out, table, table.rows[index]);
    }
    out += "]}\n";
    return out;
}

std::string render_json_lines(const ReportTable& table, const ReportContext& context) {
    std::string out = "{\"_report\": {";
    append_context(out, table, context);
    out += "}}\n";
    for (const ReportRow& row : table.rows) {
        append_row(out, table, row);
        out += '\n';
    }
    return out;
}

}  // namespace daybook
