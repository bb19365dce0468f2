// What `daybook` alone says: where the book stands, and three next steps.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"
#include "engine/domain/read.hpp"

namespace daybook::cli {

ExitCode show_state(const Session& session) {
    const std::string& folder = session.options.book;
    const auto book = Book::open(place_of(session), Access::read);
    if (!book && book.error().code == ErrorCode::not_found) {
        session.terminal->out(fmt::format(
            "There is no book in \"{}\" yet. Three ways to begin:\n"
            "  daybook demo              a company's year, made up, to look at\n"
            "  daybook init {}         start your own book\n"
            "  daybook --help            everything else\n",
            folder,
            folder
        ));
        return ExitCode::ok;
    }
    if (!book) return session.fail(book.error());
    const SegmentLog& log = book.value()->segments();
    std::string newest = "none yet";
    if (log.end() > 0) {
        const auto reader = log.read(log.end() - 1);
        if (!reader) return session.fail(reader.error());
        const auto events = reader.value()->next();
        if (!events) return session.fail(events.error());
        newest = to_string(read(header_of(events.value().front()).recorded_at()));
    }
    if (session.wants_records()) {
        print_record(
            session,
            {"book", "events", "bytes", "newest"},
            {{"book", folder},
             {"events", log.end()},
             {"bytes", log.statistics().file_bytes},
             {"newest", newest}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format(
        "Book \"{}\": {} events, {}; the newest of {}\n"
        "  daybook -b {} report trial-balance\n"
        "  daybook -b {} log tail\n"
        "  daybook -b {} check\n",
        folder,
        count_text(log.end()),
        bytes_text(log.statistics().file_bytes),
        newest,
        folder,
        folder,
        folder
    ));
    return ExitCode::ok;
}

}  // namespace daybook::cli
