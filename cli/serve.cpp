// `daybook serve`: books over HTTP until SIGTERM or Ctrl-C.
#include "cli/serve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "cli/interrupt.hpp"
#include "cli/local_book.hpp"
#include "cli/progress.hpp"
#include "cli/wiring.hpp"
#include "connectors/http/api.hpp"
#include "connectors/http/forwarder.hpp"
#include "connectors/http/server.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t books_max = 1'000;
constexpr std::size_t token_bytes_min = 16;
constexpr std::size_t questions_waiting_max = 256;
constexpr std::chrono::milliseconds look_at_signals_every{50};

std::string last_name(std::string folder) {
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder.substr(folder.find_last_of('/') + 1);
}

Error no_book(const std::string& folder) {
    return {
        ErrorCode::not_found,
        fmt::format(
            "there is no book in \"{}\", nor in the folders inside; start one with: daybook init "
            "{}",
            folder,
            folder
        )};
}

// A folder is a book, or holds books.
Result<std::vector<std::string>> book_folders(const std::vector<std::string>& given) {
    PosixFileSystem files;
    std::vector<std::string> found;
    for (const std::string& folder : given) {
        if (files.list(folder + "/log").ok()) {
            found.push_back(folder);
            continue;
        }
        const std::size_t before = found.size();
        const auto names = files.list(folder);
        if (!names.ok()) return no_book(folder);
        for (const std::string& name : names.value()) {
            if (files.list(folder + "/" + name + "/log").ok()) found.push_back(folder + "/" + name);
        }
        if (found.size() > before) continue;
        return no_book(folder);
    }
    if (found.size() <= books_max) return found;
    return Error{
        ErrorCode::too_large,
        fmt::format(
            "{} books are too many for one server; the limit is {}", found.size(), books_max
        )};
}

Result<void> open_books(
    const Session& session, BookSite& site, const std::vector<std::string>& folders
) {
    DAYBOOK_TRY(const auto found, book_folders(folders));
    for (const std::string& folder : found) {
        Progress progress{*session.terminal, "reading " + last_name(folder), "events"};
        DAYBOOK_TRY(auto book, Book::open(place_of(session, folder), Access::write));
        DAYBOOK_TRY(
            auto served,
            LocalBook::open(
                last_name(folder),
                std::move(book),
                [&](std::uint64_t done, std::uint64_t total) {
                    progress.at(done, total);
                    return !is_interrupted();
                }
            )
        );
        DAYBOOK_TRY_VOID(site.add(std::move(served)));
    }
    return {};
}

Result<std::string> token_in(const std::string& file) {
    if (file.empty()) return std::string{};
    std::ifstream in{file};
    if (!in) {
        return Error{ErrorCode::not_found, fmt::format("{}: no such file for the token", file)};
    }
    std::string token;
    std::getline(in, token);
    const bool is_printable =
        std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
    if (is_printable && token.size() >= token_bytes_min) return token;
    return Error{
        ErrorCode::invalid,
        fmt::format(
            "{}: the first line must be a token of at least {} printable characters without "
            "spaces; make one with: openssl rand -hex 32",
            file,
            token_bytes_min
        )};
}

void append_server_metrics(
    http::MetricsText& text, http::Server& server, const http::Workers& workers
) {
    using Kind = http::MetricsText::Kind;
    server.figures().append_to(text);
    text.describe("daybook_http_connections", Kind::gauge, "Open connections.");
    text.sample("daybook_http_connections", {}, server.connections());
    text.describe("daybook_http_queue", Kind::gauge, "Questions that wait for a worker.");
    text.sample("daybook_http_queue", {}, workers.waiting());
}

void add_node_options(CLI::App& command, ServeOptions& options) {
    command.add_option(
        "--log", options.log, "kafka://host:port[,host:port][/environment]: books in Kafka"
    );
    command.add_option("--data", options.data, "Where this node keeps its copies of the books")
        ->capture_default_str();
    command.add_option(
        "--url", options.url, "Where the other nodes reach this one; by default where it listens"
    );
    command.add_flag("--create", options.create, "Make the topics of the books named, if missing");
    command
        .add_option(
            "--session-ms", options.session_ms, "After this silence a node has lost its books"
        )
        ->capture_default_str();
}

// Only the token's holder is let in; a node also shows it to the other nodes, as it came.
http::ServerOptions server_options(
    const ServeOptions& options, const Clock& clock, std::string token
) {
    return {
        .address = options.listen,
        .port = options.port,
        .threads = options.threads,
        .token = std::move(token),
        .limits = {},
        .clock = &clock};
}

ExitCode serve_folders(const Session& session, const ServeOptions& options) {
    BookSite site;
    const std::vector<std::string> here = {session.options.book};
    const auto opened = open_books(session, site, options.books.empty() ? here : options.books);
    if (!opened.ok()) return session.fail(opened.error());
    return run_server(session, options, site, {});
}

}  // namespace

ExitCode run_server(
    const Session& session, const ServeOptions& options, BookSite& site, const ServerLife& life
) {
    auto token = token_in(options.token_file);
    if (!token.ok()) return session.fail(token.error());
    const SystemClock clock;
    SystemRandom random;
    http::Workers workers{options.workers, questions_waiting_max};
    http::HttpForwarder forwarder{{}};
    std::atomic<http::Server*> running = nullptr;
    http::Api api{
        site,
        workers,
        {.limits = {},
         .actor = actor_of(session),
         .clock = &clock,
         .random = &random,
         .forwarder = &forwarder,
         .more_metrics = [&](http::MetricsText& text) {
             http::Server* const open = running;
             if (open != nullptr) append_server_metrics(text, *open, workers);
         }}};
    auto server =
        http::Server::open(api, workers, server_options(options, clock, std::move(token).value()));
    if (!server.ok()) return session.fail(server.error());
    running = server.value().get();
    if (life.on_listening) life.on_listening(server.value()->url());
    session.terminal->out(fmt::format("listening on {}\n", server.value()->url()));
    std::fflush(stdout);  // Whoever started the server waits for this line.
    while (!is_interrupted()) std::this_thread::sleep_for(look_at_signals_every);
    session.terminal->say("stopping: what is under way is answered first");
    if (life.on_stopping) life.on_stopping();
    server.value()->stop(std::chrono::milliseconds{options.grace_ms});
    return ExitCode::ok;
}

void add_serve(CLI::App& program, Session& session) {
    auto& options = session.keep<ServeOptions>();
    CLI::App* command = program.add_subcommand("serve", "Serve books over HTTP");
    command->add_option(
        "books",
        options.books,
        "Books, or folders of books; by default that of --book. With --log: names of books; by "
        "default all that are there"
    );
    command->add_option("--port", options.port, "The port; 0 takes a free one")
        ->capture_default_str();
    command
        ->add_option(
            "--listen", options.listen, "The address; beyond this computer only with a token"
        )
        ->type_name("ADDRESS")
        ->capture_default_str();
    command->add_option(
        "--token-file", options.token_file, "A file whose first line every request must bring"
    );
    command->add_option("--threads", options.threads, "Threads for connections")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command->add_option("--workers", options.workers, "Threads for reports")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command
        ->add_option(
            "--grace-ms", options.grace_ms, "How long open requests may take when it stops"
        )
        ->capture_default_str();
    add_node_options(*command, options);
    command->footer(
        "Examples:\n"
        "  daybook serve acme --port 8420\n"
        "  daybook serve --log kafka://10.0.0.5:9092 --node a --data /var/lib/daybook "
        "--url http://10.0.0.11:8420 --listen 10.0.0.11 --token-file token\n"
        "  curl -s localhost:8420/v1/books/acme/reports/trial-balance?as-of=2026-06-30\n"
        "  curl -s -H 'Content-Type: application/json' -d '{\"command\": ...}' "
        "localhost:8420/v1/books/acme/commands\n"
    );
    set_run(*command, session, [&] {
        return options.log.empty() ? serve_folders(session, options)
                                   : serve_nodes(session, options);
    });
}

}  // namespace daybook::cli
