// An HTTP/1.1 server on one address: a few threads, every size, number and wait bounded by a name.
// It knows connections, tokens and limits; what a path means is its handler's business.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "connectors/http/message.hpp"
#include "connectors/http/metrics.hpp"
#include "connectors/http/workers.hpp"
#include "engine/base/result.hpp"

namespace daybook {
class Clock;
}

namespace daybook::http {

// Reaching one is an answer that names it, or, for waits without a whole request, a closed
// connection.
struct ServerLimits {
    std::uint32_t head_bytes_max = 16 << 10;                    // Then 431.
    std::uint64_t body_bytes_max = std::uint64_t{8} << 20;      // Then 413.
    std::uint64_t bodies_bytes_max = std::uint64_t{256} << 20;  // All being read; then 503.
    std::size_t connections_max = 512;                          // Then 503, and closed.
    std::chrono::milliseconds idle_timeout{60'000};             // Between two requests; then,
    std::chrono::milliseconds head_timeout{10'000};             // also after these, closed.
    std::chrono::milliseconds body_timeout{60'000};
    std::chrono::milliseconds write_timeout{30'000};        // Of each part that is sent.
    std::chrono::milliseconds answer_timeout{30'000};       // Then 503: the outcome is open.
    std::chrono::milliseconds stream_pause{20};             // Before asking a stream again.
    std::chrono::milliseconds stream_sign_of_life{15'000};  // An empty line when all is quiet.
};

struct ServerOptions {
    std::string address = "127.0.0.1";  // Of the interface: an IP address.
    std::uint16_t port = 0;             // 0: a free one.
    std::size_t threads = 2;
    std::string token;  // If not empty, every request must bring it: "Authorization: Bearer ...".
    ServerLimits limits;
    const Clock* clock = nullptr;  // Borrowed. Required.
};

// "127.0.0.1", "::1": reached from this computer alone.
[[nodiscard]] bool is_loopback(const std::string& address);

class Server {
 public:
    // Listens. `invalid` for an address that is none, or one beyond loopback without a token;
    // `io` when it is taken. Handler and workers must outlive the server.
    [[nodiscard]] static Result<std::unique_ptr<Server>> open(
        Handler& handler, Workers& workers, const ServerOptions& options
    );
    ~Server();  // Stops, without grace.
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;  // "http://127.0.0.1:41231"
    [[nodiscard]] std::size_t connections() const;
    [[nodiscard]] RequestFigures& figures();

    // Takes no more connections and no more requests; what is under way is answered, streams end
    // after the piece they are at. After `grace` what is left is cut. Any thread but a handler's.
    void stop(std::chrono::milliseconds grace);

    struct Core;
    explicit Server(std::shared_ptr<Core> core);  // Use open().

 private:
    std::shared_ptr<Core> core_;  // Shared with the sessions.
};

}  // namespace daybook::http
