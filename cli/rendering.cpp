#include "cli/rendering.hpp"

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "projections/core/render.hpp"

namespace daybook::cli {

Result<Follower*> open_rows(const Session& session, Book& book) {
    Progress progress{*session.terminal, "reading the log", "events"};
    return book.follower([&](std::uint64_t done, std::uint64_t total) {
        progress.at(done, total);
        return !is_interrupted();
    });
}

std::string hex(const Hash& hash) {
    std::string text;
    for (const std::byte byte : hash)
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

void print_report(const Session& session, Book& book, const Printed& printed) {
    const ReportContext context{
        .report = printed.name,
        .as_of = printed.request.as_of,
        .known_at = printed.request.known_at,
        .position = book.log().end(),
        .log_root = hex(book.log().head().root),
    };
    switch (session.format()) {
        case Format::json: session.terminal->out(render_json(printed.table, context)); break;
        case Format::jsonl: session.terminal->out(render_json_lines(printed.table, context)); break;
        case Format::csv: session.terminal->out(render_csv(printed.table)); break;
        case Format::table:
        case Format::automatic: session.terminal->out(render_text(printed.table, context)); break;
    }
}

Result<Query> open_query(const Session& session, Book& book) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    return follower->query();
}

}  // namespace daybook::cli
