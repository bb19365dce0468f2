// The error file of a pass: each reported row as it stood in its file, behind four columns that say
// where it stood, why it is here and what to do. Once it is corrected, it can itself be imported:
// the mapping finds its columns by name and does not look at the four.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "connectors/files/documents.hpp"
#include "connectors/files/expression.hpp"
#include "engine/base/result.hpp"

namespace daybook::files {

class ErrorFile {
 public:
    // The file is made, or emptied, with the first row. "": rows are written nowhere.
    ErrorFile(std::string path, const SourceFile& source);
    // All rows of the document. `culprit` is the row that has the problem, or none of them has.
    void add(const Document& document, const Problem& problem, std::optional<std::size_t> culprit);
    // Everything is in the file, or an Error. Answers the path, "" if there was no row.
    [[nodiscard]] Result<std::string> finish();

 private:
    struct FileCloser {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    void put(std::span<const std::string_view> fields);
    void flush();

    std::string path_;
    const SourceFile& source_;
    std::unique_ptr<std::FILE, FileCloser> file_;
    bool is_failed_ = false;
    bool is_begun_ = false;
    std::string text_;
};

}  // namespace daybook::files
