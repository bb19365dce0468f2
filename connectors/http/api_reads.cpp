// What the interface answers from rows and from the log.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/http/api.hpp"
#include "connectors/http/openapi.hpp"
#include "connectors/http/problem.hpp"

namespace daybook::http {
namespace {

constexpr std::string_view position_header = "Daybook-Position";

std::string hex(const Hash& hash) {
    std::string text;
    for (const std::byte byte : hash)
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

// The parameter as a number, or the fallback when it is not given.
Result<std::uint64_t> number_of(
    const Request& request, std::string_view name, std::uint64_t fallback
) {
    const auto text = request.parameter(name);
    if (!text) return fallback;
    std::uint64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || at != end) {
        return Error{
            ErrorCode::invalid,
            fmt::format("?{}= must be a whole number, not \"{}\"", name, text->substr(0, 40))};
    }
    return number;
}

std::string failure_json(const std::optional<Error>& failure) {
    return failure ? json_text(failure->message) : "null";
}

std::string owner_json(const std::optional<BookOwner>& owner) {
    if (!owner) return "null";
    return fmt::format(
        R"({{"node": {}, "url": {}, "term": {}, "is_here": {}}})",
        json_text(owner->node),
        json_text(owner->url),
        owner->term,
        owner->is_here
    );
}

std::string state_json(const ServedBook& book) {
    const BookState state = book.state();
    const std::uint64_t end = state.head.size;
    const std::uint64_t lag = end - std::min(end, state.rows_position);
    return fmt::format(
        R"({{"book": {}, "position": {}, "root": "{}", "chain": "{}", "rows_position": {}, )"
        R"("lag_events": {}, "lag_ms": {}, "accepts_commands": {}, "write_failure": {}, )"
        R"("rows_failure": {}, "owner": {}}})",
        json_text(book.name()),
        end,
        hex(state.head.root),
        hex(state.head.chain),
        state.rows_position,
        lag,
        state.lag_nanos / 1'000'000,
        !state.write_failure.has_value(),
        failure_json(state.write_failure),
        failure_json(state.rows_failure),
        owner_json(state.owner)
    );
}

std::string_view type_of(Form form) {
    switch (form) {
        case Form::json: return "application/json";
        case Form::jsonl: return "application/jsonl";
        case Form::csv: return "text/csv; charset=utf-8";
    }
    return "application/octet-stream";
}

// ?format=, or else what the Accept header names.
Result<Form> form_of(const Request& request) {
    if (const auto format = request.parameter("format")) {
        if (*format == "json") return Form::json;
        if (*format == "jsonl") return Form::jsonl;
        if (*format == "csv") return Form::csv;
        return Error{
            ErrorCode::invalid,
            fmt::format("?format= is json, jsonl or csv, not \"{}\"", format->substr(0, 40))};
    }
    const std::string_view accept = request.header("accept");
    if (accept.starts_with("text/csv")) return Form::csv;
    if (accept.starts_with("application/jsonl")) return Form::jsonl;
    return Form::json;
}

std::string option_json(const ReportOptionDescription& option) {
    return fmt::format(
        R"({{"name": {}, "type": {}, "summary": {}, "required": {}}})",
        json_text(option.name),
        json_text(option.type),
        json_text(option.summary),
        option.is_required
    );
}

// The events of a log from a position on, each as a line of JSON.
class EventStream final : public BodyStream {
 public:
    struct Range {
        std::uint64_t from = 0;
        std::uint64_t to = UINT64_MAX;  // Before this one.
    };
    // Of the interface that the stream belongs to; they outlive it.
    struct Means {
        CodecPool& codecs;
        std::atomic<std::size_t>& streams;  // Counted down when this one ends.
        std::size_t piece_bytes;
    };
    EventStream(std::unique_ptr<LogReader> reader, const Range& range, const Means& means)
        : reader_(std::move(reader)), range_(range), means_(means) {}
    ~EventStream() override { --means_.streams; }

    [[nodiscard]] Result<Piece> next() override {
        Piece piece;
        CodecPool::Lease codec = means_.codecs.lend();
        while (piece.text.size() < means_.piece_bytes && range_.from < range_.to) {
            if (page_.empty()) {
                DAYBOOK_TRY(page_, reader_->next());
                if (page_.empty()) break;
            }
            DAYBOOK_TRY_VOID(codec->append_event(page_.front(), piece.text));
            piece.text += '\n';
            page_ = page_.subspan(1);
            ++range_.from;
        }
        piece.is_last = range_.from >= range_.to;
        return piece;
    }

 private:
    std::unique_ptr<LogReader> reader_;
    Range range_;
    const Means means_;
    std::span<const EventBytes> page_;  // Read and not yet sent.
};

}  // namespace

void Api::list_books(const Call& call) const {
    std::string body = "{\"books\": [";
    for (const auto& book : site_.books()) {
        if (&book != site_.books().data()) body += ", ";
        body += state_json(*book);
    }
    give_json(call, body + "]}\n");
}

void Api::show_book(const Call& call) const {
    give_json(call, state_json(*call.book) + "\n");
}

void Api::list_reports(const Call& call) const {
    std::string body = "{\"reports\": [";
    for (const ReportDescription& report : site_.reports()) {
        if (&report != site_.reports().data()) body += ", ";
        body += fmt::format(
            R"({{"name": {}, "title": {}, "summary": {}, "options": [)",
            json_text(report.name),
            json_text(report.title),
            json_text(report.summary)
        );
        for (const ReportOptionDescription& option : report.options) {
            if (&option != report.options.data()) body += ", ";
            body += option_json(option);
        }
        body += "]}";
    }
    give_json(call, body + "]}\n");
}

Result<void> Api::wait_for_position(const Call& call) {
    DAYBOOK_TRY(const std::uint64_t position, number_of(call.request, "at-position", 0));
    const auto wait_default = static_cast<std::uint64_t>(options_.limits.wait_default.count());
    DAYBOOK_TRY(const std::uint64_t wait_ms, number_of(call.request, "wait-ms", wait_default));
    if (position == 0) return {};
    if (++waits_ > options_.limits.waits_max) {
        --waits_;
        return Error{ErrorCode::busy, "too many readers wait for a position already"};
    }
    const auto most = static_cast<std::uint64_t>(options_.limits.wait_max.count());
    const std::chrono::milliseconds wait{std::min(wait_ms, most)};
    const Result<void> reached = call.book->wait_for_rows(position, wait);
    --waits_;
    return reached;
}

void Api::report(const Call& call) {
    const auto form = form_of(call.request);
    if (!form.ok()) return refuse(call, form.error());
    const Result<void> reached = wait_for_position(call);
    if (!reached.ok()) return refuse(call, reached.error());
    ReportQuestion question{
        .name = call.request.path[4], .form = form.value(), .as_of = {}, .known_at = {}};
    for (const auto& [name, value] : call.request.query) {
        if (name == "format" || name == "at-position" || name == "wait-ms") continue;
        if (name == "as-of") {
            question.as_of = value;
        } else if (name == "known-at") {
            question.known_at = value;
        } else {
            question.options[name] = value;
        }
    }
    auto document = call.book->report(question);
    if (!document.ok()) return refuse(call, document.error());
    call.respond(
        {.type = std::string{type_of(question.form)},
         .body = std::move(document.value().body),
         .headers = {{std::string{position_header}, std::to_string(document.value().position)}},
         .stream = nullptr,
         .route = call.route}
    );
}

void Api::events(const Call& call) {
    const Request& request = call.request;
    const std::uint64_t end = call.book->end();
    const auto from = number_of(request, "from", 0);
    const auto limit = number_of(request, "limit", UINT64_MAX);
    for (const auto* number : {&from, &limit}) {
        if (!number->ok()) return refuse(call, number->error());
    }
    const std::string_view follow = request.parameter("follow").value_or("0");
    const bool follows = follow != "0" && follow != "false";
    if (from.value() > end) {
        return refuse(
            call,
            {ErrorCode::invalid,
             fmt::format("?from={} is past the end of the book, which is {}", from.value(), end)}
        );
    }
    auto reader = call.book->read(from.value());
    if (!reader.ok()) return refuse(call, reader.error());
    if (++streams_ > options_.limits.streams_max) {
        --streams_;
        return refuse(call, {ErrorCode::busy, "too many streams of events are open already"});
    }
    const std::uint64_t last = follows ? UINT64_MAX : end;
    const std::uint64_t room = last - from.value();
    const EventStream::Range range{
        .from = from.value(), .to = from.value() + std::min(room, limit.value())};
    call.respond(
        {.type = "application/jsonl",
         .body = {},
         .headers = {{std::string{position_header}, std::to_string(end)}},
         .stream = std::make_unique<EventStream>(
             std::move(reader).value(),
             range,
             EventStream::Means{codecs_, streams_, options_.limits.piece_bytes}
         ),
         .route = call.route}
    );
}

void Api::metrics(const Call& call) const {
    MetricsText text;
    site_.append_metrics(text);
    for (const auto& book : site_.books()) book->append_metrics(text);
    if (options_.more_metrics) options_.more_metrics(text);
    call.respond(
        {.type = "text/plain; version=0.0.4; charset=utf-8",
         .body = text.text(),
         .route = call.route}
    );
}

void Api::describe(const Call& call) {
    CodecPool::Lease codec = codecs_.lend();
    give_json(call, openapi_json(*codec, site_.reports()));
}

}  // namespace daybook::http
