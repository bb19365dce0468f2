#include "tests/tidy/source.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace daybook::tidy {
namespace {

enum class Inside { code, line_comment, block_comment, text, character, raw_text };

// Walks the text once and blanks what is not code; newlines stay.
class Blanker {
 public:
    explicit Blanker(std::string_view text) : text_(text), code_(text) {}

    std::string run() {
        for (at_ = 0; at_ < text_.size(); ++at_) step();
        return std::move(code_);
    }

 private:
    void step() {
        switch (inside_) {
            case Inside::code: step_code(); break;
            case Inside::line_comment:
                if (text_[at_] == '\n') inside_ = Inside::code;
                blank();
                break;
            case Inside::block_comment: step_until("*/"); break;
            case Inside::raw_text: step_until(raw_end_); break;
            case Inside::text: step_quoted('"'); break;
            case Inside::character: step_quoted('\''); break;
        }
    }

    void step_code() {
        const std::string_view rest = text_.substr(at_);
        if (rest.starts_with("//")) {
            inside_ = Inside::line_comment;
            blank();
        } else if (rest.starts_with("/*")) {
            inside_ = Inside::block_comment;
            blank();
        } else if (rest.starts_with("R\"")) {
            raw_end_ = ")" + std::string{rest.substr(2, rest.find('(') - 2)} + "\"";
            inside_ = Inside::raw_text;
        } else if (rest.front() == '"') {
            inside_ = Inside::text;
        } else if (rest.front() == '\'' && !follows_digit()) {
            inside_ = Inside::character;
        }
    }

    // 1'000'000 is a number, not a character.
    [[nodiscard]] bool follows_digit() const {
        return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0;
    }

    void step_until(std::string_view end) {
        if (text_.substr(at_).starts_with(end)) {
            for (std::size_t i = 0; i < end.size(); ++i, ++at_) blank();
            --at_;
            inside_ = Inside::code;
        } else {
            blank();
        }
    }

    void step_quoted(char quote) {
        if (text_[at_] == quote) {
            inside_ = Inside::code;
            return;
        }
        if (text_[at_] == '\\') {
            blank();
            ++at_;
        }
        blank();
    }

    void blank() {
        if (at_ < code_.size() && code_[at_] != '\n') code_[at_] = ' ';
    }

    std::string_view text_;
    std::string code_;
    std::string raw_end_;
    std::size_t at_ = 0;
    Inside inside_ = Inside::code;
};

bool is_skipped(const std::filesystem::path& folder) {
    const std::string name = folder.filename().string();
    return name == "build" || name == "node_modules" || name.starts_with('.');
}

}  // namespace

Source make_source(std::string path, std::string text) {
    std::string code = Blanker{text}.run();
    return {std::move(path), std::move(text), std::move(code)};
}

std::vector<Source> read_sources(const std::filesystem::path& top) {
    std::vector<Source> sources;
    auto entries = std::filesystem::recursive_directory_iterator{top};
    for (auto entry = begin(entries); entry != end(entries); ++entry) {
        if (entry->is_directory() && is_skipped(entry->path())) {
            entry.disable_recursion_pending();
            continue;
        }
        const std::string extension = entry->path().extension().string();
        if (extension != ".hpp" && extension != ".cpp") continue;
        std::ifstream file{entry->path(), std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        sources.push_back(
            make_source(entry->path().lexically_relative(top).generic_string(), std::move(text))
        );
    }
    std::ranges::sort(sources, {}, &Source::path);
    return sources;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

}  // namespace daybook::tidy
