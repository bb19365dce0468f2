// Reading rows: a view of all tables at one position, for reports, screens and exports. Rows are
// served from the store with what is not yet written laid over it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/log/log.hpp"
#include "projections/core/rows.hpp"

namespace daybook {

struct NamedTable {
    std::string_view projection;  // "accounting"
    const TableSchema* schema;
    const TableRows* rows;
};

// One consistent view; nothing changes under it. Used by one thread. While it lives the follower
// waits, so keep it no longer than an answer takes.
class Query {
 public:
    // What keeps the rows still, whatever that is.
    using Hold = std::unique_ptr<void, void (*)(void*)>;
    Query(const Log& log, std::span<const NamedTable> tables, std::uint64_t position, Hold hold);

    // The rows stand for the events before this position.
    [[nodiscard]] std::uint64_t position() const { return position_; }

    // The row with this key, or none.
    template <const auto& table, class... Parts>
    [[nodiscard]] auto find(const Parts&... key) const
        -> std::optional<typename SchemaOf<table>::Row>;
    // scan<table>(first key parts..., visit): the rows whose key begins so, in order. `visit` takes
    // a const Row& and returns false to stop, or nothing.
    template <const auto& table, class... Arguments>
    void scan(Arguments&&... arguments) const;
    // The rows with keys from `from` up to but not including `to`: tuples of first key parts.
    template <const auto& table, class From, class To, class Visit>
    void scan_between(const From& from, const To& to, Visit&& visit) const;

    // The same by keys as bytes: the row, and the rows from `from` up to but not including `to`.
    template <const auto& table>
    [[nodiscard]] auto find_bytes(std::string_view key) const
        -> std::optional<typename SchemaOf<table>::Row>;
    template <const auto& table, class Visit>
    void walk_bytes(std::string_view from, std::string_view to, Visit&& visit) const;

    // The event at a position before log().end(). Valid until the next call of event().
    [[nodiscard]] Result<EventBytes> event(std::uint64_t position) const;
    // The events of [from, to) in order.
    [[nodiscard]] Result<void> events(
        std::uint64_t from, std::uint64_t to, const std::function<void(EventBytes)>& use
    ) const;
    [[nodiscard]] const Log& log() const { return log_; }

    // For readers that know no row type.
    [[nodiscard]] std::span<const NamedTable> tables() const { return tables_; }
    [[nodiscard]] const NamedTable* find_table(std::string_view projection, std::string_view table)
        const;
    // Every row of a table in the order of its keys; false from `visit` ends the walk.
    [[nodiscard]] Result<void> scan_values(
        const NamedTable& table, const std::function<bool(const std::vector<Value>&)>& visit
    ) const;

    // The first failure of the store during this query. Whoever answers from it looks here last.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    // Remembers a failure, if it is the first.
    void note(const Result<void>& result) const;

 private:
    [[nodiscard]] const TableRows& rows_of(const TableSchema& schema) const;

    const Log& log_;
    std::span<const NamedTable> tables_;
    std::uint64_t position_;
    Hold hold_;
    mutable std::unique_ptr<LogReader> reader_;
    mutable std::optional<Error> failure_;
};

template <const auto& table, class... Parts>
auto Query::find(const Parts&... key) const -> std::optional<typename SchemaOf<table>::Row> {
    static_assert(sizeof...(Parts) == SchemaOf<table>::key_count, "find needs the whole key");
    std::string bytes;
    append_key_prefix(bytes, SchemaOf<table>::schema, key...);
    return find_bytes<table>(bytes);
}

template <const auto& table>
auto Query::find_bytes(std::string_view key) const -> std::optional<typename SchemaOf<table>::Row> {
    typename SchemaOf<table>::Row row{};
    const Result<bool> found = rows_of(SchemaOf<table>::schema).read(key, &row);
    if (!found.ok()) {
        note(found.error());
        return std::nullopt;
    }
    if (!found.value()) return std::nullopt;
    return row;
}

template <const auto& table, class... Arguments>
void Query::scan(Arguments&&... arguments) const {
    using Row = typename SchemaOf<table>::Row;
    const TableRows& rows = rows_of(SchemaOf<table>::schema);
    note(rows_detail::scan<Row>(rows, std::forward_as_tuple(arguments...)));
}

template <const auto& table, class Visit>
void Query::walk_bytes(std::string_view from, std::string_view to, Visit&& visit) const {
    using Row = typename SchemaOf<table>::Row;
    const TableRows& rows = rows_of(SchemaOf<table>::schema);
    note(rows.walk(from, to, rows_detail::visitor_of<Row>(visit)));
}

template <const auto& table, class From, class To, class Visit>
void Query::scan_between(const From& from, const To& to, Visit&& visit) const {
    const auto bytes_of = [](const auto& parts) {
        std::string bytes;
        const auto append = [&bytes](const auto&... part) {
            append_key_prefix(bytes, SchemaOf<table>::schema, part...);
        };
        std::apply(append, parts);
        return bytes;
    };
    walk_bytes<table>(bytes_of(from), bytes_of(to), visit);
}

}  // namespace daybook
