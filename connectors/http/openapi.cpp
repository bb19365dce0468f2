#include "connectors/http/openapi.hpp"

#include <fmt/format.h>

#include <string_view>

#include "connectors/http/problem.hpp"

namespace daybook::http {
namespace {

constexpr std::string_view text_with(FieldKind kind) {
    switch (kind) {
        case FieldKind::money: return R"("type": "string", "examples": ["EUR 12.50"])";
        case FieldKind::unit_price: return R"("type": "string", "examples": ["EUR 2.555"])";
        case FieldKind::exchange_rate: return R"("type": "string", "examples": ["1.0825"])";
        case FieldKind::quantity: return R"("type": "string", "examples": ["3.000"])";
        case FieldKind::rate: return R"("type": "string", "examples": ["20%"])";
        case FieldKind::currency: return R"("type": "string", "pattern": "^[A-Z]{3}$")";
        case FieldKind::date: return R"("type": "string", "format": "date")";
        case FieldKind::instant: return R"("type": "string", "format": "date-time")";
        case FieldKind::id: return R"("type": "string", "maxLength": 36)";
        default: return R"("type": "string")";
    }
}

std::string object_of(const std::vector<FieldDescription>& fields);

std::string choices_of(const FieldDescription& field) {
    std::string names;
    for (const std::string& choice : field.choices) {
        names += (names.empty() ? "" : ", ") + json_text(choice);
    }
    return names;
}

// {"type": "X", "value": {...}} for each choice of a union.
std::string one_of(const FieldDescription& field) {
    std::string choices;
    for (const FieldDescription& choice : field.fields) {
        choices += fmt::format(
            "{}{{\"type\": \"object\", \"properties\": {{\"type\": {{\"const\": {}}}, \"value\": "
            "{}}}, \"required\": [\"type\", \"value\"]}}",
            choices.empty() ? "" : ", ",
            json_text(choice.name),
            object_of(choice.fields)
        );
    }
    return fmt::format("{{\"oneOf\": [{}]}}", choices);
}

std::string schema_of_one(const FieldDescription& field) {
    switch (field.kind) {
        case FieldKind::boolean: return R"({"type": "boolean"})";
        case FieldKind::integer:
            return fmt::format(
                R"({{"type": "integer", "minimum": {}, "maximum": {}}})",
                field.integer_min,
                field.integer_max
            );
        case FieldKind::choice:
            return fmt::format(R"({{"type": "string", "enum": [{}]}})", choices_of(field));
        case FieldKind::flags:
            return fmt::format(
                R"({{"type": "array", "items": {{"type": "string", "enum": [{}]}}}})",
                choices_of(field)
            );
        case FieldKind::record:
        case FieldKind::table: return object_of(field.fields);
        case FieldKind::one_of: return one_of(field);
        default: return fmt::format("{{{}}}", text_with(field.kind));
    }
}

std::string schema_of(const FieldDescription& field) {
    if (!field.is_list && field.kind != FieldKind::array) return schema_of_one(field);
    std::string most;
    if (field.list_length_max > 0) most = fmt::format(", \"maxItems\": {}", field.list_length_max);
    return fmt::format(R"({{"type": "array", "items": {}{}}})", schema_of_one(field), most);
}

std::string object_of(const std::vector<FieldDescription>& fields) {
    // A table inside itself is described only once: inside, anything.
    if (fields.empty()) return R"({"type": "object"})";
    std::string properties;
    std::string required;
    for (const FieldDescription& field : fields) {
        properties += fmt::format(
            "{}{}: {}", properties.empty() ? "" : ", ", json_text(field.name), schema_of(field)
        );
        if (field.is_required) required += (required.empty() ? "" : ", ") + json_text(field.name);
    }
    return fmt::format(
        R"({{"type": "object", "properties": {{{}}}, "required": [{}], )"
        R"("additionalProperties": false}})",
        properties,
        required
    );
}

std::string command_schema(const RecordDescription& command) {
    return fmt::format(
        "{}: {{\"type\": \"object\", \"properties\": {{\"command\": {{\"const\": {}}}, \"id\": "
        "{{\"type\": \"string\"}}, \"actor\": {{\"type\": \"string\"}}, \"trace\": {{\"type\": "
        "\"string\"}}, \"expected_version\": {{\"type\": \"integer\", \"minimum\": 0}}, \"body\": "
        "{}}}, \"required\": [\"command\", \"body\"], \"additionalProperties\": false}}",
        json_text(command.full_name()),
        json_text(command.full_name()),
        object_of(command.fields)
    );
}

std::string parameter(std::string_view name, std::string_view schema, std::string_view text) {
    return fmt::format(
        R"({{"name": "{}", "in": "query", "schema": {{{}}}, "description": {}}})",
        name,
        schema,
        json_text(text)
    );
}

constexpr std::string_view text_schema = R"("type": "string")";
constexpr std::string_view count_schema = R"("type": "integer", "minimum": 0)";
constexpr std::string_view problem_answer =
    R"("default": {"description": "What went wrong, as RFC 9457 says it", "content": )"
    R"({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}})";

struct Operation {
    std::string_view path;
    std::string_view method = "get";
    std::string_view summary;
    std::string_view type = "application/json";
    std::string parameters;  // Beside {book}.
    std::string request;     // A schema, for a post.
};

std::string path_of(const Operation& operation) {
    std::string parameters = operation.parameters;
    if (operation.path.find("{book}") != std::string_view::npos) {
        parameters = fmt::format(
            R"({{"name": "book", "in": "path", "required": true, )"
            R"("schema": {{"type": "string"}}}}{}{})",
            parameters.empty() ? "" : ", ",
            parameters
        );
    }
    std::string request;
    if (!operation.request.empty()) {
        request = fmt::format(
            R"(, "requestBody": {{"required": true, "content": )"
            R"({{"application/json": {{"schema": {}}}}}}})",
            operation.request
        );
    }
    return fmt::format(
        R"({}: {{"{}": {{"summary": {}, "parameters": [{}]{}, "responses": {{"200": )"
        R"({{"description": "The answer", "content": {{"{}": {{}}}}}}, {}}}}}}})",
        json_text(operation.path),
        operation.method,
        json_text(operation.summary),
        parameters,
        request,
        operation.type,
        problem_answer
    );
}

std::string report_path(const ReportDescription& report) {
    std::string parameters = fmt::format(
        "{}, {}, {}, {}",
        parameter("as-of", R"("type": "string", "format": "date")", "Facts effective up to it"),
        parameter("known-at", text_schema, "What was known at a position, day or instant"),
        parameter("at-position", count_schema, "Wait until the rows stand for events before it"),
        parameter("format", R"("enum": ["json", "jsonl", "csv"])", "The form of the answer")
    );
    for (const ReportOptionDescription& option : report.options) {
        parameters += fmt::format(
            R"(, {{"name": {}, "in": "query", "required": {}, "schema": {{"type": "string"}}, )"
            R"("description": {}}})",
            json_text(option.name),
            option.is_required,
            json_text(option.summary)
        );
    }
    const std::string path = "/v1/books/{book}/reports/" + report.name;
    return path_of(
        {.path = path, .summary = report.summary, .parameters = parameters, .request = {}}
    );
}

std::string fixed_paths() {
    const std::string events =
        parameter("from", count_schema, "The first position") + ", " +
        parameter("limit", count_schema, "How many at most") + ", " +
        parameter("follow", R"("enum": ["0", "1"])", "Go on with events as they come");
    constexpr std::string_view command = R"({"$ref": "#/components/schemas/Command"})";
    const std::string commands = fmt::format(
        R"({{"oneOf": [{}, {{"type": "array", "items": {}, "minItems": 1}}]}})", command, command
    );
    const Operation operations[] = {
        {.path = "/v1/books", .summary = "Every book and its state"},
        {.path = "/v1/books/{book}", .summary = "A book: position, hashes, lag, owner"},
        {.path = "/v1/books/{book}/commands",
         .method = "post",
         .summary = "One command, or an array of them as one batch",
         .parameters = {},
         .request = commands},
        {.path = "/v1/books/{book}/events",
         .summary = "The events, a JSON object a line",
         .type = "application/jsonl",
         .parameters = events},
        {.path = "/v1/books/{book}/reports", .summary = "Every report and its options"},
        {.path = "/v1/openapi.json", .summary = "This description"},
        {.path = "/metrics", .summary = "Figures for Prometheus", .type = "text/plain"},
        {.path = "/healthz", .summary = "The process answers"},
        {.path = "/readyz", .summary = "Every book can be read, and written somewhere"},
    };
    std::string paths;
    for (const Operation& operation : operations) {
        paths += (paths.empty() ? "" : ", ") + path_of(operation);
    }
    return paths;
}

constexpr std::string_view problem_schema =
    R"("Problem": {"type": "object", "properties": {"type": {"type": "string"}, "title": )"
    R"({"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}, )"
    R"("errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": )"
    R"({"type": "string"}, "detail": {"type": "string"}}}}}, "required": ["type", "title", )"
    R"("status", "detail"]})";

}  // namespace

std::string openapi_json(const Codec& codec, std::span<const ReportDescription> reports) {
    std::string paths = fixed_paths();
    for (const ReportDescription& report : reports) paths += ", " + report_path(report);
    std::string schemas;
    std::string references;
    for (const RecordDescription& command : codec.commands()) {
        schemas += ", " + command_schema(command);
        references += fmt::format(
            R"({}{{"$ref": "#/components/schemas/{}"}})",
            references.empty() ? "" : ", ",
            command.full_name()
        );
    }
    return fmt::format(
        R"({{"openapi": "3.1.0", "info": {{"title": "Daybook", "version": "1"}}, "paths": {{{}}}, )"
        R"("components": {{"securitySchemes": {{"token": {{"type": "http", )"
        R"("scheme": "bearer"}}}}, )"
        R"("schemas": {{{}, "Command": {{"oneOf": [{}]}}{}}}}}, "security": [{{}}, )"
        R"({{"token": []}}]}})"
        "\n",
        paths,
        problem_schema,
        references,
        schemas
    );
}

}  // namespace daybook::http
