// Carries commands to the node that owns their book, on threads of its own, over connections that
// are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/http/api.hpp"
#include "connectors/http/client.hpp"
#include "connectors/http/workers.hpp"

namespace daybook::http {

struct ForwarderLimits {
    std::size_t threads = 8;           // As many requests are under way at once,
    std::size_t waiting_max = 256;     // and as many wait; then the client is told to come again.
    std::size_t connections_kept = 8;  // To each node.
    ClientLimits client;
};

class HttpForwarder final : public Forwarder {
 public:
    explicit HttpForwarder(const ForwarderLimits& limits);
    [[nodiscard]] bool forward(const std::string& url, Request request, Respond respond) override;

 private:
    [[nodiscard]] Response carry(const std::string& url, const Request& request);
    [[nodiscard]] Result<std::unique_ptr<Client>> client_to(const std::string& url);
    void keep(const std::string& url, std::unique_ptr<Client> client);

    const ForwarderLimits limits_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<std::unique_ptr<Client>>> idle_;  // Guarded.
    Workers workers_;  // Last: its threads use the rest.
};

}  // namespace daybook::http
