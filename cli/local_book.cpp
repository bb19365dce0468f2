#include "cli/local_book.hpp"

#include <utility>

#include "cli/book_metrics.hpp"
#include "cli/served_report.hpp"

namespace daybook::cli {

Result<std::unique_ptr<http::ServedBook>> LocalBook::open(
    std::string name, std::unique_ptr<Book> book, const FoldProgress& progress
) {
    DAYBOOK_TRY(Engine* const engine, book->engine());
    DAYBOOK_TRY(Follower* const follower, book->follower(progress));
    follower->start();
    return std::unique_ptr<http::ServedBook>{
        std::make_unique<LocalBook>(std::move(name), std::move(book), *engine, *follower)};
}

LocalBook::LocalBook(
    std::string name, std::unique_ptr<Book> book, Engine& engine, Follower& follower
)
    : name_(std::move(name)), book_(std::move(book)), engine_(engine), follower_(follower) {}

LocalBook::~LocalBook() {
    // The engine first: the rows then have the last event.
    static_cast<void>(engine_.stop());
    static_cast<void>(book_->close());
}

Result<void> LocalBook::submit(std::vector<CommandMessage> commands, AnswerCallback callback) {
    if (commands.size() == 1) return engine_.submit(std::move(commands[0]), std::move(callback));
    return engine_.submit_batch(std::move(commands), std::move(callback));
}

Result<void> LocalBook::wait_for_rows(std::uint64_t position, std::chrono::milliseconds timeout) {
    return follower_.wait_for(position, timeout);
}

Result<http::ReportDocument> LocalBook::report(const http::ReportQuestion& question) {
    return served_report(book_->log(), follower_, question);
}

Result<std::unique_ptr<LogReader>> LocalBook::read(std::uint64_t from) const {
    return book_->log().read(from);
}

std::uint64_t LocalBook::end() const {
    return book_->log().end();
}

http::BookState LocalBook::state() const {
    const std::uint64_t rows = follower_.position();
    return {
        .head = book_->log().head(),
        .rows_position = rows,
        .lag_nanos = lag_nanos(book_->log(), rows, book_->clock().now()),
        .write_failure = engine_.write_failure(),
        .rows_failure = follower_.failure(),
        .owner = std::nullopt};
}

void LocalBook::append_metrics(http::MetricsText& text) const {
    const http::BookState state = this->state();
    append_book_metrics(
        text,
        {.book = name_,
         .position = state.head.size,
         .rows_position = state.rows_position,
         .rows_lag_nanos = state.lag_nanos,
         .waiting = engine_.waiting(),
         .accepts_commands = !state.write_failure.has_value(),
         .appends = &book_->appends()}
    );
}

}  // namespace daybook::cli
