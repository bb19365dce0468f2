#include "connectors/http/forwarder.hpp"
#include "tests/connectors/http/scripted_server.hpp"
#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

namespace {

// A port on which nobody listens.
std::string nobody() {
    const TestServer server;
    return server.server->url();
}

std::string answer_of(int status, const std::string& type, const std::string& body) {
    return fmt::format(
        "HTTP/1.1 {} -\r\nContent-Type: application/{}\r\nContent-Length: {}\r\n\r\n{}",
        status,
        type,
        body.size(),
        body
    );
}

const std::string accepted = answer_of(200, "json", R"({"outcome": "accepted"})");
const std::string busy =
    answer_of(503, "problem+json", R"({"type": "urn:daybook:problem:busy", "detail": "full"})");

}  // namespace

TEST_CASE("a command for a book that another node owns is carried there and its answer back") {
    const TestServer owner;
    HttpForwarder forwarder{{}};
    const TestServer node{{.owner_url = owner.server->url(), .forwarder = &forwarder}};
    const ClientAnswer stored = node.post(party("C-1"), "key-1");
    CHECK(stored.status == 200);
    CHECK(stored.headers.at("daybook-position") == std::to_string(owner.book.end()));
    CHECK(node.book.end() == 0);
    const ClientAnswer again = node.post(party("C-1"), "key-1");
    CHECK(text_of(json_of(again), "repeated") == "true");
    const ClientAnswer refused = node.post(party("C-1"));
    CHECK(refused.status == 409);
    CHECK(refused.headers.at("content-type") == "application/problem+json");
    CHECK(node.post("{").status == 400);
    // The reads are the node's own.
    CHECK(node.get("/v1/books/acme/events").body.empty());
}

TEST_CASE("the token goes with the command") {
    const std::string token = "0123456789abcdef";
    const TestServer owner{{.token = token}};
    HttpForwarder forwarder{{}};
    const TestServer node{
        {.token = token, .owner_url = owner.server->url(), .forwarder = &forwarder}};
    const ClientAnswer stored = node.send(
        {.method = "POST",
         .target = "/v1/books/acme/commands",
         .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
         .body = party("C-1")}
    );
    CHECK(stored.status == 200);
    CHECK(owner.book.end() > 0);
}

TEST_CASE("an owner that does not answer is named, and nothing was sent") {
    HttpForwarder forwarder{{}};
    const std::string url = nobody();
    const TestServer node{{.owner_url = url, .forwarder = &forwarder}};
    const ClientAnswer answer = node.post(party("C-1"), "key-1");
    CHECK(answer.status == 503);
    CHECK(answer.headers.at("daybook-owner") == url);
    CHECK(answer.headers.at("retry-after") == "1");
    CHECK(text_of(json_of(answer), "type") == "\"urn:daybook:problem:busy\"");
    CHECK(text_of(json_of(answer), "id") == "\"key-1\"");
}

TEST_CASE("an owner that goes away in the middle leaves the outcome open") {
    TestServer owner;
    owner.book.log.close_gate();
    HttpForwarder forwarder{{}};
    const TestServer node{{.owner_url = owner.server->url(), .forwarder = &forwarder}};
    std::thread cutting{[&] {
        owner.book.log.wait_for_appends(1);
        owner.server->stop(std::chrono::milliseconds{0});
    }};
    const ClientAnswer answer = node.post(party("C-1"));
    cutting.join();
    owner.book.log.open_gate();
    CHECK(answer.status == 503);
    CHECK(text_of(json_of(answer), "type") == "\"urn:daybook:problem:outcome-open\"");
    CHECK(text_of(json_of(answer), "id").size() == 38);
}

TEST_CASE("two nodes that each take the other for the owner do not pass a command for ever") {
    HttpForwarder forwarder{{}};
    TestServer first{{.owner_url = "http://127.0.0.1:1", .forwarder = &forwarder}};
    const TestServer second{{.owner_url = first.server->url(), .forwarder = &forwarder}};
    first.book.owner_url = second.server->url();
    const ClientAnswer answer = first.post(party("C-1"));
    CHECK(answer.status == 503);
    CHECK(answer.body.find("over 2 nodes already") != std::string::npos);
}

TEST_CASE("a connection that the owner has closed is made anew") {
    HttpForwarder forwarder{{}};
    const TestServer owner{{.limits = {.idle_timeout = std::chrono::milliseconds{30}}}};
    const TestServer node{{.owner_url = owner.server->url(), .forwarder = &forwarder}};
    CHECK(node.post(party("C-1")).status == 200);
    while (owner.server->connections() > 0) std::this_thread::yield();
    CHECK(node.post(party("C-2")).status == 200);
}

TEST_CASE("a command that had to be sent twice may have been stored the first time") {
    // The connection that was kept is closed over the second command; sent again it is too much.
    const ScriptedServer owner{{accepted, ScriptedServer::closes, busy}};
    HttpForwarder forwarder{{}};
    const TestServer node{{.owner_url = owner.url(), .forwarder = &forwarder}};
    CHECK(node.post(party("C-1"), "key-1").status == 200);
    const ClientAnswer answer = node.post(party("C-2"), "key-2");
    CHECK(owner.requests() == 3);
    CHECK(answer.status == 503);
    CHECK(text_of(json_of(answer), "type") == "\"urn:daybook:problem:outcome-open\"");
    CHECK(text_of(json_of(answer), "id") == "\"key-2\"");
    CHECK(answer.body.find("full") != std::string::npos);
}

TEST_CASE("a command that gets no answer in time is not sent again") {
    const ScriptedServer owner{{accepted, ScriptedServer::is_silent, accepted}};
    HttpForwarder forwarder{{.client = {.answer_timeout = std::chrono::milliseconds{500}}}};
    const TestServer node{{.owner_url = owner.url(), .forwarder = &forwarder}};
    CHECK(node.post(party("C-1"), "key-1").status == 200);
    const ClientAnswer answer = node.post(party("C-2"), "key-2");
    CHECK(owner.requests() == 2);
    CHECK(text_of(json_of(answer), "type") == "\"urn:daybook:problem:outcome-open\"");
}

TEST_CASE("what the owner says of a command that was sent once is carried back as it is") {
    const ScriptedServer owner{{busy}};
    HttpForwarder forwarder{{}};
    const TestServer node{{.owner_url = owner.url(), .forwarder = &forwarder}};
    const ClientAnswer answer = node.post(party("C-1"), "key-1");
    CHECK(answer.status == 503);
    CHECK(text_of(json_of(answer), "type") == "\"urn:daybook:problem:busy\"");
}

TEST_CASE("an address that is none is said to be none") {
    for (const char* url : {"", "127.0.0.1:80", "https://a:1", "http://:80", "http://host:"}) {
        CHECK_FALSE(Client::open(url, {}).ok());
    }
    CHECK(Client::open("http://[::1]:80/", {}).ok());
}
