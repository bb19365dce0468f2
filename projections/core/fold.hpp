// Folding events into the rows of projections, a window at a time: changes gather in memory and
// reach the store together with the position that they stand for.
//
// In the store, a key that begins with 00 names a projection and holds where its rows are and what
// they stand for; a key that begins with 01 is a row: 01, generation, table, key.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/log/log.hpp"
#include "engine/store/store.hpp"
#include "projections/core/query.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/rows.hpp"

namespace daybook {

// What the store says of one projection's rows.
struct ProjectionRecord {
    std::uint32_t generation = 0;  // The rows' keys begin with it.
    std::uint64_t position = 0;    // The rows stand for the events before it,
    std::uint64_t last_event = 0;  // the last of which has this checksum.
    std::uint64_t tables = 0;      // Fingerprint of the tables and the revision.
};

[[nodiscard]] Result<std::optional<ProjectionRecord>> read_record(
    const Store& store, std::string_view projection
);
void put_record(StoreBatch& batch, std::string_view projection, const ProjectionRecord& record);
[[nodiscard]] std::uint64_t fingerprint_of(const Projection& projection);
// The first bytes of all rows of a generation, and of one of its tables.
[[nodiscard]] std::string row_prefix(std::uint32_t generation);
[[nodiscard]] std::string row_prefix(std::uint32_t generation, std::size_t table);

// One projection's rows, and how far they are.
class ProjectionRows {
 public:
    ProjectionRows(
        const RegisteredProjection& registered, const Store& store, const ProjectionRecord& record
    );

    [[nodiscard]] std::string_view name() const { return registered_.name; }
    [[nodiscard]] const Projection& projection() const { return *registered_.projection; }
    [[nodiscard]] const ProjectionRecord& record() const { return record_; }
    [[nodiscard]] std::span<const std::unique_ptr<TableRows>> tables() const { return tables_; }

 private:
    friend class Fold;
    RegisteredProjection registered_;
    ProjectionRecord record_;
    std::vector<std::unique_ptr<TableRows>> tables_;
};

// Several projections folded in one pass. Used by one thread at a time; who reads the rows must
// keep add(), event(), settle() and trim() away meanwhile.
class Fold {
 public:
    explicit Fold(Store& store) : store_(store) {}

    // A record at position 0 says that nothing is stored under its generation.
    void add(const RegisteredProjection& registered, const ProjectionRecord& record);
    // Takes over the other's projections in place of those with the same name; both are settled.
    void replace_with(Fold&& other);

    // The position of the projection that is furthest behind.
    [[nodiscard]] std::uint64_t position() const { return position_; }
    [[nodiscard]] std::span<const std::unique_ptr<ProjectionRows>> projections() const {
        return projections_;
    }
    [[nodiscard]] std::vector<NamedTable> named_tables() const;

    // Shows the event, which is the next one, to the projections that have not seen it.
    void event(EventBytes event);
    // The first failure to read a row, after which the rows in memory are worth nothing.
    [[nodiscard]] std::optional<Error> failure() const;

    [[nodiscard]] bool has_changes() const { return events_in_window_ > 0; }
    [[nodiscard]] std::uint64_t events_in_window() const { return events_in_window_; }
    [[nodiscard]] std::size_t changed_count() const;
    [[nodiscard]] std::size_t bytes_used() const;
    // Writes the window and what it stands for to the store. Readers may go on; settle() must
    // follow.
    [[nodiscard]] Result<void> write();
    // The same without saying in the store that these are the projections' rows.
    [[nodiscard]] Result<void> write_rows_only();
    void settle();
    void trim(std::size_t bytes_max);
    // Drops every change since the last settle().
    void forget();

 private:
    struct Call {
        const EventHandler* handler;
        ProjectionRows* rows;
        std::vector<TableRows*> tables;
    };
    void add_calls(ProjectionRows& rows);
    void find_position();
    void collect_records();
    void collect_rows();

    Store& store_;
    std::vector<std::unique_ptr<ProjectionRows>> projections_;
    boost::unordered_flat_map<std::uint64_t, std::vector<Call>> calls_;  // By module and type.
    std::uint64_t position_ = 0;
    std::uint64_t events_in_window_ = 0;
    std::uint64_t last_event_ = 0;  // Its checksum.
    StoreBatch batch_;
};

}  // namespace daybook
