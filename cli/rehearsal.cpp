#include "cli/rehearsal.hpp"

namespace daybook::cli {
namespace {

Result<void> rehearse(Book& book, Rehearsal& rehearsal) {
    DAYBOOK_TRY(const auto reader, book.log().read(0));
    while (true) {
        DAYBOOK_TRY(const auto events, reader->next());
        if (events.empty()) break;
        DAYBOOK_TRY_VOID(rehearsal.log.append(events));
    }
    EngineOptions options;
    options.clock = &book.clock();
    DAYBOOK_TRY(Engine engine, Engine::open(rehearsal.log, options));
    rehearsal.engine = std::move(engine);
    return {};
}

}  // namespace

Result<Engine*> engine_for(Book& book, Rehearsal& rehearsal, bool dry_run) {
    if (!dry_run) return book.engine();
    DAYBOOK_TRY_VOID(rehearse(book, rehearsal));
    return &*rehearsal.engine;
}

void say_dry_run(const Session& session) {
    session.terminal->say("Dry run: everything was decided on a copy in memory, nothing is stored."
    );
}

}  // namespace daybook::cli
