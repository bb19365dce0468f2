// Joins the parts: the topic is checked, the copy opened, the tailer started; claims and groups are
// sent and awaited.
#include "connectors/kafka/kafka_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>

#include "connectors/kafka/claim.hpp"
#include "connectors/kafka/deadline.hpp"
#include "connectors/kafka/origin.hpp"
#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/tailer.hpp"
#include "connectors/kafka/topic.hpp"

namespace daybook::kafka {
namespace {

constexpr std::size_t kept_bytes_max = std::size_t{16} << 20;  // Of a group, for the next one.

Result<std::string> check_topic(const KafkaLogOptions& options) {
    DAYBOOK_TRY(TopicState state, look_at_topic(options.place, options.settings, options.patience));
    if (!state.exists) {
        if (!options.create) {
            return Error{
                ErrorCode::not_found,
                fmt::format(
                    "there is no topic {} at {}", options.place.topic(), options.place.brokers
                )};
        }
        const auto made = create_topic(options.place, options.settings, options.patience);
        // Another node may have made it at the same time.
        if (!made.ok() && made.error().code != ErrorCode::conflict) return made.error();
        DAYBOOK_TRY(state, look_at_topic(options.place, options.settings, options.patience));
    }
    if (!options.switched_off.topic_settings) {
        DAYBOOK_TRY_VOID(refuse_findings(options.place, state));
    }
    return state.cluster;
}

}  // namespace

void Histogram::add(std::uint64_t value) {
    const auto bucket = static_cast<std::size_t>(std::bit_width(value == 0 ? 0 : value - 1));
    ++counts[std::min(bucket, counts.size() - 1)];
    ++count;
    sum += value;
}

struct KafkaLog::Parts {
    Parts(FileSystem& with_files, Random& with_random, const Clock& with_clock)
        : files(with_files), random(with_random), clock(with_clock) {}

    [[nodiscard]] Result<void> send(
        EventBytes event, const Record& record, bool is_copied = false
    ) {
        return producer->send(
            header_writer->key(event), event, header_writer->headers(event, record, is_copied)
        );
    }
    [[nodiscard]] Result<void> open_producer(const Deadline& deadline);
    [[nodiscard]] Result<void> check_may_append(std::span<const EventBytes> group);
    [[nodiscard]] Result<void> send_group(
        std::span<const EventBytes> events, const Tip& tip, std::size_t skipped = 0
    );
    [[nodiscard]] Result<void> send_records(const SentGroup& sent);
    [[nodiscard]] Result<std::size_t> already_sent(
        std::span<const EventBytes> group, const TailState& state
    );
    [[nodiscard]] Result<Verdict> try_claim(const Claimant& claimant, const Deadline& deadline);
    void stop(Error error);

    FileSystem& files;
    Random& random;
    const Clock& clock;
    KafkaLogOptions options;
    std::string cluster;
    std::unique_ptr<SegmentLog> copy;
    std::unique_ptr<Tailer> tailer;  // Goes before the copy.

    // Only the thread that appends.
    std::optional<HeaderWriter> header_writer;
    Hasher hasher;
    std::unique_ptr<GroupProducer> producer;
    std::shared_ptr<SentGroup> last_sent;

    std::atomic<std::uint64_t> led_term = 0;
    mutable std::mutex mutex;
    std::optional<Error> stopped;  // Guarded by mutex, as what follows. Why it leads no more.
    std::uint64_t recycles = 0;
    std::uint64_t claims = 0;
    Histogram append_micros;
    Histogram group_events;
};

Result<std::unique_ptr<KafkaLog>> KafkaLog::open(
    FileSystem& files, Random& random, const Clock& clock, const KafkaLogOptions& options
) {
    auto parts = std::make_unique<Parts>(files, random, clock);
    parts->options = options;
    DAYBOOK_TRY(parts->cluster, check_topic(options));
    DAYBOOK_TRY(
        parts->copy,
        SegmentLog::open(
            files,
            random,
            {.folder = options.folder,
             .create = true,
             .segment_bytes = options.segment_bytes,
             .sync_later = true}
        )
    );
    const std::optional<Origin> origin = load_origin(files, options.folder);
    DAYBOOK_TRY(
        auto reader,
        TopicReader::open(
            options.place, options.settings, Tailer::first_offset(origin), options.patience
        )
    );
    const TailerParts tailer_parts{
        .files = files,
        .clock = clock,
        .copy = *parts->copy,
        .folder = options.folder,
        .place = options.place.text(),
        .topic = options.place.topic(),
        .cluster = parts->cluster,
        .guard = options.switched_off.rule};
    DAYBOOK_TRY(parts->tailer, Tailer::start(tailer_parts, std::move(reader), origin));
    parts->header_writer.emplace(options.place.source(), domain_modules());
    if (options.catch_up) DAYBOOK_TRY_VOID(parts->tailer->catch_up(options.patience));
    return std::make_unique<KafkaLog>(std::move(parts));
}

KafkaLog::KafkaLog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
KafkaLog::~KafkaLog() = default;

// ---- Claiming -----------------------------------------------------------------------------------

// Recycled, never mended: after an error librdkafka's idempotent producer may be of no more use
// (fatal), or, before 2.3, rewind and send again.
Result<void> KafkaLog::Parts::open_producer(const Deadline& deadline) {
    if (producer != nullptr) {
        producer.reset();
        const std::scoped_lock lock{mutex};
        ++recycles;
    }
    DAYBOOK_TRY(producer, GroupProducer::open(options.place, options.settings, deadline.left()));
    return {};
}

Result<Verdict> KafkaLog::Parts::try_claim(const Claimant& claimant, const Deadline& deadline) {
    const TailState state = tailer->state();
    if (state.failure) return *state.failure;
    const Instant now = std::max(clock.now(), state.recorded_at);
    constexpr std::int64_t nanos_per_ms = 1'000'000;
    const auto unix_ms = static_cast<std::uint64_t>(now.nanos() / nanos_per_ms);
    const ClaimWords words{
        .term = state.tip.term + 1,
        .node = claimant.node,
        .url = claimant.url,
        .nonce = uuid_v7(unix_ms, random.next(), random.next()),
        .cluster = cluster,
        .genesis = state.genesis ? hex(*state.genesis) : std::string{}};
    const OwnedEvent event = claim_event(words, state.tip.next, now);
    tailer->watch_claim(words.nonce);
    const Record record{
        .term = words.term, .position = state.tip.next, .prev = state.tip.chain, .is_claim = true};
    DAYBOOK_TRY_VOID(send(event.bytes(), record));
    DAYBOOK_TRY_VOID(producer->confirm(deadline.left()));
    DAYBOOK_TRY(const Verdict verdict, tailer->wait_for_claim(deadline.left()));
    if (verdict == Verdict::claims) led_term = words.term;
    return verdict;
}

Result<void> KafkaLog::claim(const Claimant& claimant) {
    Parts& parts = *parts_;
    parts.led_term = 0;
    const Deadline deadline{parts.options.patience};
    DAYBOOK_TRY_VOID(parts.open_producer(deadline));
    DAYBOOK_TRY_VOID(parts.tailer->catch_up(deadline.left()));
    while (true) {
        DAYBOOK_TRY(const Verdict verdict, parts.try_claim(claimant, deadline));
        if (verdict == Verdict::claims) break;
        // It fenced: events came in between, and now nobody may add any. Or it was void: another
        // claim of the same term was first. In both cases one term higher.
        if (deadline.is_over()) {
            return Error{
                ErrorCode::busy,
                fmt::format(
                    "topic {}: other nodes claim it again and again", parts.options.place.topic()
                )};
        }
    }
    const std::scoped_lock lock{parts.mutex};
    parts.stopped.reset();
    ++parts.claims;
    return {};
}

// ---- Appending ----------------------------------------------------------------------------------

void KafkaLog::Parts::stop(Error error) {
    led_term = 0;
    const std::scoped_lock lock{mutex};
    stopped = std::move(error);
}

Result<void> KafkaLog::Parts::check_may_append(std::span<const EventBytes> group) {
    if (led_term == 0) {
        const std::scoped_lock lock{mutex};
        if (stopped) return *stopped;
        return Error{
            ErrorCode::denied,
            fmt::format("topic {}: claim the book before appending", options.place.topic())};
    }
    const TailState state = tailer->state();
    if (state.failure) {
        stop({ErrorCode::io, state.failure->message});
        return Error{ErrorCode::io, state.failure->message};
    }
    const NewestTerm newest = tailer->newest_term();
    if (newest.term != led_term) {
        Error over{
            ErrorCode::io,
            fmt::format(
                "topic {}: term {} is over, term {} was claimed{}",
                options.place.topic(),
                led_term.load(),
                newest.term,
                newest.claim ? " by node " + to_string(newest.claim->words.node) : ""
            )};
        stop(over);
        return over;
    }
    DAYBOOK_TRY_VOID(check_group(group, copy->end()));
    for (const EventBytes event : group) {
        if (!is_claim(event)) continue;
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "event {} is a claim, which the log alone makes", header_of(event).position()
            )};
    }
    return {};
}

// Sends it and waits until all of it was read.
// Sends it and waits until all of it was read.
Result<void> KafkaLog::Parts::send_group(
    std::span<const EventBytes> events, const Tip& tip, std::size_t skipped
) {
    const Deadline deadline{options.patience};
    // Many thousand small pieces come and go in librdkafka: large ones between them are slow to
    // get.
    if (last_sent.use_count() != 1 || last_sent->bytes() > kept_bytes_max) {
        last_sent = std::make_shared<SentGroup>();
    }
    last_sent->begin(events, tip, skipped);
    tailer->expect(last_sent);
    const auto sent = send_records(*last_sent);
    // The caller's events are his again.
    last_sent->wait_until_hashed();
    DAYBOOK_TRY_VOID(sent);
    DAYBOOK_TRY(const auto offset, producer->confirm(deadline.left()));
    tailer->confirm(offset);
    auto read_back = tailer->wait_for_group(deadline.left());
    if (options.switched_off.read_back) return {};
    return read_back;
}

Result<void> KafkaLog::Parts::send_records(const SentGroup& sent) {
    for (std::size_t index = 0; index < sent.count(); ++index) {
        const Record& record = sent.record(index);
        // Only a claim that was made elsewhere is sent in a group.
        DAYBOOK_TRY_VOID(send(sent.event(index), record, record.is_claim));
    }
    return {};
}

Result<void> KafkaLog::append(std::span<const EventBytes> group) {
    Parts& parts = *parts_;
    const auto began = parts.clock.elapsed();
    DAYBOOK_TRY_VOID(parts.check_may_append(group));
    if (group.empty()) return {};
    const auto sent = parts.send_group(group, parts.tailer->state().tip);
    if (!sent.ok()) {
        Error error{
            ErrorCode::io,
            fmt::format(
                "{}; whether the events from position {} on are kept shows when the book is "
                "claimed again",
                sent.error().message,
                header_of(group.front()).position()
            )};
        parts.stop(error);
        return error;
    }
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(parts.clock.elapsed() - began);
    const std::scoped_lock lock{parts.mutex};
    parts.append_micros.add(static_cast<std::uint64_t>(std::max<std::int64_t>(micros.count(), 0)));
    parts.group_events.add(group.size());
    return {};
}

// A copying that was interrupted may have left the beginning of a batch: it goes on behind it.
Result<std::size_t> KafkaLog::Parts::already_sent(
    std::span<const EventBytes> group, const TailState& state
) {
    if (state.waiting == 0) return std::size_t{0};
    Hash chain = state.tip.chain;
    for (const EventBytes event : group.first(std::min<std::size_t>(state.waiting, group.size()))) {
        chain = hasher.chain(chain, hasher.leaf(event));
    }
    const bool is_ours = state.waiting < group.size() && chain == state.waiting_chain;
    if (is_ours) return std::size_t{state.waiting};
    return Error{
        ErrorCode::conflict,
        fmt::format(
            "topic {} ends in a batch that is not whole and is not of this book: claim it first",
            options.place.topic()
        )};
}

Result<void> KafkaLog::append_copied(std::span<const EventBytes> group) {
    Parts& parts = *parts_;
    DAYBOOK_ASSERT(parts.led_term == 0);
    if (parts.producer == nullptr) {
        DAYBOOK_TRY_VOID(parts.open_producer(Deadline{parts.options.patience}));
    }
    const TailState state = parts.tailer->state();
    if (state.failure) return *state.failure;
    DAYBOOK_TRY_VOID(check_group(group, copy().end()));
    if (group.empty()) return {};
    const NewestTerm newest = parts.tailer->newest_term();
    const std::uint64_t claimed = newest.claim ? newest.claim->words.term : 0;
    if (newest.term != claimed) {
        return Error{
            ErrorCode::conflict,
            fmt::format(
                "topic {}: term {} was claimed, but its claim is not in the book: a node is about "
                "to write there",
                parts.options.place.topic(),
                newest.term
            )};
    }
    DAYBOOK_TRY(const std::size_t skipped, parts.already_sent(group, state));
    return parts.send_group(group, state.tip, skipped);
}

Result<void> KafkaLog::resume() {
    Parts& parts = *parts_;
    if (parts.led_term != 0) return {};
    const std::scoped_lock lock{parts.mutex};
    if (parts.stopped) return *parts.stopped;
    return Error{
        ErrorCode::denied,
        fmt::format("topic {}: claim the book before appending", parts.options.place.topic())};
}

// ---- Looking ------------------------------------------------------------------------------------

Result<void> KafkaLog::catch_up() {
    return parts_->tailer->catch_up(parts_->options.patience);
}

bool KafkaLog::leads() const {
    if (parts_->led_term == 0) return false;
    if (parts_->tailer->state().failure) return false;
    return parts_->tailer->newest_term().term == parts_->led_term;
}

std::optional<Holder> KafkaLog::holder() const {
    // As the copy shows it: whoever asks looks there next for what stands before this claim.
    const TailState state = parts_->tailer->state();
    if (!state.newest_claim) return std::nullopt;
    const ClaimWords& words = state.newest_claim->words;
    return Holder{
        .term = words.term,
        .position = state.newest_claim->position,
        .node = words.node,
        .url = words.url,
        .is_us = words.term == parts_->led_term && state.tip.term == words.term};
}

std::optional<Error> KafkaLog::failure() const {
    if (const auto failed = parts_->tailer->state().failure) return failed;
    const std::scoped_lock lock{parts_->mutex};
    return parts_->stopped;
}

KafkaMetrics KafkaLog::metrics() const {
    const TailState state = parts_->tailer->state();
    KafkaMetrics metrics;
    metrics.position = state.tip.next;
    metrics.offset = state.offset;
    metrics.end_offset = state.end_offset;
    metrics.term = state.tip.term;
    metrics.led_term = parts_->led_term;
    metrics.void_records = state.void_records;
    metrics.unread_records = state.unread_records;
    metrics.lag = state.lag;
    const std::scoped_lock lock{parts_->mutex};
    metrics.recycles = parts_->recycles;
    metrics.claims = parts_->claims;
    metrics.append_micros = parts_->append_micros;
    metrics.group_events = parts_->group_events;
    return metrics;
}

const SegmentLog& KafkaLog::copy() const {
    return *parts_->copy;
}

const std::string& KafkaLog::cluster() const {
    return parts_->cluster;
}

std::uint64_t KafkaLog::end() const {
    return parts_->copy->end();
}

Result<std::unique_ptr<LogReader>> KafkaLog::read(std::uint64_t from) const {
    return parts_->copy->read(from);
}

TreeHead KafkaLog::head() const {
    return parts_->copy->head();
}

std::uint64_t KafkaLog::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout)
    const {
    return parts_->copy->wait_beyond(position, timeout);
}

}  // namespace daybook::kafka
