// Node: who may write the book. Whether a claim holds is not decided here: the shared log's rule
// of validity did that before the event got its position, so every claim that arrives is true.

#include "schemas/node.hpp"

#include <fmt/format.h>

#include "engine/domain/module.hpp"

namespace daybook::node {
namespace {

using Decision = daybook::Decision<EventRecordT, Refusal>;

// Who holds the book. Term 0: nobody ever claimed it.
struct Tenure {
    std::uint64_t term = 0;
    Id node;
    bool is_released = false;
};

struct Claims {
    Single<Tenure> newest;
};

Decision decide(const Claims& state, const ReleaseBook& command) {
    const Tenure& tenure = state.newest.get();
    const Id node = read(command.node());

    if (tenure.term == 0 || node != tenure.node) {
        return {
            Refusal::node_does_not_hold_book,
            {"node",
             to_string(node),
             tenure.term == 0 ? "a book that a node has claimed" : to_string(tenure.node)}};
    }
    if (command.term() != tenure.term) {
        return {
            Refusal::term_is_over,
            {"term", fmt::format("{}", command.term()), fmt::format("{}", tenure.term)}};
    }
    if (tenure.is_released) {
        return {Refusal::released_already, {"term", "released", "a term that is not released"}};
    }

    BookReleasedT event;
    event.term = tenure.term;
    event.node = tenure.node;
    return event;
}

void apply(Claims& state, const BookClaimed& event) {
    Tenure& tenure = state.newest.edit();
    DAYBOOK_ASSERT(event.term() > tenure.term);
    tenure = {.term = event.term(), .node = read(event.node()), .is_released = false};
}

void apply(Claims& state, const BookReleased& event) {
    Tenure& tenure = state.newest.edit();
    DAYBOOK_ASSERT(event.term() == tenure.term);
    tenure.is_released = true;
}

}  // namespace

extern constinit const Module module = module_of<
    Claims,
    Commands<CommandTraits, ReleaseBook>,
    Events<EventTraits, BookClaimed, BookReleased>>();

}  // namespace daybook::node
