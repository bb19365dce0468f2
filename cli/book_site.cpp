#include "cli/book_site.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/served_report.hpp"

namespace daybook::cli {
namespace {

constexpr std::uint64_t ready_lag_events_max = 100'000;

Error not_ready(const http::ServedBook& book, const std::string& why) {
    return {ErrorCode::unavailable, fmt::format("book \"{}\": {}", book.name(), why)};
}

}  // namespace

BookSite::BookSite() : books_(books_max), reports_(served_reports()) {}

Result<void> BookSite::add(std::unique_ptr<http::ServedBook> book) {
    const std::scoped_lock lock{adding_};
    for (const auto& other : books()) {
        if (other->name() != book->name()) continue;
        return Error{
            ErrorCode::conflict,
            fmt::format("two books are named \"{}\"; rename a folder", book->name())};
    }
    if (count_ == books_max) {
        return Error{
            ErrorCode::too_large,
            fmt::format("book \"{}\": a server serves {} books at most", book->name(), books_max)};
    }
    books_[count_] = std::move(book);
    ++count_;
    return {};
}

Result<void> BookSite::ready() const {
    for (const auto& book : books()) {
        const http::BookState state = book->state();
        if (state.write_failure) return not_ready(*book, state.write_failure->message);
        if (state.rows_failure) return not_ready(*book, state.rows_failure->message);
        if (state.head.size > state.rows_position + ready_lag_events_max) {
            return not_ready(
                *book, fmt::format("its rows lag by more than {} events", ready_lag_events_max)
            );
        }
    }
    return {};
}

void BookSite::append_metrics(http::MetricsText& text) const {
    text.describe(
        "daybook_books", http::MetricsText::Kind::gauge, "How many books this server serves."
    );
    text.sample("daybook_books", {}, books().size());
}

}  // namespace daybook::cli
