// The options follow measurements: sorted batches with a hint, 32 MiB memtables, XXH3, LZ4.
#include "engine/store/rocks_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <mutex>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/os/file.hpp"

namespace daybook {
namespace {

rocksdb::Slice slice(std::string_view text) {
    return {text.data(), text.size()};
}
std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

Error error_of(const rocksdb::Status& status, const std::string& what) {
    const std::string text = status.ToString();
    ErrorCode code = ErrorCode::io;
    if (status.IsCorruption()) code = ErrorCode::corrupt;
    if (text.find("LOCK") != std::string::npos) code = ErrorCode::busy;
    return {code, "row store: " + what + ": " + text};
}

Result<void> checked(const rocksdb::Status& status, const std::string& what) {
    if (status.ok()) return {};
    return error_of(status, what);
}

Error held_by_another(const std::string& folder) {
    const auto holder = process_that_locks(folder + "/LOCK");
    return {
        ErrorCode::busy,
        "the rows in " + folder + " are held by " +
            (holder ? "process " + std::to_string(*holder) : "another process")};
}

rocksdb::Options options_for(const RocksOptions& options) {
    rocksdb::BlockBasedTableOptions table;
    table.checksum = rocksdb::kXXH3;
    table.format_version = 5;
    table.block_size = std::size_t{16} << 10;
    table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

    rocksdb::Options all;
    all.create_if_missing = true;
    all.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    all.compression = rocksdb::kLZ4Compression;
    all.write_buffer_size = options.memtable_bytes;
    all.max_write_buffer_number = 4;
    all.max_background_jobs = 2;
    // Keys begin with the table; within it a sorted batch goes to neighbouring places.
    all.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(6));
    all.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    all.keep_log_file_num = 2;
    return all;
}

rocksdb::WriteOptions unlogged() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return options;
}

class RocksCursor final : public StoreCursor {
 public:
    explicit RocksCursor(rocksdb::DB& database)
        : iterator_(database.NewIterator(rocksdb::ReadOptions{})) {}
    void seek(std::string_view key) override { iterator_->Seek(slice(key)); }
    [[nodiscard]] bool has_entry() const override { return iterator_->Valid(); }
    void next() override {
        DAYBOOK_ASSERT(iterator_->Valid());
        iterator_->Next();
    }
    [[nodiscard]] std::string_view key() const override { return view(iterator_->key()); }
    [[nodiscard]] std::string_view value() const override { return view(iterator_->value()); }
    [[nodiscard]] Result<void> status() const override {
        return checked(iterator_->status(), "walking rows");
    }

 private:
    std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

struct RocksStore::Database {
    rocksdb::Options options;
    std::string folder;
    std::size_t sorted_file_bytes_min;
    std::unique_ptr<rocksdb::DB> db;
    std::mutex write_mutex;         // One write at a time, in one order.
    bool has_unflushed = false;     // Guarded by write_mutex.
    std::uint64_t file_number = 0;  // Guarded by write_mutex.

    // Sorted files are made beside the database, which takes them in by a rename.
    [[nodiscard]] std::string loading_folder() const { return folder + ".loading"; }
};

RocksStore::RocksStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

RocksStore::~RocksStore() {
    (void)flush();
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(
    const std::string& folder, const RocksOptions& options
) {
    auto database = std::make_unique<Database>();
    database->options = options_for(options);
    database->folder = folder;
    database->sorted_file_bytes_min = options.sorted_file_bytes_min;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(database->options, folder, &opened);
    const Result<void> is_open = checked(status, "opening " + folder);
    const bool is_ours = status.ToString().find("current process") != std::string::npos;
    if (!is_open && is_open.error().code == ErrorCode::busy && !is_ours) {
        return held_by_another(folder);
    }
    DAYBOOK_TRY_VOID(is_open);
    database->db.reset(opened);

    // What a crash left half made.
    rocksdb::Env& env = *rocksdb::Env::Default();
    const std::string loading = database->loading_folder();
    DAYBOOK_TRY_VOID(checked(env.CreateDirIfMissing(loading), "making " + loading));
    std::vector<std::string> leftovers;
    DAYBOOK_TRY_VOID(checked(env.GetChildren(loading, &leftovers), "listing " + loading));
    for (const std::string& name : leftovers) {
        if (name.ends_with(".sst")) (void)env.DeleteFile(loading + "/" + name);
    }
    return std::make_unique<RocksStore>(std::move(database));
}

Result<std::optional<std::string>> RocksStore::get(std::string_view key) const {
    std::string value;
    const rocksdb::Status status = database_->db->Get(rocksdb::ReadOptions{}, slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return error_of(status, "reading a row");
    return std::optional{std::move(value)};
}

Result<void> RocksStore::write(StoreBatch& batch) {
    batch.sort();
    const std::lock_guard lock{database_->write_mutex};
    if (batch.bytes() >= database_->sorted_file_bytes_min) return write_sorted_file(batch);
    rocksdb::WriteBatch writes{batch.bytes() + batch.size() * 16};
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const StoreBatch::Change change = batch.at(index);
        const rocksdb::Status status = change.value
                                           ? writes.Put(slice(change.key), slice(*change.value))
                                           : writes.Delete(slice(change.key));
        DAYBOOK_TRY_VOID(checked(status, "collecting a write"));
    }
    database_->has_unflushed = true;
    return checked(database_->db->Write(unlogged(), &writes), "writing rows");
}

// Caller holds write_mutex.
Result<void> RocksStore::write_sorted_file(const StoreBatch& batch) {
    Database& database = *database_;
    if (database.has_unflushed) {
        // Otherwise a crash could keep this write and lose an earlier one.
        DAYBOOK_TRY_VOID(checked(database.db->Flush(rocksdb::FlushOptions{}), "flushing"));
        database.has_unflushed = false;
    }
    const std::string path =
        database.loading_folder() + "/" + std::to_string(++database.file_number) + ".sst";
    rocksdb::SstFileWriter file{rocksdb::EnvOptions{}, database.options};
    DAYBOOK_TRY_VOID(checked(file.Open(path), "making " + path));
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const StoreBatch::Change change = batch.at(index);
        const rocksdb::Status status = change.value
                                           ? file.Put(slice(change.key), slice(*change.value))
                                           : file.Delete(slice(change.key));
        DAYBOOK_TRY_VOID(checked(status, "writing " + path));
    }
    DAYBOOK_TRY_VOID(checked(file.Finish(), "finishing " + path));
    rocksdb::IngestExternalFileOptions options;
    options.move_files = true;
    options.failed_move_fall_back_to_copy = true;
    options.write_global_seqno = false;
    return checked(database.db->IngestExternalFile({path}, options), "taking in " + path);
}

Result<void> RocksStore::erase_range(std::string_view from, std::string_view to) {
    const std::lock_guard lock{database_->write_mutex};
    rocksdb::DB& db = *database_->db;
    std::string end{to};
    if (to.empty()) {
        const std::unique_ptr<rocksdb::Iterator> last{db.NewIterator(rocksdb::ReadOptions{})};
        last->SeekToLast();
        if (!last->Valid()) return checked(last->status(), "finding the last row");
        end = last->key().ToString() + '\0';
    }
    if (end <= from) return {};
    const rocksdb::Slice first = slice(from);
    const rocksdb::Slice last = slice(end);
    database_->has_unflushed = true;
    return checked(
        db.DeleteRange(unlogged(), db.DefaultColumnFamily(), first, last), "erasing rows"
    );
}

std::unique_ptr<StoreCursor> RocksStore::cursor() const {
    return std::make_unique<RocksCursor>(*database_->db);
}

Result<void> RocksStore::flush() {
    const std::lock_guard lock{database_->write_mutex};
    if (!database_->has_unflushed) return {};
    DAYBOOK_TRY_VOID(checked(database_->db->Flush(rocksdb::FlushOptions{}), "flushing"));
    database_->has_unflushed = false;
    return {};
}

}  // namespace daybook
