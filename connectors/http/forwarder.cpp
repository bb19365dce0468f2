#include "connectors/http/forwarder.hpp"

#include <fmt/format.h>

#include <utility>

#include "connectors/http/problem.hpp"

namespace daybook::http {
namespace {

constexpr std::string_view carried_there[] = {
    "authorization",
    "content-type",
    "daybook-actor",
    "daybook-hops",
    "idempotency-key",
    "traceparent"};
constexpr std::string_view carried_back[] = {"daybook-position", "daybook-owner", "retry-after"};

Problem open_at(const std::string& url, std::string_view why) {
    return outcome_is_open(fmt::format(
        "the command went to the book's owner at {} and no answer came back ({}); send it again "
        "with the same id",
        url,
        why
    ));
}

Response told_by(const std::string& url, Problem problem, std::string_view id) {
    problem.headers.emplace_back("Daybook-Owner", url);
    problem.members.emplace_back("id", json_text(id));
    return response_of(problem, {});
}

Response not_carried(const std::string& url, const Error& error, std::string_view id) {
    Problem problem;
    if (error.code == ErrorCode::io) {
        problem = open_at(url, error.message);
    } else {
        problem = problem_of(
            {ErrorCode::busy,
             fmt::format(
                 "the book's owner at {} does not answer ({}); nothing was sent, and another node "
                 "takes "
                 "over soon",
                 url,
                 error.message
             )}
        );
    }
    return told_by(url, std::move(problem), id);
}

// "Nothing was stored" is the owner's word on the second try alone.
Response not_settled(const std::string& url, const ClientAnswer& answer, std::string_view id) {
    constexpr std::size_t told_bytes_max = 1'000;
    const std::string told = answer.body.substr(0, told_bytes_max);
    return told_by(url, open_at(url, "sent once more, it answers " + told), id);
}

}  // namespace

HttpForwarder::HttpForwarder(const ForwarderLimits& limits)
    : limits_(limits), workers_(limits.threads, limits.waiting_max) {}

bool HttpForwarder::forward(const std::string& url, Request request, Respond respond) {
    return workers_.take([this, url, given = std::move(request), answer = std::move(respond)] {
        answer(carry(url, given));
    });
}

Response HttpForwarder::carry(const std::string& url, const Request& request) {
    ClientRequest sent{
        .method = request.method_text,
        .target = request.target,
        .headers = {},
        .body = request.body};
    for (const std::string_view name : carried_there) {
        const std::string_view value = request.header(name);
        if (!value.empty()) sent.headers.emplace_back(name, value);
    }
    const std::string_view id = request.header("idempotency-key");
    auto client = client_to(url);
    if (!client.ok()) return not_carried(url, client.error(), id);
    auto answer = client.value()->send(sent);
    if (!answer.ok()) return not_carried(url, answer.error(), id);
    keep(url, std::move(client).value());
    ClientAnswer& given = answer.value();
    constexpr int first_server_error = 500;
    if (given.is_of_second_try && given.status >= first_server_error) {
        return not_settled(url, given, id);
    }
    Response response{
        .status = given.status,
        .type = given.headers["content-type"],
        .body = std::move(given.body),
        .headers = {},
        .stream = nullptr,
        .route = {}};
    for (const std::string_view name : carried_back) {
        const auto found = given.headers.find(name);
        if (found != given.headers.end()) response.headers.emplace_back(name, found->second);
    }
    return response;
}

Result<std::unique_ptr<Client>> HttpForwarder::client_to(const std::string& url) {
    {
        const std::scoped_lock lock{mutex_};
        auto& idle = idle_[url];
        if (!idle.empty()) {
            auto client = std::move(idle.back());
            idle.pop_back();
            return client;
        }
    }
    return Client::open(url, limits_.client);
}

void HttpForwarder::keep(const std::string& url, std::unique_ptr<Client> client) {
    const std::scoped_lock lock{mutex_};
    auto& idle = idle_[url];
    if (idle.size() < limits_.connections_kept) idle.push_back(std::move(client));
}

}  // namespace daybook::http
