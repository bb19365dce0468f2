// The positions come first: they cost nothing, and what is void mostly fails there.
#include "connectors/kafka/presumed.hpp"

namespace daybook::kafka {

bool presume(const Rule& rule, std::span<Record> run, std::span<Hash> chains, Hasher& hasher) {
    DAYBOOK_ASSERT(!run.empty() && chains.size() == run.size());
    std::uint64_t position = rule.tip().next + rule.waiting();
    for (const Record& record : run) {
        if (record.is_claim || record.position != position++) return false;
    }
    if (run.back().term != rule.tip().term) return false;
    Hash chain = rule.waiting_chain();
    for (std::size_t index = 0; index < run.size(); ++index) {
        const bool is_last = index + 1 == run.size();
        if (is_last && run[index].prev != chain) return false;
        run[index].term = rule.tip().term;
        run[index].prev = chain;
        chain = hasher.chain(chain, run[index].leaf);
        chains[index] = chain;
    }
    return true;
}

}  // namespace daybook::kafka
