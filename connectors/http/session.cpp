#include "connectors/http/session.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <ctime>
#include <utility>

#include "engine/base/assert.hpp"

namespace daybook::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using beast::error_code;

constexpr std::string_view route_of_server = "(server)";  // Answered before any route was known.
constexpr std::chrono::seconds linger_time{2};
constexpr std::size_t linger_part_bytes = 64 << 10;

std::uint64_t nanos_of(const Clock& clock) {
    return static_cast<std::uint64_t>(clock.elapsed().count());
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

Method method_of(bhttp::verb verb) {
    switch (verb) {
        case bhttp::verb::get: return Method::get;
        case bhttp::verb::head: return Method::head;
        case bhttp::verb::post: return Method::post;
        default: return Method::other;
    }
}

std::string_view name_of(bhttp::verb verb) {
    switch (method_of(verb)) {
        case Method::get: return "GET";
        case Method::head: return "HEAD";
        case Method::post: return "POST";
        case Method::other: break;
    }
    return "other";
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// "Wed, 25 Nov 2026 16:13:06 GMT", as RFC 9110 wants it.
std::string date_text(Instant now) {
    const std::time_t seconds = now.nanos() / 1'000'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32] = {};
    const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, size};
}

Problem bad_head(error_code error, const ServerLimits& limits) {
    if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
        return {
            .status = 431,
            .kind = "too_large",
            .title = "The request's head is too large",
            .detail = fmt::format(
                "the request line and headers may have {} bytes; send fewer", limits.head_bytes_max
            )};
    }
    return {
        .status = 400,
        .kind = "invalid",
        .title = "This is no HTTP request",
        .detail =
            fmt::format("the request's head cannot be read ({}); send HTTP/1.1", error.message())};
}

Problem body_too_large(std::uint64_t bytes_max) {
    return {
        .status = 413,
        .kind = "too_large",
        .title = "The request's body is too large",
        .detail = fmt::format(
            "a body may have {} bytes (body_bytes_max); send the commands in several requests",
            bytes_max
        )};
}

Problem busy(std::string detail) {
    return {
        .status = 503,
        .kind = "busy",
        .title = "Busy: come again",
        .detail = std::move(detail),
        .headers = {{"Retry-After", "1"}}};
}

}  // namespace

Session::Session(std::shared_ptr<Server::Core> core, asio::ip::tcp::socket socket)
    : core_(std::move(core)),
      stream_(std::move(socket)),
      timer_(stream_.get_executor()),
      buffer_(core_->options.limits.head_bytes_max + 64 * 1024) {}

Session::~Session() {
    return_body_bytes();
    const std::scoped_lock lock{core_->mutex};
    core_->sessions.erase(this);
    core_->session_ended.notify_all();
}

void Session::start(bool has_room) {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this(), has_room] {
        error_code ignored;
        self->stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
        if (has_room) return self->wait_for_request();
        self->refuse(busy(fmt::format(
            "{} connections are open, as many as there may be (connections_max)",
            self->core_->options.limits.connections_max
        )));
    });
}

void Session::end_when_idle() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
        if (self->is_idle_) self->close();
    });
}

void Session::cut() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
        self->is_waiting_ = false;
        self->close();
    });
}

void Session::wait_for_request() {
    if (core_->is_stopping) return close();
    parser_.emplace();
    if (buffer_.size() > 0) return read_head();
    is_idle_ = true;
    stream_.expires_after(core_->options.limits.idle_timeout);
    stream_.async_read_some(
        buffer_.prepare(4096),
        [self = shared_from_this()](error_code error, std::size_t bytes) {
            self->is_idle_ = false;
            if (error) return self->close();
            self->buffer_.commit(bytes);
            self->read_head();
        }
    );
}

void Session::read_head() {
    parser_->header_limit(core_->options.limits.head_bytes_max);
    parser_->body_limit(boost::none);
    stream_.expires_after(core_->options.limits.head_timeout);
    bhttp::async_read_header(
        stream_,
        buffer_,
        *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_head(error); }
    );
}

void Session::on_head(error_code error) {
    const ServerLimits& limits = core_->options.limits;
    if (error == bhttp::error::end_of_stream) return close();
    if (error == beast::error::timeout) {
        // The stream is closed by its timeout: nothing can be said any more.
        core_->figures.note(route_of_server, "other", 408, 0);
        return close();
    }
    if (error && error.category() != bhttp::make_error_code(bhttp::error::bad_method).category()) {
        return close();
    }
    if (error) return refuse(bad_head(error, limits));
    if (const auto refusal = refusal_of_head()) return refuse(*refusal);
    const std::uint64_t bytes =
        parser_->content_length().value_or(parser_->chunked() ? limits.body_bytes_max : 0);
    if (bytes > limits.body_bytes_max) return refuse(body_too_large(limits.body_bytes_max));
    body_bytes_ = bytes;
    if (core_->bodies_bytes.fetch_add(bytes) + bytes > limits.bodies_bytes_max) {
        return refuse(busy("too many bytes of requests are being read (bodies_bytes_max)"));
    }
    if (view(parser_->get()[bhttp::field::expect]) != "100-continue") return read_body();
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(limits.write_timeout);
    asio::async_write(
        stream_,
        asio::buffer(go_on),
        [self = shared_from_this()](error_code failure, std::size_t) {
            if (failure) return self->close();
            self->read_body();
        }
    );
}

std::optional<Problem> Session::refusal_of_head() const {
    if (parser_->get().version() != 11 && parser_->get().version() != 10) {
        return Problem{
            .status = 505,
            .kind = "invalid",
            .title = "Not this version of HTTP",
            .detail = "the server speaks HTTP/1.1 and HTTP/1.0"};
    }
    if (!names_this_host()) {
        return Problem{
            .status = 421,
            .kind = "misdirected",
            .title = "The Host header names another server",
            .detail = fmt::format(
                "Host is {}; without a token the server answers to localhost and its own address "
                "alone, so that no web page can reach it by a name of its own; give it a token",
                json_text(view(parser_->get()[bhttp::field::host]).substr(0, 100))
            )};
    }
    if (!knows_token()) {
        return Problem{
            .status = 401,
            .kind = "unauthorized",
            .title = "The bearer token is missing or wrong",
            .detail =
                "send the header \"Authorization: Bearer TOKEN\" with the token from the "
                "server's token file",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
    }
    return std::nullopt;
}

bool Session::knows_token() const {
    const std::string& token = core_->options.token;
    if (token.empty()) return true;
    const std::string_view given = view(parser_->get()[bhttp::field::authorization]);
    constexpr std::string_view scheme = "bearer ";
    if (given.size() != scheme.size() + token.size()) return false;
    if (lower(given.substr(0, scheme.size())) != scheme) return false;
    // In the same time wherever the first difference is.
    return CRYPTO_memcmp(given.data() + scheme.size(), token.data(), token.size()) == 0;
}

// A page of a browser may have a name of its own resolved to this computer; its requests carry that
// name.
bool Session::names_this_host() const {
    if (!core_->options.token.empty()) return true;
    std::string host = lower(view(parser_->get()[bhttp::field::host]));
    if (host.empty()) return parser_->get().version() == 10;
    const std::size_t colon = host.rfind(':');
    if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
        host.resize(colon);
    }
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]" ||
           host == core_->options.address || host == "[" + core_->options.address + "]";
}

void Session::read_body() {
    parser_->body_limit(core_->options.limits.body_bytes_max);
    stream_.expires_after(core_->options.limits.body_timeout);
    bhttp::async_read(
        stream_,
        buffer_,
        *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_body(error); }
    );
}

void Session::on_body(error_code error) {
    const ServerLimits& limits = core_->options.limits;
    if (error == bhttp::error::body_limit) return refuse(body_too_large(limits.body_bytes_max));
    if (error == bhttp::error::bad_chunk || error == bhttp::error::bad_chunk_extension) {
        return refuse(bad_head(error, limits));
    }
    if (error == beast::error::timeout) core_->figures.note(route_of_server, "other", 408, 0);
    if (error) return close();
    handle();
}

Result<Request> Session::request() const {
    const auto& message = parser_->get();
    DAYBOOK_TRY(Target target, parse_target(view(message.target())));
    Request request{
        .method = method_of(message.method()),
        .method_text = std::string{view(message.method_string())},
        .target = std::string{view(message.target())},
        .path = std::move(target.path),
        .query = std::move(target.query),
        .headers = {},
        .body = message.body()};
    for (const auto& field : message) {
        request.headers[lower(view(field.name_string()))] = view(field.value());
    }
    return request;
}

void Session::handle() {
    keeps_alive_ = parser_->keep_alive();
    handled_at_ = nanos_of(*core_->options.clock);
    auto request = this->request();
    is_waiting_ = true;
    const std::uint64_t number = ++request_number_;
    if (!request.ok()) {
        return answer(number, response_of(problem_of(request.error()), route_of_server));
    }
    stream_.expires_never();
    timer_.expires_after(core_->options.limits.answer_timeout);
    timer_.async_wait([self = shared_from_this(), number](error_code error) {
        if (!error) self->on_answer_timeout(number);
    });
    // The one who answers may be late; he keeps neither the session nor the server alive.
    auto respond = [weak = weak_from_this(), number](Response response) {
        const std::shared_ptr<Session> self = weak.lock();
        if (self == nullptr) return;
        const std::scoped_lock lock{self->core_->mutex};
        if (self->core_->is_over) return;
        // std::function wants what it holds to be copyable, a strand does not.
        asio::post(
            self->stream_.get_executor(),
            [self, number, given = std::move(response)]() mutable {
                self->answer(number, std::move(given));
            }
        );
    };
    core_->handler.handle(std::move(request).value(), std::move(respond));
}

void Session::on_answer_timeout(std::uint64_t request_number) {
    answer(
        request_number,
        response_of(
            outcome_is_open(fmt::format(
                "there is no answer after {} ms (answer_timeout); what was sent may still be done: "
                "send it again with the same id, and the answer will be that of the first time",
                core_->options.limits.answer_timeout.count()
            )),
            route_of_server
        )
    );
}

void Session::answer(std::uint64_t request_number, Response response) {
    if (!is_waiting_ || request_number != request_number_) return;
    is_waiting_ = false;
    timer_.cancel();
    return_body_bytes();
    core_->figures.note(
        response.route,
        name_of(parser_->get().method()),
        response.status,
        nanos_of(*core_->options.clock) - handled_at_
    );
    write(std::move(response));
}

void Session::refuse(const Problem& problem) {
    core_->figures.note(route_of_server, "other", problem.status, 0);
    keeps_alive_ = false;
    write_string(response_of(problem, route_of_server));
}

void Session::write(Response response) {
    if (core_->is_stopping) keeps_alive_ = false;
    DAYBOOK_ASSERT(parser_.has_value());
    if (response.stream != nullptr) return write_stream(std::move(response));
    write_string(std::move(response));
}

template <class Message>
void Session::fill_head(Message& message, const Response& response) const {
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(bhttp::field::server, "daybook");
    message.set(bhttp::field::date, date_text(core_->options.clock->now()));
    message.set(bhttp::field::cache_control, "no-store");
    message.set("X-Content-Type-Options", "nosniff");
    if (!response.type.empty()) message.set(bhttp::field::content_type, response.type);
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.keep_alive(keeps_alive_);
}

void Session::write_string(Response response) {
    const bool is_head = parser_ && parser_->get().method() == bhttp::verb::head;
    const auto written = [self = shared_from_this()](error_code error, std::size_t) {
        self->on_written(error);
    };
    stream_.expires_after(core_->options.limits.write_timeout);
    if (is_head) {
        head_response_.emplace();
        fill_head(*head_response_, response);
        head_response_->content_length(response.body.size());
        head_serializer_.emplace(*head_response_);
        return bhttp::async_write_header(stream_, *head_serializer_, written);
    }
    string_response_.emplace();
    fill_head(*string_response_, response);
    string_response_->body() = std::move(response.body);
    string_response_->prepare_payload();
    bhttp::async_write(stream_, *string_response_, written);
}

void Session::write_stream(Response response) {
    body_ = std::move(response.stream);
    head_response_.emplace();
    fill_head(*head_response_, response);
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    const bool is_chunked = parser_->get().version() == 11;
    if (is_chunked) head_response_->chunked(true);
    if (!is_chunked) {
        keeps_alive_ = false;
        head_response_->keep_alive(false);
    }
    head_serializer_.emplace(*head_response_);
    quiet_since_ = nanos_of(*core_->options.clock);
    stream_.expires_after(core_->options.limits.write_timeout);
    bhttp::async_write_header(
        stream_,
        *head_serializer_,
        [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->close();
            if (self->parser_->get().method() == bhttp::verb::head) {
                self->body_.reset();
                return self->on_written({});
            }
            self->next_piece();
        }
    );
}

void Session::next_piece() {
    const bool taken = core_->workers.take([self = shared_from_this()] {
        auto piece = self->body_->next();
        asio::post(self->stream_.get_executor(), [self, given = std::move(piece)]() mutable {
            self->on_piece(std::move(given));
        });
    });
    // All workers have enough to do: as if there were nothing for now.
    if (!taken) on_piece(BodyStream::Piece{});
}

void Session::on_piece(Result<BodyStream::Piece> piece) {
    if (!piece.ok()) return close();
    BodyStream::Piece& given = piece.value();
    const bool is_last = given.is_last || core_->is_stopping;
    const std::uint64_t now = nanos_of(*core_->options.clock);
    const auto quiet = std::chrono::nanoseconds{now - quiet_since_};
    if (given.text.empty() && !is_last && quiet > core_->options.limits.stream_sign_of_life) {
        given.text = "\n";
    }
    if (!given.text.empty() || is_last) {
        quiet_since_ = now;
        return write_piece(std::move(given.text), is_last);
    }
    timer_.expires_after(core_->options.limits.stream_pause);
    timer_.async_wait([self = shared_from_this()](error_code error) {
        if (error) return self->close();
        self->next_piece();
    });
}

void Session::write_piece(std::string text, bool is_last) {
    piece_.clear();
    if (!head_response_->chunked()) {
        piece_ = std::move(text);
    } else if (!text.empty()) {
        piece_ = fmt::format("{:x}\r\n{}\r\n", text.size(), text);
    }
    if (head_response_->chunked() && is_last) piece_ += "0\r\n\r\n";
    stream_.expires_after(core_->options.limits.write_timeout);
    asio::async_write(
        stream_,
        asio::buffer(piece_),
        [self = shared_from_this(), is_last](error_code error, std::size_t) {
            if (error) return self->close();
            if (!is_last) return self->next_piece();
            self->body_.reset();
            self->on_written({});
        }
    );
}

void Session::on_written(error_code error) {
    if (error) return close();
    if (keeps_alive_) return wait_for_request();
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    linger();
}

// Closing while the other end still sends would reset the connection and lose the answer.
void Session::linger() {
    discarded_.resize(linger_part_bytes);
    stream_.expires_after(linger_time);
    stream_.async_read_some(
        asio::buffer(discarded_),
        [self = shared_from_this()](error_code error, std::size_t) {
            if (error || self->core_->is_stopping) return self->close();
            self->linger();
        }
    );
}

void Session::close() {
    timer_.cancel();
    return_body_bytes();
    stream_.close();
}

void Session::return_body_bytes() {
    core_->bodies_bytes.fetch_sub(std::exchange(body_bytes_, 0));
}

}  // namespace daybook::http
