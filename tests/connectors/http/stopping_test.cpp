#include <thread>

#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

namespace {

constexpr std::chrono::milliseconds long_grace{20'000};

}  // namespace

TEST_CASE("what is under way when the server stops is still answered") {
    TestServer server;
    server.book.log.close_gate();
    Socket asking{server.server->port()};
    const std::string body = party("C-1");
    CHECK(asking.say(fmt::format(
        "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        body.size(),
        body
    )));
    server.book.log.wait_for_appends(1);
    std::thread stopping{[&] { server.server->stop(long_grace); }};
    // An idle connection is closed by the stopping: then it is known to go on.
    server.book.log.open_gate();
    const std::string answer = asking.hear_all();
    stopping.join();
    CHECK(answer.starts_with("HTTP/1.1 200 OK"));
    CHECK(server.book.end() > 0);
}

TEST_CASE("idle connections are closed at once, and nobody connects any more") {
    TestServer server;
    const std::uint16_t port = server.server->port();
    Socket idle{port};
    CHECK(idle.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK(idle.hear_answer().starts_with("HTTP/1.1 200 OK"));
    server.server->stop(long_grace);
    CHECK(idle.hear_all().empty());
    auto client = Client::open(server.server->url(), {});
    REQUIRE(client.ok());
    const auto refused = client.value()->send({});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::unavailable);
}

TEST_CASE("a stream that follows ends whole when the server stops") {
    TestServer server;
    CHECK(server.post(party("A")).status == 200);
    Socket socket{server.server->port()};
    CHECK(socket.say("GET /v1/books/acme/events?follow=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK_FALSE(socket.hear_until("\"party\": \"A\"").empty());
    server.server->stop(long_grace);
    CHECK(socket.hear_all().ends_with("0\r\n\r\n"));
}

TEST_CASE("after the grace what is left is cut, and a late answer harms nobody") {
    TestServer server;
    server.book.log.close_gate();
    Socket asking{server.server->port()};
    const std::string body = party("C-1");
    CHECK(asking.say(fmt::format(
        "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        body.size(),
        body
    )));
    server.book.log.wait_for_appends(1);
    server.server->stop(std::chrono::milliseconds{1});
    CHECK(asking.hear_all().empty());
    server.book.log.open_gate();
    REQUIRE(server.book.engine().stop().ok());
    CHECK(server.book.end() > 0);
}

TEST_CASE("a client that goes away before its answer harms nobody") {
    TestServer server;
    server.book.log.close_gate();
    {
        Socket asking{server.server->port()};
        const std::string body = party("C-1");
        CHECK(asking.say(fmt::format(
            "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
            body.size(),
            body
        )));
        server.book.log.wait_for_appends(1);
    }
    server.book.log.open_gate();
    CHECK(server.post(party("C-2")).status == 200);
}
