// A document's command as JSON, from its template in the mapping.

#include "connectors/files/command_writer.hpp"

#include <fmt/format.h>

namespace daybook::files {
namespace {

void append_json_text(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out += text.substr(plain, at - plain);
        plain = at + 1;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += text[at];
        } else {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out += text.substr(plain);
    out += '"';
}

class BodyWriter {
 public:
    BodyWriter(
        std::string& out, const CommandTemplate& command, const ShownRow& shown, PassReader& reader
    )
        : out_(out), command_(command), shown_(shown), reader_(reader) {}

    [[nodiscard]] std::optional<std::size_t> culprit() const { return culprit_; }

    // Answers whether anything was written. The depth is that of a path in the mapping.
    bool write(const TemplateNode& node) {
        switch (node.kind) {
            case TemplateNode::Kind::object: return write_parts(node, '{', '}');
            case TemplateNode::Kind::list: return write_parts(node, '[', ']');
            case TemplateNode::Kind::row_list: return write_rows(node);
            case TemplateNode::Kind::leaf: break;
        }
        const std::string_view text = reader_.evaluator().evaluate(node.value);
        if (text.empty()) return false;
        append_json_text(out_, text);
        return true;
    }

 private:
    bool write_parts(const TemplateNode& node, char open, char close) {
        const std::size_t begin = out_.size();
        bool is_empty = true;
        out_ += open;
        for (const std::size_t index : node.children) {
            const TemplateNode& child = command_.nodes[index];
            const std::size_t before = out_.size();
            if (!is_empty) out_ += ',';
            if (open == '{') {
                out_ += '"';
                out_ += child.name;
                out_ += "\":";
            }
            if (write(child)) {
                is_empty = false;
            } else {
                out_.resize(before);
            }
        }
        out_ += close;
        if (is_empty) out_.resize(begin);
        return !is_empty;
    }

    bool write_rows(const TemplateNode& node) {
        const std::size_t begin = out_.size();
        out_ += '[';
        const std::size_t first = out_.size();
        for (const bool is_of_rows : {true, false}) {
            for (const std::size_t index : node.children) {
                const TemplateNode& child = command_.nodes[index];
                if (child.name.empty() != is_of_rows) continue;
                const std::size_t rows = is_of_rows ? shown_.document.rows.size() : 1;
                for (std::size_t row = 0; row < rows; ++row) {
                    reader_.show(shown_.document, is_of_rows ? row : shown_.row);
                    write_element(child, first, row);
                }
            }
        }
        reader_.show(shown_.document, shown_.row);
        const bool is_empty = out_.size() == first;
        out_ += ']';
        if (is_empty) out_.resize(begin);
        return !is_empty;
    }

    void write_element(const TemplateNode& element, std::size_t first, std::size_t row) {
        const bool was_whole = !reader_.evaluator().problem();
        const std::size_t before = out_.size();
        if (before > first) out_ += ',';
        if (!write(element)) out_.resize(before);
        if (was_whole && reader_.evaluator().problem()) culprit_ = row;
    }

    std::string& out_;
    const CommandTemplate& command_;
    const ShownRow& shown_;
    PassReader& reader_;
    std::optional<std::size_t> culprit_;
};

}  // namespace

std::optional<std::size_t> append_body(
    std::string& out, const CommandTemplate& command, const ShownRow& shown, PassReader& reader
) {
    const std::size_t begin = out.size();
    BodyWriter writer{out, command, shown, reader};
    if (!writer.write(command.nodes.front())) {
        out.resize(begin);
        out += "{}";
    }
    return writer.culprit();
}

}  // namespace daybook::files
