// Requests a second over loopback, on connections that stay open and send the next request when the
// answer is there. Beside it, in the same run and from the same client, a server that answers every
// request with the same few bytes: what sockets and this machine leave for anyone.
//
//   bench_http --port P --connections C --requests N METHOD PATH [BODY]
//
// prints `daybook`, `echo` and the ratio. Without --port only the echo is measured.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <thread>

#include "bench/harness.hpp"

using namespace daybook;

namespace {

using Clock = std::chrono::steady_clock;

void must_be(bool is_true, std::string_view what) {
    if (is_true) return;
    fmt::print(stderr, "{}: {}\n", what, std::strerror(errno));
    std::exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void send_at_once(int socket) {
    const int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// Where the first message in the bytes ends, by its head and Content-Length; 0 if it is not whole.
std::size_t message_end(std::string_view bytes) {
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    constexpr std::string_view name = "Content-Length: ";
    std::size_t body = 0;
    const std::size_t at = bytes.find(name);
    if (at < head) {
        const char* begin = bytes.data() + at + name.size();
        std::from_chars(begin, bytes.data() + head, body);
    }
    const std::size_t end = head + 4 + body;
    return end <= bytes.size() ? end : 0;
}

class Epoll {
 public:
    Epoll() : handle_(epoll_create1(EPOLL_CLOEXEC)) { must_be(handle_ >= 0, "epoll"); }
    ~Epoll() { close(handle_); }
    Epoll(const Epoll&) = delete;
    Epoll& operator=(const Epoll&) = delete;

    void add(int socket, void* what) {
        epoll_event event{.events = EPOLLIN, .data = {.ptr = what}};
        must_be(epoll_ctl(handle_, EPOLL_CTL_ADD, socket, &event) == 0, "epoll_ctl");
    }
    std::span<const epoll_event> wait(int millis) {
        const int count = epoll_wait(handle_, events_.data(), events_max, millis);
        return std::span{events_}.first(static_cast<std::size_t>(std::max(count, 0)));
    }

 private:
    static constexpr int events_max = 64;
    int handle_;
    std::array<epoll_event, events_max> events_{};
};

struct Connection {
    int socket = -1;
    std::string received;
    Clock::time_point sent;

    // False at the end of the stream.
    bool receive() {
        std::array<char, 16'384> piece;
        const ssize_t bytes = recv(socket, piece.data(), piece.size(), 0);
        if (bytes <= 0) return false;
        received.append(piece.data(), static_cast<std::size_t>(bytes));
        return true;
    }
    void send_all(std::string_view text) {
        while (!text.empty()) {
            const ssize_t bytes = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
            must_be(bytes > 0, "send");
            text.remove_prefix(static_cast<std::size_t>(bytes));
        }
    }
};

// Answers whatever it is sent with 200 and a body of so many bytes.
class Echo {
 public:
    explicit Echo(std::size_t body_bytes)
        : answer_(fmt::format(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
              body_bytes,
              std::string(body_bytes, 'x')
          )),
          listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t length = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        must_be(bind(listener_, raw, length) == 0 && listen(listener_, 1024) == 0, "listen");
        must_be(getsockname(listener_, raw, &length) == 0, "getsockname");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { run(); }};
    }
    ~Echo() {
        is_stopping_ = true;
        thread_.join();
        close(listener_);
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    void run() {
        Epoll epoll;
        epoll.add(listener_, nullptr);
        std::vector<std::unique_ptr<Connection>> connections;
        while (!is_stopping_) {
            for (const epoll_event& event : epoll.wait(50)) {
                if (event.data.ptr == nullptr) {
                    auto& made = connections.emplace_back(std::make_unique<Connection>());
                    made->socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
                    send_at_once(made->socket);
                    epoll.add(made->socket, made.get());
                    continue;
                }
                auto& connection = *static_cast<Connection*>(event.data.ptr);
                if (!connection.receive()) {
                    close(connection.socket);
                    continue;
                }
                while (const std::size_t end = message_end(connection.received)) {
                    connection.received.erase(0, end);
                    connection.send_all(answer_);
                }
            }
        }
    }

    const std::string answer_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

struct Load {
    std::uint64_t connections = 1;
    std::uint64_t requests = 10'000;
    std::string request;
    std::size_t number_at = std::string::npos;  // Where the request has a number of its own.
    std::uint64_t number = 0;

    // The next request: "########" in it is a number that no other one has.
    std::string_view next() {
        if (number_at == std::string::npos) return request;
        const std::string digits = fmt::format("{:08}", ++number);
        std::ranges::copy(digits, request.begin() + static_cast<std::ptrdiff_t>(number_at));
        return request;
    }
};

struct Measured {
    double rate = 0;
    double micros_50 = 0;
    double micros_99 = 0;
    std::size_t answer_bytes = 0;  // Of the last answer's body.
};

Measured measure(std::uint16_t port, std::uint64_t requests, Load& load) {
    Epoll epoll;
    std::vector<Connection> connections(load.connections);
    for (Connection& connection : connections) {
        connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(port);
        const auto* raw = reinterpret_cast<const sockaddr*>(&address);
        must_be(connect(connection.socket, raw, sizeof address) == 0, "connect");
        send_at_once(connection.socket);
        epoll.add(connection.socket, &connection);
    }
    Measured measured;
    std::vector<double> micros;
    micros.reserve(requests);
    const auto begin = Clock::now();
    const auto send_next = [&](Connection& connection) {
        connection.sent = Clock::now();
        connection.send_all(load.next());
    };
    for (Connection& connection : connections) send_next(connection);
    while (micros.size() < requests) {
        for (const epoll_event& event : epoll.wait(10'000)) {
            auto& connection = *static_cast<Connection*>(event.data.ptr);
            must_be(connection.receive(), "the server closed a connection");
            const std::size_t end = message_end(connection.received);
            if (end == 0) continue;
            const bool is_good = connection.received.starts_with("HTTP/1.1 200");
            if (!is_good) fmt::print(stderr, "{}\n", connection.received);
            must_be(is_good, "the answer is not 200");
            const auto took = Clock::now() - connection.sent;
            micros.push_back(std::chrono::duration<double, std::micro>(took).count());
            measured.answer_bytes = end - connection.received.find("\r\n\r\n") - 4;
            connection.received.clear();
            send_next(connection);
        }
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    for (const Connection& connection : connections) close(connection.socket);
    std::ranges::sort(micros);
    measured.rate = static_cast<double>(micros.size()) / seconds;
    measured.micros_50 = micros[micros.size() / 2];
    measured.micros_99 = micros[micros.size() * 99 / 100];
    return measured;
}

void print(std::string_view name, const Measured& measured) {
    fmt::print(
        "  {:<10} {:>9.0f} requests/s   p50 {:>8.0f}  p99 {:>8.0f} us\n",
        name,
        measured.rate,
        measured.micros_50,
        measured.micros_99
    );
}

std::string request_of(std::string_view method, std::string_view path, std::string_view body) {
    std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n", method, path);
    if (!body.empty()) {
        text += fmt::format(
            "Daybook-Actor: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            body.size()
        );
    }
    return text + "\r\n" + std::string{body};
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t port = bench::option(count, arguments, "--port", 0);
    Load load;
    load.connections = bench::option(count, arguments, "--connections", 16);
    load.requests = bench::option(count, arguments, "--events", 20'000);
    int first_word = 1;
    while (first_word + 1 < count && arguments[first_word][0] == '-') first_word += 2;
    const auto word = [&](int index, std::string_view otherwise) {
        const int at = first_word + index;
        return at < count ? std::string_view{arguments[at]} : otherwise;
    };
    load.request = request_of(word(0, "GET"), word(1, "/healthz"), word(2, ""));
    load.number_at = load.request.find("########");
    std::optional<Measured> daybook;
    // Turn and turn about; the better of each, as others' work on the machine only takes away.
    const auto better = [](std::optional<Measured>& best, const Measured& now) {
        if (!best || now.rate > best->rate) best = now;
    };
    std::size_t body_bytes = 200;
    if (port != 0) {
        daybook = measure(static_cast<std::uint16_t>(port), 10, load);
        body_bytes = daybook->answer_bytes;
        daybook.reset();
    }
    const Echo echo{body_bytes};
    std::optional<Measured> plain;
    for (int run = 0; run < 3; ++run) {
        if (port != 0) {
            better(daybook, measure(static_cast<std::uint16_t>(port), load.requests, load));
        }
        better(plain, measure(echo.port(), load.requests, load));
    }
    fmt::print(
        "{} {}, {} connections, answers of {} bytes\n",
        word(0, "GET"),
        word(1, "/healthz"),
        load.connections,
        body_bytes
    );
    if (daybook) print("daybook", *daybook);
    print("echo", *plain);
    if (daybook) fmt::print("  ratio {:.2f}\n", daybook->rate / plain->rate);
    return 0;
}
