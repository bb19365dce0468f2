// A book that this server alone writes: the embedded log, its engine and its rows, as the HTTP
// server sees them.
#pragma once

#include "cli/wiring.hpp"
#include "connectors/http/books.hpp"

namespace daybook::cli {

class LocalBook final : public http::ServedBook {
 public:
    // The engine is restored and the rows follow the log on a thread of their own.
    [[nodiscard]] static Result<std::unique_ptr<http::ServedBook>> open(
        std::string name, std::unique_ptr<Book> book, const FoldProgress& progress
    );
    LocalBook(std::string name, std::unique_ptr<Book> book, Engine& engine, Follower& follower);
    ~LocalBook() override;  // Answers what it has, writes the rows and leaves a snapshot.

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::string elsewhere() const override { return {}; }
    [[nodiscard]] Result<void> submit(std::vector<CommandMessage> commands, AnswerCallback callback)
        override;
    [[nodiscard]] Result<void> wait_for_rows(
        std::uint64_t position, std::chrono::milliseconds timeout
    ) override;
    [[nodiscard]] Result<http::ReportDocument> report(const http::ReportQuestion& question
    ) override;
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override;
    [[nodiscard]] std::uint64_t end() const override;
    [[nodiscard]] http::BookState state() const override;
    void append_metrics(http::MetricsText& text) const override;

 private:
    const std::string name_;
    const std::unique_ptr<Book> book_;
    Engine& engine_;      // Of book_.
    Follower& follower_;  // Of book_.
};

}  // namespace daybook::cli
