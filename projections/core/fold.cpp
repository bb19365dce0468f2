// One pass over the log for any number of projections.
#include "projections/core/fold.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/checksum.hpp"

namespace daybook {
namespace {

// Raise it when the bytes of keys or rows change: all rows are then rebuilt.
constexpr std::string_view row_format = "rows 1";

std::string record_key(std::string_view projection) {
    return std::string(1, '\0') + "projection/" + std::string{projection};
}

std::uint64_t call_key(std::uint32_t module, std::uint8_t type) {
    return std::uint64_t{module} << 8 | type;
}

// The tables of all parts, each once, in the order in which they are first named.
std::vector<const TableSchema*> tables_of(const Projection& projection) {
    std::vector<const TableSchema*> tables;
    for (std::size_t index = 0; index < projection.part_count; ++index) {
        for (const TableSchema* table : projection.parts[index]->tables) {
            if (std::ranges::find(tables, table) == tables.end()) tables.push_back(table);
        }
    }
    return tables;
}

}  // namespace

Result<std::optional<ProjectionRecord>> read_record(
    const Store& store, std::string_view projection
) {
    const auto found = store.get(record_key(projection));
    if (!found.ok()) return found.error();
    if (!found.value()) return std::optional<ProjectionRecord>{};
    Unpacker unpacker{std::as_bytes(std::span{*found.value()})};
    const auto record = unpacker.next<ProjectionRecord>();
    if (!unpacker.is_whole() || !unpacker.at_end()) return std::optional<ProjectionRecord>{};
    return std::optional{record};
}

void put_record(StoreBatch& batch, std::string_view projection, const ProjectionRecord& record) {
    Bytes bytes;
    Packer{bytes}.put(record);
    batch.put(record_key(projection), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::uint64_t fingerprint_of(const Projection& projection) {
    std::string text{row_format};
    text += " revision " + std::to_string(projection.revision);
    for (const TableSchema* table : tables_of(projection)) {
        text += "\n";
        table->describe(text);
    }
    return checksum_64(std::as_bytes(std::span{text}));
}

std::string row_prefix(std::uint32_t generation) {
    std::string prefix(1, '\x01');
    append_key(prefix, KeyPart::unsigned_32, generation);
    return prefix;
}

std::string row_prefix(std::uint32_t generation, std::size_t table) {
    std::string prefix = row_prefix(generation);
    append_key(prefix, KeyPart::unsigned_8, table);
    return prefix;
}

ProjectionRows::ProjectionRows(
    const RegisteredProjection& registered, const Store& store, const ProjectionRecord& record
)
    : registered_(registered), record_(record) {
    for (const TableSchema* table : tables_of(*registered.projection)) {
        tables_.push_back(std::make_unique<TableRows>(
            *table, store, row_prefix(record.generation, tables_.size())
        ));
    }
}

void Fold::add(const RegisteredProjection& registered, const ProjectionRecord& record) {
    DAYBOOK_ASSERT(!has_changes());
    projections_.push_back(std::make_unique<ProjectionRows>(registered, store_, record));
    if (record.position == 0) {
        for (const auto& table : projections_.back()->tables_) table->assume_empty();
    }
    add_calls(*projections_.back());
    find_position();
}

void Fold::add_calls(ProjectionRows& rows) {
    const Projection& projection = rows.projection();
    for (std::size_t index = 0; index < projection.part_count; ++index) {
        const ProjectionPart& part = *projection.parts[index];
        std::vector<TableRows*> tables;
        for (const TableSchema* table : part.tables) {
            const auto found = std::ranges::find_if(rows.tables_, [table](const auto& candidate) {
                return &candidate->schema() == table;
            });
            tables.push_back(found->get());
        }
        for (const EventHandler& handler : part.handlers) {
            calls_[call_key(handler.module_code(), handler.type)].push_back(
                {&handler, &rows, tables}
            );
        }
    }
}

void Fold::find_position() {
    position_ = UINT64_MAX;
    for (const auto& rows : projections_) {
        if (rows->record_.position < position_) {
            position_ = rows->record_.position;
            last_event_ = rows->record_.last_event;
        }
    }
    if (projections_.empty()) position_ = 0;
}

void Fold::replace_with(Fold&& other) {
    DAYBOOK_ASSERT(!has_changes());
    DAYBOOK_ASSERT(!other.has_changes());
    for (auto& rows : other.projections_) {
        const auto place = std::ranges::find_if(projections_, [&rows](const auto& old) {
            return old->name() == rows->name();
        });
        DAYBOOK_ASSERT(place != projections_.end());
        *place = std::move(rows);
    }
    other.projections_.clear();
    other.calls_.clear();
    calls_.clear();
    for (const auto& rows : projections_) add_calls(*rows);
    find_position();
}

std::vector<NamedTable> Fold::named_tables() const {
    std::vector<NamedTable> named;
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) {
            named.push_back({rows->name(), &table->schema(), table.get()});
        }
    }
    return named;
}

void Fold::event(EventBytes event) {
    const EventHeader& header = header_of(event);
    DAYBOOK_ASSERT(header.position() == position_);
    if (const auto calls = calls_.find(call_key(header.module_(), header.type()));
        calls != calls_.end()) {
        const std::span<const std::byte> payload = payload_of(event);
        for (const Call& call : calls->second) {
            if (call.rows->record_.position > position_) continue;
            call.handler->project(call.tables.data(), call.handler->open(payload), header);
        }
    }
    last_event_ = checksum_64(event);
    ++position_;
    ++events_in_window_;
}

std::optional<Error> Fold::failure() const {
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) {
            if (table->failure()) return table->failure();
        }
    }
    return std::nullopt;
}

std::size_t Fold::changed_count() const {
    std::size_t count = 0;
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) count += table->changed_count();
    }
    return count;
}

std::size_t Fold::bytes_used() const {
    std::size_t bytes = 0;
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) bytes += table->bytes_used();
    }
    return bytes;
}

Result<void> Fold::write() {
    batch_.clear();
    collect_records();
    collect_rows();
    return store_.write(batch_);
}

Result<void> Fold::write_rows_only() {
    batch_.clear();
    collect_rows();
    return store_.write(batch_);
}

void Fold::collect_records() {
    for (const auto& rows : projections_) {
        if (rows->record_.position > position_) continue;
        ProjectionRecord record = rows->record_;
        record.position = position_;
        record.last_event = last_event_;
        put_record(batch_, rows->name(), record);
    }
}

// In the order of the generations, so that the batch is in order already.
void Fold::collect_rows() {
    std::vector<const ProjectionRows*> ordered;
    for (const auto& rows : projections_) ordered.push_back(rows.get());
    std::ranges::sort(ordered, {}, [](const auto* rows) { return rows->record().generation; });
    for (const ProjectionRows* rows : ordered) {
        for (const auto& table : rows->tables_) table->collect(batch_);
    }
}

void Fold::settle() {
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) table->settle();
        if (rows->record_.position > position_) continue;
        rows->record_.position = position_;
        rows->record_.last_event = last_event_;
    }
    events_in_window_ = 0;
}

void Fold::trim(std::size_t bytes_max) {
    if (bytes_used() <= bytes_max) return;
    const std::size_t table_count = named_tables().size();
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) table->trim(bytes_max / table_count);
    }
}

void Fold::forget() {
    for (const auto& rows : projections_) {
        for (const auto& table : rows->tables_) table->forget();
    }
    events_in_window_ = 0;
    find_position();
}

}  // namespace daybook
