// Whether a schema may follow one that was released: whatever was written under the old one must be
// readable under the new one, with the same meaning.
#pragma once

#include <string>
#include <vector>

namespace daybook {

struct SchemaText {
    std::string text;            // Of the .fbs file.
    std::string include_folder;  // Where its includes stand.
};

// One sentence for each promise that the new schema breaks; none if it may follow.
[[nodiscard]] std::vector<std::string> broken_promises(
    const SchemaText& released, const SchemaText& current
);

}  // namespace daybook
