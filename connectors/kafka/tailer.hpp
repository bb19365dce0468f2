// Follows a topic on a thread of its own: applies the rule, appends what counts to the local copy,
// and tells those who wait. What stands in the copy already is read again only for comparison.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "connectors/kafka/headers.hpp"
#include "connectors/kafka/origin.hpp"
#include "connectors/kafka/reader.hpp"
#include "connectors/kafka/rule.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::kafka {

// The events that wait to go into the copy, each 8-aligned, in one run of memory.
class EventArena {
 public:
    void add(std::span<const std::byte> event);
    void drop_last(std::size_t count);
    void drop_first(std::size_t count);
    [[nodiscard]] std::size_t count() const { return places_.size(); }
    [[nodiscard]] std::size_t bytes() const { return words_.size() * sizeof(std::uint64_t); }
    // The first ones; valid until the next change.
    [[nodiscard]] std::span<const EventBytes> first(std::size_t count);

 private:
    struct Place {
        std::size_t word;  // Where it begins.
        std::size_t bytes;
    };
    std::vector<std::uint64_t> words_;
    std::vector<Place> places_;
    std::vector<EventBytes> views_;
};

// A group that this process has sent and waits to read.
struct Expectation {
    std::uint64_t term = 0;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    Hash chain{};  // After its last event.
};

// The newest claim that counts.
struct SeenClaim {
    ClaimWords words;
    std::uint64_t position = 0;
};

// What others may know of the tailer; a copy.
struct TailState {
    Tip tip;                    // The copy holds everything before tip.next.
    std::uint32_t waiting = 0;  // Records of a batch that is not whole,
    Hash waiting_chain{};       // and the chain value with them.
    std::uint64_t offset = 0;
    bool is_confirmed = false;  // It is the topic that the copy was read from.
    std::uint64_t end_offset = 0;
    std::uint64_t void_records = 0;
    std::uint64_t fences = 0;
    std::optional<SeenClaim> newest_claim;
    std::optional<Hash> genesis;  // The chain value after the first event.
    Instant recorded_at;          // Of the last event.
    std::chrono::nanoseconds lag{};
    std::optional<Error> failure;  // It follows no more.
};

struct TailerParts {
    FileSystem& files;
    const Clock& clock;
    SegmentLog& copy;
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
    [[nodiscard]] Result<void> wait_for_offset(
        std::uint64_t offset, std::chrono::milliseconds patience
    ) const;
    // Asks the broker where the topic ends, and waits for that.
    [[nodiscard]] Result<void> catch_up(std::chrono::milliseconds patience) const;

    // To be called before the first record of the group is sent.
    void expect(const Expectation& expectation);
    // Until the whole group was read as valid and stands in the copy; the Error says why it never
    // will, or not by us.
    [[nodiscard]] Result<void> wait_for_group(std::chrono::milliseconds patience) const;

    // To be called before the claim with that nonce is sent.
    void watch_claim(const Id& nonce);
    [[nodiscard]] Result<Verdict> wait_for_claim(std::chrono::milliseconds patience) const;

 private:
    [[nodiscard]] Result<void> resume_from(const Origin& origin);
    [[nodiscard]] Result<void> look_at_copy();

    // The tailer's thread.
    void run();
    [[nodiscard]] Result<void> take(std::span<const RawRecord> records);
    [[nodiscard]] Result<void> take_one(const RawRecord& raw);
    [[nodiscard]] Result<void> check_last_record(const RawRecord& raw);
    void note_void(const Record& record);
    [[nodiscard]] Result<void> keep(const Incoming& incoming, Verdict verdict);
    [[nodiscard]] Result<void> note_claim(const Incoming& incoming, Verdict verdict);
    [[nodiscard]] Result<void> compare_with_copy();
    [[nodiscard]] Result<void> flush(std::size_t count);
    [[nodiscard]] Result<void> append_to_copy(std::span<const EventBytes> events);
    [[nodiscard]] Result<void> check_not_behind_copy();
    void publish();
    void save_origin(bool is_last);
    void fail(Error error);

    TailerParts parts_;
    std::unique_ptr<TopicReader> reader_;

    // Only the thread's, once it runs.
    Hasher hasher_;
    Rule rule_;
    EventArena arena_;                    // Events that count first, then those that wait.
    std::size_t counted_ = 0;             // The former.
    std::uint64_t copy_end_;              // Events before it stand in the copy already.
    Origin safe_;                         // Where a reader may go on: no batch was unfinished.
    std::optional<Hash> last_of_origin_;  // What the first record must be.
    TailState next_;                      // Becomes state_ when the copy holds it.
    Expectation expected_;                // As of the records in hand.
    Id watched_;
    bool is_met_ = false;
    std::optional<Error> missed_;
    std::optional<Verdict> claim_verdict_;
    std::uint64_t saved_offset_ = 0;
    std::chrono::nanoseconds saved_at_{};
    std::optional<std::chrono::nanoseconds> behind_since_;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    TailState state_;  // These are guarded by mutex_.
    std::optional<Expectation> expectation_;
    bool is_expectation_met_ = false;
    std::optional<Error> expectation_missed_;
    Id watched_nonce_;
    std::optional<Verdict> watched_verdict_;
    bool is_stopping_ = false;

    std::thread thread_;  // Last: it starts when all else is there.
};

}  // namespace daybook::kafka
