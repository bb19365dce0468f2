#include "connectors/http/server.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

#include "connectors/http/session.hpp"
#include "engine/base/assert.hpp"

namespace daybook::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

void accept_next(const std::shared_ptr<Server::Core>& core) {
    core->acceptor.async_accept(
        asio::make_strand(core->io),
        [core](error_code error, tcp::socket socket) {
            if (core->is_stopping) return;
            if (!error) {
                const auto session = std::make_shared<Session>(core, std::move(socket));
                bool has_room = false;
                {
                    const std::scoped_lock lock{core->mutex};
                    has_room = core->sessions.size() < core->options.limits.connections_max;
                    core->sessions.emplace(session.get(), session);
                }
                session->start(has_room);
            }
            accept_next(core);
        }
    );
}

Error cannot_listen(const ServerOptions& options, const std::string& found) {
    return {
        ErrorCode::io,
        fmt::format(
            "cannot listen on {} port {}: {}; choose another with --port, or 0 for a free one",
            options.address,
            options.port,
            found
        )};
}

Result<void> listen(Server::Core& core, const asio::ip::address& address) {
    const tcp::endpoint endpoint{address, core.options.port};
    error_code error;
    core.acceptor.open(endpoint.protocol(), error);
    if (!error) core.acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) core.acceptor.bind(endpoint, error);
    if (!error) core.acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(core.options, error.message());
    core.port = core.acceptor.local_endpoint(error).port();
    return error ? Result<void>{cannot_listen(core.options, error.message())} : Result<void>{};
}

// What to do with each session that lives.
template <class Act>
void for_each_session(Server::Core& core, Act act) {
    std::vector<std::shared_ptr<Session>> alive;
    {
        const std::scoped_lock lock{core.mutex};
        for (const auto& [session, weak] : core.sessions) {
            if (auto strong = weak.lock()) alive.push_back(std::move(strong));
        }
    }
    for (const auto& session : alive) act(*session);
}

}  // namespace

bool is_loopback(const std::string& address) {
    error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() {
    stop(std::chrono::milliseconds{0});
}

Result<std::unique_ptr<Server>> Server::open(
    Handler& handler, Workers& workers, const ServerOptions& options
) {
    DAYBOOK_ASSERT(options.clock != nullptr);
    DAYBOOK_ASSERT(options.threads > 0);
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "\"{}\" is not an IP address; listen on 127.0.0.1, on 0.0.0.0 or on the address of "
                "an interface",
                options.address
            )};
    }
    if (!address.is_loopback() && options.token.empty()) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "{} can be reached from other computers, and there is no token: anyone could read "
                "and write the books; give a token with --token-file, or listen on 127.0.0.1",
                options.address
            )};
    }
    auto core = std::make_shared<Core>(handler, workers, options);
    DAYBOOK_TRY_VOID(listen(*core, address));
    accept_next(core);
    for (std::size_t i = 0; i < options.threads; ++i) {
        core->threads.emplace_back([&io = core->io] { io.run(); });
    }
    return std::make_unique<Server>(std::move(core));
}

std::uint16_t Server::port() const {
    return core_->port;
}

std::string Server::url() const {
    const std::string& address = core_->options.address;
    const bool is_v6 = address.find(':') != std::string::npos;
    return is_v6 ? fmt::format("http://[{}]:{}", address, core_->port)
                 : fmt::format("http://{}:{}", address, core_->port);
}

std::size_t Server::connections() const {
    const std::scoped_lock lock{core_->mutex};
    return core_->sessions.size();
}

RequestFigures& Server::figures() {
    return core_->figures;
}

void Server::stop(std::chrono::milliseconds grace) {
    if (core_->threads.empty()) return;
    core_->is_stopping = true;
    asio::post(core_->io, [core = core_] {
        error_code ignored;
        core->acceptor.close(ignored);
    });
    const auto nobody = [this] { return core_->sessions.empty(); };
    for_each_session(*core_, [](Session& session) { session.end_when_idle(); });
    {
        std::unique_lock lock{core_->mutex};
        core_->session_ended.wait_for(lock, grace, nobody);
    }
    for_each_session(*core_, [](Session& session) { session.cut(); });
    {
        std::unique_lock lock{core_->mutex};
        core_->session_ended.wait(lock, nobody);
    }
    core_->work.reset();
    for (std::thread& thread : core_->threads) thread.join();
    core_->threads.clear();
    {
        const std::scoped_lock lock{core_->mutex};
        core_->is_over = true;
    }
    core_->io.restart();
    core_->io.poll();
}

}  // namespace daybook::http
