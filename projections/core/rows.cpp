// The write-back rows of one table: a hash map of row entries in one arena, a list of the changed
// ones, and a merge of those with what is stored for whoever walks.
#include "projections/core/rows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

#include "engine/base/assert.hpp"

namespace daybook {
namespace {

constexpr std::size_t place_bytes = 32;  // What the hash table takes for an entry, about.

std::span<const std::byte> bytes_in(std::string_view text) {
    return std::as_bytes(std::span{text});
}

Error damaged(const TableSchema& schema) {
    return {
        ErrorCode::corrupt,
        "a stored row of table " + std::string{schema.name} +
            " cannot be read; rebuild the projection"};
}

// An entry with the first bytes of its key as numbers that order as the bytes do.
struct SortedEntry {
    std::array<std::uint64_t, 4> head;
    const RowEntry* entry;

    friend bool operator<(const SortedEntry& a, const SortedEntry& b) {
        if (a.head != b.head) return a.head < b.head;
        return a.entry->key < b.entry->key;
    }
};

SortedEntry sortable(const RowEntry* entry) {
    SortedEntry sorted{{}, entry};
    const std::string_view key = entry->key;
    std::memcpy(sorted.head.data(), key.data(), std::min(key.size(), sizeof sorted.head));
    for (std::uint64_t& word : sorted.head) word = __builtin_bswap64(word);
    return sorted;
}

// An empty row on the side, for reading into.
class ScratchRow {
 public:
    explicit ScratchRow(const TableSchema& schema)
        : schema_(schema), place_(memory_.allocate(schema.row_bytes, schema.row_alignment)) {
        schema_.construct(place_);
    }
    ~ScratchRow() { schema_.destroy(place_); }
    ScratchRow(const ScratchRow&) = delete;
    ScratchRow& operator=(const ScratchRow&) = delete;

    [[nodiscard]] void* get() { return place_; }
    [[nodiscard]] void* emptied() {
        schema_.destroy(place_);
        schema_.construct(place_);
        return place_;
    }

 private:
    const TableSchema& schema_;
    std::pmr::monotonic_buffer_resource memory_;
    void* place_;
};

}  // namespace

TableRows::TableRows(const TableSchema& schema, const Store& store, std::string prefix)
    : schema_(schema),
      store_(store),
      prefix_(std::move(prefix)),
      memory_(std::make_unique<std::pmr::monotonic_buffer_resource>()) {}

TableRows::~TableRows() {
    forget();
}

// An entry whose row is not constructed yet: one block of memory for it, its row and its key.
RowEntry& TableRows::make_vacant(const Wanted& wanted) {
    constexpr std::size_t alignment = alignof(std::max_align_t);
    static_assert(sizeof(RowEntry) % alignment == 0 || alignof(RowEntry) <= alignment);
    DAYBOOK_ASSERT(schema_.row_alignment <= alignment);
    constexpr std::size_t row_offset = (sizeof(RowEntry) + alignment - 1) / alignment * alignment;
    const std::size_t key_offset = row_offset + schema_.row_bytes;
    auto* block =
        static_cast<std::byte*>(memory_->allocate(key_offset + wanted.key.size(), alignment));
    RowEntry* entry = std::construct_at(reinterpret_cast<RowEntry*>(block));
    auto* key = reinterpret_cast<char*>(block + key_offset);
    std::copy(wanted.key.begin(), wanted.key.end(), key);
    entry->hash = wanted.hash;
    entry->key = {key, wanted.key.size()};
    entry->row = block + row_offset;
    entries_.insert(entry);
    bytes_used_ += key_offset + wanted.key.size() + place_bytes;
    return *entry;
}

RowEntry& TableRows::make(const Wanted& wanted) {
    RowEntry& entry = make_vacant(wanted);
    schema_.construct(entry.row);
    return entry;
}

// The entry with this key as it is now, from memory or from the store.
RowEntry& TableRows::load(std::string_view key) {
    const Wanted sought = wanted(key);
    if (const auto found = entries_.find(sought); found != entries_.end()) {
        (*found)->window = window_;
        return **found;
    }
    RowEntry& entry = make(sought);
    entry.window = window_;
    const Result<bool> stored = read_stored(entry.key, entry.row);
    if (!stored.ok()) {
        if (!failure_) failure_ = stored.error();
        return entry;
    }
    entry.exists = stored.value();
    return entry;
}

void TableRows::mark(RowEntry& entry) {
    if (entry.is_dirty) return;
    entry.is_dirty = true;
    dirty_.push_back(&entry);
    if (ordered_) ordered_->insert(&entry);
}

void* TableRows::at(std::string_view key) {
    RowEntry& entry = load(key);
    mark(entry);
    if (!entry.exists) {
        schema_.destroy(entry.row);
        schema_.construct(entry.row);
        const bool whole = schema_.read_key(entry.key, entry.row);
        DAYBOOK_ASSERT(whole);
        entry.exists = true;
    }
    return entry.row;
}

const void* TableRows::find(std::string_view key) {
    const RowEntry& entry = load(key);
    return entry.exists ? entry.row : nullptr;
}

void* TableRows::replace(std::string_view key) {
    const Wanted sought = wanted(key);
    const auto found = entries_.find(sought);
    RowEntry& entry = found == entries_.end() ? make(sought) : **found;
    entry.exists = true;
    mark(entry);
    return entry.row;
}

void TableRows::erase(std::string_view key) {
    RowEntry& entry = load(key);
    if (!entry.exists) return;
    entry.exists = false;
    mark(entry);
}

Result<bool> TableRows::read_stored(std::string_view key, void* row) const {
    if (is_store_empty_) return false;
    std::string stored_key;
    stored_key.reserve(prefix_.size() + key.size());
    stored_key.append(prefix_).append(key);
    DAYBOOK_TRY(const std::optional<std::string> value, store_.get(stored_key));
    if (!value) return false;
    if (!schema_.read_key(key, row) || !schema_.read_value(bytes_in(*value), row)) {
        return damaged(schema_);
    }
    return true;
}

Result<bool> TableRows::read(std::string_view key, void* row) const {
    const auto found = entries_.find(wanted(key));
    if (found == entries_.end()) return read_stored(key, row);
    if (!(*found)->exists) return false;
    // Through bytes, because the row type is not known here.
    Bytes value;
    schema_.write_value((*found)->row, value);
    const bool whole = schema_.read_key(key, row) && schema_.read_value(value, row);
    DAYBOOK_ASSERT(whole);
    return true;
}

const TableRows::Ordered& TableRows::ordered_changes() const {
    const std::lock_guard lock{ordered_mutex_};
    if (!ordered_) ordered_.emplace(dirty_.begin(), dirty_.end());
    return *ordered_;
}

Result<void> TableRows::walk(std::string_view from, std::string_view to, const RowVisitor& visit)
    const {
    const Ordered& changes = ordered_changes();
    RowEntry bound;
    bound.key = from;
    auto change = changes.lower_bound(&bound);
    const auto change_in_range = [&] {
        return change != changes.end() && (to.empty() || (*change)->key < to);
    };
    std::unique_ptr<StoreCursor> cursor;
    if (!is_store_empty_) {
        cursor = store_.cursor();
        cursor->seek(prefix_ + std::string{from});
    }
    const auto stored_key = [&]() -> std::optional<std::string_view> {
        if (!cursor || !cursor->has_entry() || !cursor->key().starts_with(prefix_)) return {};
        const std::string_view key = cursor->key().substr(prefix_.size());
        return !to.empty() && key >= to ? std::nullopt : std::optional{key};
    };

    ScratchRow scratch{schema_};
    for (;;) {
        const std::optional<std::string_view> stored = stored_key();
        if (change_in_range() && (!stored || (*change)->key <= *stored)) {
            const RowEntry& entry = **change;
            if (stored && *stored == entry.key) cursor->next();
            ++change;
            if (entry.exists && !visit(entry.key, entry.row)) return {};
            continue;
        }
        if (!stored) break;
        void* row = scratch.emptied();
        if (!schema_.read_key(*stored, row) ||
            !schema_.read_value(bytes_in(cursor->value()), row)) {
            return damaged(schema_);
        }
        if (!visit(*stored, row)) return {};
        cursor->next();
    }
    return cursor ? cursor->status() : Result<void>{};
}

void TableRows::collect(StoreBatch& batch) const {
    // A copy, because a reader may be putting the list in order for himself; with the first bytes
    // of each key at hand, because looking at the keys is what sorting costs.
    std::vector<SortedEntry> changes;
    changes.reserve(dirty_.size());
    for (const RowEntry* entry : dirty_) changes.push_back(sortable(entry));
    std::sort(changes.begin(), changes.end());
    std::string key{prefix_};
    Bytes value;
    for (const auto& [head, entry] : changes) {
        key.resize(prefix_.size());
        key.append(entry->key);
        if (!entry->exists) {
            if (!is_store_empty_) batch.erase(key);
            continue;
        }
        value.clear();
        schema_.write_value(entry->row, value);
        batch.put(key, {reinterpret_cast<const char*>(value.data()), value.size()});
    }
}

void TableRows::settle() {
    if (!dirty_.empty()) is_store_empty_ = false;
    for (RowEntry* entry : dirty_) entry->is_dirty = false;
    dirty_.clear();
    ordered_.reset();
    ++window_;
}

void TableRows::forget() {
    for (const RowEntry* entry : entries_) schema_.destroy(entry->row);
    entries_.clear();
    dirty_.clear();
    ordered_.reset();
    memory_->release();
    bytes_used_ = 0;
    failure_.reset();
}

void TableRows::trim(std::size_t bytes_max) {
    DAYBOOK_ASSERT(dirty_.empty());
    if (bytes_used_ <= bytes_max) return;
    std::vector<RowEntry*> kept;
    for (RowEntry* entry : entries_) {
        if (entry->window + 1 == window_) kept.push_back(entry);
    }
    if (bytes_used_ / entries_.size() * kept.size() > bytes_max) {
        forget();
        return;
    }
    TableRows fresh{schema_, store_, prefix_};
    for (RowEntry* entry : kept) {
        RowEntry& copy = fresh.make_vacant({entry->hash, entry->key});
        schema_.relocate(entry->row, copy.row);
        entries_.erase(entry);
        copy.exists = entry->exists;
        copy.window = entry->window;
    }
    forget();
    std::swap(memory_, fresh.memory_);
    std::swap(entries_, fresh.entries_);
    std::swap(bytes_used_, fresh.bytes_used_);
}

}  // namespace daybook
