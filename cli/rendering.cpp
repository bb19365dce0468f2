#include "cli/rendering.hpp"

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"

namespace daybook::cli {

Result<Follower*> open_rows(const Session& session, Book& book) {
    Progress progress{*session.terminal, "reading the log", "events"};
    return book.follower([&](std::uint64_t done, std::uint64_t total) {
        progress.at(done, total);
        return !is_interrupted();
    });
}

Result<Query> open_query(const Session& session, Book& book) {
    DAYBOOK_TRY(Follower* const follower, open_rows(session, book));
    return follower->query();
}

}  // namespace daybook::cli
