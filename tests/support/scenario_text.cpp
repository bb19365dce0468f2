// A small recursive reader; what it cannot read it names with the text that it found.
#include "tests/support/scenario_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace daybook::scenario {
namespace {

constexpr std::string_view spaces = " \t\r\n";

void skip_spaces(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
}
std::string_view trimmed(std::string_view text) {
    skip_spaces(text);
    return text.substr(0, text.find_last_not_of(spaces) + 1);
}
Error unreadable(std::string_view what, std::string_view text) {
    return Error{
        ErrorCode::invalid, fmt::format("{}, found: {}", what, text.empty() ? "the end" : text)};
}

// What the letter after a backslash means.
char unescaped(char c) {
    switch (c) {
        case 'n': return '\n';
        case 't': return '\t';
        case 'r': return '\r';
        default: return c;
    }
}

// JSON's \uXXXX is used only for control characters by those who write for us.
Result<std::string> take_quoted(std::string_view& text) {
    const std::string_view whole = text;
    std::string out;
    text.remove_prefix(1);
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') return out;
        if (c != '\\') {
            out += c;
            continue;
        }
        if (text.empty()) break;
        if (text.front() == 'u' && text.size() >= 5) {
            const int code = std::stoi(std::string{text.substr(3, 2)}, nullptr, 16);
            out += static_cast<char>(code);
            text.remove_prefix(5);
            continue;
        }
        out += unescaped(text.front());
        text.remove_prefix(1);
    }
    return unreadable("a quote is never closed", whole);
}

// Up to one of the ends, without the spaces round it; a line break inside is one space.
std::string take_bare(std::string_view& text, std::string_view ends) {
    const std::size_t end = std::min(text.find_first_of(ends), text.size());
    std::string out;
    for (const char c : trimmed(text.substr(0, end))) {
        const bool is_space = spaces.find(c) != std::string_view::npos;
        if (!is_space) out += c;
        if (is_space && !out.ends_with(' ')) out += ' ';
    }
    text.remove_prefix(end);
    return out;
}

Result<Value> take_object(std::string_view& text) {
    Value object{.kind = Value::Kind::object};
    text.remove_prefix(1);
    while (true) {
        skip_spaces(text);
        if (text.starts_with('}')) break;
        std::string name;
        if (text.starts_with('"')) {
            DAYBOOK_TRY(name, take_quoted(text));
            skip_spaces(text);
        } else {
            name = take_bare(text, ":,{}[]\"");
        }
        if (!text.starts_with(':')) return unreadable("a \":\" is expected after a name", text);
        text.remove_prefix(1);
        DAYBOOK_TRY(Value value, take_value(text));
        object.members.push_back({std::move(name), std::move(value)});
        skip_spaces(text);
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        } else if (!text.starts_with('}')) {
            return unreadable("a \",\" or \"}\" is expected", text);
        }
    }
    text.remove_prefix(1);
    return object;
}

Result<Value> take_list(std::string_view& text) {
    Value list{.kind = Value::Kind::list};
    text.remove_prefix(1);
    while (true) {
        skip_spaces(text);
        if (text.starts_with(']')) break;
        DAYBOOK_TRY(Value value, take_value(text));
        list.elements.push_back(std::move(value));
        skip_spaces(text);
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        } else if (!text.starts_with(']')) {
            return unreadable("a \",\" or \"]\" is expected", text);
        }
    }
    text.remove_prefix(1);
    return list;
}

void append_json_text(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string quoted_if_needed(const std::string& text) {
    const bool is_plain = !text.empty() && trimmed(text) == text && !text.starts_with('#') &&
                          text.find_first_of(",{}[]\"\\\n\t") == std::string::npos;
    if (is_plain) return text;
    std::string out;
    append_json_text(text, out);
    return out;
}

std::string difference_of_lists(const Value& expected, const Value& found) {
    for (std::size_t i = 0; i < expected.elements.size() && i < found.elements.size(); ++i) {
        const std::string inner = difference(expected.elements[i], found.elements[i]);
        if (!inner.empty()) return fmt::format("[{}]{}", i, inner);
    }
    if (expected.elements.size() == found.elements.size()) return {};
    return fmt::format(
        ": expected {} elements, found {}", expected.elements.size(), found.elements.size()
    );
}

}  // namespace

const Value* Value::find(std::string_view name) const {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &found->value;
}

Result<Value> take_value(std::string_view& text) {
    skip_spaces(text);
    if (text.starts_with('{')) return take_object(text);
    if (text.starts_with('[')) return take_list(text);
    if (text.starts_with('"')) {
        DAYBOOK_TRY(std::string quoted, take_quoted(text));
        return Value{.text = std::move(quoted)};
    }
    return Value{.text = take_bare(text, ",{}[]")};
}

Result<Value> parse_value(std::string_view text) {
    DAYBOOK_TRY(Value value, take_value(text));
    skip_spaces(text);
    if (!text.empty()) return unreadable("nothing may follow the value", text);
    return value;
}

std::string to_json(const Value& value) {
    std::string out;
    switch (value.kind) {
        case Value::Kind::text: append_json_text(value.text, out); break;
        case Value::Kind::list:
            for (const Value& element : value.elements) {
                out += (out.empty() ? "[" : ", ") + to_json(element);
            }
            out += out.empty() ? "[]" : "]";
            break;
        case Value::Kind::object:
            for (const auto& [name, member] : value.members) {
                out += out.empty() ? "{" : ", ";
                append_json_text(name, out);
                out += ": " + to_json(member);
            }
            out += out.empty() ? "{}" : "}";
            break;
    }
    return out;
}

std::string to_text(const Value& value) {
    if (value.kind == Value::Kind::text) return quoted_if_needed(value.text);
    std::vector<std::string> parts;
    for (const Value& element : value.elements) parts.push_back(to_text(element));
    for (const auto& [name, member] : value.members) parts.push_back(name + ": " + to_text(member));
    const bool is_list = value.kind == Value::Kind::list;
    return fmt::format("{}{}{}", is_list ? "[" : "{", fmt::join(parts, ", "), is_list ? "]" : "}");
}

std::string difference(const Value& expected, const Value& found) {
    if (expected.kind != found.kind) {
        return fmt::format(": expected {}, found {}", to_text(expected), to_text(found));
    }
    if (expected.kind == Value::Kind::list) return difference_of_lists(expected, found);
    if (expected.kind == Value::Kind::text) {
        if (expected.text == found.text) return {};
        return fmt::format(": expected {}, found {}", to_text(expected), to_text(found));
    }
    for (const auto& [name, member] : expected.members) {
        const Value* other = found.find(name);
        if (other == nullptr && member.kind == Value::Kind::text && member.text.empty()) continue;
        if (other == nullptr)
            return fmt::format(".{}: expected {}, found nothing", name, to_text(member));
        const std::string inner = difference(member, *other);
        if (!inner.empty()) return "." + name + inner;
    }
    return {};
}

std::string Statement::whole() const {
    return lines.empty() ? text : fmt::format("{}\n{}", text, fmt::join(lines, "\n"));
}

std::vector<Statement> parse_statements(std::string_view text) {
    std::vector<Statement> statements;
    std::size_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
        line = trimmed(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (is_indented && !statements.empty()) {
            statements.back().lines.emplace_back(line);
            continue;
        }
        Statement statement{.line = number};
        statement.verb = take_word(line);
        statement.text = trimmed(line);
        statements.push_back(std::move(statement));
    }
    return statements;
}

std::string take_word(std::string_view& text) {
    skip_spaces(text);
    if (text.starts_with('"')) {
        Result<std::string> quoted = take_quoted(text);
        return quoted.ok() ? std::move(quoted).value() : std::string{};
    }
    std::string word;
    while (!text.empty() && spaces.find(text.front()) == std::string_view::npos) {
        // key="a value" is one word.
        if (text.front() == '"') {
            Result<std::string> quoted = take_quoted(text);
            if (quoted.ok()) word += quoted.value();
            continue;
        }
        if (text.front() == '{') break;
        word += text.front();
        text.remove_prefix(1);
    }
    return word;
}

std::vector<std::pair<std::string, std::string>> take_options(std::string_view& text) {
    std::vector<std::pair<std::string, std::string>> options;
    while (true) {
        std::string_view rest = text;
        const std::string word = take_word(rest);
        const std::size_t equals = word.find('=');
        if (word.empty() || equals == std::string::npos) return options;
        options.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        text = rest;
    }
}

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    line = trimmed(line);
    while (!line.empty()) {
        const std::size_t end = std::min(line.find("  "), line.size());
        const std::string_view cell = trimmed(line.substr(0, end));
        cells.emplace_back(cell == "-" ? std::string_view{} : cell);
        line.remove_prefix(end);
        skip_spaces(line);
    }
    return cells;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 1);
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line = "       ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += fmt::format(" {:<{}} ", row[i].empty() ? "-" : row[i], widths[i]);
        }
        if (!out.empty()) out += '\n';
        out += line.substr(0, line.find_last_not_of(' ') + 1);
    }
    return out;
}

}  // namespace daybook::scenario
