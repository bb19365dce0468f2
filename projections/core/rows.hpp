// The rows of one table as a projection changes them: stored rows with the changes of the current
// window over them in memory. Nothing reaches the store until the window is written, whole.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/checksum.hpp"
#include "engine/base/result.hpp"
#include "engine/store/store.hpp"
#include "projections/core/table.hpp"

namespace daybook {

// A row in memory. It stays where it is, with its key and its row, until the cache is trimmed.
struct RowEntry {
    std::uint64_t hash = 0;  // Of the key.
    std::string_view key;
    void* row = nullptr;
    bool exists = false;       // False: the row is known to be absent.
    bool is_dirty = false;     // Differs from the store, or may.
    std::uint32_t window = 0;  // The last window in which it was looked up; 0: never.
};

// A walk calls this with each key (without the table's prefix) and row; false ends it.
using RowVisitor = std::function<bool(std::string_view key, const void* row)>;

// One table of one projection, untyped. One thread changes it; while nobody does, any number may
// read.
class TableRows {
 public:
    TableRows(const TableSchema& schema, const Store& store, std::string prefix);
    ~TableRows();
    TableRows(const TableRows&) = delete;
    TableRows& operator=(const TableRows&) = delete;

    [[nodiscard]] const TableSchema& schema() const { return schema_; }
    [[nodiscard]] std::string_view prefix() const { return prefix_; }

    // For the projection. The row stays valid until the window is written.
    [[nodiscard]] void* at(std::string_view key);          // Made empty if absent.
    [[nodiscard]] const void* find(std::string_view key);  // Null if absent.
    [[nodiscard]] void* replace(std::string_view key);     // An empty row, whatever was there.
    void erase(std::string_view key);

    // For readers. Fills `row`, which is an empty row of this table; false if absent.
    [[nodiscard]] Result<bool> read(std::string_view key, void* row) const;
    // The rows from `from` on, up to but not including `to` ("": the end), in the order of keys.
    [[nodiscard]] Result<void> walk(
        std::string_view from, std::string_view to, const RowVisitor& visit
    ) const;

    // For the follower. Adds the changes to the batch, in order. Others may read meanwhile.
    void collect(StoreBatch& batch) const;
    // The batch is stored: the changes are the store's now.
    void settle();
    // Forgets every row in memory, changed or not.
    void forget();
    // Forgets the rows that were not looked up in the last window, or all of them if that frees
    // too little. Only after settle().
    void trim(std::size_t bytes_max);
    // Until the next settle() nothing is stored under the prefix, so nobody needs to look.
    void assume_empty() { is_store_empty_ = true; }
    [[nodiscard]] std::size_t changed_count() const { return dirty_.size(); }
    [[nodiscard]] std::size_t row_count() const { return entries_.size(); }
    [[nodiscard]] std::size_t bytes_used() const { return bytes_used_; }
    // Why the store could not be read, if it could not. Rows seen since then may be wrong.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
    // A key on its way to its entry.
    struct Wanted {
        std::uint64_t hash;
        std::string_view key;
    };
    struct Hash {
        using is_avalanching = void;
        using is_transparent = void;
        std::size_t operator()(const RowEntry* entry) const { return entry->hash; }
        std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const RowEntry* a, const RowEntry* b) const { return a == b; }
        bool operator()(const Wanted& wanted, const RowEntry* entry) const {
            return wanted.hash == entry->hash && wanted.key == entry->key;
        }
        bool operator()(const RowEntry* entry, const Wanted& wanted) const {
            return (*this)(wanted, entry);
        }
    };
    struct ByKey {
        bool operator()(const RowEntry* a, const RowEntry* b) const { return a->key < b->key; }
    };
    using Ordered = std::set<const RowEntry*, ByKey>;

    [[nodiscard]] static Wanted wanted(std::string_view key) {
        return {checksum_64(std::as_bytes(std::span{key})), key};
    }
    RowEntry& make(const Wanted& wanted);
    RowEntry& make_vacant(const Wanted& wanted);
    RowEntry& load(std::string_view key);
    void mark(RowEntry& entry);
    [[nodiscard]] Result<bool> read_stored(std::string_view key, void* row) const;
    [[nodiscard]] const Ordered& ordered_changes() const;

    const TableSchema& schema_;
    const Store& store_;
    std::string prefix_;
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
    boost::unordered_flat_set<RowEntry*, Hash, Equal> entries_;
    std::vector<RowEntry*> dirty_;
    std::size_t bytes_used_ = 0;
    std::uint32_t window_ = 1;
    bool is_store_empty_ = false;
    std::optional<Error> failure_;
    // The dirty rows in order: made by the first walk of a window, then kept up.
    mutable std::mutex ordered_mutex_;
    mutable std::optional<Ordered> ordered_;  // Guarded by ordered_mutex_ while others read.
};

// What project() sees: the typed rows of one table.
template <class Row>
class Rows {
 public:
    explicit Rows(TableRows& rows) : rows_(&rows) {}

    // To change the row; made if absent, with its key fields set. Do not change those.
    template <class... Parts>
    [[nodiscard]] Row& at(const Parts&... key) {
        return *static_cast<Row*>(rows_->at(key_of(key...)));
    }
    // The row with the key fields of this one; made if absent.
    [[nodiscard]] Row& at_key_of(const Row& row) {
        key_.clear();
        rows_->schema().write_key(&row, key_);
        return *static_cast<Row*>(rows_->at(key_));
    }
    // Null if absent. Valid until the end of project().
    template <class... Parts>
    [[nodiscard]] const Row* find(const Parts&... key) {
        return static_cast<const Row*>(rows_->find(key_of(key...)));
    }
    template <class... Parts>
    void erase(const Parts&... key) {
        rows_->erase(key_of(key...));
    }
    // Stores this row over whatever has its key, without looking: cheaper than at() for rows that
    // are new by nature, such as the lines of a document.
    void put(Row row) {
        key_.clear();
        rows_->schema().write_key(&row, key_);
        *static_cast<Row*>(rows_->replace(key_)) = std::move(row);
    }
    // scan(first key parts..., visit): the rows whose key begins so, in order. `visit` takes a
    // const Row& and returns false to stop, or nothing.
    template <class... Arguments>
    void scan(Arguments&&... arguments);

 private:
    template <class... Parts>
    std::string_view key_of(const Parts&... key) {
        DAYBOOK_ASSERT(sizeof...(Parts) == rows_->schema().key_parts.size());
        key_.clear();
        append_key_prefix(key_, rows_->schema(), key...);
        return key_;
    }

    TableRows* rows_;
    std::string key_;
};

namespace rows_detail {

template <class Row, class Visit>
RowVisitor visitor_of(Visit& visit) {
    return [&visit](std::string_view, const void* row) {
        if constexpr (std::is_void_v<std::invoke_result_t<Visit&, const Row&>>) {
            visit(*static_cast<const Row*>(row));
            return true;
        } else {
            return static_cast<bool>(visit(*static_cast<const Row*>(row)));
        }
    };
}

// Splits (parts..., visit) and walks the rows under the parts.
template <class Row, class Arguments>
Result<void> scan(const TableRows& rows, Arguments&& arguments) {
    constexpr std::size_t part_count = std::tuple_size_v<std::remove_cvref_t<Arguments>> - 1;
    std::string from;
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        append_key_prefix(from, rows.schema(), std::get<Index>(arguments)...);
    }
    (std::make_index_sequence<part_count>{});
    return rows.walk(from, key_after(from), visitor_of<Row>(std::get<part_count>(arguments)));
}

}  // namespace rows_detail

template <class Row>
template <class... Arguments>
void Rows<Row>::scan(Arguments&&... arguments) {
    // A failure is remembered by the rows, and the follower stops on it.
    (void)rows_detail::scan<Row>(*rows_, std::forward_as_tuple(arguments...));
}

}  // namespace daybook
