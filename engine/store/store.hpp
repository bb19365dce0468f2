// The port to an ordered key-value store that holds the rows of projections. Rows can always be
// rebuilt from the log, so nothing here is ever synced for the sake of an acknowledgement; but what
// a crash leaves is always the effect of the first so many writes, each whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook {

// Changes of distinct keys, applied together. Reuse it: clear() keeps its memory.
class StoreBatch {
 public:
    struct Change {
        std::string_view key;
        std::optional<std::string_view> value;  // None: the key is removed.
    };

    void put(std::string_view key, std::string_view value);
    void erase(std::string_view key);
    void clear();
    [[nodiscard]] bool empty() const { return places_.empty(); }
    [[nodiscard]] std::size_t size() const { return places_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
    // The views are valid until the next put, erase or clear.
    [[nodiscard]] Change at(std::size_t index) const;
    // Puts the changes in the order of their keys; asserts that the keys are distinct. Cheap when
    // they were added in order.
    void sort();

 private:
    struct Place {
        std::size_t offset;
        std::uint32_t key_bytes;
        std::uint32_t value_bytes;
        bool is_erased;
    };
    void add(std::string_view key, std::optional<std::string_view> value);
    [[nodiscard]] std::string_view key_of(const Place& place) const {
        return std::string_view{bytes_}.substr(place.offset, place.key_bytes);
    }

    std::string bytes_;
    std::vector<Place> places_;
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

// Any thread may write or read; writes take effect one after another.
class Store {
 public:
    virtual ~Store() = default;
    [[nodiscard]] virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
    // Takes effect whole or not at all, also over a crash, and after every earlier write. Sorts the
    // batch. A large one is loaded as a sorted file.
    [[nodiscard]] virtual Result<void> write(StoreBatch& batch) = 0;
    // Removes the keys from `from` up to but not including `to` ("": the end). Not atomic.
    [[nodiscard]] virtual Result<void> erase_range(std::string_view from, std::string_view to) = 0;
    [[nodiscard]] virtual std::unique_ptr<StoreCursor> cursor() const = 0;
    // Makes everything written so far survive a crash.
    [[nodiscard]] virtual Result<void> flush() = 0;
};

}  // namespace daybook
