// Finding tables and events for whoever asks.
#include "projections/core/query.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/wire.hpp"

namespace daybook {

Query::Query(const Log& log, std::span<const NamedTable> tables, std::uint64_t position, Hold hold)
    : log_(log), tables_(tables), position_(position), hold_(std::move(hold)) {}

const TableRows& Query::rows_of(const TableSchema& schema) const {
    const auto found = std::ranges::find(tables_, &schema, &NamedTable::schema);
    DAYBOOK_ASSERT(found != tables_.end());
    return *found->rows;
}

void Query::note(const Result<void>& result) const {
    if (!result.ok() && !failure_) failure_ = result.error();
}

Result<EventBytes> Query::event(std::uint64_t position) const {
    if (position >= log_.end()) {
        return Error{
            ErrorCode::not_found,
            "event " + std::to_string(position) + " is not there: the log ends at " +
                std::to_string(log_.end())};
    }
    DAYBOOK_TRY(reader_, log_.read(position));
    DAYBOOK_TRY(const std::span<const EventBytes> events, reader_->next());
    DAYBOOK_ASSERT(!events.empty());
    return events.front();
}

Result<void> Query::events(
    std::uint64_t from, std::uint64_t to, const std::function<void(EventBytes)>& use
) const {
    if (from >= to) return {};
    DAYBOOK_TRY(const std::unique_ptr<LogReader> reader, log_.read(from));
    while (from < to) {
        DAYBOOK_TRY(const std::span<const EventBytes> events, reader->next());
        if (events.empty()) break;
        for (const EventBytes event : events) {
            if (from >= to) break;
            use(event);
            ++from;
        }
    }
    return {};
}

const NamedTable* Query::find_table(std::string_view projection, std::string_view table) const {
    const auto found = std::ranges::find_if(tables_, [&](const NamedTable& named) {
        return named.projection == projection && named.schema->name == table;
    });
    return found == tables_.end() ? nullptr : &*found;
}

Result<void> Query::scan_values(
    const NamedTable& table, const std::function<bool(const std::vector<Value>&)>& visit
) const {
    std::vector<Value> values;
    return table.rows->walk({}, {}, [&](std::string_view, const void* row) {
        table.schema->values(row, values);
        return visit(values);
    });
}

}  // namespace daybook
