#include <algorithm>

#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

TEST_CASE("a command is answered with its position, and is then in the book") {
    const TestServer server;
    const ClientAnswer answer = server.post(party("C-1", R"("id": "one", )"));
    CHECK(answer.status == 200);
    const auto json = json_of(answer);
    CHECK(text_of(json, "id") == "\"one\"");
    CHECK(text_of(json, "outcome") == "\"accepted\"");
    CHECK(text_of(json, "first_position") == "0");
    CHECK(text_of(json, "repeated") == "false");
    CHECK(answer.headers.at("daybook-position") == std::to_string(server.book.end()));
    const ClientAnswer events = server.get("/v1/books/acme/events");
    CHECK(events.body.find("crm.PartyRegistered") != std::string::npos);
    CHECK(events.body.find("\"actor\": \"tester\"") != std::string::npos);
}

TEST_CASE("the same id or key again is answered as the first time") {
    const TestServer server;
    CHECK(server.post(party("C-1"), "key-1").status == 200);
    const std::uint64_t end = server.book.end();
    const ClientAnswer again = server.post(party("C-1"), "key-1");
    CHECK(again.status == 200);
    CHECK(text_of(json_of(again), "repeated") == "true");
    CHECK(text_of(json_of(again), "id") == "\"key-1\"");
    CHECK(server.book.end() == end);
}

TEST_CASE("a refusal is a problem that names the rule, what was found and what was needed") {
    const TestServer server;
    CHECK(server.post(party("C-1")).status == 200);
    const ClientAnswer answer = server.post(party("C-1"));
    CHECK(answer.status == 409);
    CHECK(answer.headers.at("content-type") == "application/problem+json");
    const auto json = json_of(answer);
    CHECK(text_of(json, "type") == "\"urn:daybook:problem:refused\"");
    CHECK(text_of(json, "status") == "409");
    CHECK(text_of(json, "rule") == "\"crm.party_exists\"");
    CHECK(text_of(json, "found") == "\"C-1\"");
    CHECK(text_of(json, "needed") == "\"an id that no party has yet\"");
}

TEST_CASE("an array is one batch: all of it or nothing") {
    const TestServer server;
    const ClientAnswer stored = server.post("[" + party("A") + ",\n " + party("B") + "]");
    CHECK(stored.status == 200);
    CHECK(text_of(json_of(stored), "first_position") == "0");
    const std::uint64_t end = server.book.end();
    const ClientAnswer refused = server.post("[" + party("C") + "," + party("A") + "]");
    CHECK(refused.status == 409);
    CHECK(text_of(json_of(refused), "at") == "\"commands[1].party\"");
    CHECK(server.book.end() == end);
}

TEST_CASE("what is wrong in a command is named by its path") {
    const TestServer server;
    struct Wrong {
        std::string body;
        std::string pointer;
    };
    const std::string bad_kind =
        R"({"command": "crm.RegisterParty", "body": {"party": "X", "name": "X", "kind": "dog"}})";
    const Wrong cases[] = {
        {bad_kind, R"("#/body/kind")"},
        {"[" + party("A") + ", " + bad_kind + "]", R"("#/1/body/kind")"},
        {R"({"command": "crm.RegisterParty", "expected_version": -1, "body": {}})",
         R"("#/expected_version")"},
    };
    for (const Wrong& wrong : cases) {
        const ClientAnswer answer = server.post(wrong.body);
        CHECK(answer.status == 400);
        const auto json = json_of(answer);
        const auto& errors = json.at("errors").as_array();
        CHECK(boost::json::serialize(errors.at(0).at("pointer")) == wrong.pointer);
        CHECK(text_of(json, "detail") == boost::json::serialize(errors.at(0).at("detail")));
    }
    CHECK(server.book.end() == 0);
}

TEST_CASE("broken JSON, an unknown command and an empty array are refused with what to do") {
    const TestServer server;
    const auto detail = [&](const std::string& body) {
        const ClientAnswer answer = server.post(body);
        CHECK(answer.status == 400);
        return text_of(json_of(answer), "detail");
    };
    CHECK(detail("{\"command\": ").find("the JSON is broken at line 1") != std::string::npos);
    CHECK(
        detail(R"({"command": "crm.RegistrParty", "body": {}})").find("RegisterParty") !=
        std::string::npos
    );
    CHECK(detail("[]") == "\"the array has no command in it\"");
    CHECK(detail("[1, 2") == "\"the JSON array has an element without an end at byte 4\"");
    CHECK(detail("[] x") == "\"the JSON array is followed by something at byte 3\"");
    CHECK(detail("[,]") == "\"the JSON array lacks an element at byte 1\"");
    CHECK(detail("[{}}]") == "\"the JSON array has a bracket too many at byte 3\"");
}

TEST_CASE("a large body is read by a worker with the same answer") {
    const TestServer server{{.api = {.parsed_at_once_bytes_max = 10}}};
    CHECK(server.post(party("C-1")).status == 200);
    CHECK(server.post("{").status == 400);
}

TEST_CASE("a report gets its question whole") {
    const TestServer server;
    const ClientAnswer answer =
        server.get("/v1/books/acme/reports/stock?as-of=2026-06-30&known-at=7&item=A%20B&format=csv"
        );
    CHECK(answer.status == 200);
    CHECK(answer.body == "form 2 as of 2026-06-30 known at 7 item=A B");
    CHECK(answer.headers.at("content-type") == "text/csv; charset=utf-8");
    CHECK(answer.headers.at("daybook-position") == "0");
    CHECK(server.get("/v1/books/acme/reports/stok").status == 404);
    CHECK(server.get("/v1/books/acme/reports/stock?format=xml").status == 400);
    const ClientAnswer lines = server.send(
        {.target = "/v1/books/acme/reports/stock",
         .headers = {{"Accept", "application/jsonl"}},
         .body = {}}
    );
    CHECK(lines.headers.at("content-type") == "application/jsonl");
}

TEST_CASE("a client reads its own write, and is told when it has to come again") {
    const TestServer server;
    const std::string position = server.post(party("C-1")).headers.at("daybook-position");
    const std::string report = "/v1/books/acme/reports/stock?wait-ms=1&at-position=";
    CHECK(server.get(report + position).status == 200);
    CHECK(server.book.waited_for == server.book.end());
    const ClientAnswer early = server.get(report + "99");
    CHECK(early.status == 503);
    CHECK(early.headers.contains("retry-after"));
    CHECK(server.get(report + "soon").status == 400);
}

TEST_CASE("the state of books, their reports and readiness are told") {
    TestServer server;
    CHECK(server.post(party("C-1")).status == 200);
    const auto book = json_of(server.get("/v1/books/acme"));
    CHECK(text_of(book, "book") == "\"acme\"");
    CHECK(text_of(book, "position") == std::to_string(server.book.end()));
    CHECK(text_of(book, "lag_events") == "0");
    CHECK(text_of(book, "root").size() == 66);
    CHECK(text_of(book, "accepts_commands") == "true");
    CHECK(json_of(server.get("/v1/books")).at("books").as_array().size() == 1);
    const auto reports = json_of(server.get("/v1/books/acme/reports")).at("reports").as_array();
    CHECK(boost::json::serialize(reports.at(0).at("name")) == "\"stock\"");
    CHECK(server.get("/healthz").status == 200);
    CHECK(server.get("/readyz").status == 200);
    server.site.readiness = Error{ErrorCode::unavailable, "the rows are behind"};
    const ClientAnswer behind = server.get("/readyz");
    CHECK(behind.status == 503);
    CHECK(text_of(json_of(behind), "detail") == "\"the rows are behind\"");
}

TEST_CASE("what is not there, or not with this method or content, is refused by name") {
    const TestServer server;
    CHECK(server.get("/").status == 404);
    CHECK(server.get("/v2/books").status == 404);
    CHECK(server.get("/v1/books/other").status == 404);
    CHECK(server.get("/v1/books/acme/secrets").status == 404);
    const ClientAnswer method =
        server.send({.method = "DELETE", .target = "/v1/books/acme", .headers = {}, .body = {}});
    CHECK(method.status == 405);
    CHECK(method.headers.at("allow") == "GET, HEAD");
    CHECK(server.get("/v1/books/acme/commands").status == 405);
    const ClientAnswer form = server.send(
        {.method = "POST",
         .target = "/v1/books/acme/commands",
         .headers = {{"Content-Type", "text/plain"}},
         .body = party("C-1")}
    );
    CHECK(form.status == 415);
    CHECK(server.book.end() == 0);
}

TEST_CASE("the description lists every route, report and command") {
    const TestServer server;
    const auto description = json_of(server.get("/v1/openapi.json"));
    CHECK(text_of(description, "openapi") == "\"3.1.0\"");
    const auto& paths = description.at("paths").as_object();
    for (const char* path :
         {"/v1/books",
          "/v1/books/{book}",
          "/v1/books/{book}/commands",
          "/v1/books/{book}/events",
          "/v1/books/{book}/reports",
          "/v1/books/{book}/reports/stock",
          "/v1/openapi.json",
          "/metrics",
          "/healthz",
          "/readyz"}) {
        CHECK_MESSAGE(paths.contains(path), path);
    }
    CHECK(paths.size() == 10);
    const auto& schemas = description.at("components").at("schemas").as_object();
    const Codec codec{domain_modules()};
    for (const RecordDescription& command : codec.commands()) {
        REQUIRE_MESSAGE(schemas.contains(command.full_name()), command.full_name());
    }
}
