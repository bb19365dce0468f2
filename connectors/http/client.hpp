// One connection to another server, for requests one after the other: connecting and answering are
// bounded in time, the answer in size.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook::http {

struct ClientLimits {
    std::chrono::milliseconds connect_timeout{1'000};
    std::chrono::milliseconds answer_timeout{30'000};  // From sending to the whole answer.
    std::uint64_t body_bytes_max = std::uint64_t{64} << 20;
};

struct ClientRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

struct ClientAnswer {
    int status = 0;
    std::map<std::string, std::string, std::less<>> headers;  // Names in lower case.
    std::string body;
    bool is_of_second_try = false;  // The first one may have been done, too.
};

// Used by one thread at a time. The connection is kept between requests and made anew when the
// other end has closed it: then a request may be sent twice, so commands must have an id. A request
// that gets no answer in time is not sent again.
class Client {
 public:
    // Of "http://host:port"; `invalid` for anything else.
    [[nodiscard]] static Result<std::unique_ptr<Client>> open(
        const std::string& url, const ClientLimits& limits
    );
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // `unavailable` when nothing was sent; `io` when it was and the answer did not come whole: the
    // other end may have done what was asked.
    [[nodiscard]] Result<ClientAnswer> send(const ClientRequest& request);

    struct Parts;
    explicit Client(std::unique_ptr<Parts> parts);  // Use open().

 private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook::http
