// The network, the nodes and the clients, one random step after the other.
#include "tests/simulation/many_writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "connectors/kafka/presumed.hpp"

namespace daybook::kafka {
namespace {

constexpr std::size_t node_count = 6;
constexpr std::uint64_t patience_steps = 200;    // Then a node stops waiting for Kafka.
constexpr std::uint64_t commands_open_max = 64;  // Clients wait for no more than these.

Hash leaf_of(std::uint64_t command, std::uint64_t index, std::uint64_t salt) {
    Hash hash{};
    std::memcpy(hash.data(), &command, sizeof command);
    std::memcpy(hash.data() + 8, &index, sizeof index);
    std::memcpy(hash.data() + 16, &salt, sizeof salt);
    return hash;
}

// How many events a command's batch has: always the same, as its node decides the same.
std::uint32_t batch_count_of(std::uint64_t command) {
    return static_cast<std::uint32_t>(1 + command * 7 % 4);
}

}  // namespace

std::string SimulationReport::text() const {
    return fmt::format(
        "{} records, {} events, {} void, {} claims, {} fences, {} late, {} repeated, {} dropped, "
        "{} presumed, {} crashes, {} zombies, {} unread, {} acknowledged, {} told absent; "
        "lost {}, doubled {}, torn {}, risen {}, differing {}",
        records,
        events,
        voids,
        claims,
        fences,
        late,
        repeated,
        dropped,
        presumed,
        crashes,
        zombies,
        unread,
        acknowledged,
        told_absent,
        lost,
        doubled,
        torn,
        risen,
        differing
    );
}

Simulation::Simulation(const SimulationOptions& options)
    : options_(options), prng_(options.seed), truth_(Tip{}, options.guard) {
    nodes_.resize(node_count);
    for (Node& node : nodes_) node.rule = Rule{Tip{}, options.guard};
}

SimulationReport Simulation::run() {
    for (now_ = 1; now_ <= options_.steps; ++now_) step();
    report_.records = topic_.size();
    report_.events = truth_.tip().next;
    for (const auto& [command, position] : told_) {
        const auto found = position_of_.find(command);
        if (found == position_of_.end() || found->second != position) ++report_.lost;
    }
    return report_;
}

void Simulation::step() {
    const std::uint64_t dice = prng_.below(1000);
    const std::size_t index = prng_.chance(50) ? busiest() : prng_.below(nodes_.size());
    if (dice < 700) return deliver_one();
    if (dice < 701) {
        nodes_[index].sleeps_until = now_ + prng_.below(6 * patience_steps);
        if (nodes_[index].leads != 0 && nodes_[index].open) ++report_.zombies;
        return;
    }
    if (dice == 701 && prng_.chance(30)) return crash(index);
    if (nodes_[index].sleeps_until <= now_) node_turn(index);
}

// A node that leads: it has most to do.
std::size_t Simulation::busiest() {
    const std::size_t start = prng_.below(nodes_.size());
    for (std::size_t step = 0; step < nodes_.size(); ++step) {
        const std::size_t index = (start + step) % nodes_.size();
        if (nodes_[index].leads != 0) return index;
    }
    return start;
}

// ---- The network --------------------------------------------------------------------------------

void Simulation::send(Sent sent) {
    sent.sent_at = now_;
    // A few are held up somewhere, and arrive when nobody expects them any more.
    sent.held_until = prng_.below(1000) < 15 ? now_ + prng_.below(8 * patience_steps) : now_;
    under_way_.push_back(sent);
}

void Simulation::deliver_one() {
    // Mostly in the order in which it was sent; sometimes anything that is under way.
    const auto is_due = [&](const Sent& sent) { return sent.held_until <= now_; };
    auto chosen = std::ranges::find_if(under_way_, is_due);
    if (!under_way_.empty() && prng_.below(1000) < 15) {
        chosen = under_way_.begin() + static_cast<std::ptrdiff_t>(prng_.below(under_way_.size()));
    }
    if (chosen == under_way_.end()) return;
    const Sent sent = *chosen;
    if (prng_.below(1000) < 10) {
        ++report_.repeated;
        chosen->held_until = now_ + prng_.below(8 * patience_steps);
    } else {
        under_way_.erase(chosen);
    }
    if (prng_.below(1000) < 15) {
        ++report_.dropped;
        return;
    }
    if (now_ - sent.sent_at > patience_steps) ++report_.late;
    arrive(sent);
    if (prng_.below(1000) >= 5) confirm(sent);
}

void Simulation::arrive(const Sent& sent) {
    topic_.push_back(sent);
    const Judgement judgement = truth_.judge(sent.record);
    if (judgement.voided > 0) {
        report_.voids += judgement.voided;
        waiting_.clear();
    }
    count(sent, judgement.verdict);
    tips_.push_back(truth_.tip());
}

void Simulation::confirm(const Sent& sent) {
    Node& node = nodes_[sent.node];
    if (!node.open || node.open->number != sent.group) return;
    // Of a record that was sent twice Kafka keeps the first, and says so; here the second may stand
    // in the topic as well.
    node.open->offsets.emplace(sent.record.position, topic_.size() - 1);
    if (!is_confirmed(*node.open) || options_.reads_back) return;
    // Without reading back, the word of Kafka is taken for the thing itself.
    for (std::size_t at = 0; at < node.open->commands.size(); ++at) {
        acknowledge(node.open->commands[at], node.open->positions[at]);
    }
    node.open.reset();
}

bool Simulation::is_confirmed(const Group& group) {
    return group.offsets.size() == group.sent.size();
}

// ---- The book -----------------------------------------------------------------------------------

void Simulation::count(const Sent& sent, Verdict verdict) {
    switch (verdict) {
        case Verdict::is_void: ++report_.voids; return;
        case Verdict::fences: ++report_.fences; return;
        case Verdict::waits: waiting_.push_back(sent); return;
        case Verdict::claims:
            ++report_.claims;
            // An event says of itself where it stands.
            if (sent.record.position + 1 != truth_.tip().next) ++report_.torn;
            if (last_.record.batch_index + 1 != last_.record.batch_count) ++report_.torn;
            last_ = sent;
            return;
        case Verdict::counts: waiting_.push_back(sent); finish_batch();
    }
}

// What waited stands in the book from now on.
void Simulation::finish_batch() {
    for (const Sent& event : waiting_) {
        const Record& record = event.record;
        const bool begins = record.batch_index == 0;
        const bool continues = last_.command == event.command &&
                               last_.record.batch_index + 1 == record.batch_index &&
                               last_.record.batch_count == record.batch_count;
        const bool last_was_whole =
            last_.command == 0 || last_.record.batch_index + 1 == last_.record.batch_count;
        if (!(begins ? last_was_whole : continues)) ++report_.torn;
        if (begins && !position_of_.emplace(event.command, record.position).second) {
            ++report_.doubled;
        }
        if (begins && absent_.contains(event.command)) ++report_.risen;
        last_ = event;
    }
    waiting_.clear();
}

void Simulation::acknowledge(std::uint64_t command, std::uint64_t position) {
    told_.emplace(command, position);
    ++report_.acknowledged;
    std::erase(open_commands_, command);
}

// ---- The nodes ----------------------------------------------------------------------------------

void Simulation::node_turn(std::size_t index) {
    read(index);
    act(index);
}

void Simulation::read(std::size_t index) {
    Node& node = nodes_[index];
    std::size_t left = prng_.chance(60) ? topic_.size() : prng_.below(6);
    left = std::min(left, topic_.size() - node.offset);
    while (left > 0) {
        constexpr std::size_t run_max = 12;
        const std::size_t count = std::min(left, 1 + prng_.below(run_max));
        read_run(index, std::span{topic_}.subspan(node.offset, count));
        left -= count;
    }
    take_confirmed(index);
}

void Simulation::read_run(std::size_t index, std::span<const Sent> sent) {
    Node& node = nodes_[index];
    std::vector<Record> records;
    for (const Sent& one : sent) records.push_back(one.record);
    std::vector<Hash> chains(sent.size());
    const bool is_presumed = presume(node.rule, records, chains);
    if (is_presumed) report_.presumed += sent.size() - 1;
    for (std::size_t place = 0; place < sent.size(); ++place) {
        Sent read = sent[place];
        if (is_presumed) read.record = records[place];
        read_one(index, read, is_presumed ? &chains[place] : nullptr);
        ++node.offset;
        compare_with_truth(node);
    }
}

bool Simulation::presume(const Rule& rule, std::span<Record> run, std::span<Hash> chains) {
    for (Record& record : run.first(run.size() - 1)) {
        record.term = 0;
        record.prev = {};
    }
    if (!options_.compares_chain) {
        Hash chain = rule.waiting_chain();
        for (const Record& record : run.first(run.size() - 1)) {
            chain = hasher_.chain(chain, record.leaf);
        }
        run.back().prev = chain;
        run.back().term = rule.tip().term;
    }
    return kafka::presume(rule, run, chains, hasher_);
}

void Simulation::compare_with_truth(const Node& node) {
    if (node.rule.tip() != tips_[node.offset - 1]) ++report_.differing;
}

// What Kafka says that it has put where the node reads next is known without reading it.
void Simulation::take_confirmed(std::size_t index) {
    Node& node = nodes_[index];
    if (!options_.reads_back || !node.open || !is_confirmed(*node.open)) return;
    const std::vector<Sent> sent = node.open->sent;
    const std::map<std::uint64_t, std::uint64_t> offsets = node.open->offsets;
    for (const Sent& own : sent) {
        const std::uint64_t offset = offsets.at(own.record.position);
        if (offset < node.offset) continue;
        if (options_.compares_offsets && offset != node.offset) return;
        read_one(index, own);
        node.offset = offset + 1;
        ++report_.unread;
        compare_with_truth(node);
    }
}

void Simulation::read_one(std::size_t index, const Sent& sent, const Hash* chain_after) {
    Node& node = nodes_[index];
    const Judgement judgement = node.rule.judge(sent.record, chain_after);
    remember(node, sent, judgement.verdict);
    if (sent.record.is_claim) node.highest = std::max(node.highest, sent.record.term);
    const bool is_own_claim =
        sent.command == 0 && sent.node == index && sent.group == node.claiming;
    if (judgement.verdict == Verdict::claims || judgement.verdict == Verdict::fences) {
        // Every term before is over: what is not in the book by now never will be.
        node.leads = 0;
        settle(index);
        if (is_own_claim && judgement.verdict == Verdict::claims) node.leads = sent.record.term;
    }
    if (is_own_claim) node.claiming = 0;
    const bool is_own = !sent.record.is_claim && sent.node == index && node.leads != 0 &&
                        sent.record.term == node.leads;
    if (is_own && judgement.verdict == Verdict::is_void) node.leads = 0;
    if (options_.reads_back && node.leads != 0 && node.open && is_confirmed(*node.open) &&
        node.rule.tip().next >= node.open->end) {
        settle(index);
    }
}

void Simulation::remember(Node& node, const Sent& sent, Verdict verdict) {
    if (verdict == Verdict::is_void) return;
    const bool is_claim = verdict == Verdict::claims || verdict == Verdict::fences;
    if (is_claim) return node.waiting.clear();
    node.waiting.push_back(sent);
    if (verdict == Verdict::waits) return;
    for (const Sent& event : node.waiting) node.book.emplace(event.command, event.record.position);
    node.waiting.clear();
}

// Tells the clients of the open group what became of their commands, as this node reads it.
void Simulation::settle(std::size_t index) {
    Node& node = nodes_[index];
    if (!node.open) return;
    for (const std::uint64_t command : node.open->commands) {
        const auto found = node.book.find(command);
        if (found != node.book.end()) {
            acknowledge(command, found->second);
        } else if (attempts_[command] == 1 && prng_.chance(50)) {
            // The client hears it and gives up. One that has asked several nodes may not: what one
            // node says of its own attempt says nothing of the others'.
            absent_.insert(command);
            ++report_.told_absent;
            std::erase(open_commands_, command);
        }
    }
    node.open.reset();
}

void Simulation::act(std::size_t index) {
    Node& node = nodes_[index];
    if (node.claiming != 0 && now_ > node.claim_until) node.claiming = 0;
    if (node.open && now_ > node.open->given_up_at) {
        node.leads = 0;
        if (!options_.waits_for_claim) settle(index);
    }
    if (node.leads != 0) {
        if (!node.open) send_group(index);
        return;
    }
    const bool wants = node.open.has_value() ? prng_.chance(10) : prng_.below(1000) < 2;
    if (node.claiming == 0 && wants && node.offset == topic_.size()) send_claim(index);
}

void Simulation::send_claim(std::size_t index) {
    Node& node = nodes_[index];
    node.claiming = ++numbers_;
    node.claim_until = now_ + patience_steps;
    const Tip& tip = node.rule.tip();
    send(
        {.record =
             {.term = std::max(node.highest, tip.term) + 1,
              .position = tip.next,
              .prev = tip.chain,
              .is_claim = true,
              .leaf = leaf_of(0, 0, node.claiming)},
         .group = node.claiming,
         .node = index}
    );
}

void Simulation::send_group(std::size_t index) {
    Node& node = nodes_[index];
    Group group;
    group.number = ++numbers_;
    group.end = node.rule.tip().next;
    group.given_up_at = now_ + patience_steps;
    Hash chain = node.rule.tip().chain;
    for (std::uint64_t left = 1 + prng_.below(6); left > 0; --left) {
        const std::uint64_t command = pick_command();
        const auto found = node.book.find(command);
        if (found != node.book.end() && options_.remembers) {
            acknowledge(command, found->second);  // Sent again: the first answer.
            continue;
        }
        if (std::ranges::find(group.commands, command) != group.commands.end()) continue;
        append_batch(index, group, command, chain);
    }
    if (!group.commands.empty()) node.open = std::move(group);
}

void Simulation::append_batch(std::size_t index, Group& group, std::uint64_t command, Hash& chain) {
    group.commands.push_back(command);
    ++attempts_[command];
    group.positions.push_back(group.end);
    const std::uint32_t count = batch_count_of(command);
    for (std::uint32_t at = 0; at < count; ++at) {
        const Record record{
            .term = nodes_[index].leads,
            .position = group.end,
            .prev = chain,
            .batch_index = at,
            .batch_count = count,
            .leaf = leaf_of(command, at, group.number)};
        chain = hasher_.chain(chain, record.leaf);
        const Sent sent{.record = record, .command = command, .group = group.number, .node = index};
        send(sent);
        group.sent.push_back(sent);
        ++group.end;
    }
}

// A new one, or one that a client sends again because it got no answer.
std::uint64_t Simulation::pick_command() {
    const bool again =
        !open_commands_.empty() && (open_commands_.size() >= commands_open_max || prng_.chance(20));
    if (again) return open_commands_[prng_.below(open_commands_.size())];
    open_commands_.push_back(next_command_);
    return next_command_++;
}

// It forgets everything but what it has read; its clients get no answer.
void Simulation::crash(std::size_t index) {
    Node& node = nodes_[index];
    node.leads = 0;
    node.claiming = 0;
    node.open.reset();
    ++report_.crashes;
}

}  // namespace daybook::kafka
