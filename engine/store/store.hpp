// The port to an ordered key-value store that holds the rows of projections. Rows can always be
// rebuilt from the log, so nothing here is ever synced for the sake of an acknowledgement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook {

// A key's change: a value, or its removal.
struct StoreWrite {
    std::string key;
    std::optional<std::string> value;
};

// Walks keys in the order of their bytes. Sees the store as it was when it was made. One thread.
class StoreCursor {
 public:
    virtual ~StoreCursor() = default;
    virtual void seek(std::string_view key) = 0;  // To the first key at or after it.
    [[nodiscard]] virtual bool has_entry() const = 0;
    virtual void next() = 0;
    [[nodiscard]] virtual std::string_view key() const = 0;    // Valid until the next move.
    [[nodiscard]] virtual std::string_view value() const = 0;  // Valid until the next move.
    // Why the walk ended early, if it did.
    [[nodiscard]] virtual Result<void> status() const = 0;
};

class Store {
 public:
    virtual ~Store() = default;
    [[nodiscard]] virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
    // Takes effect whole or not at all, also over a crash. Sorted by key: `writes` may be
    // reordered.
    [[nodiscard]] virtual Result<void> write(std::vector<StoreWrite>& writes) = 0;
    // Loads sorted, distinct, new keys in bulk beside the log of the store; then writes `last`.
    [[nodiscard]] virtual Result<void> ingest(
        std::span<const std::pair<std::string, std::string>> sorted, std::vector<StoreWrite>& last
    ) = 0;
    [[nodiscard]] virtual std::unique_ptr<StoreCursor> cursor() const = 0;
    // Removes every key.
    [[nodiscard]] virtual Result<void> clear() = 0;
};

}  // namespace daybook
