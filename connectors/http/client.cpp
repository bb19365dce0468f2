#include "connectors/http/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

namespace daybook::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

struct Client::Parts {
    std::string host;
    std::string port;
    ClientLimits limits;
    asio::io_context io;
    std::optional<beast::tcp_stream> stream;
    bool was_closed = false;  // By the other end, during the last exchange.

    // Runs what was started until it is done; its time limit is the stream's.
    void run() {
        io.restart();
        io.run();
    }
    [[nodiscard]] Result<void> connect();
    [[nodiscard]] Result<ClientAnswer> exchange(const ClientRequest& request);
    [[nodiscard]] Error lost(std::string_view what, error_code error) {
        was_closed = error != beast::error::timeout;
        return {
            ErrorCode::io, fmt::format("{}:{}: {} failed: {}", host, port, what, error.message())};
    }
};

namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

}  // namespace

Result<void> Client::Parts::connect() {
    stream.reset();
    const auto unavailable = [this](error_code error) {
        return Error{
            ErrorCode::unavailable,
            fmt::format("cannot connect to {}:{}: {}", host, port, error.message())};
    };
    error_code error;
    tcp::resolver resolver{io};
    const auto endpoints = resolver.resolve(host, port, error);
    if (error) return unavailable(error);
    stream.emplace(io);
    stream->expires_after(limits.connect_timeout);
    stream->async_connect(endpoints, [&error](error_code failure, const tcp::endpoint&) {
        error = failure;
    });
    run();
    if (!error) stream->socket().set_option(tcp::no_delay{true}, error);
    if (!error) return {};
    stream.reset();
    return unavailable(error);
}

Result<ClientAnswer> Client::Parts::exchange(const ClientRequest& request) {
    bhttp::request<bhttp::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    const bool is_v6 = host.find(':') != std::string::npos;
    message.set(
        bhttp::field::host,
        is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port)
    );
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();

    error_code error;
    stream->expires_after(limits.answer_timeout);
    bhttp::async_write(*stream, message, [&error](error_code failure, std::size_t) {
        error = failure;
    });
    run();
    if (error) return lost("sending", error);
    beast::flat_buffer buffer;
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(limits.body_bytes_max);
    bhttp::async_read(*stream, buffer, parser, [&error](error_code failure, std::size_t) {
        error = failure;
    });
    run();
    if (error) return lost("the answer", error);
    ClientAnswer answer{.status = static_cast<int>(parser.get().result_int()), .headers = {}};
    for (const auto& field : parser.get()) {
        const auto name = field.name_string();
        const auto value = field.value();
        answer.headers[lower({name.data(), name.size()})] = {value.data(), value.size()};
    }
    answer.body = std::move(parser.get().body());
    if (!parser.keep_alive()) stream.reset();
    return answer;
}

Client::Client(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(const std::string& url, const ClientLimits& limits) {
    constexpr std::string_view scheme = "http://";
    std::string place = url;
    while (place.ends_with('/')) place.pop_back();
    const std::size_t colon = place.rfind(':');
    if (!place.starts_with(scheme) || colon == std::string::npos || colon <= scheme.size() ||
        colon + 1 == place.size()) {
        return Error{
            ErrorCode::invalid,
            fmt::format("\"{}\" is not an address as http://host:port", url.substr(0, 200))};
    }
    auto parts = std::make_unique<Parts>();
    parts->host = place.substr(scheme.size(), colon - scheme.size());
    if (parts->host.starts_with('[') && parts->host.ends_with(']')) {
        parts->host = parts->host.substr(1, parts->host.size() - 2);
    }
    parts->port = place.substr(colon + 1);
    parts->limits = limits;
    return std::make_unique<Client>(std::move(parts));
}

Result<ClientAnswer> Client::send(const ClientRequest& request) {
    const bool was_open = parts_->stream.has_value();
    if (!was_open) DAYBOOK_TRY_VOID(parts_->connect());
    auto answer = parts_->exchange(request);
    if (answer.ok()) return answer;
    parts_->stream.reset();
    if (!was_open || !parts_->was_closed) return answer;
    // The other end may have closed the connection while nothing was going on.
    if (const auto again = parts_->connect(); !again.ok()) return answer;
    answer = parts_->exchange(request);
    if (!answer.ok()) parts_->stream.reset();
    if (answer.ok()) answer.value().is_of_second_try = true;
    return answer;
}

}  // namespace daybook::http
