// A toy module that answers the tills.
#include "tests/runtime/toys/tally.hpp"

#include "engine/domain/module.hpp"
#include "tests/runtime/toys/till.hpp"

namespace daybook::tally {
namespace {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Counts {
    std::int64_t cap = 1'000'000'000;
    std::int64_t total = 0;
    std::uint64_t tills = 0;  // Heard by listening.
    std::int64_t last_instant = 0;
};
struct Tally {
    Single<Counts> counts;
    Sorted<std::int64_t, Id> by_till;
};

Decision decide(const Tally&, const SetCap& command) {
    return CapSetT{.cap = command.cap()};
}

void apply(Tally& state, const CapSet& event) {
    state.counts.edit().cap = event.cap();
}
void apply(Tally& state, const TallyRaised& event) {
    state.counts.edit().total = event.total();
}
void apply(Tally&, const Echoed&) {}

// Remembers without an event of its own.
void listen(Tally& state, const till::TillOpened&, const EventHeader& header) {
    Counts& counts = state.counts.edit();
    counts.tills += 1;
    counts.last_instant = read(header.recorded_at()).nanos();
}
void listen(Tally& state, const till::MoneyPut& event) {
    state.by_till.at(read(event.till())) += event.amount();
}

Decision react(const Tally& state, const till::MoneyPut& event, const Context&) {
    const Counts& counts = state.counts.get();
    const std::int64_t total = counts.total + event.amount();
    if (total > counts.cap) {
        return {
            Refusal::tally_is_full,
            {.at = "amount",
             .found = std::to_string(total),
             .needed = "at most " + std::to_string(counts.cap)}};
    }
    return TallyRaisedT{.tally = id_from_code("TALLY"), .amount = event.amount(), .total = total};
}
Decision react(const Tally&, const till::Rung& event, const Context&) {
    return EchoedT{.left = event.left()};
}

}  // namespace

extern constinit const Module module = module_of<
    Tally,
    Commands<CommandTraits, SetCap>,
    Events<EventTraits, CapSet, TallyRaised, Echoed>,
    Reactions<till::EventTraits, till::MoneyPut, till::Rung>,
    Listens<till::EventTraits, till::TillOpened, till::MoneyPut>>();

}  // namespace daybook::tally
