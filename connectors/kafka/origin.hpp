// What a local copy remembers of the topic that it was read from: how far, and of which cluster and
// book. Without it the topic is read again from its beginning and compared; it saves time only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connectors/kafka/rule.hpp"
#include "engine/base/result.hpp"
#include "engine/os/file.hpp"

namespace daybook::kafka {

struct Origin {
    std::string place;         // As Place::text().
    std::string cluster;       // Where it was read.
    std::string pinned;        // The cluster that the first claim made there names; or nothing.
    std::uint64_t offset = 0;  // Of the next record to read; no batch is unfinished here.
    Tip tip;                   // Before that record.
    std::optional<Hash> last;  // Leaf hash of the record before `offset`.
    std::optional<std::uint64_t> claim;  // Position of the newest claim that counts.

    friend bool operator==(const Origin&, const Origin&) = default;
};

inline constexpr std::string_view origin_name = "origin";  // In the folder of the copy.

// Nothing if there is none, or one that is not whole: it can be made anew.
[[nodiscard]] std::optional<Origin> load_origin(FileSystem& files, const std::string& folder);
// Replaces it at once or not at all.
[[nodiscard]] Result<void> store_origin(
    FileSystem& files, const std::string& folder, const Origin& origin
);

}  // namespace daybook::kafka
