// The routes below /v1, for health and for metrics: requests become commands and questions to
// books, answers become JSON. README.md of this folder is the reference.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/books.hpp"
#include "connectors/http/message.hpp"
#include "connectors/http/workers.hpp"
#include "engine/codec/codec.hpp"

namespace daybook {
class Clock;
class Random;
}  // namespace daybook

namespace daybook::http {

struct ApiLimits {
    std::size_t commands_in_batch_max = 10'000;       // Then 413.
    std::size_t parsed_at_once_bytes_max = 64 << 10;  // A larger body is read by a worker.
    std::size_t streams_max = 64;                     // Then 503.
    std::size_t waits_max = 64;                       // Readers waiting for at-position; then 503.
    std::size_t piece_bytes = 256 << 10;              // Of a stream of events, about.
    std::chrono::milliseconds wait_default{2'000};    // For at-position,
    std::chrono::milliseconds wait_max{10'000};       // and as ?wait-ms= may say.
    std::uint32_t hops_max = 2;                       // From node to node; then 503.
};

// Carries a request to another node and its answer back.
class Forwarder {
 public:
    virtual ~Forwarder() = default;
    // False, and `respond` not called, when too many requests are under way. Any thread.
    [[nodiscard]] virtual bool forward(
        const std::string& url, Request request, Respond respond
    ) = 0;
};

struct ApiOptions {
    ApiLimits limits;
    Id actor;                        // Of a command that names none. Required.
    const Clock* clock = nullptr;    // Borrowed. Required.
    Random* random = nullptr;        // Borrowed. Required.
    Forwarder* forwarder = nullptr;  // Borrowed. Null: no book is elsewhere.
    // More samples for /metrics: those of the server itself.
    std::function<void(MetricsText&)> more_metrics;
};

// A codec is of one thread at a time, and dear to make: these are lent.
class CodecPool {
 public:
    class Lease {
     public:
        Lease(CodecPool& pool, std::unique_ptr<Codec> codec)
            : pool_(pool), codec_(std::move(codec)) {}
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] Codec& operator*() { return *codec_; }
        [[nodiscard]] Codec* operator->() { return codec_.get(); }

     private:
        CodecPool& pool_;
        std::unique_ptr<Codec> codec_;
    };
    [[nodiscard]] Lease lend();

 private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Codec>> idle_;  // Guarded by mutex_.
};

class Api final : public Handler {
 public:
    // Site, workers and what the options borrow must outlive it.
    Api(const Site& site, Workers& workers, ApiOptions options);
    void handle(Request request, Respond respond) override;

 private:
    struct Call {
        Request request;
        Respond respond;
        std::string_view route;
        ServedBook* book = nullptr;
    };
    void handle_book(Call call);
    [[nodiscard]] bool allows(const Call& call, Method method) const;
    void refuse(const Call& call, const Error& error) const;
    void give_json(const Call& call, std::string body) const;
    void work(Call call, void (Api::*run)(const Call&));

    void submit(Call call);
    void forward(Call call, const std::string& url);
    void parse_and_submit(const Call& call);
    [[nodiscard]] Result<std::vector<CommandMessage>> commands_of(const Call& call);
    void give_answer(const Call& call, const Answer& answer, const Id& id) const;

    void list_books(const Call& call) const;
    void show_book(const Call& call) const;
    void list_reports(const Call& call) const;
    void report(const Call& call);
    [[nodiscard]] Result<void> wait_for_position(const Call& call);
    void events(const Call& call);
    void metrics(const Call& call) const;
    void describe(const Call& call);

    const Site& site_;
    Workers& workers_;
    const ApiOptions options_;
    CodecPool codecs_;
    std::atomic<std::size_t> streams_ = 0;
    std::atomic<std::size_t> waits_ = 0;
};

}  // namespace daybook::http
