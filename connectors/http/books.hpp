// What a server serves: the ports to books, filled where everything is joined.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/metrics.hpp"
#include "engine/base/result.hpp"
#include "engine/engine.hpp"
#include "engine/log/log.hpp"

namespace daybook::http {

enum class Form : unsigned char { json, jsonl, csv };

struct ReportQuestion {
    std::string_view name;  // "trial-balance"
    Form form = Form::json;
    std::string as_of;     // A day, or "": facts of every day.
    std::string known_at;  // A position, a day or an instant, or "": all that is known.
    std::map<std::string, std::string, std::less<>> options;
};

// For the list of reports and the description of the interface.
struct ReportOptionDescription {
    std::string name;
    std::string type;
    std::string summary;
    bool is_required = false;
};
struct ReportDescription {
    std::string name;
    std::string title;
    std::string summary;
    std::vector<ReportOptionDescription> options;
};

struct ReportDocument {
    std::string body;
    std::uint64_t position = 0;  // The rows stood for the events before it.
};

// Which node writes a book that several nodes share.
struct BookOwner {
    std::string node;
    std::string url;  // "" when it said none.
    std::uint64_t term = 0;
    bool is_here = false;
};

struct BookState {
    TreeHead head;
    std::uint64_t rows_position = 0;
    std::uint64_t lag_nanos = 0;  // How long ago the oldest event that rows lack was recorded.
    std::optional<Error> write_failure;
    std::optional<Error> rows_failure;
    std::optional<BookOwner> owner;  // None: the book is this server's alone.
};

// All calls from any thread. Those marked so may take long and come from the workers.
class ServedBook {
 public:
    virtual ~ServedBook() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    // The address of the node that takes this book's commands, or "" when it is this one.
    [[nodiscard]] virtual std::string elsewhere() const = 0;
    // One command, or several as one batch; as Engine::submit().
    [[nodiscard]] virtual Result<void> submit(
        std::vector<CommandMessage> commands, AnswerCallback callback
    ) = 0;
    // As Follower::wait_for(). Takes long.
    [[nodiscard]] virtual Result<void> wait_for_rows(
        std::uint64_t position, std::chrono::milliseconds timeout
    ) = 0;
    [[nodiscard]] virtual Result<ReportDocument> report(const ReportQuestion& question
    ) = 0;  // Long
    [[nodiscard]] virtual Result<std::unique_ptr<LogReader>> read(std::uint64_t from) const = 0;
    [[nodiscard]] virtual std::uint64_t end() const = 0;
    [[nodiscard]] virtual BookState state() const = 0;
    virtual void append_metrics(MetricsText& text) const = 0;
};

class Site {
 public:
    virtual ~Site() = default;
    // There may be more later; those that were given stay where they are as long as the site lives.
    [[nodiscard]] virtual std::span<const std::unique_ptr<ServedBook>> books() const = 0;
    [[nodiscard]] virtual std::span<const ReportDescription> reports() const = 0;
    // Why no requests should come here just now, if so.
    [[nodiscard]] virtual Result<void> ready() const = 0;
    virtual void append_metrics(MetricsText& text) const = 0;
};

}  // namespace daybook::http
