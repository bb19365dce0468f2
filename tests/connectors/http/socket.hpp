// A connection on which a test says what it likes, also what is no HTTP.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::http {

class Socket {
 public:
    explicit Socket(std::uint16_t port) : file_(::socket(AF_INET, SOCK_STREAM, 0)) {
        REQUIRE(file_ >= 0);
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        REQUIRE(::setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(port);
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(file_, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
    }
    ~Socket() { ::close(file_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    // False when the other end takes no more.
    bool say(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(file_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // Reads until what was heard contains the text, or the end; "" then.
    std::string hear_until(std::string_view text) {
        while (heard_.find(text) == std::string::npos) {
            if (!hear()) return "";
        }
        const std::size_t end = heard_.find(text) + text.size();
        std::string until = heard_.substr(0, end);
        heard_.erase(0, end);
        return until;
    }
    // Everything up to the end of the connection.
    std::string hear_all() {
        while (hear()) {
        }
        return std::move(heard_);
    }
    // One answer of stated length: its head and its body.
    std::string hear_answer() {
        std::string answer = hear_until("\r\n\r\n");
        const std::size_t at = answer.find("Content-Length: ");
        if (at == std::string::npos) return answer;
        std::size_t length = 0;
        std::from_chars(answer.data() + at + 16, answer.data() + answer.size(), length);
        while (heard_.size() < length && hear()) {
        }
        answer += heard_.substr(0, length);
        heard_.erase(0, length);
        return answer;
    }

 private:
    bool hear() {
        char part[16'384];
        const ssize_t size = ::recv(file_, part, sizeof part, 0);
        if (size <= 0) return false;
        heard_.append(part, static_cast<std::size_t>(size));
        return true;
    }

    int file_;
    std::string heard_;
};

}  // namespace daybook::http
