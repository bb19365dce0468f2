// What a projection is: tables, and for each event that it shows an overload
//
//   void project(Rows<StockRow>& rows, const StockReceived& event)
//   void project(Rows<A>& a, Rows<B>& b, const Event& event, const EventHeader& header)
//
// in the namespace of the row types: both in the file's unnamed namespace, or, for row types that
// several files share, both in the module's. The rows come in the order of Tables<...>; an overload
// may take the rows of all tables, or those of one alone. The header may always be left out.
//
//   extern constinit const Projection projection =
//       join(projection_of<stock, Events<EventTraits, StockReceived, StockShipped>>(),
//            projection_of<Tables<a, b>, Events<sales::EventTraits, sales::InvoiceIssued>>())
//           .with(reports)
//           .with(checks)
//
// project() only adds and copies what the events say. It never looks at a clock or another
// projection's rows, so a rebuild gives the same bytes.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "engine/domain/module.hpp"
#include "engine/domain/read.hpp"
#include "projections/core/report.hpp"
#include "projections/core/rows.hpp"
#include "schemas/envelope.hpp"

namespace daybook {

template <const auto&... tables>
struct Tables {};

// An event of a schema and the function that shows it in the tables of its part.
struct EventHandler {
    std::uint32_t (*module_code)();  // The schema's file_identifier as EventHeader has it.
    std::uint8_t type;
    const void* (*open)(std::span<const std::byte> payload);
    void (*project)(TableRows* const* tables, const void* event, const EventHeader&);
};

// Some tables and the events that change them.
struct ProjectionPart {
    std::span<const TableSchema* const> tables;
    std::span<const EventHandler> handlers;
};

struct Projection {
    static constexpr std::size_t parts_max = 32;

    std::array<const ProjectionPart*, parts_max> parts{};
    std::size_t part_count = 0;
    std::span<const Report> reports;
    std::span<const RowCheck> checks;
    // Raise it when project() computes other rows than before from the same events: the rows are
    // then rebuilt when a book is opened. A changed table is noticed without it.
    std::uint32_t revision = 0;

    [[nodiscard]] constexpr Projection with(std::span<const Report> with_reports) const {
        Projection other = *this;
        other.reports = with_reports;
        return other;
    }
    [[nodiscard]] constexpr Projection with(std::span<const RowCheck> with_checks) const {
        Projection other = *this;
        other.checks = with_checks;
        return other;
    }
    [[nodiscard]] constexpr Projection revised(std::uint32_t number) const {
        Projection other = *this;
        other.revision = number;
        return other;
    }
};

namespace projection_detail {

template <class T>
struct OffsetTarget;
template <class T>
struct OffsetTarget<flatbuffers::Offset<T>> {
    using Type = T;
};
// The schema's EventRecord, through the one generated function that takes its union's enum.
template <class UnionEnum>
using RecordOf = typename OffsetTarget<decltype(CreateEventRecord(
    std::declval<flatbuffers::FlatBufferBuilder&>(),
    std::declval<UnionEnum>(),
    std::declval<flatbuffers::Offset<void>>()
))>::Type;

// The file_identifier that flatc writes into a finished buffer of the schema.
template <class Record>
std::uint32_t module_code() {
    static const std::uint32_t code = [] {
        flatbuffers::FlatBufferBuilder builder;
        const auto start = builder.StartTable();
        FinishEventRecordBuffer(builder, flatbuffers::Offset<Record>{builder.EndTable(start)});
        return flatbuffers::ReadScalar<std::uint32_t>(
            flatbuffers::GetBufferIdentifier(builder.GetBufferPointer())
        );
    }();
    return code;
}

template <class Record>
const void* open(std::span<const std::byte> payload) {
    return flatbuffers::GetRoot<Record>(payload.data())->event();
}

// Calls project() with these rows and the event, with or without the header; false if there is no
// such overload.
template <class Event, class... Row>
constexpr bool has_overload =
    requires(const Event& event, const EventHeader& header, Rows<Row>&... rows) {
    project(rows..., event, header);
}
|| requires(const Event& event, Rows<Row>&... rows) {
    project(rows..., event);
};

template <class Event, class... Row>
void call(const Event& event, const EventHeader& header, Rows<Row>... rows) {
    if constexpr (requires { project(rows..., event, header); }) {
        project(rows..., event, header);
    } else {
        project(rows..., event);
    }
}

template <class TableList>
struct PartTables;
template <const auto&... tables>
struct PartTables<Tables<tables...>> {
    static constexpr std::array<const TableSchema*, sizeof...(tables)> schemas{
        &SchemaOf<tables>::schema...};

    template <class Event>
    static void project_any(TableRows* const* rows, const void* event, const EventHeader& header) {
        const Event& typed = *static_cast<const Event*>(event);
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            if constexpr (has_overload<Event, typename SchemaOf<tables>::Row...>) {
                call<Event>(typed, header, Rows<typename SchemaOf<tables>::Row>{*rows[Index]}...);
            } else {
                static_assert(
                    (has_overload<Event, typename SchemaOf<tables>::Row> || ...),
                    "no overload of project() takes this event"
                );
                (call_alone<Event, tables>(typed, header, *rows[Index]), ...);
            }
        }
        (std::make_index_sequence<sizeof...(tables)>{});
    }
    template <class Event, const auto& table>
    static void call_alone(const Event& event, const EventHeader& header, TableRows& rows) {
        using Row = typename SchemaOf<table>::Row;
        if constexpr (has_overload<Event, Row>) call<Event>(event, header, Rows<Row>{rows});
    }
};

template <class TableList, class EventList>
struct PartOf;
template <class TableList, template <class> class Traits, class... Members>
struct PartOf<TableList, Events<Traits, Members...>> {
    template <class Event>
    static constexpr EventHandler handler() {
        using Record = RecordOf<std::remove_cvref_t<decltype(Traits<Event>::enum_value)>>;
        return {
            .module_code = &module_code<Record>,
            .type = static_cast<std::uint8_t>(Traits<Event>::enum_value),
            .open = &open<Record>,
            .project = &PartTables<TableList>::template project_any<Event>,
        };
    }
    static constexpr std::array<EventHandler, sizeof...(Members)> handlers{handler<Members>()...};
    static constexpr ProjectionPart part{PartTables<TableList>::schemas, handlers};
};

constexpr void append(Projection& all, const Projection& part) {
    for (std::size_t index = 0; index < part.part_count; ++index) {
        all.parts[all.part_count++] = part.parts[index];
    }
}

}  // namespace projection_detail

// Several tables, and any number of Events<...> of any schemas.
template <class TableList, class... EventLists>
constexpr Projection projection_of() {
    Projection projection;
    ((projection.parts[projection.part_count++] =
          &projection_detail::PartOf<TableList, EventLists>::part),
     ...);
    return projection;
}
// One table.
template <const auto& table, class... EventLists>
constexpr Projection projection_of() {
    return projection_of<Tables<table>, EventLists...>();
}

// Tables that occur in several parts are one table.
template <class... Projections>
constexpr Projection join(const Projections&... projections) {
    Projection all;
    (projection_detail::append(all, projections), ...);
    return all;
}

}  // namespace daybook
