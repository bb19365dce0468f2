#include "cli/node_book.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/book_metrics.hpp"
#include "cli/served_report.hpp"
#include "engine/store/rocks_store.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {

NodeBook::NodeBook(Passkey, const NodeBookOptions& options)
    : options_(options), codec_(domain_modules()) {}

Result<std::unique_ptr<NodeBook>> NodeBook::open(
    const NodeBookOptions& options, const FoldProgress& progress
) {
    auto book = std::make_unique<NodeBook>(Passkey{}, options);
    kafka::KafkaLogOptions log_options;
    log_options.place = options.place;
    log_options.settings = options.settings;
    log_options.folder = options.folder + "/log";
    log_options.create = options.create;
    DAYBOOK_TRY_VOID(book->files_.make_folder(options.folder));
    DAYBOOK_TRY(
        book->log_, kafka::KafkaLog::open(book->files_, book->random_, book->clock_, log_options)
    );
    DAYBOOK_TRY(book->store_, RocksStore::open(options.folder + "/rows"));
    DAYBOOK_TRY(
        book->follower_,
        Follower::open(
            *book->log_, *book->store_, {.projections = registered_projections(), .limits = {}}
        )
    );
    DAYBOOK_TRY_VOID(book->follower_->catch_up(progress));
    book->follower_->start();
    return book;
}

NodeBook::~NodeBook() {
    stop();
    if (follower_ != nullptr) static_cast<void>(follower_->stop());
}

void NodeBook::start(const std::string& url) {
    DAYBOOK_ASSERT(owned_ == nullptr);
    shared_ = std::make_unique<KafkaSharedLog>(*log_, options_.node, url);
    OwnedBookOptions options;
    options.engine.clock = &clock_;
    options.engine.files = &files_;
    options.engine.snapshot_folder = options_.folder + "/snapshots";
    options.node = options_.node;
    options.release = [this](std::uint64_t term) { return release_command(term); };
    owned_ = std::make_unique<OwnedBook>(*shared_, options);
    running_ = owned_.get();
}

Result<CommandMessage> NodeBook::release_command(std::uint64_t term) {
    const auto millis = static_cast<std::uint64_t>(clock_.now().nanos() / 1'000'000);
    const CommandDefaults defaults{
        .id = uuid_v7(millis, random_.next(), random_.next()), .actor = options_.node};
    const std::string body =
        fmt::format(R"({{"node": "{}", "term": {}}})", to_string(options_.node), term);
    return codec_.command_of_body("node.ReleaseBook", body, defaults);
}

void NodeBook::set_named(bool is_named) {
    if (OwnedBook* const owned = running_) owned->set_named(is_named);
}

void NodeBook::suspect_holder() {
    OwnedBook* const owned = running_;
    const auto holder = log_->holder();
    if (owned != nullptr && holder) owned->set_suspected(holder->term);
}

void NodeBook::stop() {
    if (OwnedBook* const owned = running_) owned->stop();
}

std::string NodeBook::elsewhere() const {
    const OwnedBook* const owned = running_;
    return owned == nullptr ? std::string{} : owned->elsewhere();
}

Result<void> NodeBook::submit(std::vector<CommandMessage> commands, AnswerCallback callback) {
    OwnedBook* const owned = running_;
    if (owned == nullptr) return Error{ErrorCode::busy, "the node is starting: send it again soon"};
    return owned->submit(std::move(commands), std::move(callback));
}

Result<void> NodeBook::wait_for_rows(std::uint64_t position, std::chrono::milliseconds timeout) {
    return follower_->wait_for(position, timeout);
}

Result<http::ReportDocument> NodeBook::report(const http::ReportQuestion& question) {
    return served_report(*log_, *follower_, question);
}

Result<std::unique_ptr<LogReader>> NodeBook::read(std::uint64_t from) const {
    return log_->read(from);
}

std::uint64_t NodeBook::end() const {
    return log_->end();
}

http::BookState NodeBook::state() const {
    const std::uint64_t rows = follower_->position();
    http::BookState state{
        .head = log_->head(),
        .rows_position = rows,
        .lag_nanos = lag_nanos(*log_, rows, clock_.now()),
        .write_failure = std::nullopt,
        .rows_failure = follower_->failure(),
        .owner = std::nullopt};
    const OwnedBook* const owned = running_;
    const auto holder = log_->holder();
    const bool is_here = owned != nullptr && owned->is_leading();
    if (holder) {
        state.owner = http::BookOwner{
            .node = to_string(holder->node),
            .url = holder->url,
            .term = holder->term,
            .is_here = is_here};
    }
    if (!is_here && owned != nullptr) state.write_failure = owned->trouble();
    return state;
}

void NodeBook::append_metrics(http::MetricsText& text) const {
    const http::BookState state = this->state();
    const OwnedBook* const owned = running_;
    append_book_metrics(
        text,
        {.book = name(),
         .position = state.head.size,
         .rows_position = state.rows_position,
         .rows_lag_nanos = state.lag_nanos,
         .waiting = owned == nullptr ? 0 : owned->waiting(),
         .accepts_commands = owned != nullptr && owned->is_leading(),
         .appends = nullptr}
    );
    const NodeFigures figures{
        .open = owned == nullptr ? 0 : owned->open_count(),
        .recoveries = owned == nullptr ? 0 : owned->recoveries()};
    append_kafka_metrics(text, name(), log_->metrics(), figures);
}

}  // namespace daybook::cli
