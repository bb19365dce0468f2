// Tables, declared once from their row type:
//
//   struct StockRow { Id item; Quantity on_hand; Money value; };
//   constexpr auto stock = table<StockRow>(
//       "stock", key("item", &StockRow::item), column("on_hand", &StockRow::on_hand), ...);
//
// Keys come first, in the order in which rows are sorted. Fields that are no column are stored too,
// but generic readers do not see them. An enumeration is shown by name when its column is given
// the function that names it: column("status", &Row::status, &EnumNameStatus).
#pragma once

#include <array>
#include <boost/pfr/core.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/pack.hpp"
#include "projections/core/key.hpp"
#include "projections/core/value.hpp"

namespace daybook {

struct ColumnSchema {
    std::string_view name;
    ValueType type = ValueType::none;
    bool is_key = false;
};

// A table as generic code sees it: no row type, only functions on bytes.
struct TableSchema {
    std::string_view name;
    std::span<const ColumnSchema> columns;  // The keys first.
    std::span<const KeyPart> key_parts;
    std::size_t row_bytes;  // Of the row in memory, and its alignment.
    std::size_t row_alignment;

    void (*construct)(void* row);  // An empty row.
    void (*destroy)(void* row);
    void (*relocate)(void* from, void* to);  // Makes `to` of what `from` was, and ends `from`.
    void (*write_key)(const void* row, std::string& out);
    void (*write_value)(const void* row, Bytes& out);  // All fields but the keys.
    // False when the bytes are not a whole key or value of this table.
    bool (*read_key)(std::string_view key, void* row);
    bool (*read_value)(std::span<const std::byte> value, void* row);
    void (*values)(const void* row, std::vector<Value>& out);  // In the order of the columns.
    void (*describe)(std::string& out);  // Names and types, to notice that the table changed.
};

// A column reaches its field through of(), and says through owner() which field of the row holds
// it.
template <class RowType, class FieldType>
struct KeyColumn {
    using Row = RowType;
    using Field = FieldType;
    static constexpr bool is_key = true;
    std::string_view name;
    Field Row::*field;

    const Field& of(const Row& row) const { return row.*field; }
    Field& of(Row& row) const { return row.*field; }
    const void* owner(const Row& row) const { return &(row.*field); }
};
template <class RowType, class FieldType, class NamesType>
struct PlainColumn {
    using Row = RowType;
    using Field = FieldType;
    static constexpr bool is_key = false;
    std::string_view name;
    Field Row::*field;
    NamesType names;  // const char* (*)(Field), or nullptr.

    const Field& of(const Row& row) const { return row.*field; }
};
// A column of a struct inside the row. If it is a key, so is all of that struct.
template <class RowType, class Column>
struct InnerColumn {
    using Row = RowType;
    using Field = typename Column::Field;
    static constexpr bool is_key = Column::is_key;
    std::string_view name;
    typename Column::Row Row::*outer;
    Column inner;

    const Field& of(const Row& row) const { return inner.of(row.*outer); }
    Field& of(Row& row) const { return inner.of(row.*outer); }
    const void* owner(const Row& row) const { return &(row.*outer); }
};

template <class Row, class Field>
constexpr KeyColumn<Row, Field> key(std::string_view name, Field Row::*field) {
    return {name, field};
}
template <class Row, class Field>
constexpr PlainColumn<Row, Field, std::nullptr_t> column(std::string_view name, Field Row::*field) {
    return {name, field, nullptr};
}
template <class Row, class Field>
constexpr auto column(std::string_view name, Field Row::*field, const char* (*names)(Field)) {
    return PlainColumn<Row, Field, const char* (*)(Field)>{name, field, names};
}
template <class Row, class Outer, class Column>
constexpr InnerColumn<Row, Column> inner(Outer Row::*outer, const Column& column) {
    return {column.name, outer, column};
}

namespace table_detail {

template <class Row, class Field, class Names>
constexpr bool is_named(const PlainColumn<Row, Field, Names>&) {
    return !std::is_null_pointer_v<Names>;
}
template <class Row, class Field>
constexpr bool is_named(const KeyColumn<Row, Field>&) {
    return false;
}
template <class Row, class Column>
constexpr bool is_named(const InnerColumn<Row, Column>& column) {
    return is_named(column.inner);
}

template <class Column>
constexpr ColumnSchema schema_of(const Column& column) {
    const ValueType type =
        is_named(column) ? ValueType::text : value_type_for<typename Column::Field>();
    return {column.name, type, Column::is_key};
}

template <class Row, class Field>
Value cell_of(const Row& row, const KeyColumn<Row, Field>& column) {
    return value_of(column.of(row));
}
template <class Row, class Field, class Names>
Value cell_of(const Row& row, const PlainColumn<Row, Field, Names>& column) {
    if constexpr (std::is_null_pointer_v<Names>) {
        return value_of(column.of(row));
    } else {
        return std::string{column.names(column.of(row))};
    }
}
template <class Row, class Column>
Value cell_of(const Row& row, const InnerColumn<Row, Column>& column) {
    return cell_of(row.*column.outer, column.inner);
}

// Names a field's type so that a changed one gives another text: "i4", "Money", "[...]".
template <class T>
void describe_type(std::string& out);

template <class T>
struct DescribeType {
    static void to(std::string& out) {
        if constexpr (Scalar<T>) {
            out += std::is_signed_v<T> ? 'i' : 'u';
            out += std::to_string(sizeof(T));
        } else if constexpr (value_type_for<T>() != ValueType::none) {
            out += name_of(value_type_for<T>());
        } else {
            out += '{';
            boost::pfr::for_each_field(T{}, [&out]<class Field>(const Field&) {
                describe_type<Field>(out);
                out += ' ';
            });
            out += '}';
        }
    }
};
template <class T>
struct DescribeType<std::vector<T>> {
    static void to(std::string& out) { describe_type<T>(out += "vector "); }
};
template <class T>
struct DescribeType<std::optional<T>> {
    static void to(std::string& out) { describe_type<T>(out += "optional "); }
};
template <class T>
struct DescribeType<std::set<T>> {
    static void to(std::string& out) { describe_type<T>(out += "set "); }
};
template <class K, class V>
struct DescribeType<std::map<K, V>> {
    static void to(std::string& out) {
        describe_type<K>(out += "map ");
        describe_type<V>(out += ' ');
    }
};
template <class A, class B>
struct DescribeType<std::pair<A, B>> {
    static void to(std::string& out) {
        describe_type<A>(out += "pair ");
        describe_type<B>(out += ' ');
    }
};
template <class T>
void describe_type(std::string& out) {
    DescribeType<T>::to(out);
}

}  // namespace table_detail

template <class RowType, class... Columns>
struct Table {
    using Row = RowType;
    std::string_view name;
    std::tuple<Columns...> columns;

    static constexpr std::size_t key_count = (0 + ... + static_cast<std::size_t>(Columns::is_key));
};

template <class Row, class... Columns>
constexpr Table<Row, Columns...> table(std::string_view name, Columns... columns) {
    static_assert(std::tuple_element_t<0, std::tuple<Columns...>>::is_key, "keys come first");
    return {name, {columns...}};
}

// The generic description of one table constant, and the functions that it names.
template <const auto& table>
struct SchemaOf {
    using Row = typename std::remove_cvref_t<decltype(table)>::Row;
    static constexpr std::size_t key_count = std::remove_cvref_t<decltype(table)>::key_count;

    static constexpr auto columns = std::apply(
        [](const auto&... column) { return std::array{table_detail::schema_of(column)...}; },
        table.columns
    );

    template <class Use>
    static constexpr void for_each_key(Use&& use) {
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            (use(std::get<Index>(table.columns)), ...);
        }
        (std::make_index_sequence<key_count>{});
    }
    static constexpr auto key_parts = [] {
        std::array<KeyPart, key_count> parts{};
        std::size_t at = 0;
        for_each_key([&]<class Column>(const Column&) {
            parts[at++] = key_part_for<typename Column::Field>();
        });
        return parts;
    }();

    static void construct(void* place) { std::construct_at(static_cast<Row*>(place)); }
    static void destroy(void* place) { std::destroy_at(static_cast<Row*>(place)); }

    static void relocate(void* from, void* to) {
        std::construct_at(static_cast<Row*>(to), std::move(*static_cast<Row*>(from)));
        destroy(from);
    }

    static void write_key(const void* place, std::string& out) {
        const Row& row = *static_cast<const Row*>(place);
        for_each_key([&]<class Column>(const Column& column) {
            append_key(out, key_part_for<typename Column::Field>(), column.of(row));
        });
    }
    static bool read_key(std::string_view key, void* place) {
        Row& row = *static_cast<Row*>(place);
        KeyReader reader{key};
        bool whole = true;
        for_each_key([&](const auto& column) { whole = whole && reader.read(column.of(row)); });
        return whole && reader.at_end();
    }

    static bool is_key_field(const Row& row, const void* field) {
        bool found = false;
        for_each_key([&](const auto& column) { found = found || column.owner(row) == field; });
        return found;
    }
    static void write_value(const void* place, Bytes& out) {
        const Row& row = *static_cast<const Row*>(place);
        Packer packer{out};
        boost::pfr::for_each_field(row, [&](const auto& field) {
            if (!is_key_field(row, &field)) packer.put(field);
        });
    }
    static bool read_value(std::span<const std::byte> value, void* place) {
        Row& row = *static_cast<Row*>(place);
        Unpacker unpacker{value};
        boost::pfr::for_each_field(row, [&](auto& field) {
            if (!is_key_field(row, &field)) unpacker.get(field);
        });
        return unpacker.is_whole() && unpacker.at_end();
    }

    static void values(const void* place, std::vector<Value>& out) {
        const Row& row = *static_cast<const Row*>(place);
        out.clear();
        std::apply(
            [&](const auto&... column) {
                (out.push_back(table_detail::cell_of(row, column)), ...);
            },
            table.columns
        );
    }
    static void describe(std::string& out) {
        out += table.name;
        for (const ColumnSchema& column : columns) {
            out += ' ';
            out += column.name;
            out += column.is_key ? " key " : " ";
            out += name_of(column.type);
        }
        out += ": ";
        table_detail::describe_type<Row>(out);
    }

    static constexpr TableSchema schema{
        .name = table.name,
        .columns = columns,
        .key_parts = key_parts,
        .row_bytes = sizeof(Row),
        .row_alignment = alignof(Row),
        .construct = &construct,
        .destroy = &destroy,
        .relocate = &relocate,
        .write_key = &write_key,
        .write_value = &write_value,
        .read_key = &read_key,
        .read_value = &read_value,
        .values = &values,
        .describe = &describe,
    };
};

// Appends the first parts of a table's key.
template <class... Parts>
void append_key_prefix(std::string& out, const TableSchema& schema, const Parts&... parts) {
    DAYBOOK_ASSERT(sizeof...(Parts) <= schema.key_parts.size());
    std::size_t at = 0;
    (append_key(out, schema.key_parts[at++], parts), ...);
}

}  // namespace daybook
