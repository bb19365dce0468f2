// `daybook serve --log kafka://...`: a node among others that share the books of a Kafka cluster.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/node_books.hpp"
#include "cli/node_watch.hpp"
#include "cli/progress.hpp"
#include "cli/serve.hpp"
#include "cli/shared_schemas.hpp"
#include "cli/wiring.hpp"
#include "connectors/kafka/beginning.hpp"
#include "connectors/kafka/placement.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds broker_patience{10'000};
constexpr std::chrono::milliseconds open_again_after{500};
constexpr int open_tries_max = 60;
constexpr std::chrono::seconds look_for_books_every{5};
constexpr std::chrono::milliseconds look_at_signals_every{100};

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

// Those named; else all that the cluster has, of which there may be none yet.
Result<std::vector<std::string>> books_of(const ServeOptions& options, const Cluster& cluster) {
    if (!options.books.empty()) return options.books;
    return kafka::books_at(cluster.brokers, cluster.environment, cluster.settings, broker_patience);
}

struct Joining {
    const Session& session;
    const ServeOptions& options;
    const Cluster& cluster;
    Id node;
    BookSite& site;
    NodeBooks& books;
};

// A cluster that is just starting, or a topic that was made a moment ago, is waited for.
Result<std::unique_ptr<NodeBook>> open_patiently(
    const Session& session, const NodeBookOptions& options, const FoldProgress& progress
) {
    auto book = NodeBook::open(options, progress);
    for (int i = 1; i < open_tries_max && !book.ok() && !is_interrupted(); ++i) {
        const ErrorCode code = book.error().code;
        if (code != ErrorCode::unavailable && code != ErrorCode::busy) break;
        session.terminal->detail(fmt::format("waiting: {}", book.error().message));
        std::this_thread::sleep_for(open_again_after);
        book = NodeBook::open(options, progress);
    }
    return book;
}

NodeBookOptions book_options(const Joining& joining, const std::string& name) {
    return {
        .place =
            {.brokers = joining.cluster.brokers,
             .environment = joining.cluster.environment,
             .book = name},
        .settings = joining.cluster.settings,
        .folder = joining.options.data + "/" + name,
        .node = joining.node,
        .create = joining.options.create};
}

Result<void> serve_book(
    const Joining& joining, const std::string& name, const FoldProgress& progress
) {
    const NodeBookOptions options = book_options(joining, name);
    DAYBOOK_TRY_VOID(kafka::parse_place(options.place.text()));
    DAYBOOK_TRY(auto book, open_patiently(joining.session, options, progress));
    NodeBook& opened = *book;
    DAYBOOK_TRY_VOID(joining.site.add(std::move(book)));
    joining.books.add(opened);
    return {};
}

Result<void> open_books(const Joining& joining, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        Progress progress{*joining.session.terminal, "reading " + name, "events"};
        const auto shown = [&](std::uint64_t done, std::uint64_t total) {
            progress.at(done, total);
            return !is_interrupted();
        };
        DAYBOOK_TRY_VOID(serve_book(joining, name, shown));
    }
    if (names.empty()) {
        joining.session.terminal->say(fmt::format(
            "there is no book at {} yet: one is served as soon as it is there", joining.options.log
        ));
    }
    return {};
}

// Serves books whose topics are made while the node runs, on a thread of its own.
class Discovery {
 public:
    explicit Discovery(const Joining& joining) : joining_(joining), thread_([this] { run(); }) {}
    ~Discovery() {
        is_ending_ = true;
        thread_.join();
    }
    Discovery(const Discovery&) = delete;
    Discovery& operator=(const Discovery&) = delete;

 private:
    void run() {
        auto next = std::chrono::steady_clock::now() + look_for_books_every;
        while (!is_ending_) {
            std::this_thread::sleep_for(look_at_signals_every);
            if (std::chrono::steady_clock::now() < next) continue;
            look();
            next = std::chrono::steady_clock::now() + look_for_books_every;
        }
    }
    // What fails is tried again at the next turn.
    void look() {
        const auto names = books_of(joining_.options, joining_.cluster);
        if (!names.ok()) return joining_.session.terminal->detail(names.error().message);
        const auto until_interrupted = [](std::uint64_t, std::uint64_t) {
            return !is_interrupted();
        };
        for (const std::string& name : names.value()) {
            if (is_ending_ || joining_.books.has(name) || !is_settled(name)) continue;
            const auto served = serve_book(joining_, name, until_interrupted);
            if (!served.ok()) joining_.session.terminal->error(served.error());
        }
    }

    // A book that is being copied there must not be claimed before its last event has come.
    bool is_settled(const std::string& name) {
        const auto found = kafka::look_at_beginning(
            book_options(joining_, name).place, joining_.cluster.settings, broker_patience
        );
        if (!found.ok() || found.value().end == 0) return false;
        return found.value().is_claimed ||
               std::exchange(ends_[name], found.value().end) == found.value().end;
    }

    const Joining& joining_;
    std::map<std::string, std::uint64_t> ends_;  // Of topics that are looked at, by book.
    std::atomic<bool> is_ending_ = false;
    std::thread thread_;
};

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
    const Joining joining{session, options, cluster.value(), node.value(), site, books};
    const auto opened = open_books(joining, names.value());
    if (!opened.ok()) return session.fail(opened.error());
    share_schemas(
        session,
        {.brokers = cluster.value().brokers,
         .environment = cluster.value().environment,
         .book = {}},
        cluster.value().settings
    );

    std::unique_ptr<kafka::Placement> placement;
    std::unique_ptr<NodeWatch> watch;
    std::unique_ptr<Discovery> discovery;
    const auto join = [&](const std::string& listening) {
        books.start(options.url.empty() ? listening : options.url);
        const kafka::PlacementOptions wanted{
            .brokers = cluster.value().brokers,
            .environment = cluster.value().environment,
            .books = options.books,
            .node = session.options.node,
            .settings = cluster.value().settings,
            .session_timeout = std::chrono::milliseconds{options.session_ms}};
        auto joined = kafka::Placement::open(wanted, [&](const std::vector<std::string>& named) {
            books.set_named(named);
        });
        watch = std::make_unique<NodeWatch>(books);
        if (options.books.empty()) discovery = std::make_unique<Discovery>(joining);
        // Reads and forwarding go on without it; others take the books.
        if (!joined.ok()) return session.terminal->error(joined.error());
        placement = std::move(joined).value();
    };
    return run_server(session, options, site, {.on_listening = join, .on_stopping = [&] {
                                                   discovery.reset();
                                                   watch.reset();
                                                   books.stop();
                                                   placement.reset();
                                               }});
}

}  // namespace daybook::cli
