// The write-back rows of one table: a hash map of row entries in one arena, a list of the changed
// ones, and a merge of those with what is stored for whoever walks.
#include "projections/core/rows.hpp"

#include <algorithm>
#include <cstring>

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

// An entry whose row is not constructed yet.
RowEntry& TableRows::make_vacant(std::string_view key) {
    auto* bytes = static_cast<char*>(memory_->allocate(key.size() + 1, 1));
    std::copy(key.begin(), key.end(), bytes);
    auto* entry = static_cast<RowEntry*>(memory_->allocate(sizeof(RowEntry), alignof(RowEntry)));
    std::construct_at(entry);
    entry->key = {bytes, key.size()};
    entry->row = memory_->allocate(schema_.row_bytes, schema_.row_alignment);
    entries_.emplace(entry->key, entry);
    bytes_used_ += key.size() + sizeof(RowEntry) + schema_.row_bytes + place_bytes;
    return *entry;
}

RowEntry& TableRows::make(std::string_view key) {
    RowEntry& entry = make_vacant(key);
    schema_.construct(entry.row);
    return entry;
}

// The entry with this key as it is now, from memory or from the store.
RowEntry& TableRows::load(std::string_view key) {
    if (const auto found = entries_.find(key); found != entries_.end()) {
        found->second->is_recent = true;
        return *found->second;
    }
    RowEntry& entry = make(key);
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
    const auto found = entries_.find(key);
    RowEntry& entry = found == entries_.end() ? make(key) : *found->second;
    if (found == entries_.end()) entry.is_recent = false;  // Nobody has asked for it yet.
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
    const auto found = entries_.find(key);
    if (found == entries_.end()) return read_stored(key, row);
    if (!found->second->exists) return false;
    // Through bytes, because the row type is not known here.
    Bytes value;
    schema_.write_value(found->second->row, value);
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
    // A copy, because a reader may be putting the list in order for himself.
    std::vector<const RowEntry*> changes{dirty_.begin(), dirty_.end()};
    std::ranges::sort(changes, {}, [](const RowEntry* entry) { return entry->key; });
    std::string key{prefix_};
    Bytes value;
    for (const RowEntry* entry : changes) {
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
}

void TableRows::forget() {
    for (const auto& [key, entry] : entries_) schema_.destroy(entry->row);
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
    for (const auto& [key, entry] : entries_) {
        if (entry->is_recent) kept.push_back(entry);
    }
    if (kept.size() * 2 > entries_.size()) {
        forget();
        return;
    }
    TableRows fresh{schema_, store_, prefix_};
    for (RowEntry* entry : kept) {
        RowEntry& copy = fresh.make_vacant(entry->key);
        schema_.relocate(entry->row, copy.row);
        entries_.erase(entry->key);
        copy.exists = entry->exists;
        copy.is_recent = false;
    }
    forget();
    std::swap(memory_, fresh.memory_);
    std::swap(entries_, fresh.entries_);
    std::swap(bytes_used_, fresh.bytes_used_);
}

}  // namespace daybook
