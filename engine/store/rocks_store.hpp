// The store on disk: RocksDB without its write-ahead log, because the event log is ours.
//
// A batch goes into one memtable whole, or into one sorted file that is taken in whole, and both
// reach the disk in the order of the writes. So a crash loses the last writes and nothing else.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/store/store.hpp"

namespace daybook {

struct RocksOptions {
    std::size_t memtable_bytes = std::size_t{32} << 20;
    std::size_t cache_bytes = std::size_t{128} << 20;  // Of uncompressed blocks, for reading.
    // A batch of at least this many bytes becomes a sorted file at once.
    std::size_t sorted_file_bytes_min = std::size_t{4} << 20;
};

class RocksStore final : public Store {
 public:
    // The folder is made if it is missing; its parent must exist. `busy` while another process
    // has it open.
    [[nodiscard]] static Result<std::unique_ptr<RocksStore>> open(
        const std::string& folder, const RocksOptions& options = {}
    );
    ~RocksStore() override;  // Flushes.

    [[nodiscard]] Result<std::optional<std::string>> get(std::string_view key) const override;
    [[nodiscard]] Result<void> write(StoreBatch& batch) override;
    [[nodiscard]] Result<void> erase_range(std::string_view from, std::string_view to) override;
    [[nodiscard]] std::unique_ptr<StoreCursor> cursor() const override;
    [[nodiscard]] Result<void> flush() override;

 private:
    struct Database;

 public:
    explicit RocksStore(std::unique_ptr<Database> database);  // For open() alone.

 private:
    [[nodiscard]] Result<void> write_sorted_file(const StoreBatch& batch);

    std::unique_ptr<Database> database_;
};

}  // namespace daybook
