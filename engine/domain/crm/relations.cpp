// Relations between parties, each with the days on which it holds: since, and until the first day
// on which it holds no more. One that ends on its first day never held: so an error is taken back.

#include <set>
#include <vector>

#include "engine/domain/crm/state.hpp"
#include "schemas/crm.hpp"

namespace daybook::crm {
namespace {

constexpr std::size_t circle_parties_max = 10'000;

bool is_a_ladder(RelationKind kind) {
    return kind == RelationKind::subsidiary_of || kind == RelationKind::reports_to;
}

// Whether `start` leads to `goal` by relations of this kind that hold now.
bool leads_to(const Crm& state, RelationKind kind, const RelationKey& ends) {
    std::set<Id> seen;
    std::vector<Id> open{ends.party};
    while (!open.empty() && seen.size() < circle_parties_max) {
        const Id party = open.back();
        open.pop_back();
        if (party == ends.other) return true;
        if (!seen.insert(party).second) continue;
        for (auto it = state.relations.from({party, kind, Id{}}); it != state.relations.end();
             ++it) {
            const auto& [key, relation] = *it;
            if (key.party != party || key.kind != kind) break;
            if (relation.until.is_none()) open.push_back(resolve(state, key.other));
        }
    }
    return false;
}

std::string describe(const RelationKey& key, const Relation& relation) {
    std::string words = to_string(key.party) + " " + EnumNameRelationKind(key.kind) + " " +
                        to_string(key.other) + " since " + to_string(relation.since);
    if (!relation.until.is_none()) words += " until " + to_string(relation.until);
    return words;
}

}  // namespace

Decision decide(const Crm& state, const RelateParties& command, const Context& context) {
    const RelationKey key{
        resolve(state, read(command.party())),
        command.kind(),
        resolve(state, read(command.other()))};
    const Date since = day_or_today(command.since(), context);
    const Date until = read_or_none(command.until());
    const Relation* latest = state.relations.find(key);

    if (auto no = check_known_party(state, key.party, "party"); no.is_refused()) return no;
    if (auto no = check_known_party(state, key.other, "other"); no.is_refused()) return no;
    if (auto no = check_text(text(command.title()), "title"); no.is_refused()) return no;
    if (key.kind <= RelationKind::unknown || key.kind > RelationKind::MAX) {
        return refuse(Refusal::relation_kind_missing, "kind", "none", "a kind of relation");
    }
    if (key.party == key.other) {
        return refuse(
            Refusal::relation_with_itself, "other", to_string(key.other), "another party than party"
        );
    }
    if (!until.is_none() && until <= since) {
        return refuse(
            Refusal::relation_ends_before_it_starts,
            "until",
            to_string(until),
            "a day after " + to_string(since)
        );
    }
    if (latest != nullptr && (latest->until.is_none() || since < latest->until)) {
        return refuse(
            Refusal::relation_exists,
            "since",
            describe(key, *latest),
            latest->until.is_none() ? "that it has ended" : "a day not before it ended"
        );
    }
    if (is_a_ladder(key.kind) && until.is_none() &&
        leads_to(state, key.kind, {key.other, key.kind, key.party})) {
        return refuse(
            Refusal::relation_makes_a_circle,
            "other",
            to_string(key.other) + " leads back to " + to_string(key.party),
            "no circle of " + std::string{EnumNameRelationKind(key.kind)}
        );
    }

    return RelationStartedT{
        {}, key.party, key.kind, key.other, copy(command.title()), since, until};
}

Decision decide(const Crm& state, const EndRelation& command, const Context& context) {
    const RelationKey key{
        resolve(state, read(command.party())),
        command.kind(),
        resolve(state, read(command.other()))};
    const Date until = day_or_today(command.until(), context);
    const Relation* latest = state.relations.find(key);

    if (latest == nullptr || !latest->until.is_none()) {
        return refuse(
            Refusal::relation_unknown,
            "other",
            latest == nullptr ? "no such relation" : describe(key, *latest),
            "a relation that holds"
        );
    }
    if (until < latest->since) {
        return refuse(
            Refusal::relation_ends_before_it_starts,
            "until",
            to_string(until),
            "a day not before " + to_string(latest->since)
        );
    }

    return RelationEndedT{{}, key.party, key.kind, key.other, latest->since, until};
}

void apply(Crm& state, const RelationStarted& event) {
    DAYBOOK_ASSERT(read(event.party()) != read(event.other()));
    state.relations.at({read(event.party()), event.kind(), read(event.other())}) =
        Relation{read(event.since()), read_or_none(event.until())};
}

void apply(Crm& state, const RelationEnded& event) {
    Relation& relation =
        state.relations.at({read(event.party()), event.kind(), read(event.other())});
    DAYBOOK_ASSERT(relation.until.is_none());
    DAYBOOK_ASSERT(relation.since <= read(event.until()));
    relation.until = read(event.until());
}

}  // namespace daybook::crm
