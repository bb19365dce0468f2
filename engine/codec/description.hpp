// What a command or event consists of, in words: for help texts, templates, forms and mappings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

enum class FieldKind : std::uint8_t {
    boolean,
    integer,
    choice,  // An enum.
    flags,   // An enum of bits.
    text,
    money,
    unit_price,
    exchange_rate,
    quantity,
    rate,
    currency,
    date,
    instant,
    id,
    record,  // A struct of our own.
    table,
    one_of,  // A union.
    list,    // Of any kind but list and one_of.
    array,   // A list of fixed length inside a struct.
};

struct FieldDescription {
    std::string name;     // "price"
    std::string type;     // "unit price", "text", "list of OrderLine", "one of PartyKind"
    std::string example;  // As JSON: "\"EUR 2.555\"". A table or a list gives its shape.
    FieldKind kind = FieldKind::text;  // Of a list: its elements' kind.
    bool is_list = false;
    std::uint32_t list_length_max = 0;  // 0: no limit but that of the whole command.
    std::int64_t integer_min = 0;       // Of an integer.
    std::uint64_t integer_max = 0;
    bool is_required = false;
    bool is_document = false;   // The id of the document that the command or event belongs to.
    bool is_effective = false;  // The business day on which it counts.
    bool is_personal = false;   // Says something about a person.
    std::vector<std::string> choices;  // The names of an enum, of flags or of a union.
    // Of a table or struct, or of a list's elements; of a union one for each choice, whose name is
    // the choice's. A table inside itself has its fields only once.
    std::vector<FieldDescription> fields;
};

struct RecordDescription {
    std::string module;   // "sales"
    std::string name;     // "InvoiceIssued"
    std::string example;  // The body as JSON, with every field.
    std::uint8_t type = 0;
    std::vector<FieldDescription> fields;

    [[nodiscard]] std::string full_name() const { return module + "." + name; }
};

}  // namespace daybook
