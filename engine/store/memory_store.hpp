// The store's promises in memory: for tests, for checking rows against a fresh fold, and for books
// that keep no rows on disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/store.hpp"

namespace daybook {

class MemoryStore final : public Store {
 public:
    [[nodiscard]] Result<std::optional<std::string>> get(std::string_view key) const override;
    [[nodiscard]] Result<void> write(StoreBatch& batch) override;
    [[nodiscard]] Result<void> erase_range(std::string_view from, std::string_view to) override;
    [[nodiscard]] std::unique_ptr<StoreCursor> cursor() const override;
    [[nodiscard]] Result<void> flush() override { return {}; }

    // The next so many writes succeed, and all after them fail as a broken disk would.
    void fail_after(std::uint64_t writes);

 private:
    // A value stays for the cursors that were made before it was replaced or removed.
    struct Version {
        std::uint64_t number;
        std::optional<std::string> value;
    };
    using Entries = std::map<std::string, std::vector<Version>, std::less<>>;
    friend class MemoryCursor;

    [[nodiscard]] static const std::optional<std::string>* value_at(
        const std::vector<Version>& versions, std::uint64_t number
    );
    void change(std::string_view key, std::optional<std::string> value);

    mutable std::shared_mutex mutex_;
    Entries entries_;                         // Guarded by mutex_.
    std::uint64_t write_count_ = 0;           // Guarded by mutex_.
    std::uint64_t writes_left_ = UINT64_MAX;  // Guarded by mutex_.
    // The write numbers that living cursors see.
    mutable std::multiset<std::uint64_t> seen_;  // Guarded by mutex_.
};

}  // namespace daybook
