// Many nodes that write one topic by the rule of connectors/kafka/topics.md, over a network that
// delays, reorders, loses and repeats what they send, all from one seed. The broker only orders.
//
// Clients send commands to nodes and ask another one when they get no answer. What a node tells a
// client is held against the book: an acknowledged command stands there once and whole, at the
// position that was told; one that was told to be absent never appears.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "connectors/kafka/rule.hpp"
#include "engine/base/prng.hpp"

namespace daybook::kafka {

struct SimulationOptions {
    std::uint64_t seed = 1;
    std::uint64_t steps = 50'000;
    Guard guard = Guard::whole;
    bool reads_back = true;  // False: a node acknowledges as soon as Kafka confirmed the records.
    // False: a node takes what was confirmed as the next records, wherever Kafka says that they
    // are.
    bool compares_offsets = true;
    // False: a node that looks at values alone does not compare the chain value of the last one.
    bool compares_chain = true;
    bool remembers = true;  // False: a node decides a command again that the book has already.
    bool waits_for_claim = true;  // False: it says "absent" as soon as it waits no longer.
};

struct SimulationReport {
    std::uint64_t records = 0;  // In the topic.
    std::uint64_t events = 0;   // Of the book.
    std::uint64_t voids = 0;
    std::uint64_t claims = 0;
    std::uint64_t fences = 0;
    std::uint64_t late = 0;      // Sent records that arrived long after they were sent.
    std::uint64_t repeated = 0;  // Records that arrived once more.
    std::uint64_t dropped = 0;   // Records that never arrived.
    std::uint64_t unread = 0;    // Own records that a node knew from Kafka's answer.
    std::uint64_t presumed = 0;  // Records of which a node looked at the value alone.
    std::uint64_t crashes = 0;
    std::uint64_t zombies = 0;  // Nodes that slept while they led, and woke up.
    std::uint64_t acknowledged = 0;
    std::uint64_t told_absent = 0;

    // What must never happen.
    std::uint64_t lost = 0;       // Acknowledged, but not there, or elsewhere than was told.
    std::uint64_t doubled = 0;    // A command that stands in the book twice,
    std::uint64_t torn = 0;       // or by half.
    std::uint64_t risen = 0;      // Told to be absent, and in the book after all.
    std::uint64_t differing = 0;  // A node that reads the same records and sees another book.

    [[nodiscard]] std::uint64_t anomalies() const {
        return lost + doubled + torn + risen + differing;
    }
    [[nodiscard]] std::string text() const;
};

class Simulation {
 public:
    explicit Simulation(const SimulationOptions& options);
    [[nodiscard]] SimulationReport run();

 private:
    // A record on its way, and what the simulation knows of it beyond the rule.
    struct Sent {
        Record record;
        std::uint64_t command = 0;  // 0: a claim.
        std::uint64_t group = 0;    // Of one writer; the number of the claim for a claim.
        std::size_t node = 0;
        std::uint64_t sent_at = 0;
        std::uint64_t held_until = 0;  // The step before which it does not arrive by itself.
    };
    // Commands that a node has sent and not yet answered for.
    struct Group {
        std::uint64_t number = 0;
        std::vector<std::uint64_t> commands;
        std::vector<std::uint64_t> positions;  // Of each command's first event.
        std::uint64_t end = 0;
        std::vector<Sent> sent;
        std::map<std::uint64_t, std::uint64_t> offsets;  // Of positions, as far as confirmed.
        std::uint64_t given_up_at = 0;  // The step at which the node stops waiting.
    };
    struct Node {
        Rule rule;
        std::uint64_t offset = 0;    // Of the next record to read.
        std::uint64_t highest = 0;   // Term seen in any claim, void or not.
        std::uint64_t leads = 0;     // The term; 0: it does not lead.
        std::uint64_t claiming = 0;  // The number of the claim that it waits for; 0: none.
        std::uint64_t claim_until = 0;
        std::uint64_t sleeps_until = 0;
        std::optional<Group> open;
        std::map<std::uint64_t, std::uint64_t>
            book;                   // Positions of commands, as far as it has read.
        std::vector<Sent> waiting;  // Of a batch that is not whole.
    };

    void step();
    [[nodiscard]] std::size_t busiest();
    void send(Sent sent);
    void deliver_one();
    void arrive(const Sent& sent);
    void confirm(const Sent& sent);
    [[nodiscard]] static bool is_confirmed(const Group& group);
    void take_confirmed(std::size_t index);
    void compare_with_truth(const Node& node);
    void count(const Sent& sent, Verdict verdict);
    void finish_batch();
    void node_turn(std::size_t index);
    void read(std::size_t index);
    void read_run(std::size_t index, std::span<const Sent> sent);
    [[nodiscard]] bool presume(const Rule& rule, std::span<Record> run, std::span<Hash> chains);
    void read_one(std::size_t index, const Sent& sent, const Hash* chain_after = nullptr);
    static void remember(Node& node, const Sent& sent, Verdict verdict);
    void act(std::size_t index);
    void send_claim(std::size_t index);
    void send_group(std::size_t index);
    void append_batch(std::size_t index, Group& group, std::uint64_t command, Hash& chain);
    void settle(std::size_t index);
    void acknowledge(std::uint64_t command, std::uint64_t position);
    void crash(std::size_t index);
    [[nodiscard]] std::uint64_t pick_command();

    const SimulationOptions options_;
    Prng prng_;
    Hasher hasher_;
    std::uint64_t now_ = 0;
    std::uint64_t numbers_ = 0;  // Given to groups and claims.
    std::uint64_t next_command_ = 1;
    std::vector<Node> nodes_;
    std::vector<Sent> under_way_;

    // The topic, and the book as a reader without delay sees it.
    std::vector<Sent> topic_;
    std::vector<Tip> tips_;  // After each record of the topic.
    Rule truth_;
    std::vector<Sent> waiting_;
    std::map<std::uint64_t, std::uint64_t> position_of_;  // Of commands in the book.
    std::map<std::uint64_t, std::uint64_t> told_;  // Acknowledged: the position that was told.
    std::set<std::uint64_t> absent_;               // Told so.
    std::map<std::uint64_t, int> attempts_;
    std::vector<std::uint64_t> open_commands_;  // Which clients will send again.
    Sent last_{};  // The last event that counted, to see that batches are whole.
    SimulationReport report_;
};

}  // namespace daybook::kafka
