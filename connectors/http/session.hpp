// One connection: reads a request, has it handled, writes the answer, and again. All of a session
// runs on its strand. Private to this folder.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connectors/http/problem.hpp"
#include "connectors/http/server.hpp"
#include "engine/os/clock.hpp"

namespace daybook::http {

class Session;

// What the sessions share with the server; it lives as long as any of them.
struct Server::Core {
    Core(Handler& handler_, Workers& workers_, const ServerOptions& options_)
        : handler(handler_), workers(workers_), options(options_), acceptor(io) {}

    Handler& handler;
    Workers& workers;
    const ServerOptions options;
    RequestFigures figures;
    std::atomic<bool> is_stopping = false;
    std::atomic<std::uint64_t> bodies_bytes = 0;

    std::mutex mutex;
    std::condition_variable session_ended;
    std::unordered_map<const Session*, std::weak_ptr<Session>> sessions;  // Guarded by mutex.
    bool is_over = false;  // Guarded by mutex. Nothing is posted any more.

    boost::asio::io_context io;
    // The threads stay until the last session has ended, also when there is nothing to do.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        io.get_executor()};
    boost::asio::ip::tcp::acceptor acceptor;
    std::uint16_t port = 0;
    std::vector<std::thread> threads;
};

class Session final : public std::enable_shared_from_this<Session> {
 public:
    Session(std::shared_ptr<Server::Core> core, boost::asio::ip::tcp::socket socket);
    ~Session();

    void start(bool has_room);  // Without room it says so and closes.
    void end_when_idle();       // The server stops. Any thread.
    void cut();                 // Any thread.

 private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using StringResponse = boost::beast::http::response<boost::beast::http::string_body>;
    using EmptyResponse = boost::beast::http::response<boost::beast::http::empty_body>;
    using HeadSerializer = boost::beast::http::response_serializer<boost::beast::http::empty_body>;

    void wait_for_request();
    void read_head();
    void on_head(boost::beast::error_code error);
    [[nodiscard]] std::optional<Problem> refusal_of_head() const;
    [[nodiscard]] bool knows_token() const;
    [[nodiscard]] bool names_this_host() const;
    void read_body();
    void on_body(boost::beast::error_code error);
    [[nodiscard]] Result<Request> request() const;
    void handle();
    void on_answer_timeout(std::uint64_t request_number);
    void answer(std::uint64_t request_number, Response response);

    void refuse(const Problem& problem);  // Then the connection is closed.
    void write(Response response);
    void write_string(Response response);
    void write_stream(Response response);
    void next_piece();
    void on_piece(Result<BodyStream::Piece> piece);
    void write_piece(std::string text, bool is_last);
    template <class Message>
    void fill_head(Message& message, const Response& response) const;
    void on_written(boost::beast::error_code error);
    void linger();
    void close();
    void return_body_bytes();

    const std::shared_ptr<Server::Core> core_;
    boost::beast::tcp_stream stream_;
    boost::asio::steady_timer timer_;
    boost::beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::uint64_t body_bytes_ = 0;      // Reserved of bodies_bytes_max.
    std::uint64_t request_number_ = 0;  // Late answers to an earlier request are known by it.
    bool is_waiting_ = false;           // For the handler's answer.
    bool is_idle_ = false;              // Between two requests.
    bool keeps_alive_ = false;
    std::uint64_t handled_at_ = 0;  // Nanoseconds of the clock.
    std::string discarded_;

    std::optional<StringResponse> string_response_;
    std::optional<EmptyResponse> head_response_;
    std::optional<HeadSerializer> head_serializer_;
    std::unique_ptr<BodyStream> body_;
    std::string piece_;
    std::uint64_t quiet_since_ = 0;  // Nanoseconds of the clock: when the stream last sent.
};

}  // namespace daybook::http
