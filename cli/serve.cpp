// `daybook serve`: books over HTTP until SIGTERM or Ctrl-C.
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
#include "cli/served_report.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "connectors/http/api.hpp"
#include "connectors/http/server.hpp"

namespace daybook::cli {
namespace {

constexpr std::uint64_t ready_lag_events_max = 100'000;
constexpr std::size_t books_max = 1'000;
constexpr std::size_t token_bytes_min = 16;
constexpr std::chrono::milliseconds look_at_signals_every{50};

struct ServeOptions {
    std::vector<std::string> folders;
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8420;
    std::string token_file;
    std::size_t threads = 2;
    std::size_t workers = 4;
    unsigned grace_ms = 20'000;
};

// The books of one server; they are opened before it listens.
class BookSite final : public http::Site {
 public:
    BookSite() : reports_(served_reports()) {}

    [[nodiscard]] Result<void> add(std::unique_ptr<http::ServedBook> book) {
        for (const auto& other : books_) {
            if (other->name() != book->name()) continue;
            return Error{
                ErrorCode::conflict,
                fmt::format("two books are named \"{}\"; rename a folder", book->name())};
        }
        books_.push_back(std::move(book));
        return {};
    }

    [[nodiscard]] std::span<const std::unique_ptr<http::ServedBook>> books() const override {
        return books_;
    }
    [[nodiscard]] std::span<const http::ReportDescription> reports() const override {
        return reports_;
    }
    [[nodiscard]] Result<void> ready() const override {
        for (const auto& book : books_) {
            const http::BookState state = book->state();
            if (state.write_failure) return not_ready(*book, state.write_failure->message);
            if (state.rows_failure) return not_ready(*book, state.rows_failure->message);
            const std::uint64_t end = state.head.size;
            if (end > state.rows_position + ready_lag_events_max) {
                return not_ready(
                    *book, fmt::format("its rows lag by more than {} events", ready_lag_events_max)
                );
            }
        }
        return {};
    }
    void append_metrics(http::MetricsText& text) const override {
        text.describe(
            "daybook_books", http::MetricsText::Kind::gauge, "How many books this server serves."
        );
        text.sample("daybook_books", {}, books_.size());
    }

 private:
    static Error not_ready(const http::ServedBook& book, const std::string& why) {
        return {ErrorCode::unavailable, fmt::format("book \"{}\": {}", book.name(), why)};
    }

    std::vector<std::unique_ptr<http::ServedBook>> books_;
    const std::vector<http::ReportDescription> reports_;
};

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

// The parts of a server that runs, in the order in which they are made.
ExitCode run_server(const Session& session, const ServeOptions& options, std::string token) {
    BookSite site;
    const std::vector<std::string> here = {session.options.book};
    const auto opened = open_books(session, site, options.folders.empty() ? here : options.folders);
    if (!opened.ok()) return session.fail(opened.error());

    const SystemClock clock;
    SystemRandom random;
    http::Workers workers{options.workers, 256};
    std::atomic<http::Server*> running = nullptr;
    http::Api api{
        site,
        workers,
        {.limits = {},
         .actor = actor_of(session),
         .clock = &clock,
         .random = &random,
         .more_metrics = [&](http::MetricsText& text) {
             http::Server* const open = running;
             if (open != nullptr) append_server_metrics(text, *open, workers);
         }}};
    auto server = http::Server::open(
        api,
        workers,
        {.address = options.listen,
         .port = options.port,
         .threads = options.threads,
         .token = std::move(token),
         .limits = {},
         .clock = &clock}
    );
    if (!server.ok()) return session.fail(server.error());
    running = server.value().get();
    session.terminal->out(fmt::format("listening on {}\n", server.value()->url()));
    std::fflush(stdout);  // Whoever started the server waits for this line.
    while (!is_interrupted()) std::this_thread::sleep_for(look_at_signals_every);
    session.terminal->say("stopping: what is under way is answered first");
    server.value()->stop(std::chrono::milliseconds{options.grace_ms});
    return ExitCode::ok;
}

ExitCode serve(const Session& session, const ServeOptions& options) {
    auto token = token_in(options.token_file);
    if (!token.ok()) return session.fail(token.error());
    return run_server(session, options, std::move(token).value());
}

}  // namespace

void add_serve(CLI::App& program, Session& session) {
    auto& options = session.keep<ServeOptions>();
    CLI::App* command = program.add_subcommand("serve", "Serve books over HTTP");
    command->add_option(
        "folders", options.folders, "Books, or folders of books; by default that of --book"
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
    command->footer(
        "Examples:\n"
        "  daybook serve acme --port 8420\n"
        "  curl -s localhost:8420/v1/books/acme/reports/trial-balance?as-of=2026-06-30\n"
        "  curl -s -H 'Content-Type: application/json' -d '{\"command\": ...}' "
        "localhost:8420/v1/books/acme/commands\n"
    );
    set_run(*command, session, [&] { return serve(session, options); });
}

}  // namespace daybook::cli
