#include <algorithm>

#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

namespace {

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TEST_CASE("events are read from any position, as many as are asked for") {
    const TestServer server{{.api = {.piece_bytes = 300}}};
    for (int i = 0; i < 10; ++i) CHECK(server.post(party("C-" + std::to_string(i))).status == 200);
    const std::uint64_t end = server.book.end();
    const ClientAnswer all = server.get("/v1/books/acme/events");
    CHECK(all.headers.at("content-type") == "application/jsonl");
    CHECK(all.headers.at("daybook-position") == std::to_string(end));
    CHECK(lines_in(all.body) == end);
    CHECK(all.body.starts_with("{\"position\": 0,"));
    const ClientAnswer some = server.get("/v1/books/acme/events?from=4&limit=3");
    CHECK(lines_in(some.body) == 3);
    CHECK(some.body.starts_with("{\"position\": 4,"));
    const std::string at_end = "/v1/books/acme/events?from=" + std::to_string(end);
    CHECK(server.get(at_end).body.empty());
    const ClientAnswer past = server.get("/v1/books/acme/events?from=1000");
    CHECK(past.status == 400);
    CHECK(past.body.find("is past the end of the book") != std::string::npos);
    CHECK(server.get("/v1/books/acme/events?from=-1").status == 400);
}

TEST_CASE("who follows sees each event as it comes") {
    const TestServer server;
    CHECK(server.post(party("A")).status == 200);
    Socket socket{server.server->port()};
    CHECK(socket.say("GET /v1/books/acme/events?from=0&follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ));
    CHECK(socket.hear_until("\r\n\r\n").find("Transfer-Encoding: chunked") != std::string::npos);
    CHECK_FALSE(socket.hear_until("\"party\": \"A\"").empty());
    CHECK(server.post(party("B")).status == 200);
    CHECK_FALSE(socket.hear_until("\"party\": \"B\"").empty());
}

TEST_CASE("a stream that is quiet gives signs of life") {
    const TestServer server{{.limits = {.stream_sign_of_life = std::chrono::milliseconds{1}}}};
    Socket socket{server.server->port()};
    CHECK(socket.say("GET /v1/books/acme/events?follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK_FALSE(socket.hear_until("1\r\n\n\r\n").empty());
}

TEST_CASE("no more streams than the limit") {
    const TestServer server{{.api = {.streams_max = 1}}};
    Socket socket{server.server->port()};
    CHECK(socket.say("GET /v1/books/acme/events?follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK_FALSE(socket.hear_until("\r\n\r\n").empty());
    CHECK(server.get("/v1/books/acme/events").status == 503);
}

TEST_CASE("a connection serves one request after another, and all that were sent at once") {
    const TestServer server;
    Socket socket{server.server->port()};
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    CHECK(socket.say(request + request + request));
    for (int i = 0; i < 3; ++i) CHECK(socket.hear_answer().ends_with("{\"status\": \"ok\"}\n"));
    CHECK(socket.say(request));
    CHECK(socket.hear_answer().starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("HEAD has the head alone, HTTP/1.0 ends with the connection") {
    const TestServer server;
    CHECK(server.post(party("A")).status == 200);
    Socket head{server.server->port()};
    CHECK(head.say(
        "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "HEAD /v1/books/acme/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    ));
    const std::string both = head.hear_all();
    CHECK(both.find("Content-Length: 17") != std::string::npos);
    CHECK(both.ends_with("\r\n\r\n"));
    CHECK(both.find('{') == std::string::npos);
    Socket old{server.server->port()};
    CHECK(old.say("GET /v1/books/acme/events HTTP/1.0\r\n\r\n"));
    const std::string answer = old.hear_all();
    CHECK(answer.find("chunked") == std::string::npos);
    CHECK(answer.find("\r\n\r\n{\"position\": 0,") != std::string::npos);
}
