#include "connectors/http/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/http/json_array.hpp"
#include "connectors/http/problem.hpp"
#include "engine/base/assert.hpp"
#include "engine/os/clock.hpp"
#include "engine/os/random.hpp"

namespace daybook::http {
namespace {

constexpr std::string_view hops_header = "daybook-hops";
constexpr std::string_view key_header = "idempotency-key";

ServedBook* find_book(const Site& site, std::string_view name) {
    const auto books = site.books();
    const auto found =
        std::ranges::find_if(books, [&](const auto& book) { return book->name() == name; });
    return found == books.end() ? nullptr : found->get();
}

// The header of a page in a browser that asks without permission cannot be this one.
bool is_json(const Request& request) {
    const std::string_view type = request.header("content-type");
    const std::string_view media = type.substr(0, type.find(';'));
    return media == "application/json" || media == "application/jsonl" || media.ends_with("+json");
}

std::uint32_t hops_of(const Request& request) {
    const std::string_view text = request.header(hops_header);
    std::uint32_t hops = 0;
    std::from_chars(text.data(), text.data() + text.size(), hops);
    return hops;
}

Id id_of(std::string_view text) {
    const auto id = parse_id(text);
    return id.ok() ? id.value() : id_from_text(text);
}

// The trace id of a traceparent: "00-<32 hex digits>-...".
Id trace_of(const Request& request) {
    const std::string_view parent = request.header("traceparent");
    return parent.size() == 55 ? id_from_text(parent.substr(3, 32)) : Id{};
}

std::string answer_json(const Answer& answer, const Id& id) {
    return fmt::format(
        "{{\"id\": {}, \"outcome\": \"accepted\", \"first_position\": {}, \"event_count\": {}, "
        "\"document_version\": {}, \"repeated\": {}}}\n",
        json_text(to_string(id)),
        answer.first_position,
        answer.event_count,
        answer.document_version,
        answer.is_repeated
    );
}

}  // namespace

CodecPool::Lease::~Lease() {
    if (codec_ == nullptr) return;
    const std::scoped_lock lock{pool_.mutex_};
    pool_.idle_.push_back(std::move(codec_));
}

CodecPool::Lease CodecPool::lend() {
    std::unique_ptr<Codec> codec;
    {
        const std::scoped_lock lock{mutex_};
        if (!idle_.empty()) {
            codec = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (codec == nullptr) codec = std::make_unique<Codec>(domain_modules());
    return {*this, std::move(codec)};
}

Api::Api(const Site& site, Workers& workers, ApiOptions options)
    : site_(site), workers_(workers), options_(std::move(options)) {
    DAYBOOK_ASSERT(options_.clock != nullptr);
    DAYBOOK_ASSERT(options_.random != nullptr);
    DAYBOOK_ASSERT(!options_.actor.is_none());
}

void Api::handle(Request request, Respond respond) {
    Call call{.request = std::move(request), .respond = std::move(respond), .route = "(unknown)"};
    const std::vector<std::string>& path = call.request.path;
    if (path.size() == 1 && path[0] == "healthz") {
        call.route = "/healthz";
        if (allows(call, Method::get)) give_json(call, "{\"status\": \"ok\"}\n");
    } else if (path.size() == 1 && path[0] == "readyz") {
        call.route = "/readyz";
        if (!allows(call, Method::get)) return;
        const Result<void> ready = site_.ready();
        ready.ok() ? give_json(call, "{\"status\": \"ready\"}\n") : refuse(call, ready.error());
    } else if (path.size() == 1 && path[0] == "metrics") {
        call.route = "/metrics";
        if (allows(call, Method::get)) metrics(call);
    } else if (path.size() == 2 && path[0] == "v1" && path[1] == "openapi.json") {
        call.route = "/v1/openapi.json";
        if (allows(call, Method::get)) describe(call);
    } else if (path.size() >= 2 && path[0] == "v1" && path[1] == "books") {
        handle_book(std::move(call));
    } else {
        refuse(
            call,
            {ErrorCode::not_found,
             fmt::format(
                 "there is nothing at {}; /v1/openapi.json lists what there is",
                 call.request.target.substr(0, 200)
             )}
        );
    }
}

void Api::handle_book(Call call) {
    const std::vector<std::string> path = call.request.path;
    if (path.size() == 2) {
        call.route = "/v1/books";
        if (allows(call, Method::get)) list_books(call);
        return;
    }
    call.route = "/v1/books/{book}";
    call.book = find_book(site_, path[2]);
    if (call.book == nullptr) {
        return refuse(
            call,
            {ErrorCode::not_found,
             fmt::format("no book \"{}\" is served here; GET /v1/books lists them", path[2])}
        );
    }
    const std::string_view thing = path.size() > 3 ? std::string_view{path[3]} : "";
    if (path.size() == 3) {
        if (allows(call, Method::get)) show_book(call);
    } else if (path.size() == 4 && thing == "commands") {
        call.route = "/v1/books/{book}/commands";
        if (allows(call, Method::post)) submit(std::move(call));
    } else if (path.size() == 4 && thing == "events") {
        call.route = "/v1/books/{book}/events";
        if (allows(call, Method::get)) events(call);
    } else if (path.size() == 4 && thing == "reports") {
        call.route = "/v1/books/{book}/reports";
        if (allows(call, Method::get)) list_reports(call);
    } else if (path.size() == 5 && thing == "reports") {
        call.route = "/v1/books/{book}/reports/{report}";
        if (allows(call, Method::get)) work(std::move(call), &Api::report);
    } else {
        refuse(
            call,
            {ErrorCode::not_found,
             "a book has commands, reports, reports/NAME and events, and nothing else"}
        );
    }
}

bool Api::allows(const Call& call, Method method) const {
    if (call.request.method == method) return true;
    if (method == Method::get && call.request.method == Method::head) return true;
    const std::string allowed = method == Method::get ? "GET, HEAD" : "POST";
    call.respond(response_of(
        {.status = 405,
         .kind = "method",
         .title = "Not with this method",
         .detail = fmt::format("{} takes {}", call.route, allowed),
         .headers = {{"Allow", allowed}}},
        call.route
    ));
    return false;
}

void Api::refuse(const Call& call, const Error& error) const {
    call.respond(response_of(problem_of(error), call.route));
}

void Api::give_json(const Call& call, std::string body) const {
    call.respond({.type = "application/json", .body = std::move(body), .route = call.route});
}

void Api::work(Call call, void (Api::*run)(const Call&)) {
    const Call refused{.request = {}, .respond = call.respond, .route = call.route};
    const bool taken = workers_.take([this, run, given = std::move(call)] { (this->*run)(given); });
    if (taken) return;
    refuse(refused, {ErrorCode::busy, "too many questions wait for an answer already"});
}

void Api::submit(Call call) {
    if (!is_json(call.request)) {
        return call.respond(response_of(
            {.status = 415,
             .kind = "media-type",
             .title = "Not this kind of content",
             .detail = "commands are JSON: send the header \"Content-Type: application/json\""},
            call.route
        ));
    }
    const std::string url = call.book->elsewhere();
    if (!url.empty()) return forward(std::move(call), url);
    if (call.request.body.size() > options_.limits.parsed_at_once_bytes_max) {
        return work(std::move(call), &Api::parse_and_submit);
    }
    parse_and_submit(call);
}

void Api::forward(Call call, const std::string& url) {
    const std::uint32_t hops = hops_of(call.request);
    if (options_.forwarder == nullptr || hops >= options_.limits.hops_max) {
        Problem problem = problem_of(
            {ErrorCode::busy,
             fmt::format(
                 "the book \"{}\" is written by {}, and the request came over {} nodes already; "
                 "who owns it is being settled",
                 call.book->name(),
                 url,
                 hops
             )}
        );
        problem.headers.emplace_back("Daybook-Owner", url);
        return call.respond(response_of(problem, call.route));
    }
    call.request.headers[std::string{hops_header}] = std::to_string(hops + 1);
    if (call.request.header(key_header).empty()) {
        // So that the owner gives the first answer when this node has to ask twice.
        const auto millis = static_cast<std::uint64_t>(options_.clock->now().nanos() / 1'000'000);
        const Id id = uuid_v7(millis, options_.random->next(), options_.random->next());
        call.request.headers[std::string{key_header}] = to_string(id);
    }
    const Call refused{.request = {}, .respond = call.respond, .route = call.route};
    auto respond = [answer = call.respond, route = call.route](Response response) {
        response.route = route;
        answer(std::move(response));
    };
    if (options_.forwarder->forward(url, std::move(call.request), std::move(respond))) return;
    refuse(refused, {ErrorCode::busy, "too many commands are on their way to other nodes already"});
}

Result<std::vector<CommandMessage>> Api::commands_of(const Call& call) {
    const Request& request = call.request;
    CommandDefaults defaults{.id = {}, .actor = options_.actor};
    if (!request.header("daybook-actor").empty()) {
        defaults.actor = id_of(request.header("daybook-actor"));
    }
    std::vector<std::string_view> texts = {request.body};
    const bool is_array = is_json_array(request.body);
    if (is_array) {
        auto elements = elements_of(request.body, options_.limits.commands_in_batch_max);
        if (!elements.ok()) return elements.error();
        texts = std::move(elements).value();
    }
    CodecPool::Lease codec = codecs_.lend();
    std::vector<CommandMessage> commands;
    for (const std::string_view text : texts) {
        const bool is_first = commands.empty();
        const auto millis = static_cast<std::uint64_t>(options_.clock->now().nanos() / 1'000'000);
        defaults.id = is_first && !request.header(key_header).empty()
                          ? id_of(request.header(key_header))
                          : uuid_v7(millis, options_.random->next(), options_.random->next());
        auto command = codec->command(text, defaults);
        if (!command.ok()) {
            const auto index = is_array ? std::optional{commands.size()} : std::nullopt;
            call.respond(response_of(problem_of_command(command.error(), index), call.route));
            return std::vector<CommandMessage>{};
        }
        if (command.value().trace.is_none()) command.value().trace = trace_of(request);
        commands.push_back(std::move(command).value());
    }
    if (commands.empty()) return Error{ErrorCode::invalid, "the array has no command in it"};
    return commands;
}

void Api::parse_and_submit(const Call& call) {
    auto commands = commands_of(call);
    if (!commands.ok()) return refuse(call, commands.error());
    if (commands.value().empty()) return;  // Answered already.
    const Id id = commands.value().front().id;
    const Call waiting{
        .request = {}, .respond = call.respond, .route = call.route, .book = call.book};
    const Result<void> taken =
        call.book->submit(std::move(commands).value(), [this, waiting, id](const Answer& answer) {
            give_answer(waiting, answer, id);
        });
    if (!taken.ok()) refuse(call, taken.error());
}

void Api::give_answer(const Call& call, const Answer& answer, const Id& id) const {
    const std::string id_text = to_string(id);
    if (answer.outcome == Answer::Outcome::refused) {
        return call.respond(response_of(problem_of_refusal(answer.refusal, id_text), call.route));
    }
    if (answer.outcome == Answer::Outcome::failed) {
        Problem problem = outcome_is_open(answer.error.message);
        // A book that hands over knows that nothing was stored.
        if (answer.error.code == ErrorCode::busy) problem = problem_of(answer.error);
        problem.members.emplace_back("id", json_text(id_text));
        return call.respond(response_of(problem, call.route));
    }
    const std::uint64_t after = answer.first_position + answer.event_count;
    call.respond(
        {.type = "application/json",
         .body = answer_json(answer, id),
         .headers = {{"Daybook-Position", std::to_string(after)}},
         .stream = nullptr,
         .route = call.route}
    );
}

}  // namespace daybook::http
