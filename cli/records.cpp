#include "cli/records.hpp"

#include <boost/json.hpp>

#include "projections/core/render.hpp"

namespace daybook::cli {
namespace {

namespace json = boost::json;

void append_json(std::string& out, const json::value& value) {
    if (const json::object* object = value.if_object()) {
        std::string_view separator = "{";
        for (const auto& [name, member] : *object) {
            out += std::exchange(separator, ", ");
            append_json_text(out, {name.data(), name.size()});
            out += ": ";
            append_json(out, member);
        }
        out += object->empty() ? "{}" : "}";
    } else if (const json::array* array = value.if_array()) {
        std::string_view separator = "[";
        for (const json::value& element : *array) {
            out += std::exchange(separator, ", ");
            append_json(out, element);
        }
        out += array->empty() ? "[]" : "]";
    } else if (const json::string* text = value.if_string()) {
        append_json_text(out, {text->data(), text->size()});
    } else {
        out += json::serialize(value);
    }
}

std::string cell_of(const json::object& record, std::string_view column) {
    const json::value* value = record.if_contains({column.data(), column.size()});
    if (value == nullptr || value->is_null()) return {};
    if (const json::string* text = value->if_string()) return {text->data(), text->size()};
    return json::serialize(*value);
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != cells.data()) line += ',';
        append_csv_cell(line, cell);
    }
    return line + "\r\n";
}

}  // namespace

RecordLines::RecordLines(const Session& session, Columns columns)
    : session_(session), columns_(std::move(columns)) {
    if (session.options.format != Format::csv) return;
    session.terminal->out(csv_line({columns_.begin(), columns_.end()}));
}

void RecordLines::add(const json::object& record) const {
    if (session_.options.format != Format::csv) {
        session_.terminal->out(json_of(record) + "\n");
        return;
    }
    std::vector<std::string> cells;
    for (const std::string_view column : columns_) cells.push_back(cell_of(record, column));
    session_.terminal->out(csv_line(cells));
}

void print_record(const Session& session, const Columns& columns, const json::object& record) {
    RecordLines{session, columns}.add(record);
}

void print_records(const Session& session, const Columns& columns, const json::array& records) {
    if (session.options.format != Format::json) {
        const RecordLines lines{session, columns};
        for (const json::value& record : records) lines.add(record.as_object());
        return;
    }
    std::string out;
    for (const json::value& record : records) {
        out += out.empty() ? "[" : ",\n ";
        append_json(out, record);
    }
    session.terminal->out(out.empty() ? "[]\n" : out + "]\n");
}

std::string json_of(const json::value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

}  // namespace daybook::cli
