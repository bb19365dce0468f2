// A toy module: tills with money in them.
#include "tests/runtime/toys/till.hpp"

#include "engine/domain/module.hpp"
#include "tests/runtime/toys/tally.hpp"

namespace daybook::till {
namespace {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Content {
    std::int64_t amount = 0;
};
struct Tills {
    Keyed<Content> tills;
    Single<std::uint64_t> rings;
};

Decision decide(const Tills& state, const OpenTill& command) {
    const Id till = read(command.till());
    if (state.tills.contains(till)) return Refusal::till_exists;
    return TillOpenedT{.till = till};
}

Decision decide(const Tills& state, const PutIn& command, const Context& context) {
    const Id till = read(command.till());
    if (!state.tills.contains(till)) return Refusal::till_unknown;
    if (command.amount() <= 0) return Refusal::amount_must_be_positive;
    const Date day = read_or_none(command.day());
    return MoneyPutT{
        .till = till, .amount = command.amount(), .day = day.is_none() ? context.today : day};
}

Decision decide(const Tills& state, const TakeOut& command) {
    const Id till = read(command.till());
    if (!state.tills.contains(till)) return Refusal::till_unknown;
    if (command.amount() <= 0) return Refusal::amount_must_be_positive;
    const std::int64_t amount = state.tills.get(till).amount;
    if (command.amount() > amount) {
        return {
            Refusal::not_enough_in_till,
            {.at = "amount",
             .found = std::to_string(command.amount()),
             .needed = "at most " + std::to_string(amount)}};
    }
    return MoneyTakenT{.till = till, .amount = command.amount()};
}

Decision decide(const Tills&, const Flood& command) {
    Decision decision;
    for (std::uint32_t left = command.count(); left > 0; --left) {
        decision.add(MoneyTakenT{
            .till = read(command.till()), .ballast = std::string(command.letters(), 'x')});
    }
    return decision;
}

Decision decide(const Tills&, const Ring& command) {
    return RungT{.left = command.left()};
}

Decision decide(const Tills&, const LookAway&) {
    return {};
}

void apply(Tills& state, const TillOpened& event) {
    DAYBOOK_ASSERT(!state.tills.contains(read(event.till())));
    state.tills.at(read(event.till())) = {};
}
void apply(Tills& state, const MoneyPut& event) {
    state.tills.at(read(event.till())).amount += event.amount();
}
void apply(Tills& state, const MoneyTaken& event) {
    Content& content = state.tills.at(read(event.till()));
    content.amount -= event.amount();
    DAYBOOK_ASSERT(content.amount >= 0);
}
void apply(Tills& state, const Rung&) {
    state.rings.edit() += 1;
}

Decision react(const Tills&, const tally::Echoed& event, const Context&) {
    if (event.left() == 0) return {};
    return RungT{.left = event.left() - 1};
}

}  // namespace

extern constinit const Module module = module_of<
    Tills,
    Commands<CommandTraits, OpenTill, PutIn, TakeOut, Flood, Ring, LookAway>,
    Events<EventTraits, TillOpened, MoneyPut, MoneyTaken, Rung>,
    Reactions<tally::EventTraits, tally::Echoed>>();

}  // namespace daybook::till
