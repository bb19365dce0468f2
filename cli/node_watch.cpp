#include "cli/node_watch.hpp"

#include "connectors/http/client.hpp"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds watch_every{500};
constexpr int silences_max = 3;
// Nodes that cannot hear each other but both reach Kafka would else take books back and forth.
constexpr std::chrono::seconds suspect_again_after{10};
constexpr http::ClientLimits watch_limits{
    .connect_timeout = std::chrono::milliseconds{1'000},
    .answer_timeout = std::chrono::milliseconds{2'000}};

bool gives_sign(const std::string& url) {
    const auto client = http::Client::open(url, watch_limits);
    // Any answer will do, also that a token is missing.
    return client.ok() && client.value()->send({.target = "/healthz"}).ok();
}

}  // namespace

NodeWatch::NodeWatch(const NodeBooks& books) : books_(books), thread_([this] { run(); }) {}

NodeWatch::~NodeWatch() {
    is_ending_ = true;
    thread_.join();
}

void NodeWatch::run() {
    while (!is_ending_) {
        std::map<std::string, bool> answers;
        for (NodeBook* const book : books_.all()) {
            const std::string url = book->elsewhere();
            if (!url.empty() && !answers.contains(url)) answers[url] = gives_sign(url);
            look_at(*book, url, url.empty() || answers[url]);
        }
        std::this_thread::sleep_for(watch_every);
    }
}

// A book that goes on is written by somebody, whoever answers or not.
void NodeWatch::look_at(NodeBook& book, const std::string& url, bool is_alive) {
    Seen& seen = seen_[&book];
    const std::uint64_t end = book.end();
    if (is_alive || url != seen.url || (seen.silences > 0 && end != seen.end)) seen.silences = 0;
    seen.url = url;
    seen.end = end;
    if (is_alive || ++seen.silences < silences_max) return;
    const auto now = clock_.elapsed();
    if (now < seen.not_before) return;
    seen.not_before = now + suspect_again_after;
    book.suspect_holder();
}

}  // namespace daybook::cli
