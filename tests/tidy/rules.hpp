// The house rules that a program can check. Each looks at one file and answers its findings.
#pragma once

#include "tests/tidy/source.hpp"

namespace daybook::tidy {

// includes.cpp: which folder may include what, and which library belongs to which folder.
void check_layers(const Source& source, Findings& findings);
void check_libraries(const Source& source, Findings& findings);
void check_own_header_first(const Source& source, Findings& findings);

// lines.cpp: what one line may hold, and what a file must begin with.
void check_lengths(const Source& source, Findings& findings);
void check_opening(const Source& source, Findings& findings);
void check_banned_words(const Source& source, Findings& findings);
void check_names(const Source& source, Findings& findings);
void check_comments(const Source& source, Findings& findings);

// functions.cpp: how long a function is and how many parameters it takes.
void check_functions(const Source& source, Findings& findings);

inline constexpr std::size_t columns_max = 100;
inline constexpr std::size_t file_lines_max = 1000;
inline constexpr std::size_t function_lines_max = 70;
inline constexpr std::size_t parameters_max = 4;

}  // namespace daybook::tidy
