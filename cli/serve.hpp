// What `daybook serve` was asked, and its two ways: books of this computer, and books in Kafka.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/book_site.hpp"
#include "cli/session.hpp"

namespace daybook::cli {

struct ServeOptions {
    std::vector<std::string> books;  // Folders; with a log their names.
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8420;
    std::string token_file;
    std::size_t threads = 2;
    std::size_t workers = 4;
    unsigned grace_ms = 20'000;
    std::string log;  // kafka://host:port[,host:port][/environment], or "": folders.
    std::string data = "data";
    std::string url;
    bool create = false;
    unsigned session_ms = 6'000;
};

struct ServerLife {
    std::function<void(const std::string& url)> on_listening;
    std::function<void()> on_stopping;  // Requests are still answered.
};

// Listens, says where, and answers until it is told to stop.
[[nodiscard]] ExitCode run_server(
    const Session& session, const ServeOptions& options, BookSite& site, const ServerLife& life
);

[[nodiscard]] ExitCode serve_nodes(const Session& session, const ServeOptions& options);

}  // namespace daybook::cli
