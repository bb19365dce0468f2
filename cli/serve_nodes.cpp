// `daybook serve --log kafka://...`: a node among others that share the books of a Kafka cluster.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "cli/interrupt.hpp"
#include "cli/node_book.hpp"
#include "cli/progress.hpp"
#include "cli/serve.hpp"
#include "cli/wiring.hpp"
#include "connectors/http/client.hpp"
#include "connectors/kafka/placement.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds broker_patience{10'000};
constexpr std::chrono::milliseconds open_again_after{500};
constexpr int open_tries_max = 60;
constexpr std::chrono::milliseconds watch_every{500};
constexpr int silences_max = 3;
// Nodes that cannot hear each other but both reach Kafka would else take books back and forth.
constexpr std::chrono::seconds suspect_again_after{10};
constexpr http::ClientLimits watch_limits{
    .connect_timeout = std::chrono::milliseconds{1'000},
    .answer_timeout = std::chrono::milliseconds{2'000}};

struct Cluster {
    std::string brokers;
    std::string environment;
    kafka::Settings settings;
};

// kafka://host:port[,host:port][/environment]
Result<Cluster> cluster_of(const Session& session, const ServeOptions& options) {
    std::string text = options.log;
    while (text.ends_with('/')) text.pop_back();
    DAYBOOK_TRY(const kafka::Place place, kafka::parse_place(text + "/any"));
    Cluster cluster{.brokers = place.brokers, .environment = place.environment, .settings = {}};
    DAYBOOK_TRY(cluster.settings, kafka_settings(place_of(session)));
    return cluster;
}

Result<Id> node_id(const Session& session) {
    if (session.options.node == CommonOptions{}.node) {
        return Error{
            ErrorCode::invalid,
            "a node of a cluster needs a name unlike every other's: give it with --node"};
    }
    return parse_id(session.options.node);
}

Result<std::vector<std::string>> books_of(const ServeOptions& options, const Cluster& cluster) {
    if (!options.books.empty()) return options.books;
    DAYBOOK_TRY(
        auto books,
        kafka::books_at(cluster.brokers, cluster.environment, cluster.settings, broker_patience)
    );
    if (!books.empty()) return books;
    return Error{
        ErrorCode::not_found,
        fmt::format(
            "there is no book at {}; name one and add --create to begin it, or copy one there",
            options.log
        )};
}

// The books of a node; the site owns them.
struct NodeBooks {
    std::vector<NodeBook*> list;

    void start(const std::string& url) {
        for (NodeBook* const book : list) book->start(url);
    }
    void set_named(const std::vector<std::string>& names) {
        for (NodeBook* const book : list) {
            book->set_named(std::ranges::find(names, book->name()) != names.end());
        }
    }
    void stop() {
        for (NodeBook* const book : list) book->stop();
    }
};

// Asks the other nodes for a sign of life, on a thread of its own. A group of consumers misses a
// node that was killed after six seconds, and later while it is settling another change.
class Watch {
 public:
    explicit Watch(const NodeBooks& books) {
        for (NodeBook* const book : books.list) seen_.push_back({.book = book});
        thread_ = std::thread{[this] { run(); }};
    }
    ~Watch() {
        is_ending_ = true;
        thread_.join();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

 private:
    struct Seen {
        NodeBook* book = nullptr;
        std::string url;
        int silences = 0;                       // One after the other,
        std::uint64_t end = 0;                  // and where the log ended at the first of them.
        std::chrono::nanoseconds not_before{};  // Suspected no earlier again.
    };

    void run() {
        while (!is_ending_) {
            std::map<std::string, bool> answers;
            for (Seen& seen : seen_) {
                const std::string url = seen.book->elsewhere();
                if (!url.empty() && !answers.contains(url)) answers[url] = gives_sign(url);
                look_at(seen, url, url.empty() || answers[url]);
            }
            std::this_thread::sleep_for(watch_every);
        }
    }
    static bool gives_sign(const std::string& url) {
        const auto client = http::Client::open(url, watch_limits);
        // Any answer will do, also that a token is missing.
        return client.ok() && client.value()->send({.target = "/healthz"}).ok();
    }
    // A book that goes on is written by somebody, whoever answers or not.
    void look_at(Seen& seen, const std::string& url, bool is_alive) {
        const std::uint64_t end = seen.book->end();
        if (is_alive || url != seen.url || (seen.silences > 0 && end != seen.end)) {
            seen.silences = 0;
        }
        seen.url = url;
        seen.end = end;
        if (is_alive || ++seen.silences < silences_max) return;
        const auto now = clock_.elapsed();
        if (now < seen.not_before) return;
        seen.not_before = now + suspect_again_after;
        seen.book->suspect_holder();
    }

    const SystemClock clock_;
    std::vector<Seen> seen_;
    std::atomic<bool> is_ending_ = false;
    std::thread thread_;
};

struct Joining {
    const Session& session;
    const ServeOptions& options;
    const Cluster& cluster;
    Id node;
};

// A cluster that is just starting, or a topic that was made a moment ago, is waited for.
Result<std::unique_ptr<NodeBook>> open_patiently(
    const Session& session, const NodeBookOptions& options, const FoldProgress& progress
) {
    auto book = NodeBook::open(options, progress);
    for (int i = 1; i < open_tries_max && !book.ok() && !is_interrupted(); ++i) {
        const ErrorCode code = book.error().code;
        if (code != ErrorCode::unavailable && code != ErrorCode::denied) break;
        session.terminal->detail(fmt::format("waiting: {}", book.error().message));
        std::this_thread::sleep_for(open_again_after);
        book = NodeBook::open(options, progress);
    }
    return book;
}

Result<void> open_books(
    const Joining& joining, const std::vector<std::string>& names, BookSite& site, NodeBooks& books
) {
    const Cluster& cluster = joining.cluster;
    for (const std::string& name : names) {
        Progress progress{*joining.session.terminal, "reading " + name, "events"};
        const NodeBookOptions options{
            .place = {.brokers = cluster.brokers, .environment = cluster.environment, .book = name},
            .settings = cluster.settings,
            .folder = joining.options.data + "/" + name,
            .node = joining.node,
            .create = joining.options.create};
        DAYBOOK_TRY_VOID(kafka::parse_place(options.place.text()));
        DAYBOOK_TRY(
            auto book,
            open_patiently(
                joining.session,
                options,
                [&](std::uint64_t done, std::uint64_t total) {
                    progress.at(done, total);
                    return !is_interrupted();
                }
            )
        );
        books.list.push_back(book.get());
        DAYBOOK_TRY_VOID(site.add(std::move(book)));
    }
    return {};
}

}  // namespace

ExitCode serve_nodes(const Session& session, const ServeOptions& options) {
    const auto node = node_id(session);
    if (!node.ok()) return session.fail(node.error());
    const auto cluster = cluster_of(session, options);
    if (!cluster.ok()) return session.fail(cluster.error());
    const auto names = books_of(options, cluster.value());
    if (!names.ok()) return session.fail(names.error());
    BookSite site;
    NodeBooks books;
    const Joining joining{session, options, cluster.value(), node.value()};
    const auto opened = open_books(joining, names.value(), site, books);
    if (!opened.ok()) return session.fail(opened.error());

    std::unique_ptr<kafka::Placement> placement;
    std::unique_ptr<Watch> watch;
    const auto join = [&](const std::string& listening) {
        books.start(options.url.empty() ? listening : options.url);
        const kafka::PlacementOptions wanted{
            .brokers = cluster.value().brokers,
            .environment = cluster.value().environment,
            .books = names.value(),
            .node = session.options.node,
            .settings = cluster.value().settings,
            .session_timeout = std::chrono::milliseconds{options.session_ms}};
        auto joined = kafka::Placement::open(wanted, [&](const std::vector<std::string>& named) {
            books.set_named(named);
        });
        watch = std::make_unique<Watch>(books);
        if (joined.ok()) placement = std::move(joined).value();
        // Reads and forwarding go on without it; others take the books.
        if (!joined.ok()) session.terminal->error(joined.error());
    };
    return run_server(session, options, site, {.on_listening = join, .on_stopping = [&] {
                                                   watch.reset();
                                                   books.stop();
                                                   placement.reset();
                                               }});
}

}  // namespace daybook::cli
