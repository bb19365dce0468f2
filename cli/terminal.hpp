// How the program speaks: data on standard output, everything else on standard error; colours and
// moving lines only where a person looks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace daybook::cli {

enum class Verbosity : unsigned char { quiet, normal, verbose };

class Terminal {
 public:
    struct Settings {
        bool no_color = false;
        bool no_pager = false;
        Verbosity verbosity = Verbosity::normal;
    };
    // Looks at the two streams and at NO_COLOR, TERM and COLUMNS.
    explicit Terminal(const Settings& settings);

    [[nodiscard]] bool shows_tables() const { return out_is_terminal_; }
    [[nodiscard]] bool animates() const { return err_is_terminal_ && !is_quiet(); }
    [[nodiscard]] bool is_quiet() const { return settings_.verbosity == Verbosity::quiet; }
    [[nodiscard]] std::size_t columns() const { return columns_; }

    void out(std::string_view text) const;  // Data, as it is.
    // Data for people, through a pager if it is longer than the terminal: $DAYBOOK_PAGER, $PAGER or
    // less.
    void page(const std::string& text) const;
    void flush() const;                         // What was put out is to be seen now.
    void say(std::string_view line) const;      // A line for people, unless quiet.
    void detail(std::string_view line) const;   // A line for the curious, if verbose.
    void error(const Error& error) const;       // "daybook: ..." and the code.
    void heading(std::string_view line) const;  // A bold line on standard output.

    [[nodiscard]] std::string bold(std::string_view text) const;
    [[nodiscard]] std::string dim(std::string_view text) const;

 private:
    Settings settings_;
    bool out_is_terminal_ = false;
    bool err_is_terminal_ = false;
    bool colors_ = false;
    bool pages_ = false;
    std::size_t columns_ = 80;
};

}  // namespace daybook::cli
