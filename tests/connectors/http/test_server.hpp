// A whole server in a test: one book in memory whose appends wait at a gate, the interface before
// it, and clients.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/api.hpp"
#include "connectors/http/client.hpp"
#include "connectors/http/server.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/random.hpp"
#include "tests/connectors/http/socket.hpp"
#include "tests/runtime/gated_log.hpp"

namespace daybook::http {

class TestBook final : public ServedBook {
 public:
    explicit TestBook(std::string name, const EngineLimits& limits = {})
        : name_(std::move(name)), engine_(open(log, clock_, limits)) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::string elsewhere() const override { return owner_url; }
    [[nodiscard]] Result<void> submit(std::vector<CommandMessage> commands, AnswerCallback callback)
        override {
        if (commands.size() > 1) return engine_.submit_batch(std::move(commands), callback);
        return engine_.submit(std::move(commands.front()), callback);
    }
    [[nodiscard]] Result<void> wait_for_rows(
        std::uint64_t position, std::chrono::milliseconds timeout
    ) override {
        waited_for = position;
        if (engine_.wait_beyond(position - 1, timeout) >= position) return {};
        return Error{ErrorCode::unavailable, "the rows are not there yet"};
    }
    [[nodiscard]] Result<ReportDocument> report(const ReportQuestion& question) override {
        if (question.name != "stock") return Error{ErrorCode::not_found, "there is no such report"};
        std::string body = fmt::format(
            "form {} as of {} known at {}",
            static_cast<int>(question.form),
            question.as_of,
            question.known_at
        );
        for (const auto& [name, value] : question.options) body += " " + name + "=" + value;
        return ReportDocument{.body = body, .position = end()};
    }
    [[nodiscard]] Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const override {
        return log.read(from);
    }
    [[nodiscard]] std::uint64_t end() const override { return log.end(); }
    [[nodiscard]] BookState state() const override {
        return {.head = log.head(), .rows_position = log.end(), .owner = std::nullopt};
    }
    void append_metrics(MetricsText& text) const override {
        text.describe("test_end", MetricsText::Kind::gauge, "Where the log ends.");
        text.sample("test_end", {{"book", name_}}, log.end());
    }
    [[nodiscard]] Engine& engine() { return engine_; }

    GatedLog log;
    std::string owner_url;  // Set before the server runs.
    std::uint64_t waited_for = 0;

 private:
    static Engine open(Log& log, const Clock& clock, const EngineLimits& limits) {
        EngineOptions options;
        options.limits = limits;
        options.clock = &clock;
        auto engine = Engine::open(log, options);
        REQUIRE(engine.ok());
        return std::move(engine).value();
    }

    const std::string name_;
    SystemClock clock_;
    Engine engine_;
};

class TestSite final : public Site {
 public:
    [[nodiscard]] std::span<const std::unique_ptr<ServedBook>> books() const override {
        return list;
    }
    [[nodiscard]] std::span<const ReportDescription> reports() const override { return described; }
    [[nodiscard]] Result<void> ready() const override { return readiness; }
    void append_metrics(MetricsText&) const override {}

    std::vector<std::unique_ptr<ServedBook>> list;
    std::vector<ReportDescription> described = {
        {.name = "stock",
         .title = "Stock",
         .summary = "What is on hand.",
         .options = {{.name = "item", .type = "id", .summary = "The item", .is_required = false}}}};
    Result<void> readiness;
};

struct TestSettings {
    ServerLimits limits;
    ApiLimits api;
    EngineLimits engine;
    std::string token = {};
    std::string owner_url = {};
    Forwarder* forwarder = nullptr;
    std::size_t workers = 2;
    std::size_t waiting_max = 16;
};

class TestServer {
    // Outlive what asks them.
    SystemClock clock_;
    SystemRandom random_;

 public:
    explicit TestServer(const TestSettings& settings = {})
        : workers(settings.workers, settings.waiting_max),
          book(add_book(settings)),
          api(site,
              workers,
              {.limits = settings.api,
               .actor = id_from_code("tester"),
               .clock = &clock_,
               .random = &random_,
               .forwarder = settings.forwarder,
               .more_metrics = [this](MetricsText& text) {
                   if (server != nullptr) server->figures().append_to(text);
               }}) {
        auto opened = Server::open(
            api, workers, {.token = settings.token, .limits = settings.limits, .clock = &clock_}
        );
        REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().message));
        server = std::move(opened).value();
    }

    [[nodiscard]] ClientAnswer send(const ClientRequest& request) const {
        auto client = Client::open(server->url(), {});
        REQUIRE(client.ok());
        auto answer = client.value()->send(request);
        REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : answer.error().message));
        return std::move(answer).value();
    }
    [[nodiscard]] ClientAnswer get(const std::string& target) const {
        return send({.method = "GET", .target = target, .headers = {}, .body = {}});
    }
    // To the book, as JSON.
    [[nodiscard]] ClientAnswer post(const std::string& body, const std::string& key = {}) const {
        ClientRequest request{
            .method = "POST",
            .target = "/v1/books/acme/commands",
            .headers = {{"Content-Type", "application/json"}},
            .body = body};
        if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
        return send(request);
    }

    TestSite site;
    Workers workers;
    TestBook& book;
    Api api;
    std::unique_ptr<Server> server;

 private:
    TestBook& add_book(const TestSettings& settings) {
        auto made = std::make_unique<TestBook>("acme", settings.engine);
        made->owner_url = settings.owner_url;
        TestBook& added = *made;
        site.list.push_back(std::move(made));
        return added;
    }
};

inline std::string party(const std::string& id, const std::string& more = {}) {
    return fmt::format(
        R"({{{}"command": "crm.RegisterParty", "body": {{"party": "{}", "kind": "person", )"
        R"("name": "Ada"}}}})",
        more,
        id
    );
}

inline boost::json::object json_of(const ClientAnswer& answer) {
    boost::system::error_code error;
    const auto value = boost::json::parse(answer.body, error);
    REQUIRE_MESSAGE(!error, answer.body);
    return value.as_object();
}

inline std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? "(none)" : boost::json::serialize(*value);
}

}  // namespace daybook::http
