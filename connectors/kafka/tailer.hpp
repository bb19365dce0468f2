// Follows a topic on a thread of its own: applies the rule, hands what counts to the copier, and
// tells those who wait once the copy has it. What stands in the copy already is read again only for
// comparison. A group of our own that need not be read is judged by the thread that sent it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "connectors/kafka/copier.hpp"
#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/origin.hpp"
#include "connectors/kafka/reader.hpp"
#include "connectors/kafka/rule.hpp"
#include "connectors/kafka/tail_state.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {

struct TailerParts {
    FileSystem& files;
    const Clock& clock;
    SegmentLog& copy;     // With sync_later.
    std::string folder;   // Of the copy.
    std::string place;    // For the origin, as Place::text().
    std::string topic;    // For messages.
    std::string cluster;  // In which we read.
    Guard guard = Guard::whole;
};

class Tailer {
 public:
    // Where the reader must begin: at the origin's last record, or at the topic's first.
    [[nodiscard]] static std::uint64_t first_offset(const std::optional<Origin>& origin);
    // `conflict` or `corrupt` if the origin does not fit the copy or the cluster.
    [[nodiscard]] static Result<std::unique_ptr<Tailer>> start(
        const TailerParts& parts,
        std::unique_ptr<TopicReader> reader,
        const std::optional<Origin>& origin
    );
    Tailer(const TailerParts& parts, std::unique_ptr<TopicReader> reader);  // Use start().
    ~Tailer();

    // All of these from any thread.
    [[nodiscard]] TailState state() const;
    [[nodiscard]] NewestTerm newest_term() const;
    // Gives up when the tailer did not get on for so long.
    [[nodiscard]] Result<void> wait_for_offset(
        std::uint64_t offset, std::chrono::milliseconds patience
    ) const;
    // Asks the broker where the topic ends, and waits for that.
    [[nodiscard]] Result<void> catch_up(std::chrono::milliseconds patience) const;

    // To be called before the first record of the group is sent: from then on its hashes are worked
    // out, if need be by the caller.
    void expect(const std::shared_ptr<SentGroup>& sent);
    // Kafka has confirmed the expected group, with its first record at that offset. If that is
    // where reading has come to, it is known what stands there: the group is judged at once, and
    // nothing is fetched while one group follows another so. Else, or without an offset, it is
    // read.
    void confirm(std::optional<std::uint64_t> offset);
    // Until the whole group was read as valid and stands in the copy; the Error says why it never
    // will, or not by us.
    [[nodiscard]] Result<void> wait_for_group(std::chrono::milliseconds patience);

    // To be called before the claim with that nonce is sent.
    void watch_claim(const Id& nonce);
    [[nodiscard]] Result<Verdict> wait_for_claim(std::chrono::milliseconds patience) const;

 private:
    [[nodiscard]] Result<void> resume_from(const Origin& origin);
    [[nodiscard]] Result<void> look_at_copy();

    // The tailer's thread, or who holds judging_.
    void run();
    [[nodiscard]] Result<void> read_on();
    [[nodiscard]] bool is_reading_due() const;
    void learn_what_is_expected();
    [[nodiscard]] Result<void> take(RecordRun& run);
    [[nodiscard]] bool presume(RecordRun& run);
    [[nodiscard]] Result<void> take_confirmed();
    [[nodiscard]] bool fits_whole(const SentGroup& sent) const;
    [[nodiscard]] Result<void> keep_whole(const std::shared_ptr<SentGroup>& sent);
    [[nodiscard]] Result<void> end_taking(std::size_t records);
    [[nodiscard]] Result<void> read(const RawRecord& raw);
    [[nodiscard]] Result<void> judge(
        const Incoming& incoming, std::uint64_t offset, const Hash* chain_after = nullptr
    );
    [[nodiscard]] Result<void> check_last_record(const RawRecord& raw);
    void note_judged(std::uint64_t offset, const Hash& leaf);
    void note_void(const Record& record);
    [[nodiscard]] Result<void> keep(const Incoming& incoming, Verdict verdict);
    [[nodiscard]] Result<void> note_counted(std::span<const std::byte> last_event);
    [[nodiscard]] Result<void> note_claim(const Incoming& incoming, Verdict verdict);
    [[nodiscard]] Result<void> check_fence(const Record& record, const ClaimWords& words) const;
    [[nodiscard]] Result<void> compare_with_copy();
    [[nodiscard]] Result<void> check_not_behind_copy();
    [[nodiscard]] Result<void> hand_over();
    void publish_term();
    void fail(Error error);
    [[nodiscard]] bool is_over() const;

    // The copier's, or who hands over.
    void publish(const Block& block);

    TailerParts parts_;
    std::unique_ptr<TopicReader> reader_;

    // Guarded by judging_, once the thread runs, as the reader is but for its waiting.
    std::mutex judging_;
    Hasher hasher_;
    LaneHasher lanes_;
    Rule rule_;
    EventArena arena_;                    // Events that count first, then those that wait.
    std::size_t counted_ = 0;             // The former.
    std::shared_ptr<SentGroup> whole_;    // Or a group that counts, while the arena is empty.
    std::uint64_t copy_end_;              // Events before it stood in the copy at the beginning,
    Hash copy_chain_;                     // which then had this chain value.
    bool is_compared_ = false;            // With the topic's.
    Origin safe_;                         // Where a reader may go on: no batch was unfinished.
    std::optional<Hash> last_of_origin_;  // What the first record must be.
    TailState next_;                      // Becomes state_ when the copy has it.
    Expectation expected_;                // As of the records in hand.
    Findings found_;
    std::chrono::nanoseconds paused_until_{};  // Reading, unless another group is confirmed.
    bool is_first_of_page_ = true;
    std::vector<EventBytes> values_;  // Of one run,
    std::vector<Record> presumed_;    // what they say,
    std::vector<Hash> leaves_;        // their leaf hashes,
    std::vector<Hash> chains_;        // and the chain values after them.
    std::optional<std::chrono::nanoseconds> behind_since_;

    LaneHasher sending_hasher_;  // Only of who sends.

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    TailState state_;  // These are guarded by mutex_.
    NewestTerm newest_term_;
    Expectation expectation_;
    bool is_expectation_met_ = false;
    std::optional<Error> expectation_missed_;
    Id watched_nonce_;
    std::optional<Verdict> watched_verdict_;
    bool is_stopping_ = false;

    std::unique_ptr<Copier> copier_;
    std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace daybook::kafka
