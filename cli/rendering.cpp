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

std::string report_text(const Session& session, Book& book, const Printed& printed) {
    const ReportContext context{
        .report = printed.name,
        .as_of = printed.request.as_of,
        .known_at = printed.request.known_at,
        .position = book.log().end(),
        .log_root = hex(book.log().head().root),
    };
    switch (session.format()) {
        case Format::json: return render_json(printed.table, context);
        case Format::jsonl: return render_json_lines(printed.table, context);
        case Format::csv: return render_csv(printed.table);
        case Format::table:
        case Format::automatic: break;
    }
    return render_text(printed.table, context);
}

void print_report(const Session& session, Book& book, const Printed& printed) {
    const std::string text = report_text(session, book, printed);
    if (session.format() == Format::table) return session.terminal->page(text);
    session.terminal->out(text);
}

Result<Query> open_query(const Session& session, Book& book) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    return follower->query();
}

}  // namespace daybook::cli
