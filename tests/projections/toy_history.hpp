// Random histories of the small bank, in a log in memory.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "engine/base/prng.hpp"
#include "engine/log/memory_log.hpp"
#include "tests/projections/toy.hpp"

namespace daybook::toy {

// From DAYBOOK_SEED, or 1.
inline std::uint64_t test_seed() {
    const char* given = std::getenv("DAYBOOK_SEED");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

class History {
 public:
    explicit History(std::uint64_t seed, std::uint64_t account_count = 20)
        : random_(seed), account_count_(account_count) {}

    // Appends so many batches of one to three events, most of them postings, as one group.
    void grow(std::uint64_t batches);
    // Appends one batch with one posting of these lines.
    void post(Date date, const std::vector<std::pair<Id, Money>>& amounts);

    [[nodiscard]] MemoryLog& log() { return log_; }
    // What the balances must be, worked out the slow way.
    [[nodiscard]] const std::map<Id, Money>& balances() const { return balances_; }

 private:
    void add(EventRecordT record, Date date, std::uint16_t index, std::uint16_t count);
    [[nodiscard]] EventRecordT random_record();
    [[nodiscard]] PostedT random_posting();
    void append();

    MemoryLog log_;
    Prng random_;
    std::uint64_t account_count_;
    std::map<Id, Money> balances_;
    std::uint64_t position_ = 0;
    std::vector<std::vector<std::uint64_t>> storage_;
    std::vector<EventBytes> group_;
};

}  // namespace daybook::toy
