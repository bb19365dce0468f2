// A book in Kafka that this node shares with others, as the HTTP server sees it: reads come from
// the local copy, commands go to the engine while this node owns the book.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/kafka_shared_log.hpp"
#include "connectors/http/books.hpp"
#include "engine/codec/codec.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/file.hpp"
#include "engine/os/random.hpp"
#include "engine/runtime/owned_book.hpp"
#include "engine/store/store.hpp"
#include "projections/core/follower.hpp"

namespace daybook::cli {

struct NodeBookOptions {
    kafka::Place place;
    kafka::Settings settings;
    std::string folder;  // Of this book on this node: log/, snapshots/, rows/.
    Id node;
    bool create = false;  // Make the topic if there is none.
};

class NodeBook final : public http::ServedBook {
    struct Passkey {};

 public:
    NodeBook(Passkey, const NodeBookOptions& options);  // Through open().
    // The copy and the rows are brought up to the end of the topic, and follow it from then on.
    [[nodiscard]] static Result<std::unique_ptr<NodeBook>> open(
        const NodeBookOptions& options, const FoldProgress& progress
    );
    ~NodeBook() override;  // As stop(), then writes the rows.

    // From now on the node may own the book; `url` is where it takes commands.
    void start(const std::string& url);
    void set_named(bool is_named);
    // The node at elsewhere() gives no sign of life.
    void suspect_holder();
    // Hands the book over.
    void stop();

    [[nodiscard]] const std::string& name() const override { return options_.place.book; }
    [[nodiscard]] std::string elsewhere() const override;
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
    [[nodiscard]] Result<CommandMessage> release_command(std::uint64_t term);

    const NodeBookOptions options_;
    PosixFileSystem files_;
    SystemRandom random_;
    SystemClock clock_;
    Codec codec_;  // Of the keeper's thread.
    std::unique_ptr<kafka::KafkaLog> log_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Follower> follower_;
    // Made by start(), before requests come; never changed afterwards.
    std::unique_ptr<KafkaSharedLog> shared_;
    std::unique_ptr<OwnedBook> owned_;
    std::atomic<OwnedBook*> running_ = nullptr;  // owned_, once it is there.
};

}  // namespace daybook::cli
