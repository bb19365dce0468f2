// A server that says what it is told to, for each request that comes: what a real one says only at
// an unlucky moment.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace daybook::http {

class ScriptedServer {
 public:
    static constexpr const char* closes = "";  // The connection, instead of answering.
    static constexpr const char* is_silent = "silent";

    // One answer for each request, in order.
    explicit ScriptedServer(std::vector<std::string> answers)
        : answers_(std::move(answers)), file_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof place;
        REQUIRE(::bind(file_, reinterpret_cast<const sockaddr*>(&place), size) == 0);
        REQUIRE(::listen(file_, 4) == 0);
        REQUIRE(::getsockname(file_, reinterpret_cast<sockaddr*>(&place), &size) == 0);
        url_ = fmt::format("http://127.0.0.1:{}", ntohs(place.sin_port));
        thread_ = std::thread{[this] { run(); }};
    }
    ~ScriptedServer() {
        ::shutdown(file_, SHUT_RDWR);
        thread_.join();
        ::close(file_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }
    [[nodiscard]] std::size_t requests() const { return heard_; }

 private:
    void run() {
        while (heard_ < answers_.size()) {
            const int connection = ::accept(file_, nullptr, nullptr);
            if (connection < 0) return;
            while (heard_ < answers_.size() && take_one(connection)) {
            }
            ::close(connection);
        }
    }
    // A request of a test is short and comes at once.
    bool take_one(int connection) {
        char request[16'384];
        if (::recv(connection, request, sizeof request, 0) <= 0) return false;
        const std::string& answer = answers_[heard_++];
        if (answer == is_silent) return true;
        return answer != closes &&
               ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
    }

    const std::vector<std::string> answers_;
    int file_;
    std::string url_;
    std::atomic<std::size_t> heard_ = 0;
    std::thread thread_;
};

}  // namespace daybook::http
