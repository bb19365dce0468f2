// The auditor's reading of a topic, or of records that were exported from one: the same rule, every
// hash again, and the first position at which the history does not hold together.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/place.hpp"
#include "connectors/kafka/reader.hpp"
#include "connectors/kafka/rule.hpp"
#include "connectors/kafka/settings.hpp"
#include "engine/base/result.hpp"

namespace daybook::kafka {

struct VerifyReport {
    TreeHead head;  // Of the events that count.
    std::uint64_t term = 0;
    std::uint64_t records = 0;
    std::uint64_t void_records = 0;
    std::uint64_t repeated = 0;  // Of the void ones: at a position that was taken already.
    std::uint64_t claims = 0;
    std::uint64_t fences = 0;
    std::uint32_t unfinished = 0;  // Records of a batch that is not whole at the end.
};

class Verifier {
 public:
    // Records in their order, from the first one on.
    void take(const RawRecord& raw);
    // `corrupt`, naming the first wrong position, if records go on where the history does not.
    [[nodiscard]] Result<VerifyReport> finish();

 private:
    void take_event(const Record& record, Verdict verdict);
    void doubt(std::uint64_t offset, const Record& record);

    // The first record that continues a history that is not here.
    struct Doubt {
        std::uint64_t position = 0;
        std::string found;
        std::uint64_t others = 0;  // Records after it that continue nothing either.
    };
    Hasher hasher_;
    Rule rule_;
    Commitment commitment_;
    std::vector<Hash> waiting_;  // Leaves of the batch that is not whole.
    std::optional<Doubt> doubt_;
    VerifyReport report_;
};

// Called now and then; answer false to stop with a busy Error.
using VerifyProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Reads the topic from its first record to where it ended at the call.
[[nodiscard]] Result<VerifyReport> verify_topic(
    const Place& place,
    const Settings& settings,
    std::chrono::milliseconds patience,
    const VerifyProgress& progress = {}
);

}  // namespace daybook::kafka
