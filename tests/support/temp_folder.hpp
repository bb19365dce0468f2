// A folder of a test's own, deleted with all that is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/base/assert.hpp"

namespace daybook {

class TempFolder {
 public:
    TempFolder() : path_((std::filesystem::temp_directory_path() / "daybook-XXXXXX").string()) {
        DAYBOOK_ASSERT(mkdtemp(path_.data()) != nullptr);
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

 private:
    std::string path_;
};

}  // namespace daybook
