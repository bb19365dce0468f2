// What a command or event consists of, in words: for help texts, templates, forms and mappings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

struct FieldDescription {
    std::string name;     // "price"
    std::string type;     // "unit price", "text", "list of OrderLine", "one of PartyKind"
    std::string example;  // As JSON: "\"EUR 2.555\"". A table or a list gives its shape.
    bool is_required = false;
    bool is_document = false;   // The id of the document that the command or event belongs to.
    bool is_effective = false;  // The business day on which it counts.
    bool is_personal = false;   // Says something about a person.
    std::vector<std::string> choices;      // The names of an enum, of flags or of a union.
    std::vector<FieldDescription> fields;  // Of a table or struct, or of a list's elements.
};

struct RecordDescription {
    std::string module;  // "sales"
    std::string name;    // "InvoiceIssued"
    std::string text;    // The schema's comment on it, or empty.
    std::uint8_t type = 0;
    std::vector<FieldDescription> fields;

    [[nodiscard]] std::string full_name() const { return module + "." + name; }
};

}  // namespace daybook
