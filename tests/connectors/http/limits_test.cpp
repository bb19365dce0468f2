#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

namespace {

constexpr std::string_view host = "Host: localhost\r\n";

std::string hear(const TestServer& server, const std::string& said) {
    Socket socket{server.server->port()};
    CHECK(socket.say(said));
    return socket.hear_answer();
}

std::string status_of(const std::string& answer) {
    return answer.substr(0, answer.find("\r\n"));
}

}  // namespace

TEST_CASE("a body over the limit is refused, whether its length is stated or not") {
    const TestServer server{{.limits = {.body_bytes_max = 1'000}}};
    CHECK(server.post(std::string(1'001, ' ')).status == 413);
    CHECK(server.post(std::string(1'000, ' ')).status == 400);
    std::string said =
        "POST /v1/books/acme/commands HTTP/1.1\r\nContent-Type: application/json\r\n";
    said += std::string{host} + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 11; ++i) said += "64\r\n" + std::string(100, ' ') + "\r\n";
    CHECK(status_of(hear(server, said)) == "HTTP/1.1 413 Payload Too Large");
}

TEST_CASE("a head over the limit is refused") {
    const TestServer server{{.limits = {.head_bytes_max = 1'000}}};
    const std::string said = "GET /healthz HTTP/1.1\r\n" + std::string{host} +
                             "X: " + std::string(2'000, 'x') + "\r\n\r\n";
    const std::string answer = hear(server, said);
    CHECK(status_of(answer) == "HTTP/1.1 431 Request Header Fields Too Large");
    CHECK(answer.find("1000 bytes") != std::string::npos);
}

TEST_CASE("what is no HTTP is answered with what is wrong, and the connection ends") {
    const TestServer server;
    for (const char* said :
         {"hello\r\n\r\n",
          "GET /healthz\r\n\r\n",
          "GET  HTTP/1.1\r\n\r\n",
          "GET /healthz HTTP/1.1\r\nHost localhost\r\n\r\n",
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
          "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "\x16\x03\x01\x02\r\n\r\n"}) {
        CHECK_MESSAGE(status_of(hear(server, said)) == "HTTP/1.1 400 Bad Request", said);
    }
    CHECK(server.get("/healthz").status == 200);
}

TEST_CASE("a request that does not go on is cut off") {
    const TestServer server{
        {.limits = {
             .idle_timeout = std::chrono::milliseconds{60},
             .head_timeout = std::chrono::milliseconds{60},
             .body_timeout = std::chrono::milliseconds{60}}}};
    Socket idle{server.server->port()};
    CHECK(idle.hear_all().empty());
    Socket head{server.server->port()};
    CHECK(head.say("GET /healthz HT"));
    CHECK(head.hear_all().empty());
    Socket body{server.server->port()};
    CHECK(body.say(
        "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    ));
    CHECK(body.hear_all().empty());
}

TEST_CASE("one connection more than the limit is told so, and there is room again later") {
    const TestServer server{{.limits = {.connections_max = 2}}};
    {
        Socket first{server.server->port()};
        CHECK(first.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        CHECK(status_of(first.hear_answer()) == "HTTP/1.1 200 OK");
        Socket second{server.server->port()};
        CHECK(second.say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        CHECK(status_of(second.hear_answer()) == "HTTP/1.1 200 OK");
        Socket third{server.server->port()};
        const std::string answer = third.hear_answer();
        CHECK(status_of(answer) == "HTTP/1.1 503 Service Unavailable");
        CHECK(answer.find("Retry-After: 1") != std::string::npos);
        CHECK(answer.find("connections_max") != std::string::npos);
    }
    while (server.server->connections() > 0) std::this_thread::yield();
    CHECK(server.get("/healthz").status == 200);
}

TEST_CASE("bodies that would fill the memory together are told to come again") {
    const TestServer server{{.limits = {.body_bytes_max = 1'000, .bodies_bytes_max = 1'500}}};
    const std::string head =
        "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 900\r\n\r\n";
    Socket first{server.server->port()};
    CHECK(first.say(head));
    CHECK(first.hear_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(status_of(hear(server, head)) == "HTTP/1.1 503 Service Unavailable");
    CHECK(first.say(std::string(900, ' ')));
    CHECK(status_of(first.hear_answer()) == "HTTP/1.1 400 Bad Request");
    CHECK(server.post(party("C-1")).status == 200);
}

TEST_CASE("a queue that is full is busy, and nothing is lost") {
    TestServer server{{.engine = {.queue_commands_max = 1}}};
    server.book.log.close_gate();
    // The first is at the gate, the second in the queue, the third too many.
    Socket first{server.server->port()};
    Socket second{server.server->port()};
    const auto post = [](const std::string& body) {
        return fmt::format(
            "POST /v1/books/acme/commands HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
            body.size(),
            body
        );
    };
    CHECK(first.say(post(party("A"))));
    server.book.log.wait_for_appends(1);
    CHECK(second.say(post(party("B"))));
    while (server.book.engine().waiting() == 0) std::this_thread::yield();
    const ClientAnswer busy = server.post(party("C"));
    CHECK(busy.status == 503);
    CHECK(busy.headers.at("retry-after") == "1");
    CHECK(text_of(json_of(busy), "type") == "\"urn:daybook:problem:busy\"");
    server.book.log.open_gate();
    CHECK(status_of(first.hear_answer()) == "HTTP/1.1 200 OK");
    CHECK(status_of(second.hear_answer()) == "HTTP/1.1 200 OK");
}

TEST_CASE("an answer that takes too long leaves the outcome open, and the same id closes it") {
    TestServer server{{.limits = {.answer_timeout = std::chrono::milliseconds{50}}}};
    server.book.log.close_gate();
    const ClientAnswer open = server.post(party("C-1"), "key-1");
    CHECK(open.status == 503);
    CHECK(text_of(json_of(open), "type") == "\"urn:daybook:problem:outcome-open\"");
    CHECK(text_of(json_of(open), "outcome") == "\"open\"");
    server.book.log.open_gate();
    const ClientAnswer closed = server.post(party("C-1"), "key-1");
    CHECK(closed.status == 200);
    CHECK(text_of(json_of(closed), "repeated") == "true");
}

TEST_CASE("a disk that fails leaves the outcome open, and the book says why it takes no more") {
    TestServer server;
    server.book.log.log.fail_appends(Error{ErrorCode::io, "the disk is gone"});
    const ClientAnswer open = server.post(party("C-1"));
    CHECK(open.status == 503);
    CHECK(text_of(json_of(open), "type") == "\"urn:daybook:problem:outcome-open\"");
    const ClientAnswer after = server.post(party("C-2"));
    CHECK(after.status == 503);
    CHECK(text_of(json_of(after), "type") == "\"urn:daybook:problem:unavailable\"");
    CHECK(after.body.find("the disk is gone") != std::string::npos);
}

TEST_CASE("too many commands in one array are refused") {
    const TestServer server{{.api = {.commands_in_batch_max = 2}}};
    const ClientAnswer answer =
        server.post("[" + party("A") + "," + party("B") + "," + party("C") + "]");
    CHECK(answer.status == 413);
    CHECK(text_of(json_of(answer), "detail") == "\"the array has more than 2 commands\"");
}

TEST_CASE("with a token, every route asks for it") {
    const std::string token = "0123456789abcdef";
    const TestServer server{{.token = token}};
    for (const char* target : {"/healthz", "/metrics", "/v1/books", "/v1/openapi.json"}) {
        CHECK(server.get(target).status == 401);
    }
    const auto with = [&](const std::string& header) {
        const ClientAnswer answer =
            server.send({.target = "/v1/books", .headers = {{"Authorization", header}}, .body = {}}
            );
        return answer.status;
    };
    CHECK(with("Bearer " + token) == 200);
    CHECK(with("bearer " + token) == 200);
    CHECK(with("Bearer " + token + "0") == 401);
    CHECK(with("Bearer 0123456789abcdeg") == 401);
    CHECK(with("Basic " + token) == 401);
    CHECK(with("Bearer") == 401);
    CHECK(server.get("/healthz").headers.at("www-authenticate") == "Bearer");
}

TEST_CASE("without a token the server answers to its own names alone") {
    const TestServer server;
    const auto status = [&](std::string_view name) {
        const std::string port = std::to_string(server.server->port());
        return status_of(hear(
            server,
            fmt::format(
                "GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                fmt::format(fmt::runtime(name), port)
            )
        ));
    };
    CHECK(status("localhost:{}") == "HTTP/1.1 200 OK");
    CHECK(status("127.0.0.1") == "HTTP/1.1 200 OK");
    CHECK(status("[::1]:{}") == "HTTP/1.1 200 OK");
    CHECK(status("books.example:{}") == "HTTP/1.1 421 Misdirected Request");
    CHECK(status("localhost.example") == "HTTP/1.1 421 Misdirected Request");
}

TEST_CASE("beyond this computer the server listens with a token alone") {
    TestServer server;
    const SystemClock clock;
    const auto open = [&](const std::string& address, const std::string& token) {
        return Server::open(
            server.api,
            server.workers,
            {.address = address, .token = token, .limits = {}, .clock = &clock}
        );
    };
    const auto refused = open("0.0.0.0", "");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::invalid);
    CHECK(
        refused.error().message ==
        "0.0.0.0 can be reached from other computers, and there is no token: anyone could read and "
        "write the books; give a token with --token-file, or listen on 127.0.0.1"
    );
    CHECK(open("0.0.0.0", "0123456789abcdef").ok());
    const auto none = open("everywhere", "");
    REQUIRE_FALSE(none.ok());
    CHECK(
        none.error().message ==
        "\"everywhere\" is not an IP address; listen on 127.0.0.1, on 0.0.0.0 or on the address of "
        "an interface"
    );
}
